"""Crowds of idle, silent and slow clients: each slow one is cut in time, and who asks beside them notices nothing."""

import contextlib
import json
import os
import re
import resource
import socket
import threading
import time

import crowds
import probes
import support
from client import split_answers
from support import Case, Server, note, wait_until

INSTRUMENTED = support.INSTRUMENTED
LONG = bool(os.environ.get("TEST_LONG"))
THREADS = 256 if INSTRUMENTED else 0
STILL = 2000 if LONG and not INSTRUMENTED else 50 if INSTRUMENTED else 400  # idle ones, and as many silent ones
SLOW = 20 if INSTRUMENTED else 100  # of each kind
CUT_WITHIN = 10 + 3  # what the machine does beside may take a while
LARGE = "/updates?limit=500"
SIZE = 2_000_000
FILES = 12000 if LONG else 6000


def proc(server):
    """Threads, descriptors, and resident megabytes of the service."""
    folder = f"/proc/{server.process.pid}"
    with open(f"{folder}/status", encoding="ascii") as f:
        resident = next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))
    return len(os.listdir(f"{folder}/task")), len(os.listdir(f"{folder}/fd")), resident / 1024


class Writer:
    """A write a second."""

    def __init__(self, port, key):
        self.statuses, self.ended = [], threading.Event()
        self.client = support.Client(port, key)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.ended.wait(1):
            try:
                self.statuses.append(self.client.post(note("7.1")).status)
            except Exception as error:
                # whatever it was: a client had no answer
                self.statuses.append(repr(error))
                self.client.close()

    def end(self):
        self.ended.set()
        self.thread.join()
        self.client.close()


class Crowded(Case):
    settings = {"PROGRESS_THREADS": THREADS}

    @classmethod
    def setUpClass(cls):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if FILES > hard:
            raise support.unittest.SkipTest(f"ulimit -n is {hard}; the crowds here need {FILES}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
        super().setUpClass()
        writer = support.Client(cls.server.port, cls.key)
        for number in range(500):
            got = writer.post(note("7.2", summary=f"Large {number}", details="What was done, at length. " * 170))
            assert got.status == 201, str(got)
        cls.size = len(writer.get(LARGE).body)
        assert cls.size > SIZE
        writer.close()

    def setUp(self):
        super().setUp()
        self.before = proc(self.server)

    def open_connections(self):
        for line in self.client.get("/metrics").body.decode().splitlines():
            if line.startswith("http_server_open_connections "):
                return int(line.split()[1])
        self.fail("/metrics does not tell of connections")

    @contextlib.contextmanager
    def undisturbed(self):
        """Reads and writes that go on beside what is done inside, and must not fail."""
        probe = probes.Probe(self.server.port, pause=0.05)
        writer = Writer(self.server.port, self.key)
        try:
            yield
        finally:
            probe.end()
            writer.end()
        support.say(f"{self._testMethodName}: {len(probe.times)} probes, median {probe.p50():.1f} ms, "
                    f"p99 {probe.p99():.1f} ms")
        self.assertEqual(probe.failures, [])
        self.assertGreater(len(probe.times), 10)
        self.assertEqual(set(writer.statuses), {201})

    def back_to_before(self):
        self.client.close()
        self.client = self.connect()
        wait_until(lambda: self.open_connections() < 5, "the crowd has left")
        wait_until(lambda: proc(self.server)[1] <= self.before[1] + 5, "its descriptors are given back")
        threads, files, resident = proc(self.server)
        support.say(f"{self._testMethodName}: {files} descriptors (before: {self.before[1]}), "
                    f"{resident:.0f} MB resident (before: {self.before[2]:.0f})")
        self.assertEqual(threads, self.before[0])
        if not INSTRUMENTED:
            self.assertLess(resident, self.before[2] + 100)

    def cuts(self, kind):
        told = self.connect().get("/metrics").body.decode()
        return int(re.search(rf'^http_server_cuts_total{{kind="{kind}"}} (\d+)$', told, re.MULTILINE)[1])

    def all_cut(self, kind, make, *arguments):
        before = self.cuts(kind)
        crowd = make(self.server.port, SLOW, *arguments)
        self.addCleanup(crowd.end)
        wait_until(lambda: len(crowd.cut_after) == SLOW, "each of them is cut")
        crowd.end()
        support.say(f"{self._testMethodName}: cut after {min(crowd.cut_after):.1f} to {max(crowd.cut_after):.1f} s")
        self.assertLess(max(crowd.cut_after), CUT_WITHIN)
        self.assertGreaterEqual(self.cuts(kind) - before, SLOW)

    def test_idle_and_silent_ones(self):
        with self.undisturbed():
            idle = crowds.Idle(self.server.port, STILL)
            self.addCleanup(idle.end)
            silent = crowds.Silent(self.server.port, STILL)
            self.addCleanup(silent.end)
            time.sleep(3)
            self.assertEqual(idle.refused, 0)
        idle.end()
        silent.end()
        self.back_to_before()

    @support.not_quick
    def test_slow_heads(self):
        head = b"GET /goals HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
        with self.undisturbed():
            self.all_cut("head", crowds.Drip, head)
        self.back_to_before()

    def posting(self, length, name):
        return (f"POST /updates HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n"
                f'Idempotency-Key: "{name}"\r\nContent-Type: application/json\r\n'
                f"Content-Length: {length}\r\n\r\n").encode()

    def give(self, body):
        """Of an honest writer on a slow line: (status, headers, body) of the answer."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as s:
            s.sendall(self.posting(len(body), "honest"))
            for at in range(0, len(body), 20):
                time.sleep(0.5)
                s.sendall(body[at : at + 20])
            return split_answers(s.recv(8192))[0]

    @support.not_quick
    def test_dripping_bodies(self):
        """And one beside them whose line is slow, who is heard to the end."""
        body = json.dumps(note("7.1", summary="By a slow line")).encode()
        told = []
        honest = threading.Thread(target=lambda: told.append(self.give(body)))
        with self.undisturbed():
            honest.start()
            self.all_cut("body", crowds.Drip, self.posting(1000, "slow") + b"{", b" ")
            honest.join()
        self.assertEqual(told[0][0], 201, told)
        self.back_to_before()

    def take(self, seconds):
        """An honest reader on a slow line: at an even pace, so many seconds for it all."""
        got, step = b"", 65536
        with crowds.connect(self.server.port, 99, receive=65536) as s:
            s.settimeout(20)
            s.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            while piece := s.recv(step):
                got += piece
                time.sleep(seconds * len(piece) / self.size)
        return split_answers(got)

    @support.not_quick
    def test_slow_readers(self):
        """And one beside them who takes longer than anybody may stall, and gets it all."""
        taken = []
        began = time.monotonic()
        honest = threading.Thread(target=lambda: taken.append((self.take(15), time.monotonic() - began)))
        with self.undisturbed():
            honest.start()
            self.all_cut("answer", crowds.Readers, LARGE)
            honest.join()
        [(status, _, body)], took = taken[0]
        self.assertEqual(status, 200)
        self.assertIsNotNone(body, "it is whole")
        support.say(f"{len(body):,} bytes to a slow reader in {took:.1f} s")
        self.assertGreater(len(body), SIZE)
        self.assertGreater(took, 10)
        self.back_to_before()


def address_of_ours():
    """One of this machine's that is not loopback, or None. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, contextlib.suppress(OSError):
        s.connect(("192.0.2.1", 9))
        return s.getsockname()[0]


class OneAddress(Case):
    def hold(self, server, address, count):
        """So many connections that had one answer each, in the order they had it."""
        held = []
        for _ in range(count):
            s = socket.create_connection((address, server.port), timeout=20)
            self.addCleanup(s.close)
            s.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(s.recv(4096).startswith(b"HTTP/1.1 200 "))
            held.append(s)
        return held

    def test_it_holds_a_quarter_of_the_threads_and_others_are_served(self):
        address = address_of_ours()
        if not address or address.startswith("127."):
            self.skipTest("this machine has no address but loopback, which is exempt")
        server = Server(self.db.url, PROGRESS_LISTEN="0.0.0.0", PROGRESS_KEEP_ALIVE_MS=60000)
        self.addCleanup(server.kill)
        longest = self.hold(server, address, 24)
        time.sleep(1)  # an answer is there before its connection counts as idle; so these are idle the longest for sure
        newest = self.hold(server, address, 16)
        for s in longest:
            self.assertEqual(s.recv(1), b"", "the longest idle beyond a quarter of 64 are closed")
        other = self.connect(server=server)
        self.assertEqual(other.get("/goals").status, 200)
        told = other.get("/metrics").body.decode()
        self.assertIn('http_server_cuts_total{kind="address"} 24\n', told)
        for s in newest:
            s.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(s.recv(4096).startswith(b"HTTP/1.1 200 "), "a quarter stays")


if __name__ == "__main__":
    support.unittest.main()

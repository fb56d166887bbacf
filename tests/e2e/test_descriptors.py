"""No descriptor is left: the service does not spin, answers whom it knows, sends others away, and recovers at once."""

import contextlib
import os
import resource
import shlex
import socket
import tempfile
import time
import unittest
from unittest import mock

import support
from support import Case, Server, wait_until

BUSY_MOST = 0.25  # of a processor, for what goes on beside; a loop that spins takes all that it can get
WATCHED = 3.0
RELIEF = 2.0 if not support.INSTRUMENTED else 6.0
NEWCOMERS = 40
REFUSAL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"


def processor_seconds(server):
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


class Descriptors(Case):
    settings = {"PROGRESS_KEEP_ALIVE_MS": 60000, "PROGRESS_HEAD_MS": 60000}

    def tearDown(self):
        self.relieve(self.server)

    def lower(self, server):
        """Below the number in use: not one more can be had, by anybody."""
        self.limit(server, descriptors(server) - 2)

    def limit(self, server, files):
        self.was = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (files, self.was[1]))

    def relieve(self, server):
        if server.is_alive():
            resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, self.was)

    def knock(self, server, count=NEWCOMERS, patience=5):
        """Newcomers, all at once, each with a request."""
        newcomers = [socket.create_connection(("127.0.0.1", server.port), timeout=patience) for _ in range(count)]
        for s in newcomers:
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):  # it was sent away already
                s.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return newcomers

    def hear(self, newcomers):
        told = [received(s) for s in newcomers]
        for s in newcomers:
            s.close()
        return told

    def watch(self, server, known):
        """Those at work are asked on and on; how much of a processor the service takes meanwhile."""
        began, used, asked = time.monotonic(), processor_seconds(server), 0
        while time.monotonic() - began < WATCHED:
            for client in known:
                got = client.get("/goals")
                self.assertEqual(got.status, 200, str(got))
                asked += 1
            time.sleep(0.05)
        return (processor_seconds(server) - used) / (time.monotonic() - began), asked

    def test_it_does_not_spin_and_recovers(self):
        server = self.server
        known = [self.connect() for _ in range(5)]
        for client in known:
            self.assertEqual(client.get("/goals").status, 200)
        self.lower(server)
        newcomers = self.knock(server)
        share, asked = self.watch(server, known)
        support.say(f"with no descriptor left and {NEWCOMERS} at the door: {share:.2f} of a processor, "
                    f"{asked} answers to those who are in")
        self.assertLess(share, BUSY_MOST)
        told = self.hear(newcomers)
        others = [answer[:12] for answer in told if not answer.startswith(REFUSAL)]
        self.assertLessEqual(set(others), {b"HTTP/1.1 200"}, "told to come again, or somebody made room")
        self.assertEqual([line["event"] for line in server.log() if line.get("event") == "descriptors"][:1],
                         ["descriptors"])

        self.relieve(server)
        began = time.monotonic()
        told = self.hear(self.knock(server))
        self.assertEqual([answer[:12] for answer in told], [b"HTTP/1.1 200"] * NEWCOMERS)
        self.assertLess(time.monotonic() - began, RELIEF)

    def test_idle_connections_make_room(self):
        """Those that have been silent for a second go before anybody is sent away."""
        server = self.server
        idle = [self.connect() for _ in range(20)]
        for client in idle:
            self.assertEqual(client.get("/livez").status, 200)
        time.sleep(1.2)
        self.limit(server, descriptors(server))
        told = self.hear(self.knock(server, 10))
        self.assertEqual([answer[:12] for answer in told], [b"HTTP/1.1 200"] * 10)

    def program_with(self, files):
        """The service under `ulimit -n`; it would raise a limit that is soft."""
        with tempfile.NamedTemporaryFile("w", suffix=".sh", delete=False, encoding="utf-8") as script:
            script.write(f'#!/bin/sh\nulimit -n {files}\nexec {shlex.quote(support.BINARY)} "$@"\n')
        self.addCleanup(os.unlink, script.name)
        os.chmod(script.name, 0o755)
        return script.name

    def test_clients_alone_cannot_use_them_up(self):
        """A service that was given few has as few threads, and keeps some for itself."""
        few = 256
        with mock.patch.object(support, "BINARY", self.program_with(few)):
            server = Server(self.db.url, PROGRESS_THREADS=0)
        self.addCleanup(server.kill)
        self.was = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        self.assertLessEqual(2 * server.ready["threads"], few)
        crowd = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(2 * few)]
        self.addCleanup(lambda: [s.close() for s in crowd])
        wait_until(lambda: descriptors(server) >= 2 * server.ready["threads"], "all that can be let in are in")
        used, began = processor_seconds(server), time.monotonic()
        time.sleep(1)
        self.assertLess((processor_seconds(server) - used) / (time.monotonic() - began), BUSY_MOST)
        self.assertLess(descriptors(server), few)
        for s in crowd:
            s.close()
        self.assertEqual(self.hear(self.knock(server, 1, 15))[0][:12], b"HTTP/1.1 200")
        self.assertEqual([line for line in server.log() if line.get("event") == "descriptors"], [])


def received(s):
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := s.recv(4096):
            got += piece
    return got


if __name__ == "__main__":
    unittest.main()

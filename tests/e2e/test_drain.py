"""SIGTERM under load loses nobody: a request that was sent whole on an accepted connection gets its whole answer.

The load behaves as clients behind a load balancer do: a prober asks /readyz, and from its first 503 nobody opens
a connection to this instance any more; who has one goes on until an answer says Connection: close.
"""

import json
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

import support
from cached import Session
from client import raw, split_answers
from support import Case, Server, note

ROUNDS = 2 if support.QUICK or support.INSTRUMENTED else 20
CLIENTS = 7  # fewer than there are connections to the database
READS = ("/goals", "/updates?limit=5", "/summary")
KEEP_ALIVE_MS = 2000
SETTINGS = {"PROGRESS_KEEP_ALIVE_MS": KEEP_ALIVE_MS, "PROGRESS_DRAIN_MS": 8000}
BOUND = 6.0 if not support.INSTRUMENTED else 20.0  # its instruments tell what they found


class Load:
    """Clients that read and write without a pause."""

    def __init__(self, port, key, round_):
        self.port, self.key, self.round = port, key, round_
        self.answered, self.busy, self.failed, self.written, self.odd = 0, 0, [], [], []
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.guarded, args=(n,)) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def request(self, client, number):
        if (client + number) % 3:
            return (
                f"GET {READS[number % 3]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
                None,
            )
        name = f"drain {self.round}/{client}/{number}"
        body = json.dumps(note("7.1", summary=name)).encode()
        head = (
            f'POST /updates HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: "{name}"\r\n'
            f"Authorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body, name

    def guarded(self, client):
        try:
            self.work(client)
        except BaseException as e:
            self.failed.append(f"client {client}: {e!r}")

    def work(self, client):
        number = 0
        while not self.ended.is_set():
            try:
                s = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            except OSError:
                return  # nobody listens: nothing was accepted
            with s:
                while True:
                    number += 1
                    data, name = self.request(client, number)
                    try:
                        s.sendall(data)
                    except OSError:
                        return  # it was not sent whole
                    last = self.take(s, name)
                    if last:
                        break

    def take(self, s, name):
        """Reads one answer; True when the connection ends with it."""
        got = b""
        try:
            while True:
                answers = split_answers(got)
                if answers and answers[0][2] is not None:
                    break
                piece = s.recv(65536)
                if not piece:
                    raise ConnectionError("closed")
                got += piece
        except OSError as e:
            with self.lock:
                self.failed.append(f"{name or 'a read'}: {e!r} after {got[:100]!r}")
            return True
        status, headers, _ = answers[0]
        with self.lock:
            self.answered += 1
            if status == 201:
                self.written.append(name)
            elif status == 503:
                self.busy += 1  # a whole answer of a crowded machine: no failure
            elif status != 200:
                self.odd.append((status, got[:500]))
        return headers.get("connection") == "close"

    def join(self):
        for thread in self.threads:
            thread.join(30)


def probe(port, until):
    """Asks /readyz on a connection of its own each time: the statuses, in order, up to the first 503."""
    seen = []
    while time.monotonic() < until:
        try:
            answers, _ = raw(
                port, b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", timeout=2
            )
        except OSError:
            return seen
        seen.append(answers[0][0] if answers else None)
        if seen[-1] == 503:
            return seen
        time.sleep(0.01)
    return seen


class UnderLoad(Case):
    settings = SETTINGS

    @support.not_quick
    def test_twenty_drains_under_load_fail_no_request(self):
        answered, busy, slowest = 0, 0, 0.0
        for round_ in range(ROUNDS):
            server = Server(self.db.url, **SETTINGS)
            self.addCleanup(server.kill)
            load = Load(server.port, self.key, round_)
            time.sleep(0.15 + 0.02 * (round_ % 5))
            began = time.monotonic()
            server.process.send_signal(signal.SIGINT if round_ % 5 == 4 else signal.SIGTERM)
            seen = probe(server.port, began + 5)
            load.ended.set()
            load.join()
            code = server.process.wait(BOUND)
            took = time.monotonic() - began
            log = server.log_text()
            label = f"round {round_}: {load.answered} answered\n{log[-1500:]}"
            self.assertEqual(load.failed, [], label)
            self.assertEqual(load.odd, [], label)
            self.assertEqual(code, 0, label)
            self.assertEqual(seen[-1:], [503], f"/readyz said {seen}; {label}")
            self.assertGreater(len(load.written), 0, label)
            self.check_written(load)
            self.assertIn('"event":"stopped"', log)
            answered, busy, slowest = answered + load.answered, busy + load.busy, max(slowest, took)
            server.kill()
        support.say(f"{ROUNDS} drains: {answered} requests answered ({busy} by 503), 0 failed, the slowest {slowest:.2f} s")

    def check_written(self, load):
        there = self.db.sql(
            f"select summary from progress.published_update where summary like 'drain {load.round}/%'"
        ).splitlines()
        self.assertEqual(sorted(there), sorted(load.written), "what was acknowledged, and nothing twice")


class AtRest(Case):
    settings = SETTINGS

    def end(self, server, bound=BOUND):
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        code = server.process.wait(bound)
        return code, time.monotonic() - began

    def test_idle_connections_do_not_hold_up_the_end(self):
        server = Server(self.db.url, **SETTINGS)
        self.addCleanup(server.kill)
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)]
        for s in idle[:3]:
            s.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            s.recv(4096)
        code, took = self.end(server)
        self.assertEqual(code, 0)
        self.assertLess(took, BOUND)
        for s in idle:
            s.close()

    def test_a_request_in_flight_is_answered_before_the_end(self):
        """It waits for a row that somebody else holds, and gets it while the service drains."""
        server = Server(self.db.url, **SETTINGS)
        self.addCleanup(server.kill)
        editor = self.db.key(scope="edit", source="city")
        holder = self.hold_goal(7)
        answer = []
        client = self.connect(editor, server)
        asker = threading.Thread(target=lambda: answer.append(
            client.ask("PATCH", "/goals/7", {"weight": 2}, {"If-Match": '"r1-0000000000000000"'})))
        watcher = Session(self.db)
        self.addCleanup(watcher.close)
        asker.start()
        support.wait_until(
            lambda: watcher.do("select count(*) from pg_locks where not granted") != ["0\n"],
            "the request waits for the row",
        )
        server.process.send_signal(signal.SIGTERM)
        support.wait_until(lambda: '"event":"drain"' in server.log_text(), "it drains")
        holder.stdin.write(b"rollback;\n")
        holder.stdin.close()
        asker.join(10)
        self.accepted(answer[0], 200)
        self.assertEqual(answer[0]["Connection"], "close")
        self.assertEqual(server.process.wait(BOUND), 0)
        holder.wait(10)

    def hold_goal(self, number):
        holder = subprocess.Popen(
            [support.PSQL, "-XqAt", "-d", self.db.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=support.environment(),
        )
        self.addCleanup(holder.stdout.close)
        holder.stdin.write(f"begin; select 1 from progress.goal where number = {number} for update;\n".encode())
        holder.stdin.flush()
        self.assertEqual(holder.stdout.readline(), b"1\n")
        return holder

    def test_a_service_that_was_never_asked_ends_at_once(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            server = Server(self.db.url, **SETTINGS)
            self.addCleanup(server.kill)
            began = time.monotonic()
            server.process.send_signal(how)
            self.assertEqual(server.process.wait(BOUND), 0)
            self.assertLess(time.monotonic() - began, BOUND)
        self.assertFalse(os.path.exists(f"/proc/{server.process.pid}"))


if __name__ == "__main__":
    unittest.main()

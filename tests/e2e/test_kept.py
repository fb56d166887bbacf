"""Requests that follow each other on one connection: those that wake no worker get the same bytes, are in the log and
the figures like all others, and leave everything that is not of their kind to the others."""

import re
import socket
import threading
import time
import unittest

import support
from cached import connected, figures, report
from client import split_answers
from photograph import NAMES
from support import Case, note
from test_cache import MORE, SETTINGS, Targets, forms

LENT = "http_server_lent_requests_total"
SEEN = 'http_server_request_duration_seconds_count{http_request_method_class="read",http_response_status_class="2xx"}'
STREAK = 8  # answers out of the cache, after which a connection is lent
THREADS, ROUNDS = 4, 5 if support.QUICK or support.INSTRUMENTED else 25
WIRE = b"GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"


def warm(client, path="/goals"):
    """Until the client's connection is lent."""
    for _ in range(2 * STREAK):
        got = client.get(path)
        if got.status != 200:
            raise AssertionError(str(got))


class Kept(Case):
    settings = SETTINGS

    def figures(self):
        probe = connected(self, self.server)
        found = figures(probe)
        probe.close()
        return found

    def lent(self):
        return self.figures()[LENT]

    def test_every_answer_is_the_same_on_a_connection_that_is_lent(self):
        self.accepted(self.client.post(note("2.1"), key=self.key))
        targets = Targets(self.server.port, MORE, {"cursor": ()})
        self.addCleanup(targets.close)
        asked, lent = 0, self.lent()
        for path, has_page in targets.all():
            fresh = connected(self, self.server)
            known = fresh.ask("HEAD", path)
            fresh.close()
            if known.status not in (200, 404):
                continue
            warm(self.client)
            for form, (method, headers) in forms(known["ETag"], has_page).items():
                asked += self.compare(path, form, method, {"X-Request-Id": "same"} | headers)
        lent = self.lent() - lent
        support.say(f"{asked} answers compared, {lent:.0f} requests woke no worker")
        self.assertGreater(asked, 100)
        self.assertGreaterEqual(lent, asked)

    def compare(self, path, form, method, headers):
        """An answer of a connection's first request with one of a later one; those that end it cannot be later."""
        fresh = connected(self, self.server)
        expected = fresh.ask(method, path, None, headers)
        fresh.close()
        if "Connection" in headers:
            return 0
        given = self.client.ask(method, path, None, headers)
        for got in (expected, given):
            got.headers.pop("date")
            got.headers.pop("age", None)
        self.assertEqual((given.status, given.headers, given.body), (expected.status, expected.headers, expected.body),
                         f"{form} of {path}")
        return 1

    def test_each_is_counted_and_logged_once(self):
        warm(self.client)
        before, lent, lines = self.figures()[SEEN], self.lent(), self.requests("/summary")
        for number in range(100):
            self.assertEqual(self.client.get("/summary", X_Request_Id=f"counted-{number}").status, 200)
        self.assertGreaterEqual(self.lent(), lent + 90, "the first of them made the answer")
        self.assertGreaterEqual(self.figures()[SEEN], before + 100)
        support.wait_until(lambda: len(self.requests("/summary")) >= len(lines) + 100, "the log has them")
        told = self.requests("/summary")[len(lines) :]
        self.assertEqual([line["request_id"] for line in told], [f"counted-{n}" for n in range(100)])
        first, last = told[0], told[-1]
        for line in told:
            self.assertEqual(line.keys(), first.keys())
            self.assertGreaterEqual(line["duration_us"], 0)
        for name in ("method", "route", "path", "status", "client", "level"):
            self.assertEqual(last[name], first[name], name)
        support.wait_until(lambda: self.figures()["http_server_active_requests"] == 1, "only the one that asks is at work")

    def requests(self, path):
        return [line for line in self.server.log() if line.get("event") == "request" and line["path"] == path]

    def test_a_missing_answer_and_a_write_go_the_long_way_and_are_seen_at_once(self):
        writer = connected(self, self.server, self.key)
        for percent in range(10, 10 + ROUNDS):
            warm(self.client, "/objectives/7.1")
            before = self.client.get("/objectives/7.1").json["updates_count"]
            report(writer, "7.1", percent)
            self.assertEqual(self.client.get("/objectives/7.1").json["updates_count"], before + 1)
            self.accepted(self.client.post(note("7.1"), key=self.key))
            self.assertEqual(self.client.get("/objectives/7.1").json["updates_count"], before + 2)

    def test_drafts_and_keys_are_never_answered_without_the_gate(self):
        reporter = self.db.key(scope="report")
        self.assertEqual(self.accepted(self.client.post(note("7.1"), key=reporter))["state"], "draft")
        for path, status in (("/updates?state=draft", 401), ("/updates?state=%64raft", 401), ("/livez", 200)):
            warm(self.client, "/updates")
            lent = self.lent()
            self.assertEqual(self.client.get(path).status, status, path)
            self.assertEqual(self.lent(), lent, path)
        warm(self.client, "/updates")
        self.assertEqual(len(self.client.ask("GET", "/updates?state=draft", key=reporter).json["data"]), 1)

    def test_requests_sent_in_pieces_and_in_heaps_have_their_answers_in_order(self):
        """Whole, halved, doubled, followed by others: on connections of their own, all at the same time."""
        paths = [f"/goals/{n}" for n in NAMES["number"]] + ["/summary", "/goals/99", "/livez", "/objectives/7.1"]
        expected = {path: self.client.get(path).status for path in paths}
        failures, lent = [], self.lent()

        def play(seed):
            try:
                self.play(paths, expected, seed)
            except BaseException as e:  # the test must hear of it
                failures.append(e)

        threads = [threading.Thread(target=play, args=(seed,)) for seed in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        self.assertGreater(self.lent(), lent + THREADS * ROUNDS)

    def play(self, paths, expected, seed):
        number = seed
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=15) as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for turn in range(ROUNDS):
                for _ in range(STREAK + 2):
                    s.sendall(WIRE % (b"/goals", b""))
                    self.assertEqual(self.statuses(s, 1), [200])
                chosen = [paths[(number + i) % len(paths)] for i in range(1 + turn % 3)]
                number = (number * 7 + 3) % 1009
                data = b"".join(WIRE % (path.encode(), b"X-Odd: yes\r\n") for path in chosen)
                cut = number % len(data) if turn % 2 else 0
                s.sendall(data[:cut])
                time.sleep(0.001 * (turn % 3))
                s.sendall(data[cut:])
                self.assertEqual(self.statuses(s, len(chosen)), [expected[path] for path in chosen])

    @staticmethod
    def statuses(s, count):
        got, answers = b"", []
        while len(answers) < count or answers[-1][2] is None:
            piece = s.recv(65536)
            if not piece:
                raise AssertionError(f"the connection ended after {len(answers)} of {count} answers")
            got += piece
            answers = split_answers(got)
        return [status for status, _, _ in answers]

    def test_an_end_in_order_is_no_slower(self):
        """A service with lent connections that nobody uses ends within its keep-alive time."""
        server = support.Server(self.db.url, **SETTINGS)
        self.addCleanup(server.kill)
        clients = [connected(self, server) for _ in range(20)]
        for client in clients:
            warm(client)
        self.assertGreaterEqual(figures(clients[0])[LENT], len(clients))
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()

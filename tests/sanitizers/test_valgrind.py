"""One life of the service under valgrind: it starts, serves every kind of request, and ends on SIGTERM without a leak."""
import os
import shutil
import sys
import tempfile
import unittest
from unittest import mock

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

import support  # noqa: E402
from client import raw  # noqa: E402
from support import Case, Server, note, progress  # noqa: E402

VALGRIND = shutil.which("valgrind")
FOUND = 99

# Twenty times as slow as the processor: no deadline of the service is to end what is merely slow.
SETTINGS = {
    "PROGRESS_HEAD_MS": 60000, "PROGRESS_BODY_MS": 60000, "PROGRESS_ANSWER_MS": 60000, "PROGRESS_BUDGET_MS": 60000,
    "PROGRESS_KEEP_ALIVE_MS": 1000, "PROGRESS_SECURITY_CONTACT": "mailto:security@example.org",
}

# Method, path, headers, body, status; the key goes with the writes.
REQUESTS = [
    ("GET", "/", {}, None, 200),
    ("GET", "/", {"Accept": "text/html"}, None, 200),
    ("GET", "/goals/7?lang=ko", {"Accept": "text/html"}, None, 200),
    ("GET", "/objectives?q=app&goal=", {"Accept": "text/html"}, None, 200),
    ("GET", "/objectives/7.1?as_of=2026-01-31", {"Accept": "text/html"}, None, 200),
    ("GET", "/updates", {"Accept": "text/html"}, None, 200),
    ("GET", "/plan", {}, None, 200),
    ("GET", "/summary", {"Accept-Encoding": "gzip"}, None, 200),
    ("HEAD", "/goals", {}, None, 200),
    ("GET", "/goals?include=objectives,latest_update", {"Accept-Encoding": "gzip"}, None, 200),
    ("GET", "/objectives?goal=7&limit=2", {}, None, 200),
    ("GET", "/updates?count=exact", {}, None, 200),
    ("GET", "/openapi.json", {"Accept-Encoding": "gzip"}, None, 200),
    ("GET", "/problems/not-found", {"Accept": "text/html"}, None, 200),
    ("GET", "/.well-known/security.txt", {}, None, 200),
    ("GET", "/livez", {}, None, 200),
    ("GET", "/readyz", {}, None, 200),
    ("GET", "/health", {}, None, 200),
    ("GET", "/metrics", {}, None, 200),
    ("OPTIONS", "/goals", {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}, None, 204),
    ("GET", "/nothing", {}, None, 404),
    ("GET", "/objectives/9.99", {}, None, 404),
    ("GET", "/goals?limit=none", {}, None, 400),
    ("DELETE", "/goals", {}, None, 405),
    ("POST", "/updates", {"Authorization": None, "Idempotency-Key": '"no-key"'}, note("7.1"), 401),
    ("POST", "/updates", {"Idempotency-Key": '"taken"'}, progress("7.1", 40), 201),
    ("POST", "/updates", {"Idempotency-Key": '"taken"'}, progress("7.1", 40), 201),
    ("POST", "/updates", {"Idempotency-Key": '"refused"'}, progress("7.1", 400, summary=""), 422),
    ("POST", "/updates", {"Idempotency-Key": '"no-json"'}, b'{"objective": ', 400),
    ("PUT", "/updates/gogov/one", {}, note("7.2"), 201),
    ("PATCH", "/goals/7", {"If-Match": '"r9-0000000000000000"'}, {"weight": 2}, 412),
    ("GET", "/objectives/7.1/updates", {}, None, 200),
]

# Bytes, and the status of the only answer.
BROKEN = [
    (b"GET /goals\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    (b"POST /updates HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    (b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
]


@unittest.skipUnless(VALGRIND, "there is no valgrind here")
class OneLife(Case):
    @classmethod
    def setUpClass(cls):
        cls.db = support.Database.with_plan()
        cls.addClassCleanup(cls.db.drop)
        cls.key = cls.db.key("report,publish,edit")

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cip-valgrind-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.told = os.path.join(self.folder, "told")

    def watched(self):
        """The service, under valgrind, which tells what it found when that has ended."""
        binary = os.path.join(self.folder, "progressd")
        with open(binary, "w", encoding="utf-8") as script:
            script.write(
                f"#!/bin/sh\nexec {VALGRIND} --quiet --log-file='{self.told}' --leak-check=full --num-callers=30 "
                f"--show-leak-kinds=definite,possible --errors-for-leak-kinds=definite,possible "
                f"--error-exitcode={FOUND} --fair-sched=yes --max-threads=200 '{support.BINARY}' \"$@\"\n"
            )
        os.chmod(binary, 0o755)
        with mock.patch.object(support, "BINARY", binary), mock.patch.object(support, "DEADLINE", 180):
            server = Server(self.db.url, **SETTINGS)
        self.addCleanup(server.kill)
        return server

    def serve(self, server):
        client = support.Client(server.port, self.key, timeout=60)
        self.addCleanup(client.close)
        for method, path, headers, body, status in REQUESTS:
            got = client.ask(method, path, body, headers)
            self.assertEqual(got.status, status, str(got))
        for data, status in BROKEN:
            answers, _ = raw(server.port, data, timeout=60)
            self.assertEqual([a[0] for a in answers], [status], str(data))

    def test_a_service_starts_serves_and_ends_without_an_error_or_a_leak(self):
        server = self.watched()
        self.serve(server)
        code = server.stop(seconds=180)
        with open(self.told, encoding="utf-8", errors="replace") as file:
            told = file.read()
        if told:
            raise support.Broken(f"valgrind found something:\n{told}")
        self.assertEqual(code, 0, "the service did not end in order")
        support.say(f"{len(REQUESTS) + len(BROKEN)} requests under valgrind, ready after {server.ready['milliseconds']} ms")


if __name__ == "__main__":
    unittest.main()

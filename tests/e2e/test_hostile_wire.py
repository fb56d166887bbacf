"""Requests that two readers could read differently, that are too large, or never end: refused and closed."""
import json
import socket
import time
import unittest

import support
from client import raw, split_answers
from support import Unharmed, note

BODY_MS = 500
SETTINGS = {"PROGRESS_BODY_MS": BODY_MS, "PROGRESS_HEAD_MS": 700}


class Wire(Unharmed):
    settings = SETTINGS
    SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"

    def refuse_raw(self, data, statuses, label):
        answers, closed = raw(self.server.port, data)
        self.assertEqual(len(answers), 1, f"{label}: {answers}")
        status, headers, body = answers[0]
        self.assertIn(status, statuses, f"{label}: {answers}")
        self.assertTrue(closed, f"{label}: the connection stays open")
        self.assertEqual(headers["content-type"], "application/problem+json", label)
        self.assertEqual(json.loads(body)["status"], status, label)

    def test_smuggling_vectors_are_refused_and_closed(self):
        post, get = b"POST /updates HTTP/1.1\r\nHost: x\r\n", b"GET /goals HTTP/1.1\r\nHost: x\r\n"
        vectors = {
            "CL.TE": post + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG" + self.SMUGGLED,
            "TE.CL": post + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n" + self.SMUGGLED,
            "two lengths": post + b"Content-Length: 0\r\nContent-Length: 37\r\n\r\n" + self.SMUGGLED,
            "two equal lengths": post + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}" + self.SMUGGLED,
            "a list of lengths": post + b"Content-Length: 0, 37\r\n\r\n" + self.SMUGGLED,
            "a signed length": post + b"Content-Length: +0\r\n\r\n" + self.SMUGGLED,
            "a hexadecimal length": post + b"Content-Length: 0x0\r\n\r\n" + self.SMUGGLED,
            "a negative length": post + b"Content-Length: -1\r\n\r\n" + self.SMUGGLED,
            "a long length": post + b"Content-Length: 00000000000\r\n\r\n" + self.SMUGGLED,
            "a spaced length": post + b"Content-Length : 37\r\n\r\n" + self.SMUGGLED,
            "two codings": post
            + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"
            + self.SMUGGLED,
            "an unknown coding": post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + self.SMUGGLED,
            "a list of codings": post + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + self.SMUGGLED,
            "a coding after a tab": post + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + self.SMUGGLED,
            "a coding on 1.0": b"POST /updates HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + self.SMUGGLED,
            "a body on GET": get + b"Content-Length: 37\r\n\r\n" + self.SMUGGLED,
            "chunks on GET": get + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + self.SMUGGLED,
            "a bare line feed": b"GET /goals HTTP/1.1\nHost: x\n\n" + self.SMUGGLED,
            "a folded header": get + b"X-A: b\r\n Content-Length: 37\r\n\r\n" + self.SMUGGLED,
            "a header without a name": get + b": x\r\n\r\n" + self.SMUGGLED,
            "a header without a colon": get + b"nonsense\r\n\r\n" + self.SMUGGLED,
            "a space before the first header": b"GET /goals HTTP/1.1\r\n Host: x\r\n\r\n" + self.SMUGGLED,
            "no host": b"GET /goals HTTP/1.1\r\n\r\n" + self.SMUGGLED,
            "two hosts": get + b"Host: y\r\n\r\n" + self.SMUGGLED,
            "two keys": get + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n" + self.SMUGGLED,
            "NUL in a header": get + b"X-A: b\0c\r\n\r\n" + self.SMUGGLED,
            "a bare carriage return": get + b"X-A: b\rContent-Length: 37\r\n\r\n" + self.SMUGGLED,
        }
        for label, data in vectors.items():
            with self.subTest(label):
                self.refuse_raw(data, (400, 431, 501), label)
        self.assertNotIn("/smuggled", self.server.log_text())

    def test_a_refused_body_is_never_taken_for_a_request(self):
        """A body of another type or without a key: the answer comes, and what follows on the line is not served."""
        for key, status in (
            (f"Authorization: Bearer {self.key}\r\nContent-Type: text/plain\r\nIdempotency-Key: s\r\n", 415),
            ("", 401),
        ):
            data = (
                f"POST /updates HTTP/1.1\r\nHost: x\r\n{key}Content-Length: {len(self.SMUGGLED)}\r\n\r\n".encode()
                + self.SMUGGLED
            )
            answers, _ = raw(self.server.port, data, timeout=5)
            self.assertEqual([a[0] for a in answers], [status])
        self.assertNotIn("/smuggled", self.server.log_text())

    def test_a_head_that_is_too_large_is_431(self):
        # Past the library's own buffer of 32 KB it says "unreadable" before a guard can see why.
        for size, status in ((16100, 431), (20000, 431), (100000, 400)):
            self.refuse_raw(
                b"GET /goals HTTP/1.1\r\nHost: x\r\nX-A: " + b"y" * size + b"\r\n\r\n",
                (status,),
                f"a header of {size} bytes",
            )

    def test_seventy_headers_are_431(self):
        line = b"GET /goals HTTP/1.1\r\nHost: x\r\n"
        many = b"".join(b"X-%d: y\r\n" % n for n in range(70))
        self.refuse_raw(line + many + b"\r\n", (431,), "70 headers")
        few = b"".join(b"X-%d: y\r\n" % n for n in range(60))
        self.assertEqual(raw(self.server.port, line + few + b"Connection: close\r\n\r\n")[0][0][0], 200)

    def test_paths_and_queries_have_their_bounds(self):
        for path in ("/" + "a" * 1100, "/goals?q=" + "a" * 2100):
            self.refuse_raw(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), (414,), path[:20])
        for path in (
            "/goals/%",
            "/goals/%zz",
            "/goals/%00",
            "/../etc/passwd",
            "/goals/..",
            "/goals/%2e%2e",
            "/%ff",
            "/goals?q=%00",
            "/goals?a=%c3",
            "/goals?x[]=1",
            "/go als",
            "/goals?<x>",
            "//",
            "/a/b/c/d/e/f/g/h/i/j",
            "/goals?" + "&".join(f"a{n}=1" for n in range(40)),
        ):
            answers, closed = raw(
                self.server.port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
            )
            self.assertEqual(len(answers), 1, path)
            self.assertIn(answers[0][0], (400, 404), path)

    def test_methods_that_nobody_knows_are_refused(self):
        for method in ("DELETE", "TRACE", "CONNECT", "FOO", "get", "PROPFIND"):
            answers, _ = raw(
                self.server.port, f"{method} /goals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
            )
            self.assertEqual(len(answers), 1, method)
            self.assertIn(answers[0][0], (400, 405, 501), method)
        self.refused(self.client.ask("DELETE", "/goals"), 405, "method-not-allowed")
        self.assertEqual(self.connect().ask("PUT", "/goals", {})["Allow"], "GET, HEAD, OPTIONS")

    @support.not_quick
    def test_garbage_is_answered_or_cut(self):
        for data in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
            b"\0" * 100,
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\r\n" * 50,
        ):
            answers, closed = raw(self.server.port, data, timeout=4)
            self.assertTrue(closed, data[:20])
            self.assertTrue(all(a[0] is None or a[0] >= 400 for a in answers), answers)


class Slow(Unharmed):
    def drip(self, head, piece, seconds, pause=0.05):
        """Piece after piece until the server hangs up: (answers, seconds to the first byte, whether it closed)."""
        got, first, began = b"", None, time.monotonic()
        with socket.create_connection(("127.0.0.1", self.server.port)) as s:
            s.sendall(head)
            s.settimeout(pause)
            while time.monotonic() < began + seconds:
                try:
                    s.sendall(piece)
                except OSError:
                    pass
                try:
                    came = s.recv(65536)
                except TimeoutError:
                    continue
                except OSError:
                    came = b""
                first = first or time.monotonic() - began
                if not came:
                    return split_answers(got), first, True
                got += came
        return split_answers(got), first, False

    def head(self, framing):
        return (f"POST /updates HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.key}\r\nIdempotency-Key: slow\r\n"
                f"Content-Type: application/json\r\n{framing}\r\n\r\n").encode()


class Impatient(Slow):
    settings = SETTINGS

    def check_408(self, head, piece):
        answers, first, closed = self.drip(head, piece, 8)
        self.assertEqual([a[0] for a in answers], [408], f"after {first} s")
        self.assertTrue(closed)
        self.assertEqual(json.loads(answers[0][2])["code"], "timeout")
        self.assertGreaterEqual(first, BODY_MS / 1000 - 0.05)
        self.assertLess(first, BODY_MS / 1000 + 5.0)

    def test_a_dripping_body_is_cut_at_its_deadline_with_408(self):
        self.check_408(self.head("Content-Length: 1000"), b" ")

    @support.not_quick
    def test_dripping_chunks_are_cut_too(self):
        self.check_408(self.head("Transfer-Encoding: chunked"), b"1\r\n \r\n")

    @support.not_quick
    def test_a_body_that_never_comes_is_cut(self):
        self.check_408(self.head("Content-Length: 10"), b"")

    @support.not_quick
    def test_a_dripping_head_is_cut(self):
        answers, _, closed = self.drip(b"GET /goals HTTP/1.1\r\nHost: x\r\n", b"X: y\r\n"[:1], 6)
        self.assertTrue(closed)
        self.assertLessEqual({a[0] for a in answers}, {408, 400})


class Patient(Slow):
    """With nine seconds for a body."""

    def test_a_stranger_gets_no_time_for_a_body(self):
        """Without a key the answer comes before any of the body is read."""
        head = b"POST /updates HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        answers, first, _ = self.drip(head, b" ", 6)
        self.assertEqual([a[0] for a in answers], [401])
        self.assertLess(first, 5)

    def test_100_continue_comes_when_the_key_is_good(self):
        body = json.dumps(note("7.1")).encode()
        head = self.head(f"Content-Length: {len(body)}\r\nExpect: 100-continue").replace(
            b"/updates", b"/updates?dry_run=true"
        )
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=5) as s:
            s.sendall(head)
            self.assertTrue(s.recv(4096).startswith(b"HTTP/1.1 100 "))
            s.sendall(body)
            self.assertTrue(s.recv(65536).startswith(b"HTTP/1.1 200 "))

if __name__ == "__main__":
    unittest.main()

"""Bodies and parameters of strangers: refused with every fault named, nothing changed, the service alive."""

import json
import time
import unittest
from urllib.parse import quote

import support
from client import raw
from support import Unharmed, note, progress

BODY_MS = 500
LIMIT = 64 * 1024


class Bodies(Unharmed):
    def post(self, body):
        return self.client.post(
            body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass"), key=self.key
        )

    def test_bombs_of_depth_are_refused(self):
        for bomb in (
            b"[" * 60000,
            b'{"a":' * 10000,
            b'{"objective":' + b"[" * 50000 + b"]" * 50000 + b"}"[:1],
            b"[" * 33 + b"]" * 33,
        ):
            self.refused(self.post(bomb[:LIMIT]), 400, "malformed")
        self.refused(self.post(b"[" * 32 + b"]" * 32), 422, places=["#"])

    def test_a_body_of_64_kb_is_read_and_one_byte_more_is_not(self):
        body = json.dumps(note("7.1", details="x")).encode()
        whole = body[:-1] + b" " * (LIMIT - len(body)) + b"}"
        self.assertEqual(self.client.ask("POST", "/updates?dry_run=true", whole, key=self.key).status, 200)
        over = self.post(whole + b" ")
        self.refused(over, 413, "body-too-large")
        self.assertEqual(over["Connection"], "close")

    def test_a_chunked_body_is_bounded_too(self):
        head = (f"POST /updates HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.key}\r\nIdempotency-Key: c\r\n"
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").encode()
        chunk = b"1000\r\n" + b" " * 4096 + b"\r\n"
        answers, closed = raw(self.server.port, head + chunk * 17 + b"0\r\n\r\n")
        self.assertEqual(([a[0] for a in answers], closed), ([413], True))
        answers, closed = raw(self.server.port, head + b"zz\r\n")
        self.assertEqual(([a[0] for a in answers], closed), ([400], True))

    def test_a_length_beyond_every_limit_is_refused_before_reading(self):
        head = f"POST /updates HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.key}\r\n"
        head += "Content-Type: application/json\r\n"
        for length in ("65537", "999999999"):
            answers, closed = raw(
                self.server.port, f"{head}Idempotency-Key: l\r\nContent-Length: {length}\r\n\r\n".encode()
            )
            self.assertEqual(([a[0] for a in answers], closed), ([413], True), length)

    def test_what_is_no_json_is_refused(self):
        plain = json.dumps(note("7.1"))
        for body in (
            plain[:-1] + "\0}",
            plain + "\0",
            plain.replace("moves", "mo\\u0000ves"),
            plain[:-1] + ',"kind":"note"}',
            plain[:-1] + ',"links":[{"label":"a","label":"b","url":"http://x.org"}]}',
            plain[:-1],
            plain + plain,
            "",
            " ",
            "nonsense",
            "NaN",
            "{'a':1}",
            "[1,]",
            '"\\ud800"',
            '{"a":1e999}',
            "\ufeff" + plain,
            plain.replace("moves", "mo\nves"),
            "\ud800",
        ):
            self.refused(self.post(body), 400, "malformed")
        for bytes_ in (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82", b"\x80"):
            self.refused(self.post(plain.encode().replace(b"moves", bytes_)), 400, "malformed")

    def test_a_document_of_another_type_is_refused(self):
        for body in ("[]", "null", "5", '"text"', "true"):
            self.refused(self.post(body), 422, "invalid", ["#"])

    def test_wrong_types_are_all_named(self):
        body = {
            name: wrong
            for name, wrong in zip(
                (
                    "objective",
                    "as_of",
                    "kind",
                    "status",
                    "percent_complete",
                    "summary",
                    "details",
                    "next_steps",
                    "links",
                    "source",
                    "external_id",
                    "source_updated_at",
                    "supersedes",
                    "reason",
                ),
                ([], {}, 1, True, "40", None, 5, [], {}, 7, {}, 5, [], False),
                strict=True,
            )
        }
        self.refused(self.post(json.dumps(body)), 422, "invalid", [f"#/{name}" for name in body])

    def test_texts_beyond_their_bounds_are_refused(self):
        for name, most in (
            ("summary", 500),
            ("details", 10000),
            ("next_steps", 2000),
            ("reason", 2000),
            ("external_id", 200),
        ):
            self.refused(
                self.client.post(note("7.1", **{name: "ü" * (most + 1)}), key=self.key), 422, places=[f"#/{name}"]
            )
            fits = self.client.ask("POST", "/updates?dry_run=true", note("7.1", **{name: "ü" * most}), key=self.key)
            self.assertEqual(fits.status, 200, str(fits)[:500])
        self.refused(
            self.client.post(note("7.1", links=[{"label": "x", "url": "https://x.org"}] * 21), key=self.key),
            422,
            places=["#/links"],
        )
        many = {f"field-{n}": n for n in range(3000)}
        self.assertGreater(len(self.refused(self.client.post(many, key=self.key), 422)["errors"]), 10)

    def test_text_that_looks_like_code_is_text(self):
        for nasty in (
            "'; drop table progress.plan; --",
            "$1 $$ \\ %s %n",
            "{{7*7}}",
            '<!--#exec cmd="id"-->',
            "\u202e\u0007\x7f",
        ):
            got = self.client.ask(
                "POST", "/updates?dry_run=true", note("7.1", summary=nasty, details=nasty), key=self.key
            )
            self.assertEqual((got.status, got.json["summary"]), (200, nasty), str(got))

    def test_numbers_at_the_edge_do_not_slip_through(self):
        for percent in ("33.333", "100.001", "-0.01", "1e3", "1e-3", "-1e-300"):
            body = json.dumps(progress("7.1", 5)).replace('"percent_complete": 5', f'"percent_complete": {percent}')
            self.refused(self.post(body), 422, "invalid", ["#/percent_complete"])
        huge = json.dumps(progress("7.1", 5)).replace('"percent_complete": 5', f'"percent_complete": {10 ** 30}')
        self.refused(self.post(huge), 400, "malformed")  # the parser takes no integer beyond 64 bits
        for id_ in ("999999999999999999", "0", "00017"):
            got = self.client.post(progress("7.1", 5, supersedes=id_, reason="x"), key=self.key)
            self.refused(got, 422, "invalid", ["#/supersedes"])


@support.not_quick
class Injection(Unharmed):
    NASTY = (
        "' or 1=1;--",
        "'; drop table progress.plan;--",
        "1; select pg_sleep(5)",
        "\\",
        "$1",
        "%",
        "_",
        "''",
        '"',
        "null",
        "-1",
        "0",
        "1e9",
        "9" * 30,
        "2026-13-45",
        "0001-01-01",
        "infinity",
        "'::jsonb",
        "{}",
        "a,b",
        "\u00a0",
        "\U0001f600",
        "\ufffe",
    )
    QUERIES = {
        "/goals": ("plan", "as_of", "include", "limit", "cursor", "count"),
        "/objectives": (
            "goal",
            "status",
            "department",
            "tag",
            "q",
            "updated_since",
            "plan",
            "as_of",
            "include",
            "limit",
            "cursor",
        ),
        "/updates": (
            "goal",
            "objective",
            "kind",
            "source",
            "since",
            "until",
            "updated_since",
            "state",
            "limit",
            "cursor",
        ),
        "/summary": ("plan", "as_of"),
        "/": ("plan", "as_of"),
    }
    PATHS = (
        "/goals/{}",
        "/objectives/{}",
        "/objectives/{}/updates",
        "/goals/{}/objectives",
        "/updates/{}",
        "/updates/{}/x",
        "/updates/gogov/{}",
        "/problems/{}",
    )

    def ask(self, path, **headers):
        began = time.monotonic()
        got = self.client.ask("GET", path, headers=headers, key=self.key)
        self.assertIn(got.status, (200, 400, 401, 404), str(got)[:1500])
        self.assertNotRegex(got.body.decode(), r"(?i)syntax error|sqlstate|pg_catalog|relation \"|line \d+:")
        self.assertLess(time.monotonic() - began, 2.0, path)
        return got

    def test_sql_in_any_parameter_is_only_a_strange_value(self):
        for path, names in self.QUERIES.items():
            for name in names:
                for nasty in self.NASTY:
                    self.ask(f"{path}?{name}={quote(nasty, safe='')}")

    def test_sql_in_any_path_is_only_a_strange_name(self):
        for path in self.PATHS:
            for nasty in self.NASTY:
                self.ask(path.format(quote(nasty, safe="")))

    def test_sql_in_a_filter_by_text_finds_what_holds_it(self):
        for nasty in ("%", "_", "' or '1'='1", "\\"):
            found = self.ask(f"/objectives?limit=500&q={quote(nasty, safe='')}").json["data"]
            self.assertLess(len(found), 42, f"{nasty} is a pattern that fits all")

    def test_sql_in_a_write_is_only_a_strange_value(self):
        for nasty in self.NASTY:
            for path in (
                f"/updates/{quote(nasty, safe='')}/retraction",
                f"/updates/{quote(nasty, safe='')}/publication",
                f"/updates?dry_run={quote(nasty, safe='')}",
                f"/updates?plan={quote(nasty, safe='')}",
            ):
                got = self.connect().post({"reason": "x"}, path, key=self.key)
                self.assertIn(got.status, (400, 404, 405, 409, 422), str(got)[:1500])
            got = self.connect().ask(
                "PUT", f"/updates/gogov/{quote(nasty, safe='')}?dry_run=true", note("7.1"), key=self.key
            )
            self.assertIn(got.status, (200, 422), str(got)[:1500])

    def test_sql_in_a_header_is_only_a_strange_header(self):
        for nasty in ("' or 1=1;--", "$1", "\\", "%s%n"):
            for name in (
                "If-None-Match",
                "Accept",
                "Accept-Encoding",
                "X-Request-Id",
                "traceparent",
                "X-Forwarded-For",
                "Origin",
                "Range",
            ):
                got = self.client.ask("GET", "/goals", headers={name: nasty})
                self.assertIn(got.status, (200, 406), str(got)[:500])


if __name__ == "__main__":
    unittest.main()

"""What nginx in front of the service lets through, and what it does not; called by tests/containers/run."""
import gzip
import json
import subprocess
import unittest

import stack
from client import split_answers

KEY = ("key", "create", "--name", "gogov", "--scope", "report,publish", "--source", "gogov", "--holder", "GoGov bridge")
UPDATE = {"objective": "7.1", "as_of": "2026-01-31", "kind": "progress", "status": "on_track", "percent_complete": 40,
          "summary": "Written through the proxy."}


def setUpModule():
    global STACK
    STACK, _ = stack.begin()


def tearDownModule():
    STACK.end()


class Wire(unittest.TestCase):
    def test_eight_goals_come_by_tls_and_http_2(self):
        said = STACK.curl("/goals", "--http2", "-w", "\n%{http_version} %{http_code}").stdout.decode()
        body, end = said.rsplit("\n", 1)
        self.assertEqual(end, "2 200")
        self.assertEqual([goal["number"] for goal in json.loads(body)["data"]], list(range(1, 9)))

    def test_the_published_port_leads_there(self):
        said = subprocess.run(["curl", "-sS", "-k", "--max-time", "20", f"https://{STACK.edge['Gateway']}/goals/1"],
                              capture_output=True, check=True).stdout
        self.assertEqual(json.loads(said)["number"], 1)

    def test_the_configuration_of_nginx_has_no_fault(self):
        said = STACK.engine("exec", "nginx", "nginx", "-t").stderr
        self.assertIn("test is successful", said)
        self.assertNotIn("warn", said)

    def test_an_old_tls_is_refused(self):
        self.assertNotEqual(STACK.curl("/livez", "--tls-max", "1.1", check=False).returncode, 0)
        said = STACK.curl("/livez", "--tls-max", "1.2", "-o", "/dev/null", "-w", "%{http_code}").stdout
        self.assertEqual(said, b"200")

    def test_etag_and_gzip_pass_unweakened(self):
        direct, proxied = STACK.beside(), STACK.through()
        for coding in ("identity", "gzip"):
            answers = [c.ask("GET", "/goals", headers={"Accept-Encoding": coding}) for c in (direct, proxied)]
            for name in ("ETag", "Content-Encoding", "Vary", "Cache-Control", "Content-Security-Policy"):
                self.assertEqual(answers[1][name], answers[0][name], f"{coding}: {name}")
            self.assertEqual(answers[1].body, answers[0].body)
            self.assertTrue(answers[1]["ETag"].startswith('"'))
            known = {"Accept-Encoding": coding, "If-None-Match": answers[1]["ETag"]}
            again = proxied.ask("GET", "/goals", headers=known)
            self.assertEqual((again.status, again.body, again["ETag"]), (304, b"", answers[1]["ETag"]))
        self.assertEqual(len(json.loads(gzip.decompress(answers[1].body))["data"]), 8)

    def test_a_key_made_as_documented_writes_once(self):
        key = STACK.once("migrate", *KEY).stdout.strip()
        client = STACK.through(key)
        answers = [client.ask("POST", "/updates", UPDATE, {"Idempotency-Key": '"one"'}) for _ in range(2)]
        self.assertEqual([a.status for a in answers], [201, 201], answers[0])
        self.assertEqual(answers[0].body, answers[1].body)
        self.assertEqual(STACK.through().ask("GET", "/objectives/7.1").json["updates_count"], 1)
        refused = STACK.through("not a key").ask("POST", "/updates", UPDATE, {"Idempotency-Key": '"two"'})
        self.assertEqual(refused.status, 401)
        for name in ("service", "nginx", "postgres"):
            self.assertNotIn(key.split("_", 2)[2], STACK.logs(name))

    def test_ids_of_the_caller_reach_the_service(self):
        said = STACK.through().ask("GET", "/goals", headers={"X-Request-Id": "mine-1"})
        self.assertEqual(said["X-Request-Id"], "mine-1")
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        said = STACK.through().ask("GET", "/goals", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        self.assertEqual(said["X-Request-Id"], trace)

    def test_what_is_for_the_operator_is_not_for_the_public(self):
        for path in ("/metrics", "/health", "/%6detrics", "//metrics", "/x/../metrics", "/metrics/", "/metrics?x=1"):
            said = STACK.through().ask("GET", path)
            self.assertIn(said.status, (400, 404), said)
            self.assertNotIn(b"# TYPE", said.body, path)
        self.assertEqual(STACK.beside().ask("GET", "/metrics").status, 200)

    def test_refusals_of_the_proxy_are_problem_documents(self):
        long = "a" * 9000
        for status, code, path, headers in (
                (404, "not-found", "/metrics", {}),
                (413, "body-too-large", "/updates", {"Content-Length": "1000000"}),
                (414, "uri-too-long", f"/{long}", {}),
                (431, "headers-too-large", "/goals", {"X-A": long})):
            said = STACK.through().ask("GET", path, headers=headers)
            self.assertEqual(said.status, status, f"{status}: {str(said)[:300]}")
            self.assertEqual(said["Content-Type"], "application/problem+json")
            found = said.json
            self.assertEqual((found["status"], found["code"], found["type"]), (status, code, f"/problems/{code}"))
            self.assertEqual(said.json["request_id"], said["X-Request-Id"])

    def test_a_service_that_is_away_is_said_to_be(self):
        STACK.engine("pause", "service")
        self.addCleanup(STACK.engine, "unpause", "service")
        for method, code in (("GET", "unavailable"), ("POST", "outcome-unknown")):
            said = STACK.through().ask(method, "/updates")
            self.assertEqual((said.status, said.json["code"], said["Retry-After"]), (503, code, "1"), said)


class Strangers(unittest.TestCase):
    HIDDEN = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    POST, GET = b"POST /updates HTTP/1.1\r\nHost: x\r\n", b"GET /goals HTTP/1.1\r\nHost: x\r\n"
    REFUSED = {
        "CL.TE": POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
        "TE.CL": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n",
        "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 37\r\n\r\n",
        "a list of lengths": POST + b"Content-Length: 0, 37\r\n\r\n",
        "a signed length": POST + b"Content-Length: +0\r\n\r\n",
        "a spaced length": POST + b"Content-Length : 37\r\n\r\n",
        "two codings": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "a coding on 1.0": b"POST /updates HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "no host": b"GET /goals HTTP/1.1\r\n\r\n",
        "two hosts": GET + b"Host: y\r\n\r\n",
        "NUL in a header": GET + b"X-A: b\0c\r\n\r\n",
        "line ends the wrong way round": b"GET /goals HTTP/1.1\n\rHost: x\r\n\r\n",
        "two returns after the version": b"GET /goals HTTP/1.1\r\rHost: x\r\n\r\n",
        "a NUL after two line feeds": b"GET /goals HTTP/1.1\r\nHost: x\n\n\r\0\r\n\r\n",
    }

    def test_framing_that_two_could_read_differently_is_refused_and_closed(self):
        for label, data in self.REFUSED.items():
            with self.subTest(label):
                got = STACK.bytes_through(data + self.HIDDEN)
                self.assertEqual(got[-1], b"", "the connection stays open")
                answers = split_answers(b"".join(got))
                first = {"a NUL after two line feeds": 200}.get(label)
                if first:
                    self.assertEqual(answers.pop(0)[0], first)
                self.assertEqual(len(answers), 1, answers)
                self.assertIn(answers[0][0], (400, 501), answers)
        self.assertNotIn("smuggled", STACK.logs("service"))

    def test_bare_line_feeds_and_folds_reach_the_service_in_order_or_not_at_all(self):
        """nginx may take them; what it then sends is its own head, so the two requests stay two."""
        for data in (b"GET /goals HTTP/1.1\nHost: x\n\n", self.GET + b"X-A: b\r\n c\r\n\r\n"):
            end = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            got = STACK.bytes_through(data + end)
            self.assertEqual(got[-1], b"")
            answers = [status for status, _, _ in split_answers(b"".join(got))]
            self.assertIn(answers, ([200, 200], [400]))

    def test_whom_a_request_is_from_is_for_the_proxy_to_say(self):
        greedy, other = STACK.another_address(201), STACK.another_address(202)
        client, days, refused = STACK.through(source=greedy), 0, None
        while refused is None and days < 1400:
            path = f"/objectives/7.1/updates?as_of={2020 + days // 336}-{days // 28 % 12 + 1:02}-{days % 28 + 1:02}"
            claims = {"X-Forwarded-For": f"192.0.2.{days % 250}", "Forwarded": "for=192.0.2.1"}
            said = client.ask("GET", path, headers=claims)
            days += 1
            if said.status != 200:
                refused = said
        self.assertEqual((refused and refused.status, days >= 600), (429, True), f"after {days}: {refused}")
        path = "/objectives/7.1/updates?as_of=2001-01-01"
        said = STACK.through(source=other).ask("GET", path)
        self.assertEqual(said.status, 200, "another caller has his own allowance")
        said = STACK.beside().ask("GET", path, headers={"X-Forwarded-For": greedy})
        self.assertEqual(said.status, 200, "who is not the proxy is not believed")


if __name__ == "__main__":
    unittest.main()

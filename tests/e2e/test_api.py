"""Reading: the road of a newcomer with curl, a browser, a cache, a script that walks pages, and a prober."""
import gzip
import os
import re
import unittest

import support
from support import Case, ROOT

READS = ("/", "/plan", "/summary", "/goals", "/goals/7", "/goals/7/objectives", "/objectives", "/objectives/7.1",
         "/objectives/7.1/updates", "/updates", "/openapi.json", "/openapi.yaml", "/docs", "/docs/postUpdate",
         "/problems", "/problems/not-found", "/livez", "/readyz", "/health", "/metrics")
MOVING = ("/health", "/metrics")
# Given as something else than JSON too; as a page among it.
FACES = re.compile(r"/(goals|objectives|updates)($|\?)|/(goals|objectives)/[^/]+$")
PAGES = re.compile(r"/(objectives|updates)($|\?)|/(goals|objectives)/[^/]+$")
CACHED = (
    "/plan",
    "/summary",
    "/goals",
    "/goals/7",
    "/objectives",
    "/objectives/7.1",
    "/updates",
    "/updates?objective=7.1",
)
PUBLIC = "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400"
EXPOSED = "Age, Date, ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id"
CODES = [f"{goal}.{n}" for goal, count in enumerate((5, 8, 5, 6, 6, 3, 5, 4), 1) for n in range(1, count + 1)]


def setUpModule():
    """One service for all of it: the plan with eleven updates on two objectives."""
    Case.setUpClass.__func__(WithUpdates)
    unittest.addModuleCleanup(WithUpdates.doClassCleanups)
    WithUpdates.report()


class WithUpdates(Case):
    @classmethod
    def setUpClass(cls):
        pass  # once for the module, see above

    @classmethod
    def report(cls):
        client = support.Client(cls.server.port, cls.key)
        for n in range(1, 12):
            made = client.post(support.progress("7.1" if n % 2 else "2.8", percent=n * 5, as_of=f"2026-{n:02d}-15"))
            if made.status != 201:
                raise AssertionError(str(made))
        client.close()


class EveryPath(WithUpdates):
    def test_every_get_answers(self):
        paths = READS + ("/updates/1", "/updates?limit=1", "/goals?include=objectives,latest_update")
        for path in paths:
            with self.subTest(path):
                got = self.client.get(path)
                self.assertEqual(got.status, 200, str(got))
                self.assertEqual(len(got.names), len(set(got.names)), got.names)
                self.assertEqual(got["X-Content-Type-Options"], "nosniff")
                self.assertEqual(got["Access-Control-Allow-Origin"], "*")

    def test_head_gives_the_headers_of_get_and_no_body(self):
        for path in READS:
            with self.subTest(path):
                got, head = self.client.get(path), self.client.ask("HEAD", path)
                passing = {"date", "x-request-id"} | ({"content-length"} if path in MOVING else set())
                self.assertEqual(head.body, b"")
                self.assertEqual({n: v for n, v in head.headers.items() if n not in passing},
                                 {n: v for n, v in got.headers.items() if n not in passing})

    def test_head_of_a_problem_has_its_headers_too(self):
        head = self.client.ask("HEAD", "/objectives/99.9")
        self.assertEqual((head.status, head["Content-Type"], head.body), (404, "application/problem+json", b""))

    def test_options_names_the_methods(self):
        for path, allow in (("/goals", "GET, HEAD, OPTIONS"), ("/updates", "GET, HEAD, POST, OPTIONS"),
                            ("/goals/7", "GET, HEAD, PATCH, OPTIONS"), ("/updates/1/retraction", "POST, OPTIONS")):
            got = self.client.ask("OPTIONS", path)
            self.assertEqual((got.status, got["Allow"], got.body), (204, allow, b""), str(got))
        self.refused(self.client.ask("OPTIONS", "/nothing"), 404, "not-found")

    def test_a_preflight_is_answered_for_reading_pages(self):
        got = self.client.ask(
            "OPTIONS", "/goals", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
        )
        self.assertEqual(got.status, 204, str(got))
        self.assertEqual(got["Access-Control-Allow-Origin"], "*")
        self.assertEqual(got["Access-Control-Max-Age"], "7200")
        self.assertIn("GET", got["Access-Control-Allow-Methods"])
        self.assertIsNone(got["Access-Control-Allow-Credentials"])

    def test_errors_and_304_can_be_read_across_origins(self):
        etag = self.client.get("/goals")["ETag"]
        for got in (self.client.get("/objectives/99.9", Origin="https://example.org"),
                    self.client.get("/goals", Origin="https://example.org", If_None_Match=etag)):
            self.assertEqual(
                (got["Access-Control-Allow-Origin"], got["Access-Control-Expose-Headers"]), ("*", EXPOSED), str(got)
            )

    def test_the_index_links_lead_somewhere(self):
        index = self.client.get("/", Accept="application/json").json
        self.assertIn("goals", index["links"])
        self.assertEqual(index["links"].pop("stream"), "/stream", "which does not end: test_stream.py reads it")
        for name, path in index["links"].items():
            self.assertEqual(self.client.get(path).status, 200, f"{name}: {path}")

    def test_documents_link_to_what_answers(self):
        for path in ("/plan", "/summary", "/goals/7", "/objectives/7.1"):
            for name, link in self.client.get(path).json["links"].items():
                self.assertEqual(self.client.get(link).status, 200, f"{path} {name}: {link}")

    def test_a_request_id_is_taken_over_when_it_is_one(self):
        self.assertEqual(self.client.get("/goals", X_Request_Id="my-request.1")["X-Request-Id"], "my-request.1")
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        got = self.client.get("/goals", traceparent=trace)
        self.assertEqual((got["X-Request-Id"], got["traceparent"]), (trace[3:35], trace))
        for bad in ("a b", 'a"b', "x" * 300):
            given = self.client.get("/goals", X_Request_Id=bad)["X-Request-Id"]
            self.assertNotEqual(given, bad)
            self.assertRegex(given, r"^[0-9a-f]{32}$")

    def test_every_problem_has_its_page(self):
        problems = self.client.get("/problems").json["data"]
        self.assertGreater(len(problems), 20)
        for problem in problems:
            for accept, kind in (("application/json", "application/json"), ("text/html", "text/html; charset=utf-8")):
                page = self.client.get(problem["type"], Accept=accept)
                self.assertEqual((page.status, page["Content-Type"]), (200, kind), str(page))
        self.refused(self.client.get("/problems/nothing"), 404)


class Caching(WithUpdates):
    def test_an_unchanged_document_is_304_in_either_coding(self):
        for path in CACHED:
            with self.subTest(path):
                plain = self.client.get(path)
                packed = self.client.get(path, Accept_Encoding="gzip")
                self.assertRegex(plain["ETag"], r'^"r\d+-[0-9a-f]{16}"$')
                self.assertEqual(plain["Cache-Control"], PUBLIC)
                parts = ["Accept"] * bool(FACES.match(path)) + ["Accept-Encoding"] + ["Accept-Language"] * bool(PAGES.match(path))
                self.assertEqual(plain["Vary"], ", ".join(parts))
                for known in (plain["ETag"], packed["ETag"], f'"other", {plain["ETag"]}', f'W/{plain["ETag"]}', "*"):
                    for coding, shown in (("identity", plain), ("gzip", packed)):
                        got = self.client.get(path, If_None_Match=known, Accept_Encoding=coding)
                        self.assertEqual((got.status, got.body), (304, b""), f"{path} {known} {coding}")
                        self.assertEqual(got["ETag"], shown["ETag"])
                        self.assertEqual(got["Cache-Control"], PUBLIC)
                self.assertEqual(self.client.get(path, If_None_Match='"r0-0000000000000000"').status, 200)

    def test_a_repeated_read_is_the_same_bytes(self):
        for path in CACHED:
            one, two = self.client.get(path), self.client.get(path)
            self.assertEqual((one.body, one["ETag"]), (two.body, two["ETag"]), path)

    def test_gzip_goes_by_the_quality_that_is_asked_for(self):
        plain = self.client.get("/objectives")
        for accept, is_packed in (
            ("gzip", True),
            ("gzip, deflate, br", True),
            ("*", True),
            ("gzip;q=0.5", True),
            ("gzip;q=0", False),
            ("identity", False),
            ("br", False),
            ("identity;q=1, gzip;q=0.5", False),
            (None, False),
        ):
            got = self.client.get("/objectives", Accept_Encoding=accept)
            with self.subTest(accept):
                self.assertEqual(got["Content-Encoding"], "gzip" if is_packed else None)
                self.assertEqual(gzip.decompress(got.body) if is_packed else got.body, plain.body)
                self.assertEqual(got["ETag"], plain["ETag"][:-1] + '-gz"' if is_packed else plain["ETag"])
                self.assertEqual(int(got["Content-Length"]), len(got.body))

    def test_a_parameter_in_another_order_is_the_same_document(self):
        one = self.client.get("/goals?include=objectives,latest_update")
        two = self.client.get("/goals?include=latest_update,objectives,objectives")
        self.assertEqual(one.json["data"], two.json["data"])


class Pages(WithUpdates):
    def walk(self, path):
        pages = []
        while path:
            got = self.client.get(path)
            self.assertEqual(got.status, 200, str(got))
            document = got.json
            pages.append(document["data"])
            path = document["links"].get("next")
            self.assertEqual(got["Link"], f'<{path}>; rel="next"' if path else None)
            self.assertEqual(document["page"]["has_more"], path is not None)
            self.assertEqual(document["page"]["next_cursor"] is not None, path is not None)
        return pages

    def test_all_objectives_come_in_the_order_of_their_numbers(self):
        for limit in (1, 5, 41, 42, 500):
            pages = self.walk(f"/objectives?limit={limit}")
            self.assertEqual([o["code"] for page in pages for o in page], CODES)
            self.assertEqual([len(page) for page in pages[:-1]], [limit] * (len(pages) - 1))

    def test_goals_come_in_pages_too(self):
        pages = self.walk("/goals?limit=3&include=latest_update")
        self.assertEqual([g["number"] for page in pages for g in page], list(range(1, 9)))
        self.assertTrue(all("latest_update" in g for page in pages for g in page))

    def test_updates_come_newest_first_through_their_pages(self):
        found = [u for page in self.walk("/updates?limit=2") for u in page]
        self.assertEqual(found, self.client.get("/updates?limit=500").json["data"])
        order = [(u["as_of"], int(u["id"])) for u in found]
        self.assertGreaterEqual(len(order), 11)
        self.assertEqual(order, sorted(order, reverse=True))

    def test_a_filter_stays_through_its_pages(self):
        found = [
            u for page in self.walk("/updates?objective=7.1&since=2026-03-01&until=2026-09-30&limit=1") for u in page
        ]
        self.assertEqual([u["as_of"][5:7] for u in found], ["09", "07", "05", "03"])
        found = [u for page in self.walk("/objectives/2.8/updates?limit=2") for u in page]
        self.assertEqual([u["percent_complete"] for u in found], [50, 40, 30, 20, 10])

    def test_an_update_that_comes_in_between_moves_no_page(self):
        known = {u["id"] for u in self.client.all("/updates")}
        first = self.client.get("/updates?limit=4").json
        made = self.client.post(support.note("1.1", as_of="2026-11-20"), key=self.key)
        rest = self.client.all(first["links"]["next"])
        walked = [u["id"] for u in first["data"] + rest]
        self.assertEqual((set(walked), len(walked)), (known, len(known)))
        self.accepted(
            self.client.post({"reason": "only for this test"}, made["Location"] + "/retraction", key=self.key), 200
        )

    def test_a_cursor_belongs_to_its_question(self):
        cursor = self.client.get("/updates?limit=2").json["page"]["next_cursor"]
        for path in (
            f"/updates?objective=7.1&cursor={cursor}",
            f"/updates?as_of=2026-05-01&cursor={cursor}",
            f"/objectives?cursor={cursor}",
            "/updates?cursor=nonsense",
            "/updates?cursor=",
            "/updates?cursor=MQ",
        ):
            self.refused(self.client.get(path), 400, "malformed", ["cursor"])
        self.assertEqual(self.client.get(f"/updates?limit=3&cursor={cursor}").status, 200)

    def test_a_total_comes_only_when_asked_for(self):
        self.assertNotIn("total", self.client.get("/updates").json["page"])
        self.assertEqual(self.client.get("/objectives?count=exact&limit=1").json["page"]["total"], 42)
        self.assertEqual(self.client.get("/updates?count=exact&objective=2.8").json["page"]["total"], 5)


class Questions(WithUpdates):
    def test_every_unknown_or_bad_parameter_is_named_at_once(self):
        self.refused(self.client.get("/updates?limit=0&colour=red&since=tomorrow&kind=rumour"), 400, "malformed",
                     ["limit", "colour", "since", "kind"])
        self.refused(self.client.get("/objectives?limit=501"), 400, places=["limit"])
        self.refused(self.client.get("/goals?limit=1&limit=2"), 400, places=["limit"])
        self.refused(self.client.get("/plan?include=objectives"), 400, places=["include"])
        self.refused(self.client.get("/goals?include=objectives,secrets"), 400, places=["include"])

    def test_filters_narrow_a_list(self):
        def codes(path):
            return [o["code"] for o in self.client.all(path)]

        self.assertEqual(codes("/objectives?goal=6"), ["6.1", "6.2", "6.3"])
        self.assertEqual(codes("/objectives?status=on_track"), ["2.8", "7.1"])
        self.assertEqual(codes("/objectives?q=gogov"), ["7.1"])
        self.assertEqual(codes("/objectives?tag=none&goal=6"), [])
        self.assertEqual(codes("/goals/6/objectives"), ["6.1", "6.2", "6.3"])
        self.refused(self.client.get("/objectives?goal=99"), 404)
        self.refused(self.client.get("/updates?objective=9.9"), 404)

    def test_as_of_shows_that_day(self):
        self.assertEqual(self.client.get("/objectives/7.1?as_of=2025-12-31").json["status"], "no_information")
        then = self.client.get("/objectives/7.1?as_of=2026-05-15").json
        self.assertEqual(
            (then["percent_complete"], then["percent_as_of"], then["updates_count"]), (25, "2026-05-15", 3)
        )
        self.assertEqual(len(self.client.all("/updates?as_of=2026-05-15")), 5)
        self.assertEqual(self.client.get("/summary?as_of=2025-12-31").json["last_update"], None)
        self.refused(self.client.get("/goals?as_of=2999-01-01"), 400, places=["as_of"])
        self.refused(self.client.get("/goals?as_of=2026-02-30"), 400, places=["as_of"])

    def test_a_plan_can_be_named(self):
        slug = self.client.get("/plan").json["slug"]
        named = self.client.get(f"/goals?plan={slug}").json
        self.assertEqual(
            [g["statement"] for g in named["data"]], [g["statement"] for g in self.client.get("/goals").json["data"]]
        )
        self.assertEqual(self.client.get(named["data"][0]["links"]["objectives"]).status, 200)
        self.refused(self.client.get("/goals?plan=another"), 404)

    def test_public_reads_ignore_a_key(self):
        plain = self.client.get("/goals")
        for key in (self.key, "cip_nonsense"):
            got = self.client.ask("GET", "/goals", key=key)
            self.assertEqual(
                (got.status, got.body, got["ETag"], got["Cache-Control"]), (200, plain.body, plain["ETag"], PUBLIC)
            )

    def test_an_objective_by_its_code_only(self):
        for code in ("07.1", "7.01", "7.1.", "7", "7.10", "%37.1x"):
            self.refused(self.client.get(f"/objectives/{code}"), 404)
        self.assertEqual(self.client.get("/objectives/%37.1").json["code"], "7.1")


class ForMachines(WithUpdates):
    def test_metrics_are_prometheus_text(self):
        got = self.client.get("/metrics")
        sample = re.compile(
            r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*\})? '
            r'[+-]?(\d+(\.\d+)?([eE][+-]?\d+)?|Inf|NaN)$'
        )
        typed, seen = {}, set()
        for line in got.body.decode().splitlines():
            if line.startswith("# TYPE "):
                _, _, name, kind = line.split(" ")
                self.assertNotIn(name, typed, "one TYPE line for each name")
                typed[name] = kind
            elif not line.startswith("#"):
                self.assertRegex(line, sample)
                self.assertNotIn(line.rsplit(" ", 1)[0], seen, "each series once")
                seen.add(line.rsplit(" ", 1)[0])
                name = sample.match(line).group(1)
                base = re.sub(r"_(bucket|sum|count)$", "", name)
                self.assertTrue(name in typed or typed.get(base) == "histogram", line)
        self.assertTrue(any(line.startswith("http_server_request_duration_seconds_count") for line in seen))
        self.assertTrue(got["Content-Type"].startswith("text/plain; version=0.0.4"))

    def test_the_contract_is_served_in_both_forms(self):
        with open(os.path.join(ROOT, "openapi.yaml"), "rb") as f:
            text = f.read()
        self.assertEqual(self.client.get("/openapi.yaml").body, text)
        served = self.client.get("/openapi.json").json
        written = re.findall(r"^  (/\S*):$", text.decode().split("\npaths:\n")[1].split("\ncomponents:\n")[0], re.M)
        self.assertEqual(list(served["paths"]), written)
        operations = re.findall(r"^      operationId: (\w+)$", text.decode(), re.M)
        self.assertEqual(
            [o["operationId"] for p in served["paths"].values() for o in p.values() if "operationId" in o], operations
        )
        self.assertEqual(served["openapi"], "3.1.0")

    def test_probes_tell_the_state(self):
        self.assertEqual(self.client.get("/livez").json, {"status": "alive"})
        self.assertEqual(self.client.get("/readyz").json, {"status": "ready"})
        support.wait_until(lambda: self.client.get("/health").json["status"] == "ok", "it asks for half a second only")
        self.assertEqual(self.client.get("/health").json["database"]["status"], "up")

    def test_each_request_is_one_line_of_the_log_without_a_key(self):
        body = support.note("7.2", as_of="2026-11-21", summary="for the log")
        made = self.client.post(body, key=self.key, X_Request_Id="log-line-1")
        self.addCleanup(
            self.client.post, {"reason": "only for this test"}, made["Location"] + "/retraction", key=self.key
        )
        self.client.ask("GET", "/updates?state=draft", key=self.key, headers={"X-Request-Id": "log-line-2"})
        self.client.ask("GET", "/objectives/99.9", key="cip_wrong", headers={"X-Request-Id": "log-line-3"})
        support.wait_until(lambda: "log-line-3" in self.server.log_text(), "the last line of the log")
        lines = self.server.log()
        for id_, status in (("log-line-1", 201), ("log-line-2", 200), ("log-line-3", 404)):
            found = [line for line in lines if id_ in map(str, line.values())]
            self.assertEqual(len(found), 1, found)
            self.assertIn(status, found[0].values())
        self.assertEqual([line for line in lines if "unreadable" in line], [])
        text = self.server.log_text()
        self.assertNotIn(self.key, text)
        self.assertNotIn(self.key.split("_", 2)[2][:20], text)
        self.assertNotIn("cip_wrong", text)


if __name__ == "__main__":
    unittest.main()

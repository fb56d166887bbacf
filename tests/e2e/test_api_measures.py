"""Measures and departments by the API: founded, edited, measured by updates, corrected and retracted with them."""
import json
import tempfile
import unittest

from support import Case, found, measure, note, progress, run

SECRET = "zqxdesk"


class Measures(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.db.key(scope="edit", source="city")
        cls.reporter = cls.db.key(scope="report")
        cls.publisher = cls.db.key(scope="publish", source="city")

    def setUp(self):
        super().setUp()
        self.slug = f"m-{self._testMethodName.replace('_', '-')}"[:64].rstrip("-")
        self.path = f"/measures/{self.slug}"

    def found(self, *objectives, **more):
        return found(self.db, self.server, "/measures", measure(self.slug, *(objectives or ("7.1",)), **more))

    def report(self, actual, key=None, body=None, **more):
        said = {"measure": self.slug, "actual": actual} | more
        return self.accepted(self.client.post((body or note("7.1")) | {"measurements": [said]}, key=key or self.key))

    def shown(self, query=""):
        return self.accepted(self.client.get(self.path + query), 200)

    def values(self, query=""):
        return self.accepted(self.client.get(f"{self.path}/values{query}"), 200)["data"]

    def patch(self, path, body, status=200, key=None):
        headers = {"If-Match": self.client.get(path)["ETag"]}
        return self.accepted(self.client.ask("PATCH", path, body, headers, key or self.editor), status)

    # ---- founding and editing ----

    def test_a_measure_is_founded_once_and_its_numbers_come_back_as_they_were_sent(self):
        body = json.dumps(measure(self.slug, "7.4", "7.1"))
        body = body.replace("12.5", "12.500").replace(": 7}", ": 0.1000000000000000055511151231257827e1}")
        headers = {"Idempotency-Key": '"once"', "Content-Type": "application/json"}
        self.refused(self.client.ask("POST", "/measures", body.encode(), headers, self.editor), 422, "invalid",
                     ["#/target"])
        body = body.replace("0.1000000000000000055511151231257827e1", "0.100000000001")
        got = self.client.ask("POST", "/measures", body.encode(), headers, self.editor)
        self.accepted(got)
        self.assertEqual(got["Location"], self.path)
        self.assertIn(b'"baseline":12.500,', got.body)
        self.assertIn(b'"target":0.100000000001,', got.body)
        self.assertEqual(got.json["objectives"], ["7.1", "7.4"])
        self.assertEqual((got.json["latest"], got.json["attainment"], got.json["values_count"]), (None, None, 0))
        self.assertEqual(self.client.get(self.path).body, got.body)
        again = self.client.ask("POST", "/measures", body.encode(), headers, self.editor)
        self.assertEqual((again.status, again.body, again["Idempotent-Replayed"]), (201, got.body, "true"))
        other = self.client.ask("POST", "/measures", body.encode(), headers | {"Idempotency-Key": "twice"}, self.editor)
        self.refused(other, 409, "conflict", ["#/slug"])
        self.assertEqual(other["Location"], self.path)
        self.refused(self.client.ask("POST", "/measures", body.encode(),
                                     {"Content-Type": "application/json"}, self.editor), 400, None, ["Idempotency-Key"])

    def test_all_faults_of_a_measure_come_at_once(self):
        body = {"slug": "No Slug", "name": " ", "unit": 3, "direction": "up", "baseline": "1", "target": 1e15,
                "target_on": "2026-13-01", "objectives": ["7"], "latest": None}
        got = self.client.ask("POST", "/measures", body, {"Idempotency-Key": "faults"}, self.editor)
        self.refused(got, 422, "invalid", ["#/slug", "#/name", "#/unit", "#/direction", "#/baseline", "#/target",
                                           "#/target_on", "#/objectives/0", "#/latest"])
        for more, places in (({"objectives": []}, ["#/objectives"]),
                             ({"objectives": ["7.1", "9.9"]}, ["#/objectives/1"]),
                             ({"baseline_on": "2026-02-01", "target_on": "2026-01-01"}, ["#/target_on"]),
                             ({"lower_limit": 2, "upper_limit": 1}, ["#/upper_limit"]),
                             ({"baseline": 1e-13}, ["#/baseline"])):
            got = self.client.ask("POST", "/measures", measure(self.slug, "7.1", **more),
                                  {"Idempotency-Key": "faults-2"}, self.editor)
            self.refused(got, 422, "invalid", places)

    def test_an_edit_needs_the_revision_and_makes_the_next(self):
        self.found()
        tag = self.client.get(self.path)["ETag"]
        self.assertTrue(tag.startswith('"r1-'), tag)
        self.assertEqual(self.patch(self.path, {"target": 6, "data_source": "GoGov"})["revision"], 2)
        self.refused(self.client.ask("PATCH", self.path, {"target": 5}, {"If-Match": tag}, self.editor), 412)
        self.refused(self.client.ask("PATCH", self.path, {"target": 5}, {}, self.editor), 428)
        got = self.client.ask("PATCH", self.path, {"slug": "x", "objectives": None, "archived": None},
                              {"If-Match": self.client.get(self.path)["ETag"]}, self.editor)
        self.refused(got, 422, "invalid", ["#/slug", "#/objectives", "#/archived"])
        self.assertEqual(self.shown()["data_source"], "GoGov")
        self.assertEqual(self.patch(self.path, {"data_source": None})["data_source"], None)

    # ---- values ----

    def test_an_update_of_any_kind_measures_and_only_progress_moves_its_objective(self):
        self.found("5.1")
        for kind, actual in (("note", 11), ("service_status", 10.25)):
            self.report(actual, body=note("5.1", kind=kind))
            self.assertEqual(self.client.get("/objectives/5.1").json["status"], "no_information")
        made = self.report(9.5, body=progress("5.1", 30, as_of="2026-03-31"))
        shown = self.shown()
        self.assertEqual(shown["latest"], {"as_of": "2026-03-31", "actual": 9.5, "target": None, "update": made["id"]})
        self.assertEqual(shown["attainment"], {"percent": 54.5, "formula": "(actual - baseline) / (target - baseline)",
                                               "within_limits": None})
        self.assertEqual(self.client.get("/objectives/5.1").json["percent_complete"], 30)
        self.assertEqual([v["actual"] for v in self.values()], [9.5, 10.25, 11])
        self.assertEqual(made["measurements"],
                         [{"measure": self.slug, "as_of": "2026-03-31", "actual": 9.5, "target": None}])
        value = self.values()[0]
        self.assertEqual((value["update"], value["objective"], value["recorded_at"]),
                         (made["id"], "5.1", made["published_at"]))
        listed = self.client.get("/objectives/5.1?include=measures").json["measures"]
        self.assertEqual(listed, [shown])

    def test_correction_and_retraction_take_their_values_with_them(self):
        self.found()
        kept = self.report(11, body=note("7.1", as_of="2025-12-31"))
        first = self.report(9)
        right = self.report(8, body=note("7.1", supersedes=first["id"], reason="Typo."))
        self.assertEqual([v["update"] for v in self.values()], [right["id"], kept["id"]])
        self.assertEqual(self.shown()["latest"]["actual"], 8)
        self.accepted(self.client.post({"reason": "Not so."}, f"/updates/{right['id']}/retraction", key=self.key), 200)
        self.assertEqual([v["update"] for v in self.values()], [kept["id"]])
        self.assertEqual((self.shown()["latest"]["actual"], self.shown()["values_count"]), (11, 1))
        said = self.client.get(f"/updates/{first['id']}").json["measurements"]
        self.assertEqual(said[0]["actual"], 9, "what was said stays readable")

    def test_a_draft_shows_nothing_until_it_is_published_and_is_checked_again_then(self):
        self.found()
        before = self.shown()
        draft = self.report(9, self.reporter)
        late = self.report(8, self.reporter)
        self.assertEqual((draft["state"], self.shown(), self.values()), ("draft", before, []))
        self.accepted(self.client.post(None, f"/updates/{draft['id']}/publication", key=self.publisher), 200)
        self.assertEqual(self.shown()["latest"]["update"], draft["id"])
        self.patch(self.path, {"archived": True})
        got = self.client.post(None, f"/updates/{late['id']}/publication", key=self.publisher)
        self.assertIn(f"measure {self.slug} is archived", self.refused(got, 409, "conflict")["detail"])
        self.assertEqual(self.shown()["values_count"], 1, "an archived measure keeps what it has")

    def test_measurements_that_do_not_fit_are_refused_where_they_stand(self):
        self.found()
        good = {"measure": self.slug, "actual": 1}
        for said, places in (
            ([good, {"measure": "nobody", "actual": 1}], ["#/measurements/1/measure"]),
            ([good, good | {"as_of": "2026-01-31"}], ["#/measurements/1/measure"]),
            ([good | {"as_of": "2999-01-01"}], ["#/measurements/0/as_of"]),
            ([{"measure": self.slug}], ["#/measurements/0/actual"]),
            ([good | {"actual": 1e-13, "target": 1e-13}], ["#/measurements/0/actual", "#/measurements/0/target"]),
            ([good] * 51, ["#/measurements"]),
        ):
            body = note("7.1", measurements=said)
            self.refused(self.client.post(body, key=self.key), 422, "invalid", places)
        got = self.refused(self.client.post(note("7.2", measurements=[good]), key=self.key), 422, "invalid")
        self.assertIn("is not a measure of objective 7.2", got["detail"])
        self.assertEqual(self.values(), [])
        made = self.client.post(note("7.1", measurements=[good]), "/updates?dry_run=true", key=self.key)
        self.accepted(made, 200)
        self.assertEqual(self.values(), [], "a dry run measures nothing")

    def test_a_pair_that_is_put_again_measures_once(self):
        self.found()
        body = note("7.1", measurements=[{"measure": self.slug, "actual": 9}])
        path = f"/updates/gogov/{self.slug}"
        self.accepted(self.client.ask("PUT", path, body, key=self.key))
        self.accepted(self.client.ask("PUT", path, body, key=self.key), 200)
        self.assertEqual([v["actual"] for v in self.values()], [9])
        body["measurements"][0]["actual"] = 8
        self.accepted(self.client.ask("PUT", path, body, key=self.key), 200)
        self.assertEqual([v["actual"] for v in self.values()], [8])

    def test_values_come_by_pages_and_by_day(self):
        self.found()
        for day in range(1, 8):
            self.report(day, body=note("7.1", as_of=f"2026-02-0{day}"))
        self.assertEqual([v["actual"] for v in self.client.all(f"{self.path}/values?limit=3")], [7, 6, 5, 4, 3, 2, 1])
        self.assertEqual([v["actual"] for v in self.values("?since=2026-02-03&until=2026-02-04")], [4, 3])
        self.assertEqual([v["actual"] for v in self.values("?as_of=2026-02-02")], [2, 1])
        self.assertEqual(self.shown("?as_of=2026-02-02")["latest"]["actual"], 2)
        self.assertEqual(self.shown("?as_of=2026-01-31")["attainment"], None)
        self.refused(self.client.get("/measures/nobody/values"), 404)
        self.refused(self.client.get(f"{self.path}/values?measure=x"), 400, None, ["measure"])

    def test_measures_come_by_pages_and_by_objective(self):
        self.found("3.4", "3.5")
        names = [m["slug"] for m in self.client.all("/measures?limit=1")]
        self.assertEqual(names, sorted(names))
        self.assertIn(self.slug, names)
        self.assertEqual([m["slug"] for m in self.client.all("/measures?objective=3.5")], [self.slug])
        self.refused(self.client.get("/measures?objective=9.9"), 404)

    # ---- beside the API ----

    def test_what_was_measured_survives_export_and_import(self):
        self.found(lower_limit=1)
        self.report(9.5, target=9)
        file = run("export", url=self.db.url).stdout
        self.assertIn(f'"slug":"{self.slug}"', file)
        before = self.db.checksum()
        with tempfile.NamedTemporaryFile("w", suffix=".json") as written:
            written.write(file)
            written.flush()
            done = run("import", written.name, url=self.db.url)
        self.assertNotRegex(done.stdout, r"\d (created|changed)")
        self.assertEqual(self.db.checksum(), before, "importing what was exported has changed something")


class Departments(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.db.key(scope="edit", source="city")

    def test_a_department_says_what_it_leads_and_supports(self):
        found(self.db, self.server, "/departments", {"slug": "works", "name": "Public Works"})
        found(self.db, self.server, "/measures", measure("potholes", "7.2"))
        for code, body in (("7.1", {"lead_department": "works"}), ("7.2", {"supporting_departments": ["works"]}),
                           ("3.5", {"supporting_departments": ["works"]})):
            tag = self.client.get(f"/objectives/{code}")["ETag"]
            self.accepted(self.client.ask("PATCH", f"/objectives/{code}", body, {"If-Match": tag}, self.editor), 200)
        shown = self.client.get("/departments/works").json
        self.assertEqual((shown["leads"], shown["supports"]), (["7.1"], ["3.5", "7.2"]))
        listed = {o["code"] for o in self.client.get(shown["links"]["objectives"]).json["data"]}
        self.assertEqual(listed, {"7.1", "7.2", "3.5"})
        of_it = self.client.get("/measures?department=works").json["data"]
        self.assertEqual([m["slug"] for m in of_it], ["potholes"])

    def test_a_reporting_contact_is_written_and_never_read(self):
        made = self.client.ask("POST", "/departments", {"slug": "it", "name": "IT", "reporting_contact": f"{SECRET}-1"},
                               {"Idempotency-Key": "contact-1"}, self.editor)
        self.accepted(made)
        told = [str(made), str(self.client.ask("POST", "/departments", {"slug": "it", "name": "IT",
                                                                       "reporting_contact": f"{SECRET}-1"},
                                               {"Idempotency-Key": "contact-1"}, self.editor))]
        tag = self.client.get("/departments/it")["ETag"]
        for status, body in ((200, {"reporting_contact": f"{SECRET}-2"}), (412, {"reporting_contact": f"{SECRET}-3"}),
                             (422, {"reporting_contact": f"{SECRET}-{'x' * 500}"})):
            got = self.client.ask("PATCH", "/departments/it", body, {"If-Match": tag}, self.editor)
            self.assertEqual(got.status, status, str(got))
            told.append(got.body.decode() + str(got.headers))
        kept = self.db.sql("select reporting_contact from progress.department where slug = 'it'")
        self.assertEqual(kept, f"{SECRET}-2")
        paths = ("/", "/plan", "/summary", "/goals?include=objectives", "/objectives", "/departments",
                 "/departments/it", "/departments?limit=1", "/measures", "/updates", "/openapi.json", "/metrics", "/health")
        told += [str(self.client.get(path).body) for path in paths]
        told += [str(self.client.ask("GET", "/", None, {"Accept": "text/html"}).body), self.server.log_text()]
        for table in ("change", "audit_event", "idempotency"):
            told.append(self.db.sql(f"select t::text from progress.{table} t"))
        self.assertTrue(all(told[1:]), "nothing was read: this would not see it")
        for text in told:
            self.assertNotIn(SECRET, text)
        self.assertIn(f"{SECRET}-2", run("export", url=self.db.url).stdout, "an operator's export has it")

    def test_a_department_is_founded_once(self):
        self.accepted(self.client.ask("POST", "/departments?dry_run=true", {"slug": "parks", "name": "Parks"}, {},
                                      self.editor), 200)
        self.refused(self.client.get("/departments/parks"), 404)
        found(self.db, self.server, "/departments", {"slug": "parks", "name": "Parks", "public_contact": "311"})
        got = self.client.ask("POST", "/departments", {"slug": "parks", "name": "Parks"}, {"Idempotency-Key": "again"},
                              self.editor)
        self.refused(got, 409, "conflict", ["#/slug"])
        self.assertEqual(got["Location"], "/departments/parks")
        got = self.client.ask("POST", "/departments", {"slug": "Parks", "name": " ", "leads": []},
                              {"Idempotency-Key": "bad"}, self.editor)
        self.refused(got, 422, "invalid", ["#/slug", "#/name", "#/leads"])


if __name__ == "__main__":
    unittest.main()

"""Reports about services by the API: figures and cases, alone and in batches, late ones, and what is never taken."""
import csv
import io
import json
import os
import tempfile
import unittest

from support import Case, Database, Server, found, measure, note, progress, run

SERVICE = {"name": "Graffiti", "case_id": None, "state": None, "raw_state": None, "open": 3, "closed": 12, "overdue": 0,
           "median_days_to_close": 2, "period": {"from": "2026-01-19", "to": "2026-01-25"}}


def status(objective="7.1", service=None, **more):
    return note(objective, kind="service_status", service=SERVICE | (service or {}), **more)


class Services(Case):
    def put(self, name, body, key=None):
        return self.client.ask("PUT", f"/updates/gogov/{name}", body, key=key or self.key)

    # ---- one report ----

    def test_figures_come_back_and_move_nothing(self):
        self.accepted(self.client.post(progress("7.2", 40), key=self.key))
        before = self.client.get("/objectives/7.2").json
        made = self.accepted(self.client.post(status("7.2"), key=self.key))
        self.assertEqual(made["service"], SERVICE)
        self.assertEqual((made["status"], made["percent_complete"]), (None, None))
        self.assertEqual(self.client.get(f"/updates/{made['id']}").json["service"], SERVICE)
        after = self.client.get("/objectives/7.2").json
        for member in ("status", "percent_complete", "status_as_of", "percent_as_of"):
            self.assertEqual(after[member], before[member], member)

    def test_a_case_has_its_raw_state_beside_the_mapped_one(self):
        service = {"case_id": "C-17", "state": "closed", "raw_state": "Resolved - No Action"}
        made = self.accepted(self.client.post(note("7.1", kind="service_status", service=service), key=self.key))
        self.assertEqual(made["service"], dict.fromkeys(SERVICE) | service)

    def test_what_is_wrong_is_told_all_at_once(self):
        body = note("7.1", kind="service_status", status="on_track", percent_complete=3, service={
            "raw_state": "x" * 201, "state": "done", "open": -1, "closed": 1.5, "overdue": "2",
            "median_days_to_close": -0.5, "period": {"from": "2026-02-02", "to": "2026-02-01"}, "phone": "1"})
        places = ["#/status", "#/percent_complete", "#/service"] + [f"#/service/{name}" for name in (
            "raw_state", "state", "open", "closed", "overdue", "median_days_to_close", "period/to", "phone")]
        self.refused(self.client.post(body, key=self.key), 422, "invalid", places)
        self.refused(self.client.post(status(service={"raw_state": "New"}), key=self.key), 422, "invalid",
                     ["#/service/state"])
        for kind in (note("7.1", service=SERVICE), progress("7.1", 3, service=SERVICE)):
            self.refused(self.client.post(kind, key=self.key), 422, "invalid", ["#/service"])
        self.accepted(self.client.post(note("7.1", kind="service_status", service=None), key=self.key))

    def test_a_residents_contact_is_refused_however_it_is_spelled(self):
        for name in ("phone", "Phone_Number", "E-Mail", "emailAddress", "street_address", "callerName", "contact",
                     "name", "first_name"):
            answer = self.client.post(status() | {name: "zqx"}, key=self.key)
            self.assertIn("contact", self.refused(answer, 422, "invalid", [f"#/{name}"])["detail"])
        for name in ("phone", "residentName", "Address"):
            self.refused(self.client.post(status(service={name: {"value": "zqx"}}), key=self.key), 422, "invalid",
                         [f"#/service/{name}"])
        self.assertNotIn("zqx", self.db.sql("select string_agg(u::text, ' ') from progress.published_update u") or "")

    def test_a_measure_is_fed_by_it(self):
        found(self.db, self.server, "/measures", measure("days-to-close", "7.1"))
        body = status(measurements=[{"measure": "days-to-close", "actual": 2.5}])
        self.accepted(self.client.post(body, key=self.key))
        self.assertEqual(str(self.client.get("/measures/days-to-close").json["latest"]["actual"]), "2.5")

    def test_it_stands_in_the_table_and_travels_in_a_file(self):
        made = self.accepted(self.client.post(status(external_id="travels"), key=self.key))
        rows = list(csv.DictReader(io.StringIO(self.client.get("/updates.csv").body.decode())))
        row = next(r for r in rows if r["id"] == made["id"])
        self.assertEqual({n: v for n, v in row.items() if n.startswith("service_")}, {
            "service_name": "Graffiti", "service_case_id": "", "service_state": "", "service_raw_state": "",
            "service_open": "3", "service_closed": "12", "service_overdue": "0", "service_median_days_to_close": "2",
            "service_period_from": "2026-01-19", "service_period_to": "2026-01-25"})
        self.assertEqual(list(row)[23:25], ["demo", "service_name"])
        known_at = made["published_at"]
        self.put("travels", status(service={"open": 4}))
        was = self.client.get(f"/updates/gogov/travels?known_at={known_at}").json
        self.assertEqual((was["service"]["open"], self.client.get("/updates/gogov/travels").json["service"]["open"]), (3, 4))
        self.must_travel()

    def must_travel(self):
        other = Database.empty()
        self.addCleanup(other.drop)
        run("migrate", url=other.url)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "plan.json")
            run("export", path, url=self.db.url)
            run("import", path, url=other.url)
            again = os.path.join(folder, "again.json")
            run("export", again, url=other.url)
            with open(path, encoding="utf-8") as first, open(again, encoding="utf-8") as second:
                updates, restored = (json.load(f)["updates"] for f in (first, second))
        self.assertEqual(updates, restored)
        self.assertTrue(any("service" in u for u in updates))

    def test_a_file_with_a_bad_service_is_refused(self):
        plan = self.client.get("/plan").json["slug"]
        update = {"objective": "7.1", "as_of": "2026-01-31", "kind": "service_status", "summary": "s", "source": "city",
                  "external_id": "f", "service": {"name": "n", "open": -1, "closed": "x", "nonsense": 1}}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"format": "cerritos-in-progress/1", "plan": plan, "updates": [update]}, file)
            file.flush()
            done = run("import", file.name, url=self.db.url, check=False)
        self.assertEqual(done.returncode, 1)
        for place in ("open", "closed", "nonsense"):
            self.assertIn(f"#/updates/0/service/{place}", done.stderr + done.stdout)

    # ---- late reports ----

    def said(self, name, days, time, key=None):
        body = status(service={"median_days_to_close": days})
        got = self.put(name, body | ({"source_updated_at": time} if time else {}), key)
        self.assertIn(got.status, (200, 201), str(got))
        return got.json["service"]["median_days_to_close"]

    def test_out_of_order_reports_end_with_the_newest(self):
        for key in (self.key, self.db.key(scope="report")):
            name = "late" if key == self.key else "late-draft"
            self.assertEqual(self.said(name, 1, "2026-01-01T00:00:00Z", key), 1)
            self.assertEqual(self.said(name, 3, "2026-01-03T00:00:00Z", key), 3)
            self.assertEqual(self.said(name, 2, "2026-01-02T00:00:00Z", key), 3, "an older one comes late")
            self.assertEqual(self.said(name, 4, "2026-01-03T00:00:00Z", key), 4, "of equal times the last counts")
            self.assertEqual(self.said(name, 4, "2026-01-09T00:00:00+00:00", key), 4, "it says nothing new")
            self.assertEqual(self.said(name, 5, "2026-01-05T00:00:00Z", key), 4, "it is older than what said nothing new")
            self.assertEqual(self.said(name, 6, None, key), 6, "one without a time is new")
            self.assertEqual(self.said(name, 7, "2026-01-02T00:00:00Z", key), 6, "and hides no time")
            self.assertEqual(self.said(name, 8, "2026-01-09T00:00:01Z", key), 8)


class Batches(Case):
    numbers = iter(range(10**6))

    def batch(self, items, query="", key=None, idem=None):
        headers = {"Idempotency-Key": idem or f'"batch-{next(self.numbers)}"'}
        return self.client.ask("POST", f"/updates/batch{query}", {"items": items}, headers, key or self.key)

    def count(self):
        return tuple(self.db.count(t) for t in ("published_update", "draft_update", "audit_event", "change"))

    def outcomes(self, got):
        return [(r["index"], r["status"], r["outcome"]) for r in self.accepted(got, 200)["results"]]

    def test_a_batch_is_one_write_of_many_updates(self):
        before = self.count()
        items = [status(external_id=f"one-{n}") if n % 2 else status() for n in range(7)]
        got = self.accepted(self.batch(items), 200)
        self.assertEqual((got["items"], got["created"], got["refused"]), (7, 7, 0))
        after = self.count()
        self.assertEqual([a - b for a, b in zip(after, before)], [7, 0, 7, 7])
        for result in got["results"]:
            self.assertEqual(result["location"], f"/updates/{result['id']}")
            self.assertEqual(self.client.get(result["location"]).json["service"], SERVICE)
        self.assertEqual(self.db.sql("select count(*) from progress.update_tally where n < 0"), "0")
        updates = int(self.client.get("/objectives/7.1").json["updates_count"])
        self.assertEqual(updates, int(self.client.get("/updates?objective=7.1&count=exact").json["page"]["total"]))

    def test_it_is_applied_once_and_answered_alike(self):
        items = [status(external_id="again"), status()]
        first, second = (self.batch(items, idem='"the same"') for _ in range(2))
        self.assertEqual((second.body, second["Idempotent-Replayed"]), (first.body, "true"))
        self.refused(self.batch(items[:1], idem='"the same"'), 422, "idempotency-key-reused")
        self.refused(self.client.ask("POST", "/updates/batch", {"items": items}, {}, self.key), 400,
                     places=["Idempotency-Key"])

    def test_items_with_an_external_id_are_as_put_would_have_them(self):
        new = lambda n, time, **more: status(external_id="pair", source="gogov", source_updated_at=time, service={"open": n},
                                             **more)
        got = self.batch([new(1, "2026-01-01T00:00:00Z"), new(1, "2026-01-01T00:00:00Z"), new(2, "2026-01-03T00:00:00Z"),
                          new(9, "2026-01-02T00:00:00Z"), status(), new(3, None)])
        self.assertEqual([o for _, _, o in self.outcomes(got)],
                         ["created", "unchanged", "superseded", "stale", "created", "superseded"])
        self.assertEqual(self.client.get("/updates/gogov/pair").json["service"]["open"], 3)
        self.assertEqual(self.outcomes(self.batch([new(3, None)])), [(0, 200, "unchanged")])
        head = self.client.get("/updates/gogov/pair").json["id"]
        by_id = [status(supersedes=head, reason="Why."), status(supersedes=head, reason="Twice.")]
        got = self.accepted(self.batch(by_id, "?on_error=report"), 200)
        self.assertEqual([r["outcome"] for r in got["results"]], ["created", "refused"])
        self.assertEqual(got["results"][1]["problem"]["code"], "superseded")
        self.refused(self.batch([new(3, None, supersedes=head, reason="Both.")]), 422, places=["#/items/0/supersedes"])

    def test_one_bad_item_and_nothing_stands(self):
        before = self.db.checksum()
        good = status(external_id="not-stored")
        bad = [good, note("7.1", percent_complete=3), good, "no object", note("7.1") | {"phone": "1"}]
        self.refused(self.batch(bad), 422, "invalid", ["#/items/1/percent_complete", "#/items/3", "#/items/4/phone"])
        unknown = [good, note("7.1", as_of="2999-01-01"), note("9.9"), status(service={"median_days_to_close": 1e-13})]
        self.refused(self.batch(unknown), 422, "invalid",
                     ["#/items/1/as_of", "#/items/2/objective", "#/items/3/service/median_days_to_close"])
        bound = self.db.key(objective="7.1")
        before_key = self.db.checksum()
        self.refused(self.batch([good, note("7.2")], key=bound), 403, "forbidden", ["#/items/1"])
        self.refused(self.batch([good, note("7.1", source="tyler")]), 403, "forbidden", ["#/items/1/source"])
        self.refused(self.batch([note("7.2"), note("9.9")], key=bound), 422, "invalid", ["#/items/0", "#/items/1/objective"])
        self.assertEqual(self.db.checksum(), before_key)
        self.assertNotEqual(before, before_key)

    def test_on_report_each_item_stands_for_itself(self):
        bound = self.db.key(objective="7.1")
        got = self.batch([status(), note("7.1", percent_complete=3, phone="1"), note("7.2"), note("9.9"), status()],
                         "?on_error=report", bound)
        self.assertEqual(self.outcomes(got), [(0, 201, "created"), (1, 422, "refused"), (2, 403, "refused"),
                                              (3, 422, "refused"), (4, 201, "created")])
        problems = [r["problem"] for r in got.json["results"]]
        self.assertEqual([p and p["code"] for p in problems], [None, "invalid", "forbidden", "invalid", None])
        self.assertEqual({e["pointer"] for e in problems[1]["errors"]}, {"#/items/1/percent_complete", "#/items/1/phone"})
        self.assertEqual([e["pointer"] for e in problems[3]["errors"]], ["#/items/3/objective"])
        self.assertEqual((got.json["created"], got.json["refused"]), (2, 3))

    def test_a_key_that_may_not_publish_leaves_drafts(self):
        reporter = self.db.key(scope="report")
        got = self.accepted(self.batch([status(external_id="d"), status(external_id="d", service={"open": 9})],
                                       key=reporter), 200)
        self.assertEqual([(r["outcome"], r["draft"]) for r in got["results"]], [("created", True), ("revised", True)])
        self.assertEqual(got["results"][0]["location"], f"/updates/{got['results'][0]['id']}?state=draft")
        self.assertEqual(self.client.get(f"/updates/{got['results'][0]['id']}").status, 404)

    def test_a_dry_run_names_what_it_would_do_and_does_nothing(self):
        before = self.db.checksum()
        got = self.accepted(self.client.ask("POST", "/updates/batch?dry_run=true&on_error=report",
                                            {"items": [status(), note("9.9")]}, {}, self.key), 200)
        self.assertEqual((got["dry_run"], got["created"], got["refused"]), (True, 1, 1))
        self.assertEqual((got["results"][0]["id"], got["results"][0]["location"]), (None, None))
        self.assertEqual(self.db.checksum(), before)

    def test_its_bounds(self):
        self.assertEqual(self.accepted(self.batch([]), 200)["items"], 0)
        self.refused(self.batch([status()] * 1001), 422, "invalid", ["#/items"])
        self.refused(self.client.ask("POST", "/updates/batch", [], {"Idempotency-Key": '"l"'}, self.key), 422, "invalid", ["#"])
        self.refused(self.batch([], "?on_error=ignore"), 400, places=["on_error"])
        self.refused(self.batch([note("7.1", details="x" * 9999)] * 110), 413)
        self.accepted(self.batch([note("7.1", details="x" * 9000)] * 110), 200)

    def test_a_thousand_items_in_one(self):
        got = self.accepted(self.batch([status(external_id=f"k-{n}") for n in range(1000)]), 200)
        self.assertEqual(got["created"], 1000)
        self.assertEqual([r["index"] for r in got["results"]], list(range(1000)))
        again = self.accepted(self.batch([status(external_id=f"k-{n}", service={"open": n % 2 + 3}) for n in range(1000)]), 200)
        self.assertEqual((again["unchanged"], again["superseded"]), (500, 500))
        first = self.client.get("/updates/gogov/k-1").json
        self.assertEqual((first["service"]["open"], first["supersedes"]), (4, got["results"][1]["id"]))


if __name__ == "__main__":
    unittest.main()

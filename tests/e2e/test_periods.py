"""Reporting periods: the calendar against tables made by hand (tests/data/periods), grace, and closing, once."""
import json
import os
import threading
import unittest

import support
from support import Case, Database, ROOT, Server, progress

with open(os.path.join(ROOT, "tests", "data", "periods", "quarters.json"), encoding="utf-8") as file:
    TABLE = json.load(file)
FAR = "2101-01-01T12:00:00Z"
NOW = "2040-01-20T20:00:00Z"
DUE, OPEN = "2039-40-Q2", "2039-40-Q3"


def plan(row):
    return {"format": "cerritos-in-progress/1",
            "plan": row | {"title": row["slug"], "organization": "A city", "state": "approved"}, "goals": []}


class Calendar(Case):
    settings = {"PROGRESS_NOW": FAR}

    @classmethod
    def setUpClass(cls):
        cls.db = Database.empty()
        cls.addClassCleanup(cls.db.drop)
        support.run("migrate", url=cls.db.url)
        for row in TABLE["plans"]:
            support.run("import", "-", url=cls.db.url, stdin=json.dumps(plan(row)), PROGRESS_NOW=FAR)
        cls.server = Server(cls.db.url, **cls.settings)
        cls.addClassCleanup(cls.server.kill)

    def listed(self, ask, client=None):
        got = (client or self.client).get(f"/periods?limit=500&{ask}")
        return self.accepted(got, 200)["data"]

    def holds(self, period, row):
        self.assertEqual({name: period[name] for name in row}, row)

    def test_quarters_are_those_made_by_hand(self):
        for case in TABLE["cases"]:
            with self.subTest(case["name"]):
                found = self.listed(f"plan={case['plan']}&as_of={case['as_of']}")
                self.assertEqual(len(found), case["count"])
                if case["newest"]:
                    self.holds(found[0], case["newest"])
                    one = self.client.get(f"/periods/{found[0]['id']}?plan={case['plan']}&as_of={case['as_of']}")
                    self.assertEqual(self.accepted(one, 200), found[0])
                if "before" in case:
                    self.holds(found[1], case["before"])

    def test_each_quarter_begins_the_day_after_the_one_before(self):
        for row in TABLE["plans"]:
            ends = self.db.sql("select ends_on + 1 from (values " + ",".join(
                f"('{p['ends_on']}'::date)" for p in self.listed(f"plan={row['slug']}")[1:]) + ") t (ends_on)").split()
            self.assertEqual(ends, [p["starts_on"] for p in self.listed(f"plan={row['slug']}")[:-1]])
            self.assertGreater(len(ends), 4)

    def test_a_quarter_turns_at_midnight_in_the_city(self):
        for case in TABLE["midnight"]:
            with self.subTest(case["now"]):
                server = Server(self.db.url, PROGRESS_NOW=case["now"])
                self.addCleanup(server.kill)
                found = self.listed(f"plan={case['plan']}", self.connect(server=server))
                self.assertEqual(found[0]["id"], case["newest"])
                of = case.get("of", "2027-28-Q1")
                self.assertEqual([p["state"] for p in found if p["id"] == of], [case["state"]])

    def test_pages_bring_each_quarter_once(self):
        whole = [p["id"] for p in self.listed("plan=july")]
        self.assertEqual([p["id"] for p in self.client.all("/periods?plan=july&limit=7")], whole)
        self.assertGreater(len(whole), 200)

    def test_what_has_not_begun_or_is_no_name_is_not_there(self):
        for name in ("2101-02-Q4", "2027-28-Q5", "2027-29-Q1", "2027-28-q1", "2026-27-Q1", "x%27"):
            self.refused(self.client.get(f"/periods/{name}?plan=july"), 404)
            self.refused(self.client.get(f"/reports/{name}?plan=july"), 404)


class Closing(Case):
    settings = {"PROGRESS_NOW": NOW}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.db.key(scope="edit", source="city")
        cls.admin = cls.db.key(scope="admin", source=None)

    def setUp(self):
        super().setUp()
        self.accepted(self.client.post(progress("7.1", 40, as_of="2039-03-01"), key=self.key))

    def close(self, period, key=None, client=None, ask=""):
        return (client or self.client).ask("POST", f"/periods/{period}/closing{ask}", None, {}, key or self.admin)

    def patch(self, period, days, etag=None):
        etag = etag or self.client.get(f"/periods/{period}")["ETag"]
        return self.client.ask("PATCH", f"/periods/{period}", {"grace_days": days}, {"If-Match": etag}, self.editor)

    def events(self, period):
        return self.db.sql(f"select string_agg(action, ' ' order by id) from progress.audit_event "
                           f"where entity = 'period' and entity_id = '{period}'")

    def changes(self, period):
        return int(self.db.sql(f"select count(*) from progress.change where entity = 'period' and entity_id = '{period}'"))

    def test_a_quarter_closes_after_its_grace_and_not_before(self):
        self.refused(self.close(OPEN), 409, "conflict")
        self.refused(self.close("2040-41-Q1"), 404)
        self.refused(self.close("2039-40-Q1", self.editor), 403)
        self.accepted(self.patch("2039-40-Q1", 120), 200)
        self.assertEqual(self.client.get("/periods/2039-40-Q1").json["state"], "in_grace")
        self.refused(self.close("2039-40-Q1"), 409, "conflict")
        self.accepted(self.patch("2039-40-Q1", 14), 200)
        self.assertEqual(self.accepted(self.close("2039-40-Q1"), 200)["state"], "closed")
        self.assertEqual(self.events("2039-40-Q1"), "edit edit close")
        self.assertEqual(self.changes("2039-40-Q1"), 3)
        self.refused(self.patch("2039-40-Q1", 20), 409, "conflict")

    def test_a_dry_run_closes_nothing(self):
        before = self.db.checksum()
        got = self.accepted(self.close("2038-39-Q4", ask="?dry_run=true"), 200)
        self.assertEqual((got["state"], got["dry_run"]), ("closed", True))
        self.assertEqual(self.db.checksum(), before)
        self.assertEqual(self.client.get("/periods/2038-39-Q4").json["state"], "due")

    def test_grace_is_edited_by_whoever_has_read_it(self):
        etag = self.client.get("/periods/2038-39-Q3")["ETag"]
        self.accepted(self.patch("2038-39-Q3", 30, etag), 200)
        self.refused(self.patch("2038-39-Q3", 31, etag), 412)
        self.refused(self.patch("2038-39-Q3", 0), 422, places=["#/grace_days"])
        self.refused(self.patch("2038-39-Q3", 181), 422, places=["#/grace_days"])
        self.assertEqual(self.accepted(self.patch("2038-39-Q3", 30), 200)["revision"], 2)
        self.assertEqual(self.events("2038-39-Q3"), "edit")

    def test_two_who_close_at_once_close_it_once(self):
        for period in ("2037-38-Q1", "2037-38-Q2", "2037-38-Q3", "2037-38-Q4")[:2 if support.QUICK else 4]:
            self.accepted(self.client.post(progress("7.2", 10, as_of="2037-01-01"), key=self.key))
            start, answers = threading.Barrier(2), []

            def close(period=period, start=start, answers=answers):
                client = self.connect()
                start.wait()
                answers.append(self.close(period, client=client))

            both = [threading.Thread(target=close) for _ in range(2)]
            for thread in both:
                thread.start()
            for thread in both:
                thread.join()
            self.assertEqual([a.status for a in answers], [200, 200], str(answers))
            self.assertEqual(answers[0].json, answers[1].json)
            self.assertEqual(self.events(period), "close")
            self.assertEqual(self.changes(period), 1)

    def test_what_is_closed_cannot_be_changed_by_hand(self):
        self.accepted(self.close(DUE), 200)
        for statement in ("update progress.reporting_period set grace_days = 1",
                          f"update progress.reporting_period set report = '{{}}' where period = '{DUE}'",
                          "delete from progress.reporting_period", "truncate progress.reporting_period"):
            with self.assertRaisesRegex(AssertionError, "append-only"):
                self.db.sql(statement)

    def test_nothing_is_recorded_while_a_quarter_closes(self):
        """Many write without pause; the report and what its links bring again are of one knowledge."""
        stop, posted = threading.Event(), []

        def write(code):
            client = self.connect(self.key)
            while not stop.is_set():
                got = client.post(progress(code, len(posted) % 100, as_of="2036-08-01"))
                posted.append(got.status)

        writers = [threading.Thread(target=write, args=(code,)) for code in ("1.1", "1.2", "2.1")]
        for thread in writers:
            thread.start()
        try:
            support.wait_until(lambda: len(posted) > 5, "posts")
            self.accepted(self.close("2036-37-Q1"), 200)
            much = len(posted) + 5
            support.wait_until(lambda: len(posted) > much, "posts after it")
        finally:
            stop.set()
            for thread in writers:
                thread.join()
        self.assertEqual(set(posted), {201})
        report = self.client.get("/reports/2036-37-Q1").json
        self.assertEqual(self.client.get(report["links"]["updates"]).json["page"]["total"], report["updates"]["total"])
        plan_now = self.client.get(report["links"]["plan_now"]).json["progress"]
        for name, value in report["progress"]["now"].items():
            self.assertEqual(plan_now[name], value)
        self.assertTrue(report["restated"]["is_restated"])


if __name__ == "__main__":
    unittest.main()

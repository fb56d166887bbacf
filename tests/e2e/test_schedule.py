"""The schedules made by hand (tests/data/schedule) as the service says them, on the day and looking back at it."""
import glob
import json
import os
import unittest
from decimal import Decimal

import support
from support import Case, Database, ROOT, Server

FIELDS = ("expected_percent", "is_overdue", "next_update_due", "is_stale", "disagrees")
LATE = "2028-06-01T12:00:00Z"


def cases():
    """Each with the code that it gets: 1.1, 1.2, …"""
    found = []
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "data", "schedule", "*.json"))):
        with open(path, encoding="utf-8") as f:
            found += json.load(f)["cases"]
    return [case | {"code": f"1.{n}"} for n, case in enumerate(found, 1)]


CASES = cases()


def objective(case):
    made = {k: case[k] for k in ("code", "start_on", "due_on", "update_frequency") if k in case}
    archived = {"archived_at": "2026-01-05T12:00:00Z"} if case.get("archived") else {}
    return made | {"statement": case["name"]} | archived


def report(case):
    body = {"objective": case["code"], "as_of": case["reported"], "kind": "progress", "status": case["status"],
            "summary": "By hand.", "source": "hand", "external_id": case["code"]}
    if case["status"] == "cancelled":
        body["reason"] = "By hand."
    return body | ({"percent_complete": case["percent"]} if "percent" in case else {})


PLAN = {
    "format": "cerritos-in-progress/1",
    "plan": {"slug": "by-hand", "title": "By hand", "organization": "A city", "state": "active"},
    "goals": [{"number": 1, "statement": "A goal.", "objectives": [objective(case) for case in CASES]}],
    "updates": [report(case) for case in CASES if "status" in case],
}


class Schedules(Case):
    settings = {"PROGRESS_NOW": LATE}

    @classmethod
    def setUpClass(cls):
        cls.db = Database.empty()
        cls.addClassCleanup(cls.db.drop)
        support.run("migrate", url=cls.db.url)
        support.run("import", "-", "--publish", url=cls.db.url, stdin=json.dumps(PLAN), PROGRESS_NOW=LATE)
        cls.server = Server(cls.db.url, **cls.settings)
        cls.addClassCleanup(cls.server.kill)

    def holds(self, case, got):
        expected = json.loads(json.dumps(case["expect"]), parse_float=Decimal)
        self.assertEqual({k: got[k] for k in FIELDS}, expected, f"{case['name']} on {case['day']}: {got}")

    def test_looking_back_each_schedule_is_the_one_made_by_hand(self):
        self.assertGreaterEqual(len(CASES), 30)
        for case in CASES:
            with self.subTest(case["name"]):
                self.holds(case, self.client.get(f"/objectives/{case['code']}?as_of={case['day']}").json)

    def test_on_the_day_itself_the_clock_says_the_same(self):
        days = sorted({case["day"] for case in CASES})
        self.assertGreaterEqual(len(days), 3)
        for day in days:
            # 23:30 in Cerritos: the next day has begun in UTC.
            after = self.db.sql(f"select date '{day}' + 1")
            server = Server(self.db.url, PROGRESS_NOW=f"{after}T06:30:00Z")
            self.addCleanup(server.kill)
            client = self.connect(server=server)
            listed = {o["code"]: o for o in client.get("/objectives?limit=500").json["data"]}
            for case in (c for c in CASES if c["day"] == day):
                with self.subTest(case["name"]):
                    self.holds(case, listed[case["code"]])
            self.filters(client, listed)

    def filters(self, client, listed):
        for name, field in (("overdue", "is_overdue"), ("stale", "is_stale")):
            for wanted in (True, False):
                answer = client.get(f"/objectives?limit=500&count=exact&{name}={str(wanted).lower()}").json
                codes = [o["code"] for o in answer["data"]]
                self.assertEqual(codes, [c for c, o in listed.items() if o[field] is wanted], name)
                self.assertEqual(answer["page"]["total"], len(codes))
                self.assertTrue(codes, f"{name} {wanted}: the table has both")

    def test_a_filter_is_true_or_false(self):
        self.refused(self.client.get("/objectives?overdue=yes"), 400, places=["overdue"])
        self.refused(self.client.get("/objectives?stale="), 400, places=["stale"])


if __name__ == "__main__":
    unittest.main()

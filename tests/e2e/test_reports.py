"""The report of a quarter and the difference of two days: every figure is fetched again by its link and compared."""
import csv
import datetime
import io
import json
import unittest

import support
from support import Case, note, progress
from test_page import Page

NOW = "2040-01-20T20:00:00Z"
CLOSED, OPEN = "2039-40-Q2", "2039-40-Q3"
FORMS = ({}, {"Accept": "text/csv"}, {"Accept": "text/html"})


def standing(progress_):
    return {n: progress_[n] for n in ("percent", "percent_is_minimum", "reported", "total", "status", "status_counts")}


def cell(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class Reports(Case):
    settings = {"PROGRESS_NOW": NOW}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.db.key(scope="report,publish,edit", source="clerk")
        cls.admin = cls.db.key(scope="admin", source=None)

    def setUp(self):
        super().setUp()
        if not self.db.count("published_update"):
            self.tell()

    def post(self, *args, **more):
        return self.accepted(self.client.post(progress(*args, **more), key=self.clerk))

    def tell(self):
        """Two quarters: one reports late, one moves down, one never; one is due and one stale."""
        self.post("7.1", 20, as_of="2039-09-30")
        self.post("7.2", 80, as_of="2039-08-01")
        self.post("7.1", 45, as_of="2039-10-01")
        wrong = self.post("7.2", 70, "at_risk", as_of="2039-12-31")
        self.post("7.2", 75, "at_risk", as_of="2039-12-31", supersedes=wrong["id"], reason="It was 75.")
        gone = self.post("1.1", 5, as_of="2039-11-30")
        self.accepted(self.client.post({"reason": "Not so."}, f"/updates/{gone['id']}/retraction", key=self.clerk), 200)
        self.accepted(self.client.post(note("2.1", as_of="2039-11-11", summary="<b>A note & more</b>"), key=self.clerk))
        self.post("3.1", 10, as_of="2040-01-02")
        for code, body in (("7.1", {"start_on": "2039-01-01", "due_on": "2039-11-30"}),
                           ("7.2", {"update_frequency": "monthly"}), ("2.2", {"start_on": "2039-01-01", "update_frequency": "monthly"})):
            etag = self.client.get(f"/objectives/{code}")["ETag"]
            self.accepted(self.client.ask("PATCH", f"/objectives/{code}", body, {"If-Match": etag}, self.clerk), 200)

    def report(self, period, ask=""):
        return self.accepted(self.client.get(f"/reports/{period}{ask}"), 200)

    def close(self, period):
        return self.accepted(self.client.ask("POST", f"/periods/{period}/closing", None, {}, self.admin), 200)

    def fetch(self, report, name):
        return self.accepted(self.client.get(report["links"][name]), 200)

    def agrees_with_its_links(self, report):
        for day in ("before", "now"):
            self.assertEqual(report["progress"][day], standing(self.fetch(report, f"plan_{day}")["progress"]))
            goals = self.fetch(report, f"goals_{day}")["data"]
            self.assertEqual([(g["number"], g["statement"], g[day]) for g in report["goals"]],
                             [(g["number"], g["statement"], standing(g["progress"])) for g in goals])
            objectives = self.fetch(report, f"objectives_{day}")["data"]
            self.assertEqual([(o["code"], o[day]) for o in report["objectives"]],
                             [(o["code"], {n: o[n] for n in ("status", "percent_complete", "is_overdue", "is_stale")})
                              for o in objectives])
        for name in ("overdue", "stale"):
            self.assertEqual(report[name], [o["code"] for o in self.fetch(report, name)["data"]])
        self.agrees_on_updates(report)
        diff = self.fetch(report, "diff")
        self.assertEqual({n: diff[n] for n in ("progress", "goals", "updates")},
                         {n: report[n] for n in ("progress", "goals", "updates")})
        self.assertEqual(diff["objectives"], [o for o in report["objectives"] if o["changes"]])

    def agrees_on_updates(self, report):
        counts = report["updates"]
        self.assertEqual(self.fetch(report, "updates")["page"]["total"], counts["total"])
        found = self.client.all(report["links"]["updates"])
        for state in ("published", "superseded", "retracted"):
            self.assertEqual(counts[state], sum(u["state"] == state for u in found))
        for kind, number in counts["kinds"].items():
            self.assertEqual(number, sum(u["kind"] == kind for u in found))
        self.assertEqual([u["id"] for u in report["update_list"]], [u["id"] for u in found if u["state"] == "published"])

    def test_1_figures_of_an_open_quarter_are_preliminary_and_those_of_their_links(self):
        for period, state, as_of in ((OPEN, "open", "2040-01-20"), (CLOSED, "due", "2039-12-31")):
            report = self.report(period)
            self.assertEqual((report["state"], report["is_preliminary"], report["known_at"], report["restated"]),
                             (state, True, None, None))
            self.assertEqual(report["as_of"], as_of)
            self.agrees_with_its_links(report)

    def test_2_the_quarter_says_what_moved(self):
        report = self.report(CLOSED)
        self.assertEqual((report["moved"], report["overdue"], report["stale"]), (["7.1", "7.2"], ["7.1"], ["2.2"]))
        self.assertEqual(report["updates"], {"total": 5, "published": 3, "superseded": 1, "retracted": 1,
                                             "kinds": {"progress": 4, "note": 1, "service_status": 0}})
        moved = {o["code"]: o["changes"] for o in report["objectives"] if o["changes"]}
        self.assertEqual(moved, {
            "7.1": [{"field": "percent_complete", "before": 20, "now": 45}],
            "7.2": [{"field": "status", "before": "on_track", "now": "at_risk"},
                    {"field": "percent_complete", "before": 80, "now": 75}]})
        self.assertEqual([g[day]["percent"] for g in report["goals"] if g["number"] == 7 for day in ("before", "now")], [20, 24])

    def test_3_a_closed_quarter_stands_and_says_what_is_restated_and_why(self):
        known = self.report(CLOSED)
        self.close(CLOSED)
        first = self.report(CLOSED)
        same = set(first) - {"state", "is_preliminary", "known_at", "restated", "links"}
        self.assertEqual({n: first[n] for n in same}, {n: known[n] for n in same})
        self.assertEqual(first["restated"], {"is_restated": False, "figures": [], "updates": [], "updates_count": 0})
        self.agrees_with_its_links(first)

        late = self.post("1.2", 30, as_of="2039-12-01")
        right = self.post("7.1", 35, as_of="2039-10-01", reason="It was 35.",
                          supersedes=next(u["id"] for u in first["update_list"] if u["objective"] == "7.1"))
        gone = next(u["id"] for u in first["update_list"] if u["objective"] == "7.2")
        self.accepted(self.client.post({"reason": "Counted twice."}, f"/updates/{gone}/retraction", key=self.clerk), 200)
        self.post("2.3", 50, as_of="2040-01-10")  # of the next quarter

        later = self.report(CLOSED)
        self.assertEqual(json.dumps({n: v for n, v in later.items() if n != "restated"}, default=str),
                         json.dumps({n: v for n, v in first.items() if n != "restated"}, default=str))
        self.agrees_with_its_links(later)
        restated = later["restated"]
        self.assertEqual([(u["id"], u["change"], u["reason"]) for u in restated["updates"]],
                         [(late["id"], "late", None), (right["id"], "correction", "It was 35."),
                          (gone, "retraction", "Counted twice.")])
        figures = {(f["part"], f["item"], f["figure"], f["day"]): (f["stated"], f["restated"]) for f in restated["figures"]}
        self.assertEqual(figures["objective", "7.1", "percent_complete", "now"], (45, 35))
        self.assertEqual(figures["objective", "1.2", "percent_complete", "now"], (None, 30))
        self.assertEqual(figures["objective", "7.2", "status", "now"], ("at_risk", "on_track"))
        self.assertNotIn("before", {day for *_, day in figures})
        self.assertEqual(figures["plan", "", "percent", "now"],
                         (first["progress"]["now"]["percent"], self.fetch(later, "plan_restated")["progress"]["percent"]))
        self.the_table_is_the_document(later)
        self.the_page_tells_it(later)

    def the_table_is_the_document(self, report):
        got = self.client.get(f"/reports/{CLOSED}", Accept="text/csv")
        rows = list(csv.DictReader(io.StringIO(got.body.decode())))
        self.assertEqual(str(len(rows)), got["X-Row-Count"])
        self.assertEqual(len(rows), 14 * (1 + 8) + 4 * 42 + 7)
        table = {(r["part"], r["item"], r["figure"]): r for r in rows}
        for goal in report["goals"]:
            row = table["goal", str(goal["number"]), "percent"]
            self.assertEqual([row["before"], row["now"]],
                             ["" if goal[d]["percent"] is None else str(goal[d]["percent"]) for d in ("before", "now")])
        for figure in report["restated"]["figures"]:
            row = table[figure["part"], figure["item"], figure["figure"]]
            self.assertEqual((row[figure["day"]], row[f"restated_{figure['day']}"]),
                             tuple(cell(v) for v in (figure["stated"], figure["restated"])))
        unlike = sum(r[d] != r[f"restated_{d}"] for r in rows for d in ("before", "now"))
        self.assertEqual(unlike, len(report["restated"]["figures"]))

    def the_page_tells_it(self, report):
        got = self.client.get(f"/reports/{CLOSED}", Accept="text/html")
        self.assertEqual((got.status, got["Content-Type"]), (200, "text/html; charset=utf-8"))
        self.assertIn("default-src 'none'", got["Content-Security-Policy"])
        page = Page(got.body.decode())
        self.assertEqual(page.faults, [])
        text = page.text
        for words in ("Closed on ", "Restated since close", "Counted twice.", "It was 35.", "<b>A note & more</b>",
                      "Overdue objectives: 1", "At risk, 75% complete", "At least 24% complete"):
            self.assertIn(words, text)
        for path in report["links"].values():
            if path.split("?")[0] in ("/plan", "/goals", "/objectives", "/updates") and path != report["links"]["plan_restated"]:
                self.assertIn(path.replace("&", "&amp;"), got.body.decode())
        self.assertEqual(got.body.count(b"<table>"), got.body.count(b"<caption>"))
        preliminary = self.client.get(f"/reports/{OPEN}", Accept="text/html").body.decode()
        self.assertIn("Preliminary: the quarter is not closed", preliminary)

    def test_4_the_difference_of_two_days(self):
        same = self.accepted(self.client.get("/diff?from=2039-12-01&to=2039-12-01"), 200)
        self.assertEqual((same["objectives"], same["updates"]["total"]), ([], 0))
        self.assertEqual(same["progress"]["before"], same["progress"]["now"])
        moved = self.accepted(self.client.get("/diff?from=2039-12-31&to=2040-01-20"), 200)
        self.assertIn("3.1", [o["code"] for o in moved["objectives"]])
        for ask, places in (("", ["from", "to"]), ("?from=2039-12-01", ["to"]), ("?from=2039-12-02&to=2039-12-01", ["from"]),
                            ("?from=2039-12-01&to=2040-01-21", ["to"]), ("?from=2039-02-30&to=2039-12-01", ["from"]),
                            ("?from=2039-12-01&to=2039-12-02&as_of=2039-12-01", ["as_of"])):
            found = self.refused(self.client.get(f"/diff{ask}"), 400)
            self.assertLessEqual({e["parameter"] for e in found["errors"]}, set(places), ask)

    def test_5_what_is_asked_twice_is_kept_and_a_change_is_seen(self):
        for form in FORMS:
            first = self.client.get(f"/reports/{OPEN}", **form)
            self.assertEqual(self.client.get(f"/reports/{OPEN}", **form).body, first.body)
            self.assertEqual(self.client.get(f"/reports/{OPEN}", If_None_Match=first["ETag"], **form).status, 304)
            self.post("4.1", 3 + FORMS.index(form), as_of="2040-01-15")
            again = self.client.get(f"/reports/{OPEN}", **form)
            self.assertNotEqual(again.body, first.body)


class ByAnotherMoment(Case):
    """By the real clock: known_at names a moment at which the quarter was over."""

    def test_a_report_is_read_again_as_it_was_at_the_close_and_before(self):
        clerk, admin = self.db.key(scope="report,publish", source="clerk"), self.db.key(scope="admin", source=None)
        self.accepted(self.client.post(progress("7.1", 20, as_of=str(datetime.date.today() - datetime.timedelta(250))), key=clerk))
        period = next(p for p in self.client.all("/periods") if p["state"] == "due")
        wrong = self.accepted(self.client.post(progress("7.1", 60, as_of=period["ends_on"]), key=clerk))
        path = f"/reports/{period['id']}"
        closed = self.accepted(self.client.ask("POST", f"/periods/{period['id']}/closing", None, {}, admin), 200)["closed_at"]
        support.wait_until(lambda: self.client.get(f"{path}?known_at={closed}").status == 200, "the clock is past it")
        self.accepted(self.client.post(progress("7.1", 50, as_of=period["ends_on"], supersedes=wrong["id"], reason="It was 50."),
                                       key=clerk))
        now, then = self.client.get(path).json, self.client.get(f"{path}?known_at={closed}").json
        self.assertTrue(now["restated"]["is_restated"])
        self.assertFalse(then["restated"]["is_restated"])
        self.assertEqual({n: v for n, v in now.items() if n != "restated"}, {n: v for n, v in then.items() if n != "restated"})
        before = self.client.get(f"{path}?known_at={period['closes_on']}T20:00:00Z").json
        self.assertEqual((before["state"], before["is_preliminary"], before["updates"]["total"]), ("due", True, 0))
        self.assertEqual(self.client.get(f"/periods/{period['id']}?known_at={period['closes_on']}T20:00:00Z").json["state"], "due")


if __name__ == "__main__":
    unittest.main()

"""The work queue as staff see it, drafts that come back with a comment, and the days to come as a calendar."""
import csv
import io
import json
import re
import unittest
from datetime import date, timedelta

import support
from support import Case, Database, Server

NOW = "2026-11-20T18:00:00Z"
TODAY = date(2026, 11, 20)


def day(days):
    return (TODAY + timedelta(days=days)).isoformat()


def objective(code, **fields):
    return {"code": code, "statement": f"Objective {code}."} | fields


LED = {"lead_department": "parks"}
OBJECTIVES = [
    objective("1.1", **LED, update_frequency="monthly", start_on=day(-200), due_on=day(200)),   # reported long ago: stale
    objective("1.2", **LED, update_frequency="monthly", start_on=day(-25)),                     # due in some days
    objective("1.3", **LED, due_on=day(-1), start_on=day(-100)),                                # on_track, overdue
    objective("1.4", **LED, start_on=day(-100), due_on=day(100)),                               # on_track at 10 of 50 %
    objective("1.5"),                                                                           # nobody leads it
    objective("1.6", **LED, update_frequency="quarterly"),                                      # from when on?
    objective("1.7", due_on=day(5), archived_at="2026-01-05T12:00:00Z"),                        # archived: nothing
    objective("1.8", **LED, due_on=day(30), milestones=[
        {"title": "Ground, broken; at last", "due_on": day(10), "achieved_on": None},
        {"title": "Gone by", "due_on": day(-10), "achieved_on": day(-11)}]),
]


def report(code, as_of, status="on_track", **more):
    return {"objective": code, "as_of": as_of, "kind": "progress", "status": status, "summary": "By hand.",
            "source": "hand", "external_id": code} | more


PLAN = {
    "format": "cerritos-in-progress/1",
    "plan": {"slug": "by-hand", "title": "By hand", "organization": "A city", "state": "active"},
    "departments": [{"slug": "parks", "name": "Parks & Recreation", "reporting_contact": "parks@city.example"}],
    "goals": [{"number": 1, "statement": "A goal.", "objectives": OBJECTIVES}],
    "updates": [report("1.1", day(-90)), report("1.3", day(-20)), report("1.4", day(-2), percent_complete=10)],
}


class Waiting(Case):
    settings = {"PROGRESS_NOW": NOW, "PROGRESS_PUBLIC_URL": "https://plan.example.org"}

    @classmethod
    def setUpClass(cls):
        cls.db = Database.empty()
        cls.addClassCleanup(cls.db.drop)
        support.run("migrate", url=cls.db.url)
        support.run("import", "-", "--publish", url=cls.db.url, stdin=json.dumps(PLAN), PROGRESS_NOW=NOW)
        cls.server = Server(cls.db.url, **cls.settings)
        cls.addClassCleanup(cls.server.kill)
        cls.editor = cls.db.key(scope="edit", source="desk")
        cls.publisher = cls.db.key(scope="publish", source="desk")
        cls.reporter = cls.db.key(scope="report", source="gogov")

    def queue(self, query="", key=None):
        got = self.client.ask("GET", f"/work-queue{query}", None, {}, key or self.editor)
        self.assertEqual((got.status, got["Cache-Control"]), (200, "no-store"), got.body)
        return got.json["data"]

    def draft(self, code="1.5", key=None, **more):
        body = {"objective": code, "as_of": day(0), "kind": "note", "summary": "A draft."} | more
        made = self.client.post(body, key=key or self.reporter)
        self.assertEqual(made.status, 201, made.body)
        self.addCleanup(self.client.post, None, f"/updates/{made.json['id']}/discard", key=self.publisher)
        return made.json


class Queue(Waiting):
    def test_each_thing_that_waits_is_there_once_in_the_order_of_the_plan(self):
        self.assertEqual([(i["objective"], i["reason"], i["since"]) for i in self.queue()], [
            ("1.1", "stale", "2026-09-22"),
            ("1.2", "due", day(6)),
            ("1.3", "contradictory", day(-20)),
            ("1.3", "overdue", day(-1)),
            ("1.4", "contradictory", day(-2)),
            ("1.5", "ownerless", None),
            ("1.6", "due", None),
        ])

    def test_an_item_says_what_waits_and_where(self):
        self.assertEqual(self.queue("?reason=contradictory")[1], {
            "reason": "contradictory", "objective": "1.4", "goal": 1, "statement": "Objective 1.4.", "department": "parks",
            "since": day(-2), "detail": "on_track at 10 %, where 50 % could be expected", "draft": None, "source": None,
            "lang": None, "texts": None, "demo": False,
            "links": {"objective": "/objectives/1.4", "draft": None, "translations": None}})

    def test_filters_narrow_it(self):
        self.assertEqual({i["department"] for i in self.queue("?department=parks")}, {"parks"})
        self.assertEqual([i["objective"] for i in self.queue("?reason=due&within=1")], ["1.6"])
        self.assertEqual(self.queue("?department=none"), [])
        for query, place in (("?reason=late", "reason"), ("?within=0", "within"), ("?within=367", "within"),
                             ("?known_at=2026-01-01T00:00:00Z", "known_at"), ("?state=draft", "state")):
            self.refused(self.client.ask("GET", f"/work-queue{query}", None, {}, self.editor), 400, places=[place])

    def test_pages_hold_each_thing_once(self):
        whole, paged, path = self.queue(), [], "/work-queue?limit=2"
        while path:
            got = self.client.ask("GET", path, None, {}, self.editor)
            self.assertEqual(got.status, 200, got.body)
            paged += got.json["data"]
            path = got.json["links"]["next"]
        self.assertEqual(paged, whole)

    def test_the_table_says_what_the_list_says(self):
        self.draft(summary="=1+1")
        for query in ("", "?department=parks", "?reason=due&within=1", f"?as_of={day(-40)}", "?department=none"):
            listed = self.queue(query)
            for path, headers in (("/work-queue.csv", {}), ("/work-queue", {"Accept": "text/csv"})):
                got = self.client.ask("GET", path + query, None, headers, self.editor)
                self.assertEqual((got.status, got["X-Row-Count"], got["Cache-Control"]), (200, str(len(listed)), "no-store"), str(got))
                rows = list(csv.DictReader(io.StringIO(got.body.decode(), newline=""), strict=True))
                told = [{name: "" if said is None else str(said).lower() if isinstance(said, bool) else str(said)
                         for name, said in item.items() if name != "links"} for item in listed]
                self.assertEqual(rows, told)
        for query, place in (("limit=2", "limit"), ("known_at=2026-01-01T00:00:00Z", "known_at"), ("within=0", "within")):
            self.refused(self.client.ask("GET", f"/work-queue.csv?{query}", None, {}, self.editor), 400, places=[place])

    def test_nobody_sees_it_without_a_key(self):
        self.refused(self.client.get("/work-queue"), 401)
        self.refused(self.client.get("/work-queue.csv"), 401)

    def test_a_key_sees_its_own_objectives_and_its_own_drafts(self):
        mine = self.draft()
        other = self.db.key(scope="report", source="erp")
        narrow = self.db.key(scope="report", source="gogov", objective="1.3")
        for key, expected in ((self.reporter, True), (self.publisher, True), (other, False), (narrow, False)):
            found = mine["id"] in {i["draft"] for i in self.queue("?reason=draft", key)}
            table = self.client.ask("GET", "/work-queue.csv?reason=draft", None, {}, key).body.decode()
            self.assertEqual((found, f",{mine['id']}," in table), (expected, expected))
        self.assertEqual({i["objective"] for i in self.queue(key=narrow)}, {"1.3"})

    def test_a_draft_waits_until_it_is_published(self):
        made = self.draft()
        item = next(i for i in self.queue("?reason=draft") if i["draft"] == made["id"])
        self.assertEqual((item["objective"], item["source"], item["links"]["draft"]),
                         ("1.5", "gogov", f"/updates/{made['id']}?state=draft"))
        self.accepted(self.client.post(None, f"/updates/{made['id']}/publication", key=self.publisher), 200)
        self.assertNotIn(made["id"], {i["draft"] for i in self.queue()})


class Silent(Waiting):
    def sent(self, source, *days_ago):
        """A note on each of these days, by a source of its own."""
        key = self.db.key(source=source)
        for ago in days_ago:
            body = {"objective": "1.5", "as_of": day(-ago), "kind": "note", "summary": "As a rule."}
            made = self.client.post(body, key=key, idem=f"{source}-{ago}")
            self.assertEqual(made.status, 201, made.body)
            self.db.sql("set session_replication_role = replica; update progress.published_update "
                        f"set published_at = '{day(-ago)}T18:00Z', changed_at = '{day(-ago)}T18:00Z' "
                        f"where id = {made.json['id']}")

    def silent(self, key=None, query=""):
        return [(i["source"], i["since"], i["objective"], i["detail"]) for i in self.queue(f"?reason=silent{query}", key)]

    def test_a_source_that_falls_silent_is_named(self):
        self.sent("weekly", 70, 63, 56, 49, 42)
        self.sent("rare", 90, 80)  # too seldom to say what is usual
        self.sent("nearly", 42, 35, 28, 21, 14)  # twice its interval, and no day more
        self.sent("just-past", 43, 36, 29, 22, 15)
        self.sent("long-ago", *range(460, 401, -7))
        past = ("just-past", day(-15), None, "has sent nothing since; as a rule it does every 7 days")
        weekly = ("weekly", day(-42), None, "has sent nothing since; as a rule it does every 7 days")
        self.assertEqual(self.silent(), [past, weekly])
        self.assertEqual(self.silent(self.reporter), [], "another source's silence")
        forgotten = ("long-ago", day(-404), None, "has sent nothing since; as a rule it does every 7 days")
        self.assertEqual(self.silent(query=f"&as_of={day(-30)}"), [forgotten], "another one was, on that day")
        self.sent("weekly", 0)
        self.assertEqual(self.silent(), [past], "who speaks again is silent no more")


class Returned(Waiting):
    def give_back(self, draft, body, key=None):
        return self.client.post(body, f"/updates/{draft['id']}/return", key=key or self.publisher)

    def test_a_draft_comes_back_with_a_comment_and_goes_on(self):
        made = self.draft()
        back = self.give_back(made, {"comment": "Which park?"})
        self.accepted(back, 200)
        self.assertEqual((back.json["state"], back.json["returned"]["comment"], back.json["revision"]),
                         ("returned", "Which park?", 2))
        item = next(i for i in self.queue("?reason=returned", self.reporter) if i["draft"] == made["id"])
        self.assertEqual(item["detail"], "Which park?")
        body = {k: made[k] for k in ("objective", "as_of", "kind")} | {"summary": "Liberty Park."}
        again = self.client.ask("PUT", f"/updates/{made['id']}", body, {"If-Match": back["ETag"]}, self.reporter)
        self.assertEqual((again.status, again.json["state"], again.json["returned"]), (200, "draft", None), again.body)

    def test_the_same_comment_twice_changes_nothing(self):
        made = self.draft()
        first = self.accepted(self.give_back(made, {"comment": "Why?"}), 200)
        before = self.db.checksum()
        self.assertEqual(self.accepted(self.give_back(made, {"comment": "Why?"}), 200), first)
        dry = self.client.post({"comment": "Why not?"}, f"/updates/{made['id']}/return?dry_run=true", key=self.publisher)
        self.assertEqual((dry.status, dry.json["dry_run"]), (200, True), dry.body)
        idem = re.compile("idempotency")
        self.assertEqual([line for line in before.split("\n") if not idem.match(line)],
                         [line for line in self.db.checksum().split("\n") if not idem.match(line)])

    def test_who_may_not_publish_may_not_return(self):
        made = self.draft()
        self.refused(self.give_back(made, {"comment": "Mine."}, self.reporter), 403)
        self.refused(self.give_back(made, {}), 422, places=["#/comment"])
        self.refused(self.give_back(made, {"comment": "  "}), 422, places=["#/comment"])

    def test_what_is_published_or_discarded_does_not_come_back(self):
        out = self.accepted(self.client.post({"objective": "1.5", "as_of": day(0), "kind": "note", "summary": "Out."},
                                             key=self.db.key(source="desk")), 201)
        self.refused(self.give_back(out, {"comment": "Late."}), 409)
        gone = self.draft()
        self.accepted(self.client.post(None, f"/updates/{gone['id']}/discard", key=self.publisher), 200)
        self.refused(self.give_back(gone, {"comment": "Late."}), 409)
        self.refused(self.give_back({"id": "999999"}, {"comment": "Who?"}), 404)

    def test_the_audit_keeps_the_comment(self):
        made = self.draft()
        self.accepted(self.give_back(made, {"comment": "For the record."}), 200)
        self.assertEqual(self.db.sql("select action, holder, detail->>'comment' from progress.audit_event "
                                     f"where entity_id = '{made['id']}' and action = 'return'"), "return|a test|For the record.")


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


class Calendar(Waiting):
    def events(self, query=""):
        got = self.client.get(f"/calendar.ics{query}")
        self.assertEqual((got.status, got["Content-Type"]), (200, "text/calendar; charset=utf-8"), got.body)
        text = got.body.decode()
        self.assertTrue(all(len(line.encode()) <= 75 for line in text.split("\r\n")), "a line of over 75 octets")
        self.assertNotRegex(text.replace("\r\n", ""), "[\r\n]")
        events, now = [], None
        for line in unfolded(text):
            if line == "BEGIN:VEVENT":
                now = {}
            elif line == "END:VEVENT":
                events.append(now)
                now = None
            elif now is not None:
                name, value = line.split(":", 1)
                now[name.split(";")[0]] = value
        return events

    def test_every_day_to_come_stands_in_it(self):
        self.assertEqual([(e["DTSTART"], e["CATEGORIES"], e["SUMMARY"]) for e in self.events()], [
            ("20260922", "report", "1.1: the next report is due"),
            (day(-1).replace("-", ""), "due", "1.3 is due: Objective 1.3."),
            (day(6).replace("-", ""), "report", "1.2: the next report is due"),
            (day(10).replace("-", ""), "milestone", "1.8: Ground\\, broken\\; at last"),
            (day(30).replace("-", ""), "due", "1.8 is due: Objective 1.8."),
            (day(100).replace("-", ""), "due", "1.4 is due: Objective 1.4."),
            (day(200).replace("-", ""), "due", "1.1 is due: Objective 1.1."),
        ])

    def test_each_has_a_name_of_its_own_that_it_keeps(self):
        first, again = self.events(), self.events("?as_of=" + day(0))
        self.assertEqual([e["UID"] for e in first], [e["UID"] for e in again])
        self.assertEqual(len({e["UID"] for e in first}), len(first))
        self.assertTrue(all(e["UID"].endswith("@plan.example.org") for e in first))
        self.assertEqual(first[1]["URL"], "https://plan.example.org/objectives/1.3")

    def test_it_is_kept_and_revalidated_like_any_public_document(self):
        got = self.client.get("/calendar.ics")
        self.assertTrue(got["Cache-Control"].startswith("public"))
        self.assertEqual(self.client.get("/calendar.ics", **{"If-None-Match": got["ETag"]}).status, 304)

    def test_filters_narrow_it(self):
        self.assertEqual(len(self.events("?department=parks&goal=1")), 7)
        self.assertEqual(self.events("?department=none"), [])
        self.refused(self.client.get("/calendar.ics?goal=9"), 404)
        self.refused(self.client.get("/calendar.ics?limit=5"), 400, places=["limit"])


if __name__ == "__main__":
    unittest.main()

"""What nobody has published is in no public answer, count, ETag, metric or log, whatever becomes of it."""
import unittest

import support
from photograph import Photographer
from support import Case, closed, found, measure, note, progress, say

WORD = "zqxdraft"       # in every text of every draft, and nowhere else
NAME = "zqxname"        # a source and external ids of drafts only
PERCENT = 73.19
MEASURED = [{"measure": "response-time", "actual": 73.1937}]
ON = "2025-02-03"
# Every draft and its texts are made within these ids.
IDS = tuple(str(n) for n in range(1, 31))


def marked(body, n, **more):
    """A draft's body, unmistakable in whatever it says."""
    link = {"label": f"{WORD} {n}", "url": f"https://example.org/{WORD}/{n}"}
    texts = {f: f"{WORD} {f} {n}" for f in ("summary", "details", "next_steps")}
    return body | texts | {"as_of": ON, "links": [link]} | more


class HiddenDrafts(Case):
    # The connection waits while all that is public is looked at.
    settings = {"PROGRESS_LOG_LEVEL": "debug", "PROGRESS_NOW": "2026-07-01T12:00:00Z",
                "PROGRESS_KEEP_ALIVE_MS": 120000,
                "PROGRESS_SECURITY_CONTACT": "mailto:security@example.org"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = cls.db.key(scope="report")
        cls.nobody_yet = cls.db.key(scope="report", source=NAME)
        cls.publisher = cls.db.key(scope="publish", source="city")
        found(cls.db, cls.server, "/measures", measure("response-time", "7.1", "7.4"))
        found(cls.db, cls.server, "/departments", {"slug": "public-works", "name": "Public Works"})
        client = support.Client(cls.server.port, cls.key)
        client.post(progress("7.1", 5, as_of="2026-02-28"))
        client.close()
        closed(cls.db, cls.server, "2025-26-Q3")

    def setUp(self):
        super().setUp()
        self.published = [self.accepted(self.client.post(body, key=self.key)) for body in (
            progress("7.1", 40, external_id="out-1"), note("7.1"), progress("2.1", 10, "at_risk"),
            note("2.1", kind="service_status"), progress("1.1", 100, "completed", external_id="out-2"))]
        correction = progress("7.1", 45, supersedes=self.published[0]["id"], reason="It was 45.", external_id="out-1")
        self.published.append(self.accepted(self.client.post(correction, key=self.key)))
        pairs = (("gogov", "out-1"), ("gogov", "out-2"), ("gogov", f"{NAME}-1"), ("gogov", f"{NAME}-2"), (NAME, "1"))
        self.photographer = Photographer(
            self.server.port, {"id": IDS, "pairs": pairs},
            {"q": (WORD,), "tag": (WORD,), "department": (WORD,), "source": (NAME,), "since": (ON,), "until": (ON,)})
        self.addCleanup(self.photographer.close)

    # ---- what happens in secret ----

    def draft(self, body, key=None, **more):
        made = self.accepted(self.client.post(body, key=key or self.reporter, **more))
        self.assertEqual(made["state"], "draft")
        return made

    def put(self, path, body, status, key=None, **headers):
        sent = {n.replace("_", "-"): v for n, v in headers.items()}
        answer = self.client.ask("PUT", path, body, sent, key or self.reporter)
        self.accepted(answer, status)
        return answer

    def report_in_secret(self):
        """Drafts of every kind, by every way there is."""
        head = self.published[-1]["id"]
        drafts = [
            self.draft(marked(progress("7.1"), 1, percent_complete=PERCENT, external_id=f"{NAME}-1",
                              measurements=MEASURED)),
            self.draft(marked(note("7.2"), 2)),
            self.draft(marked(note("2.1"), 3, kind="service_status")),
            self.draft(marked(progress("7.3", status="completed"), 4, percent_complete=100)),
            self.draft(marked(progress("7.1", status="cancelled"), 5, reason=f"{WORD} reason", supersedes=head)),
            self.draft(marked(progress("1.2", status="off_track"), 6, external_id="1"), self.nobody_yet),
            self.put(f"/updates/gogov/{NAME}-2", marked(progress("7.4"), 7, percent_complete=PERCENT), 201).json,
            self.put("/updates/gogov/out-2", marked(progress("1.1"), 8, percent_complete=PERCENT), 200).json,
        ]
        self.assertLess(max(int(d["id"]) for d in drafts), int(IDS[-1]))
        return drafts

    def change_in_secret(self, drafts):
        """Revised, discarded, returned; and what is only tried, or refused."""
        first = self.client.ask("GET", f"/updates/{drafts[1]['id']}?state=draft", key=self.reporter)
        self.put(f"/updates/{drafts[1]['id']}", marked(note("7.2"), 9), 200, If_Match=first["ETag"])
        self.put(f"/updates/gogov/{NAME}-2", marked(progress("7.4"), 10, percent_complete=1.19, measurements=MEASURED),
                 200)
        discarded = self.client.post(None, f"/updates/{drafts[2]['id']}/discard", key=self.reporter)
        self.assertEqual(self.accepted(discarded, 200)["state"], "discarded")
        self.db.sql("update progress.draft_update set returned_at = clock_timestamp(), "
                    f"return_comment = '{WORD} comment' where id = {drafts[3]['id']}")
        self.accepted(self.client.post(marked(progress("7.1", 99), 11), "/updates?dry_run=true", key=self.key), 200)
        for status, body in ((422, marked(note("7.1"), 12, status="on_track")), (422, marked(note("9.9"), 13)),
                             (422, marked(note("7.1"), 14, **{WORD: WORD})), (400, f'{{"{WORD}": "{WORD}'.encode()),
                             (409, marked(note("7.1"), 15, external_id=f"{NAME}-1"))):
            self.refused(self.client.post(body, key=self.reporter), status)
        self.refused(self.client.post(None, f"/updates/{drafts[0]['id']}/publication", key=self.reporter), 403)
        return [d for d in drafts if d is not drafts[2]]

    # ---- the test ----

    def test_a_draft_is_nowhere_until_it_is_published(self):
        before = self.photographer.take()
        self.client = self.connect()  # the other has lain idle meanwhile, and may be closed
        open_drafts = self.change_in_secret(self.report_in_secret())
        self.must_equal(self.photographer.take(), before)
        self.client = self.connect()
        self.must_be_for_its_source(open_drafts)
        self.must_be_in_no_log()
        say(f"drafts: {len(open_drafts)} open, searched for in {len(before)} public answers")
        self.publish(open_drafts[-2], before)

    def must_equal(self, now, before):
        self.assertEqual(now.keys(), before.keys())
        for (path, form), seen in now.items():
            if seen != before[path, form]:
                self.fail(f"{path}, {form}: was {before[path, form]}, is {seen}")
            if WORD not in path:
                self.assertNotIn(WORD, str(seen), path)
        self.assertTrue(any(b"http_server_request" in told for told in self.photographer.told), "no metrics were told")
        for told in self.photographer.told:
            self.assertNotIn(WORD.encode(), told)
            self.assertNotIn(NAME.encode(), told)

    def must_be_for_its_source(self, drafts):
        listed = {d["id"] for d in self.client.ask("GET", "/updates?state=draft", key=self.reporter).json["data"]}
        self.assertEqual(listed, {d["id"] for d in drafts if d["source"] == "gogov"}, "this would not see a draft")
        stranger = self.db.key(scope="report", source="tyler")
        for query in ("", "limit=500", "source=gogov", f"source={NAME}", "objective=7.1", f"since={ON}", "kind=note"):
            got = self.client.ask("GET", f"/updates?state=draft&{query}", key=stranger)
            self.assertEqual(self.accepted(got, 200)["data"], [], query)
            self.assertNotIn(WORD, str(got))
        for draft in drafts:
            got = self.client.ask("GET", f"/updates/{draft['id']}?state=draft", key=stranger)
            never = self.client.ask("GET", "/updates/999999?state=draft", key=stranger)
            self.assertEqual(self.refused(got, 404)["detail"], self.refused(never, 404)["detail"])

    def must_be_in_no_log(self):
        """The path of a request is logged, and what a client put there; nothing of what it sent."""
        lines = self.server.log()
        self.assertTrue([line for line in lines if line.get("path", "").startswith("/updates/gogov/")])
        for line in lines:
            self.assertNotIn("unreadable", line)
            told = str({n: v for n, v in line.items() if n != "path"})
            for word in (WORD, NAME, str(PERCENT)):
                self.assertNotIn(word, told)
            self.assertNotIn(WORD, line.get("path", ""))

    def publish(self, draft, before):
        """So that all this could fail: what is published is seen in the same places."""
        self.accepted(self.client.post(None, f"/updates/{draft['id']}/publication", key=self.publisher), 200)
        for path in ("/", "/plan", "/summary", "/goals", "/goals/7", "/goals/7/objectives", "/objectives",
                     "/objectives/7.4", "/objectives/7.4/updates", "/measures", "/measures/response-time",
                     "/measures/response-time/values",  "/updates", f"/updates/{draft['id']}",
                     f"/updates/gogov/{NAME}-2", "/updates?count=exact", "/goals.csv", "/objectives.csv",
                     "/updates.csv", "/updates.atom", "/feed.json", "/plan.stratml.xml", "/data.json",
                     "/embed/goal/7", "/embed/objective/7.4", "/fragments/plan", "/badges/plan.svg"):
            form = "html" if path == "/" else "json"
            after = self.photographer.look(path, form)
            self.assertEqual(after[0], 200, path)
            self.assertNotEqual(after[1]["etag"], before[path, form][1].get("etag"), path)
        self.assertIn(WORD, str(self.photographer.look(f"/updates/{draft['id']}")))
        self.assertEqual(self.photographer.look("/goals/1"), before["/goals/1", "json"], "it does not depend on that")


if __name__ == "__main__":
    unittest.main()

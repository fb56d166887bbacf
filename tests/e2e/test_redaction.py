"""What is redacted is nowhere any more: it is looked for in everything that the service answers, keeps and exports."""
import os
import shutil
import tempfile
import unittest

import support
from cached import connected, figures, settle
from events import Stream
from redacted import FIELDS, MARK, Places, marked
from support import Case, Cluster, Database, Server, note, progress

REASON = "It named a resident."
IDLE_MS = 120000  # a connection waits for long while something else is looked at
SAVED_WITHIN = 30.0  # seconds; the service saves five seconds after a change
PAIRS = tuple(("gogov", name) for name in ("natural", "posted", "drafted", "served", "partner"))


def folder_of(case):
    """A folder for a service's snapshot."""
    made = tempfile.mkdtemp(prefix="cip-redacted-", dir="/tmp")
    case.addCleanup(shutil.rmtree, made, ignore_errors=True)
    return made


class Redacting(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.db.key(scope="admin", source=None)
        cls.reporter = cls.db.key(scope="report")
        cls.publisher = cls.db.key(scope="publish", source="city")

    def redact(self, number, fields, key=None, query="", **more):
        body = {"fields": list(fields), "reason": REASON} | more
        return self.client.post(body, f"/updates/{number}/redaction{query}", key=key or self.admin)

    def redacted(self, number, fields):
        return self.accepted(self.redact(number, fields), 200)


class Everywhere(Redacting):
    def setUp(self):
        super().setUp()
        self.servers = {}
        for name in ("the first", "the second"):
            folder = folder_of(self)
            self.servers[name] = (Server(self.db.url, PROGRESS_DATA=folder, PROGRESS_KEEP_ALIVE_MS=IDLE_MS), folder)
            self.addCleanup(self.servers[name][0].kill)
        self.client = self.connect(server=self.servers["the first"][0])
        self.repeats, self.ids, self.partners = [], [], []

    # ---- what should never have been said ----

    def say(self, method, path, body, key, status):
        """With an Idempotency-Key, to be repeated later."""
        headers = {"Idempotency-Key": f'"say-{len(self.repeats)}"'}
        answer = self.client.ask(method, path, body, headers, key)
        made = self.accepted(answer, status)
        self.repeats.append((method, path, body, headers, key, status))
        self.ids.append(made["id"])
        return made["id"]

    def say_it(self):
        """By every road there is."""
        first = self.say("POST", "/updates", marked(progress("7.1", 40), external_id="posted"), self.key, 201)
        correction = marked(progress("7.1", 45), supersedes=first, reason=f"{MARK} typo")
        self.say("POST", "/updates", correction, self.key, 201)
        self.say("PUT", "/updates/gogov/natural", marked(note("7.2")), self.key, 201)
        self.say("PUT", "/updates/gogov/natural", marked(note("7.2"), details=f"{MARK} again"), self.key, 200)
        self.say("POST", "/updates", marked(progress("7.3", status="cancelled"), reason=f"{MARK} gone"), self.key, 201)
        wrong = self.say("POST", "/updates", marked(note("7.4")), self.key, 201)
        self.say("POST", f"/updates/{wrong}/retraction", {"reason": f"{MARK} lives there"}, self.key, 200)
        served = note("2.3", kind="service_status")
        self.say("PUT", "/updates/gogov/served", marked(served), self.key, 201)
        self.say("PUT", "/updates/gogov/served", marked(served, details=f"{MARK} again"), self.key, 200)
        self.draft_it()
        self.pass_it_on()
        return first

    def draft_it(self):
        """One open and returned, one discarded, one published: all of them revised, so that the audit has them too."""
        drafts = [self.say("POST", "/updates", marked(note("7.5", external_id="drafted")), self.reporter, 201),
                  self.say("POST", "/updates", marked(note("2.1")), self.reporter, 201),
                  self.say("POST", "/updates", marked(note("2.2", kind="service_status")), self.reporter, 201)]
        for number in drafts:
            got = self.client.ask("GET", f"/updates/{number}?state=draft", key=self.reporter)
            body = marked(note(got.json["objective"], kind=got.json["kind"]), details=f"{MARK} revised",
                          external_id=got.json["external_id"])
            put = self.client.ask("PUT", f"/updates/{number}", body, {"If-Match": got["ETag"]}, self.reporter)
            self.accepted(put, 200)
        self.db.sql("update progress.draft_update set returned_at = clock_timestamp(), "
                    f"return_comment = '{MARK} must go' where id = {drafts[0]}")
        self.say("POST", f"/updates/{drafts[1]}/discard", None, self.reporter, 200)
        self.say("POST", f"/updates/{drafts[2]}/publication", None, self.publisher, 200)

    def pass_it_on(self):
        """A partner's word on one case, remembered as an answer of another kind."""
        update = {"update_id": "partner", "service_request_id": f"{MARK}-12", "status": "open",
                  "updated_datetime": "2026-01-20T12:00:00Z", "description": f"{MARK} 12 Elm Street " * 40}
        asked = ("POST", "/open311/v2/servicerequestupdates.json?objective=2.4", [update],
                 {"Idempotency-Key": '"a partner"'}, self.key)
        result = self.accepted(self.client.ask(*asked), 200)["service_request_updates"][0]
        self.partners.append((asked, result))
        self.ids.append(result["location"].rpartition("/")[2])

    def passed_on(self):
        """What the partner's same request is answered with."""
        for asked, result in self.partners:
            answer = self.client.ask(*asked)
            self.assertEqual((answer.status, answer["Idempotent-Replayed"]), (200, "true"), str(answer))
            yield answer.json["service_request_updates"][0], result

    def repeated(self):
        """What the same requests are answered with."""
        for method, path, body, headers, key, status in self.repeats:
            answer = self.client.ask(method, path, body, headers, key)
            self.assertEqual((answer.status, answer["Idempotent-Replayed"]), (status, "true"), str(answer))
            yield answer

    # ---- the test ----

    def test_it_is_nowhere_after_a_redaction(self):
        stream = Stream(self.servers["the second"][0].port)
        self.addCleanup(stream.close)
        began = stream.next().id
        first = self.say_it()
        ids = sorted(set(self.ids), key=int)
        places = Places(self, self.servers, tuple(ids), PAIRS)
        places.where()  # so that every cache has it
        support.wait_until(lambda: len(places.snapshots()) == 2, "the snapshots have it", SAVED_WITHIN)
        self.must_be_everywhere(places.where(), first)
        before = self.client.get("/objectives/7.1").json

        for number in ids:
            self.must_say_so(self.redacted(number, FIELDS))
        support.wait_until(lambda: not places.snapshots(), "the snapshots are without it", SAVED_WITHIN)
        self.assertEqual(places.where(), set())
        for answer in self.repeated():
            self.assertNotIn(MARK, str(answer))
            self.assertEqual(answer.json["redaction"]["reason"], REASON)
        for answer, before_it in self.passed_on():
            self.assertEqual(answer, before_it | {"service_request_id": "[redacted]"})
        self.must_be_told(began, ids)
        self.must_stand_as_before(before, first)
        support.say(f"redaction: {len(ids)} updates and drafts, looked for in {sum(1 for _ in places._all())} places")

    def must_be_everywhere(self, found, first):
        """Or this test would see nothing."""
        for name in ("the first", "the second"):
            included = () if support.QUICK else ("/goals?include=latest_update",)
            for path in (f"/updates/{first}", "/updates", "/summary", "/objectives/7.1/updates",
                         "/updates/gogov/natural", *included):
                self.assertIn(f"{path} as json on {name}", found)
            for place in (f"/updates as gzip on {name}", f"snapshot of {name}", f"audit on {name}",
                          f"/updates?state=draft&limit=500 on {name}"):
                self.assertIn(place, found)
        self.assertLessEqual({"export", "dump"}, found)
        for answer in self.repeated():
            self.assertIn(MARK, str(answer))
        for answer, before in self.passed_on():
            self.assertEqual(answer, before)

    def must_say_so(self, doc):
        fields = {"summary", "details"}
        fields |= {"next_steps", "links"} if doc["external_id"] != "partner" else set()
        fields |= {"service"} if doc["kind"] == "service_status" else set()
        self.assertLessEqual(fields, set(doc["redaction"]["fields"]), doc)
        said = tuple(doc[field] for field in ("summary", "details", "next_steps", "links", "service"))
        self.assertEqual(said, ("[redacted]", None, None, [], None))
        self.assertIn(doc["reason"], (None, "[redacted]"))
        self.assertEqual(doc["retraction"]["reason"] if doc["retraction"] else "[redacted]", "[redacted]")
        self.assertEqual(doc["returned"]["comment"] if doc.get("returned") else "[redacted]", "[redacted]")
        query = "" if doc["published_at"] else "?state=draft"
        shown = self.client.ask("GET", f"/updates/{doc['id']}{query}", key=self.admin)
        self.assertEqual(shown.json, doc)

    def must_be_told(self, began, ids):
        """By the stream too, where those that are published are concerned."""
        stream = Stream(self.servers["the first"][0].port, last_id=began)
        self.addCleanup(stream.close)
        self.assertEqual(stream.next().data, {"resumed": True})
        published = {n for n in ids if self.client.get(f"/updates/{n}").status == 200}
        self.assertGreater(len(published), 5)
        told = set()
        while told != published:
            event = stream.change()
            self.assertNotIn(MARK, str(event))
            if event.data["op"] == "redacted":
                told.add(event.data["id"])

    def must_stand_as_before(self, before, first):
        """Numbers, chains and counts are what they were, and the audit says who did it."""
        self.assertEqual(self.client.get("/objectives/7.1").json, before)
        self.assertEqual(self.client.get(f"/updates/{first}").json["state"], "superseded")
        path = f"/audit?object=update&object_id={first}&action=redact"
        rows = self.client.ask("GET", path, key=self.admin).json["data"]
        self.assertEqual([(r["key"], r["detail"]["reason"]) for r in rows], [(self.admin.split("_")[1], REASON)])


class Outage(unittest.TestCase):
    """What was kept for an outage goes too, in whoever was not there to hear of it."""

    def connect(self, server, key=None):
        return connected(self, server, key)

    def test_no_instance_gives_it_while_the_database_is_away(self):
        cluster = Cluster.own()
        self.addCleanup(cluster.remove)
        db = Database.with_plan(cluster)
        key, admin = db.key(), db.key(scope="admin", source=None)
        folders = {name: folder_of(self) for name in ("writes", "hears", "sleeps")}
        servers = {name: Server(db.url, PROGRESS_DATA=folder) for name, folder in folders.items()}
        self.addCleanup(lambda: [server.kill() for server in servers.values()])

        made = self.connect(servers["writes"], key).post(marked(note("7.1")))
        self.assertEqual(made.status, 201, str(made))
        path = f"/updates/{made.json['id']}"
        for server in servers.values():
            self.assertIn(MARK, str(self.connect(server).get(path)))
        self.assertEqual(servers["sleeps"].stop(), 0)
        self.assertIn(MARK.encode(), self.saved(folders["sleeps"]), "it was saved")

        body = {"fields": list(FIELDS), "reason": REASON}
        done = self.connect(servers["writes"], admin).post(body, f"{path}/redaction")
        self.assertEqual(done.status, 200, str(done))
        servers["sleeps"] = Server(db.url, PROGRESS_DATA=folders["sleeps"])
        # Asked for in other words, so that the answer under test is not made anew.
        for name, server in servers.items():
            client = self.connect(server)
            support.wait_until(lambda c=client: MARK not in str(c.get("/updates?limit=499")), f"{name} knows")
            # Who redacts drops all it has twice: at once, and when it hears of it like the others.
            settle(client)
            support.wait_until(lambda c=client: figures(c)["cache_entries"] > 20, f"{name} has asked", SAVED_WITHIN)
            support.wait_until(lambda n=name: self.has_saved_anew(folders[n]), f"{name} has saved", SAVED_WITHIN)
        cluster.control("stop")
        for name, server in servers.items():
            client = self.connect(server)
            for asked in (path, "/updates", "/summary", "/objectives/7.1/updates"):
                self.assertNotIn(MARK, str(client.get(asked)), f"{name}: {asked}")
            self.assertEqual(client.get("/plan").status, 200, f"{name} keeps what it may")

    def saved(self, folder):
        with open(os.path.join(folder, "snapshot"), "rb") as f:
            return f.read()

    def has_saved_anew(self, folder):
        """What may be kept is there again, in the order in which it was asked for."""
        saved = self.saved(folder)
        return MARK.encode() not in saved and b"Jen/plan" in saved and b"Jen/summary" in saved


class Decisions(Redacting):
    def said(self, **more):
        return self.accepted(self.client.post(marked(note("7.1"), **more), key=self.key))["id"]

    def test_what_is_asked_for_must_be_there(self):
        number = self.said()
        before = self.db.checksum()
        for body, places in (({"fields": []}, ["#/fields"]), ({"fields": ["status"]}, ["#/fields/0"]),
                             ({"fields": ["external_id"]}, ["#/fields/0"]), ({"reason": " "}, ["#/reason"]),
                             ({"by": "me"}, ["#/by"])):
            self.refused(self.redact(number, **({"fields": ["details"]} | body)), 422, places=places)
        self.refused(self.redact(number, ["retraction_reason", "reason"]), 422, "invalid", ["#/fields"])
        self.refused(self.redact(999999, ["details"]), 404)
        for key in (self.key, self.publisher, self.reporter):
            self.refused(self.redact(number, ["details"], key=key), 403)
        tried = self.accepted(self.redact(number, ["details"], query="?dry_run=true"), 200)
        self.assertEqual((tried["details"], tried["dry_run"]), (None, True))
        self.assertEqual(self.db.checksum(), before)

    def test_a_redaction_is_repeated_without_harm_and_goes_on(self):
        number = self.said()
        first = self.redacted(number, ["details"])
        before = self.db.count("audit_event")
        self.assertEqual(self.redacted(number, ["details"]), first)
        self.assertEqual(self.db.count("audit_event"), before)
        second = self.redacted(number, ["details", "links", "retraction_reason"])
        self.assertEqual(second["redaction"]["fields"], ["details", "links"])
        self.assertIn(MARK, second["summary"])

    def test_the_same_report_does_not_bring_it_back(self):
        path, body = "/updates/gogov/again", marked(note("7.2"))
        number = self.accepted(self.client.ask("PUT", path, body, key=self.key))["id"]
        self.redacted(number, ["details", "summary"])
        before = self.db.checksum()
        for later in ({}, {"source_updated_at": "2026-02-01T00:00:00Z"}, {"details": "other words"}):
            got = self.client.ask("PUT", path, body | later, key=self.key)
            self.refused(got, 409, "redacted", ["#/details", "#/summary"])
            self.assertEqual(got["Location"], path)
        self.assertEqual(self.db.checksum(), before)
        without = body | {"details": None, "summary": "[redacted]"}
        same = self.accepted(self.client.ask("PUT", path, without, key=self.key), 200)
        self.assertEqual(same["id"], number, "it says nothing new")

        corrected = body | {"details": "On Elm Street.", "summary": "Corrected.", "supersedes": number,
                            "reason": "Without the number."}
        made = self.accepted(self.client.post(corrected | {"external_id": "again"}, key=self.key))
        self.assertEqual((made["details"], made["redaction"]), ("On Elm Street.", None))
        self.refused(self.client.ask("PUT", path, body, key=self.key), 409, "redacted")

    def test_a_service_goes_as_a_whole_and_does_not_come_back(self):
        path, body = "/updates/gogov/graffiti", marked(note("7.4", kind="service_status"))
        number = self.accepted(self.client.ask("PUT", path, body, key=self.key))["id"]
        doc = self.redacted(number, ["service"])
        self.assertEqual((doc["service"], doc["redaction"]["fields"]), (None, ["service"]))
        self.assertEqual(doc["summary"], body["summary"], "what was not named stays")
        table = self.client.get("/updates.csv?objective=7.4").body.decode()
        self.assertNotIn(body["service"]["name"], table)
        self.refused(self.client.ask("PUT", path, body, key=self.key), 409, "redacted", ["#/service"])
        same = self.accepted(self.client.ask("PUT", path, body | {"service": None}, key=self.key), 200)
        self.assertEqual(same["id"], number)
        plain = self.said()
        self.refused(self.redact(plain, ["service"]), 422, "invalid", ["#/fields"])

    def test_a_draft_that_was_redacted_stays_so(self):
        number = self.accepted(self.client.post(marked(note("7.3", external_id="drafted")), key=self.reporter))["id"]
        self.redacted(number, ["details"])
        for _ in range(2):
            got = self.client.ask("PUT", "/updates/gogov/drafted", marked(note("7.3")), key=self.reporter)
            self.refused(got, 409, "redacted", ["#/details"])
            self.client.post(None, f"/updates/{number}/discard", key=self.reporter)
        got = self.client.post(marked(note("7.3", external_id="drafted")), key=self.reporter)
        self.refused(got, 409, "redacted", ["#/details"])


if __name__ == "__main__":
    unittest.main()

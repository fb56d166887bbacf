"""Every write leaves exactly one audit row, nothing else leaves any; and only administrators read them."""
import csv
import hashlib
import io
import itertools
import json
import re
import unittest

import authorisation_rules as rules
import support
import test_authorisation
from authorisation_rules import RULES
from photograph import Photographer
from support import Case, note, progress

_numbers = itertools.count(1)
HOLDER = "Zqxholder, the web editor"
# What is so already is answered, and changes nothing.
UNCHANGING = {("POST /updates/{id}/publication", "published")}
MANY = 2500 if support.QUICK or support.INSTRUMENTED else 50000


def most_memory(server):
    """In kilobytes, that it ever had."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM"))


class Audited(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.made_key("admin")
        cls.almighty = f"Bearer {cls.admin}"
        cls.reporters = {source: cls.db.key(scope="report", source=source) for source in ("gogov", "tyler")}

    @classmethod
    def made_key(cls, scope, client="city-hall"):
        done = support.run("key", "create", "--name", client, "--scope", scope, "--source", "gogov", "--holder", HOLDER,
                           url=cls.db.url)
        return done.stdout.strip()

    def audit(self, query="", key=None):
        return self.accepted(self.client.ask("GET", f"/audit?{query}", key=key or self.admin), 200)["data"]

    def table(self, query="", path="/audit.csv", **headers):
        got = self.client.ask("GET", f"{path}?{query}", None, headers, self.admin)
        self.assertEqual((got.status, got["Content-Type"]), (200, "text/csv; charset=utf-8; header=present"), str(got)[:1000])
        return got, list(csv.DictReader(io.StringIO(got.body.decode(), newline=""), strict=True))

    def newest(self):
        return self.audit("limit=1")[0]


class EveryWrite(Audited):
    # Nothing is sent.
    settings = {"PROGRESS_WEBHOOKS": "off"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test_authorisation.found_targets(cls)
        cls.outsider = cls.db.key(scope="report", source="tyler", objective="1.1")

    def setUp(self):
        super().setUp()
        self.targets = test_authorisation.Targets(self)

    def ask(self, route, rule, names, etag, key, **more):
        path = re.sub(r"\{(\w+)\}", lambda m: (names | rule.names)[m[1]], route.pattern)
        headers = {"X-Request-Id": f"audit-{next(_numbers)}"}
        if "if-match" in route.marks:
            headers["If-Match"] = etag
        if rule.type:
            headers["Content-Type"] = rule.type
        if "keyed" in route.marks:
            headers["Idempotency-Key"] = f'"audit-{next(_numbers)}"'
        body = more.get("body", rule.body(next(_numbers)))
        query = "&".join(filter(None, (rule.query, more.get("query"))))
        path += f"?{query}" if query else ""
        return self.client.ask(route.method, path, body, headers | more.get("headers", {}), key)

    def test_every_write_leaves_one_row_and_whatever_is_not_done_leaves_none(self):
        tried = 0
        for name, route in rules.routes().items():
            for rule in RULES[name]:
                if route.method == "GET":
                    continue
                with self.subTest(f"{name} {rule.about}"):
                    self.must_be_audited(name, route, rule)
                tried += 1
        self.assertGreaterEqual(tried, 13)

    def must_be_audited(self, name, route, rule):
        names, etag = self.targets.of(rule.about)
        before = self.db.count("audit_event")
        for status, more in ((200, {"query": "dry_run=true"}), (422, {"body": {"no such field": 1}}),
                             (400, {"query": "no_such_parameter=1"}), (403, {"key": self.outsider}),
                             (401, {"key": "cip_none"})):
            key = more.pop("key", self.admin)
            got = self.ask(route, rule, names, etag, key, **more)
            # Who may not see a draft is told that there is none; a body that is no XML is malformed.
            also = {403: 404, 422: 400}.get(status)
            self.assertIn(got.status, (status, also), str(got))
        self.assertEqual(self.db.count("audit_event"), before, "what was not done has left a row")

        repeatable = {"Idempotency-Key": f'"audit-twice-{next(_numbers)}"'}
        body = rule.body(next(_numbers))
        got = self.ask(route, rule, names, etag, self.admin, headers=repeatable, body=body)
        self.assertEqual(got.status, rule.status, str(got))
        if (name, rule.about) in UNCHANGING:
            self.assertEqual(self.db.count("audit_event"), before)
            return
        self.assertEqual(self.db.count("audit_event"), before + 1, str(got))
        row = self.newest()
        self.assertEqual((row["key"], row["client"], row["holder"], row["request_id"]),
                         (self.admin.split("_")[1], "city-hall", HOLDER, got["X-Request-Id"]))
        self.assertRegex(row["action"], "^[a-z_]+$")
        again = self.ask(route, rule, names, etag, self.admin, headers=repeatable, body=body)
        self.assertEqual((again.status, again["Idempotent-Replayed"]), (rule.status, "true"), str(again))
        self.assertEqual(self.db.count("audit_event"), before + 1, "a repeat has left a row")
        self.targets.used(rule.about)


class Reading(Audited):
    settings = {"PROGRESS_KEEP_ALIVE_MS": 120000}  # a connection waits for long while all that is public is looked at

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.made_key("publish,edit", "web-editor")

    def setUp(self):
        super().setUp()
        self.made = [self.accepted(self.client.post(body, key=self.key))
                     for body in (note("7.1"), progress("7.2", 10), note("7.1"))]
        self.first = self.made[0]["id"]
        retracted = self.client.post({"reason": "Not so."}, f"/updates/{self.first}/retraction", key=self.editor)
        self.accepted(retracted, 200)

    def test_filters_say_who_what_and_when(self):
        rows = self.audit(f"object=update&object_id={self.first}")
        self.assertEqual([row["action"] for row in rows], ["retract", "publish"], "newest first")
        retracted, published = rows
        self.assertEqual(retracted["detail"], {"reason": "Not so."})
        self.assertEqual((retracted["objective"], retracted["plan"]), ("7.1", "cerritos-in-progress"))
        for query, expected in (
                ("actor=web-editor", {retracted["id"]}), (f"actor={self.editor.split('_')[1]}", {retracted["id"]}),
                ("holder=Zqxholder,%20the%20web%20editor", {retracted["id"]}), ("holder=a%20test", {published["id"]}),
                ("action=retract", {retracted["id"]}), ("action=publish&actor=web-editor", set()),
                (f"since={retracted['at']}", {retracted["id"]}),
                (f"until={published['at']}", {published["id"]}),
                ("plan=another", set()), ("plan=cerritos-in-progress", {retracted["id"], published["id"]}),
                ("until=1999-01-01T00:00:00Z", set())):
            found = {row["id"] for row in self.audit(f"object=update&object_id={self.first}&{query}")}
            self.assertEqual(found, expected, query)
        self.assertEqual({row["object"] for row in self.audit("object=key")}, {"key"})

    def test_every_kind_of_object_can_be_asked_for(self):
        rule = self.db.sql("select pg_get_constraintdef(oid) from pg_constraint where conname = 'audit_entity_is_known'")
        known = re.findall(r"'(\w+)'", rule)
        self.assertGreaterEqual(len(known), 6, rule)
        for word in known:
            self.audit(f"object={word}")

    def test_pages_hold_every_row_once(self):
        whole = self.audit("limit=500")
        self.client.key = self.admin
        self.assertEqual(len(whole), self.db.count("audit_event"))
        self.assertEqual(self.client.all("/audit?limit=2"), whole)
        page = self.client.get("/audit?limit=2&object=update")
        self.assertIn('rel="next"', page["Link"])
        self.refused(self.client.get(f"/audit?limit=2&object=draft&cursor={page.json['page']['next_cursor']}"), 400,
                     places=["cursor"])

    def test_only_administrators_read_it_and_nothing_keeps_it(self):
        self.refused(self.client.get("/audit"), 401)
        for scope in ("report", "publish", "edit", "report,publish,edit"):
            self.refused(self.client.ask("GET", "/audit", key=self.db.key(scope=scope)), 403)
        got = self.client.ask("GET", "/audit", key=self.admin)
        self.assertEqual((got.status, got["Cache-Control"]), (200, "no-store"))
        bound = self.db.key(scope="admin", source=None, objective="7.2")
        self.assertEqual({row["objective"] for row in self.audit(key=bound)}, {"7.2"}, "a key of 7.2 sees 7.2")

    def test_the_table_says_what_the_rows_say(self):
        id_ = f"object=update&object_id={self.first}"
        for query in ("", id_, "actor=web-editor", "holder=a%20test", "object=key", "action=retract",
                      f"{id_}&until={self.audit(id_)[-1]['at']}", f"since={self.audit(id_)[0]['at']}", "plan=another",
                      "until=1999-01-01T00:00:00Z", "plan=cerritos-in-progress&object=draft"):
            listed = self.audit(f"limit=500&{query}")
            got, rows = self.table(f"dialect=rfc4180&{query}")
            self.assertEqual(got["X-Row-Count"], str(len(listed)), query)
            for row, document in zip(rows, listed, strict=True):
                self.assertEqual(list(row), list(document), "the columns are the members, in their order")
                self.assertEqual(json.loads(row.pop("detail") or "null"), document.pop("detail"))
                self.assertEqual(row, {name: said or "" for name, said in document.items()})
            self.assertEqual(self.table(f"dialect=rfc4180&{query}", "/audit", Accept="text/csv")[0].body, got.body)
        self.assertGreater(len(self.audit("limit=500")), len(self.audit(f"{id_}&limit=500")), "filters have done something")

    def test_the_table_is_for_administrators_and_nothing_keeps_it(self):
        self.refused(self.client.get("/audit.csv"), 401)
        self.refused(self.client.ask("GET", "/audit.csv", key=self.db.key(scope="report,publish,edit")), 403)
        got, rows = self.table()
        self.assertEqual((got["Cache-Control"], got["CSV-SHA256"]), ("no-store", hashlib.sha256(got.body).hexdigest()))
        self.assertIn(self.first, {row["object_id"] for row in rows})
        self.accepted(self.client.post(note("7.3"), key=self.key))
        self.assertEqual(len(self.table()[1]), len(rows) + 1, "it is made anew each time")
        bound = self.db.key(scope="admin", source=None, objective="7.2")
        got = self.client.ask("GET", "/audit.csv", key=bound)
        self.assertEqual({row["objective"] for row in csv.DictReader(io.StringIO(got.body.decode()))}, {"7.2"})
        for query, place in (("limit=2", "limit"), ("cursor=x", "cursor"), ("as_of=2026-01-31", "as_of"),
                             ("dialect=tsv", "dialect"), ("object=person", "object")):
            self.refused(self.client.ask("GET", f"/audit.csv?{query}", key=self.admin), 400, places=[place])

    def test_a_holder_is_no_formula(self):
        holder = '=HYPERLINK("https://x.org","y")'
        key = support.run("key", "create", "--name", "formulas", "--scope", "report,publish", "--source", "gogov", "--holder", holder,
                          url=self.db.url).stdout.strip()
        self.accepted(self.client.post(note("7.1"), key=key))
        self.assertEqual({row["holder"] for row in self.table("actor=formulas")[1]}, {"'" + holder})
        self.assertEqual({row["holder"] for row in self.table("actor=formulas&dialect=rfc4180")[1]}, {holder})

    def test_what_cannot_be_asked_is_refused(self):
        for query, place in (("object=person", "object"), ("since=2026-11-01", "since"), ("until=now", "until"),
                             ("action=Edit", "action"), ("as_of=2026-01-31", "as_of"), ("source=gogov", "source"),
                             ("count=exact", "count"), ("limit=0", "limit"), ("object_id=", "object_id"),
                             ("holder=", "holder"), ("plan=No", "plan"), ("actor=%20", "actor")):
            self.refused(self.client.ask("GET", f"/audit?{query}", key=self.admin), 400, places=[place])

    def test_no_public_answer_names_a_holder(self):
        eye = Photographer(self.server.port, {"id": (self.first,), "pairs": (("gogov", "none"),)}, {})
        self.addCleanup(eye.close)
        for (path, form), seen in eye.take().items():
            self.assertNotIn("Zqxholder", str(seen), f"{path}, {form}")
        self.assertIn("Zqxholder", str(self.audit()), "this would not see it")


class ManyRows(Audited):
    """The table of an old audit goes by a file, in memory that does not grow with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db.sql(f"""
            insert into progress.audit_event (at, client, holder, action, entity, entity_id, detail)
            select now() - n * interval '1 minute', 'city-hall', 'Office', 'edit', 'objective', n::text,
                   jsonb_build_object('statement', repeat('What it said before. ', 20))
              from generate_series(1, {MANY}) n;
            analyze progress.audit_event""")

    def test_every_row_comes_once_and_memory_stays(self):
        self.table("actor=nobody")
        before = most_memory(self.server)
        for query, expected in (("", self.db.count("audit_event")), ("object=objective", MANY)):
            got, rows = self.table(f"dialect=rfc4180&{query}")
            self.assertEqual(got["X-Row-Count"], str(expected), query)
            self.assertEqual(len({row["id"] for row in rows}), expected, query)
            self.assertEqual(got["CSV-SHA256"], hashlib.sha256(got.body).hexdigest())
            self.assertEqual([int(row["id"]) for row in rows], sorted((int(row["id"]) for row in rows), reverse=True))
        grown = most_memory(self.server) - before
        support.say(f"{len(got.body)} bytes of table, {grown} KB of memory more")
        if not support.INSTRUMENTED:
            self.assertLess(grown, 20 * 1024)


if __name__ == "__main__":
    unittest.main()

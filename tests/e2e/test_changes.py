"""GET /changes: who keeps a copy misses nothing and gets nothing twice, whoever writes and wherever it is stopped."""
import base64
import os
import random
import threading
import time
import unittest

import support
from cached import Session, rename_goal, together
from client import Client
from puller import Disk, Killed, Puller, chance
from support import Case, Server, measure, note, progress

SHORT = support.QUICK or support.INSTRUMENTED
KILLS = 30 if SHORT else 200
WRITERS = 8
WRITES = 8 if SHORT else 40
# What is computed from other things moves without a change of its own.
OWN = {
    "goal": ("statement", "short_name", "weight", "revision"),
    "objective": ("statement", "tags", "weight", "revision", "archived_at"),
    "measure": ("name", "unit", "target", "revision", "archived_at"),
    "department": ("name", "public_contact", "revision"),
    "plan": ("slug", "title", "revision"),
}
LISTS = {"goal": "/goals", "objective": "/objectives", "measure": "/measures", "department": "/departments",
         "update": "/updates"}
KEYS = {"goal": "number", "objective": "code", "measure": "slug", "department": "slug", "update": "id"}


class Changes(Case):
    def setUp(self):
        super().setUp()
        self.editor = self.db.key(scope="edit", source="city")

    def puller(self, disk=None, **more):
        return Puller(disk or Disk(), self.client, **more)

    def begun(self, **more):
        """One whose copy is up to date."""
        made = self.puller(**more)
        made.run()
        return made

    def session(self):
        made = Session(self.db)
        self.addCleanup(made.close)
        return made

    def post(self, body):
        return self.accepted(self.client.post(body, key=self.key))

    def patch(self, path, body, client=None):
        client = client or self.client
        return client.ask("PATCH", path, body, {"If-Match": client.get(path)["ETag"]}, self.editor)

    def pulled(self, puller):
        """(entity, id, op, tombstone) of what came since."""
        before = set(puller.disk.changes)
        puller.run()
        return [(c["entity"], c["id"], c["op"], c["tombstone"])
                for n, c in puller.disk.changes.items() if n not in before]

    def same_as_the_tables(self, disk):
        """Every thing is in the copy, as GET shows it."""
        for entity, path in LISTS.items():
            there = {str(d[KEYS[entity]]): d for d in self.client.all(f"{path}?limit=500")}
            here = {name: document for (kind, name), (document, _) in disk.documents.items() if kind == entity}
            self.assertEqual(here.keys(), there.keys(), entity)
            for name, document in there.items():
                shown = OWN.get(entity, document.keys())
                self.assertEqual({f: here[name][f] for f in shown}, {f: document[f] for f in shown}, f"{entity} {name}")
        standing = {u["id"] for u in self.client.all("/updates?limit=500") if u["state"] == "published"}
        counted = {name for (kind, name), (_, gone) in disk.documents.items() if kind == "update" and not gone}
        self.assertEqual(counted, standing)


class WhatComes(Changes):
    def test_who_begins_gets_a_snapshot_of_everything_in_pages_and_then_the_changes(self):
        support.found(self.db, self.server, "/measures", measure("response-time", "7.1"))
        support.found(self.db, self.server, "/departments", {"slug": "public-works", "name": "Public Works"})
        made = [self.post(note("7.1")) for _ in range(3)]
        for limit in (7, 50, 500):
            puller = self.begun(limit=limit)
            self.assertEqual((puller.disk.changes, puller.disk.resets), ({}, []))
            self.same_as_the_tables(puller.disk)
            new = self.post(note("7.1"))
            self.assertEqual(self.pulled(puller), [("update", new["id"], "published", False)])
        self.assertIn(("update", made[0]["id"]), puller.disk.documents)

    def test_each_change_says_what_happened_and_how_it_stands_now(self):
        puller = self.begun()
        wrong = self.post(progress("2.1", 10))
        right = self.post(progress("2.1", 15, supersedes=wrong["id"], reason="It was 15."))
        self.accepted(self.client.post({"reason": "No."}, f"/updates/{right['id']}/retraction", key=self.key), 200)
        self.accepted(self.patch("/goals/7", {"short_name": "Openness"}), 200)
        self.accepted(self.patch("/objectives/7.1", {"archived": True}), 200)
        self.assertEqual(self.pulled(puller), [
            ("update", wrong["id"], "published", True), ("update", wrong["id"], "superseded", True),
            ("update", right["id"], "published", True), ("update", right["id"], "retracted", True),
            ("goal", "7", "changed", False), ("objective", "7.1", "changed", True)])
        for change in list(puller.disk.changes.values())[-6:]:
            self.assertEqual(change["document"], self.client.get(change["links"]["self"]).json)
            self.assertRegex(change["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual([(c["goal"], c["objective"]) for c in list(puller.disk.changes.values())[-3:]],
                         [(2, "2.1"), (7, None), (7, "7.1")])
        self.accepted(self.patch("/objectives/7.1", {"archived": False}), 200)

    def test_no_draft_is_told_of_before_it_is_published(self):
        reporter, puller = self.db.key(scope="report"), self.begun()
        before = puller.page()
        draft = self.accepted(self.client.post(note("7.3"), key=reporter))
        self.assertEqual(draft["state"], "draft")
        self.assertEqual(puller.page(), before)
        self.assertNotIn(("update", draft["id"]), self.begun().disk.documents)
        self.accepted(self.client.post(None, f"/updates/{draft['id']}/publication", key=self.key), 200)
        self.assertEqual(self.pulled(puller), [("update", draft["id"], "published", False)])

    def test_nothing_new_is_the_same_cursor_and_a_304(self):
        puller = self.begun()
        path = f"/changes?after={puller.disk.cursor}"
        first = self.client.get(path)
        self.assertEqual((first.json["data"], first.json["page"]),
                         ([], {"has_more": False, "next_cursor": puller.disk.cursor}))
        self.assertEqual(first["Cache-Control"], "no-cache")
        self.db.sql("select pg_current_xact_id()")  # a transaction that changes nothing
        again = self.client.get(path, If_None_Match=first["ETag"])
        self.assertEqual((again.status, again.body), (304, b""))
        self.post(note("7.1"))
        self.assertEqual(self.client.get(path, If_None_Match=first["ETag"]).status, 200)

    def test_a_304_costs_no_allowance_and_other_answers_do(self):
        server = Server(self.db.url, PROGRESS_READ_LIMIT=20)
        self.addCleanup(server.kill)
        client = self.connect(server=server)
        path = f"/changes?after={self.begun().disk.cursor}"
        etag = client.get(path)["ETag"]
        for _ in range(60):
            self.assertEqual(client.get(path, If_None_Match=etag).status, 304)
        self.assertIn(429, {client.get(path).status for _ in range(60)})

    def test_filters_are_of_snapshot_and_changes_alike(self):
        for filters, of_snapshot, of_changes in (
                ("&entity=goal", {"goal"}, {("goal", "7")}),
                ("&entity=update", {"update"}, {("update", None)}),
                ("&goal=7", {"goal", "objective", "update"}, {("goal", "7"), ("objective", "7.2"), ("update", None)}),
                ("&goal=2", {"goal", "objective", "update"}, set()),
                ("&objective=7.2", {"objective", "update"}, {("objective", "7.2"), ("update", None)}),
                ("&op=published", set(), {("update", None)}),
                ("&op=retracted", set(), set())):
            self.post(note("7.2"))
            self.post(note("2.1"))
            puller = self.begun(filters=filters)
            self.assertEqual({kind for kind, _ in puller.disk.documents}, of_snapshot, filters)
            made = self.post(note("7.2"))
            self.accepted(self.patch("/goals/7", {"short_name": f"Name {made['id']}"}), 200)
            self.accepted(self.patch("/objectives/7.2", {"tags": [f"t{made['id']}"]}), 200)
            got = {(entity, name) for entity, name, *_ in self.pulled(puller)}
            self.assertEqual(got, {(e, n or made["id"]) for e, n in of_changes}, filters)
        for key, wrong in (("goal", 9), ("objective", "9.9")):
            self.refused(self.client.get(f"/changes?{key}={wrong}"), 404)

    def test_a_rare_one_is_found_behind_any_number_of_others(self):
        puller = self.begun(filters="&entity=department")
        self.db.sql("insert into progress.change (entity, entity_id, op, plan_id) select 'goal', '1', 'changed', id"
                    " from progress.plan, generate_series(1, 12000) where state = 'active'")
        support.found(self.db, self.server, "/departments", {"slug": "rare", "name": "Rare"})
        first = puller.page()
        self.assertEqual((first["data"], first["page"]["has_more"]), ([], True), "a page looks only so far")
        self.assertEqual(self.pulled(puller), [("department", "rare", "created", False)])

    def test_another_plan_is_told_of_alone(self):
        self.db.sql("insert into progress.plan (slug, title, organization, time_zone, fiscal_year_start, state)"
                    " select 'another', 'Another', organization, time_zone, fiscal_year_start, 'archived'"
                    " from progress.plan where slug <> 'another' on conflict do nothing")
        puller, other = self.begun(), self.begun(filters="&plan=another")
        self.assertEqual([d for d in other.disk.documents if d[0] != "period"], [("plan", "another")])
        self.db.sql("insert into progress.change (entity, entity_id, op, plan_id)"
                    " select 'plan', slug, 'changed', id from progress.plan where slug = 'another'")
        self.assertEqual(self.pulled(puller), [])
        self.assertEqual(self.pulled(other), [("plan", "another", "changed", False)])
        self.refused(self.client.get("/changes?plan=nothing"), 404)

    def test_what_is_no_cursor_of_this_question_is_400(self):
        cursor = self.begun().disk.cursor
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        forged = [plain.replace(b":", b";"), plain + b"x", plain + b"+", plain + b">x", plain + b"0:0: 1",
                  plain + b"0123456789abcdef-1:1: ", plain + b"0123456789abcdef-9:3: 1", plain.split(b"\n")[0] + b"\n\n"]
        for after in ("x", cursor + "A", *(base64.urlsafe_b64encode(f).decode().rstrip("=") for f in forged)):
            self.refused(self.client.get(f"/changes?after={after}"), 400, places=["after"])
        for query in ("goal=7", "entity=goal", "op=changed", "plan=cerritos-in-progress"):
            self.refused(self.client.get(f"/changes?{query}&after={cursor}"), 400, places=["after"])
        for query, places in (("cursor=x", ["cursor"]), ("as_of=2026-01-01", ["as_of"]), ("limit=501", ["limit"]),
                              ("entity=x&op=y", ["entity", "op"]), ("count=exact", ["count"])):
            self.refused(self.client.get(f"/changes?{query}"), 400, places=places)

    def test_a_few_of_many_are_found_by_their_index(self):
        """Counted, not timed: what is read does not grow with what there is."""
        self.db.sql("insert into progress.change (entity, entity_id, op, plan_id) select 'goal', '1', 'changed', id"
                    " from progress.plan, generate_series(1, 20000) where state = 'active'; analyze progress.change")
        puller = self.begun(limit=500)
        for _ in range(10):
            self.post(note("7.1"))
        self.assertEqual(self.read(puller.disk.cursor)[0], 10)
        self.assertLess(self.read(puller.disk.cursor)[1], 200)
        puller.run()
        self.assertEqual(self.read(puller.disk.cursor)[0], 0)
        self.assertLess(self.read(puller.disk.cursor)[1], 100)

    def read(self, cursor):
        """(how many changes that page tells, how many entries of table and indexes it reads for them)"""
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("\n")[1]
        schema = self.db.sql("select nspname from pg_namespace where nspname like 'progress\\_%'")
        told = self.db.sql(
            f"set search_path = {schema}, progress; set plan_cache_mode = force_custom_plan; begin;"
            f" select count(*) - 1 from pull_page(null, now()::text, '{{}}', '{place}', null, 100);"
            " select sum(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid)) from pg_class c"
            " where c.oid = 'change'::regclass"
            " or c.oid in (select i.indexrelid from pg_index i where i.indrelid = 'change'::regclass); commit")
        return tuple(int(n) for n in told.split("\n"))


class LateOnes(Changes):
    def test_a_transaction_that_commits_late_is_told_then_and_once(self):
        puller, late, later = self.begun(), self.session(), self.session()
        late.do("begin")
        rename_goal(late, 5, "Late")
        early = self.post(note("7.1"))
        self.assertEqual(self.pulled(puller), [("update", early["id"], "published", False)])
        later.do("begin")
        rename_goal(later, 6, "Later")
        between = self.post(note("7.1"))
        late.do("commit")
        self.assertEqual(self.pulled(puller), [("goal", "5", "changed", False),
                                               ("update", between["id"], "published", False)])
        later.do("commit")
        self.assertEqual(self.pulled(puller), [("goal", "6", "changed", False)])
        self.assertEqual(self.pulled(puller), [])

    def test_between_two_pages_too(self):
        puller, late = self.begun(limit=2), self.session()
        late.do("begin")
        rename_goal(late, 5, "Late again")
        made = [self.post(note("7.1"))["id"] for _ in range(3)]
        self.assertTrue(puller.step())
        late.do("commit")
        made.append(self.post(note("7.1"))["id"])
        puller.run()
        told = [(c["entity"], c["id"]) for c in puller.disk.changes.values()]
        self.assertEqual(sorted(told), sorted([("goal", "5"), *(("update", n) for n in made)]))

    def test_nobody_who_waits_long_keeps_others_waiting(self):
        """More transactions open than a cursor names: what committed beside them is told for all that."""
        puller = self.begun()
        held = [self.session() for _ in range(12)]
        for number, session in enumerate(held):
            session.do("begin")
            session.do(f"select pg_current_xact_id(), {number}")
        made = self.post(note("7.1"))
        self.assertEqual(self.pulled(puller), [("update", made["id"], "published", False)])
        for session in held:
            session.do("rollback")
        self.assertEqual(self.pulled(puller), [])


class Anew(Changes):
    """Who has been away for too long, or comes with the cursor of another history, begins anew."""

    def again(self, server, cursor, *reasons):
        disk = Disk(cursor=cursor, documents={("update", "999999"): ({}, False)})
        Puller(disk, self.connect(server=server), limit=20).run()
        self.assertEqual(len(disk.resets), 1)
        self.assertIn(disk.resets[0], reasons)
        self.same_as_the_tables(disk)
        return disk

    def test_a_cursor_that_is_too_old_begins_anew_and_a_fresh_one_goes_on(self):
        old = self.begun().disk.cursor
        for _ in range(5):
            self.post(note("7.1"))
        recent = self.begun()
        self.db.sql("set session_replication_role = replica;"
                    " update progress.change set at = at - interval '3 days'")
        server = Server(self.db.url, PROGRESS_CHANGES_DAYS=2)
        self.addCleanup(server.kill)
        self.assertEqual(self.db.sql("select count(distinct xid) from progress.change"), "1", "the last is kept")
        self.again(server, old, "expired")
        new = self.post(note("7.1"))
        # Its last change was written anew just now; and where it waits for others, what was before is gone.
        disk = self.again(server, recent.disk.cursor, "new_history", "expired")
        puller = Puller(disk, self.client)
        self.assertEqual(self.pulled(puller), [])
        self.assertIn(("update", new["id"]), disk.documents)

    def test_a_cursor_of_another_database_begins_anew(self):
        puller = self.begun()
        other = support.Database.with_plan()
        self.addCleanup(other.drop)
        server = Server(other.url)
        self.addCleanup(server.kill)
        disk = Disk(cursor=puller.disk.cursor)
        Puller(disk, self.connect(server=server)).run()
        self.assertEqual(len(disk.resets), 1)
        self.assertIn(disk.resets[0], ("expired", "new_history"))

    def test_a_restored_backup_begins_anew(self):
        puller = self.begun()
        self.post(note("7.1"))
        puller.run()
        copy = support.Database(self.db.cluster, self.db.name + "_restored")
        self.addCleanup(copy.drop)
        self.server.stop()
        self.db.cluster.sql(f"create database {copy.name} template {self.db.name}")
        type(self).server = Server(self.db.url)
        self.addClassCleanup(self.server.kill)
        self.client = self.connect()
        restored = Server(copy.url)
        self.addCleanup(restored.kill)
        self.again(restored, puller.disk.cursor, "new_history")
        self.assertEqual(self.pulled(Puller(puller.disk, self.client)), [], "where it came from it is as good as ever")

    def test_changes_that_came_from_another_cluster_are_never_told(self):
        """A backup brings transactions that lie in this cluster's future."""
        self.db.sql("insert into progress.change (xid, entity, entity_id, op, plan_id)"
                    " select (pg_current_xact_id()::text::bigint + 50 + n)::text::xid8, 'goal', '1', 'changed', id"
                    " from progress.plan, generate_series(1, 200) n where state = 'active'")
        server = Server(self.db.url)
        self.addCleanup(server.kill)
        self.assertEqual(self.db.sql("select count(*) from progress.change"
                                     " where xid >= pg_snapshot_xmax(pg_current_snapshot())"), "0")
        disk = Disk()
        puller = Puller(disk, self.connect(server=server))
        puller.run()
        self.db.sql("do $$ begin for n in 1..300 loop perform pg_current_xact_id(); commit; end loop; end $$")
        self.assertEqual(self.pulled(puller), [])

    def test_a_restart_of_the_database_is_nothing_new(self):
        where = support.Cluster.own()
        self.addCleanup(where.remove)
        db = support.Database.with_plan(where)
        key = db.key()
        server = Server(db.url)
        self.addCleanup(server.kill)
        client = self.connect(server=server)
        puller = Puller(Disk(), client)
        puller.run()
        made = self.accepted(client.post(note("7.1"), key=key))
        where.control("stop")
        where.start()
        support.wait_until(lambda: client.get("/changes").status == 200, "the service to find it again")
        self.assertEqual([(c, d) for c, d, *_ in self.pulled(puller)], [("update", made["id"])])
        self.assertEqual(puller.disk.resets, [])


class Kept(Changes):
    def test_days_that_are_not_over_let_nothing_go_and_0_is_for_ever(self):
        puller = self.begun()
        made = self.post(note("7.1"))
        before = self.db.count("change")
        for days in (0, 1, 400):
            Server(self.db.url, PROGRESS_CHANGES_DAYS=days).stop()
        self.assertEqual(self.db.count("change"), before)
        self.assertEqual(self.pulled(puller), [("update", made["id"], "published", False)])


class Killing(Changes):
    """8 writers, some with transactions that stay open, and a puller that is killed again and again."""

    settings = {"PROGRESS_POOL": 16}  # nobody waits for a connection

    def write(self, number, seed):
        dice, client, session = random.Random(seed), Client(self.server.port), Session(self.db)
        own = []
        for n in range(WRITES):
            what = dice.random()
            code = f"{dice.randint(1, 3)}.{dice.randint(1, 5)}"
            if what < 0.2:
                session.do("begin")
                rename_goal(session, number, f"Name {number}.{n}")
                time.sleep(dice.random() * 0.05)
                session.do("commit" if dice.random() < 0.8 else "rollback")
            elif what < 0.35:
                self.patch(f"/objectives/{number}.1", {"tags": [f"t{n}"]}, client)
            elif own and what < 0.5:
                client.post({"reason": "No."}, f"/updates/{own.pop()}/retraction", key=self.key)
            elif own and what < 0.65:
                old = dice.choice(own)
                code = client.get(f"/updates/{old}").json["objective"]
                got = client.post(progress(code, n, supersedes=old, reason="Wrong."), key=self.key)
                self.assertEqual(got.status, 201, str(got))
                own[own.index(old)] = got.json["id"]
            elif what < 0.75:
                client.ask("PUT", f"/updates/gogov/w{number}-{dice.randint(1, 3)}", note(code, details=f"{n}"), {}, self.key)
            else:
                own.append(self.accepted(client.post(progress(code, n), key=self.key))["id"])
        session.close()
        client.close()

    def test_nothing_is_missed_or_doubled_however_often_it_is_killed(self):
        seed = int(os.environ.get("TEST_SEED", time.time_ns() % 10**6))
        support.say(f"TEST_SEED={seed}")
        first = int(self.db.sql("select coalesce(max(id), 0) from progress.change"))
        base = self.begun(limit=500).disk
        late, tail = Disk(), Disk(cursor=base.cursor, documents=dict(base.documents))
        kills, ended = [0], threading.Event()

        def pull(disk, one_in):
            client = Client(self.server.port)
            dice = random.Random(f"{seed}/{one_in}")
            alive = True
            while alive or kills[0] < KILLS:
                alive = not ended.is_set()
                try:
                    Puller(disk, client, limit=dice.choice((1, 2, 5, 20, 100)), die=chance(dice.random(), one_in)).run()
                except Killed:
                    kills[0] += 1
                if not alive and kills[0] < KILLS:
                    self.accepted(client.post(note("8.1"), key=self.key))
            Puller(disk, client).run()
            client.close()

        def write():
            try:
                together(*(lambda n=n: self.write(n, f"{seed}/{n}") for n in range(1, WRITERS + 1)))
            finally:
                ended.set()

        # One began before the first write, one begins with its snapshot while they write.
        together(write, lambda: pull(tail, 12), lambda: pull(late, 13))
        Puller(tail, self.client).run()
        Puller(late, self.client).run()
        self.assertGreaterEqual(kills[0], KILLS)
        written = set(self.db.sql(f"select id from progress.change where id > {first}").split("\n"))
        self.assertEqual(set(tail.changes), written, "missed, or told of what is not there")
        self.assertLessEqual(set(late.changes), written)
        for disk in (tail, late):
            self.assertEqual(disk.resets, [])
            self.same_as_the_tables(disk)
            self.each_thing_in_its_order(disk)
        support.say(f"{len(written)} changes, {kills[0]} kills")

    def each_thing_in_its_order(self, disk):
        last = {}
        for number, change in disk.changes.items():
            thing = change["entity"], change["id"]
            self.assertGreater(int(number), last.get(thing, 0), thing)
            last[thing] = int(number)


if __name__ == "__main__":
    unittest.main()

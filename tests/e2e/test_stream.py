"""GET /stream: what changes is told once, to everybody, in time; and what was missed, on coming back."""
import itertools
import signal
import threading
import time
import unittest

import support
from cached import Session, connected, figures, rename_goal, report
from client import Client
from events import PATIENCE, Event, Stream
from support import Case, Database, Server, note, progress

SILENCE = 0.7  # seconds; nothing is proved by it that another check does not prove too
MANY = 1001  # changes: one more than are told one by one


class Streams(Case):
    settings = {"PROGRESS_HEARTBEAT_MS": 300}

    def stream(self, server=None, **more):
        made = Stream((server or self.server).port, **more)
        self.addCleanup(made.close)
        return made

    def newcomer(self, server=None, **more):
        """Past its greeting, so that what is done from now on is told."""
        made = self.stream(server, **more)
        self.assertEqual(made.status, 200)
        greeting = made.next()
        self.assertEqual((greeting.name, greeting.data), ("hello", {"resumed": False}))
        self.assertIsNotNone(greeting.id)
        return made

    def back(self, last_id, server=None, **more):
        """Comes back with an id; all events so far told are those of the greeting, and then live ones."""
        made = self.stream(server, last_id=last_id, **more)
        self.assertEqual(made.status, 200)
        greeting = made.next()
        self.assertEqual(greeting, Event("hello", {"resumed": True}, None))
        return made

    def session(self):
        made = Session(self.db)
        self.addCleanup(made.close)
        return made

    def post(self, body, **more):
        return self.accepted(self.client.post(body, key=self.key, **more))


class WhatIsTold(Streams):
    def test_the_head_says_that_it_goes_on_and_is_kept_by_nobody(self):
        for method in ("GET", "HEAD"):
            got = self.stream(method=method)
            self.assertEqual(got.status, 200)
            self.assertEqual(got.headers["content-type"], "text/event-stream")
            self.assertEqual(got.headers["cache-control"], "no-store")
            self.assertEqual(got.headers["x-accel-buffering"], "no")
            self.assertEqual(got.headers["connection"], "close")
            self.assertEqual(got.headers["access-control-allow-origin"], "*")
            self.assertNotIn("content-length", got.headers)
            self.assertNotIn("transfer-encoding", got.headers)
            if method == "HEAD":
                self.assertTrue(got.ended())

    def test_a_report_is_told_once_with_its_place_and_nothing_of_what_it_says(self):
        stream = self.newcomer()
        self.assertIn(stream.retry, range(3000, 5000))
        made = self.post(progress("7.1", 40))
        got = stream.change()
        at = got.data.pop("at")
        self.assertRegex(at, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(got.data, {
            "entity": "update", "id": made["id"], "op": "published", "plan": "cerritos-in-progress",
            "objective": "7.1", "goal": 7, "links": {"self": f"/updates/{made['id']}"}})
        self.assertIsNotNone(got.id)
        self.assertTrue(stream.is_silent(SILENCE))
        self.assertEqual(self.client.get(got.data["links"]["self"]).json["id"], made["id"])

    def test_who_reads_on_an_event_sees_the_change(self):
        stream, reader = self.newcomer(), self.connect()
        for percent in range(1, 11):
            before = reader.get("/objectives/7.2").json["updates_count"]
            writer = threading.Thread(target=report, args=(Client(self.server.port, self.key), "7.2", percent))
            writer.start()
            stream.change()
            seen = reader.get("/objectives/7.2").json
            self.assertEqual((seen["updates_count"], seen["percent_complete"]), (before + 1, percent))
            writer.join()

    def test_corrections_retractions_and_edits_are_told(self):
        editor = self.db.key(scope="edit", source="city")
        stream = self.newcomer()
        wrong = self.post(progress("2.1", 10))
        right = self.post(progress("2.1", 15, supersedes=wrong["id"], reason="It was 15."))
        self.accepted(self.client.post({"reason": "No."}, f"/updates/{right['id']}/retraction", key=self.key), 200)
        for path, body in (("/goals/7", {"short_name": "Openness"}), ("/objectives/7.1", {"tags": ["app"]})):
            self.accepted(self.client.ask("PATCH", path, body, {"If-Match": self.client.get(path)["ETag"]}, editor),
                          200)
        told = [stream.change() for _ in range(6)]
        self.assertEqual([t.subject for t in told], [
            ("update", wrong["id"], "published"), ("update", wrong["id"], "superseded"),
            ("update", right["id"], "published"), ("update", right["id"], "retracted"),
            ("goal", "7", "changed"), ("objective", "7.1", "changed")])
        self.assertEqual([(t.data["goal"], t.data["objective"], t.data["links"]["self"]) for t in told[4:]],
                         [(7, None, "/goals/7"), (7, "7.1", "/objectives/7.1")])
        for path in {t.data["links"]["self"] for t in told}:
            self.assertEqual(self.client.get(path).status, 200)

    def test_no_draft_shows_before_it_is_published(self):
        reporter, stream = self.db.key(scope="report"), self.newcomer()
        kept, dropped = (self.accepted(self.client.post(note("7.3"), key=reporter)) for _ in range(2))
        self.assertEqual(kept["state"], "draft")
        self.accepted(self.client.ask("PUT", f"/updates/{kept['id']}", note("7.3", details="More."),
                                      {"If-Match": self.client.get(f"/updates/{kept['id']}?state=draft",
                                                                   Authorization=f"Bearer {reporter}")["ETag"]},
                                      reporter), 200)
        self.accepted(self.client.post(None, f"/updates/{dropped['id']}/discard", key=reporter), 200)
        self.assertTrue(stream.is_silent(SILENCE))
        mark = self.post(note("7.4"))
        self.assertEqual(stream.change().subject, ("update", mark["id"], "published"), "the drafts were told of")
        self.accepted(self.client.post(None, f"/updates/{kept['id']}/publication", key=self.key), 200)
        self.assertEqual(stream.change().subject, ("update", kept["id"], "published"))

    def test_a_plan_by_name_is_told_of_alone_and_one_that_is_not_there_is_404(self):
        self.db.sql("insert into progress.plan (slug, title, organization, time_zone, fiscal_year_start, state)"
                    " select 'another', 'Another', organization, time_zone, fiscal_year_start, 'archived'"
                    " from progress.plan where slug <> 'another' on conflict do nothing")
        active, named = self.newcomer(), self.newcomer(path="/stream?plan=another")
        self.db.sql("insert into progress.change (entity, entity_id, op, plan_id)"
                    " select 'plan', slug, 'changed', id from progress.plan where slug = 'another'")
        got = named.change()
        self.assertEqual((got.subject, got.data["links"]["self"]), (("plan", "another", "changed"), "/plan?plan=another"))
        mark = self.post(note("7.4"))
        self.assertEqual(active.change().subject, ("update", mark["id"], "published"))
        self.assertTrue(named.is_silent(SILENCE))
        lost = self.stream(path="/stream?plan=nothing")
        self.assertEqual((lost.status, lost.problem()["code"]), (404, "not-found"))

    def test_silence_is_kept_alive_by_comments(self):
        stream = self.newcomer()
        self.assertTrue(stream.is_silent(2.0))
        self.assertGreaterEqual(stream.comments, 2)

    def test_more_than_anybody_wants_one_by_one_is_a_reset(self):
        stream = self.newcomer()
        last = stream.last_id
        self.db.sql("insert into progress.change (entity, entity_id, op, plan_id) select 'goal', '1', 'changed', id"
                    f" from progress.plan, generate_series(1, {MANY}) where state = 'active'")
        got = stream.next()
        self.assertEqual((got.name, got.data), ("reset", {"reason": "too_many"}))
        self.reset(last, "too_many")
        mark = self.post(note("7.4"))
        self.assertEqual(stream.change().subject, ("update", mark["id"], "published"))

    def reset(self, last_id, reason):
        stream = self.stream(last_id=last_id)
        self.assertEqual(stream.next(), Event("hello", {"resumed": False}, None))
        got = stream.next()
        self.assertEqual((got.name, got.data), ("reset", {"reason": reason}))
        self.assertIsNotNone(got.id)
        return stream


class Resuming(Streams):
    def test_what_was_missed_comes_first_and_then_what_is_new_each_once(self):
        stream = self.newcomer()
        first = self.post(note("7.1"))
        stream.change()
        stream.close()
        missed = [self.post(note("7.1"))["id"] for _ in range(5)]
        again = self.back(stream.last_id)
        self.assertEqual([again.change().data["id"] for _ in missed], missed)
        new = self.post(note("7.1"))
        self.assertEqual(again.change().data["id"], new["id"])
        self.assertTrue(again.is_silent(SILENCE))
        self.assertNotIn(first["id"], missed)

    def test_only_the_last_of_a_batch_moves_the_clients_id(self):
        """So that a cut in the middle repeats, and never loses."""
        stream = self.newcomer()
        session = self.session()
        session.do("begin")
        for number in (1, 2, 3):
            rename_goal(session, number, f"Name {time.time_ns()}")
        session.do("commit")
        told = [stream.change() for _ in range(3)]
        self.assertEqual([t.data["id"] for t in told], ["1", "2", "3"])
        self.assertEqual([t.id is None for t in told], [True, True, False])

    def test_a_transaction_that_commits_late_is_told_live_and_on_coming_back(self):
        stream = self.newcomer()
        late = self.session()
        late.do("begin")
        rename_goal(late, 5, "Late")
        early = self.post(note("7.1"))
        got = stream.change()
        self.assertEqual(got.data["id"], early["id"])
        self.assertNotEqual(got.id.split(":")[-1], "", "the id does not know of what is under way")
        gone = self.back(got.id)
        self.assertTrue(gone.is_silent(SILENCE), "what was told is not told again")
        gone.close()
        late.do("commit")
        after = self.post(note("7.1"))
        for told in (stream, self.back(got.id)):
            self.assertEqual({told.change().subject for _ in range(2)},
                             {("goal", "5", "changed"), ("update", after["id"], "published")})
            self.assertTrue(told.is_silent(SILENCE))

    def test_nothing_is_lost_or_repeated_however_often_one_comes_back(self):
        """Writers with transactions of every length, and a reader that hangs up after every few events."""
        rounds = 6 if support.QUICK or support.INSTRUMENTED else 25
        stream, written, lock = self.newcomer(), [], threading.Lock()

        def write(number):
            session = Session(self.db)
            for n in range(rounds):
                name = f"{number}.{n}"
                session.do("begin")
                session.do("insert into progress.change (entity, entity_id, op, plan_id) select 'objective',"
                           f" '{name}', 'changed', id from progress.plan where state = 'active'")
                time.sleep(0.002 * number * (n % 5))
                session.do("commit")
                with lock:
                    written.append(name)
            session.close()

        writers = [threading.Thread(target=write, args=(n,)) for n in range(1, 6)]
        for writer in writers:
            writer.start()
        seen = []
        for turn in itertools.count():
            if len(seen) >= 5 * rounds:
                break
            told = stream.change()
            seen.append(told.data["id"])
            # at an id: what stands before it in its batch was had
            if told.id and turn % 2:
                stream.close()
                stream = self.back(stream.last_id)
        for writer in writers:
            writer.join()
        self.assertEqual(sorted(seen), sorted(written))
        self.assertTrue(stream.is_silent(SILENCE))

    def test_an_id_that_is_none_of_ours_is_a_reset(self):
        known = self.newcomer().last_id
        database, _, snapshot = known.partition("-")
        for last_id in ("x", "17", known + "x", f"{database}-0:1:", f"{database}-9:3:", f"{database}-1:9:7,3",
                        f"{database}-1:9:12", f"{database}-1:{10**30}:", f"{database}-1:5000:" + "2," * 200,
                        "-" + snapshot):
            support.wait_until(lambda: figures(self.client)["event_streams_open"] < 4, "those before to be gone")
            stream = self.stream(last_id=last_id)
            self.assertEqual(stream.status, 200, last_id)
            self.assertEqual(stream.next(), Event("hello", {"resumed": False}, None), last_id)
            got = stream.next()
            self.assertEqual((got.name, got.data), ("reset", {"reason": "unknown_id"}), last_id)
            stream.close()
        stream = self.stream(last_id="0123456789abcdef-" + snapshot)
        stream.next()
        self.assertEqual(stream.next().data, {"reason": "new_history"})

    def test_both_of_two_instances_tell_and_an_id_of_one_is_good_at_the_other(self):
        other = Server(self.db.url, **self.settings)
        self.addCleanup(other.kill)
        here, there = self.newcomer(), self.newcomer(other)
        reader = connected(self, other)
        for percent in range(1, 6):
            made = self.post(progress("3.1", percent))
            self.assertEqual(here.change().data["id"], made["id"])
            self.assertEqual(there.change().data["id"], made["id"])
            self.assertEqual(reader.get("/objectives/3.1").json["percent_complete"], percent)
        missed = [self.post(note("7.1"))["id"] for _ in range(3)]
        again = self.back(there.last_id, self.server)
        told = self.back(here.last_id, other)
        self.assertEqual([again.change().data["id"] for _ in missed], missed)
        self.assertEqual([told.change().data["id"] for _ in missed], missed)
        for stream in (again, told):
            self.assertTrue(stream.is_silent(SILENCE))


class Bounds(Streams):
    """16 threads, so two streams; and little patience with slow readers."""

    settings = {"PROGRESS_THREADS": 16, "PROGRESS_ANSWER_MS": 500, "PROGRESS_HEARTBEAT_MS": 300}

    def test_beyond_the_cap_it_is_503_with_retry_after_until_somebody_leaves(self):
        first, second = self.newcomer(), self.newcomer()
        self.assertEqual(figures(self.client)["event_streams_open"], 2)
        third = self.stream()
        self.assertEqual((third.status, third.headers["retry-after"]), (503, "15"))
        self.assertEqual(third.problem()["code"], "unavailable")
        self.assertEqual(figures(self.client)["event_streams_refused_total"], 1)
        self.assertEqual(self.client.get("/goals").status, 200)
        first.close()
        support.wait_until(lambda: figures(self.client)["event_streams_open"] == 1, "the leaving of one")
        fourth = self.newcomer()
        made = self.post(note("7.1"))
        for stream in (second, fourth):
            self.assertEqual(stream.change().data["id"], made["id"])

    def cuts(self):
        """By a connection of its own: one kept may be idle for longer than it lives."""
        client = Client(self.server.port)
        try:
            return figures(client)['http_server_cuts_total{kind="stream"}']
        finally:
            client.close()

    def test_who_does_not_read_is_dropped_and_the_others_go_on(self):
        support.wait_until(lambda: figures(self.client)["event_streams_open"] == 0, "the others to leave")
        before = self.cuts()
        self.newcomer(buffer=4096)
        reader, told = self.newcomer(), 0
        end = time.monotonic() + PATIENCE
        while self.cuts() == before and time.monotonic() < end:
            self.db.sql("insert into progress.change (entity, entity_id, op, plan_id) select 'goal', '1', 'changed',"
                        " id from progress.plan, generate_series(1, 900) where state = 'active'")
            for _ in range(900):
                reader.change()
                told += 1
        self.assertEqual(self.cuts(), before + 1)
        self.client = self.connect()
        support.wait_until(lambda: figures(self.client)["event_streams_open"] == 1, "the slow one to be gone")
        support.say(f"cut after {told} events")
        made = self.post(note("7.1"))
        self.assertEqual(reader.change().data["id"], made["id"])

    def test_a_signal_to_end_ends_streams_at_once(self):
        server = Server(self.db.url, **self.settings)
        self.addCleanup(server.kill)
        streams = [self.newcomer(server) for _ in range(2)]
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        for stream in streams:
            self.assertTrue(stream.ended())
            stream.close()
        self.assertEqual(server.process.wait(PATIENCE), 0)
        support.say(f"ended {(time.monotonic() - began) * 1000:.0f} ms after the signal")


class Without(Streams):
    def test_no_stream_is_let_in_where_there_are_to_be_none(self):
        server = Server(self.db.url, PROGRESS_STREAMS=0)
        self.addCleanup(server.kill)
        got = self.stream(server)
        self.assertEqual((got.status, got.problem()["code"]), (404, "not-found"))

    def test_a_service_that_keeps_no_answers_tells_all_the_same(self):
        server = Server(self.db.url, PROGRESS_CACHE_MB=0)
        self.addCleanup(server.kill)
        here, there = self.newcomer(), self.newcomer(server)
        writer = connected(self, server, self.key)
        made = self.accepted(writer.post(note("7.1")))
        for stream in (here, there):
            self.assertEqual(stream.change().data["id"], made["id"])


class Outage(unittest.TestCase):
    """A cluster of its own, which goes away."""

    def test_streams_outlive_the_database_and_are_told_to_begin_anew(self):
        cluster = support.Cluster.own()
        self.addCleanup(cluster.remove)
        db = Database.with_plan(cluster)
        key = db.key()
        server = Server(db.url, PROGRESS_HEARTBEAT_MS=300)
        self.addCleanup(server.kill)
        client = Client(server.port, key)
        self.addCleanup(client.close)

        def stream(**more):
            made = Stream(server.port, **more)
            self.addCleanup(made.close)
            return made

        old = stream()
        last = old.next().id
        cluster.control("stop")
        support.wait_until(lambda: client.get("/readyz").status == 503, "the service to notice")
        comments = old.comments
        self.assertTrue(old.is_silent(1.5))
        self.assertGreater(old.comments, comments, "no sign of life")
        new = stream()
        self.assertEqual((new.status, new.next().name), (200, "hello"))
        refused = stream(last_id=last)
        self.assertEqual(refused.status, 503)
        self.assertIn("retry-after", refused.headers)
        client.close()  # idle for longer than it may be kept
        cluster.control("start")
        for open_one in (old, new):
            got = open_one.next()
            self.assertEqual((got.name, got.data), ("reset", {"reason": "new_history"}))
        support.wait_until(lambda: client.get("/readyz").status == 200, "the service to be back")
        report(client, "7.1", 40)
        for open_one in (old, new):
            self.assertEqual(open_one.change().data["op"], "published")
        stale = stream(last_id=last)
        self.assertEqual([stale.next().name, stale.next().data], ["hello", {"reason": "new_history"}])


if __name__ == "__main__":
    unittest.main()

"""What one instance writes the others show soon, whoever tells them or not; and nothing ever goes backwards."""

import itertools
import os
import shutil
import threading
import time
import unittest

import support
from cached import (FRESH_WITHIN, OBJECTIVES, SLACK, Session, Tap, at_percent, connected, rename_goal, report, settle,
                    together, version)
from history import Read, Write, faults
from support import Case, Cluster, Database, RECORD, Server

DEADLINE = 5.0 if not support.INSTRUMENTED else 20.0
ROUNDS = 10 if support.QUICK or support.INSTRUMENTED else 60
QUIET_ROUNDS = 2 if support.QUICK else 5
# TEST_LONG is a time in seconds: a minute where somebody wants to be sure.
CHECK_FOR = float(os.environ.get("TEST_LONG") or (5 if support.QUICK else 12))
WRITER_PAUSE = 0.02


def total(client):
    """How many updates are shown; None where the service does not know for now."""
    got = client.get("/updates?count=exact")
    return got.json["page"]["total"] if got.status == 200 else None


class Instances(Case):
    """Two with the cache, and one that has none and never tells anybody of its writes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = Server(cls.db.url)
        cls.addClassCleanup(cls.second.kill)
        cls.silent = Server(cls.db.url, PROGRESS_CACHE_MB=0)
        cls.addClassCleanup(cls.silent.kill)

    def setUp(self):
        super().setUp()
        self.writer = self.connect(self.key)
        self.reader = self.connect(server=self.second)
        self.untold = self.connect(self.key, self.silent)

    def until_shown(self, reader, code, count):
        """Seconds until the reader's instance shows that many updates."""
        began = time.monotonic()
        while version(reader, code)[0] < count:
            if time.monotonic() - began > DEADLINE:
                self.fail(f"{code} is not at {count} after {DEADLINE} s: {version(reader, code)}")
            time.sleep(0.0005)
        return time.monotonic() - began

    def lags(self, writer, code, rounds):
        times, count = [], version(self.untold, code)[0]
        self.assertLessEqual(self.until_shown(self.reader, code, count), DEADLINE)
        for n in range(1, rounds + 1):
            report(writer, code, n)
            times.append(self.until_shown(self.reader, code, count + n))
        return times


class Lag(Instances):
    def test_the_other_instance_shows_a_change_when_it_is_told(self):
        times = self.lags(self.writer, "7.1", ROUNDS)
        support.say(f"answered to visible on the other instance, told: p50 {at_percent(times, 50)}, "
                    f"p99 {at_percent(times, 99)} of {len(times)}")

    def test_the_other_instance_shows_a_change_when_nobody_tells_it(self):
        times = self.lags(self.untold, "7.2", QUIET_ROUNDS)
        support.say(f"answered to visible on the other instance, untold: p50 {at_percent(times, 50)}, "
                    f"most {at_percent(times, 100)} of {len(times)}")

    def test_what_the_command_line_imports_is_shown(self):
        before = self.reader.get("/updates?count=exact").json["page"]["total"]
        support.run("import", RECORD, "--publish", url=self.db.url)
        expected = self.untold.get("/updates?count=exact").json["page"]["total"]
        self.assertGreater(expected, before)
        for client in (self.reader, self.client):
            support.wait_until(lambda c=client: total(c) == expected,
                               "the imported record is shown", DEADLINE)

    def shown_names(self, client):
        return {g["number"]: g["short_name"] for g in client.get("/goals").json["data"]}

    def test_transactions_that_commit_late_and_out_of_order_are_all_seen(self):
        """Each has its number before a look and its commit after it, with others in between."""
        sessions = {number: Session(self.db) for number in (1, 2, 3, 4)}
        for number, session in sessions.items():
            self.addCleanup(session.close)
            session.do("begin")
            rename_goal(session, number, f"late {number}")
        for number in (3, 1, 4, 2):
            report(self.writer, "7.3", number)
            time.sleep(1.1)  # a look goes by, and sees none of those that are open
            self.assertNotEqual(self.shown_names(self.reader)[number], f"late {number}")
            sessions[number].do("commit")
            for client in (self.reader, self.client):
                support.wait_until(lambda c=client, n=number: self.shown_names(c)[n] == f"late {n}",
                                   f"goal {number} is shown", DEADLINE)

    def test_what_is_rolled_back_is_never_shown(self):
        session = Session(self.db)
        self.addCleanup(session.close)
        session.do("begin")
        rename_goal(session, 5, "never")
        time.sleep(1.1)
        session.do("rollback")
        time.sleep(1.1)
        self.assertNotEqual(self.shown_names(self.reader)[5], "never")


class Listener(Instances):
    def cut_followers(self):
        return self.db.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = "
                           "current_database() and query ~ 'progress_changes|change_look' and pid <> pg_backend_pid()")

    def test_a_cut_listener_misses_nothing(self):
        count = version(self.untold, "2.1")[0]
        times = []
        for n in range(1, 2 if support.QUICK else 6):
            self.assertGreaterEqual(int(self.cut_followers()), 1)
            report(self.untold, "2.1", n)
            times.append(self.until_shown(self.reader, "2.1", count + n))
            self.assertLess(times[-1], FRESH_WITHIN + SLACK)
            self.assertIsNone(version(self.reader, "2.1")[1], "and it is confirmed")
        support.say(f"listener cut, then a write: shown within {at_percent(times, 100)}")

    def test_who_cannot_follow_changes_any_more_still_shows_its_own_writes(self):
        """The look has no connection, and every other query works: the database is not away."""
        tap = Tap(self.db)
        self.addCleanup(tap.remove)
        deaf = Server(tap.url)
        self.addCleanup(deaf.kill)
        client = connected(self, deaf, self.key)
        count = version(client, "2.2")[0]
        tap.deafen()
        for n in range(1, 8):
            report(client, "2.2", n)
            self.assertEqual(version(client, "2.2")[0], count + n, f"{n * 0.5} s after its listener went")
            time.sleep(0.5)


@support.not_quick
class Replaced(unittest.TestCase):
    """A database that goes and comes back, as it was or as another."""

    def setUp(self):
        self.cluster = Cluster.own("synchronous_commit=on")
        self.addCleanup(self.cluster.remove)
        self.db = Database.with_plan(self.cluster)
        self.key = self.db.key()

    def open(self):
        """Two instances which have shown one update."""
        self.servers = {name: Server(self.db.url) for name in ("first", "second")}
        self.clients = {}
        for name, server in self.servers.items():
            self.addCleanup(server.kill)
            self.clients[name] = connected(self, server, self.key)
        report(self.clients["first"], "7.1", 10)
        self.settle(1)

    def settle(self, count):
        """All of them show the objective so, and hold that answer for good."""
        for client in self.clients.values():
            support.wait_until(lambda c=client: version(c, "7.1")[0] == count, "the update is shown", DEADLINE)
            settle(client)
            self.assertEqual(version(client, "7.1"), (count, None))

    def expect(self, count, back):
        """Since the database answers again, at `back`: an old answer, or an unconfirmed one, is soon the last."""
        last = dict.fromkeys(self.clients, back)
        while time.monotonic() < back + FRESH_WITHIN + SLACK + 1:
            for name, client in self.clients.items():
                began = time.monotonic()
                if version(client, "7.1") != (count, None):
                    last[name] = began
            time.sleep(0.01)
        for name, at in last.items():
            support.say(f"{self._testMethodName}: {name} instance right {at - back:.2f} s after its return")
            self.assertLess(at - back, FRESH_WITHIN + SLACK, name)

    def test_a_restart(self):
        self.open()
        self.cluster.control("stop")
        time.sleep(3)
        self.cluster.start("synchronous_commit=on")
        self.expect(1, time.monotonic())

    def test_a_restart_with_a_write_before_anybody_looks(self):
        self.open()
        self.cluster.control("stop")
        self.cluster.start("synchronous_commit=on")
        session = Session(self.db)
        self.addCleanup(session.close)
        session.do("select 1")
        support.run("import", RECORD, "--publish", url=self.db.url)
        back = time.monotonic()
        expected = self.db.count("published_update")
        self.assertGreater(expected, 1)
        for name, client in self.clients.items():
            support.wait_until(lambda c=client: total(c) == expected,
                               f"{name} shows what was imported", FRESH_WITHIN + SLACK)
            support.say(f"{self._testMethodName}: {name} instance right after {time.monotonic() - back:.2f} s")

    def test_another_copy_under_the_same_name(self):
        """A restored backup takes its place: fewer updates, and the same system answers."""
        copy = f"{self.db.name}_backup"
        self.cluster.sql(f"create database {copy} template {self.db.name}")
        self.open()
        name = self.db.name
        self.cluster.sql(
            f"alter database {name} allow_connections false;"
            f"select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = '{name}';"
            f"alter database {name} rename to {name}_old; alter database {copy} rename to {name};")
        self.expect(0, time.monotonic())

    def test_the_files_of_an_older_copy(self):
        """The whole server goes back in time: the same system, the same database, lower transaction numbers."""
        folder = os.path.join(self.cluster.folder, "data")
        self.cluster.control("stop")
        shutil.copytree(folder, f"{folder}-copy", symlinks=True)
        if os.getuid() == 0:
            for at, folders, files in os.walk(f"{folder}-copy"):
                for name in (".", *folders, *files):
                    shutil.chown(os.path.join(at, name), "postgres", "postgres")
        self.cluster.start("synchronous_commit=on")
        self.open()
        for n in range(20):
            report(self.clients["first"], "7.2", n)
        self.settle(1)
        self.cluster.control("stop")
        os.rename(folder, f"{folder}-old")
        os.rename(f"{folder}-copy", folder)
        self.cluster.start("synchronous_commit=on")
        self.expect(0, time.monotonic())


class Checker(unittest.TestCase):
    """The checker finds what it is for."""

    WRITES = [Write("a", "7.1", 1, 1.0), Write("a", "7.1", 2, 2.0)]

    def found(self, *reads):
        return len(faults(self.WRITES, [Read("a", "/x", "7.1", *read) for read in reads]))

    def test_it_lets_pass_what_is_right(self):
        self.assertEqual(self.found((0, 0.5, 0.9), (2, 1.5, 1.9), (2, 2.1, 2.2)), 0, "it may see more than was told")
        self.assertEqual(self.found((1, 1.9, 2.3), (2, 2.1, 2.2)), 0, "a read that began before the answer")

    def test_it_finds_an_answer_older_than_a_write(self):
        self.assertEqual(self.found((1, 2.1, 2.2)), 1)
        self.assertEqual(self.found((1, 2.1, 2.2, False)), 0, "it said so")

    def test_it_finds_a_version_that_goes_backwards(self):
        self.assertEqual(self.found((2, 1.1, 1.2), (1, 1.3, 1.4)), 1)
        self.assertEqual(self.found((2, 1.1, 1.35), (1, 1.3, 1.4)), 0, "both were asked for at once")


class History(Instances):
    """Readers and writers on both; what each was told when is kept, and judged afterwards."""

    def setUp(self):
        super().setUp()
        self.instances = {"first": self.server, "second": self.second}
        self.writes, self.reads, self.ended = [], [], threading.Event()

    def write(self, instance, code):
        client = connected(self, self.instances[instance], self.key)
        count = version(self.untold_of(), code)[0]
        while not self.ended.is_set():
            count += 1
            report(client, code, count % 101)
            self.writes.append(Write(instance, code, count, time.monotonic()))
            time.sleep(WRITER_PAUSE)

    def untold_of(self):
        return connected(self, self.silent)

    def read(self, instance, number):
        client = connected(self, self.instances[instance])
        paths = ["/objectives", *(f"/objectives/{code}" for code in OBJECTIVES[:4]),
                 *(f"/objectives/{code}/updates?limit=1&count=exact" for code in OBJECTIVES[:4])]
        for path in itertools.cycle(paths[number:] + paths[:number]):
            began = time.monotonic()
            got = client.get(path)
            ended = time.monotonic()
            self.assertEqual(got.status, 200, str(got))
            for code, count in self.versions(path, got.json).items():
                self.reads.append(Read(instance, path, code, count, began, ended, not got["Age"]))
            if self.ended.is_set():
                return

    @staticmethod
    def versions(path, document):
        if path == "/objectives":
            return {o["code"]: o["updates_count"] for o in document["data"] if o["code"] in OBJECTIVES[:4]}
        code = path.split("/")[2]
        return {code: document["page"]["total"] if "count=exact" in path else document["updates_count"]}

    def test_no_reader_sees_an_older_version_and_every_instance_converges(self):
        def clock():
            self.ended.wait(CHECK_FOR)
            self.ended.set()

        jobs = [(self.write, name, code) for name, code in zip(("first", "first", "second"), OBJECTIVES)]
        jobs += [(self.read, name, n) for name in self.instances for n in range(3)]
        together(clock, *(lambda j=job: self.guarded(*j) for job in jobs))
        late = sum(not read.confirmed for read in self.reads)
        support.say(f"{CHECK_FOR:.0f} s: {len(self.writes)} writes, {len(self.reads)} versions read, "
                    f"{late} of them unconfirmed")
        self.assertGreater(len(self.writes), 10)
        self.assertLess(late, len(self.reads) / 2, "an outage that is none")
        found = faults(self.writes, self.reads)
        self.assertEqual(found[:5], [], f"{len(found)} in all")
        self.converges()

    def guarded(self, work, *arguments):
        try:
            work(*arguments)
        finally:
            self.ended.set()

    def converges(self):
        truth = self.connect(server=self.silent)
        for path in ("/objectives", "/updates?limit=500", "/summary", "/goals", "/plan"):
            expected = truth.get(path).body
            for server in self.instances.values():
                client = self.connect(server=server)
                support.wait_until(lambda c=client, p=path, e=expected: c.get(p).body == e,
                                   f"{path} is the database's own", DEADLINE)


if __name__ == "__main__":
    unittest.main()

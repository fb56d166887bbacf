"""The database's disk is full: writes are refused in time and say why, reads go on, and nothing acknowledged is lost.

PostgreSQL lies on a small file system of its own, which a big file fills. Two things follow, by what finds no room: a
table, and PostgreSQL refuses the statement; or its log (WAL), and PostgreSQL stops.
"""

import contextlib
import os
import re
import time
import unittest

import support
from ledger import Ledger
from small_disk import SETTINGS, Missing, SmallDisk
from support import Case, Cluster, Database, Server, note, wait_until

SLACK = 1.0 if not support.INSTRUMENTED else 5.0
WITHIN = 2.0 + SLACK  # for an answer, and for the first write once there is room
KNOWN = ("/plan", "/summary", "/goals", "/objectives", "/objectives/7.1", "/updates")
LARGE = {"details": "What was done, at length. " * 180}
WRITES_MOST = 400  # until the pages at hand are full


@support.not_quick
class DiskFull(Case):
    @classmethod
    def setUpClass(cls):
        try:
            cls.disk = SmallDisk()
        except Missing as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.addClassCleanup(cls.disk.remove)
        cls.cluster = Cluster("", folder=os.path.join(cls.disk.folder, "cluster"))
        cls.cluster.start(*SETTINGS)
        cls.addClassCleanup(cls.cluster.remove)
        cls.db = Database.with_plan(cls.cluster)
        cls.key = cls.db.key()

    def setUp(self):
        self.addCleanup(self.disk.make_room)
        self.cluster.sql("checkpoint")
        self.server = Server(self.db.url)
        self.addCleanup(self.server.kill)
        self.reader, self.writer = self.connect(), self.connect(self.key)
        self.ledger = Ledger(self._testMethodName)
        self.ledger.write(self.writer, "before")
        for path in KNOWN:
            self.assertEqual(self.reader.get(path).status, 200, path)

    def ask(self, name):
        """A large write under a key of its own; how long its answer took goes with it."""
        began = time.monotonic()
        got = self.writer.ask("POST", "/updates", note("7.1", summary=name, **LARGE),
                              {"Idempotency-Key": f'"{name}"'})
        return got, time.monotonic() - began

    def write_until_refused(self):
        """Names of those that still found room, and the answer that did not."""
        stored = []
        for number in range(WRITES_MOST):
            name = f"large {self._testMethodName} {number}"
            got, took = self.ask(name)
            self.assertLess(took, WITHIN, str(got))
            if got.status == 503:
                return stored, name, got
            self.assertEqual(got.status, 201, str(got))
            stored.append(name)
            self.disk.fill()
        self.fail("the disk is full, and no write was refused")

    def stored(self):
        found = self.db.sql(f"select summary from progress.published_update "
                            f"where summary like 'large {self._testMethodName} %' order by id")
        return found.splitlines()

    def reads_go_on(self):
        for path in KNOWN:
            self.assertEqual(self.reader.get(path).status, 200, path)

    def wait_for_a_write(self, name):
        """How long until it is acknowledged, from now."""
        began = time.monotonic()
        answers = self.ledger.write(self.writer, name)
        self.assertEqual(answers[-1].status, 201, str(answers[-1]))
        return time.monotonic() - began

    def test_no_room_for_a_table(self):
        self.disk.fill()
        stored, name, got = self.write_until_refused()
        self.assertIn("disk is full", self.refused(got, 503)["detail"])
        self.assertGreaterEqual(int(got["Retry-After"]), 1)
        self.assertEqual(self.stored(), stored, "what was acknowledged is there, and nothing else")
        self.reads_go_on()
        for path in (f"/updates?limit={n}" for n in range(60, 70)):
            self.assertEqual(self.reader.get(path).status, 200, f"{path}, which nobody asked for before")
        health = self.reader.get("/health").json
        self.assertEqual((health["status"], health["database"]["status"]), ("degraded", "up"))
        self.assertIn("disk full", health["database"]["detail"])
        self.assertEqual(self.reader.get("/readyz").status, 200, "reads are worth sending here")

        self.disk.make_room()
        took = self.wait_for_a_write("after")
        support.say(f"{len(stored)} large writes found room on the full disk; first write {took:.2f} s after its relief")
        self.assertLess(took, WITHIN)
        self.assertEqual(self.ask(name)[0].status, 201, "the refused one, under its key")
        self.assertEqual(self.ask(stored[0])[0]["Idempotent-Replayed"] if stored else "true", "true")
        self.assertEqual(self.stored(), [*stored, name], "each once")
        self.assertEqual(self.reader.get("/health").json["status"], "ok")
        self.ledger.check(self, self.writer)

    def test_no_room_for_the_log(self):
        """PostgreSQL stops, and may not be able to start before there is room."""
        self.disk.fill()
        with contextlib.suppress(AssertionError):  # who asks for it is cut off too
            self.cluster.sql("select pg_switch_wal(), pg_sleep(0.1) from generate_series(1, 8)")
        stored, name, got = self.write_until_refused()
        self.assertIn(self.refused(got, 503)["code"], ("unavailable", "outcome-unknown"))
        self.assertGreaterEqual(int(got["Retry-After"]), 1)
        self.reads_go_on()
        self.assertGreater(self.lost_connections(), 0, "PostgreSQL stopped")
        ready = self.reader.get("/readyz")  # 503 while it is away; its recovery may have found room, for a moment
        self.assertTrue(ready.status == 200 or "database" in self.refused(ready, 503)["detail"], str(ready))

        self.disk.make_room()
        if self.ended():
            self.cluster.start_again(*SETTINGS)
        wait_until(self.is_up, "PostgreSQL has recovered")
        took = self.wait_for_a_write("after")
        support.say(f"first write {took:.2f} s after PostgreSQL recovered")
        self.assertLess(took, WITHIN)
        self.assertEqual(self.ask(name)[0].status, 201, "the refused one, under its key")
        self.assertEqual(self.stored(), [*stored, name], "each once")
        self.reads_go_on()
        self.ledger.check(self, self.writer)

    def lost_connections(self):
        told = re.search(rb"^db_client_connections_lost_total (\d+)$", self.reader.get("/metrics").body, re.MULTILINE)
        return int(told[1])

    def ended(self):
        """Whether its first process goes, within a moment: the recovery that found no room ends it."""
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if self.is_up():
                return False
            if self.is_gone():
                return True
            time.sleep(0.05)
        return False

    def is_gone(self):
        """It may have taken the file along that names it."""
        try:
            with open(os.path.join(self.cluster.folder, "data", "postmaster.pid"), encoding="ascii") as f:
                return not os.path.exists(f"/proc/{int(f.readline())}")
        except FileNotFoundError:
            return True

    def is_up(self):
        with contextlib.suppress(AssertionError):
            return self.cluster.sql("select not pg_is_in_recovery()") == "t"
        return False


if __name__ == "__main__":
    unittest.main()

"""Without its database the service gives what it knows, with the truth about its age: from memory during an outage,
and from the disk after a start."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import support
from cached import (FRESH_WITHIN, SLACK, at_percent, cable_to, connected, figures, report,
                    together, version)
from support import Case, Cluster, Database, Server

DATA = ("/plan", "/summary", "/goals", "/objectives", "/updates")
CANONICAL = (*DATA, "/", "/problems", "/openapi.json")  # the last ones need no database, so they may have no Age
ASKED = ("/objectives/7.1", "/objectives?status=on_track", "/objectives/9.9")
START_WITHIN = 1.0 + SLACK
AWAY_FOR = float(os.environ.get("TEST_LONG") or 4)
READERS = 4
DISK = 8 << 20
DURABLE = "synchronous_commit=on"


class Kept(Case):
    """A cluster of the class's own, and for each test a folder in which the service keeps its answers."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster.own(DURABLE)
        cls.addClassCleanup(cls.cluster.remove)
        cls.db = Database.with_plan(cls.cluster)
        cls.key = cls.db.key()
        cls.cluster.sql("checkpoint")

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="cip-kept-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.file = os.path.join(self.folder, "snapshot")

    def serve(self, url=None):
        server = Server(url or self.db.url, PROGRESS_DATA=self.folder, PROGRESS_KEEP_ALIVE_MS=2000)
        self.addCleanup(server.kill)
        return server, connected(self, server, self.key)

    def leave_answers(self):
        """A life of the service: writes, is asked, ends in order. Gives its last answers."""
        server, client = self.serve()
        report(client, "7.1", 30)
        answers = {path: client.get(path) for path in CANONICAL + ASKED}
        answers["page"] = client.get("/", Accept="text/html")
        client.close()
        self.assertEqual(server.stop(), 0)
        return answers

    def without_database(self):
        self.cluster.control("stop")
        self.addCleanup(self.cluster.start_again, DURABLE)


class ColdStart(Kept):
    def check_remembered(self, client, answers):
        for path, before in answers.items():
            got = client.get("/", Accept="text/html") if path == "page" else client.get(path)
            self.assertEqual((got.status, got["ETag"]), (before.status, before["ETag"]), str(got))
            if got.status == 200:
                self.assertEqual(got.body, before.body, path)
            if path in DATA + ASKED[:2]:
                self.assertRegex(got["Age"] or "", r"^\d+$", path)

    def test_it_gives_what_it_knew_and_says_how_old_that_is(self):
        answers = self.leave_answers()
        self.without_database()
        time.sleep(1)
        server, client = self.serve()
        first = client.get("/plan")
        took = time.monotonic() - server.began
        support.say(f"start to the first answer without a database: {took * 1000:.0f} ms (ready after "
                    f"{server.ready['milliseconds']} ms), {os.path.getsize(self.file) / 1024:.0f} KB on disk")
        self.assertEqual(first.status, 200, str(first))
        self.assertLess(took, START_WITHIN)
        self.assertGreaterEqual(int(first["Age"]), 1, "since it was made, in its earlier life")
        self.check_remembered(client, answers)
        for lang in ("es", "ko", "tl", "zh-Hans", "zh-Hant"):  # in which nobody had asked
            page = client.get("/", Accept="text/html", Accept_Language=lang)
            self.assertEqual((page.status, page["Content-Language"]), (200, lang))

        unknown = client.get("/goals/7")
        self.refused(unknown, 503)
        self.assertGreaterEqual(int(unknown["Retry-After"]), 1)
        ready = client.get("/readyz")
        self.assertIn("database", self.refused(ready, 503)["detail"])
        self.assertEqual(client.get("/livez").status, 200)

        self.cluster.start_again(DURABLE)
        back = time.monotonic()
        client = connected(self, server, self.key)
        support.wait_until(lambda: not any(client.get(path)["Age"] for path in CANONICAL), "all is confirmed again",
                           FRESH_WITHIN + SLACK)
        support.say(f"confirmed {time.monotonic() - back:.2f} s after the database's return")
        self.assertEqual(client.get("/goals/7").status, 200)
        self.assertEqual(client.get("/readyz").status, 200)
        count = version(client, "7.1")[0]
        report(client, "7.1", 60)
        self.assertEqual(version(client, "7.1"), (count + 1, None))

    def test_a_database_that_hangs_does_not_delay_it(self):
        """Logins are neither answered nor refused."""
        self.leave_answers()
        cable = cable_to(self.cluster)
        self.addCleanup(cable.remove)
        cable.darken()
        server, client = self.serve(cable.url(self.cluster.user, self.db.name))
        first = client.get("/summary")
        took = time.monotonic() - server.began
        support.say(f"start to the first answer while the database hangs: {took * 1000:.0f} ms")
        self.assertEqual(first.status, 200, str(first))
        self.assertIsNotNone(first["Age"])
        self.assertLess(took, START_WITHIN)

    def test_what_it_knew_comes_in_every_form(self):
        before = self.leave_answers()["/goals"]
        self.without_database()
        _, client = self.serve()
        for etag in (before["ETag"], before["ETag"][:-1] + '-gz"'):
            got = client.get("/goals", If_None_Match=etag)
            self.assertEqual((got.status, got.body), (304, b""), str(got))
            self.assertIsNotNone(got["Age"])
        packed = client.get("/goals", Accept_Encoding="gzip")
        self.assertEqual((packed.status, packed["Content-Encoding"]), (200, "gzip"))
        head = client.ask("HEAD", "/goals")
        self.assertEqual((head.status, head["Content-Length"]), (200, str(len(before.body))))

    def test_writes_are_refused_and_lost_to_nobody(self):
        self.leave_answers()
        self.without_database()
        _, client = self.serve()
        got = client.post(support.note("7.1"))
        self.assertIn(self.refused(got, 503)["code"], ("unavailable", "outcome-unknown"))
        self.assertGreaterEqual(int(got["Retry-After"]), 1)

    def test_a_killed_service_leaves_a_whole_file(self):
        server, client = self.serve()
        client.get("/goals")
        support.wait_until(lambda: os.path.exists(self.file), "the file is there")
        server.process.kill()
        server.process.wait()
        self.without_database()
        _, client = self.serve()
        for path in CANONICAL:
            self.assertEqual(client.get(path).status, 200, path)

    @support.not_quick
    def test_a_damaged_file_counts_as_none(self):
        self.leave_answers()
        with open(self.file, "rb") as f:
            whole = f.read()
        middle = len(whole) // 2
        damaged = {
            "a byte turned": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "its end cut off": whole[:-100],
            "half of it": whole[:middle],
            "nothing in it": b"",
            "something else": b"\0" * 5000,
        }
        self.without_database()
        for how, data in damaged.items():
            with self.subTest(how):
                with open(self.file, "wb") as f:
                    f.write(data)
                server, client = self.serve()
                told = [line for line in server.log() if line.get("event") == "snapshot_unread"]
                self.assertEqual(len(told), 1, server.log_text())
                self.refused(client.get("/plan"), 503)
                client.close()
                self.assertEqual(server.stop(), 0)

    def test_the_file_of_another_edition_is_left_aside_without_a_word(self):
        self.leave_answers()
        with open(self.file, "rb") as f:
            first, _, rest = f.read().partition(b"\n")
        other = first + b"x\n" + rest[:-65]
        with open(self.file, "wb") as f:
            f.write(other + hashlib.sha256(other).hexdigest().encode() + b"\n")
        self.without_database()
        server, client = self.serve()
        self.assertEqual([line for line in server.log() if line.get("event") == "snapshot_unread"], [])
        self.refused(client.get("/plan"), 503)

    def mount(self):
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", self.folder],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"no small disk can be mounted here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.folder], check=False)

    def seen(self, server, event):
        return [line for line in server.log() if line.get("event") == event]

    @support.not_quick
    @unittest.skipIf(os.getuid() != 0, "only root can mount a small disk")
    def test_a_full_disk_leaves_the_old_file_and_the_service_well(self):
        self.mount()
        server, _ = self.serve()
        support.wait_until(lambda: os.path.exists(self.file), "the file is there")
        with open(self.file, "rb") as f:
            old = f.read()
        with contextlib.suppress(OSError), open(os.path.join(self.folder, "filler"), "wb", buffering=0) as f:
            while True:
                f.write(bytes(4096))
        report(connected(self, server, self.key), "7.1", 50)
        support.wait_until(lambda: self.seen(server, "snapshot_not_kept"), "it says that nothing can be kept")
        client = connected(self, server)
        self.assertEqual(len(self.seen(server, "snapshot_not_kept")), 1)
        self.assertEqual(version(client, "7.1")[1], None)
        self.assertEqual(client.get("/readyz").status, 200)
        with open(self.file, "rb") as f:
            self.assertEqual(f.read(), old, "what was kept stays")
        self.assertEqual(sorted(os.listdir(self.folder)), ["filler", "snapshot"])
        os.unlink(os.path.join(self.folder, "filler"))
        support.wait_until(lambda: self.seen(server, "snapshot_kept"), "it is kept again")
        with open(self.file, "rb") as f:
            self.assertNotEqual(f.read(), old)


@support.not_quick
class Away(Kept):
    """Reads through an outage of each kind: every known address answers, and its Age is true."""

    def open(self, url=None):
        server = Server(url or self.db.url)
        self.addCleanup(server.kill)
        self.server = server
        self.client = connected(self, server, self.key)
        for path in CANONICAL + ASKED:
            self.client.get(path)

    def read(self, seconds):
        """By several readers: [(began, ended, answer)] in the order of their beginnings."""
        end, seen = time.monotonic() + seconds, []

        def one(number):
            client = connected(self, self.server)
            known = DATA + ASKED[:2]
            while (began := time.monotonic()) < end:
                number += 1
                got = client.get(known[number % len(known)])
                seen.append((began, time.monotonic(), got))
                time.sleep(0.002)

        together(*(lambda n=n: one(n) for n in range(READERS)))
        return sorted(seen, key=lambda s: s[:2])

    def away(self, begin, end, meanwhile=lambda: None):
        baseline = self.read(2)
        meanwhile()
        going = time.monotonic()
        begin()
        gone = time.monotonic()
        seen = self.read(AWAY_FOR)
        ready = self.client.get("/readyz")
        end()
        back = time.monotonic()
        self.assertTrue(self.refused(ready, 503)["detail"])
        self.assertEqual({got.status for _, _, got in seen}, {200}, [str(g) for _, _, g in seen if g.status != 200][:2])
        times, before = ([ended - began for began, ended, _ in some] for some in (seen, baseline))
        support.say(f"{self._testMethodName}: {len(seen)} reads, p99 {at_percent(times, 99)}, most "
                    f"{at_percent(times, 100)}; before {at_percent(before, 99)}, {at_percent(before, 100)}")
        support.wait_until(lambda: not any(self.client.get(path)["Age"] for path in CANONICAL),
                           "all is confirmed again", FRESH_WITHIN + SLACK)
        support.say(f"{self._testMethodName}: confirmed {time.monotonic() - back:.2f} s after its return")
        return going, gone, seen

    def check_ages(self, going, gone, seen):
        """The last look that worked was a second before the end at most."""
        ages = []
        for began, ended, got in seen:
            if began > gone + FRESH_WITHIN + 0.1:
                ages.append(int(got["Age"] or -1))
                self.assertGreaterEqual(ages[-1], int(began - gone), str(got))
            self.assertLessEqual(int(got["Age"] or 0), ended - going + 1 + SLACK, str(got))
        self.assertGreater(ages[-1], ages[0], "it grows")

    def test_killed(self):
        self.open()
        self.check_ages(*self.away(lambda: self.cluster.control("kill"), lambda: self.cluster.start_again(DURABLE)))

    def thaw(self):
        self.cluster.signal_all(signal.SIGCONT)

    def test_frozen(self):
        self.open()
        self.addCleanup(self.thaw)
        self.check_ages(*self.away(lambda: self.cluster.signal_all(signal.SIGSTOP), self.thaw))

    def test_dark(self):
        cable = cable_to(self.cluster)
        self.addCleanup(cable.remove)
        self.open(cable.url(self.cluster.user, self.db.name))
        self.check_ages(*self.away(cable.darken, cable.light))

    def test_frozen_just_after_a_write(self):
        """Nothing is good then; what there was is given all the same."""
        self.open()
        self.addCleanup(self.thaw)
        _, gone, seen = self.away(lambda: self.cluster.signal_all(signal.SIGSTOP), self.thaw,
                                  lambda: report(self.client, "7.1", 70))
        old = [got for began, _, got in seen if got.request == "GET /objectives/7.1"]
        self.assertEqual({got["Age"] is None for got in old}, {False}, "each says that it is old")
        self.assertEqual(figures(self.client)["change_looks_failed_total"] > 0, True)


if __name__ == "__main__":
    unittest.main()

"""PostgreSQL is killed, stopped, frozen, brought back under load: answers come in time, nothing is lost or done twice.

The cluster is this test's own. Writers repeat what was not acknowledged with the same Idempotency-Key, as the
contract says.
"""

import contextlib
import os
import signal
import threading
import time
import unittest

import support
from support import Case, Cluster, Database, Server, note

WRITERS = 4
READERS = 2
ANSWER_WITHIN = 2.0 if not support.INSTRUMENTED else 6.0
HEALED_WITHIN = 2.0 if not support.INSTRUMENTED else 10.0
SLACK = 0.3  # of the machine, which runs the load too
PATIENCE = 30


class Traffic:
    """Writers, each with one request at a time until that is acknowledged; readers; a prober."""

    def __init__(self, port, key, name):
        self.port, self.key, self.name = port, key, name
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.acknowledged, self.refusals, self.faults, self.probes, self.slowest = {}, [], [], [], 0.0
        jobs = (
            [(self.write, n) for n in range(WRITERS)] + [(self.read, n) for n in range(READERS)] + [(self.probe, 0)]
        )
        self.threads = [threading.Thread(target=self.guarded, args=job) for job in jobs]
        for thread in self.threads:
            thread.start()

    def guarded(self, work, number):
        try:
            work(number)
        except BaseException as e:
            self.faults.append(f"{work.__name__} {number}: {e!r}")

    def note_answer(self, got, took):
        with self.lock:
            self.slowest = max(self.slowest, took)
            if got.status == 503:
                self.refusals.append((time.monotonic(), got))
            if took > ANSWER_WITHIN + SLACK:
                self.faults.append(f"{took:.2f} s: {got}")

    def timed(self, client, *arguments):
        began = time.monotonic()
        got = client.ask(*arguments)
        self.note_answer(got, time.monotonic() - began)
        return got

    def write(self, number):
        client = support.Client(self.port, self.key)
        count = 0
        while not self.ended.is_set():
            count += 1
            name = f"{self.name} {number}/{count}"
            end = time.monotonic() + PATIENCE
            while True:
                got = self.timed(
                    client, "POST", "/updates", note("7.1", summary=name), {"Idempotency-Key": f'"{name}"'}
                )
                if got.status == 201:
                    break
                if got.status not in (503, 409) or time.monotonic() > end:
                    self.faults.append(str(got))
                    return
                time.sleep(0.02)
            with self.lock:
                self.acknowledged[name] = (time.monotonic(), got.json["id"])
        client.close()

    def read(self, number):
        client = support.Client(self.port)
        while not self.ended.is_set():
            got = self.timed(client, "GET", ("/goals", "/objectives/7.1", "/summary")[number % 3])
            if got.status not in (200, 503):
                self.faults.append(str(got))
            time.sleep(0.02)
        client.close()

    def probe(self, _):
        client = support.Client(self.port)
        while not self.ended.is_set():
            live, ready = client.get("/livez"), client.get("/readyz")
            self.probes.append((time.monotonic(), live.status, ready.status))
            time.sleep(0.02)
        client.close()

    def wait_for_writes(self, since, count):
        support.wait_until(
            lambda: len([1 for at, _ in list(self.acknowledged.values()) if at > since]) >= count or self.faults,
            "writes are acknowledged",
        )

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(PATIENCE + 10)


@support.not_quick
class Outage(Case):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster.own("synchronous_commit=on")
        cls.addClassCleanup(cls.cluster.remove)
        cls.db = Database.with_plan(cls.cluster)
        cls.key = cls.db.key()

    def setUp(self):
        self.server = Server(self.db.url)
        self.addCleanup(self.server.kill)
        self.traffic = Traffic(self.server.port, self.key, self._testMethodName)
        self.addCleanup(self.traffic.end)

    def first_process(self):
        with open(os.path.join(self.cluster.folder, "data", "postmaster.pid"), encoding="ascii") as f:
            return int(f.readline())

    def signal_all(self, number):
        """The first process and its children; their list is exact only once the first stands still."""
        first = self.first_process()
        os.kill(first, number)
        for _ in range(3):
            with open(f"/proc/{first}/task/{first}/children", encoding="ascii") as f:
                for word in f.read().split():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(word), number)

    def freeze(self):
        self.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.signal_all(signal.SIGCONT)

    def restart(self):
        """Who was killed may not be buried yet: the lock that names it is taken away, as a reboot would."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.cluster.host, f".s.PGSQL.{self.cluster.port}.lock"))
        self.cluster.start("synchronous_commit=on")

    def outage(self, begin, end, seconds):
        """One outage under load, all of it checked."""
        traffic = self.traffic
        traffic.wait_for_writes(0, 20)
        away = time.monotonic()
        begin()
        time.sleep(seconds)
        end()
        back = time.monotonic()
        traffic.wait_for_writes(back, 20)
        traffic.end()
        self.check_answers(away, back)
        self.check_rows()

    def check_answers(self, away, back):
        traffic = self.traffic
        self.assertEqual(traffic.faults, [], self.server.log_text()[-3000:])
        first = min(at for at, _ in traffic.acknowledged.values() if at > back)
        support.say(
            f"{self._testMethodName}: first write {first - back:+.2f} s after its return; "
            f"{len(traffic.acknowledged)} acknowledged, "
            f"{len(traffic.refusals)} refused, slowest answer {traffic.slowest:.2f} s"
        )
        self.assertLess(first - back, HEALED_WITHIN + SLACK, "healed in time")
        self.assertTrue(traffic.refusals, "the outage was felt")
        for _, got in traffic.refusals:
            self.assertIn(self.refused(got, 503)["code"], ("unavailable", "outcome-unknown"), str(got))
            self.assertGreaterEqual(int(got["Retry-After"] or 0), 1, str(got))
        self.assertEqual({live for _, live, _ in traffic.probes}, {200}, "/livez is alive throughout")
        during = {ready for at, _, ready in traffic.probes if away + ANSWER_WITHIN + SLACK < at < back}
        self.assertLessEqual(during, {503}, "/readyz is 503 during the outage")
        self.assertIn(503, [ready for _, _, ready in traffic.probes])
        after = [ready for at, _, ready in traffic.probes if at > back + HEALED_WITHIN + SLACK]
        self.assertLessEqual(set(after), {200}, "/readyz is 200 after it")
        self.assertTrue(self.server.is_alive())

    def check_rows(self):
        rows = dict(
            line.split("|")
            for line in self.db.sql(
                "select summary, string_agg(id::text, ',') from progress.published_update "
                f"where summary like '{self.traffic.name} %' group by 1"
            ).splitlines()
        )
        acknowledged = {name: id_ for name, (_, id_) in self.traffic.acknowledged.items()}
        self.assertEqual(
            {n: rows.get(n) for n in acknowledged},
            acknowledged,
            "each acknowledged write is there once, under its id",
        )
        self.assertEqual(set(rows) - set(acknowledged), set(), "every writer went on until it was acknowledged")
        client = self.connect()
        for name in sorted(acknowledged)[-3:]:
            replay = client.post(note("7.1", summary=name), idem=name, key=self.key)
            self.assertEqual(
                (replay.status, replay["Idempotent-Replayed"], replay.json["id"]), (201, "true", acknowledged[name])
            )

    def test_killed_and_restarted(self):
        self.outage(lambda: self.cluster.control("kill"), self.restart, 1.0)

    def test_killed_and_restarted_at_once(self):
        self.outage(lambda: self.cluster.control("kill"), self.restart, 0.0)

    def test_stopped_in_order_and_started_again(self):
        self.outage(lambda: self.cluster.control("stop"), self.restart, 3.0)

    def test_frozen_and_thawed(self):
        self.addCleanup(self.thaw)
        self.outage(self.freeze, self.thaw, 5.0)

    def test_its_connections_cut_one_by_one(self):
        """The database stays and its sessions go, again and again."""
        traffic = self.traffic
        traffic.wait_for_writes(0, 20)
        for _ in range(10):
            self.db.sql(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
            time.sleep(0.1)
        traffic.wait_for_writes(time.monotonic(), 20)
        traffic.end()
        self.assertEqual(traffic.faults, [], self.server.log_text()[-3000:])
        support.say(
            f"{self._testMethodName}: {len(traffic.acknowledged)} acknowledged, {len(traffic.refusals)} refused"
        )
        self.check_rows()


if __name__ == "__main__":
    unittest.main()

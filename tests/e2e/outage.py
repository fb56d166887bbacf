"""Traffic through an outage, and what must hold of its answers."""

import contextlib
import threading
import time

import support
from ledger import PATIENCE, Ledger
from support import Case, Cluster, Database, Server

WRITERS = 4
READERS = 2
ANSWER_WITHIN = 2.0 if not support.INSTRUMENTED else 6.0
HEALED_WITHIN = 2.0 if not support.INSTRUMENTED else 10.0
SLACK = 0.3  # of the machine, which runs the load too; what it stalls beyond that is measured and added


class Traffic:
    """Writers, each with one request at a time until that is acknowledged; readers; a prober; a pulse."""

    def __init__(self, port, key, name):
        self.port, self.key, self.ledger = port, key, Ledger(name)
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.refusals, self.faults, self.probes = [], [], []
        self.slowest, self.slowest_answer, self.stall = 0.0, "", 0.0
        jobs = [(self.write, n) for n in range(WRITERS)] + [(self.read, n) for n in range(READERS)]
        jobs += [(self.probe, 0), (self.pulse, 0)]
        self.threads = [
            threading.Thread(target=self.guarded, args=job, name=f"{job[0].__name__} {job[1]}") for job in jobs
        ]
        for thread in self.threads:
            thread.start()

    def guarded(self, work, number):
        try:
            with contextlib.closing(Timed(self, self.port, self.key if work == self.write else None)) as client:
                work(number, client)
        except BaseException as e:
            self.faults.append(f"{work.__name__} {number}: {e!r}")

    def note_answer(self, got, took):
        with self.lock:
            if took > self.slowest:
                self.slowest, self.slowest_answer = took, str(got)
            if got.status == 503 and got.request != "GET /readyz":
                self.refusals.append((time.monotonic(), got))

    def write(self, number, client):
        count = 0
        while not self.ended.is_set():
            count += 1
            got = self.ledger.write(client, f"{number}/{count}")[-1]
            if got.status != 201:
                self.faults.append(str(got))
                return

    def read(self, number, client):
        while not self.ended.is_set():
            got = client.get(("/goals", "/objectives/7.1", "/summary")[number % 3])
            if got.status not in (200, 503):
                self.faults.append(str(got))
            time.sleep(0.02)

    def probe(self, _, client):
        while not self.ended.is_set():
            live, ready = client.get("/livez"), client.get("/readyz")
            self.probes.append((time.monotonic(), live.status, ready.status))
            time.sleep(0.02)

    def pulse(self, _, client):
        """How much later than asked this machine wakes a sleeper: the load stalls it, and us."""
        while not self.ended.is_set():
            began = time.monotonic()
            time.sleep(0.01)
            self.stall = max(self.stall, time.monotonic() - began - 0.01)

    def acknowledged_after(self, since):
        return sorted(at for at, _ in self.ledger.acknowledged().values() if at > since)

    def wait_for_writes(self, since, count):
        support.wait_until(
            lambda: len(self.acknowledged_after(since)) >= count or self.faults, "writes are acknowledged"
        )

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(PATIENCE + 10)
        self.faults += [f"{thread.name} hangs" for thread in self.threads if thread.is_alive()]


class Timed(support.Client):
    """A connection whose every answer is timed."""

    def __init__(self, traffic, port, key):
        super().__init__(port, key)
        self.traffic = traffic

    def ask(self, *arguments, **more):
        began = time.monotonic()
        got = super().ask(*arguments, **more)
        self.traffic.note_answer(got, time.monotonic() - began)
        return got


class Outage(Case):
    """A cluster of the class's own; for each test a service on it, and traffic through that."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster.own("synchronous_commit=on")
        cls.addClassCleanup(cls.cluster.remove)
        cls.db = Database.with_plan(cls.cluster)
        cls.key = cls.db.key()
        # A copied database has sequences whose next values count as logged but are not: a crash would give them again.
        cls.cluster.sql("checkpoint")

    def setUp(self):
        self.server = Server(self.url(), **self.settings)
        self.addCleanup(self.server.kill)
        self.traffic = Traffic(self.server.port, self.key, self._testMethodName)
        self.addCleanup(self.traffic.end)

    def url(self):
        return self.db.url

    def restart(self):
        self.cluster.start_again("synchronous_commit=on")

    def outage(self, begin, end, seconds):
        """One outage under load, all of it checked."""
        traffic = self.traffic
        traffic.wait_for_writes(0, 20)
        begin()
        gone = time.monotonic()
        time.sleep(seconds)
        returning = time.monotonic()
        end()
        back = time.monotonic()
        traffic.wait_for_writes(back, 20)
        traffic.end()
        self.check_answers(back)
        self.check_probes(gone, returning, back)
        traffic.ledger.check(self, self.connect(self.key))

    def slack(self):
        return SLACK + self.traffic.stall

    def check_answers(self, back):
        traffic = self.traffic
        self.assertEqual(traffic.faults, [], self.server.log_text()[-3000:])
        first = traffic.acknowledged_after(back)[0]
        support.say(
            f"{self._testMethodName}: first write {first - back:+.2f} s after its return; "
            f"{len(traffic.ledger.answers)} acknowledged, {len(traffic.refusals)} refused, "
            f"slowest answer {traffic.slowest:.2f} s, longest stall of this machine {traffic.stall:.2f} s"
        )
        self.check_refusals()
        self.assertLess(first - back, HEALED_WITHIN + self.slack(), "healed in time")
        self.assertGreater(self.lost_connections(), 0, "the outage was felt")

    def check_refusals(self):
        traffic = self.traffic
        self.assertLess(traffic.slowest, ANSWER_WITHIN + self.slack(), traffic.slowest_answer)
        for _, got in traffic.refusals:
            self.assertIn(self.refused(got, 503)["code"], ("unavailable", "outcome-unknown"), str(got))
            self.assertGreaterEqual(int(got["Retry-After"] or 0), 1, str(got))

    def check_probes(self, gone, returning, back):
        """The shortest outages may be over before anybody looks: only a lasting one must be seen by all."""
        traffic = self.traffic
        self.assertEqual({live for _, live, _ in traffic.probes}, {200}, "/livez is alive throughout")
        felt = gone + ANSWER_WITHIN + self.slack()
        during = {ready for at, _, ready in traffic.probes if felt < at < returning}
        self.assertLessEqual(during, {503}, "/readyz is 503 during the outage")
        if returning > felt:
            self.assertTrue(traffic.refusals, "the outage was felt")
            self.assertIn(503, [ready for _, _, ready in traffic.probes])
        after = {ready for at, _, ready in traffic.probes if at > back + HEALED_WITHIN + self.slack()}
        self.assertLessEqual(after, {200}, "/readyz is 200 after it")
        self.assertTrue(self.server.is_alive())

    def lost_connections(self):
        for line in self.connect().get("/metrics").body.decode().splitlines():
            name, _, value = line.rpartition(" ")
            if name == "db_client_connections_lost_total":
                return int(value)
        self.fail("/metrics does not tell of lost connections")

"""From the start to the first answer, what an idle service takes, a start without a database.

Figures are printed, not gated.
"""

import re
import statistics
import time
import unittest

import support
from client import raw
from support import Case, Cluster, Database, Server, note

STARTS = 2 if support.QUICK else 5


class Startup(Case):
    def first_answer(self, **settings):
        server = Server(self.db.url, **settings)
        self.addCleanup(server.kill)
        answers, _ = raw(server.port, b"GET /goals HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        took = time.monotonic() - server.began
        self.assertEqual(answers[0][0], 200)
        return server, took

    def test_a_start_on_a_migrated_database_is_soon_answering(self):
        times = []
        for _ in range(STARTS):
            server, took = self.first_answer(PROGRESS_THREADS=0)
            times.append(took)
            ready = server.ready
            self.assertEqual(server.stop(), 0)
        support.say(
            f"start to the first 200: {statistics.median(times) * 1000:.0f} ms (median of {STARTS}), "
            f"with {ready['threads']} threads "
            f"({ready['threads_because']})"
        )
        self.assertLess(statistics.median(times), 10)

    def test_an_idle_service_is_small(self):
        server, _ = self.first_answer(PROGRESS_THREADS=0)
        time.sleep(0.3)
        with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
            status = f.read()
        figures = {
            name: int(re.search(rf"{name}:\s+(\d+)", status).group(1)) for name in ("VmRSS", "VmHWM", "Threads")
        }
        support.say(
            f"idle: VmRSS {figures['VmRSS'] / 1024:.1f} MB, at most {figures['VmHWM'] / 1024:.1f} MB, "
            f"{figures['Threads']} threads in all"
        )
        self.assertGreaterEqual(figures["Threads"], server.ready["threads"])

    def test_a_set_clock_is_the_services_own(self):
        """The city's day is of the plan's time zone: 06:59 in Greenwich is still yesterday there."""
        for now, today, tomorrow in (("2026-07-02T06:59:59Z", "2026-07-01", "2026-07-02"),
                                     ("2026-07-02T07:00:00Z", "2026-07-02", "2026-07-03")):
            server, _ = self.first_answer(PROGRESS_NOW=now)
            client = self.connect(self.key, server)
            self.assertIn("2026 " + now[11:19], client.get("/goals")["Date"])
            self.accepted(client.post(note("7.1", as_of=today)))
            self.assertIn(f"today is {today}", self.refused(client.post(note("7.1", as_of=tomorrow)), 422)["detail"])

    @support.not_quick
    def test_the_ready_line_tells_port_time_and_threads(self):
        server, _ = self.first_answer(PROGRESS_THREADS=32)
        self.assertEqual((server.ready["level"], server.ready["threads"]), ("info", 32))
        self.assertGreater(server.ready["port"], 0)
        self.assertGreaterEqual(server.ready["milliseconds"], 0)
        self.assertEqual([line for line in server.log() if "unreadable" in line], [])


@support.not_quick
class WithoutADatabase(Case):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster.own()
        cls.addClassCleanup(cls.cluster.remove)
        cls.db = Database.with_plan(cls.cluster)
        cls.key = cls.db.key()

    def setUp(self):
        pass  # the service begins later

    def test_it_starts_answers_503_and_heals(self):
        self.cluster.control("stop")
        server = Server(self.db.url)
        self.addCleanup(server.kill)
        client = self.connect(self.key, server)
        self.assertEqual(client.get("/livez").status, 200)
        for got in (client.get("/readyz"), client.get("/goals"), client.post(note("7.1"))):
            self.assertGreaterEqual(int(self.refused(got, 503, "unavailable") and got["Retry-After"]), 1)
        self.assertEqual(client.get("/health").json["status"], "degraded")
        self.cluster.start()
        back = time.monotonic()
        support.wait_until(lambda: client.get("/readyz").status == 200, "it heals")
        support.say(f"ready {time.monotonic() - back:.2f} s after the database came")
        self.assertLess(time.monotonic() - back, 2.5 if not support.INSTRUMENTED else 10)
        self.accepted(client.post(note("7.1")))

    def test_a_database_that_cannot_be_reached_is_told_in_the_log_without_its_password(self):
        server = Server("postgresql://app:hunter2@/none?host=/tmp/there-is-no-socket-here")
        self.addCleanup(server.kill)
        self.assertEqual(self.connect(server=server).get("/readyz").status, 503)
        self.assertNotIn("hunter2", server.log_text())
        self.assertIn("database_away", server.log_text())
        self.assertEqual(server.process.poll(), None)


if __name__ == "__main__":
    unittest.main()

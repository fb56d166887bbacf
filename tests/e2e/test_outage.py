"""PostgreSQL is killed, stopped, frozen, brought back under load: answers come in time, nothing is lost or done twice.

The cluster is this test's own. Writers repeat what was not acknowledged with the same Idempotency-Key, as the
contract says.
"""

import signal
import time
import unittest

import support
from outage import Outage


@support.not_quick
class ServerOutage(Outage):
    def freeze(self):
        self.cluster.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.cluster.signal_all(signal.SIGCONT)

    def again_and_again(self, disturb):
        """Under writes, without a word on when they get through; then the same reckoning."""
        traffic = self.traffic
        traffic.wait_for_writes(0, 20)
        disturb()
        traffic.wait_for_writes(time.monotonic(), 20)
        traffic.end()
        self.assertEqual(traffic.faults, [], self.server.log_text()[-3000:])
        support.say(
            f"{self._testMethodName}: {len(traffic.ledger.answers)} acknowledged, {len(traffic.refusals)} refused, "
            f"slowest answer {traffic.slowest:.2f} s"
        )
        self.check_refusals()
        traffic.ledger.check(self, self.connect(self.key))

    def test_killed_and_restarted(self):
        self.outage(lambda: self.cluster.control("kill"), self.restart, 1.0)

    def test_killed_and_restarted_at_once(self):
        self.outage(lambda: self.cluster.control("kill"), self.restart, 0.0)

    def test_stopped_in_order_and_started_again(self):
        self.outage(lambda: self.cluster.control("stop"), self.restart, 3.0)

    def test_frozen_and_thawed(self):
        self.addCleanup(self.thaw)
        self.outage(self.freeze, self.thaw, 5.0)

    def test_restarted_in_order_again_and_again(self):
        def disturb():
            for _ in range(5):
                self.cluster.control("stop")
                self.restart()
                self.traffic.wait_for_writes(time.monotonic(), 4)

        self.again_and_again(disturb)

    def test_its_connections_cut_one_by_one(self):
        """The database stays and its sessions go, again and again."""

        def disturb():
            for _ in range(10):
                self.db.sql(
                    "select pg_terminate_backend(pid) from pg_stat_activity "
                    "where datname = current_database() and pid <> pg_backend_pid()"
                )
                time.sleep(0.1)

        self.again_and_again(disturb)


if __name__ == "__main__":
    unittest.main()

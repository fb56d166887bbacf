"""The link to PostgreSQL goes dark, is refused, reset, slow under load: as with PostgreSQL itself away.

PostgreSQL goes on all the while, so what it was told before the cut may still be done after it.
"""

import time
import unittest

import support
from cable import TO_SERVER, TO_SERVICE, Cable
from outage import Outage

DARK_FOR = 5.0
SHORTER = 3.0


@support.not_quick
class LinkOutage(Outage):
    settings = {"PROGRESS_POOL": 16}  # of the slow ones nobody waits for another

    def url(self):
        where = self.cluster
        self.cable = Cable(f"{where.host}/.s.PGSQL.{where.port}")
        self.addCleanup(self.cable.remove)
        return self.cable.url(where.user, self.db.name)

    def refuse_and_cut(self):
        self.cable.refuse()
        self.cable.cut()

    def test_dark_both_ways(self):
        self.outage(self.cable.darken, self.cable.light, DARK_FOR)

    def test_dark_towards_the_server(self):
        self.outage(lambda: self.cable.darken([TO_SERVER]), self.cable.light, SHORTER)

    def test_dark_towards_the_service(self):
        """The server hears and does everything; only its answers are lost."""
        self.outage(lambda: self.cable.darken([TO_SERVICE]), self.cable.light, SHORTER)

    def test_reset_and_refused(self):
        self.outage(self.refuse_and_cut, self.cable.allow, SHORTER)

    def test_light_again_just_after_a_login_began(self):
        """That login is lost, and a long outage has made the service patient: it must heal in time all the same."""

        def end():
            self.cable.darken()
            self.cable.allow()
            made = self.cable.made
            support.wait_until(lambda: self.cable.made > made, "a login is tried")
            self.cable.light()

        self.outage(self.refuse_and_cut, end, SHORTER)

    def test_light_again_with_every_connection_forgotten(self):
        self.outage(self.cable.darken, lambda: self.cable.light(forget=True), SHORTER)

    def test_slow_but_whole(self):
        """150 ms each way: slower, and nothing is refused for it."""
        traffic = self.traffic
        traffic.wait_for_writes(0, 20)
        self.cable.set_delay(0.15)
        slow = time.monotonic()
        traffic.wait_for_writes(slow, 20)
        traffic.end()
        self.cable.set_delay(0.0)
        self.assertEqual(traffic.faults, [], self.server.log_text()[-3000:])
        self.assertEqual(traffic.refusals, [])
        traffic.ledger.check(self, self.connect(self.key))


if __name__ == "__main__":
    unittest.main()

"""The link is cut just before and just after COMMIT, hundreds of times: every write is applied exactly once.

The service repeats a write whose outcome it does not know, on another connection, within its deadline; what it cannot
settle it answers with 503, and the caller repeats with the same key.
"""

import collections
import contextlib
import itertools
import threading
import unittest

import support
from cable import Cable
from knife import AFTER, BEFORE, UNSEEN, Knife
from ledger import Ledger
from support import Case, Database, Server

CUTS = 10 if support.QUICK or support.INSTRUMENTED else 100  # at each moment
WRITERS = 4


def kinds(answers):
    """Their statuses in order, each run of one once."""
    return [str(status) for status, _ in itertools.groupby(got.status for got in answers)]


class CommitCuts(Case):
    @classmethod
    def setUpClass(cls):
        cls.db = Database.with_plan()
        cls.addClassCleanup(cls.db.drop)
        cls.key = cls.db.key()

    def setUp(self):
        where = self.db.cluster
        socket = where.host.startswith("/")
        self.cable = Cable(f"{where.host}/.s.PGSQL.{where.port}" if socket else (where.host, int(where.port)))
        self.addCleanup(self.cable.remove)
        self.knife = Knife(self.cable)
        self.server = Server(self.cable.url(where.user, self.db.name))
        self.addCleanup(self.server.kill)
        self.ledger = Ledger(self._testMethodName)

    def cut(self, moments, count, writers=1, silence=0.0):
        """count writes, each cut at these moments of its first tries; returns the answers to each."""
        knife = self.knife
        knife.silence = silence
        names = [f"cut-{'_'.join(moments)}-{n}" for n in range(count)]
        for name in names:
            knife.order(name, moments)
        answers, faults = {}, []

        def work(number):
            try:
                with contextlib.closing(support.Client(self.server.port, self.key)) as client:
                    for name in names[number::writers]:
                        answers[name] = self.ledger.write(client, name)
            except Exception as e:
                faults.append(f"writer {number}: {e!r}")

        threads = [threading.Thread(target=work, args=(n,)) for n in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [], self.server.log_text()[-3000:])
        self.assertEqual(knife.left(), {}, "every cut was made")
        self.assertEqual(knife.made, {m: moments.count(m) * count for m in moments})
        self.tell(moments, list(answers.values()), silence)
        return [answers[name] for name in names]

    def tell(self, moments, answers, silence):
        how = collections.Counter(
            "the service itself" if len(given) == 1 else "the caller after " + " ".join(kinds(given[:-1]))
            for given in answers
        )
        ways = ", ".join(f"{count} {way}" for way, count in how.most_common(6))
        support.say(
            f"cut {'silently ' if silence else ''}at {' '.join(moments)}: {len(answers)} writes, settled by: {ways}"
            + (", ..." if len(how) > 6 else "")
        )

    def reckon(self, answers):
        for given in answers:
            for got in given[:-1]:
                if got.status == 503:
                    self.assertIn(self.refused(got, 503)["code"], ("unavailable", "outcome-unknown"), str(got))
                else:
                    self.refused(got, 409, "idempotency-in-flight")
            self.assertEqual(given[-1].status, 201, str(given[-1]))
        self.ledger.check(self, self.connect(self.key))

    def settled_by_the_service(self, answers, replayed):
        """Most at the first try; and whether it was a replay shows on which side of COMMIT the cut was."""
        first = [given[0]["Idempotent-Replayed"] for given in answers if len(given) == 1]
        self.assertGreaterEqual(len(first), len(answers) * 9 // 10)
        self.assertEqual(set(first), {replayed})

    def test_cut_before_the_server_hears(self):
        answers = self.cut([UNSEEN], CUTS // 2)
        self.settled_by_the_service(answers, None)
        self.reckon(answers)

    def test_cut_just_before_commit(self):
        answers = self.cut([BEFORE], CUTS)
        self.settled_by_the_service(answers, None)
        self.reckon(answers)

    def test_cut_just_after_commit(self):
        answers = self.cut([AFTER], CUTS)
        self.settled_by_the_service(answers, "true")
        self.reckon(answers)

    def test_cut_again_and_again_by_four_writers(self):
        """The repetitions are cut too, until the service takes the database to be away."""
        answers = self.cut([BEFORE, AFTER, UNSEEN, BEFORE, AFTER, AFTER], max(WRITERS, CUTS // 10), WRITERS)
        self.reckon(answers)

    @support.not_quick
    def test_silence_just_before_commit(self):
        """Nobody hangs up: the server holds the write open until it takes its client for dead, and it is 409 till then.

        No timeout of a statement or a session counts between Execute and Sync; TCP's keepalive does.
        """
        answers = self.cut([BEFORE], WRITERS, WRITERS, silence=3.0)
        self.assertIn("409", {kind for given in answers for kind in kinds(given)}, "the write was held open")
        self.reckon(answers)

    @support.not_quick
    def test_silence_just_after_commit(self):
        answers = self.cut([AFTER], WRITERS, WRITERS, silence=3.0)
        self.reckon(answers)


if __name__ == "__main__":
    unittest.main()

"""Two instances on one database, eight racers on every key: one row each, and one answer for all."""
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import support
from support import Case, Server, note, progress

RACERS = 8
KEYS = 20 if support.QUICK or support.INSTRUMENTED else 200
PATIENCE = 10


class Races(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = Server(cls.db.url)
        cls.addClassCleanup(cls.second.kill)

    def race(self, rounds, act):
        """act(client, round, racer) by every racer at the same moment, round after round: [[answers of a round]]."""
        start = threading.Barrier(RACERS, timeout=60)

        def run(racer):
            client = support.Client((self.server, self.second)[racer % 2].port, self.key)
            answers = []
            try:
                for number in range(rounds):
                    start.wait()
                    answers.append(act(client, number, racer))
            except BaseException:
                start.abort()
                raise
            finally:
                client.close()
            return answers

        with ThreadPoolExecutor(RACERS) as pool:
            return list(zip(*pool.map(run, range(RACERS)), strict=True))

    def until_answered(self, ask):
        """Who comes while another is being answered is told so at once, and repeats."""
        end = time.monotonic() + PATIENCE
        got = ask()
        while got.status == 409:
            self.refused(got, 409, "idempotency-in-flight")
            self.assertGreaterEqual(int(got["Retry-After"]), 1)
            self.assertLess(time.monotonic(), end, "the first racer never got through")
            self.in_flight += 1
            time.sleep(0.005)
            got = ask()
        return got

    def test_racers_on_one_key_write_once_and_read_the_same_bytes(self):
        self.in_flight = 0
        before = self.db.count("published_update")

        def act(client, number, _):
            return self.until_answered(
                lambda: client.post(progress("7.1", number % 100, summary=f"race {number}"), idem=f"race-{number}")
            )

        for answers in self.race(KEYS, act):
            self.assertEqual({a.status for a in answers}, {201}, [str(a) for a in answers])
            self.assertEqual(len({(a.body, a["Location"], a["ETag"]) for a in answers}), 1)
            self.assertEqual(sorted(a["Idempotent-Replayed"] or "" for a in answers), [""] + ["true"] * (RACERS - 1))
        self.assertEqual(self.db.count("published_update") - before, KEYS)
        twice = self.db.sql(
            "select count(*) from (select summary from progress.published_update where summary like 'race %' "
            "group by summary having count(*) <> 1) t"
        )
        self.assertEqual(twice, "0")
        support.say(f"{KEYS} keys, {RACERS} racers on two instances: {self.in_flight} answers 409 on the way")

    def test_racers_with_one_record_write_it_once(self):
        rounds = KEYS // 4
        before = self.db.count("published_update")

        def act(client, number, _):
            return client.ask("PUT", f"/updates/gogov/record-{number}", note("7.2", summary=f"record {number}"))

        for answers in self.race(rounds, act):
            self.assertEqual(
                sorted(a.status for a in answers), [200] * (RACERS - 1) + [201], [str(a) for a in answers]
            )
            self.assertEqual(len({a.body for a in answers}), 1)
        self.assertEqual(self.db.count("published_update") - before, rounds)

    def test_racers_with_different_words_make_one_chain(self):
        rounds = max(5, KEYS // 20)

        def act(client, number, racer):
            return client.ask(
                "PUT", f"/updates/gogov/chain-{number}", note("7.3", summary=f"chain {number}, said by {racer}")
            )

        for number, answers in enumerate(self.race(rounds, act)):
            self.assertEqual(
                sorted(a.status for a in answers), [200] * (RACERS - 1) + [201], [str(a) for a in answers]
            )
            chain = self.db.sql(
                "select count(*), count(*) filter (where effective), count(supersedes) "
                f"from progress.published_update where external_id = 'chain-{number}'"
            )
            self.assertEqual(chain, f"{RACERS}|1|{RACERS - 1}")

    def test_racers_on_one_correction_have_one_winner(self):
        rounds = max(5, KEYS // 20)
        olds = [self.accepted(self.client.post(progress("7.4", n), key=self.key))["id"] for n in range(rounds)]

        def act(client, number, racer):
            return client.post(progress("7.4", racer, supersedes=olds[number], reason=f"racer {racer}"))

        for answers in self.race(rounds, act):
            self.assertEqual(
                sorted(a.status for a in answers), [201] + [409] * (RACERS - 1), [str(a) for a in answers]
            )
            for got in answers:
                if got.status == 409:
                    self.refused(got, 409, "superseded")


if __name__ == "__main__":
    unittest.main()

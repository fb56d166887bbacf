"""The same asked of all in turns, so that what the machine does meanwhile falls on each alike."""
import statistics

import load


class Found(dict):
    """{name: the median of its rounds}."""

    def __init__(self, kept):
        super().__init__((name, load.median(measures)) for name, measures in kept.items())
        self._kept = kept

    def ratio(self, ours, theirs, of="rate"):
        """The median of what each round gives by itself; None where one of the two is not there. A shared machine
        goes by a quarter slower for some seconds: that falls on neighbours in a round, not on medians a minute apart."""
        if ours not in self or theirs not in self:
            return None
        return statistics.median(getattr(a, of) / getattr(b, of) for a, b in zip(self._kept[ours], self._kept[theirs]))


class Rounds:
    """Named measurements: each is taken once a round, in an order that turns round every time."""

    def __init__(self, bench):
        self.bench, self.jobs, self.kept = bench, {}, {}

    def add(self, name, measure):
        """measure(seconds, round) gives a load.Measure."""
        self.jobs[name] = measure

    def add_load(self, name, asked):
        self.add(name, lambda seconds, _: load.run(asked, seconds))

    def run(self):
        """A Found; each measure is said as it comes. What compiles as it runs gets a round to do so."""
        if not self.bench.quick:
            for name, measure in self.jobs.items():
                self.bench.say(f"to warm up, {name}: {measure(2, 'w').line()}")
                self.bench.between()
        for number in range(self.bench.rounds):
            names = list(self.jobs)
            for name in names if number % 2 == 0 else reversed(names):
                got = self.jobs[name](self.bench.seconds, number)
                self.kept.setdefault(name, []).append(got)
                self.bench.say(f"round {number + 1}/{self.bench.rounds} {name}: {got.line()}")
                self.bench.between()
        return Found(self.kept)

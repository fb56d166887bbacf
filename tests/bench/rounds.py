"""The same asked of all in turns, so that what the machine does meanwhile falls on each alike."""
import load


class Rounds:
    """Named measurements: each is taken once a round, in an order that turns round every time."""

    def __init__(self, bench):
        self.bench, self.jobs, self.found, self.kept = bench, {}, {}, {}

    def add(self, name, measure):
        """measure(seconds, round) gives a load.Measure."""
        self.jobs[name] = measure

    def add_load(self, name, asked):
        self.add(name, lambda seconds, _: load.run(asked, seconds))

    def run(self):
        """{name: the median}; each is said as it comes. What compiles as it runs gets a round to do so."""
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
        self.found = {name: load.median(self.kept[name]) for name in self.jobs}
        return self.found

"""Who keeps a copy by GET /changes, and is stopped anywhere: what is lost then is what a killed process loses."""
import random
from dataclasses import dataclass, field


class Killed(Exception):
    """Here the process ended."""


@dataclass
class Disk:
    """What survives: the cursor, and what was stored before it, which may be stored again."""

    cursor: str | None = None
    changes: dict = field(default_factory=dict)  # change_id: the change, in the order in which they came
    documents: dict = field(default_factory=dict)  # (entity, id): (document, tombstone)
    resets: list = field(default_factory=list)


class Puller:
    """Stores a page item by item, then the cursor. die() is asked wherever a kill could strike."""

    def __init__(self, disk, client, limit=50, filters="", die=lambda: False):
        self.disk, self.client, self.limit, self.filters, self.die = disk, client, limit, filters, die
        self.told = set()  # by this chain of cursors: the service itself repeats nothing in it

    def _mortal(self):
        if self.die():
            raise Killed

    def page(self):
        after = f"&after={self.disk.cursor}" if self.disk.cursor else ""
        got = self.client.get(f"/changes?limit={self.limit}{self.filters}{after}")
        if got.status != 200:
            raise AssertionError(str(got))
        page = got.json
        if len(page["data"]) > self.limit:
            raise AssertionError(f"{len(page['data'])} of {self.limit}")
        return page

    def step(self):
        """One page, stored; whether there is more."""
        page = self.page()
        self._mortal()
        if page["reset"]:
            self.disk.resets.append(page["reset"])
            self.disk.documents.clear()
        for item in page["data"]:
            self._store(item, page["snapshot"])
            self._mortal()
        self.disk.cursor = page["page"]["next_cursor"]
        self._mortal()
        return page["page"]["has_more"]

    def _store(self, item, snapshot):
        number = item["change_id"]
        if snapshot != (number is None):
            raise AssertionError(f"snapshot {snapshot}: {item}")
        if number in self.told:
            raise AssertionError(f"change {number} was told twice")
        if number:
            self.told.add(number)
            self.disk.changes.setdefault(number, item)
        self.disk.documents[item["entity"], item["id"]] = item["document"], item["tombstone"]

    def run(self):
        while self.step():
            pass


def chance(seed, one_in):
    """True once in so many times."""
    dice = random.Random(seed)
    return lambda: dice.random() * one_in < 1

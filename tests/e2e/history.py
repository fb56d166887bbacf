"""Who saw which version when, and what of it may not be: the checker of readers and writers on several instances."""

import collections
import heapq
from dataclasses import dataclass


@dataclass(frozen=True)
class Write:
    """Acknowledged: from then on its instance shows this version of the objective, or a later one."""

    instance: str
    code: str
    version: int
    answered: float


@dataclass(frozen=True)
class Read:
    instance: str
    path: str
    code: str
    version: int
    began: float
    ended: float
    confirmed: bool = True


def faults(writes, reads):
    """Sentences on what may not be. Reads that say themselves that nothing is confirmed are not held to freshness."""
    return [*older_than_written(writes, reads), *backwards(reads)]


def older_than_written(writes, reads):
    """A read that began after a write's answer, on the instance that wrote, shows that write."""
    stream = [(w.answered, 0, n, w) for n, w in enumerate(writes)]
    stream += [(r.began, 1, n, r) for n, r in enumerate(reads) if r.confirmed]
    floor = collections.Counter()
    for at, is_read, _, event in sorted(stream):
        known = event.instance, event.code
        if not is_read:
            floor[known] = max(floor[known], event.version)
        elif event.version < floor[known]:
            yield (f"{event.instance} {event.path}: {event.code} at version {event.version}, asked at {at:.4f}, after "
                   f"the answer to the write of {floor[known]}")


def backwards(reads):
    """A read that began after another had ended, of the same document on the same instance, shows no older version."""
    documents = collections.defaultdict(list)
    for read in reads:
        documents[read.instance, read.path, read.code].append(read)
    for seen in documents.values():
        ended, newest = [], None
        for number, read in enumerate(sorted(seen, key=lambda r: r.began)):
            while ended and ended[0][0] < read.began:
                past = heapq.heappop(ended)[2]
                newest = past if newest is None or past.version > newest.version else newest
            if newest and read.version < newest.version:
                yield (f"{read.instance} {read.path}: {read.code} at version {read.version}, asked at "
                       f"{read.began:.4f}, after version {newest.version} was seen at {newest.ended:.4f}")
            heapq.heappush(ended, (read.ended, number, read))

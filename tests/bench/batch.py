"""POST /updates/batch with a thousand items beside as many single posts, by one writer."""
import itertools
import os
import time

import load
import rounds
import support
from client import Client

ITEMS = 1000
REACH = 5.0
UNKNOWN = float("nan")
_numbers = itertools.count(1)


def _item(n):
    return support.note("7.1", kind="service_status", summary="How requests were answered.",
                        service={"name": "Graffiti", "open": n, "closed": 12, "overdue": 0, "median_days_to_close": 2.5})


def _measured(client, seconds, send):
    """As many requests as fit, each of which gives how many items it has brought in."""
    began, done, times = time.monotonic(), 0, []
    while time.monotonic() - began < seconds or not times:
        at = time.monotonic()
        done += send(client)
        times.append(time.monotonic() - at)
    mean = 1000 * sum(times) / len(times)
    return load.Measure(done / (time.monotonic() - began), mean, UNKNOWN, UNKNOWN, 0, done, UNKNOWN)


def _single(client):
    got = client.post(_item(next(_numbers)))
    if got.status != 201:
        raise RuntimeError(str(got))
    return 1


def _batch(client):
    items = [_item(n) for n in range(ITEMS)]
    key = f'"batch-{os.getpid()}-{next(_numbers)}"'
    got = client.ask("POST", "/updates/batch", {"items": items}, {"Idempotency-Key": key})
    if got.status != 200 or got.json["created"] != ITEMS:
        raise RuntimeError(str(got)[:1000])
    return ITEMS


def _by(bench, send):
    def measure(seconds, _):
        client = Client(bench.ours.port, bench.key)
        try:
            return _measured(client, seconds, send)
        finally:
            client.close()

    return measure


def measure(bench):
    asked = rounds.Rounds(bench)
    asked.add("single: POST /updates", _by(bench, _single))
    asked.add(f"batch: POST /updates/batch, {ITEMS:,} items", _by(bench, _batch))
    found = asked.run()
    single, batch = found
    bench.report.at_least(f"Items of a batch of {ITEMS:,} ÷ single posts", REACH, found.ratio(batch, single))
    bench.report.rates("Batches", found, "Updates a second, one writer; p50 is the mean of a request. The disk is waited for.")

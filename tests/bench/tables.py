"""GET /updates.csv, whole, beside psql's copy of the same columns; and what it takes of memory."""
import os
import subprocess
import time

import load
import rounds
import support
from client import Client

REACH, GROWTH_MOST = 0.3, 20
UNKNOWN = float("nan")
PATH = "/updates.csv?dialect=rfc4180"

# What the table holds (src/model/sheet.c), as it is stored and in the table's order.
COLUMNS = """u.id, o.code, o.goal_number, u.kind, u.superseded_at, u.as_of, u.status, u.percent_complete, u.summary, u.details,
u.next_steps, u.links, u.measurements, u.source, u.external_id, u.source_updated_at, u.supersedes, u.superseded_by, u.reason,
u.retracted_at, u.retraction_reason, u.created_at, u.published_at, p.demo, u.service->>'name', u.service->>'case_id',
u.service->>'state', u.service->>'raw_state', u.service->>'open', u.service->>'closed', u.service->>'overdue',
u.service->>'median_days_to_close', u.service->'period'->>'from', u.service->'period'->>'to', u.redacted_at, u.redacted_fields,
u.redaction_reason"""
COPY = (f"\\copy (select {' '.join(COLUMNS.split())} from progress.published_update u join progress.objective o on o.id = u.objective_id"
        " join progress.plan p on p.id = u.plan_id order by u.as_of desc, u.id desc) to stdout (format csv, header)")


def most_memory(server):
    """In megabytes, that it ever had."""
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1000


def _whole(seconds, take):
    """As many tables as fit, and one at least; take() gives how many rows have come, and bytes."""
    began, rows, times, size = time.monotonic(), 0, [], 0
    while time.monotonic() - began < seconds or not times:
        at = time.monotonic()
        came, size = take()
        rows += came
        times.append(1000 * (time.monotonic() - at))
    spent = time.monotonic() - began
    return load.Measure(rows / spent, sorted(times)[len(times) // 2], max(times), max(times), 0, len(times), size)


def _by_http(server, count):
    def take():
        client = Client(server.port, timeout=60)
        got = client.get(PATH)
        client.close()
        if got.status != 200 or got["X-Row-Count"] != str(count):
            raise RuntimeError(str(got)[:1000])
        return count, len(got.body)

    return lambda seconds, _: _whole(seconds, take)


def _by_copy(db, count):
    def take():
        done = subprocess.run([support.PSQL, "-Xq", "-v", "ON_ERROR_STOP=1", "-d", db.url, "-c", COPY], env=support.environment(),
                              stdout=subprocess.PIPE, check=True, timeout=120)
        return count, len(done.stdout)

    return lambda seconds, _: _whole(seconds, take)


def measure(bench):
    size = "100k" if "100k" in bench.sizes else bench.sizes[-1]
    db = bench.database(size)
    count = db.count("published_update")
    server = bench.server(db)
    Client(server.port).get("/updates?limit=500")
    # It keeps every page ready from its start: that is no memory of the tables.
    support.wait_until(lambda: os.path.exists(os.path.join(server.data, "snapshot")), "every page is ready", 60)
    before = most_memory(server)
    asked = rounds.Rounds(bench)
    asked.add(f"GET /updates.csv, {size} updates", _by_http(server, count))
    asked.add(f"psql \\copy, {size} updates", _by_copy(db, count))
    found = asked.run()
    ours, theirs = found
    bench.report.at_least(f"rows of /updates.csv ÷ psql \\copy, {size} updates", REACH, found.ratio(ours, theirs))
    bench.report.at_most("memory that whole tables take", GROWTH_MOST, most_memory(server) - before, " MB")
    bench.report.rates("Tables", found, "Rows a second, one reader; times are of a whole table, bytes its own.")

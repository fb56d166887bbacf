"""Databases of known sizes, loaded by COPY; and what their size costs a read that no cache answers."""
import datetime
import random
import subprocess

import load
import rounds
import support

SIZES = {"1k": 1_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
COLUMNS = "plan_id, goal_id, objective_id, as_of, kind, status, percent_complete, summary, source, details"
FIRST_DAY = datetime.date(2023, 1, 1)
DAYS = (datetime.date(2026, 1, 31) - FIRST_DAY).days


def sizes_up_to(largest):
    return [size for size, count in SIZES.items() if count <= SIZES[largest]]


def _lines(objectives, count, details):
    """Three progress updates in five, the others notes, of every objective and of three years. Always the same.

    They come as a city's do: day after day, each told within six weeks of the day that it is about.
    """
    dice = random.Random(1)
    days = [(FIRST_DAY + datetime.timedelta(n)).isoformat() for n in range(DAYS + 1)]
    for number in range(count):
        place = "\t".join(objectives[number % len(objectives)])
        moved = f"progress\ton_track\t{dice.randrange(1, 100)}" if dice.random() < 0.6 else "note\t\\N\t\\N"
        day = days[max(0, number * DAYS // count - dice.randrange(42))]
        yield f"{place}\t{day}\t{moved}\tWhat residents should know, number {number}.\tgogov\t{details}\n"


def fill(db, count, details="\\N"):
    listed = db.sql("select plan_id, goal_id, id from progress.objective order by id")
    objectives = [line.split("|") for line in listed.splitlines()]
    with subprocess.Popen([support.PSQL, "-Xq", "-v", "ON_ERROR_STOP=1", "-d", db.url,
                           "-c", f"copy progress.published_update ({COLUMNS}) from stdin"],
                          env=support.environment(), stdin=subprocess.PIPE, text=True) as psql:
        for line in _lines(objectives, count, details):
            psql.stdin.write(line)
    if psql.returncode != 0:
        raise RuntimeError("COPY did not end well")
    db.sql("vacuum (analyze) progress.published_update")


# The first page, one from the middle, and one of a filter.
PAGES = {
    "page of 50 updates": "/updates",
    "page of 50 from the middle": "/updates?until=2024-06-30",
    "page of 50 of one goal": "/updates?goal=7",
    "GET /goals": "/goals",
    "GET /objectives": "/objectives",
}


def measure(bench):
    """One connection: the time of an answer is then the work, not the queue."""
    asked = rounds.Rounds(bench)
    for size in bench.sizes:
        uncached = bench.server(bench.database(size), PROGRESS_CACHE_MB=0)
        for what, path in PAGES.items():
            asked.add_load(f"{what}, {size}", load.Load(bench.url(path, uncached), connections=1))
    found = asked.run()
    bench.report.rates("Uncached reads by the number of updates", found,
                       "One connection, PROGRESS_CACHE_MB=0, updates loaded by COPY.")
    for what in PAGES:
        bound = 1.5 if what.startswith("GET ") else 1.3
        for size in ("1m", "10m"):
            bench.report.at_most(f"uncached {what}, {size} ÷ 1k updates (median time)", bound,
                                 found.ratio(f"{what}, {size}", f"{what}, 1k", "p50"))

"""POST /imports with ten thousand rows: from the request to the report, new, sent again, and corrected."""
import csv
import io
import itertools
import os
import time

from client import Client

ROWS = 10000
WITHIN = 5.0  # seconds
PATIENCE = 120
COLUMNS = ("objective", "as_of", "kind", "status", "percent_complete", "summary", "external_id")
CODES = ("1.1", "2.1", "3.1", "7.1")
_numbers = itertools.count(1)


def _table(name, summary):
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for n in range(ROWS):
        rows.writerow((CODES[n % 4], "2026-01-31", "progress", "on_track", n % 100, f"{summary} {n}.", f"{name}-{n}"))
    return out.getvalue().encode()


def _load(client, table, counted):
    """Seconds until the report is there."""
    key = f'"table-{os.getpid()}-{next(_numbers)}"'
    began = time.monotonic()
    got = client.ask("POST", "/imports", table, {"Content-Type": "text/csv", "Idempotency-Key": key})
    if got.status != 202:
        raise RuntimeError(str(got)[:1000])
    while time.monotonic() - began < PATIENCE:
        report = client.ask("GET", got["Location"]).json
        if report["state"] == "done" and report[counted] == ROWS:
            return time.monotonic() - began
        if report["state"] in ("done", "failed"):
            raise RuntimeError(str(report)[:1000])
        time.sleep(0.05)
    raise RuntimeError(f"no report within {PATIENCE} s")


def measure(bench):
    client = Client(bench.ours.port, bench.key, timeout=60)
    try:
        name = f"table-{os.getpid()}-{next(_numbers)}"
        bench.report.at_most(f"{ROWS:,} new rows in one call, with their report", WITHIN, _load(client, _table(name, "Done"), "created"), " s")
        bench.report.at_most(f"{ROWS:,} rows sent again", WITHIN, _load(client, _table(name, "Done"), "unchanged"), " s")
        bench.report.at_most(f"{ROWS:,} rows that correct what stands", 2 * WITHIN, _load(client, _table(name, "Corrected"), "changed"), " s")
    finally:
        client.close()

"""From a commit on one instance to the first answer of another one that shows it."""
import json
import time

import probes
import support

PATIENCE = 5


def _seen(client, before, began):
    """Milliseconds until the summary is another one."""
    while time.monotonic() - began < PATIENCE:
        got = client.get("/updates?limit=1")
        if got["ETag"] != before:
            return (time.monotonic() - began) * 1000
    return float("inf")


def _by_service(bench, writer, number):
    body = support.note("7.1", as_of="2026-01-31", summary=f"Visible {number}.")
    got = writer.post(body, key=bench.key)
    if got.status != 201:
        raise RuntimeError(str(got))


def _by_sql(bench, _, number):
    """The same function without the service: nobody sends a NOTIFY, only the look once a second finds it."""
    body = json.dumps(support.note("7.1", as_of="2026-01-31", summary=f"Unannounced {number}."))
    envelope = json.dumps({"dry_run": False, "key": bench.key.split("_")[1], "idem": f"unannounced-{number}",
                           "fingerprint": "0" * 64, "request_id": f"unannounced-{number}", "args": {},
                           "now": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()), "plan": None})
    bench.db.sql(f"set search_path = {bench.functions()}, progress;"
                 f"select updates_post('{envelope}'::jsonb, '{body}'::jsonb)")


def measure(bench):
    other = bench.server(bench.db)
    writer, reader = support.Client(bench.ours.port), support.Client(other.port)
    for name, write, count, bounds in (
            ("with NOTIFY", _by_service, 20 if bench.quick else 300, (30, 60)),
            ("without", _by_sql, 3 if bench.quick else 30, (1100, 1100))):
        took = []
        for number in range(count):
            before = reader.get("/updates?limit=1")["ETag"]
            write(bench, writer, f"{name} {number}")
            took.append(_seen(reader, before, time.monotonic()))
            time.sleep(0.02 + number % 7 * 0.013)
        for of, bound in zip((50, 99), bounds):
            bench.report.at_most(f"commit to visible on the other instance, {name}, p{of}", bound,
                                 probes.percentile(took, of), " ms")
    writer.close()
    reader.close()



"""GET /changes: a page of a hundred for who was long away, and for who follows; of 100,000 updates, each a change."""
import time

import load
import rounds
import rows
import support
from client import Client

PAGE, MOST_MS = 100, 10
UNKNOWN = float("nan")

# A transaction each, as reports come; the disk need not be waited for.
TELL = """set synchronous_commit = off;
do $$
declare
    u record;
begin
    for u in select id, plan_id, objective_id from progress.published_update order by id loop
        insert into progress.change (entity, entity_id, op, plan_id, objective_id)
        values ('update', u.id::text, 'published', u.plan_id, u.objective_id);
        commit;
    end loop;
end $$"""


def _pull(client, link):
    got = client.get(link)
    if got.status != 200:
        raise RuntimeError(str(got)[:1000])
    return got.json


def _to_the_end(client):
    """The link by which one goes on from how things stand."""
    page = _pull(client, "/changes?limit=500")
    while page["page"]["has_more"]:
        page = _pull(client, page["links"]["next"])
    return f"/changes?limit={PAGE}&after={page['page']['next_cursor']}"


def _pages(server, first, goes_on):
    """The first page again and again, or the pages behind it."""
    def measure(seconds, _):
        client = Client(server.port, timeout=60)
        began, times, link = time.monotonic(), [], first
        if goes_on:
            link = _pull(client, first)["links"]["next"]
        while time.monotonic() - began < seconds or not times:
            at = time.monotonic()
            got = client.get(link)
            times.append(1000 * (time.monotonic() - at))
            page = got.json
            if got.status != 200 or len(page["data"]) != PAGE:
                raise RuntimeError(str(got)[:1000])
            link = page["links"]["next"] if goes_on and page["page"]["has_more"] else link
        client.close()
        times.sort()
        return load.Measure(PAGE * len(times) / sum(times) * 1000, times[len(times) // 2], times[len(times) * 99 // 100], times[-1],
                            0, len(times), UNKNOWN)

    return measure


def measure(bench):
    count = 10_000 if bench.quick else 100_000
    bench.say(f"a database with {count:,} changes")
    db = support.Database.with_plan(bench.cluster)
    server = bench.server(db)
    first = _to_the_end(Client(server.port, timeout=60))
    rows.fill(db, count)
    db.sql(TELL)
    db.sql("vacuum (analyze) progress.change")
    asked = rounds.Rounds(bench)
    asked.add("first page", _pages(server, first, False))
    asked.add("pages behind it", _pages(server, first, True))
    found = asked.run()
    for name, measured in found.items():
        bench.report.at_most(f"a pull of {PAGE} changes, all {count:,} untold: {name} (median time)", MOST_MS, measured.p50, " ms")
    bench.report.rates("Pulls", found, f"Changes a second, one puller, {PAGE} a page; times are of a page.")

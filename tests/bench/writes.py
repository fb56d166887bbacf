"""POST /updates, and pgbench with the same SQL function for the same body and envelope."""
import os
import re
import subprocess

import load
import rounds
import support

WRITERS = (1, 8, 32)
PGBENCH = os.path.join(os.path.dirname(support.PSQL), "pgbench")
REACH = 0.6
UNKNOWN = float("nan")

# The envelope is the one of src/model/operation.c, the body the one of post.lua.
SCRIPT = """\\set n random(1, 1000000000000)
\\set o random(1, 5)
select status, location, revision, body, replayed from updates_post(
  format('{{"dry_run": false,"key":"{key}","idem":"pgbench-%s","fingerprint":"{fingerprint}",'
         '"request_id":"01234567-89ab-7def-8123-456789abcdef","now":"{now}","plan": null,"args":{{}}}}',
         :n::bigint)::jsonb,
  format('{{"objective":"7.%s","as_of":"2026-01-31","kind":"progress","status":"on_track",'
         '"percent_complete":40,"summary":"What residents should know."}}', :o::integer)::jsonb);
"""


def _script(bench):
    path = os.path.join(bench.root, "post.sql")
    now = bench.db.sql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SCRIPT.format(key=bench.key.split("_")[1], fingerprint="0" * 64, now=now))
    return path


def _pgbench(bench, writers):
    script, options = _script(bench), bench.options()

    def measure(seconds, _):
        done = subprocess.run(
            [PGBENCH, "-n", "-M", "prepared", "-c", str(writers), "-j", str(min(2, writers)), "-T", str(seconds),
             "-f", script, bench.db.url],
            env=support.environment(PGOPTIONS=options), capture_output=True, text=True, check=False)
        rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
        if done.returncode != 0 or not rate:
            raise RuntimeError(f"pgbench: {done.stderr}")
        mean = float(re.search(r"^latency average = ([\d.]+)", done.stdout, re.MULTILINE).group(1))
        count = int(re.search(r"actually processed: (\d+)", done.stdout).group(1))
        return load.Measure(float(rate.group(1)), mean, UNKNOWN, UNKNOWN, 0, count, UNKNOWN)

    return measure


def _post(bench, writers):
    def measure(seconds, number):
        run = f"bench-{writers}-{number}-{os.getpid()}"
        asked = load.Load(bench.url("/updates"), writers, script="post.lua", words=(bench.key, run))
        return load.run(asked, seconds)

    return measure


def measure(bench):
    asked = rounds.Rounds(bench)
    before = bench.db.count("published_update")
    for writers in WRITERS:
        asked.add(f"{writers} writers: POST /updates", _post(bench, writers))
        asked.add(f"{writers} writers: pgbench", _pgbench(bench, writers))
    found = asked.run()
    for writers in WRITERS:
        ratio = found.ratio(f"{writers} writers: POST /updates", f"{writers} writers: pgbench")
        bench.report.at_least(f"POST ÷ pgbench with the same function, {writers} writers", REACH, ratio)
    stored = bench.db.count("published_update") - before
    bench.report.rates("Writes", found, "Of a single answer pgbench tells the mean, which stands for its p50, and no p99. The "
                       f"disk is waited for (fsync, synchronous_commit). {stored:,} updates were stored.")

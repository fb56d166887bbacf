"""tests/bench/run, after the packages and the build: arguments, the parts in order, the page."""
import argparse
import os
import resource
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
os.environ.setdefault("BUILD_DIR", os.path.join(os.path.dirname(os.path.dirname(HERE)), "build"))

import batch  # noqa: E402  (the path comes first)
import figures  # noqa: E402
import imported  # noqa: E402
import machine  # noqa: E402
import memory  # noqa: E402
import outages  # noqa: E402
import overload  # noqa: E402
import pages  # noqa: E402
import pulls  # noqa: E402
import reads  # noqa: E402
import rows  # noqa: E402
import stage  # noqa: E402
import support  # noqa: E402
import tables  # noqa: E402
import visible  # noqa: E402
import writes  # noqa: E402

PARTS = {
    "reads": reads.measure,
    "mix": reads.measure_mix,
    "pages": pages.measure,
    "writes": writes.measure,
    "batch": batch.measure,
    "imported": imported.measure,
    "rows": rows.measure,
    "tables": tables.measure,
    "pulls": pulls.measure,
    "overload": overload.measure,
    "visible": visible.measure,
    "outage": outages.measure,
    "memory": memory.measure,
}
PAGE = os.path.join(support.ROOT, "docs", "performance.md")


def arguments():
    asked = argparse.ArgumentParser(prog="tests/bench/run", add_help=False)
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--rows", choices=rows.SIZES, default=None)
    asked.add_argument("--only", choices=PARTS, action="append")
    for done_by_run in ("--no-install", "--no-build"):
        asked.add_argument(done_by_run, action="store_true")
    return asked.parse_args()


def how(bench):
    return (f"Each figure is the median of {bench.rounds} rounds of {bench.seconds} s in one run; in a round everything"
            " is asked once, in an order that turns round every time. Load and servers share the machine. A ratio is"
            " ours ÷ theirs, the median of what each round gives by itself. Nothing here is a test: a missed figure"
            " stays and is called missed.")


def main():
    asked = arguments()
    # However it is ended: nothing stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))
    bench = stage.Bench(asked.quick, asked.rows or ("100k" if asked.quick else "1m"))
    facts = machine.facts()
    try:
        bench.set_up()
        for name in asked.only or PARTS:
            bench.say(f"---- {name}")
            PARTS[name](bench)
    finally:
        bench.close()
    versions = machine.tools(support.BINARY, support.PSQL) + bench.versions
    text = figures.page(bench.report, facts, versions, how(bench))
    if asked.quick or asked.only:
        print(text)
        return
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"written: {PAGE}")


main()

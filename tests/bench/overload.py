"""Crowds that would empty a pool of threads, and whoever asks beside them."""
import time

import crowds
import load
import probes
import rounds
import rows
import support

IDLE, ACTIVE, SLOW = 2000, 32, 200
REACH_RATE, REACH_P99, REACH_CUT = 0.9, 60, 10
LONGEST = 30  # seconds that a slow one is waited for


def measure_idle(bench):
    """Turn by turn without and with the idle ones; they stay within the life of an idle connection."""
    asked, closed, refused = rounds.Rounds(bench), [], []
    active = load.Load(bench.url("/goals"), ACTIVE)

    def beside(seconds, _):
        idle = crowds.Idle(bench.ours.port, IDLE)
        try:
            return load.run(active, seconds)
        finally:
            closed.append(idle.closed())
            refused.append(idle.refused)
            idle.end()
            support.wait_until(lambda: _connections(bench) < 100, "the idle ones are gone")

    asked.add_load(f"{ACTIVE} active", active)
    asked.add(f"{ACTIVE} active, {IDLE:,} idle", beside)
    found = asked.run()
    failures = found[f"{ACTIVE} active, {IDLE:,} idle"].errors + sum(refused)
    bench.report.figure(f"{IDLE:,} idle keep-alive + {ACTIVE} active: failures", "0", str(failures), failures == 0)
    bench.report.at_least(f"{IDLE:,} idle keep-alive + {ACTIVE} active ÷ the unloaded rate", REACH_RATE,
                          found.ratio(f"{ACTIVE} active, {IDLE:,} idle", f"{ACTIVE} active"))
    bench.report.rates("Idle connections", found, f"At the end of a round the service had closed "
                       f"{min(closed)} to {max(closed)} of the {IDLE:,} idle ones, as its rules say.")


def _connections(bench):
    for line in bench.get("/metrics").decode().splitlines():
        if line.startswith("http_server_open_connections "):
            return int(float(line.split()[1]))
    return 0


def _large(bench):
    """500 updates with long details in one answer: more than 2 MB."""
    db = support.Database.with_plan(bench.cluster)
    rows.fill(db, 500, details="What was done, at length. " * 170)
    return bench.server(db)


def _crowd(bench, name, server, make):
    bench.say(f"200 {name}")
    probe = probes.Probe(server.port)
    began = time.monotonic()
    crowd = make()
    while len(crowd.cut_after) < SLOW and time.monotonic() - began < LONGEST:
        time.sleep(0.1)
    crowd.end()
    probe.end()
    cut, last = crowd.cut_after, max(crowd.cut_after, default=float("nan"))
    told = f"{len(cut)} cut, after {min(cut, default=0):.1f} to {last:.1f} s" if cut else "none cut"
    bench.say(f"{name}: {told}; {len(probe.times)} probes, {len(probe.failures)} failed, p99 {probe.p99():.1f} ms")
    bench.report.figure(f"{SLOW} {name}: failed probes", "0", f"{len(probe.failures)} of {len(probe.times)}",
                        not probe.failures)
    bench.report.at_most(f"{SLOW} {name}: probe p99", REACH_P99, probe.p99(), " ms")
    bench.report.figure(f"{SLOW} {name}: each cut", f"within {REACH_CUT} s", told,
                        len(cut) == SLOW and last <= REACH_CUT)


def measure(bench):
    measure_idle(bench)
    head = b"GET /goals HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    body = (f"POST /updates HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {bench.key}\r\n"
            'Idempotency-Key: "slow"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{').encode()
    port = bench.ours.port
    _crowd(bench, "slow heads", bench.ours, lambda: crowds.Drip(port, SLOW, head))
    _crowd(bench, "dripping bodies", bench.ours, lambda: crowds.Drip(port, SLOW, body, b" "))
    large = _large(bench)
    size = len(bench.get("/updates?limit=500", large))
    _crowd(bench, f"slow readers of {size / 1e6:.1f} MB answers", large,
           lambda: crowds.Readers(large.port, SLOW, "/updates?limit=500"))

"""Reads of known addresses while the database is stopped, frozen, or behind a cable that carries nothing."""
import contextlib
import glob
import os
import signal
import time

import cable
import load
import probes
import support

KNOWN = ("/plan", "/summary", "/goals", "/goals/7", "/objectives", "/objectives/7.1", "/updates")
CONNECTIONS = 16
DURABLE = ("fsync=on", "synchronous_commit=on")


def _processes(folder):
    """The postmaster and all that it made."""
    with open(os.path.join(folder, "data", "postmaster.pid"), encoding="ascii") as file:
        head = int(file.readline())
    found = [head]
    for path in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError), open(path, encoding="ascii", errors="replace") as stat:
            text = stat.read()
            if int(text.rsplit(")", 1)[1].split()[1]) == head:
                found.append(int(text.split()[0]))
    return found


class Stopped:
    name = "stopped"

    def __init__(self, cluster, _):
        self.cluster = cluster

    def begin(self):
        self.cluster.control("stop")

    def end(self):
        self.cluster.start(*DURABLE)


class Frozen:
    name = "frozen"

    def __init__(self, cluster, _):
        self.cluster, self.held = cluster, []

    def begin(self):
        self.held = _processes(self.cluster.folder)
        for pid in self.held:
            os.kill(pid, signal.SIGSTOP)

    def end(self):
        for pid in self.held:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class CutOff:
    name = "cut off"

    def __init__(self, _, line):
        self.line = line

    def begin(self):
        self.line.darken()

    def end(self):
        self.line.light(forget=True)


def _load(server, seconds):
    """The figures of a busy moment, and of one who asks for every known address."""
    probe = probes.Probe(server.port, KNOWN)
    try:
        got = load.run(load.Load(f"http://127.0.0.1:{server.port}/goals", CONNECTIONS), seconds)
    finally:
        probe.end()
    return got, probe


def _one(bench, cluster, db, kind, seconds):
    line = cable.Cable(os.path.join(cluster.host, f".s.PGSQL.{cluster.port}"))
    server = bench.server(db, line.url(cluster.user, db.name))
    outage = kind(cluster, line)
    try:
        _load(server, 1)
        before, calm = _load(server, max(2, seconds // 3))
        outage.begin()
        try:
            during, probe = _load(server, seconds)
        finally:
            outage.end()
        support.wait_until(lambda: _is_ready(server), "the service is ready again")
    finally:
        server.kill()
        line.remove()
    tell(bench, kind.name, (before, calm), (during, probe), seconds)


def _is_ready(server):
    with contextlib.closing(support.Client(server.port)) as client:
        return client.get("/readyz").status == 200


def tell(bench, name, before, during, seconds):
    (was, calm), (got, probe) = before, during
    failed = got.errors + len(probe.failures)
    asked = got.requests + len(probe.times)
    bench.say(f"{name}: {got.line()}; before: {was.line()}; probes {calm.p99():.1f} -> {probe.p99():.1f} ms")
    bench.report.figure(f"{seconds} s of a database {name}: known addresses that answer 200", "100 %",
                        f"{100 * (1 - failed / asked):.3f} % of {asked:,}", failed == 0)
    bench.report.at_most(f"{seconds} s of a database {name}: p99 ÷ before", 2, got.p99 / was.p99,
                         note=f" ({got.p99:.1f} ms)")


def measure(bench):
    seconds = 5 if bench.quick else 60
    cluster = support.Cluster.own(*DURABLE)
    bench.open.callback(cluster.remove)
    db = support.Database.with_plan(cluster)
    for kind in (Stopped, Frozen, CutOff):
        _one(bench, cluster, db, kind, seconds)
        time.sleep(1)
    bench.report.figure("60 s of a full disk", "100 %, p99 ≤ 2 × before", "not measured here", None)

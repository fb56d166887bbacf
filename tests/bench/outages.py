"""Reads of known addresses while the database is stopped, frozen, behind a cable that carries nothing, or has no room."""
import contextlib
import glob
import os
import signal
import time

import cable
import load
import probes
import small_disk
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
    name = "a database stopped"

    def __init__(self, cluster, _):
        self.cluster = cluster

    def begin(self):
        self.cluster.control("stop")

    def end(self):
        self.cluster.start(*DURABLE)


class Frozen:
    name = "a database frozen"

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
    name = "a database cut off"

    def __init__(self, _, line):
        self.line = line

    def begin(self):
        self.line.darken()

    def end(self):
        self.line.light(forget=True)


class Full:
    name = "a full disk"

    def __init__(self, cluster, _):
        self.cluster, self.disk = cluster, cluster.disk

    def begin(self):
        """The database meets it at once: the service would else not know."""
        self.disk.fill()
        try:
            self.cluster.sql("create table filler as select repeat('x', 1000) from generate_series(1, 100000)")
        except AssertionError as refused:
            if "No space left" in str(refused):
                return
            raise
        raise RuntimeError("the disk is not full")

    def end(self):
        self.disk.make_room()


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
    bench.report.figure(f"{seconds} s of {name}: known addresses that answer 200", "100 %",
                        f"{100 * (1 - failed / asked):.3f} % of {asked:,}", failed == 0)
    bench.report.at_most(f"{seconds} s of {name}: p99 ÷ before", 2, got.p99 / was.p99,
                         note=f" ({got.p99:.1f} ms)")


def measure(bench):
    seconds = 5 if bench.quick else 60
    cluster = support.Cluster.own(*DURABLE)
    bench.open.callback(cluster.remove)
    db = support.Database.with_plan(cluster)
    for kind in (Stopped, Frozen, CutOff):
        _one(bench, cluster, db, kind, seconds)
        time.sleep(1)
    measure_full(bench, seconds)


def measure_full(bench, seconds):
    try:
        disk = small_disk.SmallDisk()
    except small_disk.Missing as reason:
        bench.report.figure(f"{seconds} s of {Full.name}", "100 %, p99 ≤ 2 × before", str(reason), None)
        return
    bench.open.callback(disk.remove)
    cluster = support.Cluster("", folder=os.path.join(disk.folder, "cluster"))
    cluster.disk = disk
    cluster.start(*small_disk.SETTINGS)
    bench.open.callback(cluster.remove)
    _one(bench, cluster, support.Database.with_plan(cluster), Full, seconds)

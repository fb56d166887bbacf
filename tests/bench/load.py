"""wrk, once: so many connections for so long; and the median of many such."""
import json
import os
import statistics
import subprocess
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
THREADS = 2


@dataclass
class Load:
    """What is asked, of whom: one column of a table of rates."""

    url: str
    connections: int = 64
    headers: tuple = ()
    script: str = "report.lua"
    words: tuple = ()


@dataclass
class Measure:
    rate: float
    p50: float  # milliseconds, as p99 and slowest
    p99: float
    slowest: float
    errors: int
    requests: int
    size: float  # bytes of an answer, head and body

    def line(self):
        errors = f", {self.errors} errors" if self.errors else ""
        return f"{self.rate:,.0f}/s, p50 {self.p50:.2f} ms, p99 {self.p99:.2f} ms, {self.size:,.0f} bytes{errors}"


def command(load, seconds):
    words = ["wrk", f"-t{min(THREADS, load.connections)}", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "10s"]
    for header in load.headers:
        words += ["-H", header]
    return words + ["-s", os.path.join(HERE, load.script), load.url, "--", *load.words]


def read(text, wanted):
    """The line that report.lua left. A refusal and an answer that came too late are errors too."""
    lines = [line for line in text.splitlines() if line.startswith("@{")]
    if not lines:
        raise RuntimeError(f"wrk said nothing of use: {' '.join(wanted)}\n{text}")
    said = json.loads(lines[-1][1:])
    errors = sum(said[kind] for kind in ("connect", "read", "write", "status", "timeout"))
    good = said["requests"] - said["status"]
    return Measure(good / said["seconds"], said["p50_ms"], said["p99_ms"], said["max_ms"], errors, said["requests"],
                   said["bytes"] / max(1, said["requests"]))


def start(load, seconds):
    words = command(load, seconds)
    return words, subprocess.Popen(words, env=os.environ | {"BENCH_FOLDER": HERE}, text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)


def end(started):
    words, process = started
    return read(process.communicate()[0], words)


def run(load, seconds):
    return end(start(load, seconds))


def median(measures):
    """Of each figure by itself; errors and requests are added up."""
    def middle(name):
        return statistics.median(getattr(m, name) for m in measures)
    return Measure(middle("rate"), middle("p50"), middle("p99"), middle("slowest"), sum(m.errors for m in measures),
                   sum(m.requests for m in measures), middle("size"))

"""What was measured, each against what it was to reach; and the pages that say so."""
import math
from dataclasses import dataclass, field

REACHED, MISSED, OPEN = "reached", "**missed**", "not measured"


@dataclass
class Figure:
    what: str
    reach: str
    measured: str
    verdict: str = OPEN


@dataclass
class Table:
    title: str
    head: tuple
    rows: list = field(default_factory=list)
    note: str = ""


def _number(value, places):
    return "–" if math.isnan(value) else f"{value:,.{places}f}"


def verdict(reached):
    return OPEN if reached is None else REACHED if reached else MISSED


class Report:
    def __init__(self):
        self.figures, self.tables, self.left_out, self.notes = [], [], [], []

    def figure(self, what, reach, measured, reached):
        self.figures.append(Figure(what, reach, measured, verdict(reached)))

    def at_least(self, what, bound, ratio, note=""):
        """A ratio that is to be no less than this."""
        told = "–" if ratio is None else f"{ratio:.2f}{note}"
        self.figure(what, f"≥ {bound:g}", told, None if ratio is None else ratio >= bound)

    def at_most(self, what, bound, value, unit="", note=""):
        told = "–" if value is None else f"{value:.2f}{unit}{note}"
        self.figure(what, f"≤ {bound:g}{unit}", told, None if value is None else value <= bound)

    def tell(self, what, ratio):
        """A ratio that has nothing to reach."""
        self.figures.append(Figure(what, "–", "–" if ratio is None else f"{ratio:.2f}", ""))

    def rates(self, title, found, note=""):
        rows = [(name, _number(m.rate, 0), _number(m.p50, 2), _number(m.p99, 2), _number(m.size, 0), str(m.errors))
                for name, m in found.items()]
        head = ("what", "answers a second", "p50 ms", "p99 ms", "bytes of an answer", "errors")
        self.tables.append(Table(title, head, rows, note))

    def leave_out(self, name, reason):
        self.left_out.append((name, str(reason)))


def _table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def page(report, machine, versions, how):
    """The whole of docs/performance.md."""
    lines = ["# Performance", "", "Written by `tests/bench/run`; do not edit. " + how, ""]
    lines += _table(("machine", ""), machine) + [""]
    lines += _table(("what", "version"), versions) + [""]
    lines += ["## What was to be reached", ""]
    lines += _table(("what", "reach", "measured", ""),
                    [(f.what, f.reach, f.measured, f.verdict) for f in report.figures]) + [""]
    if report.left_out:
        lines += ["Left out on this machine:", ""]
        lines += [f"- {name}: {reason}" for name, reason in report.left_out] + [""]
    for note in report.notes:
        lines += [note, ""]
    for table in report.tables:
        lines += [f"## {table.title}", ""] + _table(table.head, table.rows) + [""]
        if table.note:
            lines += [table.note, ""]
    return "\n".join(lines).rstrip("\n") + "\n"

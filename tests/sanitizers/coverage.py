"""What the tests of a build with PROGRESS_COVERAGE reached: a table of the rooms, the gaps by name, and a result a room.

usage: python3 tests/sanitizers/coverage.py BUILD_FOLDER
A branch is a way that a condition can go. Those of an assert are left out: no test can take the other way.
"""
import glob
import json
import os
import subprocess
import sys
from collections import defaultdict

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
AIM = (90.0, 80.0)

# Room, least percent of lines, least percent of branches. Three to five points under what was measured when
# they were set: the order of threads and the speed of a machine move it a little. Raise them as it grows.
FLOORS = [
    ("base", 93, 88),
    ("pg", 89, 74),
    ("model", 93, 86),
    ("view", 96, 88),
    ("live", 90, 68),
    ("http", 92, 82),
    ("api", 94, 86),
    ("src", 93, 80),
]


class Part:
    """A room, a file or a function: how often each of its lines and of its branches was taken."""

    def __init__(self):
        self.lines, self.branches = defaultdict(int), defaultdict(int)

    def add(self, file, line, asserts):
        at = (file, line["line_number"])
        self.lines[at] += line["count"]
        if not asserts:
            for number, branch in enumerate(line["branches"]):
                self.branches[(*at, number)] += branch["count"]

    def shares(self):
        return share(self.lines), share(self.branches)

    def is_short(self):
        return any(got < aim for got, aim in zip(self.shares(), AIM, strict=True))

    def told(self):
        lines, branches = self.shares()
        return f"{lines:5.1f} % of {len(self.lines):4} lines, {branches:5.1f} % of {len(self.branches):4} branches"


def share(counts):
    return 100.0 * sum(1 for n in counts.values() if n) / len(counts) if counts else 100.0


def measured(build):
    """What gcov says of every object, also of one that nothing ever ran."""
    notes = glob.glob(os.path.join(build, "**", "*.gcno"), recursive=True)
    if not notes:
        raise SystemExit(f"not ok - coverage: {build} is no build with PROGRESS_COVERAGE")
    done = subprocess.run(
        ["gcov", "--json-format", "--stdout", "--branch-counts", "--branch-probabilities", *notes],
        capture_output=True, text=True, timeout=300, check=False, cwd=build,
    )
    if done.returncode != 0:
        raise SystemExit(f"not ok - coverage: gcov ended with status {done.returncode}: {done.stderr[-300:]}")
    for document in done.stdout.splitlines():
        if document.strip():
            yield from json.loads(document)["files"]


def ours(path):
    """The file under src/ or include/ that this is, and its room; None for another's, and for one that is gone."""
    words = os.path.relpath(os.path.realpath(path), ROOT).split(os.sep)
    if words[0] not in ("src", "include") or not os.path.isfile(path):
        return None
    return os.sep.join(words), words[1] if len(words) > 2 else "src"


def asserting_lines(file):
    with open(os.path.join(ROOT, file), encoding="utf-8") as source:
        return {n for n, line in enumerate(source, 1) if line.lstrip().startswith("assert(")}


def gathered(build):
    rooms, files, functions = (defaultdict(Part) for _ in range(3))
    asserts = {}
    for measure in measured(build):
        known = ours(measure["file"])
        if not known:
            continue
        file, room = known
        if file not in asserts:
            asserts[file] = asserting_lines(file)
        for line in measure["lines"]:
            excused = line["line_number"] in asserts[file]
            for part in (rooms[room], files[file], functions[file, line.get("function_name", "?")]):
                part.add(file, line, excused)
    return rooms, files, functions


def tell(rooms, files, functions):
    print(f"# the aim: {AIM[0]:.0f} % of the lines, {AIM[1]:.0f} % of the branches (asserts apart)")
    for name, _, _ in FLOORS:
        print(f"# {name:6}{rooms[name].told()}")
    for file in sorted(files):
        if not files[file].is_short():
            continue
        print(f"# under the aim: {file:24} {files[file].told()}")
        for (where, name), part in sorted(functions.items()):
            if where == file and part.is_short():
                left = sorted({at[1] for at, n in [*part.lines.items(), *part.branches.items()] if n == 0})
                print(f"#     {name:28} {part.told()}; see {spans(left)}")


def spans(numbers):
    """1, 2, 3, 7 as "1-3 7"."""
    ends = []
    for n in numbers:
        if ends and n == ends[-1][1] + 1:
            ends[-1][1] = n
        else:
            ends.append([n, n])
    return " ".join(f"{a}-{b}" if b > a else str(a) for a, b in ends)


def judge(rooms):
    """A line a room; True if none is under its floor."""
    fine = True
    for name, lines, branches in FLOORS:
        if not rooms[name].lines:
            print(f"not ok - coverage: {name}: nothing of it was measured")
            fine = False
            continue
        got = rooms[name].shares()
        faults = [
            f"{share:.1f} % of its {what}, the floor is {floor} %"
            for share, floor, what in zip(got, (lines, branches), ("lines", "branches"), strict=True)
            if share < floor
        ]
        print(f"not ok - coverage: {name}: {'; '.join(faults)}" if faults else f"ok - coverage: {name}")
        fine = fine and not faults
    return fine


def main():
    rooms, files, functions = gathered(os.path.realpath(sys.argv[1]))
    unknown = set(rooms) - {name for name, _, _ in FLOORS}
    if unknown:
        print(f"not ok - coverage: no floor for {', '.join(sorted(unknown))}")
    fine = judge(rooms)
    tell(rooms, files, functions)
    return 0 if fine and not unknown else 1


if __name__ == "__main__":
    sys.exit(main())

"""Takes openapi.yaml as the contract that clients have: to be run when it goes out to them, and committed.

usage: python3 tests/judges/land.py

From then on nothing of it may go. It is refused while something of the contract before it has gone.
"""
import shutil
import sys
import unittest

import breaking
import tools


def main():
    if sys.argv[1:]:
        print(__doc__)
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    try:
        words, _ = breaking.broken(breaking.LANDED)
    except (unittest.SkipTest, AssertionError) as why:
        print(f"land.py: not taken: {why}", file=sys.stderr)
        return 1
    if words:
        print(f"land.py: not taken: {len(words)} breaking changes\n" + "\n".join(words), file=sys.stderr)
        return 1
    shutil.copyfile(tools.CONTRACT, breaking.LANDED)
    stands = breaking.settings().get("stands", [])
    print("tests/judges/landed.yaml is openapi.yaml now")
    for entry in stands:
        print(f"breaking.toml: take out what is done: {entry['id']}, {entry['words']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

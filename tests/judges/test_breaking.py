"""openapi.yaml against the last landed contract: nothing that a client relies on may go. breaking.toml has exceptions."""
import json
import os
import shutil
import unittest

import tools

try:
    import tomllib
except ImportError:  # before Python 3.11
    tomllib = None

BREAKS = 3  # oasdiff's level "error"; what it only warns of is shown


def git(*arguments):
    return tools.run("git", "-C", tools.ROOT, *arguments)


def landed():
    """The name of the commit whose contract clients have."""
    for name in ("origin/main", "HEAD~"):
        if git("cat-file", "-e", f"{name}:openapi.yaml").returncode == 0:
            return name
    raise unittest.SkipTest("there is no earlier contract: neither origin/main nor HEAD~ has one")


def make_oasdiff(folder):
    for name in ("go.mod", "go.sum"):
        shutil.copy(tools.path(name), folder)
    settings = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}
    return tools.run("go", "build", "-o", os.path.join(folder, "oasdiff"), "github.com/oasdiff/oasdiff",
                     cwd=folder, env=settings, seconds=600)


def oasdiff():
    if not shutil.which("go"):
        raise unittest.SkipTest("go is not installed, with which oasdiff is built")
    return os.path.join(tools.made("oasdiff", ["go.mod", "go.sum"], make_oasdiff), "oasdiff")


def exceptions():
    with open(tools.path("breaking.toml"), "rb") as file:
        return tomllib.load(file).get("stands", [])


def told(change):
    return f"{change.get('operation', '')} {change.get('path', '')}: {change['text']} [{change['id']}]"


class Additive(unittest.TestCase):
    def changes(self, program, base):
        before = os.path.join(tools.FOLDER, "landed.yaml")
        os.makedirs(tools.FOLDER, exist_ok=True)
        with open(before, "w", encoding="utf-8") as file:
            file.write(git("show", f"{base}:openapi.yaml").stdout)
        done = tools.run(program, "breaking", before, tools.CONTRACT, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [change for change in json.loads(done.stdout or "[]") or [] if change["level"] >= BREAKS]

    def test_against_the_last_landed_contract(self):
        if tomllib is None:
            self.skipTest("reading breaking.toml needs Python 3.11")
        base = landed()
        changes, stands = self.changes(oasdiff(), base), exceptions()
        used = set()
        broken = []
        for change in changes:
            fits = [n for n, e in enumerate(stands) if e["id"] == change["id"] and e["words"] in change["text"]]
            used.update(fits)
            if not fits:
                broken.append(told(change))
        for number, entry in enumerate(stands):
            if number not in used:
                print(f"# breaking.toml: not needed against {base}: {entry['id']}, {entry['words']}", flush=True)
        self.assertFalse(broken, f"{len(broken)} breaking changes since {base}\n" + "\n".join(broken[:50]))


if __name__ == "__main__":
    unittest.main()

"""oasdiff: what a client relies on in an earlier contract and does not find in openapi.yaml any more.

landed.yaml beside this file is the contract that clients have; land.py takes a new one. breaking.toml says what
oasdiff is to count beyond its own errors, and which findings stand all the same.
"""
import json
import os
import shutil
import unittest

import tools

try:
    import tomllib
except ImportError:  # before Python 3.11
    tomllib = None

LANDED = tools.path("landed.yaml")
BREAKS = 2  # oasdiff's level "warning": it knows why something may hurt, and not whom


def settings():
    if tomllib is None:
        raise unittest.SkipTest("reading breaking.toml needs Python 3.11")
    with open(tools.path("breaking.toml"), "rb") as file:
        return tomllib.load(file)


def _make_oasdiff(folder):
    for name in ("go.mod", "go.sum"):
        shutil.copy(tools.path(name), folder)
    quiet = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"}
    return tools.run("go", "build", "-o", os.path.join(folder, "oasdiff"), "github.com/oasdiff/oasdiff",
                     cwd=folder, env=quiet, seconds=600)


def oasdiff():
    if not shutil.which("go"):
        raise unittest.SkipTest("go is not installed, with which oasdiff is built")
    return os.path.join(tools.made("oasdiff", ["go.mod", "go.sum"], _make_oasdiff), "oasdiff")


def changes(before, after=tools.CONTRACT):
    """What oasdiff finds between two files, of its dictionaries those that count."""
    program = oasdiff()
    levels = os.path.join(tools.FOLDER, "levels")
    with open(levels, "w", encoding="utf-8") as file:
        file.writelines(f"{name} err\n" for name in settings()["counted"])
    done = tools.run(program, "breaking", before, after, "--severity-levels", levels, "--format", "json")
    if done.returncode != 0:
        raise AssertionError(f"oasdiff: {done.stderr}")
    return [change for change in json.loads(done.stdout or "[]") or [] if change["level"] >= BREAKS]


def told(change):
    return f"{change.get('operation', '')} {change.get('path', '')}: {change['text']} [{change['id']}]"


def broken(before):
    """(what breaks and has no exception, the exceptions that nothing needed), in words."""
    stands, used, words = settings().get("stands", []), set(), []
    for change in changes(before):
        fits = [n for n, e in enumerate(stands) if e["id"] == change["id"] and e["words"] in change["text"]]
        used.update(fits)
        if not fits:
            words.append(told(change))
    return words, [f"{e['id']}, {e['words']}" for n, e in enumerate(stands) if n not in used]


def of_origin():
    """The file with the contract of origin/main, or None where there is none or where it is the same."""
    shown = tools.run("git", "-C", tools.ROOT, "show", "origin/main:openapi.yaml")
    with open(tools.CONTRACT, encoding="utf-8") as file:
        if shown.returncode != 0 or shown.stdout == file.read():
            return None
    os.makedirs(tools.FOLDER, exist_ok=True)
    with open(os.path.join(tools.FOLDER, "origin.yaml"), "w", encoding="utf-8") as file:
        file.write(shown.stdout)
    return file.name

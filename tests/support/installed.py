"""What tests bring in from npm, PyPI and the Go proxy, each made once in the build folder; nothing of it comes into the
tree. What a machine cannot provide is skipped by name.
"""
import fcntl
import functools
import glob
import hashlib
import os
import shutil
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD_DIR", os.path.join(ROOT, "build-test"))


def run(*command, seconds=300, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False, **more)


def last_line(done):
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    lines = [line for line in lines if "A complete log of this run" not in line]
    return lines[-1] if lines else f"ended with status {done.returncode}"


def _node():
    for name in ("node", "npm"):
        if not shutil.which(name):
            raise unittest.SkipTest(f"{name} is not installed")
    return tuple(int(part) for part in run("node", "--version").stdout.strip().lstrip("v").split(".")[:2])


def _fits(node):
    """What Redocly asks for, and nobody more."""
    return (20, 19) <= node < (21, 0) or node >= (22, 12)


@functools.lru_cache(maxsize=None)
def need_node():
    """A Node on which all runs that npm brings: the machine's, or one by npm where that is too old."""
    found = _node()
    if _fits(found):
        return
    folder = Installer(os.path.join(ROOT, "tests", "support", "node")).modules()
    brought = glob.glob(os.path.join(folder, "node_modules", "node-*", "bin"))
    if not brought:
        raise unittest.SkipTest(f"Node {found[0]}.{found[1]} is too old, and npm has no other for this processor")
    os.environ["PATH"] = os.pathsep.join(brought + [os.environ["PATH"]])


class Installer:
    """Makes the things of one suite: what they ask for lies in its folder, they go into one of the same name."""

    def __init__(self, suite):
        self.suite = suite
        self.folder = os.path.join(BUILD, os.path.basename(suite))

    def path(self, name):
        return os.path.join(self.suite, name)

    def made_from(self, *files):
        """A name for what these files ask for."""
        digest = hashlib.sha256()
        for name in files:
            with open(self.path(name), "rb") as file:
                digest.update(file.read())
        return digest.hexdigest()[:12]

    def made(self, name, files, make):
        """The folder of one thing, half of which is never taken for it; by one suite while the others wait."""
        os.makedirs(self.folder, exist_ok=True)
        with open(os.path.join(self.folder, f"{name}.lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self._made(name, os.path.join(self.folder, f"{name}-{self.made_from(*files)}"), make)

    def _made(self, name, folder, make):
        if os.path.isfile(os.path.join(folder, "whole")):
            return folder
        for old in glob.glob(os.path.join(self.folder, f"{name}-*")):
            shutil.rmtree(old, ignore_errors=True)
        os.makedirs(folder)
        try:
            done = make(folder)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise unittest.SkipTest(f"{name} cannot be installed here: {error}") from error
        if done.returncode != 0:
            raise unittest.SkipTest(f"{name} cannot be installed here: {last_line(done)}")
        with open(os.path.join(folder, "whole"), "w", encoding="utf-8"):
            pass
        return folder

    def _make_node_modules(self, folder):
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(self.path(name), folder)
        done = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
        if done.returncode == 0 and not glob.glob(os.path.join(folder, "node_modules", "[!.]*", "*")):
            done.returncode, done.stdout = 1, "npm brought nothing: what is optional it leaves out without a word"
        return done

    def modules(self):
        """Where node_modules lies, with all that package.json names."""
        return self.made("npm", ["package.json", "package-lock.json"], self._make_node_modules)

    def npm_folder(self):
        """The same, with a Node to run them."""
        need_node()
        return self.modules()

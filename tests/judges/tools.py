"""The judges that none of us wrote, each made once in the build folder: by PyPI, by npm, by the Go proxy.

What a machine cannot provide is skipped by name; nothing of it comes into the tree.
"""
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "e2e"))

FOLDER = os.path.join(os.environ.get("BUILD_DIR", os.path.join(ROOT, "build-test")), "judges")
CONTRACT = os.path.join(ROOT, "openapi.yaml")


def path(name):
    return os.path.join(HERE, name)


def run(*command, seconds=300, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False, **more)


def last_line(done):
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    lines = [line for line in lines if "A complete log of this run" not in line]
    return lines[-1] if lines else f"ended with status {done.returncode}"


def made_from(*files):
    """A name for what these files ask for."""
    digest = hashlib.sha256()
    for name in files:
        with open(path(name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]


def made(name, files, make):
    """The folder of one judge. It is made under another name, so that half of one is never taken for it."""
    folder = os.path.join(FOLDER, f"{name}-{made_from(*files)}")
    if os.path.isfile(os.path.join(folder, "whole")):
        return folder
    for old in glob.glob(os.path.join(FOLDER, f"{name}-*")):
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


def _make_venv(folder):
    done = run(sys.executable, "-m", "venv", folder)
    if done.returncode != 0:
        return done
    return run(os.path.join(folder, "bin", "pip"), "install", "--quiet", "--no-deps", "--only-binary", ":all:",
               "--disable-pip-version-check", "--requirement", path("requirements.txt"))


def python_program(name):
    """A program of requirements.txt, "python" among them."""
    if sys.version_info < (3, 11):
        raise unittest.SkipTest("requirements.txt is for Python 3.11 and later")
    return os.path.join(made("schemathesis", ["requirements.txt"], _make_venv), "bin", name)


def schemathesis():
    return python_program("schemathesis")


def _make_node_modules(folder):
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(path(name), folder)
    return run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)


def node_version():
    for name in ("node", "npm"):
        if not shutil.which(name):
            raise unittest.SkipTest(f"{name} is not installed")
    return tuple(int(part) for part in run("node", "--version").stdout.strip().lstrip("v").split(".")[:2])


def npm_program(name, needs, fits):
    """A program of package.json; fits says whether a version of Node is one that it runs on."""
    found = node_version()
    if not fits(found):
        raise unittest.SkipTest(f"{name} needs Node {needs}, here is {found[0]}.{found[1]}")
    folder = npm_folder()
    return os.path.join(folder, "node_modules", ".bin", name), folder


def npm_folder():
    """Where node_modules lies, with all that package.json names."""
    node_version()
    return made("npm", ["package.json", "package-lock.json"], _make_node_modules)

"""Peers that come from a registry: each is made once in the build folder, pinned by its lock file."""
import glob
import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOLDER = os.path.join(os.environ.get("BUILD_DIR", os.path.join(ROOT, "build")), "bench")


class Missing(Exception):
    """This machine cannot provide it; the reason is what the table says."""


def need(program, at_least=None):
    if not shutil.which(program):
        raise Missing(f"{program} is not installed")
    if at_least:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        if int(done.stdout.strip().lstrip("v").split(".")[0]) < at_least:
            raise Missing(f"needs {program} {at_least} or later, here is {done.stdout.strip()}")


def _digest(folder):
    digest = hashlib.sha256()
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            digest.update(name.encode() + b"\0" + file.read())
    return digest.hexdigest()[:12]


def _made(name, make):
    """The folder of one peer. One that was left half made is made again."""
    source = os.path.join(HERE, "peers", name)
    folder = os.path.join(FOLDER, f"{name}-{_digest(source)}")
    whole = os.path.join(folder, "whole")
    if os.path.isfile(whole):
        return folder
    for old in glob.glob(os.path.join(FOLDER, f"{name}-*")):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(source, folder)
    print(f"# making {name}", flush=True)
    for command in make(folder):
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=900, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Missing(f"cannot be made here: {error}") from error
        if done.returncode != 0:
            lines = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            raise Missing(f"cannot be made here: {lines[-1] if lines else command[0]}")
    with open(whole, "w", encoding="utf-8"):
        pass
    return folder


def fastify():
    need("node", 20)
    need("npm")
    return _made("fastify", lambda _: [["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]])


def fastapi():
    if sys.version_info < (3, 10):
        raise Missing("requirements.txt is for Python 3.10 and later")
    return _made("fastapi", lambda folder: [
        [sys.executable, "-m", "venv", os.path.join(folder, "venv")],
        [os.path.join(folder, "venv", "bin", "pip"), "install", "--quiet", "--no-deps", "--only-binary", ":all:",
         "--disable-pip-version-check", "--requirement", "requirements.txt"],
    ])


def pocketbase():
    need("go")
    return _made("pocketbase", lambda _: [["go", "build", "-trimpath", "-o", "pocketbase", "."]])

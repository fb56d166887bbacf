"""Where the figures were made, and with what: nobody can judge a ratio without that."""
import datetime
import os
import platform
import re
import shutil
import subprocess
import sys


def _first(pattern, text, otherwise="unknown"):
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else otherwise


def _read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _says(*command):
    if not shutil.which(command[0]):
        return "not here"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()


def facts():
    """[(what, value)] of the machine."""
    memory = int(_first(r"^MemTotal:\s+(\d+)", _read("/proc/meminfo"), "0")) / 1024 / 1024
    return [
        ("day", datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")),
        ("cores", str(len(os.sched_getaffinity(0)))),
        ("processor", _first(r"^model name\s*:\s*(.*)$", _read("/proc/cpuinfo"))),
        ("memory", f"{memory:.0f} GiB"),
        ("kernel", platform.release()),
        ("system", _first(r'^PRETTY_NAME="(.*)"', _read("/etc/os-release"))),
        ("load before", " ".join(_read("/proc/loadavg").split()[:3])),
    ]


def tools(binary, psql):
    """[(what, version)] of what every run needs; the peers add their own."""
    return [
        ("progressd", _says(binary, "version").split("\n")[0]),
        ("PostgreSQL", _first(r"(\d[\d.]+)", _says(psql, "--version"))),
        ("wrk", _first(r"wrk (\S+)", _says("wrk", "--version"))),
        ("Python", sys.version.split()[0]),
    ]

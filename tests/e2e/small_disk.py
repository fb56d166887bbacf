"""A file system of its own for a cluster, small enough to be filled."""

import contextlib
import os
import shutil
import subprocess
import tempfile

SIZE = "256m"
# What PostgreSQL needs to know to live there.
SETTINGS = ("synchronous_commit=on", "min_wal_size=32MB", "max_wal_size=32MB", "autovacuum=off")


class Missing(Exception):
    """There can be none here; says why."""


class SmallDisk:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cip-full-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.filler = os.path.join(self.folder, "filler")
        reason = self._mount()
        if reason:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise Missing(reason)

    def _mount(self):
        if os.getuid() != 0:
            return "only root can mount a small disk"
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", self.folder],
                              capture_output=True, text=True, check=False)
        return f"no small disk can be mounted here: {done.stderr.strip()}" if done.returncode else None

    def fill(self):
        with contextlib.suppress(OSError), open(self.filler, "ab", buffering=0) as f:
            for size in (1 << 20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        f.write(bytes(size))

    def make_room(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.filler)

    def remove(self):
        subprocess.run(["umount", "-l", self.folder], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

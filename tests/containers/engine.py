"""podman on a folder of its own.

Told explicitly is what an engine without all of root's rights cannot choose for itself: limits that
it may set, cgroupfs, no systemd.
"""
import json
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BASE = "localhost/cip-base"
POSTGRES = "localhost/cip-postgres"
LIMITS = {"nofile": 1024, "nproc": 8192}


def limits(given=()):
    return [f"--ulimit={name}={most}:{most}" for name, most in LIMITS.items() if name not in given]


class Engine:
    def __init__(self, folder):
        self.folder = folder
        driver = os.environ.get("CONTAINERS_DRIVER", "vfs")
        self.command = ["podman", "--root", f"{folder}/root", "--runroot", f"{folder}/run", "--tmpdir", f"{folder}/tmp",
                        "--network-config-dir", f"{folder}/networks", "--storage-driver", driver,
                        "--cgroup-manager", "cgroupfs", "--runtime", shutil.which("runc") or "crun",
                        "--events-backend", "file"]
        os.makedirs(f"{folder}/networks", exist_ok=True)
        settings = f"{folder}/containers.conf"
        with open(settings, "w", encoding="utf-8") as file:
            file.write('[engine]\nlock_type = "file"\n')
        self.environment = os.environ | {"DISABLE_HC_SYSTEMD": "true", "CONTAINERS_CONF": settings}

    def __call__(self, *words, seconds=120, check=True, **more):
        done = subprocess.run([*self.command, *words], capture_output=True, text=True, timeout=seconds, check=False,
                              env=self.environment, **more)
        if check and done.returncode != 0:
            said = done.stderr[-3000:] + done.stdout[-1000:]
            raise AssertionError(f"podman {' '.join(words)}: {done.returncode}: {said}")
        return done

    def build(self, image, dockerfile, context, *more):
        self("build", "--isolation=chroot", "--network=host", "--format=docker", *limits(),
             f"--build-arg=BASE={BASE}", f"--file={dockerfile}", f"--tag={image}", *more, context, seconds=1800)

    def inspect(self, name, kind="container"):
        return json.loads(self("inspect", f"--type={kind}", name).stdout)[0]

"""The peers: one row each says where it comes from, how it is started and what it is asked."""
import contextlib
import gzip
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

import making
import support

PATIENCE = 60


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def fetch(url, **headers):
    wanted = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    with urllib.request.urlopen(wanted, timeout=10) as got:
        return got.read(), got.headers


class Program:
    """A peer that runs: in a session of its own, so that its workers end with it."""

    def __init__(self, peer, words, folder, port, **settings):
        self.peer, self.port, self.folder = peer, port, folder
        self.log_path = os.path.join(folder, f"{peer.name}.log".replace(" ", "-"))
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(words, cwd=folder, env=support.environment(**settings), stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            self._await()
        except BaseException:
            self.stop()
            raise

    def url(self, path=None):
        return f"http://127.0.0.1:{self.port}{self.peer.path if path is None else path}"

    def _await(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                fetch(self.url())
                return
            time.sleep(0.05)
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            lines = log.read().strip().splitlines()
        raise making.Missing(f"did not start: {lines[-1] if lines else 'it said nothing'}")

    def stop(self):
        for how in (15, 9):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
                break


NGINX = """daemon off;
worker_processes 2;
worker_rlimit_nofile 65536;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 8192; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=1000 inactive=60s;
    gzip_static on;
    keepalive_requests 1000000000;
    default_type application/json;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{port} backlog=4096; root {folder}/www; }}
}}
"""


def start_nginx(peer, bench):
    making.need("nginx")
    folder, port = bench.folder("nginx"), free_port()
    os.makedirs(os.path.join(folder, "www"))
    with open(os.path.join(folder, "www", "goals"), "wb") as file:
        file.write(bench.goals)
    with open(os.path.join(folder, "www", "goals.gz"), "wb") as file:
        file.write(gzip.compress(bench.goals, 9))
    user = "user root;" if os.geteuid() == 0 else ""
    conf = os.path.join(folder, "nginx.conf")
    with open(conf, "w", encoding="utf-8") as file:
        file.write(NGINX.format(folder=folder, port=port, user=user))
    return Program(peer, ["nginx", "-e", f"{folder}/error.log", "-c", conf], folder, port)


def version_nginx():
    return subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr.strip().split("/")[-1]


def start_fastify(peer, bench):
    made, folder, port = making.fastify(), bench.folder("fastify"), free_port()
    document = os.path.join(folder, "goals.json")
    with open(document, "wb") as file:
        file.write(bench.goals)
    return Program(peer, ["node", os.path.join(made, "constant.js"), str(port), document], folder, port)


def start_fastify_pg(peer, bench):
    made, folder, port = making.fastify(), bench.folder("fastify-pg"), free_port()
    return Program(peer, ["node", os.path.join(made, "pg.js"), str(port), bench.settings_file()], folder, port)


def version_fastify():
    with open(os.path.join(making.HERE, "peers", "fastify", "package.json"), encoding="utf-8") as file:
        pins = json.load(file)["dependencies"]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return f"{pins['fastify']}, pg {pins['pg']}, Node {node}"


def start_fastapi(peer, bench):
    made, folder, port = making.fastapi(), bench.folder("fastapi"), free_port()
    words = [os.path.join(made, "venv", "bin", "uvicorn"), "--app-dir", made, "--port", str(port), "--workers", "2",
             "--backlog", "4096", "app:app"]
    return Program(peer, words, folder, port, BENCH_SETTINGS=bench.settings_file())


def version_fastapi():
    with open(os.path.join(making.HERE, "peers", "fastapi", "requirements.txt"), encoding="utf-8") as file:
        pins = dict(line.strip().split("==") for line in file if "==" in line)
    return ", ".join(f"{name} {pins[name]}" for name in ("fastapi", "uvicorn", "uvloop", "httptools", "asyncpg"))


def start_pocketbase(peer, bench):
    made, folder, port = making.pocketbase(), bench.folder("pocketbase"), free_port()
    objectives = os.path.join(folder, "objectives.json")
    with open(objectives, "wb") as file:
        file.write(bench.objectives)
    words = [os.path.join(made, "pocketbase"), "serve", "--http", f"127.0.0.1:{port}",
             "--dir", os.path.join(folder, "data")]
    program = Program(peer, words, folder, port, BENCH_OBJECTIVES=objectives)
    found = json.loads(fetch(program.url())[0])["totalItems"]
    if found != len(json.loads(bench.objectives)["data"]):
        program.stop()
        raise making.Missing(f"holds {found} objectives")
    return program


def version_pocketbase():
    with open(os.path.join(making.HERE, "peers", "pocketbase", "go.mod"), encoding="utf-8") as file:
        return re.search(r"pocketbase/pocketbase (v\S+)", file.read()).group(1)


@dataclass(frozen=True)
class Peer:
    name: str
    start: object
    version: object
    path: str


# name, start, version, what it is asked
PEERS = (
    Peer("nginx", start_nginx, version_nginx, "/goals"),
    Peer("Fastify constant", start_fastify, version_fastify, "/goals"),
    Peer("Fastify + pg", start_fastify_pg, version_fastify, "/goals"),
    Peer("FastAPI", start_fastapi, version_fastapi, "/goals"),
    Peer("PocketBase", start_pocketbase, version_pocketbase, "/api/collections/objectives/records?perPage=50"),
)
BY_NAME = {peer.name: peer for peer in PEERS}

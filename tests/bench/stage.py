"""What every measurement stands on: a cluster, databases of known sizes, our service, the peers, the report."""
import contextlib
import json
import os
import re
import shutil
import tempfile

import figures
import making
import peers
import rows
import support

# As in production: the disk is waited for. (Clusters of tests do not.)
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=1GB", "max_wal_size=4GB")
OURS = {"PROGRESS_THREADS": 0}


class Bench:
    def __init__(self, quick, largest):
        self.quick = quick
        self.rounds, self.seconds = (1, 1) if quick else (7, 3)
        self.sizes = rows.sizes_up_to(largest)
        self.report = figures.Report()
        self.open = contextlib.ExitStack()
        self.root = tempfile.mkdtemp(prefix="cip-bench-", dir="/tmp")
        os.chmod(self.root, 0o755)
        self.open.callback(shutil.rmtree, self.root, ignore_errors=True)
        self.servers, self.databases, self.running, self.versions = [], {}, {}, []
        self._settings = None

    @staticmethod
    def say(text):
        support.say(text)

    def folder(self, name):
        path = os.path.join(self.root, name)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, 0o755)
        return path

    def set_up(self):
        self.cluster = support.Cluster.own(*DURABLE)
        self.open.callback(self.cluster.remove)
        self.db = self._filled("1k")
        self.key = self.db.key()
        self.ours = self.server(self.db)
        self.goals, self.objectives = self.get("/goals"), self.get("/objectives")

    def database(self, size):
        """The city's plan with so many updates, which nobody writes to: the one of set_up grows with the writes."""
        if size not in self.databases:
            self.databases[size] = self._filled(size)
        return self.databases[size]

    def _filled(self, size):
        self.say(f"a database with {size} updates")
        made = support.Database.with_plan(self.cluster)
        rows.fill(made, rows.SIZES[size])
        return made

    def server(self, db, url=None, **settings):
        """Ours as it ships: log to a file, metrics, its answers kept on disk."""
        data = tempfile.mkdtemp(prefix="data-", dir=self.root)
        made = support.Server(url or db.url, **OURS | {"PROGRESS_DATA": data} | settings)
        made.data = data
        self.servers.append(made)
        self.open.callback(made.kill)
        return made

    def get(self, path, server=None, **headers):
        return peers.fetch(self.url(path, server), **headers)[0]

    def url(self, path, server=None):
        return f"http://127.0.0.1:{(server or self.ours).port}{path}"

    def between(self):
        """The logs are written in full and then let go: an hour of them would fill the disk."""
        for server in self.servers:
            if os.path.exists(server.log_path) and os.path.getsize(server.log_path) > 50_000_000:
                os.truncate(server.log_path, 0)

    def peer(self, name):
        """A running peer, or None: then the report says why."""
        if name not in self.running:
            peer = peers.BY_NAME[name]
            try:
                self.running[name] = peer.start(peer, self)
                self.open.callback(self.running[name].stop)
                self.versions.append((name, peer.version()))
            except making.Missing as reason:
                self.running[name] = None
                self.report.leave_out(name, reason)
                self.say(f"{name} is left out: {reason}")
        return self.running[name]

    def functions(self, db=None):
        return (db or self.db).sql("select nspname from pg_namespace where nspname ~ '^progress_[0-9a-f]{12}$'")

    def options(self, db=None):
        """What our pool sets on each of its connections (src/pg/conn.c)."""
        return (f"-c search_path={self.functions(db)},progress -c plan_cache_mode=force_custom_plan -c jit=off "
                "-c timezone=UTC")

    def settings_file(self):
        """For the peers that ask the database: where it is, and our statements."""
        if not self._settings:
            self._settings = os.path.join(self.root, "settings.json")
            with open(self._settings, "w", encoding="utf-8") as file:
                json.dump({"host": self.cluster.host, "database": self.db.name, "user": self.cluster.user,
                           "options": self.options(), "statements": statements()}, file)
        return self._settings

    def close(self):
        self.open.close()


def statements():
    """{name: SQL} of sql/queries, as our service prepares them."""
    found = {}
    folder = os.path.join(support.ROOT, "sql", "queries")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            parts = re.split(r"^-- name: (\w+)\n", file.read(), flags=re.MULTILINE)
        found |= {title: text.strip().rstrip(";") for title, text in zip(parts[1::2], parts[2::2])}
    return found

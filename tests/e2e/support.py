"""What the end-to-end tests share: databases with the plan in them, keys, the real binary, and a small HTTP client.

Every database is a copy of one template, made when it is first needed: the city's plan, nothing reported.
"""
import atexit
import contextlib
import glob
import hashlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from dataclasses import dataclass
from urllib.parse import quote

from client import Client

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BINARY = os.path.join(os.environ.get("BUILD_DIR", os.path.join(ROOT, "build-test")), "progressd")
CLUSTER = os.path.join(ROOT, "tests", "support", "cluster.sh")
PLAN = os.path.join(ROOT, "seeds", "plan.json")
RECORD = os.path.join(ROOT, "seeds", "public-record.json")
# Debian's psql in the path is a script that looks for the newest one at every call.
PSQL = max(
    glob.glob("/usr/lib/postgresql/*/bin/psql"), default="psql", key=lambda p: int(re.search(r"/(\d+)/", p).group(1))
)
QUICK = bool(os.environ.get("TEST_QUICK"))
INSTRUMENTED = bool(os.environ.get("TEST_INSTRUMENTED"))
CRASHES = tuple(-number for number in (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV))
DEADLINE = 30.0

not_quick = unittest.skipIf(QUICK, "takes too long for ./test quick")
_names = itertools.count(1)


def say(text):
    """A figure for whoever reads the log; no result."""
    print(f"# {text}", flush=True)


def wait_until(true, what, seconds=DEADLINE):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.005)


# ---- the command line ----

def environment(**settings):
    """Nothing of the caller's own servers and settings; what is None is left out."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "PROGRESS_")) and k != "DATABASE_URL"}
    return kept | {k: str(v) for k, v in settings.items() if v is not None}


def run(*arguments, url=None, check=True, stdin=None, **settings):
    done = subprocess.run([BINARY, *arguments], env=environment(DATABASE_URL=url, **settings), input=stdin,
                          capture_output=True, text=True, timeout=120, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"progressd {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


# ---- clusters and databases ----

@dataclass
class Cluster:
    """A PostgreSQL: the one that ./test made for all, or one of a test's own in a folder."""

    host: str
    port: str = "5432"
    user: str = "postgres"
    folder: str = ""
    template: str = ""

    @classmethod
    def own(cls, *settings):
        folder = tempfile.mkdtemp(prefix="cip-e2e-", dir="/tmp")
        os.chmod(folder, 0o755)
        cluster = cls("", folder=folder)
        cluster.start(*settings)
        return cluster

    def control(self, action, *settings):
        done = subprocess.run(
            [CLUSTER, action, self.folder, *settings], capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode != 0:
            raise AssertionError(f"cluster.sh {action}: {done.stderr}")
        return done.stdout

    def start(self, *settings):
        self.host, self.port = self.control("start", *settings).split()

    def start_again(self, *settings):
        """Who was killed may not be buried yet: the lock that names it is taken away, as a reboot would."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(self.host, f".s.PGSQL.{self.port}.lock"))
        self.start(*settings)

    def signal_all(self, number):
        """To the first process and its children; their list is exact only once the first stands still."""
        with open(os.path.join(self.folder, "data", "postmaster.pid"), encoding="ascii") as f:
            first = int(f.readline())
        os.kill(first, number)
        for _ in range(3):
            with open(f"/proc/{first}/task/{first}/children", encoding="ascii") as f:
                for word in f.read().split():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(int(word), number)

    def remove(self):
        if os.path.isdir(self.folder):
            self.control("remove")

    def url(self, name):
        return f"postgresql://{self.user}@/{name}?host={quote(self.host, safe='')}&port={self.port}"

    def sql(self, statement, name="postgres"):
        done = subprocess.run([PSQL, "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.url(name)], input=statement,
                              env=environment(), capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr}")
        return done.stdout.strip()


_shared = []


def cluster():
    if not _shared and os.environ.get("PGHOST"):
        _shared.append(
            Cluster(os.environ["PGHOST"], os.environ.get("PGPORT", "5432"), os.environ.get("PGUSER", "postgres"))
        )
    elif not _shared:
        _shared.append(Cluster.own())
        atexit.register(_shared[0].remove)
    return _shared[0]


class Database:
    def __init__(self, where, name):
        self.cluster, self.name, self.url = where, name, where.url(name)

    @classmethod
    def empty(cls, where=None):
        return cls._create(where or cluster(), "")

    @classmethod
    def with_plan(cls, where=None):
        """Migrated, with the city's plan."""
        where = where or cluster()
        return cls._create(where, f"template {cls._template(where)}")

    @classmethod
    def _create(cls, where, how):
        name = f"e2e_{os.getpid()}_{next(_names)}"
        where.sql(f"create database {name} {how}")
        return cls(where, name)

    @classmethod
    def _template(cls, where):
        """One for each binary: its schema may differ."""
        if where.template:
            return where.template
        with open(BINARY, "rb") as f:
            name = "e2e_template_" + hashlib.sha256(f.read()).hexdigest()[:12]
        if not where.sql(f"select 1 from pg_database where datname = '{name}'"):
            cls._make_template(where, name)
        where.template = name
        return name

    @classmethod
    def _make_template(cls, where, name):
        made = cls.empty(where)
        run("migrate", url=made.url)
        run("import", PLAN, url=made.url)
        where.sql(f"alter database {made.name} rename to {name}")

    def sql(self, statement):
        return self.cluster.sql(statement, self.name)

    def drop(self):
        self.cluster.sql(f"drop database if exists {self.name} with (force)")

    def key(self, scope="report,publish", source="gogov", **more):
        options = [word for name, value in more.items() for word in (f"--{name}", value)]
        if source:
            options += ["--source", source]
        made = run(
            "key",
            "create",
            "--name",
            f"client-{next(_names)}",
            "--scope",
            scope,
            "--holder",
            "a test",
            *options,
            url=self.url,
        )
        return made.stdout.strip()

    def checksum(self):
        """Of every row that the schema holds."""
        tables = self.sql(
            "select string_agg(format('select %L as t, "
            "md5(coalesce(string_agg(r::text, chr(10) order by r::text), '''')) "
            "from progress.%I r', tablename, tablename), ' union all ' order by tablename) "
            "from pg_tables where schemaname = 'progress'"
        )
        return self.sql(tables)

    def count(self, table):
        return int(self.sql(f"select count(*) from progress.{table}"))


# ---- the service ----

SETTINGS = {"PROGRESS_PORT": 0, "PROGRESS_THREADS": 64, "PROGRESS_READ_LIMIT": 0, "PROGRESS_WRITE_LIMIT": 0}


class Broken(AssertionError):
    """The service crashed, or an instrument found something: nothing that a second try could undo."""

    conclusive = True


class Server:
    """`progressd serve` on a free port; its log lies in a file."""

    def __init__(self, url, **settings):
        self.folder = tempfile.mkdtemp(prefix="cip-serve-", dir="/tmp")
        self.log_path = os.path.join(self.folder, "log")
        self.began = time.monotonic()
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve"],
                env=environment(DATABASE_URL=url, **SETTINGS | settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        try:
            self.ready = self._await_ready()
        except BaseException:
            self.kill()
            raise
        self.port = self.ready["port"]

    def _await_ready(self):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            for line in self.log():
                if line.get("event") == "ready":
                    return line
            if self.process.poll() is not None:
                break
            time.sleep(0.002)
        raise AssertionError(f"progressd serve did not get ready:\n{self.log_text()}")

    def log_text(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def log(self):
        """Its whole lines, each parsed; one that is no JSON gives {"unreadable": line}."""
        lines = self.log_text().split("\n")[:-1]
        return [_parsed(line) for line in lines]

    def is_alive(self):
        return self.process.poll() is None

    def stop(self, how=signal.SIGTERM, seconds=DEADLINE):
        """Ends it in order and returns its exit code; its log goes too, so read that before."""
        if self.is_alive():
            self.process.send_signal(how)
        try:
            return self.process.wait(seconds)
        finally:
            self.kill()

    def kill(self):
        """Ends it however it stands. An instrumented one ends in order, since its leaks show only then."""
        if self.is_alive() and INSTRUMENTED:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(DEADLINE)
        if self.is_alive():
            self.process.kill()
            self.process.wait()
        told = self.log_text() if os.path.exists(self.log_path) else ""
        shutil.rmtree(self.folder, ignore_errors=True)
        if INSTRUMENTED and re.search(r"ERROR: \w+Sanitizer|runtime error:", told):
            raise Broken(f"the instruments found something:\n{told[-6000:]}")
        if self.process.returncode in CRASHES:
            raise Broken(f"the service ended by {signal.Signals(-self.process.returncode).name}\n{told[-6000:]}")


def _parsed(line):
    try:
        return json.loads(line)
    except ValueError:
        return {"unreadable": line}


# ---- what most tests begin with ----

PROBLEM_MEMBERS = ("type", "title", "status", "code", "request_id")


class Case(unittest.TestCase):
    """One database and one service for the class; each test gets a connection."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.db = Database.with_plan()
        cls.addClassCleanup(cls.db.drop)
        cls.key = cls.db.key()
        cls.server = Server(cls.db.url, **cls.settings)
        cls.addClassCleanup(cls.server.kill)

    def setUp(self):
        self.client = self.connect()

    def connect(self, key=None, server=None):
        client = Client((server or self.server).port, key)
        self.addCleanup(client.close)
        return client

    def refused(self, answer, status, code=None, places=None):
        """A problem document with this status; places are the pointers, parameters and headers that it names."""
        self.assertEqual(answer.status, status, str(answer))
        self.assertEqual(answer["Content-Type"], "application/problem+json", str(answer))
        self.assertEqual(answer["Cache-Control"], "no-store", str(answer))
        problem = answer.json
        for member in PROBLEM_MEMBERS:
            self.assertIn(member, problem, str(answer))
        self.assertEqual(problem["status"], status, str(answer))
        self.assertEqual(problem["type"], "/problems/" + problem["code"], str(answer))
        self.assertEqual(problem["request_id"], answer["X-Request-Id"], str(answer))
        if code:
            self.assertEqual(problem["code"], code, str(answer))
        if places is not None:
            named = [e.get("pointer") or e.get("parameter") or e.get("header") for e in problem.get("errors", [])]
            self.assertEqual(sorted(named), sorted(places), str(answer))
        return problem

    def accepted(self, answer, status=201):
        self.assertEqual(answer.status, status, str(answer))
        return answer.json


class Unharmed(Case):
    """Each test ends with the same rows in the database and a service that answers."""

    def setUp(self):
        super().setUp()
        self.before = self.db.checksum()

    def tearDown(self):
        self.assertTrue(self.server.is_alive(), self.server.log_text()[-2000:])
        self.assertEqual(self.connect().get("/goals").status, 200)
        self.assertEqual(self.db.checksum(), self.before, "something was written")


class Terminal(unittest.TestCase):
    def fails(self, code, *arguments, **more):
        done = run(*arguments, check=False, **more)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertEqual(done.stdout, "", "faults go to standard error")
        return done.stderr

    def written(self, document):
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False, encoding="utf-8") as file:
            json.dump(document, file)
        self.addCleanup(os.unlink, file.name)
        return file.name

    def database(self, made):
        self.addCleanup(made.drop)
        return made


def progress(objective, percent=None, status="on_track", as_of="2026-01-31", **more):
    """The body of an update."""
    body = {
        "objective": objective,
        "as_of": as_of,
        "kind": "progress",
        "status": status,
        "summary": "What residents should know.",
    }
    if percent is not None:
        body["percent_complete"] = percent
    return body | more


def measure(slug, *objectives, **more):
    """The body of a measure."""
    body = {"slug": slug, "name": "What is counted", "unit": "days", "objectives": list(objectives)}
    return body | {"direction": "decrease", "baseline": 12.5, "target": 7} | more


def found(db, server, path, body):
    """A measure or a department, made by an editor; its document."""
    client = Client(server.port, db.key(scope="edit", source="city"))
    try:
        got = client.ask("POST", path, body, {"Idempotency-Key": f"found-{body['slug']}"})
        if got.status != 201:
            raise AssertionError(str(got))
        return got.json
    finally:
        client.close()


def begun(db, server, slug, **more):
    """A plan in draft; its document."""
    client = Client(server.port, db.key(scope="admin", source=None))
    try:
        got = client.ask("POST", "/plans", {"slug": slug, "title": "Another plan"} | more, {"Idempotency-Key": f"begun-{slug}"})
        if got.status != 201:
            raise AssertionError(str(got))
        return got.json
    finally:
        client.close()


def closed(db, server, period):
    """A period, closed by an administrator; its document."""
    client = Client(server.port, db.key(scope="admin", source=None))
    try:
        got = client.ask("POST", f"/periods/{period}/closing")
        if got.status != 200:
            raise AssertionError(str(got))
        return got.json
    finally:
        client.close()


def note(objective, as_of="2026-01-31", **more):
    return {"objective": objective, "as_of": as_of, "kind": "note", "summary": "A note moves nothing."} | more

"""Every secret of a run is looked for in everything that the run leaves behind: logs, metrics, answers, messages.

Secret are keys (whole, their 43 characters, their hash), whatever stands in Authorization, the database's
passwords, the texts of drafts. An Idempotency-Key opens nothing without its client's key and is no secret; it
belongs to the client, and is looked for all the same. The path of a request is logged, and what was put there.
"""
import base64
import concurrent.futures
import glob
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest
from urllib.parse import quote

import support
from authorisation_rules import malformed, with_wrong_secret
from support import Case, Cluster, Database, Server, note, progress

WORD = "zqxdraft"
IDEMPOTENCY = "zqxidempotency"
# URLs that are wrong, each in its own way, all with the password in them; libpq quotes what it cannot read.
WRONG_URLS = (
    "postgresql://teller:{0}%ZZ@localhost/x",
    "postgresql://teller:{0}%00@localhost/x",
    "postgresql://teller:{0}@[::1/x",
    "postgresql://teller:{0}@[::1]x/x",
    "postgresql://teller:{0}@localhost:99x/x",
    "postgresql://teller:{0}/word@localhost/x",
    "postgresql://teller:{0}@localhost/x?sslmode=hm",
    "postgresql://localhost/x?passwort={0}",
    "postgres:/teller:{0}@localhost/x",
    "host=/tmp user=teller passwort={0}",
    "host=/tmp password='{0}",
    "password={0} {0}",
    "postgresql://teller:{0}@127.0.0.1:1/x",
    "postgresql://teller:{0}@/x?host=/tmp/there-is-no-socket-here",
)
# What PostgreSQL stores, and so tells when it is told to log every statement.
STORED = ("the text of a draft", "the hash of", "an idempotency key")
COMMANDS = (("migrate",), ("key", "list"), ("import", support.PLAN), ("export",), ("healthcheck",), ("config",))


class Sieve:
    """Secrets by name; found() names those that a text holds."""

    def __init__(self):
        self.secrets = {}

    def add(self, name, *forms):
        self.secrets.setdefault(name, []).extend(f.encode() for f in forms)

    def add_key(self, name, key):
        self.add(f"the key {name}", key)
        self.add(f"the 43 characters of the key {name}", key.split("_", 2)[2][:43])
        digest = hashlib.sha256(key.encode())
        self.add(f"the hash of the key {name}", digest.hexdigest(), base64.b64encode(digest.digest()).decode())

    def add_password(self, name, password):
        self.add(name, password, quote(password, safe=""))

    def found(self, text, but=()):
        text = text if isinstance(text, bytes) else text.encode()
        return [name for name, forms in self.secrets.items()
                if not name.startswith(tuple(but) or "\0") and any(form in text for form in forms)]


class Secrets(Case):
    """A PostgreSQL of its own, whose log is read too, with users that have passwords."""

    settings = {"PROGRESS_LOG_LEVEL": "debug"}

    @classmethod
    def setUpClass(cls):
        cls.sieve = Sieve()
        cls.cluster = Cluster.own("log_connections=on", "log_disconnections=on", "log_error_verbosity=verbose")
        cls.addClassCleanup(cls.cluster.remove)
        cls.db = Database.with_plan(cls.cluster)
        cls.keys = {scope: cls.db.key(scope=scope, source=None if scope == "admin" else "gogov")
                    for scope in ("report", "publish", "edit", "report,publish", "admin")}
        cls.keys |= {what: cls.db.key(scope="admin") for what in ("revoked", "expired")}
        support.run("key", "revoke", cls.keys["revoked"].split("_")[1], url=cls.db.url)
        cls.db.sql("update progress.api_key set expires_at = clock_timestamp() "
                   f"where id = '{cls.keys['expired'].split('_')[1]}'")
        cls.keys["of a wrong secret"] = with_wrong_secret(cls.keys["admin"])
        for name, key in cls.keys.items():
            cls.sieve.add_key(name, key)
        cls.sieve.add("the text of a draft", WORD)
        cls.sieve.add("an idempotency key", IDEMPOTENCY)
        cls.make_users()
        cls.server = Server(cls.url("teller"), **cls.settings)
        cls.addClassCleanup(cls.server.kill)

    @classmethod
    def make_users(cls):
        """Two who log in by password: the service's user, and one who founds."""
        cls.passwords = {"teller": "Zqx/teller @1%", "founder": "Zqx/founder @2%"}
        rights = {"teller": "in role progress_app", "founder": "superuser"}
        for user, password in cls.passwords.items():
            cls.cluster.sql(f"create role {user} login password '{password}' {rights[user]}")
            cls.sieve.add_password(f"the password of {user}", password)
        with open(os.path.join(cls.cluster.folder, "data", "pg_hba.conf"), "r+", encoding="utf-8") as hba:
            rules = hba.read()
            hba.seek(0)
            hba.write(f"local all {','.join(cls.passwords)} scram-sha-256\n{rules}")
        cls.cluster.sql("select pg_reload_conf()")

    @classmethod
    def url(cls, user, password=None):
        word = quote(password or cls.passwords[user], safe="")
        return cls.db.url.replace("postgres@", f"{user}:{word}@")

    def holds_none(self, where, text, but=()):
        self.assertTrue(text, f"{where} is empty: nothing was looked at")
        self.assertEqual(self.sieve.found(text, but), [], f"in {where}")

    def setUp(self):
        super().setUp()
        self.log_path = os.path.join(self.cluster.folder, "log")
        self.log_began = os.path.getsize(self.log_path)

    def postgres_log(self):
        """What was added since this test began."""
        with open(self.log_path, "rb") as log:
            log.seek(self.log_began)
            return log.read()

    # ---- requests ----

    def traffic(self):
        """What clients do, right and wrong, with each key at the place where it belongs and where it does not; all
        the answers as (text, names of secrets that it may hold)."""
        own = ("the text of a draft",)
        for m, key in enumerate(self.keys.values()):
            for n, headers in enumerate(self.headers_of(key)):
                idem = {"Idempotency-Key": f'"{IDEMPOTENCY}-{m}-{n}"'}
                requests = list(self.requests(key))
                for method, path, body in requests if n < 2 else requests[::5]:
                    yield self.client.ask(method, path, body, headers | idem), own
        self.client.close()

    def headers_of(self, key):
        yield {"Authorization": f"Bearer {key}"}
        yield {"Authorization": f"bearer  {key}", "Cookie": f"key={key}", "Referer": f"http://localhost/?key={key}",
               "User-Agent": key, "X-Api-Key": key, "Proxy-Authorization": f"Bearer {key}", "If-Match": f'"{key}"'}
        for form in malformed(key):
            yield {"Authorization": form}

    def requests(self, key):
        body = progress("7.1", summary=WORD, details=WORD, links=[{"label": WORD, "url": f"https://x.org/{WORD}"}])
        yield "POST", "/updates", body
        yield "POST", "/updates", body | {"kind": "note"}
        yield "POST", "/updates", body | {"objective": "9.9", "status": WORD}
        yield "POST", "/updates", f'{{"summary": "{WORD} {key}'.encode()
        yield "POST", f"/updates?key={key}", body
        yield "PUT", "/updates/gogov/1", body
        yield "PUT", "/updates/tyler/1", body
        yield "PUT", "/updates/999999", body
        yield "PATCH", "/objectives/7.2", {"statement": "", "owner_role": key}
        yield "POST", "/updates/999999/publication", None
        yield "GET", "/updates?state=draft", None
        yield "GET", f"/goals?access_token={key}", None

    def test_no_secret_is_in_a_log_a_metric_or_an_answer(self):
        statuses, answers = set(), 0
        for answer, may_hold in self.traffic():
            statuses.add(answer.status)
            answers += 1
            self.holds_none(answer.request.split("?")[0], f"{answer.headers} ".encode() + answer.body, may_hold)
        self.assertLessEqual({200, 201, 400, 401, 403, 404, 412, 422}, statuses)
        self.holds_none("the metrics", self.client.get("/metrics").body)
        log, told = self.server.log_text(), self.postgres_log()
        self.assertGreater(log.count('"event":"request"'), answers / 2)
        self.holds_none("the log of the service", log)
        self.assertIn(b"ERROR", told)
        self.holds_none("the log of PostgreSQL", told)
        support.say(f"secrets: {len(self.sieve.secrets)}, looked for in {answers} answers, "
                    f"{len(log) // 1024} KB of the service's log and {len(told) // 1024} KB of PostgreSQL's")

    def test_a_postgresql_that_logs_every_statement_is_told_no_key(self):
        """Bodies it must be told, and the hashes of new keys: they are what it stores."""
        for user in ("postgres", "teller"):
            self.cluster.sql(f"alter role {user} set log_statement = 'all'")
            self.addCleanup(self.cluster.sql, f"alter role {user} reset log_statement")
        server = Server(self.url("teller"), **self.settings)
        self.addCleanup(server.kill)
        client = self.connect(self.keys["report"], server)
        self.accepted(client.post(note("7.3", summary=WORD)))
        client.get("/updates?state=draft")
        self.sieve.add_key("made last", self.db.key())
        told = self.postgres_log()
        for statement in (b"execute updates_post", b"execute key_lookup", WORD.encode()):
            self.assertIn(statement, told, "this would not see a key")
        self.holds_none("the log of PostgreSQL", told, STORED)

    def test_the_sieve_finds_what_is_there(self):
        key = self.keys["report"]
        made = self.client.post(note("7.4", summary=WORD), key=key)
        for name, text in (("the text of a draft", made.body), ("the key report", f"x{key}x"),
                           ("the 43 characters", key.split("_", 2)[2]), ("the password of teller", self.url("teller")),
                           ("the hash of", self.db.sql("select string_agg(sha256, ' ') from progress.api_key"))):
            self.assertTrue([found for found in self.sieve.found(text) if found.startswith(name)], name)

    # ---- the way to the database ----

    def test_no_message_about_a_wrong_url_tells_the_password(self):
        password = "Zqxunreadable"
        self.sieve.add("the password in a wrong URL", password)
        tried = [(wrong, COMMANDS[0]) for wrong in WRONG_URLS] + [(WRONG_URLS[0], command) for command in COMMANDS[1:]]
        with concurrent.futures.ThreadPoolExecutor(len(COMMANDS)) as pool:  # some ask again for seconds
            ended = list(pool.map(lambda t: support.run(*t[1], url=t[0].format(password), check=False), tried))
        for (wrong, command), done in zip(tried, ended):
            with self.subTest(f"{command[0]}, {wrong}"):
                self.assertEqual(done.returncode == 0, command == ("config",), done.stderr)
                self.holds_none(f"progressd {command[0]}", done.stdout + done.stderr)
        self.must_serve_in_silence(WRONG_URLS[2].format(password))

    def test_no_message_about_a_wrong_password_tells_it(self):
        wrong = "Zqx/mistaken @3%"
        self.sieve.add_password("a wrong password", wrong)
        done = support.run("migrate", url=self.url("founder", wrong), check=False)
        self.assertIn("password authentication failed", done.stderr)
        self.holds_none("progressd migrate", done.stdout + done.stderr)
        self.must_serve_in_silence(self.url("teller", wrong))
        self.holds_none("the log of PostgreSQL", self.postgres_log())

    def must_serve_in_silence(self, url):
        server = Server(url, **self.settings)
        self.addCleanup(server.kill)
        client = self.connect(self.keys["report"], server)
        for path in ("/health", "/readyz", "/goals", "/updates?state=draft"):
            self.holds_none(path, client.get(path).body)
        log = server.log_text()
        self.assertIn("database_away", log)
        self.holds_none("the log of a service without its database", log)

    # ---- ./run ----

    def started(self, **settings):
        """./run from its start to its end by Ctrl-C: (its data folder, stdout, stderr)."""
        home = tempfile.mkdtemp(prefix="cip-secrets-", dir="/tmp")
        self.addCleanup(shutil.rmtree, home, ignore_errors=True)
        os.chmod(home, 0o755)
        data = os.path.join(home, "data")
        run = subprocess.Popen(
            [os.path.join(support.ROOT, "run"), "--no-install", "--no-build", "--verbose"],
            env=support.environment(PROGRESS_PORT=0, PROGRESS_DATA=data, BUILD_DIR=os.path.dirname(support.BINARY),
                                    **settings),
            cwd=home, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)
        self.addCleanup(run.wait)
        out = ""
        for line in run.stdout:
            out += line
            if line.startswith("Ctrl-C"):
                run.send_signal(signal.SIGINT)
        return data, out, run.communicate(timeout=120)[1]

    @support.not_quick
    def test_what_run_leaves_behind_holds_the_development_key_in_its_file_alone(self):
        data, out, told = self.started()
        with open(os.path.join(data, "development.key"), encoding="ascii") as file:
            key = file.read().strip()
        sieve = Sieve()
        sieve.add_key("of ./run", key)
        shown = [line for line in out.splitlines() if sieve.found(line)]
        self.assertLessEqual(len(shown), 1, "the banner may show it once, as its holder's")
        self.assertTrue(all(re.fullmatch(r"  key +\S+", line) for line in shown), shown)
        self.assertEqual(sieve.found(told), [])
        logs = [p for p in glob.glob(os.path.join(data, "*"))
                if os.path.isfile(p) and os.path.basename(p) not in ("development.key", "progressd")]
        self.assertIn("service.log", [os.path.basename(p) for p in logs])
        for path in logs:
            with open(path, "rb") as file:
                self.assertEqual(sieve.found(file.read()), [], path)

    @support.not_quick
    def test_run_on_another_database_does_not_tell_its_password(self):
        other = Database.empty(self.cluster)
        self.addCleanup(other.drop)
        urls = {name: self.url(user).replace(self.db.name, other.name)
                for name, user in (("DATABASE_URL", "teller"), ("PROGRESS_MIGRATE_URL", "founder"))}
        data, out, told = self.started(**urls)
        self.assertIn("is ready", out, told)
        self.holds_none("the banner", out)
        self.holds_none("what ./run says", told)
        with open(os.path.join(data, "service.log"), "rb") as log:
            self.holds_none("the log of the service", log.read())


if __name__ == "__main__":
    unittest.main()

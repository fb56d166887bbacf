"""`progressd` in a terminal: what it says, its exit codes, and that nothing is done by halves."""
import os
import re
import signal
import subprocess
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import support
from support import BINARY, PLAN, Database, Server, Terminal, note, run

COMMANDS = ("serve", "migrate", "import", "export", "key", "config", "healthcheck", "version")


class Words(Terminal):
    def test_every_command_explains_itself(self):
        listed = run("--help").stdout
        for command in COMMANDS:
            self.assertRegex(listed, rf"(?m)^  progressd {command} +\S")
            for flag in ("--help", "-h"):
                said = run(command, flag).stdout
                self.assertTrue(said.startswith(f"progressd {command}"), said)
                self.assertGreater(len(said), 15)
        for line in listed.splitlines():
            self.assertLessEqual(len(line), 120)

    def test_help_needs_neither_settings_nor_database(self):
        self.assertEqual(run("import", "--help", PROGRESS_PORT="nonsense").returncode, 0)

    def test_misuse_is_exit_code_2_and_names_the_way_out(self):
        url = "postgresql://nobody@127.0.0.1:1/none"
        for words in (
            ("frobnicate",),
            (),
            ("serve", "now"),
            ("migrate", "now"),
            ("import",),
            ("import", "--force", "x"),
            ("import", "a", "b"),
            ("export", "--all"),
            ("export", "a", "b"),
            ("key",),
            ("key", "make"),
            ("key", "revoke"),
            ("key", "create"),
            ("key", "create", "--name"),
            ("key", "create", "--colour", "red"),
            ("config", "--html"),
            ("healthcheck", "x"),
        ):
            said = self.fails(2, *words, url=url)
            self.assertIn("help", said, words)
        self.assertIn('there is no command "frobnicate"', self.fails(2, "frobnicate"))
        self.assertIn("DATABASE_URL", self.fails(2, "serve"))
        self.assertIn("DATABASE_URL", self.fails(2, "migrate"))

    @support.not_quick
    def test_a_database_that_is_away_is_exit_code_1_in_time(self):
        url = "postgresql://nobody@/none?host=/tmp/there-is-no-socket-here"
        began = time.monotonic()
        with ThreadPoolExecutor() as pool:
            said = list(
                pool.map(
                    lambda words: self.fails(1, *words, url=url),
                    (("migrate",), ("import", PLAN), ("export",), ("key", "list")),
                )
            )
        self.assertLess(time.monotonic() - began, 12)
        for sentence in said:
            self.assertRegex(sentence, r"^progressd: \S")

    def test_version_is_the_one_of_the_contract(self):
        with open(os.path.join(support.ROOT, "openapi.yaml"), encoding="utf-8") as f:
            version = re.search(r'^  version: "(.*)"$', f.read(), re.M).group(1)
        self.assertEqual(run("version").stdout, f"progressd {version}\n")


class Settings(Terminal):
    def test_bad_settings_are_all_named_at_once(self):
        said = self.fails(
            2,
            "config",
            PROGRESS_PORT="70000",
            PROGRESS_POOL="many",
            PROGRESS_LOG_LEVEL="loud",
            PROGRESS_NOW="yesterday",
            PROGRESS_THREADS="-1",
        )
        for name in ("PROGRESS_PORT", "PROGRESS_POOL", "PROGRESS_LOG_LEVEL", "PROGRESS_NOW", "PROGRESS_THREADS"):
            self.assertIn(f"{name}: must be", said)
        self.assertIn('not "70000"', said)

    def test_the_table_has_every_setting_and_no_secret(self):
        secret = "postgresql://app:hunter2@/db"
        shown = run("config", url=secret, PROGRESS_PORT=8081).stdout
        table = run("config", "--markdown", url=secret).stdout
        for text in (shown, table):
            self.assertNotIn("hunter2", text)
        self.assertRegex(shown, r"(?m)^DATABASE_URL +\(set\)")
        self.assertRegex(shown, r"(?m)^PROGRESS_PORT +8081 ")
        rows = table.strip().splitlines()
        self.assertEqual(rows[:2], ["| setting | type | default | what it does |", "|---|---|---|---|"])
        self.assertTrue(all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows))
        names = re.findall(r"^\| `(\w+)` \|", table, re.M)
        self.assertEqual(names, re.findall(r"^([A-Z_]+) ", shown, re.M))
        self.assertIn("PROGRESS_TRUSTED_PROXIES", names)


class Migrating(Terminal):
    @support.not_quick
    def test_twice_is_once(self):
        db = self.database(Database.empty())
        self.assertIn("the database is up to date", run("migrate", url=db.url).stdout)
        first = db.sql("select string_agg(m::text, ',' order by m::text) from progress.schema_migration m")
        run("migrate", url=db.url)
        self.assertEqual(
            db.sql("select string_agg(m::text, ',' order by m::text) from progress.schema_migration m"), first
        )

    def test_two_at_once_both_succeed(self):
        for _ in range(1 if support.QUICK else 3):
            db = self.database(Database.empty())
            both = [
                subprocess.Popen(
                    [BINARY, "migrate"],
                    env=support.environment(DATABASE_URL=db.url),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                for _ in range(2)
            ]
            said = [p.communicate(timeout=60)[0] for p in both]
            self.assertEqual([p.returncode for p in both], [0, 0], said)
            run("import", PLAN, url=db.url)

    @support.not_quick
    def test_killed_midway_it_can_be_done_again(self):
        for pause in (0.005, 0.02, 0.05):
            db = self.database(Database.empty())
            victim = subprocess.Popen(
                [BINARY, "migrate"],
                env=support.environment(DATABASE_URL=db.url),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(pause)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            run("migrate", url=db.url)
            run("import", PLAN, url=db.url)

    @support.not_quick
    def test_a_changed_checksum_is_refused_by_name(self):
        db = self.database(Database.with_plan())
        column = db.sql(
            "select attname from pg_attribute where attrelid = 'progress.schema_migration'::regclass and attnum > 0 "
            "and (attname like '%sum%' or attname like 'sha%')"
        )
        name = db.sql("select name from progress.schema_migration order by name limit 1")
        db.sql(f"update progress.schema_migration set {column} = repeat('0', 64) where name = '{name}'")
        self.assertIn(name, self.fails(1, "migrate", url=db.url))

    @support.not_quick
    def test_a_service_on_an_empty_database_is_not_ready(self):
        db = self.database(Database.empty())
        server = Server(db.url)
        self.addCleanup(server.kill)
        client = support.Client(server.port)
        self.assertEqual([client.get(path).status for path in ("/livez", "/readyz", "/goals")], [200, 503, 503])
        self.assertIn("not ready", run("healthcheck", check=False, PROGRESS_PORT=server.port).stdout)
        run("migrate", url=db.url)
        run("import", PLAN, url=db.url)
        support.wait_until(lambda: client.get("/readyz").status == 200, "it heals when the database is migrated")
        client.close()


class Keys(Terminal):
    def setUp(self):
        self.db = self.database(Database.with_plan())

    def create(self, *more, name="gogov", check=True):
        return run(
            "key",
            "create",
            "--name",
            name,
            "--scope",
            "report",
            "--source",
            "gogov",
            "--holder",
            "J. Doe",
            *more,
            url=self.db.url,
            check=check,
        )

    def test_a_key_is_shown_once_and_never_again(self):
        made = self.create("--objective", "7.1,7.2", "--department", "IT", "--expires", "1y")
        key = made.stdout.strip()
        self.assertRegex(key, r"^cip_[A-Za-z0-9]{10}_[A-Za-z0-9_-]{49}$")
        self.assertNotIn(key, made.stderr)
        id_, secret = key[4:14], key[15:58]
        self.assertIn(f"progressd key revoke {id_}", made.stderr)
        listed = run("key", "list", url=self.db.url).stdout
        for word in (id_, "gogov", "J. Doe", "7.1,7.2", "report", "live"):
            self.assertIn(word, listed)
        self.assertNotIn(secret, listed)
        dump = subprocess.run(
            ["pg_dump", "-d", self.db.url], env=support.environment(), capture_output=True, text=True, check=True
        ).stdout
        self.assertIn(id_, dump)
        self.assertNotIn(secret[:20], dump)

    @support.not_quick
    def test_what_a_key_cannot_be_is_refused(self):
        for code, words in (
            (2, ("--expires", "soon")),
            (2, ("--expires", "2020-01-01")),
            (2, ("--scope", "everything")),
            (1, ("--objective", "9.9")),
            (1, ("--objective", "7.1;7.2")),
        ):
            done = self.create(*words, check=False)
            self.assertEqual((done.returncode, done.stdout), (code, ""), f"{words}: {done.stderr}")
        self.fails(2, "key", "create", "--name", "x", "--scope", "report", "--holder", "y", url=self.db.url)
        self.assertEqual(self.create("--source", "No Source!", check=False).returncode, 1)
        self.assertEqual(self.db.count("api_key"), 0)

    @support.not_quick
    def test_a_client_has_two_live_keys_at_most(self):
        ids = [self.create().stdout[4:14] for _ in range(2)]
        third = self.create(check=False)
        self.assertEqual((third.returncode, third.stdout), (1, ""))
        self.assertIn("two live keys", third.stderr)
        run("key", "revoke", ids[0], url=self.db.url)
        self.create()
        self.assertRegex(run("key", "list", url=self.db.url).stdout, rf"(?m)^.*{ids[0]}.*revoked")

    @support.not_quick
    def test_a_revoked_key_is_dead_within_a_second_and_stays_so(self):
        server = Server(self.db.url)
        self.addCleanup(server.kill)
        key = self.create().stdout.strip()
        client = support.Client(server.port, key)
        self.assertEqual((client.post(note("7.1")).status, client.get("/updates?state=draft").status), (201, 200))
        run("key", "revoke", key[4:14], url=self.db.url)
        self.assertEqual(client.post(note("7.1", summary="after")).status, 401)
        time.sleep(1.05)
        self.assertEqual(client.get("/updates?state=draft").status, 401)
        run("key", "revoke", key[4:14], url=self.db.url)
        self.fails(1, "key", "revoke", "AAAAAAAAAA", url=self.db.url)
        self.assertNotIn(key[15:35], server.log_text())
        client.close()


class Health(Terminal):
    def test_healthcheck_says_what_readyz_says(self):
        db = self.database(Database.with_plan())
        server = Server(db.url)
        self.addCleanup(server.kill)
        done = run("healthcheck", PROGRESS_PORT=server.port)
        self.assertEqual(done.stdout, "ready\n")
        port = server.port
        self.assertEqual(server.stop(), 0)
        done = run("healthcheck", PROGRESS_PORT=port, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, "nothing answers\n"))

    def test_a_taken_port_is_named_and_ends_the_start(self):
        db = self.database(Database.with_plan())
        server = Server(db.url)
        self.addCleanup(server.kill)
        said = self.fails(1, "serve", url=db.url, PROGRESS_PORT=server.port, PROGRESS_THREADS=16)
        self.assertIn(str(server.port), said)


if __name__ == "__main__":
    unittest.main()

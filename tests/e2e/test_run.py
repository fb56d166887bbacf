"""./run as people meet it: real processes, real databases, as root and as an ordinary user.

Each case gets a checkout of its own (the files that ./run needs, beside a binary built already).
Started by root, the cases of an ordinary user run as one that is made for them.
"""
import contextlib
import json
import os
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BINARY = os.path.join(os.environ.get("BUILD_DIR", os.path.join(ROOT, "build-test")), "progressd")
CLUSTER = os.path.join(ROOT, "tests", "support", "cluster.sh")
ELSEWHERE = "/var/lib/cerritos-in-progress"
LAST_LINE = "Ctrl-C ends it all"
AS_ROOT = os.geteuid() == 0
DEADLINE = 300


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listening(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def wait_until(true, what):
    end = time.monotonic() + DEADLINE
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {DEADLINE} s: {what}")
        time.sleep(0.02)


def postmaster(data):
    """The process id of the database of a data folder, or 0."""
    try:
        with open(os.path.join(data, "postgres", "postmaster.pid"), encoding="ascii") as f:
            return int(f.readline() or 0)  # it may not be written yet
    except FileNotFoundError:
        return 0


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Case(unittest.TestCase):
    """A checkout in a folder of its own, and a user to start ./run as ("" = whoever runs this)."""

    user = ""

    def setUp(self):
        self.port = free_port()
        self.home = tempfile.mkdtemp(prefix="cip-run-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        os.chmod(self.home, 0o755)
        self.checkout = self.make_checkout(os.path.join(self.home, "check out"))
        self.data = os.path.join(self.checkout, ".data")

    def make_checkout(self, path):
        os.makedirs(os.path.join(path, "build"))
        shutil.copy(os.path.join(ROOT, "run"), path)
        for part in ("tools", "seeds"):
            shutil.copytree(os.path.join(ROOT, part), os.path.join(path, part))
        shutil.copy(BINARY, os.path.join(path, "build"))
        if self.user:
            subprocess.run(["chown", "-R", self.user, path], check=True)
        return path

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items()
                if not k.startswith(("PG", "PROGRESS_")) and k not in ("DATABASE_URL", "BUILD_DIR")}
        return kept | {"PROGRESS_PORT": str(self.port)} | more

    def popen(self, *arguments, **more):
        """./run in a session of its own, as under a terminal: its group gets what Ctrl-C sends."""
        command = [os.path.join(self.checkout, "run"), *arguments]
        if self.user:
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups",
                       *command]
        run = subprocess.Popen(
            command, cwd=self.checkout, env=self.environment(**more), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(self.end, run)
        return run

    def end(self, run):
        if run.poll() is None:
            run.terminate()
        out, err = run.communicate(timeout=DEADLINE)
        return run.returncode, out, err

    def start(self, *arguments, build=False, **more):
        """Starts ./run and reads its banner."""
        run = self.popen("--no-install", *([] if build else ["--no-build"]), *arguments, **more)
        banner, end = b"", time.monotonic() + DEADLINE
        while LAST_LINE not in banner.decode():
            if not select.select([run.stdout], [], [], max(0, end - time.monotonic()))[0]:
                self.fail(f"no banner within {DEADLINE} s: {banner.decode()}")
            part = os.read(run.stdout.fileno(), 4096)
            if not part:
                self.fail(f"./run ended with {run.wait()}: {banner.decode()}{run.stderr.read()}")
            banner += part
        return run, banner.decode()

    def refused(self, *arguments, **more):
        """Starts ./run where it must end by itself with 1; returns what it said."""
        run = self.popen("--no-install", "--no-build", *arguments, **more)
        out, err = run.communicate(timeout=DEADLINE)
        self.assertEqual(run.returncode, 1, out + err)
        return err

    def ended_cleanly(self, run, banner, data=None):
        out, err = run.communicate(timeout=DEADLINE)
        self.assertEqual(run.returncode, 0, out + err)
        self.assertFalse(os.path.exists(os.path.join(data or self.data, "postgres", "postmaster.pid")))
        self.assertFalse(os.path.exists(re.search(r"-h (/tmp/\S+)", banner)[1]))
        self.assertFalse(listening(self.port))

    def serves(self, path):
        try:
            return bool(get(self.url(path)))
        except urllib.error.HTTPError:
            return False

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"


class Both:
    """The cases that hold for root and for everybody else."""

    def test_the_lines_of_the_banner_work_when_pasted(self):
        _, banner = self.start()
        lines = re.findall(r"^  (curl .*?[^\\])$", banner, re.M | re.S)
        self.assertEqual(len(lines), 3, banner)
        answers = [json.loads(subprocess.run(["sh", "-c", line + " -s"], check=True, text=True,
                                             capture_output=True, timeout=30).stdout)
                   for line in lines]
        self.assertEqual(answers[0]["number"], 7)
        self.assertEqual(answers[1]["state"], "published")
        self.assertEqual(answers[2]["percent_complete"], 40)
        self.assertEqual(get(self.url("/plan"))["demo"], False)
        self.assertTrue(get(self.url("/updates"))["data"])

    def test_the_addresses_of_the_banner_answer(self):
        _, banner = self.start()
        told = re.findall(r"http://[^\s,]+", banner.split("Try:")[0])
        self.assertEqual(told, [self.url(path) for path in ("/", "/goals", "/embed", "/staff", "/docs", "/openapi.yaml")])
        for url in told:
            with urllib.request.urlopen(url, timeout=30) as got:
                self.assertEqual(got.status, 200, url)

    def test_the_psql_line_enters_the_database(self):
        _, banner = self.start()
        line = re.search(r"psql -h .*", banner)[0]
        shown = subprocess.run(["sh", "-c", line + " -qAtc 'select count(*) from progress.goal'"],
                               check=True, capture_output=True, text=True, timeout=30)
        self.assertEqual(shown.stdout.strip(), "8")

    def test_secrets_and_data_are_for_their_owner_alone(self):
        self.start()
        for name, mode in (("", 0o700), ("postgres", 0o700), ("development.key", 0o600)):
            self.assertEqual(os.stat(os.path.join(self.data, name)).st_mode & 0o777, mode, name)

    def test_sigterm_ends_service_and_database(self):
        run, banner = self.start()
        run.send_signal(signal.SIGTERM)
        self.ended_cleanly(run, banner)

    def test_ctrl_c_ends_service_and_database(self):
        run, banner = self.start()
        os.killpg(run.pid, signal.SIGINT)
        self.ended_cleanly(run, banner)

    def test_a_second_run_is_ready_in_seconds_with_the_same_data_and_key(self):
        began = time.monotonic()
        run, banner = self.start()
        first = time.monotonic() - began
        before = get(self.url("/updates"))["data"]
        run.send_signal(signal.SIGTERM)
        self.ended_cleanly(run, banner)
        began = time.monotonic()
        _, again = self.start()
        took = time.monotonic() - began
        self.assertLess(took, max(10, 2 * first), "about 3 s on a quiet machine")
        self.assertEqual(get(self.url("/updates"))["data"], before)
        self.assertEqual(re.findall(r"cip_\w+", banner), re.findall(r"cip_\w+", again))

    def test_two_at_once_on_one_data_folder_are_refused(self):
        self.start()
        said = self.refused(PROGRESS_PORT=str(free_port()))
        self.assertIn(f"already running on {self.data}", said)
        self.assertIn(self.url("/"), said)
        self.assertTrue(listening(self.port))

    def test_a_run_that_was_killed_starts_again(self):
        run, banner = self.start()
        database = postmaster(self.data)
        run.kill()
        run.wait()
        self.assertTrue(alive(database), "the database is in a session of its own")
        again, second = self.start()
        self.assertFalse(os.path.exists(re.search(r"-h (/tmp/\S+)", banner)[1]))
        again.send_signal(signal.SIGTERM)
        self.ended_cleanly(again, second)

    def test_a_database_that_dies_is_started_again(self):
        run, banner = self.start()
        killed = postmaster(self.data)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: postmaster(self.data) not in (0, killed), "another PostgreSQL runs")
        wait_until(lambda: self.serves("/goals/7"), "the plan is served again")
        run.send_signal(signal.SIGTERM)
        self.ended_cleanly(run, banner)

    def test_it_starts_after_a_power_cut(self):
        run, _ = self.start()
        run.kill()
        os.kill(postmaster(self.data), signal.SIGKILL)
        self.start()
        self.assertTrue(get(self.url("/updates"))["data"])

    def test_a_stale_postmaster_pid_of_another_program_does_not_matter(self):
        run, banner = self.start()
        run.send_signal(signal.SIGTERM)
        self.ended_cleanly(run, banner)
        owner = pwd.getpwuid(os.stat(self.data).st_uid)
        other = subprocess.Popen(["sleep", "600"], user=owner.pw_uid if AS_ROOT else None)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        stale = os.path.join(self.data, "postgres", "postmaster.pid")
        with open(stale, "w", encoding="ascii") as f:
            f.write(f"{other.pid}\n{self.data}/postgres\n1\n5432\n/tmp\n\n  1 1\nready\n")
        shutil.chown(stale, owner.pw_uid, owner.pw_gid)
        self.start()
        self.assertTrue(alive(other.pid))

    def test_demo_has_a_data_folder_of_its_own_and_marks_its_documents(self):
        self.start("--demo")
        self.assertTrue(os.path.exists(os.path.join(self.checkout, ".data-demo", "postgres")))
        self.assertFalse(os.path.exists(self.data))
        for path in ("/plan", "/summary", "/goals/1", "/objectives/1.1"):
            self.assertIs(get(self.url(path))["demo"], True, path)
        self.assertIsNotNone(get(self.url("/summary"))["progress"]["percent"], "what was made up is shown")


class AsCaller(Both, Case):
    """As whoever runs the tests: root in CI."""

    def test_help_teaches(self):
        said = subprocess.run([os.path.join(self.checkout, "run"), "--help"], check=True,
                              capture_output=True, text=True, timeout=30).stdout
        for word in ("--demo", "--no-install", "PROGRESS_PORT", "PROGRESS_DATA", "DATABASE_URL"):
            self.assertIn(word, said)

    def test_an_unknown_argument_is_named(self):
        run = self.popen("--dmeo")
        _, err = run.communicate(timeout=DEADLINE)
        self.assertEqual(run.returncode, 2)
        self.assertIn("--dmeo", err)

    def test_no_install_names_what_is_missing_and_the_command(self):
        fake = os.path.join(self.home, "bin")
        os.mkdir(fake)
        with open(os.path.join(fake, "dpkg-query"), "w", encoding="ascii") as f:
            f.write("#!/bin/sh\nexec /usr/bin/dpkg-query \"$@\" | grep -v libjansson-dev\n")
        os.chmod(f.name, 0o755)
        said = self.refused(PATH=f"{fake}:{os.environ['PATH']}")
        self.assertIn("missing Debian packages: libjansson-dev", said)
        self.assertRegex(said, r"apt-get install .*libjansson-dev\b")
        self.assertFalse(os.path.exists(self.data))

    def test_port_5432_taken_does_not_matter(self):
        with socket.socket() as s, contextlib.suppress(OSError):
            s.bind(("127.0.0.1", 5432))
            s.listen()
            self.start()

    def test_a_taken_http_port_is_said_before_any_work(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", self.port))
            s.listen()
            said = self.refused()
        self.assertIn(f"port {self.port} is taken", said)
        self.assertIn("PROGRESS_PORT=", said)
        self.assertFalse(os.path.exists(os.path.join(self.data, "postgres")))

    def test_a_port_that_is_none_is_named(self):
        self.assertIn("PROGRESS_PORT=80a", self.refused(PROGRESS_PORT="80a"))

    def test_a_database_of_another_version_is_left_alone_and_the_upgrade_named(self):
        for version in ("11", "99"):
            data = os.path.join(self.home, f"data-{version}")
            database = os.path.join(data, "postgres")
            os.makedirs(database)
            for name, text in (("run.lock", ""), ("postgres/PG_VERSION", version + "\n")):
                with open(os.path.join(data, name), "w", encoding="ascii") as f:
                    f.write(text)
            said = self.refused(PROGRESS_DATA=data)
            for words in (f"made by PostgreSQL {version}", "pg_upgrade",
                          f"-b /usr/lib/postgresql/{version}/bin", "-B /usr/lib/postgresql/"):
                self.assertIn(words, said)
            self.assertEqual(os.listdir(database), ["PG_VERSION"])

    def test_a_folder_with_other_things_is_refused(self):
        folder = os.path.join(self.home, "letters")
        os.mkdir(folder)
        open(os.path.join(folder, "letter.txt"), "w", encoding="ascii").close()
        self.assertIn("holds other things", self.refused(PROGRESS_DATA=folder))
        self.assertEqual(os.listdir(folder), ["letter.txt"])

    def test_it_builds_what_is_not_built_and_that_once(self):
        for part in ("CMakeLists.txt", "openapi.yaml", "include", "src", "sql", "web"):
            copy = shutil.copytree if os.path.isdir(os.path.join(ROOT, part)) else shutil.copy
            copy(os.path.join(ROOT, part), os.path.join(self.checkout, part))
        os.unlink(os.path.join(self.checkout, "build", "progressd"))
        run, banner = self.start(build=True)
        run.send_signal(signal.SIGTERM)
        self.ended_cleanly(run, banner)
        built = os.stat(os.path.join(self.checkout, "build", "progressd")).st_mtime_ns
        self.start(build=True)
        self.assertEqual(os.stat(os.path.join(self.checkout, "build", "progressd")).st_mtime_ns, built)

    def test_verbose_shows_the_log_of_the_service(self):
        run, _ = self.start("--verbose")
        run.send_signal(signal.SIGTERM)
        self.assertIn('"ready"', run.communicate(timeout=DEADLINE)[1])

    def test_sigterm_before_the_banner_leaves_nothing_running(self):
        run = self.popen("--no-install", "--no-build")
        wait_until(lambda: postmaster(self.data), "a database")
        database = postmaster(self.data)
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=DEADLINE)
        self.assertFalse(alive(database))


class WithDatabaseUrl(Case):
    """DATABASE_URL: a database of the caller's."""

    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp(prefix="cip-db-", dir="/tmp")
        self.addCleanup(subprocess.run, [CLUSTER, "remove", folder], check=True)
        sockets, port = subprocess.run([CLUSTER, "start", folder], check=True, text=True,
                                       stdout=subprocess.PIPE).stdout.split()
        self.database = f"postgresql://postgres@/postgres?host={sockets}&port={port}"

    def test_the_plan_is_imported_and_the_public_record_waits(self):
        _, banner = self.start(DATABASE_URL=self.database)
        self.assertEqual(len(get(self.url("/goals"))["data"]), 8)
        self.assertEqual(get(self.url("/updates"))["data"], [])
        self.assertNotIn("cip_", banner)
        self.assertFalse(os.path.exists(os.path.join(self.data, "postgres")))

    def test_demo_is_refused(self):
        self.assertIn("DATABASE_URL", self.refused("--demo", DATABASE_URL=self.database))


@unittest.skipUnless(AS_ROOT, "only root can make a user")
class AsOrdinaryUser(Both, Case):
    """As a user made for the purpose."""

    user = f"cip-test-{os.getpid()}"

    @classmethod
    def setUpClass(cls):
        subprocess.run(["useradd", "--no-create-home", "--user-group", cls.user], check=True)
        cls.addClassCleanup(subprocess.run, ["userdel", cls.user], check=True)

    def test_a_data_folder_of_another_user_is_named(self):
        os.mkdir(self.data)
        os.chown(self.data, 0, 0)
        self.assertIn("belongs to root", self.refused())

    def test_root_goes_on_with_the_folder_of_the_user(self):
        run, banner = self.start()
        run.send_signal(signal.SIGTERM)
        self.ended_cleanly(run, banner)
        self.user = ""
        run, banner = self.start()
        run.send_signal(signal.SIGTERM)
        self.ended_cleanly(run, banner)
        uid = pwd.getpwnam(type(self).user).pw_uid
        for folder, _, files in os.walk(self.data):
            for name in files:
                self.assertEqual(os.stat(os.path.join(folder, name)).st_uid, uid, name)


@unittest.skipUnless(AS_ROOT, "the database user can enter whatever an ordinary user can give it")
class Unreachable(Case):
    """A checkout that the user "postgres" cannot enter."""

    def setUp(self):
        super().setUp()
        os.chmod(self.home, 0o700)

    def test_the_data_goes_to_var_lib_and_is_said(self):
        if os.path.exists(ELSEWHERE):
            self.skipTest(f"{ELSEWHERE} is in use here")
        self.addCleanup(shutil.rmtree, ELSEWHERE, ignore_errors=True)
        run, banner = self.start()
        self.assertEqual(len(get(self.url("/goals"))["data"]), 8)
        self.assertFalse(os.path.exists(self.data))
        run.send_signal(signal.SIGTERM)
        _, err = run.communicate(timeout=DEADLINE)
        self.assertEqual(run.returncode, 0, err)
        self.assertIn(f"the data folder is {ELSEWHERE}", err)
        self.assertIn(f"{ELSEWHERE}/development.key", banner)

    def test_a_chosen_folder_that_is_out_of_reach_is_refused(self):
        said = self.refused(PROGRESS_DATA=os.path.join(self.home, "data"))
        self.assertIn(f"cannot enter {self.home}", said)


if __name__ == "__main__":
    unittest.main()

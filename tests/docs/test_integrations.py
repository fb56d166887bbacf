"""What docs/integrations shows is what happens: its scripts and its curl lines are run against a real service."""
import collections
import contextlib
import csv
import http.server
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
import support  # noqa: E402  (the end-to-end tests' way to a database and a service)
from client import Client  # noqa: E402
from support import note, progress  # noqa: E402

FOLDER = os.path.join(support.ROOT, "docs", "integrations")
PULLER = os.path.join(FOLDER, "pull-changes.sh")
POWERSHELL = shutil.which("pwsh") or shutil.which("powershell")
KILLS = 5 if support.QUICK or support.INSTRUMENTED else 40
PATIENCE = 120


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as f:
        return f.read()


class Integrations(support.Case):
    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp(prefix="cip-pull-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.url = f"http://127.0.0.1:{self.server.port}"

    def pull(self, *options, url=None, folder=None, code=0):
        done = subprocess.run([PULLER, *options, url or self.url, folder or self.folder], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, code, f"{done.stdout}{done.stderr}")
        return done

    def files(self):
        return sorted(f for f in os.listdir(self.folder) if re.fullmatch(r"\d{9}.*\.csv", f))

    def lines(self):
        """Of all files, in their order; the numbers are without a gap."""
        rows = []
        for number, name in enumerate(self.files(), 1):
            self.assertTrue(name.startswith(f"{number:09}"), self.files())
            with open(os.path.join(self.folder, name), encoding="utf-8", newline="") as f:
                rows += csv.DictReader(f, strict=True)
        return rows

    def whole(self, since):
        """The files hold each change once, and the last line of a thing says how it is."""
        rows = self.lines()
        told = collections.Counter(row["change_id"] for row in rows if row["change_id"])
        written = self.db.sql(f"select id from progress.change where id > {since}").split("\n")
        self.assertEqual(told, collections.Counter(filter(None, written)))
        held = {(row["entity"], row["id"]): json.loads(row["document"]) for row in rows}
        for update in self.client.all("/updates?limit=500"):
            self.assertEqual(held["update", update["id"]], json.loads(json.dumps(update, default=float)))
        for objective in self.client.all("/objectives?limit=500"):
            self.assertEqual(held["objective", objective["code"]]["tags"], objective["tags"])
        return rows

    def changes(self):
        return int(self.db.sql("select coalesce(max(id), 0) from progress.change"))


class Puller(Integrations):
    def test_it_begins_with_everything_and_goes_on_with_what_changes(self):
        since = self.changes()
        self.pull()
        self.assertEqual(self.files(), ["000000001-begin.csv"])
        self.pull()
        self.assertEqual(self.files(), ["000000001-begin.csv"], "nothing new is no file")
        wrong = self.accepted(self.client.post(progress("7.1", 40, summary='=1+1, "quoted"\n\nand more'), key=self.key))
        self.accepted(self.client.post(progress("7.1", 30, supersedes=wrong["id"], reason="No."), key=self.key))
        self.pull()
        self.assertEqual(self.files(), ["000000001-begin.csv", "000000002.csv"])
        rows = self.whole(since)[-3:]
        self.assertEqual([(r["op"], r["tombstone"], r["percent_complete"]) for r in rows],
                         [("published", "true", "40"), ("superseded", "true", "40"), ("published", "false", "30")])
        with open(os.path.join(self.folder, "objectives.csv"), encoding="utf-8", newline="") as f:
            stands = {row["code"]: row["percent_complete"] for row in csv.DictReader(f)}
        self.assertEqual(stands["7.1"], "30")
        self.assertEqual([f for f in os.listdir(self.folder) if f.startswith("new")], [])

    def test_it_is_killed_anywhere_and_nothing_is_missed_or_doubled(self):
        seed = int(os.environ.get("TEST_SEED", time.time_ns() % 10**6))
        support.say(f"TEST_SEED={seed}")
        dice, since, over = random.Random(seed), self.changes(), threading.Event()
        self.addCleanup(over.set)

        def write():
            client, n = Client(self.server.port), 0
            while not over.is_set():
                n += 1
                client.post(note(f"{1 + n % 8}.1", details="x" * (n % 5000)), key=self.key)
                time.sleep(0.01)
            client.close()

        self.pull("--limit", "20")
        began = time.monotonic()
        self.pull()
        takes, struck = time.monotonic() - began, 0
        writer = threading.Thread(target=write)
        writer.start()
        while struck < KILLS:
            with subprocess.Popen([PULLER, "--limit", "3", self.url, self.folder], start_new_session=True, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as run:
                time.sleep(dice.random() * takes * 3)
                struck += run.poll() is None
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(run.pid, signal.SIGKILL)
        over.set()
        writer.join()
        self.pull()
        self.assertGreater(len(self.whole(since)), KILLS)
        support.say(f"{len(self.files())} files, {struck} kills")

    def test_a_second_run_leaves_the_first_alone(self):
        with open(os.path.join(self.folder, "lock"), "w", encoding="ascii") as held:
            subprocess.run(["flock", "-n", str(held.fileno())], pass_fds=[held.fileno()], check=True)
            self.assertIn("another run", self.pull(code=75).stderr)
        self.pull()

    def test_it_waits_as_retry_after_says(self):
        asked = []

        class Busy(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(time.monotonic())
                if len(asked) == 1:
                    self.send_response(503)
                    self.send_header("Retry-After", "2")
                    self.send_header("Content-Length", "0")
                else:
                    self.send_response(307)
                    self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Busy) as busy:
            threading.Thread(target=busy.serve_forever, daemon=True).start()
            self.pull(url=f"http://127.0.0.1:{busy.server_port}", code=1)
            busy.shutdown()
        self.assertGreaterEqual(asked[1] - asked[0], 1.9)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "cursor")), "what is no page moves nothing")

    def test_faults_are_said_and_change_nothing(self):
        self.pull()
        before = sorted(os.listdir(self.folder))
        with open(os.path.join(self.folder, "cursor"), encoding="ascii") as f:
            cursor = f.read()
        self.assertIn("no plan nothing", self.pull("--plan", "nothing", folder=self.folder + "/other", code=1).stderr)
        shutil.rmtree(self.folder + "/other")
        self.assertIn("--help", self.pull("--nonsense", code=2).stderr)
        self.assertIn("kill -9", self.pull("--help").stdout)
        self.assertIn("pull-changes.sh", self.pull("--wait", "1", url="http://127.0.0.1:1", code=1).stderr)
        self.assertEqual([f for f in sorted(os.listdir(self.folder)) if not f.startswith("new")], before)
        with open(os.path.join(self.folder, "cursor"), encoding="ascii") as f:
            self.assertEqual(f.read(), cursor)

    def test_where_it_cannot_go_on_it_begins_again_in_the_next_file(self):
        self.pull()
        with open(os.path.join(self.folder, "cursor"), encoding="ascii") as f:
            number, cursor = f.read().split()
        other = support.Database.with_plan()
        self.addCleanup(other.drop)
        server = support.Server(other.url)
        self.addCleanup(server.kill)
        self.pull(url=f"http://127.0.0.1:{server.port}")
        self.assertEqual((len(self.files()), bool(cursor)), (int(number) + 1, True))
        self.assertTrue(self.files()[-1].endswith("-begin.csv"), self.files())


class Guides(Integrations):
    def test_every_line_of_the_curl_guide_does_what_it_says(self):
        with open(os.path.join(self.folder, "key"), "w", encoding="ascii") as f:
            f.write(self.db.key(scope="report,publish,edit"))
        guide = read("curl.md")
        blocks = re.findall(r"```sh\n(.*?)```", guide, re.S)
        self.assertGreaterEqual(len(blocks), 7)
        for block in blocks:
            here = block.replace("http://127.0.0.1:8080", self.url)
            done = subprocess.run(["sh", "-eu", "-c", here], cwd=self.folder, capture_output=True, text=True,
                                  timeout=PATIENCE, check=False)
            with self.subTest(block=block):
                self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
                self.assertNotIn("problem", done.stdout)
        self.assertEqual(self.client.get("/objectives/7.1").json["percent_complete"], 45, "the correction counts")

    @unittest.skipUnless(POWERSHELL, "there is no PowerShell on this machine, and no package of it")
    def test_the_powershell_script_pulls_everything_and_then_what_changes(self):
        script = os.path.join(FOLDER, "Pull-Changes.ps1")

        def run():
            subprocess.run([POWERSHELL, "-NoProfile", "-File", script, "-Url", self.url, "-Folder", self.folder],
                           capture_output=True, timeout=PATIENCE, check=True)

        run()
        made = [self.accepted(self.client.post(note("7.1"), key=self.key))["id"] for _ in range(3)]
        run()
        run()
        names = sorted(f for f in os.listdir(self.folder) if f.endswith(".json"))
        pages = [json.loads(open(os.path.join(self.folder, n), encoding="utf-8").read()) for n in names]
        self.assertTrue(pages[0]["snapshot"])
        self.assertEqual([c["id"] for p in pages if not p["snapshot"] for c in p["data"]], made)

    def test_the_powershell_guide_shows_what_the_script_takes(self):
        """Where there is no PowerShell to run it: names and parameters are those of the file."""
        taken = set(re.findall(r"\$(\w+)", read("Pull-Changes.ps1").split("param(")[1].split(")\nSet-")[0]))
        used = set(re.findall(r"Pull-Changes\.ps1(.*)", read("powershell.md"))[0].split()) if taken else set()
        self.assertTrue(used)
        self.assertLessEqual({w[1:] for w in used if w.startswith("-")}, taken)


if __name__ == "__main__":
    unittest.main()

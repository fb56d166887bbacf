"""The GoGov bridge (docs/integrations/gogov-bridge.sh) on a made-up export: run, run again, killed, kept waiting."""
import csv
import datetime
import io
import json
import os
import random
import re
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import unittest
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import support
from support import Case

BRIDGE = os.path.join(support.ROOT, "docs", "integrations", "gogov-bridge.sh")
HEAD = ["caseId", "displayId", "classification", "status", "dateEntered", "dateLastUpdated", "dateExpectClose", "dateClosed",
        "description", "contactEmail"]
SERVICES = ('Graffiti "tags", walls', "Street lights", "Tree trimming", "Not in the map")
MAP = f"# what is reported\n7.1 {SERVICES[0]}\n\n7.1 {SERVICES[1]}\r\n7.2  {SERVICES[2]}\n"
UNTIL = datetime.date(2026, 6, 30)
CASES = 4000


def slug(text):
    return "-".join(re.findall("[a-z0-9]+", text.lower()))


def monday(day):
    return day - datetime.timedelta(day.weekday())


def made_up(count=CASES):
    """The same cases every time."""
    dice = random.Random(311)
    for n in range(count):
        entered = datetime.date(2026, 3, 2) + datetime.timedelta(dice.randrange(110))
        took = dice.choice((0, 1, 2, 2, 3, 5, 8, 13, 40, None))
        closed = entered + datetime.timedelta(took) if took is not None else None
        if closed and closed > UNTIL:
            closed = None
        due = entered + datetime.timedelta(7) if dice.random() < 0.9 else None
        yield {"id": f"c{n}", "service": dice.choice(SERVICES), "entered": entered, "closed": closed, "due": due,
               "changed": closed or entered}


def export(cases):
    """Quotes, commas, line breaks, a mark and two ways to write a day, as exports have them."""
    def spelled(day, n):
        if day is None:
            return ""
        return f"{day.isoformat()}T08:{n % 60:02}:00" if n % 2 else f"{day.month}/{day.day}/{day.year} 8:{n % 60:02} AM"

    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEAD)
    for n, c in enumerate(cases):
        words = ("It said \"stop\", then\r\nnothing", "", "plain", '"', "a,b\nc")[n % 5]
        rows.writerow([c["id"], f"D-{n}", c["service"], "Closed" if c["closed"] else "In progress", spelled(c["entered"], n),
                       spelled(c["changed"], n), spelled(c["due"], n), spelled(c["closed"], n), words, "zqx@example.org"])
    return "\ufeff" + text.getvalue()


def counted(cases, until=UNTIL):
    """{external id: figures}, by another way than the bridge's."""
    weeks = {}
    for service in SERVICES[:3]:
        mine = [c for c in cases if c["service"] == service]
        start = monday(min(c["entered"] for c in mine))
        while (end := start + datetime.timedelta(6)) <= until:
            closed = [c for c in mine if c["closed"] and start <= c["closed"] <= end]
            left = [c for c in mine if c["entered"] <= end and not (c["closed"] and c["closed"] <= end)]
            days = [(c["closed"] - c["entered"]).days for c in closed]
            year, week, _ = start.isocalendar()
            weeks[f"{slug(service)}-{year}-w{week:02}"] = {
                "name": service, "case_id": None, "state": None, "raw_state": None, "open": len(left), "closed": len(closed),
                "overdue": sum(1 for c in left if c["due"] and c["due"] < end),
                "median_days_to_close": float(statistics.median(days)) if days else None,
                "period": {"from": start.isoformat(), "to": end.isoformat()}}
            start += datetime.timedelta(7)
    return weeks


class Doorman(ThreadingHTTPServer):
    """Stands before the service: while it is closed, it answers 503 (or cuts the line) and counts."""

    daemon_threads = True

    def __init__(self, port):
        self.port, self.refuse, self.asked, self.refused = port, 0, 0, 0
        super().__init__(("127.0.0.1", 0), Visit)

    def handle_error(self, *_):
        """The bridge was killed within a request."""


class Visit(BaseHTTPRequestHandler):
    def do_PUT(self):
        door = self.server
        door.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if door.refuse > 0:
            door.refuse -= 1
            door.refused += 1
            if door.refuse % 3 == 0:
                self.close_connection = True
                return
            self.send_response((503, 429)[door.refuse % 2])
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        onward = HTTPConnection("127.0.0.1", door.port, timeout=30)
        onward.request("PUT", self.path, body, {n: self.headers[n] for n in ("Authorization", "Content-Type")})
        got = onward.getresponse()
        content = got.read()
        onward.close()
        self.send_response(got.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Bridge(Case):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.source = f"gogov-{self._testMethodName[5:25].replace('_', '-').rstrip('-')}"
        self.key = self.db.key(source=self.source)
        self.write("key", self.key + "\n")
        self.write("map", MAP)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def command(self, name="export.csv", *more):
        return [BRIDGE, "--map", os.path.join(self.folder, "map"), "--until", UNTIL.isoformat(), *more,
                os.path.join(self.folder, name)]

    def environment(self, port=None, **more):
        return support.environment() | {
            "PROGRESS_URL": f"http://127.0.0.1:{port or self.server.port}", "GOGOV_SOURCE": self.source,
            "PROGRESS_KEY_FILE": os.path.join(self.folder, "key")} | more

    def run_bridge(self, *words, port=None, code=0, **more):
        done = subprocess.run(self.command(*words), env=self.environment(port, **more), capture_output=True, text=True,
                              timeout=300, check=False)
        self.assertEqual(done.returncode, code, done.stdout[-2000:] + done.stderr[-2000:])
        return done

    def stored(self):
        """What the public reads: {external id: service}."""
        return {u["external_id"]: u for u in self.connect().all(f"/updates?source={self.source}&limit=500")
                if u["state"] == "published"}

    def must_hold(self, cases):
        found, expected = self.stored(), counted(cases)
        self.assertEqual(found.keys(), expected.keys())
        for name, update in found.items():
            service = update["service"]
            days = service["median_days_to_close"]
            service["median_days_to_close"] = None if days is None else float(days)
            self.assertEqual(service, expected[name], name)
            self.assertEqual(update["objective"], "7.2" if name.startswith("tree") else "7.1")
        return len(expected)

    def written(self):
        return [self.db.count(t) for t in ("published_update", "draft_update", "audit_event", "change", "source_seen")]

    def rows(self):
        return int(self.db.sql(f"select count(*) from progress.published_update where source = '{self.source}'"))

    def test_4000_cases_twice_and_nothing_is_doubled(self):
        cases = list(made_up())
        self.write("export.csv", export(cases))
        first = self.run_bridge()
        weeks = self.must_hold(cases)
        self.assertGreater(weeks, 40)
        self.assertIn(f"{weeks} new, 0 known before, 0 refused", first.stderr)
        before = self.written()
        self.assertIn(f"0 new, {weeks} known before, 0 refused", self.run_bridge().stderr)
        self.assertEqual((self.rows(), self.written()), (weeks, before))
        self.assertEqual(self.db.sql("select count(*) from progress.published_update where "
                                     "published_update::text like '%zqx%'"), "0")
        self.must_not_go_back(cases, weeks)

    def must_not_go_back(self, cases, weeks):
        """A newer export corrects what it changes; the older one, late, undoes nothing."""
        newer = [c | {"changed": UNTIL} for c in cases if c["id"] != "c1"]
        self.write("newer.csv", export(newer))
        self.run_bridge("newer.csv")
        self.must_hold(newer)
        rows = self.rows()
        self.assertGreater(rows, weeks)
        self.run_bridge()
        self.must_hold(newer)
        self.assertEqual(self.rows(), rows)

    def test_killed_in_the_middle_it_ends_the_same(self):
        cases = list(made_up(600))
        self.write("export.csv", export(cases))
        door = self.stand_at_the_door()
        for stop in (5, 17):
            already = door.asked
            process = subprocess.Popen(self.command(), env=self.environment(door.server_port), start_new_session=True,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            support.wait_until(lambda n=already + stop: door.asked >= n, "the bridge sends", 120)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        time.sleep(0.2)
        self.assertGreater(self.rows(), 0)
        self.assertLess(self.rows(), len(counted(cases)))
        self.run_bridge(port=door.server_port)
        self.assertEqual(self.must_hold(cases), self.rows())

    def stand_at_the_door(self):
        door = Doorman(self.server.port)
        threading.Thread(target=door.serve_forever, daemon=True).start()
        self.addCleanup(door.server_close)
        self.addCleanup(door.shutdown)
        return door

    def test_a_service_that_is_away_is_waited_for(self):
        cases = list(made_up(60))
        self.write("export.csv", export(cases))
        door = self.stand_at_the_door()
        door.refuse = 6
        self.run_bridge(port=door.server_port)
        self.assertEqual((door.refused, self.must_hold(cases)), (6, self.rows()))
        door.refuse = 10**6
        told = self.run_bridge(port=door.server_port, code=1, GOGOV_TRIES="2").stderr
        self.assertIn("no answer after 2 tries", told)

    def test_a_dry_run_sends_nothing_and_needs_no_key(self):
        cases = list(made_up(200))
        self.write("export.csv", export(cases))
        shown = self.run_bridge("export.csv", "--dry-run", port=1, PROGRESS_KEY_FILE="").stdout.splitlines()
        told = dict(line.split("\t") for line in shown)
        self.assertEqual({n: json.loads(b)["service"]["open"] for n, b in told.items()},
                         {n: s["open"] for n, s in counted(cases).items()})
        self.assertEqual(self.rows(), 0)

    def test_what_is_wrong_is_said_and_the_key_is_not(self):
        good = export(list(made_up(30)))
        wrong = {"no column dateClosed": good.replace("dateClosed", "closed"), "quote is not closed": good + '"',
                 "no date: soon": good.replace("\r\nc3,", '\r\nx,D,s,s,soon,,,,,\r\nc3,'), "it is empty": "",
                 "3 cells": good + "a,b,c\r\n"}
        for words, text in wrong.items():
            self.write("export.csv", text)
            told = self.run_bridge(code=1).stderr
            self.assertIn(words, told)
        self.write("export.csv", good)
        self.write("map", "9.9 Street lights\n")
        told = self.run_bridge(code=1).stderr
        self.assertIn("422 no objective 9.9", told)
        self.assertIn("cannot read", self.run_bridge("nowhere.csv", code=1).stderr)
        self.write("map", "Street lights\n")
        self.assertIn("no line of a map: Street lights", self.run_bridge(code=1).stderr)
        for words in ([], ["--map"], ["--nonsense"], ["--map", "m", "a", "b"], ["--map", "m", "--until", "x", "a"]):
            done = subprocess.run([BRIDGE, *words], env=self.environment(), capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
        self.assertEqual(self.rows(), 0)

    def test_the_key_stands_on_no_command_line(self):
        self.write("export.csv", export(list(made_up(60))))
        seen = self.write("seen", "")
        os.mkdir(os.path.join(self.folder, "bin"))
        spy = self.write(os.path.join("bin", "curl"), f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{seen}"\nenv >>"{seen}"\n'
                                                      'exec /usr/bin/curl "$@"\n')
        os.chmod(spy, 0o755)
        self.run_bridge(PATH=f"{self.folder}/bin:{os.environ['PATH']}")
        with open(seen, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("--request PUT", text)
        self.assertNotIn(self.key, text)

    def test_help_tells_its_settings(self):
        done = subprocess.run([BRIDGE, "--help"], capture_output=True, text=True, check=True)
        for word in ("--map", "--until", "--dry-run", "PROGRESS_URL", "PROGRESS_KEY_FILE", "GOGOV_SOURCE", "GOGOV_TRIES"):
            self.assertIn(word, done.stdout)


if __name__ == "__main__":
    unittest.main()

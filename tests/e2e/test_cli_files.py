"""`progressd import` and `progressd export`: all of a file or nothing, and every fault named."""
import copy
import datetime
import json
import os
import tempfile
import unittest

import support
from support import PLAN, RECORD, Database, Server, Terminal, note, progress, run


def read(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


class Importing(Terminal):
    def setUp(self):
        self.db = self.database(Database.with_plan())

    def test_twice_changes_nothing(self):
        run("import", RECORD, url=self.db.url)
        before = self.db.checksum()
        for file in (PLAN, RECORD):
            said = run("import", file, url=self.db.url).stdout
            self.assertEqual(self.db.checksum(), before, said)
        self.assertNotRegex(said, r"[1-9]\d* (created|changed)")

    def test_updates_come_in_as_drafts_and_publish_at_wish(self):
        server = Server(self.db.url)
        self.addCleanup(server.kill)
        client = support.Client(server.port, self.db.key(scope="publish", source="city"))
        run("import", RECORD, url=self.db.url)
        drafts = client.get("/updates?state=draft").json["data"]
        self.assertEqual((len(drafts), client.get("/updates").json["data"]), (6, []))
        run("import", RECORD, "--publish", url=self.db.url)
        support.wait_until(lambda: len(client.get("/updates").json["data"]) == 6, "the service has heard of them")
        self.assertEqual(client.get("/updates?state=draft").json["data"], [])
        self.assertEqual({o["status"] for o in client.all("/objectives")}, {"no_information"})
        client.close()

    def test_every_fault_is_named_by_its_pointer_and_nothing_comes_in(self):
        before = self.db.checksum()
        faulty = copy.deepcopy(read(PLAN))
        faulty["plan"]["time_zone"] = "Mars/Olympus"
        faulty["plan"]["colour"] = "red"
        faulty["goals"][0]["statement"] = ""
        faulty["goals"][1]["objectives"][2]["code"] = "2.1"
        faulty["goals"][2]["objectives"][0]["weight"] = -1
        faulty["goals"][3]["weight"] = "heavy"
        faulty["updates"] = [
            progress("9.9", 5, source="gogov"),
            progress("1.1", 101, source="gogov", external_id="1"),
        ]
        said = self.fails(1, "import", self.written(faulty), url=self.db.url)
        for pointer in (
            "#/plan/time_zone",
            "#/plan/colour",
            "#/goals/0/statement",
            "#/goals/1/objectives/2/code",
            "#/goals/2/objectives/0/weight",
            "#/goals/3/weight",
            "#/updates/0/objective",
            "#/updates/1/percent_complete",
        ):
            self.assertIn(pointer + ":", said)
        self.assertEqual(self.db.checksum(), before)

    @support.not_quick
    def test_one_fault_keeps_all_of_a_file_out(self):
        record = read(RECORD)
        record["updates"][-1]["objective"] = "9.9"
        before = self.db.checksum()
        self.assertIn(
            f"#/updates/{len(record['updates']) - 1}/objective",
            self.fails(1, "import", self.written(record), url=self.db.url),
        )
        self.assertEqual(self.db.checksum(), before)

    def test_all_faults_of_one_report_are_named(self):
        report = progress("9.9", 101, as_of="2026-02-30", source="gogov", external_id="1", colour="red")
        file = self.written(read(RECORD) | {"updates": [report]})
        said = self.fails(1, "import", file, url=self.db.url)
        for pointer in ("objective", "percent_complete", "as_of", "colour"):
            self.assertIn(f"#/updates/0/{pointer}:", said)

    def test_a_file_that_is_none_is_refused(self):
        for document in ({}, [], read(RECORD) | {"format": "cerritos-in-progress/99"},
                         {"format": "cerritos-in-progress/1", "plan": "another", "updates": []}):
            self.assertRegex(self.fails(1, "import", self.written(document), url=self.db.url), r"^progressd: \S")
        with open(self.written({}), "w", encoding="utf-8") as f:
            f.write('{"format": "cerritos-in-progress/1", "format"')
        self.assertIn("JSON", self.fails(1, "import", f.name, url=self.db.url))
        self.assertIn("/there/is/none", self.fails(1, "import", "/there/is/none", url=self.db.url))

    @support.not_quick
    def test_a_dry_run_checks_and_records_nothing(self):
        before = self.db.checksum()
        run("import", RECORD, "--dry-run", "--publish", url=self.db.url)
        self.assertEqual(self.db.checksum(), before)

    @support.not_quick
    def test_demo_data_and_real_updates_do_not_mix(self):
        demo = os.path.join(support.ROOT, "seeds", "demo.json")
        run("import", RECORD, url=self.db.url)
        before = self.db.checksum()
        self.fails(1, "import", demo, url=self.db.url)
        self.assertEqual(self.db.checksum(), before)
        other = self.database(Database.empty())
        run("migrate", url=other.url)
        run("import", demo, url=other.url)
        before = other.checksum()
        self.fails(1, "import", RECORD, url=other.url)
        self.assertEqual(other.checksum(), before)

    @support.not_quick
    def test_standard_input_is_a_file_too(self):
        with open(RECORD, encoding="utf-8") as f:
            run("import", "-", url=self.db.url, stdin=f.read())
        self.assertEqual(self.db.count("draft_update"), 6)


class Exporting(Terminal):
    def lively(self):
        """A plan with all that can happen to one."""
        db = self.database(Database.with_plan())
        server = Server(db.url)
        self.addCleanup(server.kill)
        client = support.Client(server.port, db.key(scope="report,publish,edit"))
        reporter = db.key(scope="report")

        def post(body, key=None):
            got = client.post(body, key=key)
            self.assertEqual(got.status, 201, str(got))
            return got.json["id"]

        first = post(
            progress(
                "7.1",
                40.25,
                links=[{"label": "City", "url": "https://example.org/"}],
                external_id="a/b",
                details="ü\n“x”",
            )
        )
        second = post(progress("7.1", 30, supersedes=first, reason="It was wrong."))
        post(note("7.2", source_updated_at="2026-01-31T10:00:00+01:00"))
        gone = post(progress("6.1", None, "completed"))
        client.post({"reason": "Not so."}, f"/updates/{gone}/retraction")
        post(progress("6.2", 5), reporter)
        post(progress("7.1", 20, supersedes=second, reason="drafted"), reporter)
        client.ask("PATCH", "/goals/1", {"weight": 2.5, "short_name": None}, {"If-Match": '"r1-0000000000000000"'})
        client.ask(
            "PATCH", "/objectives/8.4", {"archived": True, "tags": ["x"]}, {"If-Match": '"r1-0000000000000000"'}
        )
        self.close_a_quarter(db, client, post)
        client.close()
        return db, server

    def close_a_quarter(self, db, client, post):
        """Of which something is restated since, and another that is to have a longer grace."""
        post(progress("2.1", 10, as_of=str(datetime.date.today() - datetime.timedelta(250))))
        self.closed = next(p for p in client.get("/periods").json["data"] if p["state"] == "due")["id"]
        stated = post(progress("2.1", 60, as_of=client.get(f"/periods/{self.closed}").json["ends_on"]))
        admin = db.key(scope="admin", source=None)
        got = client.ask("POST", f"/periods/{self.closed}/closing", None, {}, admin)
        self.assertEqual((got.status, got.json["state"]), (200, "closed"), str(got))
        post(progress("2.1", 50, as_of=got.json["ends_on"], supersedes=stated, reason="It was 50."))
        newest = client.get("/periods?limit=1").json["data"][0]["id"]
        got = client.ask("PATCH", f"/periods/{newest}", {"grace_days": 30}, {"If-Match": '"r1-0000000000000000"'})
        self.assertEqual(got.status, 200, str(got))

    def test_an_export_imports_to_the_same_state(self):
        db, server = self.lively()
        file = self.written({})
        run("export", file, url=db.url)
        other = self.database(Database.empty())
        run("migrate", url=other.url)
        run("import", file, url=other.url)
        again = run("export", url=other.url).stdout
        with open(file, encoding="utf-8") as f:
            self.assertEqual(again, f.read())
        twin = Server(other.url)
        self.addCleanup(twin.kill)
        one, two = support.Client(server.port), support.Client(twin.port)
        for path in (
            "/plan",
            "/summary",
            "/goals?include=objectives,latest_update",
            "/objectives?limit=500",
            "/updates?limit=500",
            "/objectives/7.1/updates",
            "/goals?as_of=2026-01-15",
            "/periods",
            f"/reports/{self.closed}",
            f"/reports/{self.closed}?known_at={one.get(f'/periods/{self.closed}').json['closed_at']}",
        ):
            self.assertEqual(one.get(path).body, two.get(path).body, path)
        for form in ("text/csv", "text/html"):
            pages = [client.get(f"/reports/{self.closed}", Accept=form) for client in (one, two)]
            self.assertEqual(pages[0].body, pages[1].body, form)
            self.assertIn(form, pages[0]["Content-Type"])
        self.assertTrue(two.get(f"/reports/{self.closed}").json["restated"]["is_restated"])
        one.close()
        two.close()
        before = other.checksum()
        run("import", file, url=other.url)
        self.assertEqual(other.checksum(), before, "importing an export twice changes nothing")

    @support.not_quick
    def test_an_import_into_its_own_source_changes_nothing(self):
        db, _ = self.lively()
        before = db.checksum()
        run("import", "-", url=db.url, stdin=run("export", url=db.url).stdout)
        self.assertEqual(db.checksum(), before)

    @support.not_quick
    def test_updates_after_an_import_get_ids_of_their_own(self):
        db, _ = self.lively()
        other = self.database(Database.empty())
        run("migrate", url=other.url)
        run("import", "-", url=other.url, stdin=run("export", url=db.url).stdout)
        server = Server(other.url)
        self.addCleanup(server.kill)
        client = support.Client(server.port, other.key())
        got = client.post(note("1.1"))
        self.assertEqual(got.status, 201, str(got))
        client.close()

    @support.not_quick
    def test_no_key_and_no_holder_travels(self):
        db, _ = self.lively()
        exported = run("export", url=db.url).stdout
        self.assertNotIn("cip_", exported)
        for sha in db.sql("select sha256 from progress.api_key").split():
            self.assertNotIn(sha, exported)

    @support.not_quick
    def test_an_unknown_plan_is_refused_and_no_file_is_left(self):
        db = self.database(Database.with_plan())
        folder = tempfile.mkdtemp(dir="/tmp")
        self.addCleanup(os.rmdir, folder)
        self.fails(1, "export", os.path.join(folder, "x.json"), "--plan", "another", url=db.url)
        self.assertEqual(os.listdir(folder), [])
        self.assertIn("/there/is/none", self.fails(1, "export", "/there/is/none/x.json", url=db.url))

if __name__ == "__main__":
    unittest.main()

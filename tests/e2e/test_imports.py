"""Tables that are brought in: what was exported and edited in a spreadsheet, thousands of reports at once, and what is
left when it is cut short."""
import csv
import io
import itertools
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from client import Client
from support import BINARY, Case, Database, Server, Terminal, environment, measure, progress, run, say, wait_until

_keys = itertools.count(1)
CSV = "text/csv"
UPDATE_COLUMNS = ("objective", "as_of", "kind", "status", "percent_complete", "summary", "source", "external_id")


def rows_of(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def table(rows, **how):
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(rows)
    return out.getvalue()


def reports(count, **more):
    """A table of so many new updates."""
    codes = ("1.1", "1.2", "2.1", "7.1")
    rows = [
        {"objective": codes[n % 4], "as_of": "2026-01-31", "kind": "progress", "status": "on_track",
         "percent_complete": n % 100, "summary": f"What residents should know, {n}.", "source": "gogov",
         "external_id": f"x-{n}"} | more
        for n in range(count)
    ]
    return table([UPDATE_COLUMNS] + [[r[c] for c in UPDATE_COLUMNS] for r in rows])


class Importing(Case):
    def setUp(self):
        super().setUp()
        self.editor = self.db.key(scope="edit", source="city")

    def send(self, text, query="", key=None, kind=CSV, idem=None):
        body = text if isinstance(text, bytes) else text.encode()
        headers = {"Content-Type": kind, "Idempotency-Key": f'"{idem or f"import-{os.getpid()}-{next(_keys)}"}"'}
        return self.client.ask("POST", f"/imports{query}", body, headers, key or self.editor)

    def numbers(self, answer, status=200):
        got = self.accepted(answer, status)
        return tuple(got[k] for k in ("created", "changed", "unchanged", "error_count"))

    def report(self, path, key):
        return self.accepted(self.client.ask("GET", path, headers={}, key=key), 200)

    def ended(self, answer, key=None, seconds=60):
        path = answer["Location"]
        self.accepted(answer, 202)
        wait_until(lambda: self.report(path, key or self.key)["state"] in ("done", "failed"), "the import ends", seconds)
        return self.report(path, key or self.key)

    def export(self, path):
        got = self.client.get(path)
        self.assertEqual(got.status, 200, str(got))
        return got.body.decode("utf-8")


class RoundTripTest(Importing):
    """Each of the 42 objectives, with all its edit fields set, goes through Python's csv and comes back."""

    def setUp(self):
        super().setUp()
        for slug in ("public-works", "parks"):
            self.client.ask("POST", "/departments", {"slug": slug, "name": slug.title()},
                            {"Idempotency-Key": f'"found-{slug}-{os.getpid()}"'}, self.editor)

    def edit(self, rows):
        """Every edit field of every row says something."""
        names = rows[0]
        for n, row in enumerate(rows[1:]):
            row[names.index("statement")] += " (as amended, \"so\";\nin two lines)"
            for name, value in (
                ("description", "=SUM(1)" if n % 2 else "+ one, 'two'"), ("description_position", "after"),
                ("lead_department", "parks"), ("supporting_departments", '["public-works"]'), ("owner_role", "Director, Parks"),
                ("start_on", "2026-07-01"), ("due_on", "2027-06-30"), ("update_frequency", "quarterly"), ("weight", "2.5"),
                ("tags", '["a \\"quoted\\" tag", "b"]'), ("milestones", '[{"title": "First", "due_on": "2026-12-31", "achieved_on": null}]'),
                ("relationships", '[]'),
                ("funding", '[{"fiscal_year": "2026-27", "gl_account": "0110-7", "project_string": null, "budgeted": 1000.5, "spent": null}]'),
                ("external_refs", '[{"system": "tyler", "type": "project", "id": "P-%d", "url": null}]' % n),
            ):
                row[names.index(name)] = value
        return rows

    def test_all_edit_fields_of_all_objectives_go_through_a_spreadsheet(self):
        before = self.export("/objectives.csv")
        self.assertEqual(self.numbers(self.send(before)), (0, 0, 42, 0))
        rows = self.edit(rows_of(before))
        for row in rows[1:]:  # the guard as a person would leave it: in the file's own dialect
            at = rows[0].index("description")
            row[at] = "'" + row[at]
        edited = table(rows)
        self.assertEqual(self.numbers(self.send(edited)), (0, 42, 0, 0))
        self.assertEqual(self.numbers(self.send(edited)), (0, 0, 42, 0), "twice changes nothing twice")
        self.assertEqual(self.db.sql("select max(revision) from progress.objective"), "2")
        after = self.export("/objectives.csv")
        self.assertEqual(self.numbers(self.send(after)), (0, 0, 42, 0))
        one = self.client.get("/objectives/1.1").json
        self.assertEqual(one["description"], "+ one, 'two'", "no apostrophe of the guard is kept")
        self.assertEqual((one["weight"], one["tags"], one["due_on"]), (2.5, ['a "quoted" tag', "b"], "2027-06-30"))
        self.assertTrue(one["statement"].endswith('(as amended, "so";\nin two lines)'))
        self.assertEqual(self.export("/objectives.csv?dialect=excel")[0], "\ufeff")
        self.assertEqual(self.numbers(self.send(self.export("/objectives.csv?dialect=excel"), "?dialect=excel")), (0, 0, 42, 0))
        self.assertEqual(self.numbers(self.send(self.export("/objectives.csv?dialect=rfc4180"), "?dialect=rfc4180")), (0, 0, 42, 0))
        listed = self.client.get("/objectives?limit=500").body
        self.assertEqual(self.numbers(self.send(listed, kind="application/json")), (0, 0, 42, 0))
        self.assertEqual(self.numbers(self.send(self.export("/goals.csv"))), (0, 0, 8, 0))
        self.assertEqual(self.numbers(self.send(self.export("/departments.csv"))), (0, 0, 2, 0))


class SpreadsheetTest(Importing):
    def test_what_excel_makes_of_a_table_is_understood(self):
        rows = rows_of(self.export("/objectives.csv"))[:3]
        names = rows[0]
        rows[1][names.index("due_on")] = "6/30/2027"
        rows[1][names.index("weight")] = "1,5"
        rows[1][names.index("demo")] = "FALSE"
        text = "\ufeff" + table(rows, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL)
        answer = self.send(text, "?dialect=excel")
        self.assertEqual(self.numbers(answer), (0, 1, 1, 0))
        self.assertEqual(answer.json["warnings"], [])
        one = self.client.get("/objectives/1.1").json
        self.assertEqual((one["due_on"], one["weight"]), ("2027-06-30", 1.5))
        self.refused(self.send(table([["code", "revision", "due_on"], ["1.2", "1", "6/30/2027"]])), 422, "invalid", ["#/data/0/due_on"])

    def test_columns_stand_in_any_order_and_may_be_left_out(self):
        answer = self.send(table([["owner_role", "code", "revision", ""], ["Chief", "2.1", "1", ""], ["", "", "", ""], ["", "2.2", "1", ""]]))
        self.assertEqual(self.numbers(answer), (0, 1, 1, 0))
        self.assertEqual(answer.json["rows"], 2, "an empty row is none")

    def test_what_is_only_shown_is_told_and_not_taken(self):
        rows = rows_of(self.export("/objectives.csv"))[:2]
        rows[1][rows[0].index("status")] = "completed"
        got = self.accepted(self.send(table(rows)), 200)
        self.assertEqual([(w["row"], w["column"]) for w in got["warnings"]], [(2, "status")])
        self.assertEqual(self.client.get("/objectives/1.1").json["status"], "no_information")

    def test_measures_and_money_come_too(self):
        self.assertEqual(self.numbers(self.send(json.dumps([measure("time-to-answer", "7.1", lower_limit=1)]), kind="application/json")), (1, 0, 0, 0))
        self.assertEqual(self.numbers(self.send(self.export("/measures.csv"))), (0, 0, 1, 0))
        money = table([["objective", "fiscal_year", "gl_account", "project_string", "budgeted", "spent"],
                       ["3.1", "2026-27", "0110", "P-7", "1000.50", "20"], ["3.1", "2026-27", "0110", "", "5", ""]])
        self.assertEqual(self.numbers(self.send(money)), (2, 0, 0, 0))
        self.assertEqual(self.numbers(self.send(money)), (0, 0, 2, 0))
        self.assertEqual(len(self.client.get("/objectives/3.1").json["funding"]), 2)


class FaultTest(Importing):
    def test_every_fault_is_named_by_row_and_column_and_nothing_is_applied(self):
        before = self.db.checksum()
        text = table([["code", "revision", "weight", "due_on", "lead_department", "funding", "statement"],
                      ["1.1", "1", "heavy", "2027-02-30", "", "[]", "Stated"],
                      ["9.9", "1", "1", "", "", "[]", "Stated"],
                      ["1.2", "1", "1", "", "nobody", '[{"fiscal_year": "2026"}', "Stated"],
                      ["1.3", "7", "2", "", "", "[]", ""],
                      ["1.4", "7", "2", "", "", "[]", "Stated"],
                      ["1.4", "1"]])
        problem = self.refused(self.send(text), 422, "invalid")
        told = {e["pointer"]: e["detail"] for e in problem["errors"]}
        self.assertEqual(told["#/data/0/weight"], "row 2: must be a number")
        self.assertEqual(told["#/data/0/due_on"], "row 2: must be a date, YYYY-MM-DD")
        self.assertEqual(told["#/data/1/code"], "row 3: no objective 9.9")
        self.assertEqual(told["#/data/2/funding"], "row 4: must be a list")
        self.assertEqual(told["#/data/3/statement"], "row 5: must not be null")
        self.assertEqual(told["#/data/4/revision"], "row 6: stands at 1 by now: export the table again")
        self.assertEqual(told["#/data/5/"], "row 7: has fewer cells than there are names")
        dry = self.accepted(self.send(text, "?dry_run=true"), 200)
        self.assertEqual((dry["state"], dry["dry_run"], dry["error_count"], dry["id"]), ("failed", True, len(told), None))
        self.assertEqual(self.db.checksum(), before)

    def test_a_cell_that_no_body_could_hold_is_refused_by_its_column(self):
        deepest = "[" * 32 + "]" * 32
        text = table([["code", "revision", "weight", "funding"], ["1.1", "1", "1" * 2000, "[]"], ["1.2", "1", "1", deepest],
                      ["1.3", "1", "1,2", "[],[]"]])
        told = {e["pointer"]: e["detail"] for e in self.refused(self.send(text), 422, "invalid")["errors"]}
        self.assertEqual(told, {"#/data/0/weight": "row 2: must be a number", "#/data/1/funding": "row 3: must be a list",
                                "#/data/2/weight": "row 4: must be a number", "#/data/2/funding": "row 4: must be a list"})

    def test_what_is_no_table_is_refused_as_a_whole(self):
        for text, status, places in (
            ("code,revision,budget\r\n1.1,1,5\r\n", 422, ["#/columns/budget"]),
            ("code,revision,weight,weight\r\n", 422, ["#/columns/weight"]),
            ("slug,name\r\nparks,Parks\r\n", 422, []),
            ("", 422, []),
            ('code,revision\r\n"1.1,1\r\n', 400, []),
            ('code,revision\r\n1".1,1\r\n', 400, []),
            (b"code,statement\r\n1.1,\xe9t\xe9\r\n", 400, []),
            (b"code,statement\r\n1.1,a\0b\r\n", 400, []),
        ):
            with self.subTest(text=text):
                self.refused(self.send(text), status, None, places)
        self.refused(self.send("[1", kind="application/json"), 400)
        self.refused(self.send('{"data": 7}', kind="application/json"), 422)
        self.refused(self.send("<a/>", kind="application/xml"), 415)
        self.refused(self.send("code\r\n1.1\r\n", "?table=people"), 400, None, ["table"])
        self.refused(self.send("code\r\n1.1\r\n", "?dialect=lotus"), 400, None, ["dialect"])
        self.refused(self.send(table([["code"]] + [["1.1"]] * 10001)), 422)
        self.assertEqual(self.numbers(self.send("slug,name\r\nparks,Parks\r\n", "?table=departments&dry_run=true")), (1, 0, 0, 0))

    def test_a_key_brings_what_it_may(self):
        self.refused(self.send("code\r\n1.1\r\n", key=self.key), 403)
        self.refused(self.send(reports(1)), 403)
        self.refused(self.client.ask("POST", "/imports", b"code\r\n", {"Content-Type": CSV}), 401)

    def test_many_errors_are_counted_and_the_first_named(self):
        bad = reports(900, objective="8.88")
        self.assertEqual(len(self.refused(self.send(bad, key=self.key), 422)["errors"]), 100)
        dry = self.accepted(self.send(bad, "?dry_run=true", key=self.key), 200)
        self.assertEqual((dry["error_count"], len(dry["errors"])), (900, 500))

    def test_a_repeated_request_is_answered_as_before(self):
        text = table([["code", "revision", "owner_role"], ["8.1", "1", "Clerk"]])
        first = self.send(text, idem="the-same")
        again = self.send(text, idem="the-same")
        self.assertEqual((first.body, again["Idempotent-Replayed"]), (again.body, "true"))
        self.refused(self.send(text.replace("Clerk", "Chief"), idem="the-same"), 422, "idempotency-key-reused")


class LargeTest(Importing):
    def test_ten_thousand_rows_come_in_one_call(self):
        text = reports(10000)
        before = self.db.count("published_update")
        began = time.monotonic()
        answer = self.send(text, key=self.key)
        self.assertEqual(answer.json["state"], "queued")
        report = self.ended(answer)
        say(f"10,000 rows and their report: {time.monotonic() - began:.1f} s")
        self.assertEqual((report["state"], report["created"], report["rows_done"]), ("done", 10000, 10000), str(report)[:500])
        self.assertEqual(self.db.count("published_update") - before, 10000)
        self.assertEqual(self.client.get("/updates?count=exact&source=gogov&limit=1").json["page"]["total"], self.db.count("published_update"))
        began = time.monotonic()
        report = self.ended(self.send(text, key=self.key))
        say(f"the same again: {time.monotonic() - began:.1f} s")
        self.assertEqual((report["created"], report["unchanged"]), (0, 10000))
        self.refused(self.client.ask("GET", answer["Location"], headers={}, key=self.editor), 404)
        self.refused(self.client.ask("GET", answer["Location"], headers={}, key=None), 401)
        self.accepted(self.client.ask("GET", answer["Location"], headers={}, key=self.db.key(scope="admin", source=None)), 200)

    def begun(self):
        """A table of which the service has the head and no row yet."""
        head = (f"POST /imports?dry_run=true HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.editor}\r\n"
                "Content-Type: text/csv\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
        s = socket.create_connection(("127.0.0.1", self.server.port), timeout=10)
        self.addCleanup(s.close)
        s.sendall(head.encode())
        self.assertIn(b" 100 ", s.recv(100))  # it reads on
        return s

    def test_a_third_table_at_once_is_told_to_come_again(self):
        text = "code,revision,owner_role\n7.1,1,Clerk\n"
        first, second = self.begun(), self.begun()
        answer = self.send(text, "?dry_run=true")
        self.refused(answer, 503, "unavailable")
        self.assertEqual(answer["Retry-After"], "2")
        self.assertIn("other tables", answer.json["detail"])
        threading.Timer(0.3, first.close).start()
        self.assertEqual(self.send(text, "?dry_run=true").status, 200)  # whose turn comes meanwhile
        second.close()

    def test_a_large_table_with_one_bad_row_fails_and_leaves_nothing(self):
        rows = rows_of(reports(1500, source="gogov"))
        for n, row in enumerate(rows[1:]):
            row[UPDATE_COLUMNS.index("external_id")] = f"bad-{n}"
        rows[1400][0] = "8.88"
        before = self.db.count("published_update")
        report = self.ended(self.send(table(rows), key=self.key))
        self.assertEqual((report["state"], report["created"], report["error_count"]), ("failed", 0, 1))
        self.assertEqual(report["errors"], [{"row": 1401, "column": "objective", "detail": "no objective 8.88"}])
        self.assertEqual(self.db.count("published_update"), before)


class CutShortTest(unittest.TestCase):
    """An import goes on where the service was killed, or ended in order, in the middle of it."""

    def setUp(self):
        self.db = Database.with_plan()
        self.addCleanup(self.db.drop)
        self.key = self.db.key()
        # Each report waits a little, so that there is a middle.
        self.db.sql("create function progress.slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.002); return null; end $$;"
                    "create trigger slow after insert on progress.published_update for each row execute function progress.slow()")

    def begin(self):
        server = Server(self.db.url, PROGRESS_DRAIN_MS=5000)
        self.addCleanup(server.kill)
        client = Client(server.port, self.key)
        self.addCleanup(client.close)
        got = client.ask("POST", "/imports", reports(2000).encode(), {"Content-Type": CSV, "Idempotency-Key": '"k"'})
        self.assertEqual(got.status, 202, str(got))
        wait_until(lambda: client.ask("GET", got["Location"], headers={}, key=self.key).json["rows_done"] >= 1000, "half of it is done")
        self.assertEqual(client.ask("GET", got["Location"], headers={}, key=self.key).json["state"], "running")
        client.close()  # a drain waits for who keeps a connection
        return server, got["Location"]

    def goes_on(self, location):
        self.assertEqual(self.db.count("published_update"), 0, "nothing half applied")
        self.db.sql("drop trigger slow on progress.published_update")
        server = Server(self.db.url)
        self.addCleanup(server.kill)
        client = Client(server.port, self.key)
        self.addCleanup(client.close)
        wait_until(lambda: client.ask("GET", location, headers={}, key=self.key).json["state"] == "done", "it is done after all", 60)
        self.assertEqual(client.ask("GET", location, headers={}, key=self.key).json["created"], 2000)
        self.assertEqual(self.db.count("published_update"), 2000)

    def test_a_killed_service_has_done_nothing_of_it_and_the_next_does_all(self):
        server, location = self.begin()
        server.process.kill()
        server.process.wait()
        wait_until(lambda: self.db.sql("select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()") == "0",
                   "its connections are gone")
        self.goes_on(location)

    def test_a_service_that_ends_in_order_does_not_wait_for_it(self):
        server, location = self.begin()
        began = time.monotonic()
        self.assertEqual(server.stop(), 0)
        self.assertLess(time.monotonic() - began, 8)
        self.assertEqual(self.db.sql("select state || ' ' || tries from progress.import_job"), "queued 0")
        self.goes_on(location)


class CommandTest(Terminal):
    def setUp(self):
        self.db = self.database(Database.with_plan())

    def file(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False, encoding="utf-8", newline="") as file:
            file.write(text)
        self.addCleanup(os.unlink, file.name)
        return file.name

    def test_a_table_comes_in_by_the_command(self):
        path = self.file(table([["code", "revision", "owner_role"], ["1.1", "1", "Chief"], ["1.2", "1", ""]]))
        self.assertEqual(run("import", path, "--dry-run", url=self.db.url).stdout, "objectives: 0 created, 1 changed, 1 unchanged; nothing was recorded\n")
        self.assertEqual(self.db.count("import_job"), 0)
        done = run("import", path, url=self.db.url)
        self.assertEqual(done.stdout, "objectives: 0 created, 1 changed, 1 unchanged\n")
        self.assertIn("objectives: ", done.stderr)
        self.assertIn("of 2 rows", done.stderr)
        self.assertEqual(run("import", path, url=self.db.url).stdout, "objectives: 0 created, 0 changed, 2 unchanged\n")

    def test_a_faulty_table_is_refused_row_by_row(self):
        path = self.file(table([["code", "revision", "weight"], ["1.1", "1", "x"], ["8.88", "1", "1"]]))
        told = self.fails(1, "import", path, url=self.db.url)
        self.assertIn("row 2, weight: must be a number", told)
        self.assertIn("row 3, code: no objective 8.88", self.fails(1, "import", self.file(table([["code"], ["1.1"], ["8.88"]])), url=self.db.url))
        self.fails(2, "import", path, "--publish", url=self.db.url)
        self.fails(2, "import", path, "--dialect", "lotus", url=self.db.url)
        self.assertIn("one of: goals", self.fails(1, "import", path, "--table", "people", url=self.db.url))
        self.fails(1, "import", "/nowhere.csv", url=self.db.url)

    def test_a_terminal_shows_a_bar(self):
        path = self.file(reports(1200))
        terminal, end = os.openpty()
        shown = []

        def read():
            try:
                while piece := os.read(terminal, 4096):
                    shown.append(piece)
            except OSError:
                pass  # the other end is closed

        reader = threading.Thread(target=read)
        reader.start()
        done = subprocess.run([BINARY, "import", path], env=environment(DATABASE_URL=self.db.url), stdout=subprocess.PIPE, stderr=end,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)
        os.close(end)
        reader.join(10)
        os.close(terminal)
        self.assertEqual((done.returncode, done.stdout), (0, b"updates: 1200 created, 0 changed, 0 unchanged\n"))
        self.assertIn(b"[##############################] 1200 of 1200 rows", b"".join(shown))


if __name__ == "__main__":
    unittest.main()

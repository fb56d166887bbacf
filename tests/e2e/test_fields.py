"""Milestones, relationships, funding and names in other systems: edited, filtered, carried by files."""
import json
import unittest

import support
from support import Case, Database

MILESTONES = [
    {"title": "Contract awarded", "due_on": "2027-01-31", "achieved_on": None},
    {"title": "Go-live", "due_on": None, "achieved_on": "2026-10-01"},
]
RELATIONSHIPS = [
    {"type": "related", "objective": "7.2", "note": "The same partner."},
    {"type": "completes", "objective": "5.2", "note": None},
]
FUNDING = [
    {"fiscal_year": "2026-27", "gl_account": "0110-4210-000", "project_string": "007.ERP", "budgeted": 918273.64, "spent": 0},
    {"fiscal_year": "2026-27", "gl_account": "0110-4210-000", "project_string": None, "budgeted": 777123, "spent": None},
    {"fiscal_year": "2027-28", "gl_account": "0220", "project_string": "007.ERP", "budgeted": None, "spent": -31415.92},
]
REFS = [{"system": "tyler", "type": "project", "id": "00417", "url": "https://erp.example.org/p/00417"},
        {"system": "tyler", "type": "contract", "id": "00417", "url": None}]
HIDDEN = [f | {"budgeted": None, "spent": None} for f in FUNDING]
LISTS = {"milestones": MILESTONES, "relationships": RELATIONSHIPS, "external_refs": REFS}


class Fields(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.db.key(scope="edit", source="clerk")

    def patch(self, code, body, status=200, etag=None):
        etag = etag or self.client.get(f"/objectives/{code}")["ETag"]
        answer = self.client.ask("PATCH", f"/objectives/{code}", body, {"If-Match": etag}, self.editor)
        self.assertEqual(answer.status, status, str(answer))
        return answer

    def get(self, path):
        return self.accepted(self.client.get(path), 200)

    def test_a_list_is_replaced_whole_and_has_a_history(self):
        first = self.get("/objectives/5.6")
        self.assertEqual([first[k] for k in (*LISTS, "funding")], [[], [], [], []])
        edited = self.patch("5.6", LISTS)
        self.assertEqual(edited.json | LISTS, edited.json)
        self.assertEqual(edited.body, self.client.get("/objectives/5.6").body)
        self.assertEqual(edited.json["revision"], first["revision"] + 1)
        again = self.patch("5.6", {"milestones": [MILESTONES[0] | {"note": 1}]}, 422)
        self.refused(again, 422, places=["#/milestones/0/note"])
        same = self.patch("5.6", {"milestones": [{"due_on": "2027-01-31", "title": "Contract awarded"}, MILESTONES[1]]})
        self.assertEqual(same.json["revision"], edited.json["revision"], "absent is null: nothing changes")
        shorter = self.patch("5.6", {"milestones": MILESTONES[1:], "relationships": []}).json
        self.assertEqual((shorter["milestones"], shorter["relationships"]), (MILESTONES[1:], []))
        self.assertEqual(shorter["external_refs"], REFS, "what is absent stays")
        history = json.loads(self.db.sql(
            "select json_agg(r.milestones order by r.revision) from progress.objective_revision r "
            "join progress.objective o on o.id = r.objective_id where o.code = '5.6'"))
        self.assertEqual(history, [[], MILESTONES, MILESTONES[1:]])
        audit = json.loads(self.db.sql("select detail from progress.audit_event order by id desc limit 1"))
        self.assertEqual(audit["milestones"], [MILESTONES, MILESTONES[1:]])

    def test_what_is_wrong_is_named_by_its_place(self):
        link = {"fiscal_year": "2026-27", "gl_account": "01"}
        cases = (
            ({"milestones": [{"title": " "}]}, ["#/milestones/0/title"]),
            ({"milestones": [{"title": "x", "due_on": "soon"}]}, ["#/milestones/0/due_on"]),
            ({"milestones": None}, ["#/milestones"]),
            ({"milestones": [{"title": "x"}] * 51}, ["#/milestones"]),
            ({"relationships": [{"type": "related", "objective": "8.99"}]}, ["#/relationships/0/objective"]),
            ({"relationships": [{"type": "related", "objective": "5.5"}]}, ["#/relationships/0/objective"]),
            ({"relationships": [{"type": "likes", "objective": "5.6"}]}, ["#/relationships/0/type"]),
            ({"relationships": [{"type": "related", "objective": "5.6"}] * 2}, ["#/relationships/1"]),
            ({"funding": [link | {"fiscal_year": "2026-28"}]}, ["#/funding/0/fiscal_year"]),
            ({"funding": [link | {"gl_account": 110}]}, ["#/funding/0/gl_account"]),
            ({"funding": [link | {"spent": 0.001}]}, ["#/funding/0/spent"]),
            ({"funding": [link | {"budgeted": 1e12}]}, ["#/funding/0/budgeted"]),
            ({"funding": [link, link | {"gl_account": "1"}, link | {"spent": 1}]}, ["#/funding/2"]),
            ({"external_refs": [{"system": "tyler", "type": "x"}]}, ["#/external_refs/0/id"]),
            ({"external_refs": [{"system": "tyler", "type": "x", "id": "1", "url": "ftp://x"}]}, ["#/external_refs/0/url"]),
            ({"external_refs": [REFS[0], REFS[0] | {"url": None}]}, ["#/external_refs/1"]),
        )
        before = self.db.checksum()
        etag = self.client.get("/objectives/5.5")["ETag"]
        for body, places in cases:
            with self.subTest(places):
                self.refused(self.patch("5.5", body, 422, etag), 422, places=places)
        self.assertEqual(self.db.checksum(), before)

    def test_funding_is_found_by_its_codes_as_they_are_written(self):
        self.patch("6.1", {"funding": FUNDING})
        self.patch("6.2", {"funding": [{"fiscal_year": "2027-28", "gl_account": "110-4210-000", "project_string": "7.ERP"}]})
        for ask, codes in (
            ("fiscal_year=2026-27", ["6.1"]),
            ("fiscal_year=2027-28", ["6.1", "6.2"]),
            ("fiscal_year=2028-29", []),
            ("gl_account=0110-4210-000", ["6.1"]),
            ("gl_account=110-4210-000", ["6.2"]),
            ("project_string=007.ERP", ["6.1"]),
            ("fiscal_year=2027-28&gl_account=0220&project_string=007.ERP", ["6.1"]),
            # each of them is there, but not in one entry
            ("fiscal_year=2027-28&gl_account=0110-4210-000", []),
        ):
            with self.subTest(ask):
                answer = self.get(f"/objectives?count=exact&{ask}")
                self.assertEqual([o["code"] for o in answer["data"]], codes)
                self.assertEqual(answer["page"]["total"], len(codes))
        self.refused(self.client.get("/objectives?fiscal_year=2026"), 400, places=["fiscal_year"])

    def test_dry_runs_hide_money_too(self):
        etag = self.client.get("/objectives/6.3")["ETag"]
        answer = self.client.ask("PATCH", "/objectives/6.3?dry_run=true", {"funding": FUNDING}, {"If-Match": etag}, self.editor)
        self.assertEqual(self.accepted(answer, 200)["funding"], HIDDEN)
        self.assertEqual(self.get("/objectives/6.3")["funding"], [])


class Files(unittest.TestCase):
    def setUp(self):
        self.db = Database.with_plan()
        self.addCleanup(self.db.drop)

    def load(self, document, *options, check=True):
        return support.run("import", "-", *options, url=self.db.url, stdin=json.dumps(document), check=check)

    def test_lists_travel_by_import_and_export(self):
        goals = [{"number": 6, "statement": "Six", "objectives": [{"code": "6.1", "statement": "One", "funding": FUNDING} | LISTS]}]
        document = {"format": "cerritos-in-progress/1", "goals": goals, "plan": {
            "slug": "another", "title": "Another", "organization": "City", "state": "approved", "funding_is_public": True}}
        said = self.load(document, check=False)
        self.assertEqual(said.returncode, 1)
        for n, code in enumerate(("7.2", "5.2")):
            self.assertIn(f"#/goals/0/objectives/0/relationships/{n}/objective: no objective {code}", said.stderr)
        for number, codes in ((7, ("7.2",)), (5, ("5.2",))):
            goals.append({"number": number, "statement": "More",
                          "objectives": [{"code": code, "statement": "Another"} for code in codes]})
        self.load(document)
        self.assertIn("objectives: 3 unchanged", self.load(document).stdout)
        export = support.run("export", "--plan", "another", url=self.db.url).stdout
        one = next(g for g in json.loads(export)["goals"] if g["number"] == 6)["objectives"][0]
        self.assertEqual({k: one[k] for k in (*LISTS, "funding")}, LISTS | {"funding": FUNDING})
        self.assertEqual({k: one["history"][0][k] for k in LISTS}, LISTS)
        copy = Database.empty()
        self.addCleanup(copy.drop)
        support.run("migrate", url=copy.url)
        support.run("import", "-", url=copy.url, stdin=export)
        self.assertEqual(support.run("export", "--plan", "another", url=copy.url).stdout, export)

    def test_a_file_is_refused_with_every_place(self):
        wrong = {"milestones": [{"title": "x", "due_on": "2026-02-30"}, "y"],
                 "relationships": [{"type": "related", "objective": "6.1"}],
                 "funding": [{"fiscal_year": "2026-28", "gl_account": "1", "spent": 0.001}],
                 "external_refs": [REFS[1], REFS[1], {"system": "T", "type": "x", "id": "1"}]}
        said = self.load({"format": "cerritos-in-progress/1", "plan": {"slug": "p", "title": "P", "organization": "C"},
                          "goals": [{"number": 6, "statement": "Six", "objectives": [
                              {"code": "6.1", "statement": "One"} | wrong]}]}, check=False)
        self.assertEqual(said.returncode, 1)
        at = "#/goals/0/objectives/0"
        for place in ("milestones/0/due_on", "milestones/1", "relationships/0/objective", "funding/0/fiscal_year",
                      "funding/0/spent", "external_refs/1", "external_refs/2/system"):
            self.assertIn(f"{at}/{place}: ", said.stderr)


if __name__ == "__main__":
    unittest.main()

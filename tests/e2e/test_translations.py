"""The plan in the residents' languages: beside the city's own words, found by search, out and in by the sheet."""
import csv
import io
import os
import unittest
from urllib.parse import quote

import support
from support import ROOT, Case, Database, Terminal, run

LANGUAGES = ("ko", "zh-Hans", "zh-Hant", "tl", "es")
NAMES = ("lang", "entity", "code", "field", "source", "text", "reviewed")
SEEDS = os.path.join(ROOT, "seeds", "translations")
GOAL_7 = "To improve community transparency and engagement."
KOREAN = "지역사회에 대한 투명성과 지역사회의 참여를 높인다."


def seed(lang):
    return os.path.join(SEEDS, f"{lang}.csv")


def ship(db):
    for lang in LANGUAGES:
        run("import", seed(lang), "--shipped", url=db.url)


def stored(db):
    return db.sql("select md5(string_agg(t::text, '' order by t::text)) from progress.translation t")


def item(text=KOREAN, **more):
    return {"lang": "ko", "entity": "goal", "code": "7", "field": "statement", "source": GOAL_7, "text": text} | more


def rows_of(table):
    return list(csv.DictReader(io.StringIO(table, newline="")))


def table_of(rows, names=None, **how):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names or list(rows[0]), **how)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


class Translated(Case):
    """Each test has a database of its own: what it edits is seen by nobody else."""

    @classmethod
    def setUpClass(cls):
        """Nothing is shared."""

    def setUp(self):
        self.db = Database.with_plan()
        self.addCleanup(self.db.drop)
        ship(self.db)
        self.server = support.Server(self.db.url)
        self.addCleanup(self.server.kill)
        self.client = self.connect()
        self.editor = self.db.key(scope="edit", source="clerk")

    def send(self, *items, query="", key=None, **more):
        return self.client.ask("POST", f"/translations{query}", {"items": list(items)} | more, {}, key or self.editor)

    def send_table(self, table, query=""):
        sent = {"Content-Type": "text/csv; charset=utf-8"}
        return self.client.ask("POST", f"/translations{query}", table.encode(), sent, self.editor)

    def edit(self, path, **fields):
        etag = self.client.get(path)["ETag"]
        self.accepted(self.client.ask("PATCH", path, fields, {"If-Match": etag}, self.editor), 200)


class Documents(Translated):
    def test_the_citys_words_stay_and_the_translation_stands_beside_them(self):
        plain, korean = (self.client.get(f"/goals/7{q}").json for q in ("", "?lang=ko"))
        self.assertEqual(korean.pop("translation"),
                         {"lang": "ko", "statement": KOREAN, "reviewed": False, "outdated": False})
        self.assertEqual(korean, plain)
        for path in ("/plan", "/summary", "/goals", "/goals?include=objectives", "/objectives", "/objectives/3.3",
                     "/goals/3/objectives"):
            self.assertNotIn(b'"translation"', self.client.get(path).body, path)
            self.assertIn(b'"translation"', self.client.get(path + ("&" if "?" in path else "?") + "lang=es").body, path)

    def test_no_text_of_the_plan_lacks_a_translation_in_any_language(self):
        for lang in LANGUAGES:
            objectives = self.client.all(f"/objectives?lang={lang}")
            self.assertEqual(len(objectives), 42)
            for document in objectives:
                told = document["translation"]
                self.assertEqual((told["lang"], told["reviewed"], told["outdated"]), (lang, False, False))
                self.assertEqual(told["description"] is None, document["description"] is None, document["code"])
                self.assertTrue(all(a["translation"]["lang"] == lang for a in document["actions"]))
            plan = self.client.get(f"/plan?lang={lang}").json["translation"]
            self.assertTrue(plan["title"] and plan["overview"])
            summary = self.client.get(f"/summary?lang={lang}").json
            self.assertEqual(summary["translation"]["title"], plan["title"])
            self.assertEqual({g["translation"]["lang"] for g in summary["goals"]}, {lang})

    def test_an_edit_makes_it_outdated_at_once_and_an_earlier_day_does_not(self):
        before = self.client.get("/objectives/7.1?lang=ko").json["translation"]
        self.edit("/objectives/7.1", statement="Expand it further.")
        self.assertEqual(self.client.get("/objectives/7.1?lang=ko").json["translation"], before | {"outdated": True})
        told = self.client.get("/translations?lang=ko&reason=outdated").json["data"]
        self.assertEqual([(t["code"], t["source"], t["made_from"][:10]) for t in told],
                         [("7.1", "Expand it further.", "Expand the")])

    def test_search_finds_the_words_of_the_language_and_the_citys(self):
        def found(query):
            return [o["code"] for o in self.client.all(f"/objectives?{query}")]
        self.assertEqual(found(f"lang=ko&q={quote('드론')}"), ["1.3"])
        self.assertEqual(found("lang=ko&q=drone"), ["1.3"])
        self.assertEqual(found(f"lang=es&q={quote('DRONES')}"), ["1.3"])
        self.assertEqual(found(f"q={quote('드론')}"), [])
        got = self.client.get(f"/objectives?lang=ko&count=exact&q={quote('드론')}").json
        self.assertEqual(got["page"]["total"], 1)

    def test_english_is_the_source_and_others_are_unknown(self):
        self.assertNotIn("translation", self.client.get("/goals/7?lang=en").json)
        self.refused(self.client.get("/goals/7?lang=xx"), 400, places=["lang"])
        self.refused(self.client.get("/measures?lang=ko"), 400, places=["lang"])


class Writing(Translated):
    def test_a_write_is_seen_at_once_and_twice_changes_nothing(self):
        self.assertEqual(self.client.get("/goals/7?lang=ko").json["translation"]["statement"], KOREAN)
        told = self.accepted(self.send(item("더 투명하게.", reviewed=True)), 200)
        self.assertEqual(told, {"items": 1, "created": 0, "changed": 1, "unchanged": 0, "untranslated": 0, "warnings": []})
        self.assertEqual(self.client.get("/goals/7?lang=ko").json["translation"],
                         {"lang": "ko", "statement": "더 투명하게.", "reviewed": True, "outdated": False})
        before = stored(self.db)
        self.assertEqual(self.accepted(self.send(item("더 투명하게.")), 200)["unchanged"], 1)
        self.assertEqual(stored(self.db), before)

    def test_every_fault_is_told_and_nothing_is_taken(self):
        before = stored(self.db)
        self.refused(self.send(item(lang="kr"), item(entity="update"), item(text=5), {"lang": "ko"}), 422, places=[
            "#/items/0/lang", "#/items/1/entity", "#/items/2/text", "#/items/3/entity", "#/items/3/field"])
        self.refused(self.send(item("가"), item("나"), item(code="9"), item(source=None, lang="tl")), 422, places=[
            "#/items/1/code", "#/items/2/code", "#/items/3/source"])
        self.refused(self.send(item(), colour="red"), 422, places=["#/colour"])
        self.refused(self.client.ask("POST", "/translations", b"<a/>", {"Content-Type": "text/xml"}, self.editor), 415)
        self.assertEqual(stored(self.db), before)

    def test_a_dry_run_says_what_it_would_do(self):
        before = stored(self.db)
        told = self.accepted(self.send(item("다른 말."), query="?dry_run=true"), 200)
        self.assertEqual((told["changed"], told["dry_run"]), (1, True))
        self.assertEqual(stored(self.db), before)

    def test_who_does_not_edit_the_plan_translates_nothing(self):
        self.refused(self.send(item(), key=self.db.key(scope="report")), 403)
        self.refused(self.send(item(), key=self.db.key(scope="edit", objective="7.1")), 403)
        self.refused(self.client.ask("POST", "/translations", {"items": []}), 401)

    def test_the_audit_says_who_changed_what_and_the_changes_whose_document(self):
        before = self.client.get("/changes?entity=goal&limit=500").json["page"]["next_cursor"]
        self.accepted(self.send(item("더 투명하게.")), 200)
        admin = self.db.key(scope="admin", source=None)
        row = self.client.ask("GET", "/audit?object=translation", None, {}, admin).json["data"][0]
        self.assertEqual((row["action"], row["object_id"]), ("edit", "ko/goal/7/statement"))
        self.assertEqual(row["detail"], {"text": [KOREAN, "더 투명하게."]})
        told = self.client.get(f"/changes?entity=goal&after={before}").json["data"]
        self.assertEqual([(c["id"], c["op"]) for c in told], [("7", "changed")])


class Sheets(Translated):
    def test_a_table_goes_out_and_comes_back_as_it_was(self):
        before = stored(self.db)
        for dialect in ("", "&dialect=excel"):
            table = self.client.get(f"/translations.csv?lang=ko{dialect}").body.decode("utf-8-sig" if dialect else "utf-8")
            rows = rows_of(table)
            self.assertEqual((len(rows), {r["lang"] for r in rows}), (70, {"ko"}))
            self.assertEqual(self.accepted(self.send_table(table), 200)["unchanged"], 70)
            saved = table_of(rows, delimiter=";", lineterminator="\n")  # as a European spreadsheet saves it
            self.assertEqual(self.accepted(self.send_table("\ufeff" + saved), 200)["unchanged"], 70)
        self.assertEqual(stored(self.db), before)

    def test_an_edited_row_is_taken_and_the_rest_is_not_touched(self):
        rows = rows_of(self.client.get("/translations.csv?lang=es&goal=4").body.decode())
        rows[0] |= {"text": "=Impulsar, \"siempre\",\nla economía.", "reviewed": "TRUE"}
        told = self.accepted(self.send_table(table_of(rows)), 200)
        self.assertEqual((told["changed"], told["unchanged"]), (1, 6))
        got = rows_of(self.client.get("/translations.csv?lang=es&goal=4").body.decode())[0]
        self.assertEqual((got["text"], got["reviewed"], got["revision"]),
                         ("'=Impulsar, \"siempre\",\nla economía.", "true", "2"))
        told = self.accepted(self.send_table(table_of([got])), 200)
        self.assertEqual(told["unchanged"], 1, "the guard is undone")

    def test_faults_name_rows_and_columns(self):
        rows = rows_of(self.client.get("/translations.csv?lang=tl&goal=4").body.decode())
        rows[1]["reviewed"], rows[2]["code"] = "perhaps", "4.99"
        self.refused(self.send_table(table_of(rows)), 422, places=["#/rows/3/reviewed"])
        rows[1]["reviewed"] = ""
        self.refused(self.send_table(table_of(rows)), 422, places=["#/rows/4/code"])
        self.refused(self.send_table("lang,entity,kode\n"), 422, places=[
            "#/columns/kode", "#/columns/code", "#/columns/field", "#/columns/source", "#/columns/text"])
        self.refused(self.send_table("lang,entity,code,field,source,text\nko\n"), 400)

    def test_a_sheet_made_from_older_words_is_taken_outdated_with_a_warning(self):
        table = self.client.get("/translations.csv?lang=ko&goal=7").body.decode()
        self.edit("/goals/7", statement="To be more open.")
        rows = rows_of(table)
        rows[0]["text"] = "더 열린 시정."
        told = self.accepted(self.send_table(table_of(rows)), 200)
        self.assertEqual([w["pointer"] for w in told["warnings"]], ["#/rows/2/source"])
        self.assertTrue(self.client.get("/goals/7?lang=ko").json["translation"]["outdated"])
        # Fetched anew and sent back it stays outdated, until somebody says that it holds.
        row = rows_of(self.client.get("/translations.csv?lang=ko&goal=7&entity=goal").body.decode())[0]
        self.assertEqual((row["source"], row["made_from"], row["outdated"]), ("To be more open.", GOAL_7, "true"))
        self.assertEqual(self.accepted(self.send_table(table_of([row])), 200)["unchanged"], 1)
        self.assertEqual(self.accepted(self.send_table(table_of([row | {"outdated": "false"}])), 200)["changed"], 1)
        self.assertFalse(self.client.get("/goals/7?lang=ko").json["translation"]["outdated"])

    def test_a_stale_sheet_takes_back_nobodys_edit(self):
        rows = rows_of(self.client.get("/translations.csv?lang=ko&goal=7&entity=goal").body.decode())
        self.accepted(self.send(item("더 투명하게.", reviewed=True)), 200)
        rows[0]["text"] = "덜 투명하게."
        self.refused(self.send_table(table_of(rows)), 422, places=["#/rows/2/revision"])

    def test_filters_of_the_table_are_those_of_the_list(self):
        for query, count in (("", 350), ("lang=zh-Hans", 70), ("lang=ko&entity=action", 16), ("goal=7", 40),
                             ("reason=untranslated", 0), ("reason=unreviewed&lang=tl", 70), ("as_of=2026-01-01&goal=7", 40)):
            rows = rows_of(self.client.get(f"/translations.csv?{query}").body.decode())
            listed = self.client.all(f"/translations?{query}")
            self.assertEqual((len(rows), len(listed)), (count, count), query)
            self.assertEqual([(r["lang"], r["code"], r["text"]) for r in rows],
                             [(t["lang"], t["code"] or "", t["text"]) for t in listed], query)
        for query, place in (("lang=en", "lang"), ("entity=update", "entity"), ("reason=late", "reason")):
            self.refused(self.client.get(f"/translations?{query}"), 400, places=[place])
        self.refused(self.client.get("/translations?goal=99"), 404)


class Queue(Translated):
    def queue(self, query=""):
        return self.client.ask("GET", f"/work-queue?limit=500{query}", None, {}, self.editor).json["data"]

    def test_each_goal_and_language_is_one_row_and_they_bury_nothing(self):
        rows = self.queue("&reason=unreviewed")
        self.assertEqual((len(rows), sum(r["texts"] for r in rows)), (45, 350))
        whole = self.queue()
        self.assertEqual([r["lang"] is not None for r in whole], [False] * (len(whole) - 45) + [True] * 45)
        self.assertEqual(self.connect(self.editor).all("/work-queue?limit=20"), whole)
        row = next(r for r in rows if (r["goal"], r["lang"]) == (7, "ko"))
        self.assertEqual(len(self.client.all(row["links"]["translations"])), row["texts"])
        first = next(r for r in rows if r["goal"] is None)
        self.assertEqual([t["field"] for t in self.client.all(first["links"]["translations"])], ["title", "overview"])

    def test_it_empties_as_the_work_is_done(self):
        table = self.client.get("/translations.csv?lang=ko&goal=7").body.decode()
        self.accepted(self.send_table(table_of([r | {"reviewed": "true"} for r in rows_of(table)])), 200)
        self.assertNotIn((7, "ko"), {(r["goal"], r["lang"]) for r in self.queue("&reason=unreviewed")})
        self.edit("/objectives/7.1", statement="Expand it further.")
        self.assertEqual([(r["goal"], r["lang"], r["texts"]) for r in self.queue("&reason=outdated")],
                         [(7, lang, 1) for lang in sorted(LANGUAGES)])
        self.edit("/objectives/7.2", description="And more.")
        self.assertEqual({(r["goal"], r["texts"]) for r in self.queue("&reason=untranslated")}, {(7, 1)})

    def test_reporters_are_not_shown_them(self):
        reporter = self.db.key(scope="report")
        rows = self.client.ask("GET", "/work-queue?limit=500", None, {}, reporter).json["data"]
        self.assertEqual({r["lang"] for r in rows}, {None})


class Files(Terminal):
    def setUp(self):
        self.db = self.database(Database.with_plan())

    def texts(self, where="true"):
        return self.db.sql(f"select count(*) from progress.translation where {where}")

    def test_what_came_with_the_service_comes_in_once(self):
        ship(self.db)
        before = stored(self.db)
        said = run("import", seed("ko"), "--shipped", url=self.db.url).stdout
        self.assertEqual(said, "translations: 70 unchanged\n")
        self.assertEqual(stored(self.db), before)

    def test_what_a_person_has_reviewed_stays(self):
        ship(self.db)
        mine = table_of([item("내 말.", reviewed="true")])
        run("import", "-", url=self.db.url, stdin=mine)
        said = run("import", seed("ko"), "--shipped", url=self.db.url).stdout
        self.assertIn("1 kept as a person has edited or reviewed them", said)
        self.assertEqual(self.texts("text = '내 말.' and reviewed and not shipped"), "1")

    def test_a_plan_of_other_words_takes_none_and_is_no_fault(self):
        said = run("import", os.path.join(SEEDS, "demo.csv"), "--shipped", url=self.db.url).stdout
        self.assertEqual(said, "translations: 5 left out, since the plan says something else\n")

    def test_faults_name_rows_and_columns(self):
        said = self.fails(1, "import", "-", url=self.db.url, stdin=table_of([item(), item(reviewed="no")], NAMES))
        self.assertIn("#/rows/3/reviewed", said)
        said = self.fails(1, "import", "-", url=self.db.url, stdin=table_of([item(code="9")]))
        self.assertIn("#/rows/2/code", said)

    def test_an_export_carries_them(self):
        ship(self.db)
        run("import", "-", url=self.db.url, stdin=table_of([item("내 말.", reviewed="true")]))
        exported = run("export", url=self.db.url).stdout
        other = self.database(Database.empty())
        run("migrate", url=other.url)
        run("import", "-", url=other.url, stdin=exported)
        self.assertEqual(run("export", url=other.url).stdout, exported)
        self.assertIn("translations: 350 unchanged", run("import", "-", url=other.url, stdin=exported).stdout)


if __name__ == "__main__":
    unittest.main()

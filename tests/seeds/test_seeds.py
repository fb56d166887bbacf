#!/usr/bin/env python3
"""Holds the seeds against the city's own page: nothing lost, nothing added, no status claimed.

White space is the one licence: U+00A0 counts as a space, runs become one, ends are trimmed.
"""

import csv
import json
import re
import unittest
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "tests" / "data" / "plan" / "strategic-plan-page.txt"
FORMAT = "cerritos-in-progress/1"

GOALS_HEAD = "Strategic Goals and Objectives"
GOALS_HINT = "Expand the Strategic Plan Goals listed below to view their implementing objectives."
EVENTS_HEAD = "Strategic Plan Approval Process"
EVENTS_HINT = (
    "Expand the timeline below to view important dates and actions on the Strategic Plan's"
    " development and City Council actions."
)
COOKIE_NOTICE = "This website uses cookies"

OBJECTIVE_KEYS = {
    "code", "statement", "description", "description_position", "actions", "lead_department",
    "supporting_departments", "owner_role", "start_on", "due_on", "update_frequency", "weight",
    "tags",
}
UPDATE_KEYS = {
    "objective", "as_of", "kind", "status", "percent_complete", "summary", "details", "next_steps",
    "links", "source", "external_id", "source_updated_at", "reason",
}
# Which keys an object may hold, by the name of the list or member that it stands in.
KNOWN_KEYS = {
    "": {"format", "demo", "plan", "departments", "events", "goals", "updates"},
    "plan": {
        "slug", "title", "organization", "overview", "time_zone", "fiscal_year_start", "state",
        "starts_on", "ends_on",
    },
    "departments": {"slug", "name", "public_contact", "reporting_contact"},
    "events": {"position", "text", "on", "documents"},
    "documents": {"label", "url"},
    "goals": {"number", "statement", "short_name", "short_name_source", "weight", "objectives"},
    "objectives": OBJECTIVE_KEYS,
    "actions": {"position", "text", "done"},
    "updates": UPDATE_KEYS,
    "links": {"label", "url"},
}
STATUSES = {
    "not_started", "on_track", "at_risk", "off_track", "on_hold", "completed", "ongoing",
    "cancelled",
}
LANGUAGES = ("ko", "zh-Hans", "zh-Hant", "tl", "es")
COLUMNS = ["lang", "entity", "code", "field", "source", "text", "reviewed"]
# What keeps its own letters in every language.
NAMES = (
    "ADA", "ALPR", "CIP", "CJPIA", "Cal Cities", "CCPA", "Cerritos", "Cerritos Center for the Performing Arts",
    "Cerritos.gov", "EIFD", "ERP", "GoGov", "ITMP", "Institute for Local Government", "Microsoft Office",
    "Tripepi Smith", "Tyler", "501",
)
# The letters that each is written in, beside names; in none is a whole text left in English.
SCRIPTS = {
    "ko": r"[\uac00-\ud7a3]",
    "zh-Hans": r"[\u4e00-\u9fff]",
    "zh-Hant": r"[\u4e00-\u9fff]",
    "tl": r"(?i)\b(ang|ng|sa|mga|na|at)\b|Pagsasadigital",
    "es": r"(?i)\b(de|del|la|las|el|los|y|una?|en|al)\b|Digitalización|Actualizar",
}
# Characters that the one script writes otherwise than the other.
SIMPLIFIED = "们这发实务员设业评划规财资产会议开关应经济类优费长门问间计认识说调据报标项进选达过运区协单县"
TRADITIONAL = "們這發實務員設業評劃規財資產會議開關應經濟類優費長門問間計認識說調據報標項進選達過運區協單縣"
SHORT_NAMES = {
    1: "Enhance Public Safety",
    2: "Attract and Retain a High Skilled Workforce",
    3: "Assess and Maintain Infrastructure",
    6: "Focus on Fiscal Transparency and Sustainability",
}


def squeeze(text):
    """One space for every run of white space, none at the ends; split() knows U+00A0."""
    return " ".join(text.split())


def refuse_duplicates(pairs):
    keys = [key for key, _ in pairs]
    repeated = {key for key in keys if keys.count(key) > 1}
    if repeated:
        raise ValueError(f"repeated keys: {sorted(repeated)}")
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def load(name):
    raw = (ROOT / "seeds" / name).read_bytes()
    return json.loads(
        raw.decode("utf-8"),
        object_pairs_hook=refuse_duplicates,
        parse_constant=refuse_constant,
    )


def page_lines():
    text = PAGE.read_bytes().decode("utf-8")
    return [line for line in map(squeeze, text.split("\n")) if line]


def between(lines, first, last):
    """The lines after the one that is `first` up to the one that begins with `last`."""
    start = lines.index(first) + 1
    end = next(i for i in range(start, len(lines)) if lines[i].startswith(last))
    return lines[start:end]


def objectives(document):
    return [objective for goal in document["goals"] for objective in goal["objectives"]]


def objective_text(objective):
    """An objective as the page prints it: code, statement, then bullets and second paragraph."""
    bullets = ["• " + action["text"] for action in objective["actions"]]
    paragraph = [objective["description"]] if objective["description"] is not None else []
    after = objective["description_position"] == "after"
    body = bullets + paragraph if after else paragraph + bullets
    return [objective["code"], objective["statement"], *body]


def walk(node, name=""):
    """Every object of a document with the name of the member that holds it."""
    if isinstance(node, dict):
        yield name, node
        for key, value in node.items():
            yield from walk(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value, name)


def strings(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


class EverySeed(unittest.TestCase):
    names = ("plan.json", "public-record.json", "demo.json")

    def test_every_seed_is_strict_json_in_utf_8_without_repeated_keys(self):
        for name in self.names:
            with self.subTest(name):
                self.assertEqual(load(name)["format"], FORMAT)

    def test_every_seed_ends_with_one_newline_and_has_no_byte_order_mark(self):
        for name in self.names:
            raw = (ROOT / "seeds" / name).read_bytes()
            with self.subTest(name):
                self.assertFalse(raw.startswith(b"\xef\xbb\xbf"))
                self.assertTrue(raw.endswith(b"}\n"))

    def test_every_key_is_known_to_the_format(self):
        for name in self.names:
            for member, node in walk(load(name)):
                with self.subTest(f"{name}: {member or 'top'}"):
                    self.assertEqual(set(node) - KNOWN_KEYS[member], set())

    def test_no_text_holds_stray_white_space(self):
        for name in self.names:
            for text in strings(load(name)):
                with self.subTest(f"{name}: {text[:40]}"):
                    self.assertEqual([squeeze(part) for part in text.split("\n\n")],
                                     text.split("\n\n"))

    def test_every_update_speaks_of_an_objective_of_the_plan_and_fits_its_limits(self):
        for name in self.names:
            document = load(name)
            plan = document if "goals" in document else load("plan.json")
            known = {objective["code"] for objective in objectives(plan)}
            for update in document.get("updates", []):
                with self.subTest(f"{name}: {update['external_id']}"):
                    self.assertIn(update["objective"], known)
                    as_of = update["as_of"]
                    self.assertEqual(date.fromisoformat(as_of).isoformat(), as_of)
                    self.assertTrue(1 <= len(update["summary"]) <= 500)
                    self.assertRegex(update["source"], r"\A[a-z][a-z0-9._-]*\Z")
                    self.assertRegex(update["external_id"], r"\A[a-z0-9.-]{1,200}\Z")

    def test_no_pair_of_source_and_external_id_stands_twice(self):
        for name in self.names:
            pairs = [(u["source"], u["external_id"]) for u in load(name).get("updates", [])]
            with self.subTest(name):
                self.assertEqual(len(pairs), len(set(pairs)))


class ThePlan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plan = load("plan.json")
        cls.lines = page_lines()
        cls.whole = " ".join(cls.lines)

    def assert_in_order(self, texts):
        """Each text is found in the page after the end of the one before it."""
        at = 0
        for text in texts:
            found = self.whole.find(text, at)
            self.assertNotEqual(found, -1, f"not on the page, or out of order: {text!r}")
            at = found + len(text)

    def test_there_are_eight_goals_numbered_in_order(self):
        self.assertEqual([goal["number"] for goal in self.plan["goals"]], list(range(1, 9)))

    def test_there_are_forty_two_objectives_as_the_page_divides_them(self):
        counts = [len(goal["objectives"]) for goal in self.plan["goals"]]
        self.assertEqual(counts, [5, 8, 5, 6, 6, 3, 5, 4])
        self.assertEqual(sum(counts), 42)

    def test_codes_count_up_within_their_goal(self):
        for goal in self.plan["goals"]:
            codes = [objective["code"] for objective in goal["objectives"]]
            self.assertEqual(codes, [f"{goal['number']}.{n}" for n in range(1, len(codes) + 1)])

    def test_actions_stand_under_four_objectives_only(self):
        counts = {o["code"]: len(o["actions"]) for o in objectives(self.plan) if o["actions"]}
        self.assertEqual(counts, {"3.3": 9, "5.3": 2, "6.1": 3, "7.3": 2})
        for objective in objectives(self.plan):
            positions = [action["position"] for action in objective["actions"]]
            self.assertEqual(positions, list(range(1, len(positions) + 1)))

    def test_descriptions_stand_at_1_1_before_and_at_5_3_after_the_actions(self):
        found = {o["code"]: o["description_position"] for o in objectives(self.plan)
                 if o["description"] is not None}
        self.assertEqual(found, {"1.1": "before", "5.3": "after"})
        for objective in objectives(self.plan):
            self.assertEqual(objective["description"] is None,
                             objective["description_position"] is None)

    def test_every_statement_action_and_description_is_a_whole_line_of_the_page(self):
        bare = {re.sub(r"\A(?:\d+\.\d+|•) ", "", line) for line in self.lines}
        for goal in self.plan["goals"]:
            self.assertIn(goal["statement"], bare)
        for objective in objectives(self.plan):
            for text in objective_text(objective)[1:]:
                with self.subTest(objective["code"]):
                    self.assertIn(text.removeprefix("• "), bare)

    def test_every_text_of_the_plan_is_found_in_the_page_in_order(self):
        texts = self.plan["plan"]["overview"].split("\n\n")
        for goal in self.plan["goals"]:
            texts.append(goal["statement"])
            for objective in goal["objectives"]:
                texts += objective_text(objective)
        for event in self.plan["events"]:
            texts += [event["text"], *(document["label"] for document in event["documents"])]
        self.assert_in_order(texts)

    def test_nothing_of_the_objectives_section_is_missing(self):
        told = [GOALS_HINT]
        for goal in self.plan["goals"]:
            told += [goal["statement"], "Objective"]
            for objective in goal["objectives"]:
                told += objective_text(objective)
        self.assertEqual(" ".join(told), " ".join(between(self.lines, GOALS_HEAD, EVENTS_HEAD)))

    def test_nothing_of_the_approval_section_is_missing(self):
        told = [EVENTS_HINT]
        for event in self.plan["events"]:
            told += [event["text"], *(document["label"] for document in event["documents"])]
        self.assertEqual(told, between(self.lines, EVENTS_HEAD, COOKIE_NOTICE))

    def test_the_overview_is_all_that_the_page_says_before_its_goals(self):
        told = between(self.lines, "Strategic Plan", GOALS_HEAD)
        told.remove("Strategic Planning Process Overview")
        self.assertEqual(self.plan["plan"]["overview"].split("\n\n"), told)

    def test_the_title_is_the_heading_of_the_page(self):
        self.assertIn(self.plan["plan"]["title"], self.lines)
        self.assertIn(self.plan["plan"]["organization"], self.whole)

    def test_five_approval_steps_have_no_date_and_only_the_first_two_have_documents(self):
        events = self.plan["events"]
        self.assertEqual([event["position"] for event in events], [1, 2, 3, 4, 5])
        self.assertEqual([event["on"] for event in events], [None] * 5)
        pair = [{"label": "Agenda Report", "url": None}, {"label": "Presentation", "url": None}]
        self.assertEqual([event["documents"] for event in events], [pair, pair, [], [], []])

    def test_short_names_have_a_source_and_stand_only_where_one_was_published(self):
        for goal in self.plan["goals"]:
            self.assertEqual(goal["short_name"], SHORT_NAMES.get(goal["number"]))
            if goal["short_name"] is None:
                self.assertIsNone(goal["short_name_source"])
            else:
                self.assertEqual(urlsplit(goal["short_name_source"]).scheme, "https")

    def test_all_weights_are_one_and_nothing_else_is_claimed_of_an_objective(self):
        self.assertEqual({goal["weight"] for goal in self.plan["goals"]}, {1})
        self.assertEqual({objective["weight"] for objective in objectives(self.plan)}, {1})
        for objective in objectives(self.plan):
            for key in ("lead_department", "owner_role", "start_on", "due_on"):
                self.assertIsNone(objective[key])
            self.assertEqual(objective["supporting_departments"] + objective["tags"], [])
            self.assertEqual(objective["update_frequency"], "none")
            self.assertEqual({action["done"] for action in objective["actions"]} - {None}, set())

    def test_the_plan_claims_no_status_and_no_percent(self):
        self.assertNotIn("updates", self.plan)
        for _, node in walk(self.plan):
            self.assertFalse({"status", "percent", "percent_complete"} & set(node))


class ThePublicRecord(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.record = load("public-record.json")

    def test_it_belongs_to_the_plan_and_is_no_demo(self):
        self.assertEqual(set(self.record), {"format", "demo", "plan", "updates"})
        self.assertEqual(self.record["plan"], load("plan.json")["plan"]["slug"])
        self.assertIs(self.record["demo"], False)

    def test_it_holds_these_six_notes(self):
        told = [(u["as_of"], u["objective"]) for u in self.record["updates"]]
        self.assertEqual(told, [
            ("2024-12-04", "1.2"), ("2025-08-18", "3.2"), ("2025-08-18", "6.1"),
            ("2026-01-02", "1.3"), ("2026-01-02", "3.4"), ("2026-02-27", "1.2"),
        ])

    def test_every_note_has_a_date_and_an_https_source(self):
        for update in self.record["updates"]:
            with self.subTest(update["external_id"]):
                self.assertEqual(update["kind"], "note")
                self.assertEqual(update["source"], "public-record")
                date.fromisoformat(update["as_of"])
                self.assertEqual(len(update["links"]), 1)
                url = urlsplit(update["links"][0]["url"])
                self.assertEqual(url.scheme, "https")
                self.assertIn(url.hostname, {"cerritos.gov", "loscerritosnews.net"})

    def test_no_note_claims_a_status_or_a_percent(self):
        for _, node in walk(self.record):
            self.assertFalse({"status", "percent", "percent_complete"} & set(node))


class TheDemo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = load("demo.json")
        cls.plan = load("plan.json")

    def test_it_says_that_it_is_a_demo_wherever_it_speaks(self):
        self.assertIs(self.demo["demo"], True)
        self.assertTrue(self.demo["plan"]["title"].startswith("Demo: "))
        self.assertIn("demo", self.demo["plan"]["slug"])
        for update in self.demo["updates"]:
            for key in ("summary", "details", "next_steps", "reason"):
                if key in update:
                    with self.subTest(f"{update['external_id']}: {key}"):
                        self.assertTrue(update[key].startswith("Demo: "))
            self.assertEqual(update["source"], "demo")

    def test_its_plan_is_the_citys_plan_but_for_slug_and_title(self):
        for member in ("departments", "events", "goals"):
            self.assertEqual(self.demo[member], self.plan[member])
        told = self.demo["plan"].items()
        differ = {key for key, value in told if value != self.plan["plan"][key]}
        self.assertEqual(differ, {"slug", "title"})

    def test_its_updates_show_every_status_and_every_kind(self):
        updates = self.demo["updates"]
        self.assertEqual({u["kind"] for u in updates}, {"progress", "note", "service_status"})
        self.assertEqual({u["status"] for u in updates if "status" in u}, STATUSES)

    def test_its_updates_obey_the_table_of_statuses(self):
        fixed = {"not_started": 0, "completed": 100}
        for update in self.demo["updates"]:
            status, percent = update.get("status"), update.get("percent_complete")
            with self.subTest(update["external_id"]):
                self.assertEqual(update["kind"] == "progress", status is not None)
                if status in fixed:
                    self.assertEqual(percent, fixed[status])
                elif status in (None, "ongoing", "cancelled"):
                    self.assertIsNone(percent)
                elif percent is not None:
                    self.assertTrue(0 <= percent <= 100)
                self.assertEqual(status == "cancelled", "reason" in update)


def sheet(name):
    with open(ROOT / "seeds" / "translations" / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def texts(document):
    """(entity, code, field, text) of all that is translated, in the order of the plan."""
    for field in ("title", "overview"):
        yield "plan", "", field, document["plan"][field]
    for goal in document["goals"]:
        yield "goal", str(goal["number"]), "statement", goal["statement"]
        for objective in goal["objectives"]:
            for field in ("statement", "description"):
                if objective[field] is not None:
                    yield "objective", objective["code"], field, objective[field]
            for action in objective["actions"]:
                yield "action", f"{objective['code']}/{action['position']}", "text", action["text"]


class TheTranslations(unittest.TestCase):
    @staticmethod
    def every():
        return [(lang, row["source"], row["text"]) for lang in LANGUAGES for row in sheet(lang)]

    def test_every_text_of_the_plan_has_one_in_every_language_and_nothing_else_has(self):
        wanted = list(texts(load("plan.json")))
        for lang in LANGUAGES:
            rows = sheet(lang)
            self.assertEqual(list(rows[0]), COLUMNS)
            self.assertEqual({row["lang"] for row in rows}, {lang})
            self.assertEqual([(r["entity"], r["code"], r["field"], r["source"]) for r in rows], wanted)

    def test_none_claims_that_somebody_has_reviewed_it(self):
        for lang in (*LANGUAGES, "demo"):
            self.assertEqual({row["reviewed"] for row in sheet(lang)}, {"false"})

    def test_none_is_left_in_english(self):
        for lang, source, text in self.every():
            self.assertNotEqual(text, source)
            self.assertRegex(text, SCRIPTS[lang])
            if lang not in ("tl", "es"):
                rest = text
                for name in sorted(NAMES, key=len, reverse=True):
                    rest = rest.replace(name, "")
                words = re.findall(r"[A-Za-z]{2,}", rest)
                self.assertLessEqual(set(words), {"Community", "Services", "Officer", "Deputy", "Sheriff", "in",
                                                  "Progress", "job", "order", "contracting"})

    def test_names_figures_and_paragraphs_are_kept(self):
        for lang, source, text in self.every():
            for name in NAMES:
                if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source):
                    self.assertIn(name, text)
            self.assertEqual(text.count("\n\n"), source.count("\n\n"))
            self.assertEqual(re.findall(r"\d+", text), re.findall(r"\d+", source))

    def test_none_is_a_placeholder_or_has_stray_white_space(self):
        for _, source, text in self.every():
            self.assertNotRegex(text, r"\b(TODO|TBD|XXX|[Ll]orem)\b|\?\?|[][{}<>]")
            self.assertEqual([squeeze(part) for part in text.split("\n\n")], text.split("\n\n"))
            self.assertGreater(len(text), len(source) / 6)

    def test_no_text_of_a_language_stands_for_two_of_the_citys(self):
        for lang in LANGUAGES:
            rows = sheet(lang)
            self.assertEqual(len({row["text"] for row in rows}), len({row["source"] for row in rows}), lang)

    def test_the_two_scripts_of_chinese_are_not_mixed(self):
        for lang, foreign in (("zh-Hans", TRADITIONAL), ("zh-Hant", SIMPLIFIED)):
            for row in sheet(lang):
                self.assertFalse(set(row["text"]) & set(foreign), f"{lang}: {row['text']}")

    def test_the_demo_says_so_in_every_language(self):
        rows = sheet("demo")
        self.assertEqual([row["lang"] for row in rows], list(LANGUAGES))
        words = {"ko": "데모", "zh-Hans": "演示", "zh-Hant": "示範", "tl": "Demo", "es": "Demostración"}
        for row in rows:
            self.assertEqual(row["source"], load("demo.json")["plan"]["title"])
            self.assertTrue(row["text"].startswith(words[row["lang"]]))


if __name__ == "__main__":
    unittest.main()

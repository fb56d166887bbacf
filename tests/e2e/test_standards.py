"""The plan for programs that know open standards: StratML, a DCAT-US catalogue, schema.org; and whether XML is valid.

The grammars under tests/data are in RELAX NG; xmllint judges by them.
"""
import gzip
import html.parser
import json
import os
import re
import subprocess
import unittest
import uuid
import xml.etree.ElementTree as xml

import support
from support import Case, Database, Server, note, progress

BASE = "https://plan.example.org"
PATH = "/plan.stratml.xml"
S = "{urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport}"
GRAMMARS = os.path.join(support.ROOT, "tests", "data")
STRATML = os.path.join(GRAMMARS, "stratml", "part2.rng")
ATOM = os.path.join(GRAMMARS, "atom", "rfc4287.rng")
HOSTILE = ("</script><!-- ]]> <b>&amp;", "🚀 ü", "bell\a \x01\x1f \x7f \uffff", "two\r\nlines\tand\rone", "&#0; <?xml?>")


def as_xml_has_it(text):
    """What XML 1.0 cannot hold is U+FFFD."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", text)


class Standards(Case):
    settings = {"PROGRESS_PUBLIC_URL": BASE}

    def valid(self, document, grammar):
        done = subprocess.run(["xmllint", "--nonet", "--noout", "--relaxng", grammar, "-"], input=document,
                              capture_output=True, timeout=120, check=False)
        return done.returncode == 0, done.stderr.decode(errors="replace")

    def assert_valid(self, document, grammar):
        fine, why = self.valid(document, grammar)
        self.assertTrue(fine, why)

    def stratml(self, path=PATH, client=None):
        got = (client or self.client).get(path)
        self.assertEqual((got.status, got["Content-Type"]), (200, "application/xml; charset=utf-8"), str(got))
        self.assert_valid(got.body, STRATML)
        return xml.fromstring(got.body)

    def objective(self, plan, code):
        found = [o for o in plan.iter(f"{S}Objective") if o.findtext(f"{S}SequenceIndicator") == code]
        self.assertEqual(len(found), 1, code)
        return found[0]


class Stratml(Standards):
    def test_the_words_are_the_plans_own(self):
        plan, whole = self.client.get("/plan").json, self.stratml()
        self.assertEqual(whole.get("Type"), "Performance_Report")
        self.assertEqual(whole.findtext(f"{S}Name"), plan["title"])
        self.assertEqual(whole.findtext(f"{S}Description"), plan["overview"])
        self.assertEqual(whole.findtext(f"{S}StrategicPlanCore/{S}Organization/{S}Name"), plan["organization"])
        self.assertEqual(whole.findtext(f"{S}AdministrativeInformation/{S}Source"), BASE + PATH)
        goals = whole.findall(f"{S}StrategicPlanCore/{S}Goal")
        told = self.client.all("/goals")
        self.assertEqual([g.findtext(f"{S}Description") for g in goals], [g["statement"] for g in told])
        self.assertEqual([g.findtext(f"{S}Name") for g in goals], [g["short_name"] or f"Goal {g['number']}" for g in told])
        self.assertEqual(len(goals), 8)
        listed = self.client.all("/objectives")
        self.assertEqual([o.findtext(f"{S}SequenceIndicator") for o in whole.iter(f"{S}Objective")],
                         [o["code"] for o in listed])
        self.assertEqual(len(listed), 42)
        for objective in listed:
            paragraphs = [objective["statement"], *(a["text"] for a in objective["actions"])]
            if objective["description"]:
                paragraphs.insert(1 if objective["description_position"] == "before" else len(paragraphs),
                                  objective["description"])
            shown = self.objective(whole, objective["code"])
            self.assertEqual(shown.findtext(f"{S}Description"), "\n".join(paragraphs))

    def test_identifiers_are_unique_and_last_wherever_it_is_served(self):
        ids = [e.text for e in self.stratml().iter(f"{S}Identifier")]
        self.assertEqual(len(set(ids)), len(ids))
        self.assertGreater(len(ids), 8 + 42)
        for text in ids:
            self.assertEqual(text[0], "_")
            uuid.UUID(text[1:])
        other = Server(self.db.url)
        self.addCleanup(other.kill)
        client = support.Client(other.port)
        self.addCleanup(client.close)
        self.assertEqual([e.text for e in self.stratml(client=client).iter(f"{S}Identifier")], ids)

    def test_hostile_words_come_through(self):
        for number, text in enumerate(HOSTILE, 1):
            self.accepted(self.client.post(note(f"2.{number}", summary=text), key=self.key))
        whole = self.stratml()
        for number, text in enumerate(HOSTILE, 1):
            told = self.objective(whole, f"2.{number}").findtext(f"{S}OtherInformation")
            self.assertTrue(told.endswith(": " + as_xml_has_it(text)), (text, told))

    def test_reports_and_measures_are_performance_indicators(self):
        editor = self.db.key(scope="edit", source="city")
        self.db.sql("insert into progress.department (plan_id, slug, name) "
                    "select id, 'finance', 'Finance & Audit' from progress.plan")
        known = self.client.get("/objectives/7.1")
        self.accepted(self.client.ask("PATCH", "/objectives/7.1", {
            "lead_department": "finance", "start_on": "2026-01-01", "due_on": "2027-06-30"}, {"If-Match": known["ETag"]},
            editor), 200)
        self.accepted(self.client.post({
            "slug": "response-time", "name": "Days to answer", "unit": "days", "direction": "decrease", "baseline": 12,
            "baseline_on": "2025-06-30", "target": 5, "objectives": ["7.1", "7.2"]}, "/measures", key=editor, Idempotency_Key='"measure"'))
        before = self.client.get("/data.json").json["dataset"][0]["modified"]
        self.accepted(self.client.post(progress("7.1", 33.25, as_of="2026-01-31", measurements=[
            {"measure": "response-time", "actual": 9.5}]), key=self.key))
        shown = self.objective(self.stratml(), "7.1")
        self.assertEqual(shown.findtext(f"{S}Stakeholder/{S}Name"), "Finance & Audit")
        done, measured = shown.findall(f"{S}PerformanceIndicator")
        self.assertEqual(done.findtext(f".//{S}TargetResult/{S}EndDate"), "2027-06-30")
        self.assertEqual(done.findtext(f".//{S}ActualResult/{S}EndDate"), "2026-01-31")
        self.assertEqual(done.findtext(f".//{S}ActualResult/{S}NumberOfUnits"), "33.25")
        self.assertEqual(done.findtext(f".//{S}DescriptorValue"), "On track")
        self.assertEqual(measured.findtext(f"{S}MeasurementDimension"), "Days to answer")
        self.assertEqual([e.text for e in measured.iter(f"{S}NumberOfUnits")], ["5", "12", "9.5"])
        self.assertEqual(len(self.objective(self.stratml(), "7.2").findall(f"{S}PerformanceIndicator")), 1)
        past = self.stratml(f"{PATH}?as_of=2026-01-30")
        self.assertIn("As of January 30, 2026.", past.findtext(f"{S}OtherInformation"))
        self.assertNotIn("33.25", xml.tostring(past, encoding="unicode"))
        unknown = self.stratml(f"{PATH}?known_at={before}")
        self.assertNotIn("33.25", xml.tostring(unknown, encoding="unicode"))
        self.refused(self.client.get(f"{PATH}?known_at=2020-01-01T00:00:00Z"), 404)

    def test_the_grammar_refuses_what_the_standard_does(self):
        """Else nothing would be shown by what passes it."""
        body = self.client.get(PATH).body.decode()
        for old, new in (("<SequenceIndicator>1</Seq", "<Sequence>1</Seq"), ("<Name>Objective 1.1</Name>", "<Title/>"),
                         ("</StrategicPlanCore>", "<Vision/></StrategicPlanCore>"), ("<Identifier>_", "<Identifier>1"),
                         ('Type="Performance_Report"', ""), ("<Source>", "<EndDate>2026-13-01</EndDate><Source>"),
                         ("PerformancePlanOrReport\"", "Report\"")):
            self.assertIn(old, body)
            self.assertFalse(self.valid(body.replace(old, new, 1).encode(), STRATML)[0], (old, new))

    def test_it_is_kept_and_answered_as_json_is(self):
        for path in (PATH, "/data.json"):
            plain = self.client.get(path)
            self.assertEqual(plain["Cache-Control"], "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400")
            packed = self.client.get(path, Accept_Encoding="gzip")
            self.assertEqual(gzip.decompress(packed.body), plain.body)
            for known, coding in ((plain["ETag"], None), (packed["ETag"], "gzip")):
                got = self.client.get(path, If_None_Match=known, Accept_Encoding=coding)
                self.assertEqual((got.status, got.body, got["ETag"]), (304, b"", known))
            head = self.client.ask("HEAD", path)
            self.assertEqual((head.status, head.body, head["Content-Length"]), (200, b"", str(len(plain.body))))
            self.accepted(self.client.post(note("7.3"), key=self.key))
            self.assertNotEqual(self.client.get(path)["ETag"], plain["ETag"], "a write is seen at once")

    def test_questions_it_does_not_know_are_refused(self):
        self.refused(self.client.get(f"{PATH}?limit=5&as_of=x"), 400, places=["limit", "as_of"])
        self.refused(self.client.get(f"{PATH}?include=objectives"), 400, places=["include"])
        self.refused(self.client.get("/data.json?as_of=2026-01-01"), 400, places=["as_of"])
        for path in (PATH, "/data.json"):
            self.refused(self.client.get(f"{path}?plan=nothing"), 404)

    def test_a_plan_by_name_says_so_in_its_links(self):
        slug = self.client.get("/plan").json["slug"]
        whole = self.stratml(f"{PATH}?plan={slug}")
        self.assertEqual(whole.findtext(f"{S}AdministrativeInformation/{S}Source"), f"{BASE}{PATH}?plan={slug}")
        self.assertEqual(self.client.get(f"/data.json?plan={slug}").json["@id"], f"{BASE}/data.json?plan={slug}")

    def test_a_plan_without_goals_is_not_found(self):
        self.db.sql("insert into progress.plan (slug, title, organization) values ('empty', 'Empty', 'City')")
        self.assertIn("goals", self.refused(self.client.get(f"{PATH}?plan=empty"), 404)["detail"])


class Atom(Standards):
    def test_feeds_are_valid(self):
        for text in HOSTILE:
            self.accepted(self.client.post(note("7.2", summary=text, details=text), key=self.key))
        wrong = self.accepted(self.client.post(progress("2.1", 10), key=self.key))
        self.accepted(self.client.post({"reason": "<Not> so."}, f"/updates/{wrong['id']}/retraction", key=self.key), 200)
        for path in ("/updates.atom", "/updates.atom?limit=2", "/updates.atom?source=nobody"):
            self.assert_valid(self.client.get(path).body, ATOM)

    def test_the_grammar_refuses_what_the_rfc_does(self):
        self.accepted(self.client.post(note("7.2"), key=self.key))
        body = self.client.get("/updates.atom").body.decode()
        for old, new in (("<id>", "<id/><id>"), ("<name>City of Cerritos</name>", ""), (" href=", " ref="),
                         ("T", "t"), ("<title>", "<titel>"), ("</entry>", "<x/></entry>")):
            self.assertIn(old, body)
            spoiled = re.sub(r"(<updated>[^<]*)T", r"\1t", body) if old == "T" else body.replace(old, new, 1)
            self.assertFalse(self.valid(spoiled.encode(), ATOM)[0], (old, new))


class Catalogues(Standards):
    def forms(self, links):
        """Each leads to what it says, on this very service."""
        self.assertGreater(len(links), 10)
        for link, media in links:
            self.assertTrue(link.startswith(BASE + "/"), link)
            path = link.removeprefix(BASE)
            got = self.client.get(path)
            self.assertEqual((got.status, got["Content-Type"].split(";")[0]), (200, media), link)

    def test_every_dataset_has_what_dcat_us_requires(self):
        got = self.client.get("/data.json")
        self.assertEqual(got["Content-Type"], "application/json")
        catalogue = got.json
        self.assertEqual(catalogue["conformsTo"], "https://project-open-data.cio.gov/v1.1/schema")
        self.assertEqual(catalogue["@id"], f"{BASE}/data.json")
        ids, links = set(), []
        for dataset in catalogue["dataset"]:
            for name in ("title", "description", "keyword", "modified", "identifier"):
                self.assertTrue(dataset[name], name)
            self.assertEqual(dataset["publisher"]["name"], "City of Cerritos")
            self.assertEqual(dataset["contactPoint"], {"@type": "vcard:Contact", "fn": "City of Cerritos"})
            self.assertEqual(dataset["accessLevel"], "public")
            self.assertNotIn("license", dataset, "nobody has named one")
            ids.add(dataset["identifier"])
            for form in dataset["distribution"]:
                self.assertEqual(len({"downloadURL", "accessURL"} & form.keys()), 1)
                links.append((form.get("downloadURL") or form["accessURL"], form["mediaType"]))
        self.assertEqual(len(ids), len(catalogue["dataset"]))
        self.assertIn((f"{BASE}{PATH}", "application/xml"), links)
        self.forms(links)

    def test_modified_moves_with_what_is_written(self):
        def modified():
            return {d["modified"] for d in self.client.get("/data.json").json["dataset"]}
        editor, moments = self.db.key(scope="edit", source="city"), [modified()]
        self.accepted(self.client.post(note("3.1"), key=self.key))
        moments.append(modified())
        known = self.client.get("/objectives/7.3")
        self.accepted(self.client.ask("PATCH", "/objectives/7.3", {"owner_role": "Clerk"}, {"If-Match": known["ETag"]},
                                      editor), 200)
        moments.append(modified())
        self.assertEqual([len(m) for m in moments], [1, 1, 1])
        order = [m.pop() for m in moments]
        self.assertEqual(order, sorted(set(order)))

    def test_contact_and_licence_are_settings(self):
        licence = "https://creativecommons.org/publicdomain/zero/1.0/"
        server = Server(self.db.url, PROGRESS_CONTACT="mailto:plan@example.org", PROGRESS_LICENSE=licence)
        self.addCleanup(server.kill)
        client = support.Client(server.port)
        self.addCleanup(client.close)
        datasets = client.get("/data.json").json["dataset"]
        self.assertEqual({d["contactPoint"]["hasEmail"] for d in datasets}, {"mailto:plan@example.org"})
        self.assertEqual({d["license"] for d in datasets}, {licence})
        self.assertEqual(self.stratml(client=client).findtext(f"{S}Submitter/{S}EmailAddress"), "plan@example.org")
        self.assertEqual({d["license"] for d in self.on_page(client)["dataset"]}, {licence})

    def on_page(self, client=None):
        class Scripts(html.parser.HTMLParser):
            found, inside = [], False

            def handle_starttag(self, tag, attrs):
                self.inside = tag == "script"
                if self.inside:
                    self.found = [*self.found, [dict(attrs), ""]]

            def handle_endtag(self, tag):
                self.inside = False

            def handle_data(self, data):
                if self.inside:
                    self.found[-1][1] += data

        page = Scripts()
        page.feed((client or self.client).get("/", Accept="text/html").body.decode())
        page.close()
        self.assertEqual([attributes for attributes, _ in page.found], [{"type": "application/ld+json"}, {}])
        return json.loads(page.found[0][1])

    def test_the_page_tells_search_engines_the_same(self):
        told = self.on_page()
        self.assertEqual((told["@context"], told["@type"], told["url"]), ("https://schema.org", "DataCatalog", f"{BASE}/"))
        self.assertEqual(told["publisher"], {"@type": "GovernmentOrganization", "@id": f"{BASE}/#organization",
                                             "name": "City of Cerritos"})
        catalogue = self.client.get("/data.json").json
        for name, other in (("identifier", "identifier"), ("name", "title"), ("description", "description")):
            self.assertEqual([d[name] for d in told["dataset"]], [d[other] for d in catalogue["dataset"]])
        for dataset in told["dataset"]:
            self.assertEqual((dataset["@type"], dataset["publisher"]), ("Dataset", told["publisher"]))
            self.assertTrue(50 <= len(dataset["description"]) <= 5000, "what search engines take")
        self.forms([(f["contentUrl"], f["encodingFormat"]) for d in told["dataset"] for f in d["distribution"]])

    def test_a_title_cannot_end_the_block(self):
        db = Database.with_plan()
        self.addCleanup(db.drop)
        title = "</script><script>alert(1)</script><!-- & more"
        db.sql("update progress.plan set title = '" + title + "'")
        server = Server(db.url)
        self.addCleanup(server.kill)
        client = support.Client(server.port)
        self.addCleanup(client.close)
        self.assertEqual(self.on_page(client)["name"], title)


if __name__ == "__main__":
    unittest.main()

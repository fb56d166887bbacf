"""What other sites put on their pages: the widget's script, pages for frames, badges, parts of pages, and who may frame."""
import base64
import gzip
import hashlib
import html
import json
import os
import re
import unittest
import xml.etree.ElementTree as xml

import support
from support import Case, Server, note, progress
from test_page import Page

BASE = "https://plan.example.org"
HOSTS = "https://www.example.org, https://*.example.net:8443"
SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = ("en", "es", "ko", "tl", "zh-Hans", "zh-Hant")
THINGS = ("plan", "goal/1", "objective/1.3")
SIX_KB = 6000
STATUSES = (("1.1", "not_started", None), ("1.2", "on_track", 62.5), ("1.3", "at_risk", 20), ("1.4", "off_track", 10),
            ("2.1", "on_hold", 35), ("2.2", "completed", None), ("2.3", "ongoing", None))


def words(lang):
    with open(os.path.join(support.ROOT, "web", "words", f"{lang}.json"), encoding="utf-8") as file:
        return json.load(file)


class Embeds(Case):
    settings = {"PROGRESS_PUBLIC_URL": BASE, "PROGRESS_EMBED_HOSTS": HOSTS}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = support.Client(cls.server.port, cls.key)
        for code, status, percent in STATUSES:
            client.post(progress(code, percent, status, "2026-01-31"))
        client.post(progress("3.1", None, "cancelled", "2026-01-31", reason="The council withdrew it."))
        client.close()

    def read(self, path, **headers):
        got = self.client.get(path, **headers)
        self.assertEqual(got.status, 200, str(got))
        return got

    def text(self, got):
        """The words of a page, which is HTML that reads well."""
        page = Page(got.body.decode())
        self.assertEqual(page.faults, [])
        return page.text

    def is_kept(self, path):
        """As all public reads are."""
        got = self.read(path)
        self.assertRegex(got["ETag"], r'^"r0-[0-9a-f]{16}"$')
        self.assertEqual(self.client.get(path, If_None_Match=got["ETag"]).status, 304)
        packed = self.client.get(path, Accept_Encoding="gzip")
        if packed["Content-Encoding"]:
            self.assertEqual(gzip.decompress(packed.body), got.body)
            self.assertEqual(self.client.get(path, If_None_Match=packed["ETag"]).status, 304)
        self.assertEqual((got["Access-Control-Allow-Origin"], got["Cross-Origin-Resource-Policy"]), ("*", "cross-origin"))
        return got


class Widget(Embeds):
    def edition(self):
        body = self.read("/widget.js").body
        return f"/widget-{hashlib.sha256(body).hexdigest()[:16]}.js", body

    def test_it_is_small_and_kept_for_a_short_time(self):
        got = self.is_kept("/widget.js")
        self.assertEqual(got["Content-Type"], "text/javascript; charset=utf-8")
        self.assertTrue(got["Cache-Control"].startswith("public, max-age=300,"))
        packed = self.client.get("/widget.js", Accept_Encoding="gzip")
        self.assertEqual(packed["Content-Encoding"], "gzip")
        support.say(f"widget: {len(got.body)} bytes, {len(packed.body)} packed")
        self.assertLessEqual(len(packed.body), SIX_KB)

    def test_an_edition_is_kept_for_ever_and_no_other_is_there(self):
        path, body = self.edition()
        got = self.is_kept(path)
        self.assertEqual((got.body, got["Cache-Control"]), (body, "public, max-age=31536000, immutable"))
        self.refused(self.client.get("/widget-0123456789abcdef.js"), 404)
        self.refused(self.client.get(path.upper()), 404)
        self.refused(self.client.get(f"{path}?v=1"), 400, places=["v"])

    def test_the_lines_hold_its_integrity(self):
        path, body = self.edition()
        page = html.unescape(self.read("/embed").body.decode())
        hashed = base64.b64encode(hashlib.sha384(body).digest()).decode()
        self.assertRegex(page, f'src="{re.escape(BASE + path)}"\\s+integrity="{re.escape(f"sha384-{hashed}")}" crossorigin>')

    def test_its_phrases_are_those_of_the_pages(self):
        script = self.read("/widget.js").body.decode()
        spoken = json.loads(re.search(r"const WORDS = (\{.*?\n\});", script, re.S)[1])
        self.assertEqual(set(spoken), set(LANGUAGES))
        for lang, phrases in spoken.items():
            known = words(lang)
            for key, phrase in phrases.items():
                names = [name for name in (f"glance.{key}", f"status.{key}", key) if name in known]
                self.assertTrue(names, key)
                self.assertEqual(phrase, known[names[0]], f"{lang}: {names[0]}")

    def test_its_shapes_are_those_of_the_pages(self):
        script = self.read("/widget.js").body.decode()
        drawn = dict(re.findall(r"^  (\w+): '(M[^']*)',$", script, re.M))
        shown = dict(re.findall(r'<li class="cerritos-progress-(\w+)">.*? d="(M[^"]*)"',
                                self.read("/fragments/plan").body.decode()))
        self.assertEqual(len(shown), 9)
        self.assertEqual(list(drawn.items()), list(shown.items()), "in the same order too")
        tags = re.findall(r'<span class="tag (\w+)"><svg.*? d="(M[^"]*)"', self.read("/objectives", Accept="text/html").body.decode())
        self.assertEqual(len(tags), 42)
        self.assertLessEqual(set(tags), set(drawn.items()))

    def test_it_is_plain_script(self):
        """Nothing that a strict policy forbids, and no word of another origin but of namespaces."""
        script = self.read("/widget.js").body.decode()
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(",
                          "'style'", ".style.", "localStorage", "cookie"):
            self.assertNotIn(forbidden, script)
        self.assertEqual(set(re.findall(r"https?://[^/'`\"]+", script)), {"http://www.w3.org"})


class Framing(Embeds):
    def ancestors(self, path, client=None):
        got = (client or self.client).get(path, Accept="text/html")
        return re.search(r"frame-ancestors ([^;]*)$", got["Content-Security-Policy"])[1].split()

    def test_embedded_pages_stand_in_the_frames_of_listed_hosts_alone(self):
        for thing in THINGS:
            self.assertEqual(self.ancestors(f"/embed/{thing}"),
                             ["'self'", "https://www.example.org", "https://*.example.net:8443"])
            self.assertEqual(self.ancestors(f"/fragments/{thing}"), ["'none'"])
        for path in ("/", "/embed", "/problems"):
            self.assertEqual(self.ancestors(path), ["'self'"])

    def test_nobody_is_listed_unless_said(self):
        server = Server(self.db.url)
        self.addCleanup(server.kill)
        client = support.Client(server.port)
        self.addCleanup(client.close)
        self.assertEqual(self.ancestors("/embed/goal/1", client), ["'self'"])

    def test_a_list_that_would_end_the_policy_stops_the_start(self):
        done = support.run("serve", url=self.db.url, check=False, PROGRESS_EMBED_HOSTS="https://a.example; script-src *")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("PROGRESS_EMBED_HOSTS: must be a list of origins such as https://www.example.org", done.stderr)

    def test_the_policy_allows_the_style_and_nothing_else(self):
        for thing in THINGS:
            got = self.read(f"/embed/{thing}")
            style = re.search(r"<style>(.*?)</style>", got.body.decode(), re.S)[1]
            hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            self.assertTrue(got["Content-Security-Policy"].startswith(
                f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'; frame-ancestors "))
            for forbidden in ("<script", " style=", " on", "<img", "<link"):
                self.assertNotIn(forbidden, re.sub(r"<style>.*?</style>", "", got.body.decode(), flags=re.S)
                                 .replace(" on ", "").replace(">On ", ""))


class Faces(Embeds):
    def test_they_say_what_is_so(self):
        goal = self.client.get("/goals/1?include=latest_update").json
        self.assertTrue(goal["progress"]["percent_is_minimum"])
        said = f"At least {goal['progress']['percent']}% (4 of 5 reported)"
        for face in ("embed", "fragments"):
            text = self.text(self.is_kept(f"/{face}/goal/1"))
            for words_ in (f"Goal 1 {goal['statement']}", said, "Off track: 1", "At risk: 1", "Not yet reported: 1",
                           "Latest update: January 31, 2026"):
                self.assertIn(words_, text)
        text = self.text(self.is_kept("/embed/objective/1.3"))
        for words_ in ("Objective 1.3", "20% complete", "At risk", "Latest update: January 31, 2026"):
            self.assertIn(words_, text)
        self.assertNotIn("At least", text)
        self.assertIn("Cerritos in Progress", self.text(self.is_kept("/embed/plan")))

    def test_what_nobody_has_reported_is_not_0(self):
        for thing in ("goal/8", "objective/8.1"):
            for face in ("embed", "fragments"):
                got = self.read(f"/{face}/{thing}")
                self.assertIn("No percent has been reported yet", self.text(got))
                self.assertIn("No update has been published yet", self.text(got))
                for never in ("0%", "<progress"):
                    self.assertNotIn(never, got.body.decode().partition("<main>")[2])
            self.assertIn("Not yet reported", self.read(f"/badges/{thing}.svg").body.decode())
            self.assertNotIn("0%", self.read(f"/badges/{thing}.svg").body.decode())

    def test_a_note_is_an_update(self):
        self.accepted(self.client.post(note("6.1", as_of="2026-02-28"), key=self.key))
        self.assertIn("Latest update: February 28, 2026", self.text(self.read("/embed/objective/6.1")))

    def test_a_frame_has_a_title_and_leads_out(self):
        got = self.read("/embed/goal/1").body.decode()
        self.assertIn("<title>Goal 1</title>", got)
        self.assertIn(f'<a href="{BASE}/goals/1" target="_blank" rel="noopener">', got)
        self.assertIn("width=device-width", got)

    def test_a_part_brings_its_words_and_nothing_else(self):
        got = self.read("/fragments/goal/1")
        body = got.body.decode()
        self.assertTrue(body.startswith('<div class="cerritos-progress" lang="en">\n'))
        self.assertTrue(body.endswith("</div>\n"))
        self.assertIn(f'<a href="{BASE}/goals/1">', body)
        for name in re.findall(r'class="([^"]*)"', body):
            self.assertTrue(name.startswith("cerritos-progress"), name)
        for forbidden in ("<style", "style=", "<script", "id=", "target="):
            self.assertNotIn(forbidden, body)
        self.assertEqual(got["Content-Security-Policy"], "default-src 'none'; frame-ancestors 'none'")

    def test_each_language_is_spoken(self):
        for lang in LANGUAGES:
            known = words(lang)
            for face in ("embed", "fragments"):
                got = self.read(f"/{face}/objective/1.3?lang={lang}")
                self.assertEqual(got["Content-Language"], lang)
                body = got.body.decode()
                self.assertIn(known["status.at_risk"], body)
                self.assertIn(known["glance.objective"].replace("{name}", "1.3"), body)
                self.assertIn(f'class="cerritos-progress" lang="{lang}"', body)
                self.assertRegex(body, r'<span lang="en">[^<]+</span>')
            drawn = self.read(f"/badges/objective/1.3.svg?lang={lang}")
            self.assertIn(known["status.at_risk"], drawn.body.decode())
        asked = self.read("/embed/plan", Accept_Language="ko-KR,ko;q=0.9")
        self.assertEqual((asked["Content-Language"], asked["Vary"]), ("ko", "Accept-Encoding, Accept-Language"))
        self.assertEqual(self.read("/badges/plan.svg", Accept_Language="ko")["Content-Language"], "en")

    def test_what_is_asked_wrong_is_refused(self):
        for face, ending in (("embed", ""), ("fragments", ""), ("badges", ".svg")):
            for thing in ("goal/99", "goal/x", "objective/99.9", "objective/x", "plans"):
                self.refused(self.client.get(f"/{face}/{thing}{ending}"), 404)
            for query in ("lang=de", "include=objectives", "limit=1"):
                self.refused(self.client.get(f"/{face}/goal/1{ending}?{query}"), 400, places=[query.partition("=")[0]])
        self.refused(self.client.get("/badges/goal/1"), 404)
        self.refused(self.client.get("/badges/goal/1.png"), 404)

    def test_another_day_is_told(self):
        self.assertIn("No percent", self.text(self.read("/embed/goal/1?as_of=2025-12-31")))

    def test_an_update_shows_at_once(self):
        paths = ("/embed/goal/5", "/fragments/objective/5.1", "/badges/goal/5.svg", "/embed/plan")
        before = [self.read(path)["ETag"] for path in paths]
        self.accepted(self.client.post(progress("5.1", 90, "on_track", "2026-02-28"), key=self.key))
        for path, tag in zip(paths, before):
            self.assertNotEqual(self.client.get(path, If_None_Match=tag)["ETag"], tag, path)
        self.assertIn("90%", self.text(self.read("/fragments/objective/5.1")))


class Badges(Embeds):
    def drawn(self, path):
        got = self.is_kept(path)
        self.assertEqual((got["Content-Type"], got["Content-Security-Policy"]), ("image/svg+xml", "default-src 'none'"))
        return xml.fromstring(got.body)

    def test_its_text_is_text(self):
        badge = self.drawn("/badges/goal/1.svg")
        self.assertEqual((badge.get("role"), badge.get("aria-labelledby")), ("img", badge.find(f"{SVG}title").get("id")))
        percent = self.client.get("/goals/1").json["progress"]["percent"]
        self.assertEqual([t.text for t in badge.iter(f"{SVG}text")], ["Goal 1", f"Off track · at least {percent}%"])
        self.assertEqual(badge.findtext(f"{SVG}title"),
                         f"Goal 1: Off track. At least {percent}% (4 of 5 reported)")

    def test_each_status_has_a_word_and_a_shape_of_its_own(self):
        seen = set()
        for code, status, _ in (*STATUSES, ("3.1", "cancelled", None), ("8.1", "no_information", None)):
            badge = self.drawn(f"/badges/objective/{code}.svg")
            self.assertTrue(badge.findall(f".//{SVG}text")[1].text.startswith(words("en")[f"status.{status}"]), code)
            seen.add(badge.findall(f"{SVG}path")[1].get("d"))
        self.assertEqual(len(seen), 9)

    def test_its_texts_have_room(self):
        for lang in LANGUAGES:
            for thing in ("plan", "goal/1", "objective/1.3", "objective/8.1"):
                badge = self.drawn(f"/badges/{thing}.svg?lang={lang}")
                end = 0
                for text in badge.iter(f"{SVG}text"):
                    self.assertGreaterEqual(int(text.get("x")), end)
                    end = int(text.get("x")) + int(text.get("textLength"))
                self.assertLess(end, int(badge.get("width")))


class Lines(Embeds):
    def lines(self, path="/embed"):
        return [html.unescape(line) for line in re.findall(r"<pre><code>(.*?)</code></pre>",
                                                           self.is_kept(path).body.decode(), re.S)]

    def test_every_goal_and_objective_has_its_lines(self):
        lines = self.lines()
        things = [f"goal/{g['number']}" for g in self.client.all("/goals")]
        things += [f"objective/{o['code']}" for o in self.client.all("/objectives")]
        self.assertEqual(len(things), 8 + 42)
        for thing in ("plan", *things):
            kind, _, name = thing.partition("/")
            element = f'<cerritos-progress {kind}="{name}"><a href="{BASE}/{kind}s/{name}"><b>' if name else \
                f'<cerritos-progress><a href="{BASE}/">'
            for wanted in (element, f'<iframe src="{BASE}/embed/{thing}" title="', f'<img src="{BASE}/badges/{thing}.svg" alt="',
                           f"{BASE}/fragments/{thing}"):
                self.assertEqual(len([line for line in lines if wanted in line and (wanted[0] == "<" or line == wanted)]), 1,
                                 wanted)
        self.text(self.read("/embed"))

    def test_they_lead_to_what_is_there(self):
        for line in self.lines()[:40]:
            for url in re.findall(re.escape(BASE) + r'(/(?:embed|badges|fragments|widget)[^"\s]*)', line):
                self.read(url)

    def test_they_keep_plan_and_language(self):
        page = "\n".join(self.lines("/embed?plan=cerritos-in-progress&lang=ko"))
        self.assertIn(f'<iframe src="{BASE}/embed/goal/7?plan=cerritos-in-progress&amp;lang=ko" title="목표 7"', page)
        self.assertIn('<cerritos-progress goal="7" plan="cerritos-in-progress">', page)

    def test_the_policy_lines_name_this_origin(self):
        page = "\n".join(self.lines())
        for line in (f"script-src {BASE}; connect-src {BASE}", f"frame-src {BASE}", f"img-src {BASE}"):
            self.assertIn(line, page)
        self.assertIn(HOSTS, page)

    def test_each_language_has_the_page(self):
        for lang in LANGUAGES:
            self.assertIn(words(lang)["paste.title"], self.text(self.read(f"/embed?lang={lang}")))


if __name__ == "__main__":
    unittest.main()

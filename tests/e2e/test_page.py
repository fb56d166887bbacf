"""The pages for a browser: they tell all that the documents say, are HTML that reads well, and lead to what is there."""
import html.parser
import re
import unittest
from urllib.parse import urlsplit

import support
from support import Case, measure, note, progress

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NASTY = '<script>alert("x")</script>'


class Page(html.parser.HTMLParser):
    """Whether every tag that is opened is closed, in order; ids, links, what labels what; and the text."""

    VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}

    def __init__(self, text):
        super().__init__()
        self.open, self.faults, self.words = [], [], []
        self.ids, self.named, self.links, self.tags = [], [], [], []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]
        self.faults += [f"id {one} is there twice" for one in set(self.ids) if self.ids.count(one) > 1]
        self.faults += [f"#{one} names nothing" for one in self.named if one not in self.ids]

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.tags.append((tag, known))
        self.faults += [f"{name}= on <{tag}>" for name in known if name == "style" or name.startswith("on")]
        if "id" in known:
            self.ids.append(known["id"])
        for name in ("aria-labelledby", "for"):
            self.named += (known.get(name) or "").split()
        if tag in ("a", "link") and known["href"].startswith("#"):
            self.named.append(known["href"][1:])
        elif tag in ("a", "link"):
            self.links.append(known["href"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self):
        return " ".join("".join(self.words).split())

    def count(self, tag):
        return sum(1 for name, _ in self.tags if name == tag)

    def pictures(self):
        """What is drawn and says something: shapes beside a status are hidden from who hears the page."""
        return [known for tag, known in self.tags if tag == "svg" and known.get("aria-hidden") != "true"]


class ForBrowsers(Case):
    """A plan with all that can have been said about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        support.found(cls.db, cls.server, "/departments",
                      {"slug": "finance", "name": "Finance & all", "public_contact": "ask@example.org",
                       "reporting_contact": "secret@example.org"})
        support.found(cls.db, cls.server, "/measures", measure("days", "7.1", name=f"Days {NASTY}"))
        client = support.Client(cls.server.port, cls.db.key(scope="report,publish,edit,admin", source="clerk"))
        try:
            cls.report(client)
        finally:
            client.close()

    @classmethod
    def report(cls, client):
        def posted(body):
            got = client.post(body)
            if got.status != 201:
                raise AssertionError(str(got))
            return got.json["id"]

        etag = client.get("/objectives/7.1")["ETag"]
        edited = {"lead_department": "finance", "due_on": "2026-06-30", "start_on": "2026-01-01",
                  "milestones": [{"title": NASTY, "due_on": "2026-05-01"}],
                  "relationships": [{"type": "supports", "objective": "1.4", "note": NASTY}]}
        if client.ask("PATCH", "/objectives/7.1", edited, {"If-Match": etag}).status != 200:
            raise AssertionError("7.1 is not edited")
        posted(progress("7.1", 10, measurements=[{"measure": "days", "actual": 11}]))
        cls.wrong = posted(progress("7.1", 80, as_of="2026-03-31"))
        cls.right = posted(progress("7.1", 55, as_of="2026-03-31", supersedes=cls.wrong, reason="It was 55.",
                                    next_steps="Go on & on.", details=NASTY,
                                    links=[{"label": NASTY, "url": "https://example.org/?a=1&b=%22"}]))
        cls.gone = posted(note("7.1", as_of="2026-04-30", summary="Said by mistake."))
        client.post({"reason": f"Wrong {NASTY}"}, f"/updates/{cls.gone}/retraction")
        cls.blanked = posted(note("7.2", as_of="2026-04-30", details="12 Elm Street"))
        client.post({"fields": ["details"], "reason": "An address."}, f"/updates/{cls.blanked}/redaction")
        posted(progress("2.8", 50, as_of="2026-05-31"))
        posted(progress("1.1", status="ongoing"))
        posted({"objective": "7.2", "as_of": "2026-05-31", "kind": "service_status", "summary": "In May.",
                "service": {"name": NASTY, "open": 12, "median_days_to_close": 3.5}})
        draft = support.Client(cls.server.port, cls.db.key(scope="report", source="gogov"))
        cls.draft = draft.post(progress("7.3", 99, summary="A secret draft.")).json["id"]
        draft.close()

    def read(self, path, **headers):
        got = self.client.get(path, Accept=BROWSER, **headers)
        self.assertEqual((got.status, got["Content-Type"]), (200, "text/html; charset=utf-8"), f"{path}: {got}")
        page = Page(got.body.decode())
        self.assertEqual(page.faults, [], path)
        return got, page

    def paths(self):
        """One of each kind, with and without what a visitor may have chosen."""
        pages = ["/", "/goals/7", "/goals/3", "/objectives", "/objectives/7.1", "/objectives/3.3", "/objectives/5.3",
                 "/updates", f"/updates/{self.right}", f"/updates/{self.wrong}", f"/updates/{self.gone}",
                 f"/updates/{self.blanked}"]
        yield from pages
        yield from (f"{path}?lang=ko" for path in pages)
        yield from (f"{path}?as_of=2026-05-31&plan=cerritos-in-progress" for path in pages)
        yield from ("/objectives?q=nothing+like+it", "/objectives?status=at_risk&goal=", "/updates?limit=2",
                    "/updates?objective=7.1", "/updates?objective=3.1", "/updates?goal=7&lang=zh-Hant",
                    "/objectives?limit=5&as_of=2026-05-31", "/?as_of=2025-12-31")

    # ---- each page ----

    def test_every_page_is_whole(self):
        for path in self.paths():
            with self.subTest(path=path):
                got, page = self.read(path)
                self.assertEqual((page.count("h1"), page.count("main"), page.count("title")), (1, 1, 1 + len(page.pictures())),
                                 "each picture has a title")
                metas = {known.get("name") or known.get("property"): known.get("content")
                         for tag, known in page.tags if tag == "meta"}
                for name in ("description", "og:title", "og:description", "og:url", "og:site_name"):
                    self.assertTrue(metas.get(name), name)
                self.assertNotIn("{", page.text, "a placeholder was left")
                self.assertIn("default-src 'none'", got["Content-Security-Policy"])
                self.assertEqual(page.count("script"), 2 if urlsplit(path).path == "/" else 1)
                levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
                self.assertTrue(all(b <= a + 1 for a, b in zip(levels, levels[1:])), f"a level is left out: {levels}")

    def test_every_link_leads_somewhere(self):
        seen = set()
        for path in self.paths():
            _, page = self.read(path)
            for link in page.links:
                where = urlsplit(link)
                if where.scheme in ("data", "mailto") or where.netloc == "example.org":
                    continue
                self.assertIn(where.netloc, ("", f"localhost:{self.server.port}", "localhost"), link)
                seen.add(where.path + ("?" + where.query if where.query else ""))
        self.assertGreater(len(seen), 100)
        for link in sorted(seen):
            self.assertEqual(self.client.get(link, Accept=BROWSER).status, 200, link)

    def test_nothing_that_was_said_is_markup(self):
        for path in self.paths():
            got, _ = self.read(path)
            self.assertNotIn(b"<script>alert", got.body, path)
        self.assertIn(NASTY, self.read("/objectives/7.1")[1].text)

    def test_what_is_not_public_is_on_no_page(self):
        for path in self.paths():
            got, _ = self.read(path)
            for secret in (b"secret", b"12 Elm Street", b"a test", self.key.encode()):
                self.assertNotIn(secret, got.body, f"{path}: {secret}")
        self.assertEqual(self.client.get(f"/updates/{self.draft}", Accept=BROWSER).status, 404)

    def test_choices_are_kept(self):
        chosen = "as_of=2026-05-31&lang=ko&plan=cerritos-in-progress"
        for path in ("/", "/goals/7", "/objectives", "/objectives/7.1", "/updates", f"/updates/{self.right}"):
            _, page = self.read(f"{path}?{chosen}")
            other = re.compile("lang=(?!ko)")  # to this page in another language
            links = [link for link in page.links if re.match("/(goals|objectives|updates)/", link) and not other.search(link)]
            self.assertTrue(links, path)
            for link in links:
                for one in ("lang=ko", "plan=cerritos-in-progress"):
                    self.assertIn(one, link)
            self.assertIn("2026년 5월 31일", page.text)

    def test_an_unchanged_page_is_not_sent_again(self):
        for path in ("/", "/goals/7", "/objectives?q=app", "/objectives/7.1", "/updates", f"/updates/{self.right}"):
            got, _ = self.read(path)
            again = self.client.get(path, Accept=BROWSER, If_None_Match=got["ETag"])
            self.assertEqual((again.status, again.body), (304, b""), path)
            self.assertEqual(again["Vary"], "Accept, Accept-Encoding, Accept-Language")
            self.assertNotEqual(self.client.get(path)["ETag"], got["ETag"], path)

    def test_curl_gets_json(self):
        for path in ("/", "/goals/7", "/objectives", "/objectives/7.1", "/updates", f"/updates/{self.right}"):
            for accept in (None, "*/*", "application/json", "application/json, text/html"):
                self.assertEqual(self.client.get(path, Accept=accept)["Content-Type"], "application/json", path)

    def test_the_front_page_is_small_and_whole_in_one_answer(self):
        got = self.client.get("/", Accept=BROWSER, Accept_Encoding="gzip")
        self.assertEqual(got["Content-Encoding"], "gzip")
        self.assertLess(len(got.body), 60 * 1024)
        _, page = self.read("/")
        loaded = [known for tag, known in page.tags
                  if "src" in known or (tag == "link" and known["rel"] in ("stylesheet", "preload", "modulepreload"))]
        self.assertEqual(loaded, [])

    # ---- what they say ----

    def test_the_front_page_tells_every_goal_and_objective(self):
        _, page = self.read("/")
        for item in self.client.all("/goals") + self.client.all("/objectives"):
            self.assertIn(" ".join(item["statement"].split()), page.text)
        self.assertIn("3 of 42 objectives have reported a status. Of those, 2 are on track.", page.text)
        self.assertIn("How is this computed?", page.text)

    def test_the_sum_on_the_page_can_be_redone(self):
        _, page = self.read("/goals/7")
        shown = re.search(r"\(([^()]*×[^()]*)\) ÷ (\S+) = (\S+)%", page.text)
        products = [[float(n) for n in part.split(" × ")] for part in shown[1].split(" + ")]
        self.assertAlmostEqual(sum(w * p for w, p in products) / float(shown[2]), float(shown[3]), places=1)
        self.assertEqual(float(shown[3]), self.client.get("/goals/7").json["progress"]["percent"])

    def test_the_page_can_be_asked_for_another_day(self):
        _, page = self.read("/?as_of=2025-12-31")
        self.assertIn("None of the 42 objectives has reported", page.text)
        self.assertIn("December 31, 2025", page.text)
        _, page = self.read("/objectives/7.1?as_of=2026-01-31")
        self.assertIn("10% complete", page.text)
        self.assertNotIn("55%", page.text)
        before = "2000-01-01T00:00:00Z"
        self.assertIn("This plan has no goals yet.", self.read(f"/?known_at={before}")[1].text)

    def test_an_objective_tells_all_about_itself(self):
        _, page = self.read("/objectives/7.1")
        for words in ("On track", "55% complete", "Go on & on.", "Finance & all", "ask@example.org", "Past its date",
                      "From 10% on January 31, 2026 to 55% on March 31, 2026.", "It was 55.", "Said by mistake."):
            self.assertIn(words, page.text)
        self.assertNotIn("80%", re.sub("Corrected since.*", "", page.text))
        self.assertEqual(len(page.pictures()), 2)
        self.assertTrue(all(known["role"] == "img" and known["aria-labelledby"] for known in page.pictures()))

    def test_a_chain_can_be_walked_both_ways(self):
        for one, other, words in ((self.wrong, self.right, "Corrected by"), (self.right, self.wrong, "Corrects")):
            for query in ("", "?as_of=2026-03-31"):
                _, page = self.read(f"/updates/{one}{query}")
                self.assertIn(words, page.text)
                self.assertIn(f"/updates/{other}", page.links)
        self.assertIn("Retracted", self.read(f"/updates/{self.gone}")[1].text)
        self.assertIn("An address.", self.read(f"/updates/{self.blanked}")[1].text)

    def test_a_form_may_leave_fields_empty(self):
        _, page = self.read("/objectives?q=GoGov&goal=&status=&department=&as_of=")
        self.assertIn("7.1", page.text)
        self.assertEqual(len([known for _, known in page.tags if known.get("id", "").startswith("objective-")]),
                         len(self.client.get("/objectives?q=GoGov").json["data"]))
        self.assertEqual(self.client.get("/objectives?q=&goal=").status, 400)

    def test_lists_are_walked_by_their_links(self):
        found, link = [], "/updates?limit=2"
        while link:
            _, page = self.read(link)
            found += [known["id"] for _, known in page.tags if re.fullmatch(r"update-\d+", known.get("id", ""))]
            link = next((known["href"] for tag, known in page.tags if known.get("rel") == "next"), None)
        self.assertEqual(found, [f"update-{one['id']}" for one in self.client.all("/updates")])

    def test_what_is_written_shows_at_once(self):
        _, before = self.read("/objectives/4.1")
        self.assertIn("No update has been published for this objective yet.", before.text)
        made = self.client.post(note("4.1", as_of="2026-05-31", summary="Seen at once."), key=self.key)
        for path in ("/objectives/4.1", "/goals/4", "/updates", "/", f"/updates/{made.json['id']}"):
            self.assertIn("Seen at once.", self.read(path)[1].text, path)
        self.client.post({"reason": "only for this test"}, f"/updates/{made.json['id']}/retraction", key=self.key)


if __name__ == "__main__":
    unittest.main()

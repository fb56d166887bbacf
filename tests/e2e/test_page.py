"""The page for a browser at /: it tells the whole plan, and is HTML that reads well."""
import html
import html.parser
import unittest

import support
from support import Case


class Page(html.parser.HTMLParser):
    """Whether every tag that is opened is closed, in order; and the text."""

    VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        self.text.append(data)


class ForBrowsers(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = support.Client(cls.server.port, cls.key)
        for objective, percent in (("7.1", 55), ("2.8", 50)):
            client.post(support.progress(objective, percent))
        client.close()

    BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    def read(self, path):
        got = self.client.get(path, Accept=self.BROWSER)
        self.assertEqual((got.status, got["Content-Type"]), (200, "text/html; charset=utf-8"), str(got))
        page = Page()
        page.feed(got.body.decode())
        page.close()
        self.assertEqual((page.faults, page.open), ([], []))
        return got, " ".join("".join(page.text).split())

    def test_the_page_tells_every_goal_and_objective(self):
        got, text = self.read("/")
        self.assertEqual(got["Vary"], "Accept, Accept-Encoding, Accept-Language")
        for item in self.client.all("/goals") + self.client.all("/objectives"):
            self.assertIn(" ".join(item["statement"].split()), text)

    def test_the_page_shows_what_was_reported(self):
        _, text = self.read("/")
        self.assertIn("2 of 42 objectives have reported", text)
        self.assertIn("55% complete", text)

    def test_the_page_can_be_asked_for_another_day(self):
        _, text = self.read("/?as_of=2025-12-31")
        self.assertIn("None of the 42 objectives has reported", text)

    def test_a_page_cannot_be_made_to_speak_for_a_stranger(self):
        nasty = '<script>alert("x")</script>'
        made = self.client.post(support.note("3.1", as_of="2026-11-21", summary=nasty), key=self.key)
        got, text = self.read("/")
        self.assertNotIn(b"<script>", got.body)
        self.assertIn(html.escape(nasty), got.body.decode().replace("&#34;", "&quot;").replace("&#x22;", "&quot;"))
        self.assertIn(nasty, text)
        self.assertIn("default-src 'none'", got["Content-Security-Policy"])
        self.client.post({"reason": "only for this test"}, made["Location"] + "/retraction", key=self.key)

    def test_curl_gets_json(self):
        for accept in (None, "*/*", "application/json", "application/json, text/html"):
            self.assertEqual(self.client.get("/", Accept=accept)["Content-Type"], "application/json")

if __name__ == "__main__":
    unittest.main()

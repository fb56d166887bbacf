"""Pages in six languages: which one is given to whom, and that nobody gets another one's page, neither out of the cache
nor on a connection that is lent."""
import html.parser
import itertools
import json
import os
import re
import unittest

import authorisation_rules
import support
from cached import connected, figures
from support import Case, progress
from test_kept import LENT, warm

LANGUAGES = ("en", "es", "ko", "tl", "zh-Hans", "zh-Hant")
NAMES = ("English", "Español", "한국어", "Tagalog", "简体中文", "繁體中文")
VARY = ("Accept", "Accept-Encoding", "Accept-Language")
PAGE = {"Accept": "text/html"}
# What a name in a path of a page is tried with; an id is found out.
FILLINGS = {"number": "7", "code": "7.1", "period": "2026-27-Q2"}
OTHERS = {"/problems/{code}": "/problems/invalid"}
# What is for developers is in English alone, of a part of a page test_embeds.py tells; what stands in a frame is in its host's language, and offers no other.
APART, FRAMED = ("/docs", "/fragments/"), ("/embed/",)

# Bears it in every language.
NAME = "Web Content Accessibility Guidelines"

# Accept-Language, and what it gets.
NEGOTIATED = (
    (None, "en"),
    ("", "en"),
    ("*", "en"),
    ("de", "en"),
    ("en-US,en;q=0.9,ko;q=0.8", "en"),
    ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
    ("de,ko;q=0.5,es;q=0.7", "es"),
    ("es-MX", "es"),
    ("zh", "zh-Hans"),
    ("zh-CN,zh;q=0.9", "zh-Hans"),
    ("zh-SG", "zh-Hans"),
    ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
    ("zh-HK", "zh-Hant"),
    ("zh-MO", "zh-Hant"),
    ("zh-Hant-CN", "zh-Hant"),
    ("fil-PH,fil;q=0.9", "tl"),
    ("tl", "tl"),
    ("ko;q=0,es;q=0.1", "es"),
    ("ko;q=0", "en"),
    ("KO-kr", "ko"),
    ("ko;q=1.5,es;q=0.2", "es"),
    (",;,", "en"),
    ("x" * 2000, "en"),
)


def catalogue(lang):
    with open(os.path.join(support.ROOT, "web", "words", f"{lang}.json"), encoding="utf-8") as file:
        return json.load(file)


class Words(html.parser.HTMLParser):
    """What a page says in its own language: what stands in an element of another is left out."""

    SILENT = {"style", "script"}
    VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}

    def __init__(self, text):
        super().__init__()
        self.open, self.said, self.lang = [], [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "html":
            self.lang = attrs["lang"]
        if tag not in self.VOID:
            self.open.append(tag in self.SILENT or attrs.get("lang", self.lang) != self.lang)

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        if not any(self.open):
            self.said.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.said).split())


class Languages(Case):
    settings = {"PROGRESS_NOW": "2026-11-02T17:04:11Z"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        client = support.Client(cls.server.port, cls.key)
        for objective, percent in (("7.1", 33.3), ("2.8", 50)):
            told = client.post(progress(objective, percent, as_of="2026-10-31"))
        client.close()
        cls.fillings = FILLINGS | {"id": told.json["id"]}

    def pages(self, without=APART):
        """Every path that gives a page."""
        for route in authorisation_rules.routes().values():
            if route.method == "GET" and "html" in route.marks and not route.pattern.startswith(without):
                yield OTHERS.get(route.pattern) or re.sub(r"\{(\w+)\}", lambda m: self.fillings[m[1]], route.pattern)

    def page(self, path, client=None, **headers):
        got = (client or self.client).get(path, **PAGE, **headers)
        self.assertEqual((got.status, got["Content-Type"]), (200, "text/html; charset=utf-8"), str(got)[:300])
        return got

    def given(self, got):
        """The language of a page, which is said in two places."""
        lang = Words(got.body.decode()).lang
        self.assertEqual(got["Content-Language"], lang)
        return lang

    def test_the_header_is_negotiated(self):
        for asked, lang in NEGOTIATED:
            for path in ("/", "/accessibility"):
                self.assertEqual(self.given(self.page(path, Accept_Language=asked)), lang, asked)

    def test_the_parameter_wins(self):
        for lang, other in itertools.product(LANGUAGES, ("ko", "zh-TW", None)):
            self.assertEqual(self.given(self.page(f"/?lang={lang}", Accept_Language=other)), lang)
        self.assertEqual(self.given(self.page("/?lang=fil")), "tl")

    def test_a_language_that_is_none_is_refused(self):
        for path in ("/", "/problems", "/accessibility", "/goals/7", "/objectives"):
            for lang in ("de", "", "KO", "zh", "ko-KR", "%00", "../en", "ko&lang=en"):
                self.assertEqual(self.client.get(f"{path}?lang={lang}", Accept="text/html, application/json").status, 400)
        problem = self.refused(self.client.get("/accessibility?lang=de"), 400, places=["lang"])
        self.assertEqual(problem["errors"][0]["detail"], "must be one of " + ", ".join(LANGUAGES))

    def test_every_page_comes_in_every_language(self):
        for path, lang in itertools.product(self.pages(), LANGUAGES):
            asked, chosen = self.page(f"{path}?lang={lang}"), self.page(path, Accept_Language=lang)
            self.assertEqual((self.given(asked), self.given(chosen)), (lang, lang), path)
            for got in (asked, chosen):
                self.assertTrue(set(VARY[1:]) <= set(got["Vary"].split(", ")) <= set(VARY), got["Vary"])

    def test_no_page_speaks_english_beside_its_own_language(self):
        english = catalogue("en")
        for lang in LANGUAGES[1:]:
            own = catalogue(lang)
            foreign = [text for key, text in english.items()
                       if len(text) > 12 and "{" not in text and own.get(key) != text]
            self.assertGreater(len(foreign), 60)
            for path in self.pages():
                text = Words(self.page(f"{path}?lang={lang}").body.decode()).text.replace(NAME, "")
                self.assertEqual([words for words in foreign if words in text], [], f"{path} in {lang}")

    def test_dates_and_percents_are_the_languages_own(self):
        wanted = {"en": ("October 31, 2026", "33.3%"), "es": ("31 de octubre de 2026", "33,3\u00a0%"),
                  "ko": ("2026년 10월 31일", "33.3%"), "tl": ("Oktubre 31, 2026", "33.3%"),
                  "zh-Hans": ("2026年10月31日", "33.3%"), "zh-Hant": ("2026年10月31日", "33.3%")}
        for lang, pieces in wanted.items():
            text = self.page(f"/?lang={lang}").body.decode()
            for piece in pieces:
                self.assertIn(piece, text)

    def test_every_page_offers_the_others_by_their_own_names(self):
        for path in self.pages(without=APART + FRAMED):
            text = self.page(f"{path}?lang=ko").body.decode()
            for lang, name in zip(LANGUAGES, NAMES):
                mark = ' aria-current="true"' if lang == "ko" else ""
                link = f'<a href="{path}?lang={lang}" lang="{lang}" hreflang="{lang}"{mark}>{name}</a>'
                self.assertTrue(link in text, f"{path}: {link}")

    def test_links_keep_the_language_that_was_asked_for(self):
        for path, lang, wanted in (("/problems?lang=ko", "es", "?lang=ko"), ("/problems", "es", "")):
            text = self.page(path, Accept_Language=lang).body.decode()
            self.assertIn(f'<a href="/problems/invalid{wanted}">', text)

    def test_json_is_the_same_whatever_a_browser_is_set_to(self):
        for path in ("/", "/goals", "/goals/7", "/objectives/7.1", "/summary", "/plan", "/problems"):
            plain = self.client.get(path)
            for asked in ("ko", "zh-TW", "es"):
                got = self.client.get(path, Accept_Language=asked)
                self.assertEqual((got.body, got["ETag"], got["Content-Language"]), (plain.body, plain["ETag"], None), path)

    def test_head_and_304_are_of_the_same_language(self):
        tags = {}
        for lang in LANGUAGES:
            got = self.page("/", Accept_Language=lang)
            head = self.client.ask("HEAD", "/", None, PAGE | {"Accept-Language": lang})
            self.assertEqual((head.status, head["ETag"], head["Content-Language"], head.body), (200, got["ETag"], lang, b""))
            tags[lang] = got["ETag"]
        self.assertEqual(len(set(tags.values())), len(LANGUAGES))
        for lang, known in itertools.product(LANGUAGES, LANGUAGES):
            got = self.client.get("/", **PAGE, Accept_Language=lang, If_None_Match=tags[known])
            self.assertEqual(got.status, 304 if lang == known else 200, f"{lang} with the ETag of {known}")
            self.assertIn("Accept-Language", got["Vary"])

    def test_a_lent_connection_gives_each_its_own(self):
        expected = {}
        for lang, path in itertools.product(LANGUAGES, self.pages()):
            fresh = connected(self, self.server)
            expected[path, lang] = self.page(path, fresh, Accept_Language=lang).body
            expected[f"{path}?lang={lang}", "ko"] = self.page(f"{path}?lang={lang}", fresh, Accept_Language="ko").body
            fresh.close()
        probe = connected(self, self.server)
        warm(self.client)
        before = figures(probe)[LENT]
        for path, lang in [*expected, *reversed(expected)]:
            for coding in ("identity", "gzip"):
                got = self.client.ask("GET", path, None, PAGE | {"Accept-Language": lang, "Accept-Encoding": coding})
                if coding == "identity":
                    self.assertEqual(got.body, expected[path, lang], f"{path} in {lang}")
        self.assertGreater(figures(probe)[LENT] - before, len(expected), "these were to be answered on the lent connection")

    def test_one_entry_for_each_language_whatever_the_header_says(self):
        probe = connected(self, self.server)
        self.page("/problems/conflict", Accept_Language="ko")
        entries = figures(probe)["cache_entries"]
        for n in range(50):
            self.page("/problems/conflict", Accept_Language=f"x{n},ko;q=0.{n}1")
        self.assertEqual(figures(probe)["cache_entries"], entries)


if __name__ == "__main__":
    unittest.main()

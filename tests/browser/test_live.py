"""Pages that stay open: what is posted shows by itself, and an outage changes nothing but the time they speak of."""
import unittest

from browser import Case, chromium
import support
from telling import tell

POLL = 20  # seconds between two looks (web/page.js)
SLACK = 8

FRESH = "return document.querySelector('#fresh').textContent"


class Live(Case):
    def opened(self, path, **how):
        """A page that has looked once; what marks it would be gone with a reload."""
        page = self.open(path, **how)
        page.evaluate("window.mark = 'not loaded anew'")
        page.wait(FRESH, "the page has looked for news")
        return page

    def look_now(self, page):
        """As when somebody comes back to the page."""
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def says(self, page, how):
        """The words of web/words/ up to the time in them."""
        words = page.evaluate("return document.querySelector('#fresh').dataset[argument]", how)
        before, after = words.split("{time}")
        return page.evaluate(FRESH + ".startsWith(argument[0]) && " + FRESH[7:] + ".endsWith(argument[1])", [before, after])

    def post(self, summary, **more):
        body = support.progress("7.1", 73, as_of="2026-11-19", summary=summary, **more)
        return self.accepted(self.client.post(body, key=self.key))

    def another(self):
        """Words that GoGov has nothing to do with."""
        return self.client.get("/objectives/1.1").json["statement"][:40]

    def test_an_update_shows_in_two_open_dashboards(self):
        pages = [self.opened("/"), self.opened("/", lang="ko")]
        self.post("Seventy-three of a hundred are done.")
        for page in pages:
            page.wait("return document.body.innerText.includes('Seventy-three of a hundred')", "it shows", seconds=POLL + SLACK)
            self.assertEqual(page.evaluate("return window.mark"), "not loaded anew")
            self.quiet(page)

    def test_what_one_reads_stays_where_it_is(self):
        page = self.opened("/objectives/7.1")
        page.evaluate("document.querySelector('details').open = true; document.querySelector('summary').focus()")
        self.post("Another one.")
        self.look_now(page)
        page.wait("return document.body.innerText.includes('Another one.')", "it shows")
        self.assertTrue(page.evaluate("return document.querySelector('details').open"), "what was unfolded was folded")
        self.assertTrue(page.evaluate("return document.activeElement.matches('summary')"), "the focus was lost")

    def test_without_the_service_the_page_says_as_of_when(self):
        page = self.opened("/")
        text = page.text("main")
        self.assertTrue(self.says(page, "shown"))
        with self.service_down():
            self.look_now(page)
            support.wait_until(lambda: self.says(page, "stale"), "it says that it is not fresh")
            self.assertEqual(page.text("main"), text)
            self.accessible(page)
            page.shot("home-service-down")
        self.look_now(page)
        support.wait_until(lambda: self.says(page, "shown"), "it is fresh again")
        self.assertEqual(page.foreign(), [])

    def test_the_filter_narrows_without_a_reload(self):
        page = self.opened("/objectives")
        page.call("fill", "main form [name=q]", "gogov")
        page.wait("return location.search.includes('q=gogov')", "it is in the address")
        page.wait("return !document.querySelector('main').innerText.includes(argument)", "the others are gone", self.another())
        self.assertIn("GoGov", page.text("main"))
        self.assertEqual(page.evaluate("return window.mark"), "not loaded anew")
        self.assertEqual(page.evaluate("return document.activeElement.name"), "q")
        self.accessible(page)
        self.quiet(page)

    def test_who_looks_elsewhere_while_it_filters_gets_what_was_asked(self):
        page = self.opened("/objectives")
        page.hold_next("q=gogov")
        page.call("fill", "main form [name=q]", "gogov")
        page.wait("return !!window.release", "it was asked for")
        self.look_now(page)
        page.call("waitForTimeout", 500)
        page.release()
        page.wait("return location.search.includes('q=gogov')", "what was typed is in the address")
        page.wait("return !document.querySelector('main').innerText.includes(argument)", "the others are gone", self.another())

    def test_the_filter_works_by_a_form_alone(self):
        page = self.open("/objectives", js=False)
        page.call("fill", "main form [name=q]", "gogov")
        page.follow("main form button")
        self.assertIn("q=gogov", page.evaluate("return location.search"))
        self.assertIn("GoGov", page.text("main"))
        self.assertNotIn(self.another(), page.text("main"))

    def test_each_language_is_one_click_away_and_stays(self):
        page = self.open("/goals/7", js=False)
        page.follow("a[hreflang=ko]")
        self.assertEqual(page.evaluate("return [location.pathname, document.documentElement.lang]"), ["/goals/7", "ko"])
        page.follow("main a[href^='/objectives/7.1']:visible")
        self.assertEqual(page.evaluate("return [location.pathname, document.documentElement.lang]"), ["/objectives/7.1", "ko"])


class WithoutDatabase(Case):
    """A PostgreSQL of its own, which can be stopped."""

    @classmethod
    def setUpClass(cls):
        chromium()
        cls.where = support.Cluster.own()
        cls.addClassCleanup(cls.where.remove)
        cls.db = support.Database.with_plan(cls.where)
        cls.key = cls.db.key()
        cls.server = support.Server(cls.db.url, **cls.settings)
        cls.addClassCleanup(cls.server.kill)
        tell(cls.db, cls.server)

    def test_a_stopped_database_changes_nothing_that_was_shown(self):
        shown = {path: self.open(path).text("main") for path in ("/", "/goals/7", "/objectives/7.1")}
        self.where.control("stop")
        try:
            for path, text in shown.items():
                page = self.open(path)
                self.assertEqual(page.text("main"), text)
                self.quiet(page)
        finally:
            self.where.start_again()


if __name__ == "__main__":
    unittest.main()

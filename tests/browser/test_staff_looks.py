"""The page for staff in every light, width and language, before axe and by the keyboard alone."""
import json
import os
import unittest

from desk import LANGUAGES, Desk
import support

VIEWS = (("desk", "", "main h1"), ("report", "#/objective/7.1", "form.report"), ("table", "#/table", ".plan tbody tr"))
LOOKS = (("light", {}), ("dark", {"scheme": "dark"}), ("forced", {"forced": True}), ("narrow", {"width": 320}), ("zoomed", {"width": 1280, "zoom": 2}))


class Looks(Desk):
    def test_every_view_in_every_look(self):
        for look, how in LOOKS:
            page = self.open("/staff", **how)
            page.call("waitForSelector", "#signin-key")
            with self.subTest(f"signin, {look}"):
                self.accessible(page)
                self.fits(page)
                page.shot(f"staff-signin-{look}")
            self.sign_in(page=page)
            for view, where, there in VIEWS:
                with self.subTest(f"{view}, {look}"):
                    page.goto(f"/staff{where}")
                    page.call("waitForSelector", there)
                    self.settled(page)
                    self.accessible(page)
                    self.fits(page)
                    page.shot(f"staff-{view}-{look}")
            self.quiet(page)

    def test_every_view_in_every_language(self):
        for language in LANGUAGES:
            page = self.sign_in(where=f"?lang={language}")
            with open(os.path.join(support.ROOT, "web", "staff", f"{language}.json"), encoding="utf-8") as f:
                words = json.load(f)
            for view, where, there in VIEWS:
                with self.subTest(f"{view}, {language}"):
                    page.goto(f"/staff?lang={language}{where}")
                    page.call("waitForSelector", there)
                    self.settled(page)
                    self.accessible(page)
                    text = page.text()
                    self.assertNotRegex(text, r"\[\w+\]|\{\w+\}", "a text is missing, or was not filled")
                    self.assertIn(words["queue_title"], text)
                    self.assertEqual(page.evaluate("return document.documentElement.lang"), language)
            page.shot(f"staff-table-{language}")
            self.quiet(page)

    def test_everything_is_reached_by_the_keyboard(self):
        page = self.open("/staff")
        page.call("waitForSelector", "#signin-key")
        self.by_keyboard(page)
        self.sign_in(page=page)
        for view, where, there in VIEWS:
            with self.subTest(view):
                page.goto(f"/staff{where}")
                page.call("waitForSelector", there)
                self.settled(page)
                self.from_the_top(page)
                self.by_keyboard(page)

    def test_a_report_is_written_and_saved_without_a_pointer(self):
        page = self.open("/staff#/objective/3.1")
        page.call("waitForSelector", "#signin-key")
        page.evaluate("document.getElementById('signin-key').focus()")
        page.call("keyboard.type", self.publisher)
        page.press("Enter")
        page.call("waitForSelector", "form.report")
        self.settled(page)
        page.press("f")
        page.press("ArrowRight")
        for _ in range(8):  # a date is several stops
            if not self.focus(page)["id"].startswith("-summary-"):
                page.press("Tab")
        page.call("keyboard.type", "Typed and saved.")
        page.press("Control+s")
        self.told(page, "The draft is saved")
        self.assertEqual([d["summary"] for d in self.drafts("3.1")], ["Typed and saved."])

    def test_links_that_skip_go_where_they_say(self):
        page = self.sign_in()
        self.from_the_top(page)
        page.press("Tab", "Enter")
        self.assertEqual(self.focus(page)["tag"], "MAIN")
        self.assertEqual(page.evaluate("return location.hash"), "")

    def test_another_language_keeps_the_place_and_the_text(self):
        page = self.at("#/objective/2.5")
        self.write(page, kind="note", summary="Half a sentence")
        page.call("click", '.languages a[hreflang="ko"]')
        page.wait("return document.documentElement.lang === 'ko' && document.querySelector('form.report')", "the page in Korean")
        self.assertEqual(page.evaluate("return [location.hash, document.querySelector('form.report textarea').value]"), ["#/objective/2.5", "Half a sentence"])

    def test_without_a_script_it_says_so(self):
        page = self.open("/staff", js=False)
        text = page.text()
        self.assertIn("This page needs JavaScript", text)
        self.assertIn('curl "$BASE/work-queue"', text)
        self.fits(page)
        self.quiet(page)

    def test_while_the_service_is_away_the_page_says_so(self):
        page = self.sign_in()
        with self.service_down():
            page.evaluate("location.hash = '#/objective/7.1'")
            page.call("waitForSelector", "main h1:has-text('That did not work')")
            self.accessible(page)
        self.press(page, "Try again")
        page.call("waitForSelector", "form.report")


if __name__ == "__main__":
    unittest.main()

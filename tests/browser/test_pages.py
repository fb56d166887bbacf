"""Every page in every state that people meet it in: no fault that axe finds, nothing that scrolls sideways, nothing that
moves, no error, no cookie, nothing asked of others, and all of it by keyboard.

A new page is one row of PAGES; a new state is one of STATES.
"""
import unittest

from browser import DRAWN, LANGUAGES, PAINTED, Case, file_name

# Path, with the facts of telling.py in braces, and a word of its first heading in English.
PAGES = (
    ("/", "Cerritos in Progress"),
    ("/?as_of=2026-06-30", "Cerritos in Progress"),
    ("/goals/7", "To improve community transparency"),
    ("/objectives", "bjectives"),
    ("/objectives?q=app&status=on_track", "bjectives"),
    ("/objectives?q=nobody-says-so", "bjectives"),
    ("/objectives/7.1", "GoGov"),
    ("/objectives/4.1", "Objective 4.1"),
    ("/updates", "pdates"),
    ("/updates/{update}", "Correction"),
    ("/updates/{superseded}", "pdate"),
    ("/updates/{retracted}", "pdate"),
    ("/embed", ""),
    ("/embed/plan", ""),
    ("/embed/goal/7", ""),
    ("/embed/objective/7.1", ""),
    ("/reports/{quarter}", "2026"),
    ("/problems", "Problems"),
    ("/problems/not-found", "Problems"),
    ("/accessibility", "ccessib"),
)

# What is for those who program is in English alone.
IN_ENGLISH = (
    ("/docs", "API reference"),
    ("/docs?q=goal", "API reference"),
    ("/docs/postUpdate", "Report something"),
)

STATES = {
    "light": {},
    "dark": {"scheme": "dark"},
    "forced colours": {"forced": True},
    "forced colours, dark": {"forced": True, "scheme": "dark"},
    "320 px": {"width": 320},
    "zoom 200": {"zoom": 2},
    "no script": {"js": False},
}
LANGUAGE_STATES = {language: {"lang": language, "width": 320} for language in LANGUAGES if language != "en"}


class Pages(Case):
    def there(self, path, **how):
        page = self.open(path.format(**self.facts), **how)
        if how.get("js", True):
            page.wait(DRAWN, "what a script draws is drawn")
        return page

    def shown(self, path, heading, state, how):
        page = self.there(path, **how)
        self.assertEqual(page.evaluate("return document.documentElement.lang"), how.get("lang", "en"))
        if "lang" not in how:
            self.assertIn(heading, page.text("h1"))
        self.accessible(page)
        self.fits(page)
        self.still(page)
        self.quiet(page)
        page.shot(file_name(path.format(**self.facts), state))

    def walked(self, path, width):
        page = self.there(path, width=width)
        self.by_keyboard(page)
        self.quiet(page)


def add_tests():
    tables = [(PAGES, STATES | LANGUAGE_STATES), (IN_ENGLISH, STATES)]
    for (path, heading), states in [(row, states) for pages, states in tables for row in pages]:
        for state, how in states.items():
            setattr(Pages, f"test {path} in {state}",
                    lambda self, p=path, h=heading, s=state, w=how: self.shown(p, h, s, w))
        for width in (1280, 320):
            setattr(Pages, f"test {path} by keyboard at {width} px",
                    lambda self, p=path, w=width: self.walked(p, w))


add_tests()


class Sees(Case):
    """Whether what judges the pages sees what is wrong."""

    told = False

    def spoiled(self, body):
        url = self.host(f"<!doctype html><html lang=en><title>A page</title><h1>A page</h1>{body}")
        return self.open("/", base=url)

    def test_without_script_none_runs(self):
        url = self.host("<!doctype html><title>A page</title><h1>Whole</h1><script>document.querySelector('h1')"
                        ".textContent = 'Changed'</script>")
        for js, shown in ((True, "Changed"), (False, "Whole")):
            self.assertEqual(self.open("/", base=url, js=js).text("h1"), shown)

    def test_axe_sees_a_fault(self):
        faults = self.spoiled('<img src="/nothing"><p style="color:#aaa;background:#fff">Pale words.</p>').axe()
        self.assertEqual(sorted(f.split(":")[0] for f in faults), ["color-contrast", "image-alt"])

    def test_what_scrolls_sideways_is_seen(self):
        self.assertIn("px too wide", self.spoiled('<div style="width:3000px">Wide</div>').sideways())

    def test_what_moves_is_seen(self):
        page = self.spoiled("<p>Below.</p>")
        page.evaluate(PAINTED)
        page.evaluate("document.querySelector('h1').insertAdjacentHTML('beforebegin', '<div style=height:300px></div>')")
        page.evaluate(PAINTED)
        self.assertIn("A page", "".join(page.moved()))

    def test_what_is_asked_of_others_is_seen(self):
        page = self.spoiled(f'<script src="{self.base}/widget-of-nobody.js"></script>')
        self.assertEqual(page.foreign(), [f"{self.base}/widget-of-nobody.js"])
        self.assertTrue(page.errors())

    def test_what_the_policy_forbids_is_an_error(self):
        page = self.open("/")
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'window.done = 1' }))")
        self.assertIsNone(page.evaluate("return window.done"))
        self.assertIn("Content Security Policy", page.errors()[0])

    def test_focus_that_is_not_seen_is_told(self):
        page = self.spoiled('<a href="#a" style="outline:none">Unseen</a> <a href="#b" tabindex="-1">Unreached</a>'
                            '<button style="outline:3px solid red">Seen</button>'
                            '<input type="date" aria-label="A day" style="box-shadow:0 0 0 3px red">')
        self.assertEqual(page.walk(), ['no focus is seen: a "Unseen"', 'never reached: a "Unreached"'])


if __name__ == "__main__":
    unittest.main()

"""The API reference: found by typing, by a form alone, and read on from link to link."""
import unittest

from browser import Case


class Docs(Case):
    told = False

    def shown(self, page):
        return page.evaluate("return [...document.querySelectorAll('.tag-list li')].filter((e) => e.checkVisibility())"
                             ".map((e) => e.querySelector('a').getAttribute('href'))")

    def test_the_list_narrows_while_one_types(self):
        page = self.open("/docs")
        everything = self.shown(page)
        page.call("fill", "#q", "draft")
        self.assertEqual(self.shown(page), ["/docs/reviseDraft", "/docs/publishDraft", "/docs/returnDraft", "/docs/discardDraft"])
        self.assertIn(f"4 of {len(everything)} operations", page.text("#found"))
        page.call("fill", "#q", "nothing like it")
        self.assertEqual(self.shown(page), [])
        self.assertEqual(page.evaluate("return [...document.querySelectorAll('.tag-list h2')].filter((e) => e.checkVisibility()).length"), 0)
        self.accessible(page)
        page.call("fill", "#q", "")
        self.assertEqual(self.shown(page), everything)
        self.quiet(page)

    def test_enter_searches_in_what_is_said_too(self):
        page = self.open("/docs")
        page.call("fill", "#q", "server-sent")
        self.assertEqual(self.shown(page), [])
        page.press("Enter")
        page.wait("return location.search === '?q=server-sent' && document.readyState === 'complete'", "the form was sent")
        self.assertEqual(self.shown(page), ["/docs/getStream"])
        self.assertIn("1 of ", page.text("#found"))
        self.quiet(page)

    def test_without_a_script_the_form_searches(self):
        page = self.open("/docs", js=False)
        page.call("fill", "#q", "server-sent")
        page.follow("form button")
        self.assertEqual(self.shown(page), ["/docs/getStream"])
        page.follow("#found a")
        self.assertGreater(len(self.shown(page)), 70)

    def test_a_member_leads_to_its_schema(self):
        page = self.open("/docs/postUpdate")
        page.call("click", "a[href='#schema-UpdateNew']")
        self.assertTrue(page.evaluate("const box = document.querySelector('#schema-UpdateNew').getBoundingClientRect();"
                                      "return box.top >= -1 && box.top < innerHeight"))
        page.call("click", "header nav a[href='/docs#tag-Updates']")
        page.wait("return location.pathname === '/docs' && location.hash === '#tag-Updates'", "back in the list")
        self.quiet(page)


if __name__ == "__main__":
    unittest.main()

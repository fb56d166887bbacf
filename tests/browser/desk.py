"""What tests of the page for staff begin with: keys, and a person who signs in and works."""
import json

from browser import LANGUAGES, Case
import support


class Desk(Case):
    """The clock is the machine's own, since the page proposes today's date."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.publisher = cls.db.key(scope="report,publish,edit", source="desk")
        cls.reporter = cls.db.key(scope="report", source="desk")

    def sign_in(self, key=None, where="", page=None, **how):
        page = page or self.open(f"/staff{where}", **how)
        page.call("fill", "#signin-key", key or self.publisher)
        page.press("Enter")
        return self.settled(page)

    def at(self, where, key=None, **how):
        """Signed in, and where "#/objective/7.1" says."""
        page = self.sign_in(key, where, **how)
        page.call("waitForSelector", "main h1")
        return page

    def settled(self, page):
        page.call("waitForSelector", "#queue:not([aria-busy]) #queue-title")
        return page

    def write(self, page, **fields):
        """Into the fields by their names in the body: status and kind are chosen, the others typed."""
        for name, text in fields.items():
            if name in ("status", "kind"):
                page.call("check", f"input[name={name}][value={text}]")
            else:
                page.call("fill", f'[id^="{name}-"]:is(input, textarea), [id^="-{name}-"]:is(input, textarea)', text)

    def press(self, page, words, within="main"):
        page.call("click", f'{within} button:has-text("{words}")')

    def told(self, page, words):
        """A notice that says this, with the focus on it."""
        page.wait("return document.querySelector('.notice')?.textContent.includes(argument)", f"the page says {words!r}", words)

    def publish(self, page):
        self.press(page, "Publish …")
        page.call("waitForSelector", "dialog .preview")
        self.press(page, "Publish now", "dialog")

    def api(self, method, path, body=None, key=None, **headers):
        got = self.client.ask(method, path, body, headers, key or self.publisher)
        self.assertLess(got.status, 300, str(got))
        return got

    def drafts(self, code):
        return self.api("GET", f"/updates?state=draft&objective={code}").json["data"]

    def leave_draft(self, code, key=None, **more):
        body = support.note(code, as_of="2026-10-15", summary="A draft.") | more
        return self.accepted(self.client.post(body, "/updates?state=draft", key=key or self.publisher))

    def stored(self, page):
        """All that the browser keeps for this page, and where it is."""
        return page.evaluate("return { session: { ...sessionStorage }, local: { ...localStorage }, address: location.href, "
                             "title: document.title, cookie: document.cookie, page: document.documentElement.outerHTML }")

    def from_the_top(self, page):
        """As if the page had just come: what shows a view has the focus, and Tab would go on from there."""
        page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")

    def focus(self, page):
        return page.evaluate("const e = document.activeElement; return { tag: e.tagName, id: e.id, class: e.className, "
                             "text: e.textContent.slice(0, 200) }")


def as_json(value):
    return json.dumps(value, default=str, sort_keys=True)


__all__ = ["Desk", "LANGUAGES", "as_json"]

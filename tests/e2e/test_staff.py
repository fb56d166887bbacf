"""The page for staff as it comes over the wire: what it holds, what it may do, what it says in each language; and the
two things that the contract got for it, a key that tells of itself and a draft of a key that may publish."""
import json
import os
import re
import unittest

import support
from support import Case, note, progress
from test_page import BROWSER, Page

WEB = os.path.join(support.ROOT, "web", "staff")
LANGUAGES = ("en", "es", "ko", "tl", "zh-Hans", "zh-Hant")


def texts(language):
    with open(os.path.join(WEB, f"{language}.json"), encoding="utf-8") as f:
        return json.load(f)


class StaffPage(Case):
    def page(self, path="/staff", **headers):
        got = self.client.get(path, Accept=BROWSER, **headers)
        self.assertEqual((got.status, got["Content-Type"]), (200, "text/html; charset=utf-8"), str(got))
        page = Page(got.body.decode())
        self.assertEqual(page.faults, [])
        return got, page.text

    def test_it_is_public_and_kept_like_any_page(self):
        got, _ = self.page()
        self.assertTrue(got["Cache-Control"].startswith("public, max-age=30"))
        self.assertEqual(self.client.get("/staff", **{"If-None-Match": got["ETag"]}).status, 304)
        self.assertIsNone(got["Set-Cookie"])

    def test_its_policy_lets_nothing_in_and_nothing_out(self):
        got, _ = self.page()
        policy = dict(part.split(" ", 1) for part in got["Content-Security-Policy"].split("; "))
        self.assertEqual({n: v for n, v in policy.items() if n != "style-src"}, {
            "default-src": "'none'", "script-src": "'self'", "connect-src": "'self'", "img-src": "data:",
            "base-uri": "'none'", "form-action": "'self'", "frame-ancestors": "'none'",
            "require-trusted-types-for": "'script'", "trusted-types": "'none'"})
        self.assertNotIn("unsafe", got["Content-Security-Policy"])
        self.assertNotRegex(got.body.decode(), r"<script(?! type=\"(?:module\" src=\"/staff/|application/json\"))")

    def test_without_a_script_it_says_so_in_each_language(self):
        for language in LANGUAGES:
            got, text = self.page(f"/staff?lang={language}")
            words = texts(language)
            self.assertIn(f'<html lang="{language}"', got.body.decode())
            self.assertEqual(got["Content-Language"], language)
            for name in ("title", "without_title", "without_text", "line_queue", "line_report", "line_publish"):
                self.assertIn(" ".join(words[name].split()), text)
            self.assertIn('curl "$BASE/work-queue"', text)
            for other in LANGUAGES:
                self.assertIn(f'href="/staff?lang={other}"', got.body.decode())

    def test_a_browsers_wish_chooses_the_language(self):
        got, text = self.page(Accept_Language="ko-KR,ko;q=0.9,en;q=0.5")
        self.assertIn(texts("ko")["title"], text)
        self.assertIn("Accept-Language", got["Vary"])
        self.refused(self.client.get("/staff?lang=xx"), 400, places=["lang"])
        self.refused(self.client.get("/staff?key=cip_x"), 400, places=["key"])

    def test_it_says_statuses_as_the_public_pages_do(self):
        for language in LANGUAGES:
            got, _ = self.page(f"/staff?lang={language}")
            block = re.search(r'id="statuses">(.*?)</script>', got.body.decode(), re.S)[1]
            with open(os.path.join(support.ROOT, "web", "words", f"{language}.json"), encoding="utf-8") as f:
                words = json.load(f)
            self.assertEqual(json.loads(block), {
                name.split(".")[1]: [text, words.get(name.replace("status.", "meaning."))]
                for name, text in words.items() if name.startswith("status.")})

    def test_each_file_comes_as_what_it_is(self):
        types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "json": "application/json"}
        for name in sorted(os.listdir(WEB)):
            got = self.client.get(f"/staff/{name}")
            with open(os.path.join(WEB, name), "rb") as f:
                self.assertEqual(got.body, f.read(), name)
            self.assertEqual((got.status, got["Content-Type"], got["Cache-Control"]),
                             (200, types[name.rsplit(".", 1)[1]], "public, no-cache"), name)
            self.assertEqual(self.client.get(f"/staff/{name}", **{"If-None-Match": got["ETag"]}).status, 304)
        for name in ("main.ts", "main", "..%2Fpage.css", "MAIN.JS"):
            self.refused(self.client.get(f"/staff/{name}"), 404)


class Texts(unittest.TestCase):
    """What the scripts ask for is there, in each language, with the same places to be filled."""

    def scripts(self):
        for name in sorted(os.listdir(WEB)):
            if name.endswith(".js"):
                with open(os.path.join(WEB, name), encoding="utf-8") as f:
                    yield name, f.read()

    def used(self):
        names = set()
        for _, script in self.scripts():
            names |= {m[1] for m in re.findall(r"\bt\((['`])([^'`]+)\1", script)}
            names |= {name for m in re.findall(r"\bt\([\w.]+(?:\([^)]*\))? \? '(\w+)' : '(\w+)'", script) for name in m}
            names |= set(re.findall(r": '(field_\w+)'", script))
        return names

    def test_no_language_lacks_a_text_or_has_one_more(self):
        english = texts("en")
        for language in LANGUAGES[1:]:
            words = texts(language)
            self.assertEqual(words.keys(), english.keys(), language)
            for name, text in words.items():
                self.assertEqual(sorted(re.findall(r"\{\w+\}", text)), sorted(re.findall(r"\{\w+\}", english[name])), (language, name))
                self.assertTrue(text.strip(), (language, name))

    def test_every_text_is_used_and_every_used_one_is_there(self):
        families = {"kind_", "reason_", "frequency_", "scope_"}
        here = {name for name in texts("en") if not name.startswith(tuple(families))}
        of_the_shell = {"starting", "without_title", "without_text", "line_queue", "line_report", "line_publish", "contract", "public_page", "title"}
        used = {name for name in self.used() if "${" not in name}
        self.assertEqual({n for n in used if not n.startswith(tuple(families))} - here, set(), "asked for and not there")
        self.assertEqual(here - used - of_the_shell, set(), "there and never asked for")
        for family, members in (("kind_", ("progress", "note", "service_status", "progress_hint", "note_hint")),
                                ("reason_", ("contradictory", "draft", "due", "overdue", "ownerless", "returned", "silent", "stale")),
                                ("frequency_", ("none", "monthly", "quarterly", "semiannual", "annual")),
                                ("scope_", ("report", "publish", "edit", "admin"))):
            self.assertEqual({n for n in texts("en") if n.startswith(family)}, {family + m for m in members})

    def test_no_script_makes_markup_or_keeps_the_key_elsewhere(self):
        for name, script in self.scripts():
            self.assertNotRegex(script, r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|eval\(|new Function", name)
            self.assertNotRegex(script, r"document\.cookie|indexedDB", name)
            if name != "keys.js":
                self.assertNotIn("localStorage", script, name)


class OwnKey(Case):
    def own(self, key):
        return self.client.ask("GET", "/keys/self", None, {}, key)

    def test_a_key_is_told_of_itself(self):
        key = self.db.key(scope="report,edit", source="parks", objective="5.2,5.1", department="parks", expires="1y")
        got = self.own(key)
        self.assertEqual((got.status, got["Cache-Control"]), (200, "no-store"), str(got))
        told = got.json
        self.assertEqual(told["id"], key.split("_")[1])
        self.assertEqual((told["holder"], told["department"], told["source"], sorted(told["scopes"]), told["objectives"]),
                         ("a test", "parks", "parks", ["edit", "report"], ["5.1", "5.2"]))
        self.assertRegex(told["expires_at"], r"^20\d\d-")
        self.assertNotIn(key.split("_", 2)[2][:43], got.body.decode())

    def test_a_key_without_bounds_says_so(self):
        told = self.own(self.db.key(scope="admin", source=None)).json
        self.assertEqual((told["source"], told["scopes"], told["objectives"], told["expires_at"]), (None, ["admin"], None, None))

    def test_nobody_else_is_told(self):
        self.refused(self.client.get("/keys/self"), 401)
        key = self.db.key()
        self.assertEqual(self.own(key).status, 200)
        support.run("key", "revoke", key.split("_")[1], url=self.db.url)
        support.wait_until(lambda: self.own(key).status == 401, "a revoked key is told nothing")
        self.refused(self.client.ask("GET", "/keys/self?plan=x", None, {}, self.key), 400, places=["plan"])


class Previews(Case):
    """A dry run that is asked for as a page shows what the public would read."""

    def preview(self, body, path="/updates?dry_run=true", key=None, method="POST", **headers):
        return self.client.ask(method, path, body, {"Accept": "text/html"} | headers, key or self.key)

    def test_it_is_the_page_that_comes_of_it(self):
        body = progress("7.1", 40, summary="Seen <before>.")
        before = self.db.checksum()
        got = self.preview(body)
        self.assertEqual((got.status, got["Content-Type"], got["Cache-Control"], got["ETag"]), (200, "text/html; charset=utf-8", "no-store", None), str(got))
        self.assertEqual(self.db.checksum(), before, "a preview wrote")
        made = self.accepted(self.client.post(body, key=self.key))
        public = self.client.get(f"/updates/{made['id']}", Accept=BROWSER).body.decode()
        self.assertEqual(article(got.body.decode()), article(public))
        self.assertIn("Seen &lt;before&gt;.", article(public))

    def test_what_only_reports_sees_it_as_if_it_were_out(self):
        reporter = self.db.key(scope="report")
        self.assertIn('<article id="update" class="update">', self.preview(note("7.2"), key=reporter).body.decode())

    def test_a_draft_is_drawn_as_it_would_be_revised(self):
        draft = self.client.post(note("7.2"), "/updates?state=draft", key=self.key)
        path = f"/updates/{draft.json['id']}?dry_run=true&lang=ko"
        got = self.preview(note("7.2", summary="Revised."), path, method="PUT", **{"If-Match": draft["ETag"]})
        self.assertEqual((got.status, got["Content-Language"]), (200, "ko"), str(got))
        self.assertIn("Revised.", article(got.body.decode()))
        self.refused(self.preview(note("7.2"), path, method="PUT", **{"If-Match": '"r9-0"'}), 412)

    def test_what_only_publishes_sees_what_it_would_let_out(self):
        publisher = self.db.key(scope="publish", source="chief")
        draft = self.client.post(progress("7.1", 40, summary="For the chief."), "/updates?state=draft", key=self.key).json
        path, before = f"/updates/{draft['id']}/publication", self.db.checksum()
        got = self.preview({}, f"{path}?dry_run=true&lang=es", publisher)
        self.assertEqual((got.status, got["Content-Language"], got["ETag"]), (200, "es", None), str(got))
        self.assertEqual(self.db.checksum(), before, "a preview wrote")
        drawn = article(self.preview(None, f"{path}?dry_run=true", publisher).body.decode())
        self.refused(self.preview({}, path, publisher), 406)
        self.accepted(self.client.ask("POST", path, {}, {}, publisher), 200)
        self.assertEqual(drawn, article(self.client.get(f"/updates/{draft['id']}", Accept=BROWSER).body.decode()))

    def test_only_a_dry_run_is_shown(self):
        self.refused(self.preview(note("7.2"), "/updates?dry_run=false"), 406)
        self.refused(self.preview({"objective": "7.2"}), 422)
        self.refused(self.preview(note("7.2"), "/updates?dry_run=true&lang=xx"), 400, places=["lang"])
        self.refused(self.preview(note("7.2"), key="none"), 401)


def article(page):
    """What the public reads of it, but for when it was published."""
    found = re.search(r'<article id="update".*?</article>', page, re.S)[0]
    return re.sub(r"<time [^>]*>.*?</time>", "<time>", found, flags=re.S)


class LeftAsDraft(Case):
    def test_a_key_that_may_publish_leaves_a_draft_when_it_says_so(self):
        made = self.client.post(progress("7.1", 40), "/updates?state=draft", key=self.key)
        draft = self.accepted(made)
        self.assertEqual((draft["state"], draft["revision"], made["Location"]),
                         ("draft", 1, f"/updates/{draft['id']}?state=draft"))
        self.assertEqual(self.client.get("/objectives/7.1").json["updates_count"], 0)
        out = self.client.post(None, f"/updates/{draft['id']}/publication", key=self.key)
        self.assertEqual(self.accepted(out, 200)["state"], "published")

    def test_an_administrator_too(self):
        admin = self.db.key(scope="admin", source=None)
        self.assertEqual(self.accepted(self.client.post(note("7.2", source="desk"), "/updates?state=draft", key=admin))["state"], "draft")

    def test_the_same_key_and_body_published_is_another_request(self):
        body = note("7.3")
        first = self.accepted(self.client.post(body, "/updates?state=draft", key=self.key, idem="left"))
        again = self.client.post(body, "/updates?state=draft", key=self.key, idem="left")
        self.assertEqual((again["Idempotent-Replayed"], again.json["id"]), ("true", first["id"]))
        self.refused(self.client.post(body, key=self.key, idem="left"), 422, "idempotency-key-reused")

    def test_nothing_else_can_be_asked_for(self):
        self.refused(self.client.post(note("7.1"), "/updates?state=published", key=self.key), 400, places=["state"])
        self.refused(self.client.post({"items": []}, "/updates/batch?state=draft", key=self.key, **{"Idempotency-Key": "b"}), 400, places=["state"])


if __name__ == "__main__":
    unittest.main()

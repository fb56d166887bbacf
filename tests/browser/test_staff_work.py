"""The page for staff as somebody meets it who never saw curl: signing in, the queue, writing, deciding."""
import re
import time
import unittest

from desk import Desk, as_json
import support

UPDATE = "return document.querySelector(argument + ' #update').innerHTML"


class SigningIn(Desk):
    def test_the_fields_are_those_that_password_managers_fill(self):
        page = self.open("/staff")
        page.call("waitForSelector", "form.signin")
        self.assertEqual(page.evaluate("""
            const form = document.querySelector('form.signin');
            return [form.method, ...[...form.querySelectorAll('input')].map((i) => `${i.type} ${i.name} ${i.autocomplete}`)];"""),
            ["post", "text username username", "password password current-password"])

    def test_a_wrong_key_is_refused_in_the_services_words_at_the_field(self):
        page = self.open("/staff")
        page.call("fill", "#signin-key", "nonsense")
        page.press("Enter")
        page.call("waitForSelector", "#signin-key[aria-invalid=true]")
        said = self.client.ask("GET", "/keys/self", None, {}, "nonsense").json["detail"]
        self.assertIn(said, page.call("textContent", "#signin-fault"))
        self.assertEqual(self.focus(page)["id"], "signin-key")
        self.assertNotIn("signin-fault", self.stored(page)["session"])

    def test_the_key_is_in_the_tab_alone(self):
        page = self.sign_in(where="#/objective/7.1")
        page.call("waitForSelector", "form.report")
        kept = self.stored(page)
        self.assertEqual(kept["session"].pop("staff.key"), self.publisher)
        secret = self.publisher.split("_", 2)[2][:43]
        self.assertNotIn(secret, as_json(kept))
        self.assertEqual((kept["local"], kept["cookie"], page.cookies()), ({}, "", []))
        self.assertNotIn(secret, as_json(page.requests()), "in an address")
        self.assertNotIn(secret, self.server.log_text())
        self.quiet(page)
        page.call("reload")
        self.settled(page)
        other = self.open("/staff")
        other.call("waitForSelector", "#signin-key")

    def test_signing_out_forgets_it(self):
        page = self.sign_in()
        self.press(page, "Sign out", "header")
        page.call("waitForSelector", "#signin-key")
        self.assertEqual(self.stored(page)["session"], {})
        page.call("reload")
        page.call("waitForSelector", "#signin-key")

    def test_signing_out_warns_of_text_that_was_not_sent(self):
        page = self.at("#/objective/7.2")
        self.write(page, summary="Not sent.")
        self.press(page, "Sign out", "header")
        self.assertEqual(self.focus(page)["text"], "Cancel")
        page.press("Enter")
        self.assertIn("unsent:new:7.2", self.stored(page)["session"])
        self.press(page, "Sign out", "header")
        self.press(page, "Sign out and lose it", "dialog")
        page.call("waitForSelector", "#signin-key")
        self.assertEqual(self.stored(page)["session"], {})


class Queue(Desk):
    def test_it_shows_what_waits_and_leads_there(self):
        draft = self.leave_draft("4.1")
        page = self.sign_in()
        page.call("click", f'#queue a[href="#/draft/{draft["id"]}"]')
        page.call("waitForSelector", "main h1:has-text('A draft')")
        self.assertEqual(self.focus(page)["tag"], "H1")
        self.assertEqual(page.evaluate("return document.querySelector('#queue [aria-current]').hash"), f"#/draft/{draft['id']}")
        statement = self.client.get("/objectives/4.1").json["statement"]
        self.assertIn(" ".join(statement.split()), page.text("main"))

    def test_a_department_narrows_it(self):
        page = self.sign_in()
        waiting = page.evaluate("return document.querySelectorAll('#queue .waiting:not(.all) li').length")
        slug = self.client.get("/departments").json["data"][0]["slug"]
        page.call("selectOption", "#queue-department", slug)
        expected = len(self.api("GET", f"/work-queue?limit=500&department={slug}").json["data"])
        page.wait("return document.querySelectorAll('#queue .waiting:not(.all) li').length === argument", "it is narrowed", expected)
        self.assertLess(expected, waiting)
        self.assertEqual(page.evaluate("return document.activeElement.id"), "queue-department")

    def test_the_queue_that_was_asked_for_last_stays(self):
        page = self.sign_in()
        count = "return document.querySelectorAll('#queue .waiting:not(.all) li').length"
        everything = page.evaluate(count)
        slug = self.client.get("/departments").json["data"][0]["slug"]
        page.hold_next("/work-queue")
        page.call("selectOption", "#queue-department", slug)
        page.call("selectOption", "#queue-department", "")
        page.wait("return document.activeElement.id === 'queue-department'", "the later one has come")
        page.release()
        page.call("waitForLoadState", "networkidle")
        self.assertEqual(page.evaluate(count), everything)

    def test_who_stands_in_the_queue_stays_there_when_it_comes_anew(self):
        page = self.sign_in()
        page.hold_next("/work-queue")
        page.evaluate("dispatchEvent(new Event('hashchange'))")
        page.wait("return !!window.release", "it is asked for anew")
        page.call("focus", "#queue .waiting:not(.all) a")
        where = page.evaluate("return document.activeElement.getAttribute('href')")
        page.release()
        self.settled(page)
        self.assertEqual(page.evaluate("return document.activeElement.getAttribute('href')"), where)

    def test_every_objective_can_be_found(self):
        page = self.sign_in()
        page.call("click", "#queue .all > summary")
        page.call("fill", "#find-objective", "GoGov")
        codes = [o["code"] for o in self.client.all("/objectives?limit=500") if "gogov" in o["statement"].lower()]
        self.assertEqual(page.evaluate("return [...document.querySelectorAll('#queue .all li .code')].map((c) => c.textContent)"), codes)

    def test_the_keyboard_walks_it_and_can_be_told_not_to(self):
        self.leave_draft("4.2")
        page = self.sign_in()
        page.press("j")
        page.call("waitForSelector", "main h1:not(:has-text('What would'))")
        first = page.evaluate("return location.hash")
        page.press("j")
        page.wait("return location.hash !== argument", "the next one", first)
        page.call("waitForSelector", "form.report")
        self.write(page, summary="jkqt?")
        self.assertEqual(page.evaluate("return [...document.querySelectorAll('textarea')].some((t) => t.value === 'jkqt?')"), True)
        page.evaluate("document.activeElement.blur()")
        page.press("?")
        page.call("waitForSelector", "dialog table")
        page.call("uncheck", "#keys-on")
        page.press("Escape")
        here = page.evaluate("return location.hash")
        page.press("j")
        time.sleep(0.3)
        self.assertEqual(page.evaluate("return location.hash"), here)
        self.assertEqual(self.stored(page)["local"], {"staff.shortcuts": "off"})


class Writing(Desk):
    def test_a_refusal_that_names_no_field_is_read_too(self):
        page = self.at("#/objective/2.3")
        self.write(page, kind="note", summary="Once too often.")
        page.evaluate("""
            const ask = window.fetch;
            const problem = JSON.stringify({status: 429, title: 'Too many requests', code: 'too-many', detail: 'come again in 7 s'});
            window.fetch = (url, how) => how?.method === 'POST' && !String(url).includes('dry_run')
              ? Promise.resolve(new Response(problem, {status: 429, headers: {'Content-Type': 'application/problem+json'}}))
              : ask(url, how);
        """)
        self.press(page, "Save draft")
        page.call("waitForSelector", ".faults:has-text('come again in 7 s')", {"state": "visible", "timeout": 5000})
        self.assertIn("faults", self.focus(page)["class"])
        self.accessible(page)

    def test_faults_stand_at_the_top_and_at_their_fields_in_the_services_words(self):
        page = self.at("#/objective/3.2")
        self.write(page, as_of="2199-01-01", status="on_track", percent_complete="150")
        self.press(page, "Publish …")
        page.call("waitForSelector", ".faults:not([hidden])")
        self.assertIn("faults", self.focus(page)["class"])
        body = {"objective": "3.2", "as_of": "2199-01-01", "kind": "progress", "status": "on_track", "percent_complete": 150, "summary": ""}
        faults = self.refused(self.client.post(body, key=self.publisher), 422)["errors"]
        self.assertGreater(len(faults), 1)
        top = page.call("textContent", ".faults")
        for fault in faults:
            name = fault["pointer"][2:]
            self.assertIn(fault["detail"], top)
            at = page.evaluate("""
                const field = document.querySelector(`[id^="-${argument}-"][aria-invalid=true]`);
                return field.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' ');""", name)
            self.assertIn(fault["detail"], at)
        page.call("click", ".faults a")
        self.assertEqual(page.evaluate("return document.activeElement.getAttribute('aria-invalid') ?? document.activeElement.closest('[aria-invalid]').getAttribute('aria-invalid')"), "true")
        self.accessible(page)
        page.shot("staff-faults")

    def test_the_service_checks_while_somebody_types(self):
        page = self.at("#/objective/3.3")
        self.write(page, status="on_track", percent_complete="150")
        page.call("waitForSelector", '[id^="-percent_complete-"][aria-invalid=true]')
        self.assertEqual(page.evaluate("return document.querySelectorAll('[aria-invalid=true]').length"), 1, "a field that nobody touched")
        self.assertTrue(page.evaluate("return document.querySelector('.faults').hidden"))
        self.write(page, percent_complete="15")
        page.wait("return !document.querySelector('[aria-invalid=true]')", "the fault goes")

    def test_a_status_says_what_the_percent_is(self):
        page = self.at("#/objective/3.3")
        for status, value in (("completed", "100"), ("not_started", "0"), ("ongoing", "")):
            self.write(page, status=status)
            self.assertEqual(page.evaluate("const p = document.querySelector('input[id^=\"-percent_complete-\"]'); return [p.value, p.disabled]"), [value, True])
        self.write(page, status="cancelled")
        page.call("waitForSelector", '[id^="-reason-"]')

    def test_unsent_text_survives_a_reload(self):
        page = self.at("#/objective/3.4")
        self.write(page, kind="note", summary="Half a sentence", details="More of it.")
        self.press(page, "Add a source")
        page.call("fill", ".pair input >> nth=0", "A page")
        page.call("reload")
        page.call("waitForSelector", "form.report")
        self.assertEqual(page.evaluate("return [...document.querySelectorAll('form.report textarea')].map((t) => t.value).slice(0, 2)"), ["Half a sentence", "More of it."])
        self.assertEqual(page.evaluate("return [document.querySelector('[name=kind]:checked').value, document.querySelector('.pair input').value]"), ["note", "A page"])
        self.assertIn("not sent yet", page.text(".state"))
        self.assertIn("Objective 3.4", page.text(".unsent"))
        self.press(page, "Throw away")
        page.wait("return document.querySelector('form.report textarea')?.value === ''", "it is thrown away")
        self.assertNotIn("unsent:new:3.4", self.stored(page)["session"])

    def test_an_expired_key_is_asked_for_in_place_and_the_text_goes_on(self):
        mine, next_one = (self.db.key(scope="report", source="desk") for _ in range(2))
        page = self.at("#/objective/3.5", mine)
        self.write(page, kind="note", summary="Written under the old key.")
        support.run("key", "revoke", mine.split("_")[1], url=self.db.url)
        support.wait_until(lambda: self.client.ask("GET", "/keys/self", None, {}, mine).status == 401, "the key is dead")
        self.press(page, "Submit for publication")
        page.call("waitForSelector", "dialog #signin-key")
        self.accessible(page)
        page.call("fill", "dialog #signin-key", next_one)
        page.press("Enter")
        self.told(page, "Submitted for publication")
        self.assertEqual([d["summary"] for d in self.drafts("3.5")], ["Written under the old key."])

    def test_a_lost_answer_doubles_nothing(self):
        page = self.at("#/objective/4.3")
        self.write(page, kind="note", summary="Sent once.")
        page.evaluate("""
            const real = window.fetch;
            let lost = 0;
            window.fetch = async (path, options) => {
              const got = await real(path, options);
              if (options.method === 'POST' && !path.includes('dry_run') && lost++ < 2) throw new TypeError('the line broke');
              return got;
            };""")
        self.publish(page)
        self.told(page, "Published")
        self.assertEqual(len(self.client.get("/objectives/4.3/updates").json["data"]), 1)

    def test_what_nobody_knows_is_sent_again_and_recorded_once(self):
        page = self.at("#/objective/4.4")
        self.write(page, kind="note", summary="Is it there?")
        page.evaluate("""
            const real = window.fetch;
            window.broken = true;
            window.fetch = async (path, options) => {
              const got = await real(path, options);
              if (window.broken && options.method === 'POST' && !path.includes('dry_run')) throw new TypeError('the line broke');
              return got;
            };""")
        self.press(page, "Save draft")
        self.told(page, "not known")
        self.assertTrue(page.evaluate("return document.querySelector('form.report > fieldset').disabled"))
        self.accessible(page)
        page.call("reload")
        self.told(page, "not known")
        self.press(page, "Send again")
        self.told(page, "The draft is saved")
        self.assertEqual(len(self.drafts("4.4")), 1)

    def test_a_double_click_publishes_once(self):
        page = self.at("#/objective/4.5")
        self.write(page, kind="note", summary="Clicked twice.")
        self.press(page, "Publish …")
        page.call("waitForSelector", "dialog .preview")
        page.call("dblclick", 'dialog button:has-text("Publish now")')
        self.told(page, "Published")
        self.assertEqual(len(self.client.get("/objectives/4.5/updates").json["data"]), 1)


class Drafts(Desk):
    def test_a_draft_is_saved_revised_and_published(self):
        page = self.at("#/objective/5.1")
        self.write(page, status="on_track", percent_complete="12.5", summary="At first.", next_steps="Go on.")
        self.press(page, "Save draft")
        self.told(page, "The draft is saved")
        [draft] = self.drafts("5.1")
        self.assertEqual((draft["summary"], float(draft["percent_complete"]), draft["next_steps"]), ("At first.", 12.5, "Go on."))
        self.assertEqual(self.client.get("/objectives/5.1").json["updates_count"], 0)
        self.write(page, summary="Then.")
        self.publish(page)
        self.told(page, "Published")
        self.assertEqual(self.client.get(f"/updates/{draft['id']}").json["summary"], "Then.")
        self.assertEqual(self.drafts("5.1"), [])
        self.assertNotIn("unsent", as_json(list(self.stored(page)["session"])))

    def test_who_may_not_publish_submits(self):
        page = self.at("#/objective/5.2", self.reporter)
        self.write(page, kind="note", summary="For somebody else to publish.")
        self.assertNotIn("Publish", page.text("form.report"))
        self.press(page, "Submit for publication")
        self.told(page, "Submitted for publication")
        self.assertEqual([d["state"] for d in self.drafts("5.2")], ["draft"])

    def test_two_who_revise_see_both_versions(self):
        draft = self.leave_draft("5.3")
        page = self.at(f"#/draft/{draft['id']}")
        self.write(page, summary="Mine.")
        other = support.note("5.3", as_of="2026-10-15", summary="Theirs.")
        tag = self.api("GET", f"/updates/{draft['id']}?state=draft")["ETag"]
        self.api("PUT", f"/updates/{draft['id']}", other, **{"If-Match": tag})
        self.press(page, "Save draft")
        page.call("waitForSelector", ".versions")
        self.assertIn("Mine. Theirs.", page.text(".versions"))
        self.accessible(page)
        self.press(page, "Keep mine")
        self.press(page, "Save draft")
        self.told(page, "The draft is saved")
        self.assertEqual(self.drafts("5.3")[0]["summary"], "Mine.")

    def test_a_draft_comes_back_with_a_comment_that_its_writer_finds(self):
        draft = self.leave_draft("5.4", key=self.reporter)
        page = self.at(f"#/draft/{draft['id']}")
        self.press(page, "Return with a comment")
        self.press(page, "Return it", "dialog")
        page.call("waitForSelector", "#asked[aria-invalid=true]")
        page.call("fill", "#asked", "Which park?")
        self.press(page, "Return it", "dialog")
        self.told(page, "went back")
        writer = self.at(f"#/draft/{draft['id']}", self.reporter)
        self.assertIn("Which park?", writer.text("main .notice"))
        self.assertIn("Which park?", writer.text("#queue"))
        self.write(writer, summary="Liberty Park.")
        self.press(writer, "Submit for publication")
        self.told(writer, "Submitted")
        self.assertEqual([(d["state"], d["summary"]) for d in self.drafts("5.4")], [("draft", "Liberty Park.")])

    def test_a_draft_is_discarded_after_a_question(self):
        draft = self.leave_draft("5.5")
        page = self.at(f"#/draft/{draft['id']}")
        self.press(page, "Discard …")
        page.press("Escape")
        self.assertEqual(len(self.drafts("5.5")), 1)
        self.press(page, "Discard …")
        self.press(page, "Discard it", "dialog")
        self.told(page, "discarded")
        self.assertEqual(self.drafts("5.5"), [])

    def test_who_only_publishes_reads_and_decides(self):
        draft = self.leave_draft("5.6")
        page = self.at(f"#/draft/{draft['id']}", self.db.key(scope="publish", source="chief"))
        self.assertTrue(page.evaluate("return document.querySelector('form.report > fieldset').disabled"))
        self.press(page, "Publish …", ".decisions")
        page.call("waitForSelector", "dialog .preview #update")
        self.accessible(page, "dialog")
        drawn = page.evaluate(UPDATE, "dialog")
        self.press(page, "Publish now", "dialog")
        self.told(page, "Published")
        public = self.open(f"/updates/{draft['id']}?lang=en").evaluate(UPDATE, "main")
        self.assertEqual(timeless(drawn), timeless(public))

    def test_nothing_is_published_that_nobody_looked_at(self):
        draft = self.leave_draft("5.6")
        page = self.at(f"#/draft/{draft['id']}", self.db.key(scope="publish", source="chief"))
        self.press(page, "Publish …", ".decisions")
        page.call("waitForSelector", "dialog .preview #update")
        tag = self.api("GET", f"/updates/{draft['id']}?state=draft")["ETag"]
        self.api("PUT", f"/updates/{draft['id']}", support.note("5.6", as_of="2026-10-15", summary="Another."), **{"If-Match": tag})
        self.press(page, "Publish now", "dialog")
        page.wait("return document.querySelector('main > .card')?.textContent.includes('revision 2')", "it is refused")
        self.assertEqual([d["summary"] for d in self.drafts("5.6")], ["Another."])
        self.press(page, "Try again")
        page.wait("return document.querySelector('form.report textarea')?.value === 'Another.'", "what is there now is shown")

    def test_what_cannot_be_published_is_not_shown(self):
        draft = self.leave_draft("5.2")
        page = self.at(f"#/draft/{draft['id']}", self.db.key(scope="publish", source="chief"))
        self.api("POST", f"/updates/{draft['id']}/discard")
        self.press(page, "Publish …", ".decisions")
        page.call("waitForSelector", "main > .card")
        self.assertEqual(page.evaluate("return document.querySelectorAll('dialog[open]').length"), 0)


class Published(Desk):
    def test_a_correction_begins_with_what_was_said(self):
        out = self.accepted(self.client.post(support.progress("6.1", 20, as_of="2026-09-30", summary="A fifth."), key=self.publisher))
        page = self.at("#/objective/6.1")
        page.call("click", f'a[href="#/objective/6.1/correct/{out["id"]}"]')
        page.call("waitForSelector", "main h1:has-text('Correct')")
        self.write(page, percent_complete="25", summary="A quarter.")
        self.press(page, "Publish …")
        page.call("waitForSelector", '[id^="-reason-"][aria-invalid=true]')
        self.write(page, reason="It was read from the wrong line.")
        self.publish(page)
        self.told(page, "Published")
        newest = self.client.get("/objectives/6.1/updates").json["data"][0]
        self.assertEqual((newest["supersedes"], newest["summary"], newest["as_of"]), (out["id"], "A quarter.", "2026-09-30"))
        self.assertIn("Corrects an earlier update", page.text(".beside"))

    def test_a_retraction_states_its_reason(self):
        out = self.accepted(self.client.post(support.note("6.2", as_of="2026-09-30"), key=self.publisher))
        page = self.at("#/objective/6.2")
        self.press(page, "Retract", ".beside")
        self.press(page, "Retract it", "dialog")
        page.call("waitForSelector", "#asked[aria-invalid=true]")
        self.accessible(page)
        page.call("fill", "#asked", "It was about another objective.")
        self.press(page, "Retract it", "dialog")
        self.told(page, "retracted")
        self.assertEqual(self.client.get(f"/updates/{out['id']}").json["retraction"]["reason"], "It was about another objective.")
        self.assertIn("It was about another objective.", page.text(".beside"))

    def test_the_preview_is_what_the_public_page_shows(self):
        page = self.at("#/objective/6.3")
        self.write(page, status="at_risk", percent_complete="33.3", summary="Is it <b>so</b>?", details="Line one.\nLine two.", next_steps="Ask.")
        self.press(page, "Preview")
        page.call("waitForSelector", "dialog .preview #update")
        page.shot("staff-preview")
        self.accessible(page, "dialog")
        drawn = page.evaluate(UPDATE, "dialog")
        page.press("Escape")
        self.publish(page)
        self.told(page, "Published")
        made = self.client.get("/objectives/6.3/updates").json["data"][0]
        public = self.open(f"/updates/{made['id']}?lang=en").evaluate(UPDATE, "main")
        self.assertEqual(timeless(drawn), timeless(public))


def timeless(markup):
    """Without when it was published, and what only the preview's links have."""
    return re.sub(r"<time [^>]*>.*?</time>", "<time>", markup.replace(' target="_blank"', ""), flags=re.S)


if __name__ == "__main__":
    unittest.main()

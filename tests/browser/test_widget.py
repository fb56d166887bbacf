"""<cerritos-progress> and the embedded pages on somebody else's page, in a real Chromium: strict policies, languages,
colours, narrow columns, outages, hidden tabs, no script.
"""
import contextlib
import html
import http.server
import json
import os
import re
import threading
import time
import unittest

from browser import DRAWN, LANGUAGES, PAINTED, Case, file_name, support
from support import progress

EVERY = 5  # seconds: the shortest interval that the widget takes
THINGS = ("", 'goal="1"', 'goal="7"', 'goal="8"', 'objective="1.3"', 'objective="7.1"', 'objective="8.1"')
SAID = "return [...document.querySelectorAll('cerritos-progress')].map((e) => e.shadowRoot.querySelector(argument)?.textContent)"


def words(lang):
    with open(os.path.join(support.ROOT, "web", "words", f"{lang}.json"), encoding="utf-8") as file:
        return json.load(file)


def pattern(text):
    """A phrase with anything where its placeholders are."""
    return re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))


class Gate:
    """Stands before the service on a port of its own: it counts, waits until it is open, and says 503 when it is shut."""

    def __init__(self, port):
        gate = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                gate.asked.append(self.path)
                gate.times.append(time.monotonic())
                if "widget" not in self.path:
                    gate.open.wait(60)
                client = support.Client(port)
                got = client.ask("GET", self.path, None, {"If-None-Match": self.headers.get("If-None-Match") or '"none"'})
                client.close()
                status, body = (503, b"{}") if gate.shut and "widget" not in self.path else (got.status, got.body)
                self.send_response(status)
                for name in ("Content-Type", "ETag", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers",
                             "Cache-Control"):
                    if got[name]:
                        self.send_header(name, got[name])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.asked, self.times, self.shut, self.open = [], [], False, threading.Event()
        self.open.set()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def documents(self):
        return [path for path in self.asked if "widget" not in path]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Hosted(Case):
    def gate(self):
        gate = Gate(self.server.port)
        self.addCleanup(gate.stop)
        return gate

    def element(self, attributes="", inside='<a href="https://city.example/plan">The plan</a>'):
        return f"<cerritos-progress {attributes}>{inside}</cerritos-progress>"

    def inside(self, thing, lang="en"):
        """As the lines of /embed have it."""
        if not thing:
            return '<a href="/"><span lang="en">Cerritos in Progress</span></a>'
        kind, name = re.match(r'(\w+)="(.+)"', thing).groups()
        statement = self.client.get(f"/{kind}s/{name}").json["statement"]
        return f'<a href="/"><b>{words(lang)[f"glance.{kind}"].format(name=name)}</b> {html.escape(statement)}</a>'

    def page(self, *elements, lang="en", head="", base=None, script='blocking="render"'):
        """Something stands below each, to be moved where it could be."""
        body = "".join(f"{e}<p>Below.</p>" for e in elements)
        return (f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>City news</title>'
                f'<meta name="viewport" content="width=device-width">{head}'
                f'<script type="module" src="{base or self.base}/widget.js" {script}></script></head>'
                f"<body><h1>City news</h1>{body}</body></html>")

    def shown(self, *elements, policy=None, drawn=True, base=None, lang="en", head="", **how):
        html_ = self.page(*elements, lang=lang, head=head, base=base)
        page = self.open(self.host(html_, policy), **how)
        if drawn:
            page.wait(DRAWN, "the widgets are drawn")
        return page

    def said(self, page, part):
        """What that part of each widget says."""
        return page.evaluate(SAID, f"[part={part}]")


class Strict(Hosted):
    """Under the strictest policies that it is made for."""

    def policy(self, *more):
        return "; ".join(("default-src 'none'", f"script-src {self.base}", f"connect-src {self.base}", *more))

    def test_it_needs_script_and_connect_alone(self):
        page = self.shown(*map(self.element, THINGS), policy=self.policy())
        self.assertEqual(page.errors(), [])
        self.assertEqual({r["url"].split("?")[0].rpartition("/")[0] for r in page.requests()} -
                         {self.base, f"{self.base}/objectives"}, {page.evaluate("return location.origin")})
        self.assertEqual(page.evaluate("return document.querySelector('cerritos-progress').shadowRoot"
                                       ".adoptedStyleSheets.length"), 1)
        self.assertEqual(page.cookies(), [])

    def test_it_needs_no_trusted_types(self):
        page = self.shown(*map(self.element, THINGS),
                          policy=self.policy("require-trusted-types-for 'script'", "trusted-types 'none'"))
        self.assertEqual(page.errors(), [])

    def test_an_edition_is_run_with_its_integrity_alone(self):
        lines = html.unescape(self.client.get("/embed").body.decode())
        edition, integrity = re.search(r'(/widget-[0-9a-f]{16}\.js)"\s+integrity="([^"]+)"', lines).groups()
        for hashed, runs in ((integrity, True), ("sha384-" + "A" * 64, False)):
            script = f'<script type="module" src="{self.base}{edition}" integrity="{hashed}" crossorigin></script>'
            body = f'<!doctype html><html lang="en"><title>News</title>{script}{self.element("goal=7")}'
            page = self.open(self.host(body, self.policy()))
            page.wait("return document.readyState === 'complete'", "all is loaded")
            self.assertEqual(page.evaluate("return !!customElements.get('cerritos-progress')"), runs)
            if runs:
                page.wait(DRAWN, "the widget is drawn")
            else:
                self.assertIn("The plan", page.text())

    def test_both_scripts_on_one_page_are_one(self):
        edition = re.search(r"/widget-[0-9a-f]{16}\.js", self.client.get("/embed").body.decode())[0]
        page = self.shown(self.element("goal=7"), head=f'<script type="module" src="{self.base}{edition}"></script>')
        self.assertEqual(page.errors(), [])

    def test_a_policy_without_the_service_leaves_what_stands_inside(self):
        page = self.shown(self.element("goal=7"), policy="default-src 'none'", drawn=False)
        page.wait("return document.readyState === 'complete'", "all is loaded")
        self.assertIn("The plan", page.text())


class Frames(Hosted):
    """Where scripts are stripped, or a policy allows nothing but frames."""

    def test_a_listed_host_shows_the_page_and_another_does_not(self):
        for listed in (True, False):
            holder = {}
            url = self.host_later(holder)
            server = support.Server(self.db.url, **self.settings | {"PROGRESS_EMBED_HOSTS": url if listed else ""})
            self.addCleanup(server.kill)
            base = f"http://127.0.0.1:{server.port}"
            holder["html"] = (f'<!doctype html><html lang="en"><title>News</title><h1>News</h1>'
                              f'<iframe src="{base}/embed/goal/1" title="Goal 1" width="600" height="260"></iframe>')
            holder["policy"] = f"default-src 'none'; frame-src {base}"
            page = self.open(url)
            page.wait("return document.readyState === 'complete'", "all is loaded")
            if listed:
                self.assertEqual(page.errors(), [])
                self.accessible(page)
                page.shot("widget-frame")
            else:
                self.assertTrue(any("frame-ancestors" in str(e) for e in page.errors()), page.errors())

    def host_later(self, holder):
        """A site whose page is said only once its address is known."""
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = holder["html"].encode() if self.path == "/" else b""
                self.send_response(200 if body else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", holder["policy"])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"


class Appearance(Hosted):
    def test_it_is_accessible_in_every_colour_and_width(self):
        dark = "<style>:root { color-scheme: dark; background: #111; color: #eee }</style>"
        for name, how in (("light", {}), ("dark", {"scheme": "dark", "head": dark}), ("forced", {"forced": True}),
                          ("forced-dark", {"forced": True, "scheme": "dark"}), ("320", {"width": 320}),
                          ("zoom", {"zoom": 2})):
            page = self.shown(*(self.element(thing, self.inside(thing)) for thing in THINGS), **how)
            self.accessible(page)
            self.fits(page)
            self.still(page)
            self.assertEqual(page.errors(), [], name)
            page.shot(file_name("widget", name))
        self.by_keyboard(page)

    def test_its_host_chooses_colour_font_and_parts(self):
        style = ("<style>body { font: 20px/1 monospace; color: rgb(1, 2, 3) } cerritos-progress { --cerritos-bar: rgb(4, 5, 6) }"
                 "cerritos-progress::part(percent) { color: rgb(7, 8, 9) }"
                 "cerritos-progress::part(at_risk) { font-style: italic }</style>")
        page = self.shown(self.element('objective="1.3"'), head=style)
        look = page.evaluate("""
            const root = document.querySelector('cerritos-progress').shadowRoot;
            const style = (part) => getComputedStyle(root.querySelector(`[part~=${part}]`));
            return [style('latest').color, style('latest').fontSize, style('bar').fill, style('percent').color,
                    style('at_risk').fontStyle, getComputedStyle(root.querySelector('rect')).fill];
        """)
        self.assertEqual(look, ["rgb(1, 2, 3)", "20px", "rgb(4, 5, 6)", "rgb(7, 8, 9)", "italic", "rgb(4, 5, 6)"])

    def test_it_stands_in_a_row_and_can_be_hidden(self):
        page = self.shown(f'<div style="display: flex">{self.element("goal=7")}{self.element("goal=1 id=other")}</div>')
        widths = page.evaluate("return [...document.querySelectorAll('cerritos-progress')].map((e) => e.offsetWidth)")
        self.assertTrue(all(width >= 16 * 16 for width in widths), widths)
        page.evaluate("document.querySelector('#other').hidden = true")
        self.assertEqual(page.evaluate("return document.querySelector('#other').offsetHeight"), 0)


class Layout(Hosted):
    """Nothing below may move when something comes."""

    def test_a_slow_answer_moves_nothing_in_any_language(self):
        gate = self.gate()
        for lang in LANGUAGES:
            for width in (320, 1280):
                elements = [self.element(thing, self.inside(thing, lang)) for thing in THINGS]
                gate.open.clear()
                page = self.shown(*elements, base=gate.base, lang=lang, width=width, drawn=False)
                self.assertIn(words(lang)["glance.goal"].format(name="7"), page.text(), "what stands inside is seen meanwhile")
                page.evaluate(PAINTED)
                gate.open.set()
                page.wait(DRAWN, "the widgets are drawn")
                page.evaluate(PAINTED)
                self.still(page)
                page.close()

    def test_a_slow_script_moves_nothing_where_the_style_of_the_lines_is(self):
        lines = html.unescape(self.client.get("/embed").body.decode())
        style = re.search(r"<code>(cerritos-progress \{.*?)</code>", lines, re.S)[1]
        late = ("<script type='module'>setTimeout(() => import('{}/widget.js'), 1000)</script>").format(self.base)
        for width in (320, 1280):
            body = (f'<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>News</title>'
                    f"<style>{style}</style>{late}<h1>News</h1>{self.element('goal=7', self.inside(THINGS[2]))}<p>Below.")
            page = self.open(self.host(body), width=width)
            page.wait(DRAWN, "the widget is drawn")
            self.still(page)


class Languages(Hosted):
    def test_it_speaks_the_language_of_its_page_and_follows_it(self):
        page = self.shown(self.element("goal=1"), self.element('objective="1.3"'), lang="en-US")
        for tag, lang in (("ko", "ko"), ("fil", "tl"), ("zh-TW", "zh-Hant"), ("zh-CN", "zh-Hans"), ("zh-Hant-HK", "zh-Hant"),
                          ("es-MX", "es"), ("de", "en"), ("ko-KR", "ko"), ("", "en")):
            page.evaluate("document.documentElement.lang = argument", tag)
            known = words(lang)
            page.wait("return document.querySelector('cerritos-progress').shadowRoot"
                      ".querySelector('[part=label]').textContent === argument", f"{tag} is spoken",
                      known["glance.goal"].format(name="1"))
            self.assertIn(known["status.at_risk"], self.said(page, "statuses")[1])
            self.assertRegex(self.said(page, "percent")[0], f"^{pattern(known['glance.reported'])}$")
            self.assertEqual(page.evaluate("return document.querySelector('cerritos-progress').shadowRoot"
                                           ".querySelector('[part=statement]').lang"), "en")
        self.assertEqual(page.errors(), [])

    def test_its_own_lang_comes_first(self):
        page = self.shown(self.element('goal="1" lang="es"'), f'<div lang="tl">{self.element("goal=1")}</div>', lang="ko")
        self.assertEqual(self.said(page, "label"), ["Meta 1", "Mithiin 1"])
        page.evaluate("document.querySelector('cerritos-progress').lang = 'zh-Hans'")
        page.wait("return document.querySelector('cerritos-progress').shadowRoot.querySelector('[part=label]')"
                  ".textContent === '目标1'", "it follows")

    def test_numbers_and_dates_are_those_of_the_pages(self):
        for lang in LANGUAGES:
            page = self.shown(self.element("goal=1"), lang=lang)
            fragment = self.client.get(f"/fragments/goal/1?lang={lang}").body.decode()
            text = html.unescape(re.sub(r"<[^>]+>", "", fragment)).replace("\xa0", " ")
            for part in ("percent", "latest"):
                self.assertIn(self.said(page, part)[0].replace("\xa0", " "), text)
            page.close()

    def test_each_language_is_shown(self):
        for lang in LANGUAGES:
            page = self.shown(*map(self.element, THINGS), lang=lang, width=320)
            self.accessible(page)
            self.fits(page)
            page.shot(file_name("widget", lang))
            page.close()


class Outages(Hosted):
    def throws_nothing(self, page):
        """The browser itself tells of requests that came to nothing; the element adds nothing to that."""
        told = ("failed: ", "error: Failed to load resource")
        self.assertEqual([e for e in page.errors() if not e.startswith(told)], [])

    def test_the_last_good_copy_stays_and_says_of_when_it_is(self):
        page = self.shown(self.element(f"goal=7 interval={EVERY}"), self.element(f'objective="7.1" interval={EVERY}'))
        self.assertRegex(self.said(page, "as-of")[0], "^As of ")
        before = [self.said(page, part) for part in ("head", "percent", "statuses", "latest")]
        with self.service_down():
            page.wait("return [...document.querySelectorAll('cerritos-progress')].every((e) => e.shadowRoot"
                      ".querySelector('[part=as-of]').textContent.startsWith('Showing the state of '))",
                      "it says of when it is", seconds=4 * EVERY)
            self.assertEqual([self.said(page, part) for part in ("head", "percent", "statuses", "latest")], before)
            self.assertTrue(self.said(page, "as-of")[0].endswith("the connection is being retried."))
            self.still(page)
            page.shot("widget-outage")
        page.wait("return document.querySelector('cerritos-progress').shadowRoot"
                  ".querySelector('[part=as-of]').textContent.startsWith('As of ')", "it is confirmed again", seconds=8 * EVERY)
        self.throws_nothing(page)

    def test_without_an_answer_what_stands_inside_stays(self):
        gate = self.gate()
        gate.shut = True
        page = self.shown(self.element("goal=7"), base=gate.base, drawn=False)
        support.wait_until(gate.documents, "it has asked")
        self.assertIn("The plan", page.text())
        self.throws_nothing(page)

    def test_it_asks_less_often_while_nothing_comes(self):
        gate = self.gate()
        self.shown(self.element(f"goal=7 interval={EVERY}"), base=gate.base)
        gate.shut = True
        begun = len(gate.documents())
        support.wait_until(lambda: len(gate.documents()) > begun, "it has asked in vain", 2 * EVERY)
        failed = time.monotonic()
        support.wait_until(lambda: len(gate.documents()) > begun + 1, "it has asked again", 4 * EVERY)
        self.assertGreater(time.monotonic() - failed, 1.5 * EVERY)

    def test_what_is_not_there_leaves_what_stands_inside(self):
        page = self.shown(self.element("goal=99"), self.element('objective="99.9"'), self.element('goal="x"'),
                          self.element('service="https://[" goal=7'), self.element('interval="x" plan="none"'), drawn=False)
        page.wait("return document.readyState === 'complete'", "all is loaded")
        support.wait_until(lambda: len(page.requests()) >= 5, "all have asked")
        self.assertEqual(page.text().count("The plan"), 5)
        self.throws_nothing(page)

    def test_garbage_changes_nothing(self):
        page = self.shown(self.element(f"goal=7 interval={EVERY}"))
        before = self.said(page, "percent")
        for garbage in ("[]", "null", "not JSON", '{"goals":[{"number":7}]}', '{"goals":"x","progress":null}'):
            page.evaluate("""
                window.real ||= fetch;
                window.fetch = async () => { window.eaten = argument; return new Response(argument, {status: 200}); };
                document.dispatchEvent(new Event('visibilitychange'));
            """, garbage)
            page.wait("return window.eaten === argument", "it was given", garbage, seconds=3 * EVERY)
            time.sleep(0.2)
            self.assertEqual(self.said(page, "percent"), before, garbage)
        self.assertEqual(page.errors(), [])


class Following(Hosted):
    def test_an_update_shows_within_the_interval(self):
        page = self.shown(self.element(f"goal=4 interval={EVERY}"), self.element(f'objective="4.1" interval={EVERY}'))
        self.assertEqual(self.said(page, "percent")[1], "No percent has been reported yet")
        self.accepted(self.client.post(progress("4.1", 35, "on_track", "2026-10-31"), key=self.key))
        posted = time.monotonic()
        page.wait("return [...document.querySelectorAll('cerritos-progress')].every((e) => e.shadowRoot"
                  ".querySelector('[part=percent]').textContent.includes('%'))", "it is shown", seconds=4 * EVERY)
        self.assertLess(time.monotonic() - posted, EVERY + 4)
        self.assertEqual(self.said(page, "percent")[1], "35% complete")
        support.say(f"an update was shown after {time.monotonic() - posted:.1f} s of {EVERY}")

    def test_one_page_asks_once_for_all_its_goals_and_with_what_it_knows(self):
        gate = self.gate()
        page = self.shown(*(self.element(f"goal={n} interval={EVERY}") for n in range(1, 9)), base=gate.base)
        self.assertEqual(gate.documents(), ["/summary"])
        support.wait_until(lambda: len(gate.documents()) > 1, "it asks again", 2 * EVERY)
        time.sleep(1)
        self.assertEqual(gate.documents(), ["/summary"] * 2)
        self.assertEqual({r.get("method", "GET") for r in page.requests()}, {"GET"})

    def test_the_interval_has_a_least(self):
        gate = self.gate()
        self.shown(self.element('goal=7 interval="0.01"'), self.element('goal=1 interval="-3"'), base=gate.base)
        support.wait_until(lambda: len(gate.documents()) > 1, "it asks again", 4 * EVERY)
        first, second = [time_ for path, time_ in zip(gate.asked, gate.times) if "widget" not in path][:2]
        self.assertGreater(second - first, EVERY * 0.8)

    def test_a_hidden_tab_does_not_ask(self):
        gate = self.gate()
        page = self.shown(self.element(f"goal=7 interval={EVERY}"), base=gate.base)
        hide = ("Object.defineProperty(document, 'hidden', {configurable: true, get: () => argument});"
                "document.dispatchEvent(new Event('visibilitychange'))")
        page.evaluate(hide, True)
        asked = len(gate.documents())
        time.sleep(EVERY * 1.6)
        self.assertEqual(len(gate.documents()), asked)
        page.evaluate(hide, False)
        support.wait_until(lambda: len(gate.documents()) > asked, "it asks at once when it is seen again", EVERY * 0.8)

    def test_one_that_is_gone_does_not_ask(self):
        gate = self.gate()
        page = self.shown(self.element(f"goal=7 interval={EVERY}"), base=gate.base)
        page.evaluate("document.querySelector('cerritos-progress').remove()")
        asked = len(gate.documents())
        time.sleep(EVERY * 1.4)
        self.assertEqual(len(gate.documents()), asked)

    def test_attributes_may_change(self):
        page = self.shown(self.element("goal=7"))
        page.evaluate("document.querySelector('cerritos-progress').setAttribute('goal', '1')")
        self.assertEqual(self.said(page, "label"), ["Goal 1"])
        page.evaluate("document.querySelector('cerritos-progress').setAttribute('objective', '1.3')")
        page.wait("return document.querySelector('cerritos-progress').shadowRoot"
                  ".querySelector('[part=label]').textContent === 'Objective 1.3'", "it follows")

    def test_its_links_lead_to_the_service(self):
        page = self.shown(*map(self.element, ("", 'goal="7"', 'objective="7.1"')))
        self.assertEqual(page.evaluate("return [...document.querySelectorAll('cerritos-progress')].map((e) => "
                                       "e.shadowRoot.querySelector('a').href)"),
                         [f"{self.base}/", f"{self.base}/goals/7", f"{self.base}/objectives/7.1"])


class WithoutScript(Hosted):
    def test_what_stands_inside_is_shown(self):
        page = self.open("/", base=self.host(self.page(self.element("goal=7"))), js=False)
        self.assertIn("The plan", page.text())

    def test_the_live_one_of_the_lines_is_drawn(self):
        page = self.open("/embed")
        page.wait(DRAWN, "it is drawn")
        self.still(page)
        self.quiet(page)


if __name__ == "__main__":
    unittest.main()

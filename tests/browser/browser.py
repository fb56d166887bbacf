"""Pages in a real Chromium, as tests meet them: Debian's, driven by playwright-core (driver.js), judged by axe-core.

A test file begins with `from browser import Case`: one plan of which something is told, a service, and
    page = self.open("/goals/7", lang="ko", scheme="dark", width=320)
whose methods are below. What Playwright's own page can do, page.call("keyboard.press", "Tab") does.
"""
import atexit
import contextlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import unittest
from urllib.parse import urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), name) for name in ("e2e", "support")]

import installed
import support
from telling import tell

SHOTS = os.path.join(installed.BUILD, "screenshots")
ANSWER = 120  # seconds for one call of the driver, axe on the longest page included
CHROMIUM = "chromium"
LANGUAGES = ("en", "ko", "zh-Hans", "zh-Hant", "tl", "es")


# ---- Chromium ----

class Driver:
    """The process of driver.js, and a Chromium below it."""

    def __init__(self, folder, program):
        self.process = subprocess.Popen(
            ["node", os.path.join(HERE, "driver.js"), folder, program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.version = self._hear()["value"]

    def _hear(self):
        late = threading.Timer(ANSWER, self.process.kill)
        late.start()
        line = self.process.stdout.readline()
        late.cancel()
        if not line:
            raise AssertionError(f"the driver has ended, or said nothing for {ANSWER} s")
        return json.loads(line)

    def call(self, on, name, *arguments):
        sent = {"on": on, "call": name, "with": [_sent(a) for a in arguments]}
        self.process.stdin.write(json.dumps(sent) + "\n")
        self.process.stdin.flush()
        got = self._hear()
        if "error" in got:
            raise AssertionError(f"{name}: {got['error']}")
        return Thing(self, got["handle"]) if "handle" in got else got["value"]

    def stop(self):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            self.process.stdin.close()
            self.process.wait(10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Thing:
    """Something of Playwright's that stays with the driver: a page, a session."""

    def __init__(self, driver, handle):
        self.driver, self.handle = driver, handle

    def call(self, name, *arguments):
        return self.driver.call(self.handle, name, *arguments)


def _sent(value):
    return {"handle": value.handle} if isinstance(value, Thing) else value


_drivers = []


def chromium():
    """The one of this test file; another where that has ended."""
    if _drivers and _drivers[-1].process.poll() is None:
        return _drivers[-1]
    if not shutil.which(CHROMIUM):
        raise unittest.SkipTest("chromium is not installed")
    driver = Driver(installed.Installer(HERE).npm_folder(), shutil.which(CHROMIUM))
    atexit.register(driver.stop)
    _drivers.append(driver)
    support.say(f"Chromium {driver.version}; screenshots go to {SHOTS}")
    return driver


# ---- a page ----

# Every element that the keyboard must reach; inside of shadow roots too.
REACHED = """
const REACHED = 'a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex="0"]';
const inside = (root) => [...root.querySelectorAll('*')].flatMap((e) =>
  [...(e.matches(REACHED) && !e.disabled && e.checkVisibility({ visibilityProperty: true }) ? [e] : []),
   ...(e.shadowRoot ? inside(e.shadowRoot) : [])]);
const focused = () => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at;
};
const named = (e) => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' "' +
  (e.getAttribute('aria-label') || e.textContent || e.name || '').trim().slice(0, 40) + '"';
"""

# Of a radio group one is in the order of Tab, and what is scrolled sideways is there too without being named above.
WALK_BEGINS = REACHED + """
window.walk = { left: new Set(inside(document).filter((e) => e.type !== 'radio')), faults: [], first: null, steps: 0 };
return window.walk.left.size;
"""

# One step: is what has the focus seen to have it, and seen at all?
WALK_STEPS = REACHED + """
const at = focused();
if (!at || at === document.body || at === window.walk.first) return false;
window.walk.first ||= at;
window.walk.left.delete(at);
// Within a frame, or on a button that the browser itself puts into a field and rings: the calendar of a date.
if (at.tagName === 'IFRAME' || !at.matches(':focus')) return true;
const box = [...at.getClientRects()].find((r) => r.width > 0 && r.height > 0);
const style = getComputedStyle(at);
const shown = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
if (!shown) window.walk.faults.push('no focus is seen: ' + named(at));
if (!box) window.walk.faults.push('focus on what has no size: ' + named(at));
else {
  const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1);
  let top = document.elementFromPoint(x, y);
  while (top && top.shadowRoot) {
    const deeper = top.shadowRoot.elementFromPoint(x, y);
    if (!deeper || deeper === top) break;
    top = deeper;
  }
  if (!top || !(at.contains(top) || top.contains(at)))
    window.walk.faults.push('focus is hidden: ' + named(at) + ' under ' + (top ? named(top) : 'nothing'));
}
return true;
"""

WALK_ENDS = REACHED + "return window.walk.faults.concat([...window.walk.left].map((e) => 'never reached: ' + named(e)));"

# The page, and what sticks out of it where it does: what scrolls by itself may.
SIDEWAYS = """
const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
if (over <= 0) return null;
const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
return over + ' px too wide: ' + wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(' | ');
"""

# The widgets of a page, which ask for what they show after it is there.
DRAWN = """
return [...document.querySelectorAll('cerritos-progress')].every((e) => e.shadowRoot?.querySelector('[part=percent]'));
"""

# What has changed so far has been painted.
PAINTED = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

# What was there and has moved. A blank at the end of a line that has not all come yet counts for Chromium, and is not seen.
MOVED = """
return new Promise((done) => {
  const rect = (r) => [r.x, r.y, r.width, r.height].map(Math.round).join(' ');
  const named = (node) => (node?.outerHTML ?? node?.data ?? 'what is gone').slice(0, 100);
  const isBlank = ({ node }) => node?.nodeType === Node.TEXT_NODE && !node.data.trim();
  const all = [];
  new PerformanceObserver((list) => {
    for (const { sources, value } of list.getEntries())
      if (!sources.length || !sources.every(isBlank))
        all.push(`${value}: ` + sources.map((s) => `${named(s.node)} ${rect(s.previousRect)} -> ${rect(s.currentRect)}`).join(', '));
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => done(all), 100);
});
"""

# What the page asks for later, to stay fresh, is none of its load.
SENT = """
const [page] = performance.getEntriesByType('navigation');
const all = [page, ...performance.getEntriesByType('resource').filter((e) => e.startTime < page.loadEventStart)];
return { requests: all.length, bytes: all.reduce((sum, e) => sum + e.transferSize, 0) };
"""


class Page(Thing):
    """A page in a context of its own; base is the origin that it is of.

    Without js a page's scripts do not run while it loads. They could afterwards: what judges a page is a script too.
    """

    def __init__(self, thing, base, js=True):
        super().__init__(thing.driver, thing.handle)
        self.base = base
        self.switch = None if js else self.session()

    @contextlib.contextmanager
    def scripts_off(self):
        if self.switch:
            self.switch.call("send", "Emulation.setScriptExecutionDisabled", {"value": True})
        yield
        if self.switch:
            self.switch.call("send", "Emulation.setScriptExecutionDisabled", {"value": False})

    def goto(self, path, **options):
        """An absolute URL, or a path of the service."""
        with self.scripts_off():
            self.call("goto", path if "://" in path else self.base + path, options)
        return self

    def follow(self, selector):
        """A click that leads to another page."""
        with self.scripts_off():
            self.call("click", selector)
            self.call("waitForLoadState", "load")

    def evaluate(self, body, argument=None):
        """What the body of a JavaScript function returns; it knows `argument`."""
        return self.call("evaluate", f"(async (argument) => {{{body}}})({json.dumps(argument)})")

    def wait(self, body, what, argument=None, seconds=60):
        """Until the body of that function returns something true, on this page or on one that it leads to."""
        def is_true():
            try:
                return self.evaluate(body, argument)
            except AssertionError as error:
                if "context was destroyed" not in str(error):
                    raise
                return False

        support.wait_until(is_true, what, seconds)

    def text(self, selector="body"):
        """The words that are seen."""
        return " ".join(self.call("innerText", selector).split())

    def press(self, *keys):
        for key in keys:
            self.call("keyboard.press", key)

    def axe(self, within=None):
        """What is against WCAG 2.0 to 2.2, A and AA: a line for each fault."""
        return self.driver.call(None, "axe", self, within)

    def sideways(self):
        """Why the page scrolls sideways, or None."""
        return self.evaluate(SIDEWAYS)

    def moved(self):
        """What was there and has moved since: a line for each layout shift."""
        return self.evaluate(MOVED)

    def hold_next(self, part):
        """The next request of a script whose address has this in it waits until release()."""
        self.evaluate("""
            const ask = window.fetch;
            window.fetch = (url, how) => {
              if (!String(url).includes(argument)) return ask(url, how);
              window.fetch = ask;
              return new Promise((go) => { window.release = () => go(ask(url, how)); });
            };
        """, part)

    def release(self):
        self.wait("return !!window.release", "it was asked for")
        self.evaluate("window.release()")

    def sent(self):
        """How many requests the page came by, and of how many bytes with their heads."""
        return self.evaluate(SENT)

    def requests(self):
        return self.driver.call(None, "seen", self)["requests"]

    def foreign(self):
        """What was asked of another origin."""
        urls = [r["url"] for r in self.requests()]
        return [u for u in urls if not u.startswith(("data:", "blob:", self.base + "/"))]

    def errors(self):
        """What the console had to say: errors, warnings, requests that came to nothing."""
        return self.driver.call(None, "seen", self)["console"]

    def cookies(self):
        return self.driver.call(None, "cookies", self)

    def walk(self, most=600):
        """From the top by Tab to the end: what is not reached, or has the focus and does not show it."""
        self.evaluate("document.activeElement && document.activeElement.blur(); scrollTo(0, 0)")
        self.evaluate(WALK_BEGINS)
        for _ in range(most):
            self.press("Tab")
            if not self.evaluate(WALK_STEPS):
                return self.evaluate(WALK_ENDS)
        return [f"no end after {most} times Tab"]

    def session(self):
        """Of the DevTools protocol: session.call("send", "Network.emulateNetworkConditions", {...})."""
        return self.driver.call(None, "session", self)

    def shot(self, name):
        """A picture of all of it, in SHOTS."""
        os.makedirs(SHOTS, exist_ok=True)
        path = os.path.join(SHOTS, f"{name}.png")
        self.call("screenshot", {"path": path, "fullPage": True})
        return path

    def print(self, name):
        """The PDF of what a printer would get."""
        os.makedirs(SHOTS, exist_ok=True)
        path = os.path.join(SHOTS, f"{name}.pdf")
        self.call("pdf", {"path": path, "format": "Letter"})
        return path

    def close(self):
        self.driver.call(self.driver.call(self.handle, "context").handle, "close")


def open_page(base, path=None, *, lang="en", scheme="light", forced=False, width=1280, zoom=1, js=True, **context):
    """A page of the service at base. Zoom is the browser's own: 2 leaves half of the width in CSS pixels."""
    options = {
        "locale": lang,
        "colorScheme": scheme,
        "forcedColors": "active" if forced else "none",
        "viewport": {"width": width // zoom, "height": 800 // zoom},
        "deviceScaleFactor": zoom,
        "reducedMotion": "no-preference",
    }
    driver = chromium()
    page = Page(driver.call(None, "open", options | context), base, js)
    return page.goto(path) if path else page


# ---- somebody else's site ----

class Site:
    """Another origin; answer(handler) gives what a GET gets, with the means of http.server."""

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def one_page(html, policy=None):
    """An answer for Site: at / a page, under a policy of its own."""
    def answer(handler):
        body = html.encode() if urlsplit(handler.path).path == "/" else b""
        handler.send_response(200 if body else 204)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        if policy:
            handler.send_header("Content-Security-Policy", policy)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


# ---- what tests begin with ----

class Case(support.Case):
    """One plan of which something is told (telling.py), and one service; each test opens its pages."""

    settings = {"PROGRESS_NOW": "2026-11-20T20:00:00Z"}
    told = True

    @classmethod
    def setUpClass(cls):
        chromium()
        super().setUpClass()
        cls.facts = tell(cls.db, cls.server) if cls.told else None

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server.port}"

    def open(self, path=None, **how):
        page = open_page(how.pop("base", self.base), path, **how)
        self.addCleanup(page.close)
        return page

    def host(self, html, policy=None):
        """Somebody else's page, under a policy of its own: its URL."""
        return self.site(one_page(html, policy))

    def site(self, answer):
        site = Site(answer)
        self.addCleanup(site.stop)
        return site.url

    @contextlib.contextmanager
    def service_down(self):
        """Meanwhile nobody listens; afterwards the same service is back on the same port."""
        cls, port = type(self), self.server.port
        cls.server.stop()
        try:
            yield
        finally:
            cls.server = support.Server(cls.db.url, **cls.settings | {"PROGRESS_PORT": port})
            cls.addClassCleanup(cls.server.kill)

    # Each says all that it finds.

    def accessible(self, page, within=None):
        self.nothing(page.axe(within), "axe")

    def by_keyboard(self, page):
        self.nothing(page.walk(), "by keyboard")

    def fits(self, page):
        self.assertIsNone(page.sideways())

    def quiet(self, page):
        """No error, no cookie, nothing asked of others."""
        self.nothing(page.errors(), "on the console")
        self.nothing(page.foreign(), "asked of others")
        self.nothing(page.cookies(), "cookies")

    def still(self, page):
        self.nothing(page.moved(), "moved")

    def nothing(self, faults, where):
        if faults:
            self.fail(f"{len(faults)} {where}: {faults[0]}\n" + "\n".join(map(str, faults[:20])))


def file_name(*words):
    """Of a picture: "goals/7", "dark" is "goals-7-dark"."""
    return "-".join(re.sub(r"[^A-Za-z0-9.]+", "-", w).strip("-") or "home" for w in words if w)

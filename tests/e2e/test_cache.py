"""The cache changes what an answer costs, and no byte of it."""

import itertools
import json
import threading
import time
import unittest

import authorisation_rules
import support
from cached import OBJECTIVES, Tap, at_percent, connected, events, figures, report, settle, since, together
from photograph import FORMS, NAMES, Photographer, forms_of
from support import Case, Server, note, progress

SETTINGS = {"PROGRESS_NOW": "2026-07-01T12:00:00Z", "PROGRESS_SECURITY_CONTACT": "mailto:security@example.org"}
GZIP = {"Accept-Encoding": "gzip"}
PAIRS = (("gogov", "known"), ("gogov", "nothing-here"), ("gogov", "a%3Flimit=2"), ("gogov", "a%2Fb"))
MORE = {
    "number": (*NAMES["number"], "99"),
    "code": (*NAMES["code"], "9.9", "%37.1"),
    "slug": (*NAMES["slug"], "cerritos-in-progress", "nobody"),
    "period": (*NAMES["period"], "2026-27-Q1"),
    "id": ("1", "2", "3", "999999"),
    "pairs": PAIRS,
}
MEASURED = [{"measure": "response-time", "actual": 9.5}]
DISTINCT = 600 if support.QUICK or support.INSTRUMENTED else 3000
WRITERS, READERS = 3, 3
WRITES = 5 if support.QUICK or support.INSTRUMENTED else 60


def forms(etag, others):
    """{name: (method, headers)} of all that can be asked for at one target."""
    packed = f'{etag[:-1]}-gz"' if etag else None
    asked = {"plain": ("GET", {}), "gzip": ("GET", GZIP), "head": ("HEAD", {}), "head, gzip": ("HEAD", GZIP),
             "from elsewhere": ("GET", {"Origin": "https://example.org"}), "closing": ("GET", {"Connection": "close"})}
    for name, known in {"its ETag": etag, "the gzip's ETag": packed}.items() if etag else ():
        asked[name] = ("GET", {"If-None-Match": known})
        asked[f"{name}, gzip"] = ("GET", GZIP | {"If-None-Match": known})
        asked[f"{name}, head"] = ("HEAD", {"If-None-Match": f'"other", {known}'})
    for form in others:
        other = FORMS[form]
        asked |= {form: ("GET", other), f"{form}, gzip": ("GET", other | GZIP), f"{form}, head": ("HEAD", other)}
    return asked


class Targets(Photographer):
    """Every public target whose answer may be kept: [(path, its forms beside JSON)], each once."""

    def all(self):
        found = {}
        for route in authorisation_rules.routes().values():
            if route.method != "GET" or route.scopes or "cached" not in route.marks:
                continue
            found |= {path: set(forms_of(route, path)) - {"json", "gzip"} for path in self._paths(route)}
            if self.has_pages(route):
                found |= dict.fromkeys(self._behind(next(iter(self._fillings(route.pattern)))), ())
        return list(found.items())

    def _behind(self, path):
        """By cursors."""
        link = f"{path}?limit=2"
        for _ in range(3):
            yield link
            got = self.client.get(link)
            link = got.json["links"]["next"] if got.status == 200 else None
            if not link:
                return


class Exact(Case):
    """One service with the cache and one without, on the same database and at the same moment."""

    settings = SETTINGS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.without = Server(cls.db.url, **SETTINGS, PROGRESS_CACHE_MB=0)
        cls.addClassCleanup(cls.without.kill)
        support.found(cls.db, cls.server, "/measures", support.measure("response-time", "7.1", "2.1"))
        support.found(cls.db, cls.server, "/measures", support.measure("another-time", "7.4"))
        support.found(cls.db, cls.server, "/departments", {"slug": "public-works", "name": "Public Works"})
        support.found(cls.db, cls.server, "/departments", {"slug": "it", "name": "IT"})
        support.begun(cls.db, cls.server, "another", copy_from="cerritos-in-progress")
        client = support.Client(cls.server.port, cls.key)
        client.post(progress("7.4", 5, as_of="2026-02-28"))
        client.close()
        support.closed(cls.db, cls.server, "2025-26-Q3")

    def setUp(self):
        super().setUp()
        self.plain = self.connect(server=self.without)
        self.written = [self.accepted(self.client.post(body, key=self.key)) for body in (
            progress("7.1", 40, external_id="known", measurements=MEASURED)
            if "known" not in self.names() else note("7.1"),
            note("2.1", links=[{"label": "A page", "url": "https://example.org/"}]), progress("2.1", 10, "at_risk"))]
        targets = Targets(self.without.port, MORE, {"cursor": ()})
        self.addCleanup(targets.close)
        self.targets = targets.all()
        self.asked = self.unsure = 0

    def names(self):
        return {u["external_id"] for u in self.plain.get("/updates?limit=500").json["data"]}

    def sure(self, client, method, path, headers):
        """Asked again where the machine has stalled, so that the look for changes is late or the database busy."""
        for _ in range(50):
            got = client.ask(method, path, None, headers)
            if got.status != 503 and not got["Age"]:
                return got
            self.unsure += 1
            time.sleep(0.1)
        self.fail(f"neither refused nor confirmed: {got}")

    def same(self, path, form, method, headers):
        """Both answers, but for the Date; the request's id is our own."""
        headers = {"X-Request-Id": f"same-{self.asked}"} | headers
        expected = self.sure(self.plain, method, path, headers)
        given = self.sure(self.client, method, path, headers)
        self.asked += 1
        for got in (expected, given):
            got.headers.pop("date")
        self.assertEqual(given.status, expected.status, f"{form} of {path}")
        self.assertEqual(given.names, expected.names, f"{form} of {path}")
        self.assertEqual(given.headers, expected.headers, f"{form} of {path}")
        self.assertEqual(given.body, expected.body, f"{form} of {path}")
        return given

    def compare_all(self, when, most=None):
        """The first form asked for is the miss, another one at each target; the rest are hits. Of each, most forms."""
        settle(self.client)
        before, misses, asked = events(self.client), 0, self.asked
        for number, (path, others) in enumerate(self.targets):
            known = self.plain.ask("HEAD", path)
            ways = list(forms(known["ETag"], sorted(others)).items())
            turned = (ways[number % len(ways) :] + ways[: number % len(ways)])[:most]
            for form, (method, headers) in [*turned, turned[0]]:
                self.same(path, f"{form}, {when},", method, headers)
            misses += 1 + len(others) if known.status in (200, 404) else len(turned) + 1
        got = since(self.client, before)
        support.say(f"{when}: {len(self.targets)} targets, {self.asked - asked} answers compared, {got}, "
                    f"{self.unsure} asked again")
        self.assertLessEqual(got["miss"], misses + self.unsure, "one query for each target, whatever form is asked for")
        self.assertGreaterEqual(got["hit"], self.asked - asked - misses)

    def test_every_answer_is_the_uncached_one_byte_for_byte(self):
        self.compare_all("at first")
        wrong = self.written[2]
        right = self.accepted(self.client.post(
            progress("2.1", 15, supersedes=wrong["id"], reason="It was 15.",
                     measurements=[{"measure": "response-time", "actual": 8}]), key=self.key))
        self.compare_all("after a correction", 2)
        self.accepted(self.client.post({"reason": "Not so."}, f"/updates/{right['id']}/retraction", key=self.key), 200)
        editor = self.db.key(scope="edit", source="city")
        goal = self.plain.get("/goals/7")
        self.accepted(self.client.ask("PATCH", "/goals/7", {"short_name": "Openness"}, {"If-Match": goal["ETag"]},
                                      editor), 200)
        for path, body in (("/measures/response-time", {"target": 6}), ("/departments/public-works", {"name": "Works"}),
                           ("/objectives/7.1", {"lead_department": "public-works"})):
            etag = self.plain.get(path)["ETag"]
            self.accepted(self.client.ask("PATCH", path, body, {"If-Match": etag}, editor), 200)
        self.compare_all("after a retraction and an edit", 2)

    def test_a_name_in_other_bytes_is_never_another_ones_answer(self):
        """A question mark or slash inside of a name is not one outside of it."""
        self.accepted(self.client.post(note("7.2", external_id="odd?count=exact"), key=self.key))
        for path in ("/updates/gogov/odd%3Fcount=exact", "/updates/gogov/odd?count=exact", "/updates/gogov/odd",
                     "/updates/gogov/odd%3fcount=exact", "/objectives?q=a%26limit=1", "/objectives?q=a&limit=1"):
            for when in ("first", "second"):
                self.same(path, when, "GET", {})


class Cost(Case):
    """What is asked of PostgreSQL, heard on the wire."""

    def setUp(self):
        super().setUp()
        self.tap = Tap(self.db)
        self.addCleanup(self.tap.remove)
        self.tapped = Server(self.tap.url, PROGRESS_CACHE_MB=1)
        self.addCleanup(self.tapped.kill)
        self.client = self.connect(server=self.tapped)

    def asked_by(self, act):
        before = self.tap.asked
        act()
        return self.tap.asked - before

    def test_a_hit_asks_nothing_of_the_database(self):
        paths = ("/goals", "/summary", "/objectives/7.1", "/updates?objective=7.1&limit=2", "/problems")
        first = self.asked_by(lambda: [self.client.get(path) for path in paths])
        before = events(self.client)
        again = self.asked_by(lambda: [self.client.get(path) for path in paths * 50])
        self.assertEqual((first, again), (4, 0), "a query for each document at first, none for any later")
        self.assertEqual(since(self.client, before)["hit"], 250)

    def test_a_flood_of_one_unknown_name_costs_one_query(self):
        for path in ("/objectives/9.9", "/goals/99", "/updates/999999", "/updates/gogov/nobody"):
            answers = []
            cost = self.asked_by(lambda p=path, a=answers: a.extend(self.client.get(p) for _ in range(200)))
            self.assertEqual({got.status for got in answers}, {404}, path)
            self.assertEqual(len({got["X-Request-Id"] for got in answers}), 200, "each has its own")
            self.assertEqual(cost, 1, path)

    def test_many_who_miss_at_once_make_one_query(self):
        crowd, path = 32, "/objectives?q=nobody-asked-this-before"
        clients = [connected(self, self.tapped) for _ in range(crowd)]
        for client in clients:
            client.get("/livez")
        before, asked = events(self.client), self.tap.asked
        self.tap.cable.set_delay(0.4)
        answers = []
        together(*(lambda c=c: answers.append(c.get(path)) for c in clients))
        self.tap.cable.set_delay(0.0)
        got = since(self.client, before)
        self.assertEqual({(a.status, a.body) for a in answers}, {(200, answers[0].body)})
        self.assertEqual((self.tap.asked - asked, got["miss"]), (1, 1))
        self.assertEqual(got["wait"] + got["hit"], crowd - 1)
        self.assertGreater(got["wait"], 0)
        support.say(f"{crowd} at once: {got}")

    def test_the_long_tail_stays_within_its_bound_and_pushes_nothing_out_that_is_asked_for(self):
        sizes, misses = [], 0
        # One-hit wonders, small ones and now and then a large one.
        tail = [f"/goals?limit={n // 10 % 500 + 1}&include=objectives" if n % 10 == 0 else f"/objectives?q=word{n}"
                for n in range(DISTINCT)]
        for number, path in enumerate(tail):
            self.assertEqual(self.client.get(path).status, 200, path)
            if number % 10 == 0:
                before = events(self.client)
                self.assertEqual(self.client.get("/goals").status, 200)
                misses += since(self.client, before)["miss"]
            if number % 50 == 0:
                sizes.append(figures(self.client)["cache_bytes"])
        last = figures(self.client)
        support.say(f"{DISTINCT} targets: at most {max(sizes) / 1024:.0f} of 1024 KB, "
                    f"{last['cache_entries']:.0f} kept, "
                    f"{last['cache_evictions']:.0f} made room, /goals asked for anew {misses} times")
        self.assertLessEqual(max(sizes), 1 << 20)
        self.assertGreater(last["cache_evictions"], 0, "the tail was long enough to matter")
        self.assertLessEqual(misses, 1)

    def test_drafts_and_answers_to_a_key_are_not_kept(self):
        reporter = self.db.key(scope="report")
        before = events(self.client)
        for number in range(1, 4):
            draft = self.accepted(self.client.post(note("7.3"), key=reporter))
            for path, count in (("/updates?state=draft", number), (f"/updates/{draft['id']}?state=draft", None)):
                got = self.client.ask("GET", path, key=reporter)
                self.assertEqual((got.status, got["Cache-Control"]), (200, "no-store"), str(got))
                self.assertEqual(len(got.json["data"]) if count else None, count)
                self.refused(self.client.get(path), 401)
            self.refused(self.client.get(f"/updates/{draft['id']}"), 404)
        got = since(self.client, before)
        self.assertEqual((got["miss"], got["hit"]), (3, 0), "only the three public questions went by the cache")

    def test_a_key_makes_no_difference_to_a_public_answer(self):
        first = self.client.get("/objectives/7.5")
        before = events(self.client)
        keyed = self.client.ask("GET", "/objectives/7.5", key=self.key)
        self.assertEqual((keyed.body, keyed["Cache-Control"]), (first.body, first["Cache-Control"]))
        self.assertEqual(since(self.client, before)["hit"], 1)


class ReadYourWrites(Case):
    """Each writer has an objective of its own, reads after each 201, and must see what it wrote."""

    def write(self, code, times):
        client = self.connect(self.key)
        count = version_of(client, code)
        for n in range(WRITES):
            began = time.monotonic()
            made = report(client, code, n % 101)
            times.append(time.monotonic() - began)
            count += 1
            shown = client.get(f"/objectives/{code}").json
            self.assertEqual((shown["updates_count"], shown["percent_complete"]), (count, n % 101), code)
            for path in ("/updates?limit=500&since=2026-01-31", f"/objectives/{code}/updates"):
                self.assertIn(made["id"], [u["id"] for u in client.get(path).json["data"]], path)
            listed = {o["code"]: o["updates_count"] for o in client.get("/objectives").json["data"]}
            self.assertEqual(listed[code], count, "/objectives")

    def read(self, number, ended, counts):
        client = self.connect()
        paths = ("/objectives", "/updates?limit=500&since=2026-01-31", *(f"/objectives/{c}" for c in OBJECTIVES))
        for path in itertools.cycle(paths[number:] + paths[:number]):
            self.assertEqual(client.get(path).status, 200, path)
            counts[number] += 1
            if ended.is_set():
                return

    def test_who_wrote_sees_it_whoever_reads_beside(self):
        ended, times, counts = threading.Event(), [], [0] * READERS

        def writers():
            try:
                together(*(lambda c=code: self.write(c, times) for code in OBJECTIVES[:WRITERS]))
            finally:
                ended.set()

        before = events(self.client)
        together(writers, *(lambda n=n: self.read(n, ended, counts) for n in range(READERS)))
        support.say(f"{len(times)} writes (median {at_percent(times, 50)}), {sum(counts)} reads beside: "
                    f"{json.dumps(since(self.client, before))}")


def version_of(client, code):
    return client.get(f"/objectives/{code}").json["updates_count"]


if __name__ == "__main__":
    unittest.main()

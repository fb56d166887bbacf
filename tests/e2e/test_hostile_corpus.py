"""JSONTestSuite and the naughty strings in every place that the contract names: refused, or given back as they were.

Nothing of theirs may crash the service, make it answer 5xx, reach PostgreSQL as syntax, or change a row unaccepted.
"""
import contextlib
import itertools
import json
import os
import re
import threading
import unittest
from urllib.parse import quote

import hostile
import support
from hostile import Line, in_parallel, is_text, sampled, strict_json
from hostile_writes import STORING, URL, WRITES, Post, Target, filled, numbers, placed
from support import Cluster, Database, Server

LEAK = re.compile(rb"(?i)syntax error|sqlstate|pg_catalog|relation \"|line \d+:|\.c:\d+")


class Corpus(unittest.TestCase):
    """One cluster of its own, since its log is read; one service; every batch by a few connections at once."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster.own("log_line_prefix=%e ", "log_min_messages=error")
        cls.addClassCleanup(cls.cluster.remove)
        cls.db = Database.with_plan(cls.cluster)
        cls.key = cls.db.key("report,publish,edit")
        cls.server = Server(cls.db.url)
        cls.addClassCleanup(cls.server.kill)
        line = Line(cls.server.port)
        cls.contract = hostile.Contract(line.ask("GET", "/openapi.json", []).json)
        line.close()
        cls.texts, cls.cases = hostile.texts(), hostile.json_cases()
        cls.asked, cls.lock = 0, threading.Lock()

    @classmethod
    def tearDownClass(cls):
        support.say(f"{cls.asked} hostile inputs: {len(cls.texts)} texts, {len(cls.cases)} cases of JSON")
        if hostile.SAMPLE == 1 and cls.asked < 5000:
            raise AssertionError(f"only {cls.asked} hostile inputs: 5,000 are promised")

    def setUp(self):
        self.edited = [(str(n), f"{n}.1") for n in range(1, 1 + hostile.WORKERS)]

    # ---- what holds for every answer, and for every batch ----

    @staticmethod
    def dump(value):
        # A text with half a surrogate pair has only its escape.
        return json.dumps(value).encode()

    def ask(self, line, method, target, headers, body=None, unknown_coding=False):
        got = line.ask(method, target, headers, body)
        with self.lock:
            type(self).asked += 1
            self.accepted += method != "GET" and got.status < 300
        said = f"{method} {target[:300]} {str(headers)[:300]} {body and body[:300]!r} -> {got}"
        self.assertTrue(got.status < 500 or (unknown_coding and got.status == 501), said)
        self.assertIn("x-request-id", got.headers, said)
        if got.status >= 400:
            self.assertEqual(got.headers["content-type"], "application/problem+json", said)
            self.assertEqual(got.json["status"], got.status, said)
            self.assertIsNone(LEAK.search(got.body), said)
        return got

    @contextlib.contextmanager
    def batch(self, rows=False):
        """A checksum before and after where nothing was accepted; PostgreSQL's log holds refusals of our own only."""
        self.accepted, before = 0, self.db.checksum()
        read = os.path.getsize(os.path.join(self.cluster.folder, "log"))
        yield
        self.assertTrue(self.server.is_alive(), self.server.log_text()[-2000:])
        if self.accepted == 0:
            self.assertEqual(self.db.checksum(), before, "something was written that was not accepted")
        elif not rows:
            self.fail(f"{self.accepted} were accepted")
        with open(os.path.join(self.cluster.folder, "log"), encoding="utf-8", errors="replace") as log:
            log.seek(read)
            strange = [s for s in re.findall(r"^\w{5} (?:ERROR|FATAL|PANIC): .*", log.read(), re.M) if s[:2] != "CP"]
        self.assertEqual(strange, [], "PostgreSQL was given what it cannot read")

    def on_lines(self, work, items):
        def run(part, number):
            with contextlib.closing(Line(self.server.port)) as line:
                work(line, part, number)

        in_parallel(run, items)

    def on_targets(self, kinds, work, items):
        """Each kind with a key and a source of its own: what one has named is not taken for the next."""
        for kind in kinds:
            with self.subTest(kind.__name__):
                self.setUp()
                self.source = f"source{next(numbers)}"
                self.key = self.db.key(kind.scope, source=self.source)
                with self.batch(rows=True):
                    self.on_lines(lambda line, part, _, k=kind: work(k(self, line), part), items)

    # ---- bodies ----

    def test_the_contract_names_no_write_that_is_not_tried(self):
        self.assertEqual(sorted((t.method, t.path) for t in WRITES), sorted(self.contract.writes()))

    def test_a_text_is_given_back_as_it_was_or_refused(self):
        self.on_targets(STORING, self._store, sampled(self.texts))

    def _store(self, target, texts):
        for text in texts:
            fields = {f: placed(f, text) for f in target.texts}
            got = target.send(self.dump(target.base | fields), text)
            if got.status == 422:
                named = {e["pointer"].split("/")[1] for e in got.json["errors"]}
                self.assertLessEqual(named, set(fields), (text, got))
                fields = {f: v for f, v in fields.items() if f not in named}
                got = target.send(self.dump(target.base | fields), text)
            if is_text(text):
                self.assertIn(got.status, (200, 201), (text, got))
                self._given_back(target, got, fields)
            else:
                self.assertEqual(got.status, 400, (text, got))

    def _given_back(self, target, answer, fields):
        for document in (answer.json, target.read(answer)):
            self.assertEqual({f: document[f] for f in fields if f not in target.unread},
                             {f: v for f, v in fields.items() if f not in target.unread})
            self.assertFalse(document.keys() & set(target.unread))

    def test_a_text_in_a_field_of_another_kind_is_refused(self):
        def work(target, texts):
            names = set(self.contract.fields(target.method, target.path)) - set(target.texts)
            for text, name in itertools.product(texts, sorted(names)):
                got = target.send(self.dump(target.base | {name: text}))
                if got.status in (200, 201):
                    shown = {name: text} if name not in target.unread else {}
                    self.assertEqual({n: got.json[n] for n in (name,) if n in got.json}, shown, got)
                else:
                    self.assertIn(got.status, (400, 403, 409, 422), (name, text, got))

        self.on_targets(STORING, work, sampled(self.texts))

    def test_a_text_within_a_list_is_refused_or_given_back(self):
        def work(target, texts):
            for text in texts:
                for fields in ({"links": [{"label": "x", "url": text}]}, {"links": [{"label": "x", "url": URL + text}]},
                               {"links": [{text: text}]}, {"links": [text]}, {"measurements": [{"measure": text}]},
                               {text: text}):
                    got = target.send(self.dump(target.base | fields))
                    if got.status in (200, 201):
                        self.assertEqual(got.json["links"], fields["links"])
                    else:
                        self.assertIn(got.status, (400, 422), (fields, got))

        self.on_targets((Post,), work, sampled(self.texts))

    def test_a_case_of_json_is_no_body(self):
        def work(target, cases):
            for name, raw in cases:
                got = target.send(raw)
                known, value = strict_json(raw)
                is_object = known and isinstance(value, dict)
                if is_object and target.method == "PATCH" and value.keys() <= set(target.texts):
                    self.assertEqual(got.status, 200, name)
                elif known and name[0] != "i":
                    self.assertIn(got.status, (400, 404, 422), (name, got))
                else:
                    may = (400, 404, 413, 422) if name[0] == "i" or not raw else (400, 413)
                    self.assertIn(got.status, may, (name, got))

        self.on_targets(WRITES, work, sampled(self.cases.items()))

    def test_a_case_of_json_as_a_value_is_what_json_says(self):
        def work(target, cases):
            for (name, raw), field in itertools.product(cases, self.contract.fields(target.method, target.path)):
                body = self.dump(target.base | {field: "HERE"}).replace(b'"HERE"', raw)
                got, (known, value) = target.send(body), strict_json(body)
                if got.status in (200, 201):
                    self.assertTrue(known, (name, field, got))
                    if field in target.unread:
                        self.assertNotIn(field, got.json)
                        continue
                    self._same(got.json, value, field, name)
                elif name[0] != "i" and not known:
                    self.assertIn(got.status, (400, 413), (name, field, got))
                else:
                    self.assertIn(got.status, (400, 403, 409, 413, 422), (name, field, got))

        self.on_targets(STORING, work, sampled(self.cases.items()))

    def _same(self, document, sent, field, name):
        """What was left out has its default, a number its decimals, and "archived" a time."""
        got, value = document[field] if field != "archived" else bool(document["archived_at"]), sent[field]
        if isinstance(value, float):
            self.assertAlmostEqual(float(got), value, 3, (name, field))
        elif value is not None:
            self.assertEqual(got, value, (name, field))

    # ---- the rest of a request ----

    def wire_texts(self):
        """Texts and cases as bytes, escaped for a target."""
        whole = [t.encode() for t in self.texts if is_text(t)] + list(self.cases.values())
        return [quote(raw, safe="") for raw in sampled(whole) if len(raw) < 3000]

    @staticmethod
    def _in_turn(values, places):
        """Each value under each name, at one after the other of the operations that know the name."""
        named = {}
        for place in places:
            named.setdefault((place.name, place.method), []).append(place)
        for i, value in enumerate(values):
            yield from ((value, same[i % len(same)]) for same in named.values())

    def test_a_query_parameter_is_refused_or_a_strange_value(self):
        places = [p for p in self.contract.places("query") if p.method == "GET"]

        def work(line, values, _):
            for value, place in self._in_turn(values, places):
                got = self.ask(line, "GET", f"{filled(place.path)}?{place.name}={value}", [])
                self.assertIn(got.status, (200, 400, 401, 404, 414), (place, value))
            for value in values:
                got = self.ask(line, "GET", f"/goals?{value}=1&{value}", [])
                self.assertIn(got.status, (200, 400, 414) if not value else (400, 414), value)

        with self.batch():
            self.on_lines(work, self.wire_texts())

    def test_a_parameter_of_a_write_is_refused(self):
        places = [p for p in self.contract.places("query") if p.method != "GET"]

        def work(line, values, _):
            for value, place in self._in_turn(values, places):
                headers = Target(self, line).headers()
                got = self.ask(line, place.method, f"{filled(place.path)}?{place.name}={value}", headers, b'{"a":1}')
                self.assertIn(got.status, (400, 403, 404, 414, 415, 422, 428), (place, value))

        with self.batch():
            self.on_lines(work, self.wire_texts())

    def test_a_path_segment_is_refused_or_names_nothing(self):
        def work(line, values, _):
            for value, place in self._in_turn(values, self.contract.places("path")):
                target = place.path.replace("{%s}" % place.name, value)
                headers = Target(self, line).headers() if place.method != "GET" else []
                got = self.ask(line, place.method, filled(target), headers, b"{]" if headers else None)
                self.assertIn(got.status, (200, 400, 401, 403, 404, 405, 414, 415, 428), (place, value))

        with self.batch():
            self.on_lines(work, self.wire_texts())

    def test_a_header_is_refused_or_a_strange_value(self):
        reads = {p.name for p in self.contract.places("header")} | {
            "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Connection", "Content-Type", "Cookie",
            "Expect", "Forwarded", "Host", "Origin", "Range", "Transfer-Encoding", "Upgrade", "X-Forwarded-For",
            "Access-Control-Request-Method", "If-Modified-Since", "X-Unknown"}
        fits = [t.encode() for t in self.texts if is_text(t) and not re.search("[\r\n]", t)]
        fits += [raw for raw in self.cases.values() if len(raw) < 3000 and not re.search(rb"[\0\r\n]", raw)]

        def work(line, values, _):
            # Mostly where no query makes it slow.
            paths = itertools.cycle(["/goals?limit=1"] + ["/problems"] * 10)
            for (value, name), path in zip(itertools.product(values, sorted(reads)), paths):
                coding = name == "Transfer-Encoding"
                got = self.ask(line, "GET", path, [(name, value)], unknown_coding=coding)
                self.assertIn(got.status, (200, 304, 400, 406, 417, 431, 501), (name, value))
            for value in values:
                for at in range(4):
                    headers = Target(self, line).headers() + [("If-Match", '"r1-0123456789abcdef"')]
                    headers[1] = ("Content-Type", "application/merge-patch+json")
                    headers[at] = (headers[at][0], value)
                    got = self.ask(line, "PATCH", "/goals/1?dry_run=true", headers, b"[]")
                    self.assertIn(got.status, (400, 401, 403, 412, 415, 422, 431), (headers[at], got))

        with self.batch():
            self.on_lines(work, sampled(fits))


if __name__ == "__main__":
    unittest.main()

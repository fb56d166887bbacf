"""Every route, asked by every kind of bearer: the build's route table against the table of authorisation_rules.py."""
import concurrent.futures
import itertools
import re
import unittest

import authorisation_rules as rules
import support
from authorisation_rules import OTHERS, RULES, THING, Bearer
from support import Case, note

_numbers = itertools.count(1)
NEW_EVERY_TIME = ("date", "x-request-id", "age", "ratelimit", "ratelimit-policy")


class Targets:
    """What requests are sent at: made when it is needed, made anew when a request has used it up."""

    def __init__(self, case):
        self.case, self.kept = case, {}

    def of(self, about):
        """(names in the path, If-Match)"""
        if about not in self.kept:
            self.kept[about] = getattr(self, f"_{about}" if about else "_nothing")()
        return self.kept[about]

    def used(self, about):
        self.kept.pop(about, None)

    def _nothing(self):
        return {"number": "7", "code": THING.objective}, None

    def _drafts(self):
        self.drafts = {}
        for thing in OTHERS:
            made = self._report(thing, self.case.reporters[thing.source])
            self.drafts[thing] = made["id"]
        return self._nothing()

    def _goal(self):
        return {"number": "7"}, self.case.client.get("/goals/7")["ETag"]

    def _objective(self):
        return {"code": "7.1"}, self.case.client.get("/objectives/7.1")["ETag"]

    def _measure(self):
        return {"slug": "measured"}, self.case.client.get("/measures/measured")["ETag"]

    def _department(self):
        return {"slug": "works"}, self.case.client.get("/departments/works")["ETag"]

    def _plan(self):
        return {"slug": "another"}, self.case.client.get("/plans/another")["ETag"]

    def _period(self):
        return {"period": rules.PERIOD}, self.case.client.get(f"/periods/{rules.PERIOD}")["ETag"]

    def _pair(self):
        return {"source": THING.source, "external_id": f"pair-{next(_numbers)}"}, None

    def _report(self, thing, key):
        name = f"made-{next(_numbers)}"
        made = self.case.client.post(note(thing.objective, external_id=name), key=key)
        return self.case.accepted(made) | {"etag": made["ETag"]}

    def _made(self, key, thing=THING):
        made = self._report(thing, key)
        return {"id": made["id"], "source": THING.source, "external_id": made["external_id"]}, made["etag"]

    def _draft(self):
        return self._made(self.case.reporters[THING.source])

    def _draft_of_other_objective(self):
        return self._made(self.case.reporters[THING.source], rules.Thing(objective="7.2"))

    def _webhook(self):
        """Told of nothing but what nobody here does; its test waits to be sent again."""
        number = next(_numbers)
        body = {"url": "https://receiver.example/", "types": ["plan.created"]}
        key = self.case.almighty

        def write(path, body, name):
            sent = {"Authorization": key, "Idempotency-Key": f'"webhook-{number}-{name}"'}
            return self.case.client.ask("POST", path, body, sent)

        made = self.case.accepted(write("/webhooks", body, "made"))
        path = made["links"]["self"]
        owed = self.case.accepted(write(f"{path}/test", None, "test"), 200)
        etag = self.case.client.ask("GET", path, None, {"Authorization": key})["ETag"]
        return {"id": made["id"], "delivery": owed["id"]}, etag

    def _published(self):
        return self._made(self.case.key)


def found_targets(case):
    """What is asked for by a name that it has for good."""
    support.found(case.db, case.server, "/measures", rules.RULES["POST /measures"][0].body(0) | {"slug": "measured"})
    support.found(case.db, case.server, "/departments", {"slug": "works", "name": "Works"})
    support.begun(case.db, case.server, "another")
    client = support.Client(case.server.port, case.key)
    client.post(support.progress("7.1", 40, as_of="2026-01-31"))  # from then on there are periods
    client.close()


class Authorisation(Case):
    # Nothing is sent: what lies in the tables is compared.
    settings = {"PROGRESS_SECURITY_CONTACT": "mailto:security@example.org", "PROGRESS_WEBHOOKS": "off"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.routes = rules.routes()
        cls.reporters = {s: cls.db.key(scope="report", source=s) for s in ("gogov", "tyler")}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cls.keys = list(pool.map(cls.make_key, rules.bearers_to_make()))
        cls.db.sql("update progress.api_key set expires_at = clock_timestamp() where id in "
                   f"({', '.join(repr(k.split('_')[1]) for b, k in cls.keys if b.what == 'expired')})")
        cls.bearers = [b for b, _ in cls.keys] + list(cls.without_a_key())
        cls.almighty = next(b for b in cls.bearers if b.is_live and b.may("admin") and not b.objectives).header
        found_targets(cls)
        cls.sent = cls.refusals = 0

    @classmethod
    def make_key(cls, wanted):
        what, scopes, source, objectives = wanted
        more = {"objective": objectives} if objectives else {}
        more |= {"expires": "1d"} if what == "expired" else {}
        key = cls.db.key(scope=",".join(sorted(scopes)), source=source, **more)
        if what == "revoked":
            support.run("key", "revoke", key.split("_")[1], url=cls.db.url)
        return Bearer(*wanted, header=f"Bearer {key}"), key

    @classmethod
    def without_a_key(cls):
        """None, and what is as good as none, beside an administrator's of each source and list."""
        yield Bearer("no key")
        almighty = [(b, k) for b, k in cls.keys if b.is_live and b.scopes == {"admin"}]
        for n, (b, key) in enumerate(almighty):
            forms = rules.malformed(key)
            yield Bearer("wrong secret", b.scopes, b.source, b.objectives, f"Bearer {rules.with_wrong_secret(key)}")
            yield Bearer(f"malformed, form {n % len(forms)}", b.scopes, b.source, b.objectives, forms[n % len(forms)])

    @classmethod
    def tearDownClass(cls):
        support.say(f"authorisation: {cls.sent} combinations sent, {cls.refusals} of them refused; "
                    f"{len(cls.routes)} routes, {len(cls.bearers)} bearers")
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.targets = Targets(self)

    # ---- the tables ----

    def test_every_route_has_a_rule_and_every_rule_a_route(self):
        for name in self.routes.keys() - RULES.keys():
            self.fail(f"{name} has no rule in authorisation_rules.py")
        for name in RULES.keys() - self.routes.keys():
            self.fail(f"{name} has a rule, and no route")

    def test_the_scopes_of_the_routes_are_those_of_the_rules(self):
        for name, route in self.ruled():
            needed = {rule.scopes for rule in RULES[name] if "state=draft" not in rule.query}
            if needed != {route.scopes}:
                ruled = [sorted(scopes) for scopes in needed]
                self.fail(f"{name}: the route asks for {sorted(route.scopes)}, the rules for {ruled}")
            reads_drafts = any("state=draft" in rule.query for rule in RULES[name])
            self.assertEqual(reads_drafts, "drafts" in route.marks, f"{name}: state=draft")

    def ruled(self):
        return [(name, route) for name, route in self.routes.items() if name in RULES]

    # ---- the requests ----

    def ask(self, route, rule, bearer, method=None, dry=False):
        names, etag = self.targets.of(rule.about)
        names = names | rule.names
        path = re.sub(r"\{(\w+)\}", lambda m: names[m[1]], route.pattern)
        query = "&".join(filter(None, (rule.query, "dry_run=true" if dry else "")))
        headers = {"Authorization": bearer.header} if bearer.header is not None else {}
        if "if-match" in route.marks:
            headers["If-Match"] = etag
        number = next(_numbers)
        if rule.type:
            headers["Content-Type"] = rule.type
        if "keyed" in route.marks:
            headers["Idempotency-Key"] = f'"authorisation-{number}"'
        type(self).sent += 1
        path += f"?{query}" if query else ""
        return self.client.ask(method or route.method, path, rule.body(number), headers)

    def must_be_refused(self, answer, status, bearer):
        type(self).refusals += 1
        if answer.request.startswith("HEAD"):
            self.assertEqual(answer.status, status, f"{bearer}: {answer}")
        else:
            self.refused(answer, status, {401: "unauthenticated", 403: "forbidden", 404: "not-found"}[status])
        if status == 401:
            self.assertRegex(answer["WWW-Authenticate"], "^Bearer", str(answer))

    def each(self, wanted, do):
        """Every way to use a route that is wanted, a subtest each."""
        for name, route in self.ruled():
            for rule in RULES[name]:
                if wanted(route, rule):
                    with self.subTest(", ".join(filter(None, (name, rule.about, rule.query)))):
                        do(route, rule)

    def test_a_public_answer_is_the_same_whoever_asks(self):
        self.each(lambda route, rule: route.method == "GET" and not rule.scopes, self.must_be_the_same)

    def must_be_the_same(self, route, rule):
        plain = [b for b in self.bearers if len(b.scopes) < 2]
        one_of_each = list({(b.what, b.scopes): b for b in plain}.values())
        ways = [("GET", plain), ("HEAD", one_of_each)]
        if "stream" in route.marks:
            ways = [("HEAD", plain)]  # the answer to GET does not end
        for method, bearers in ways:
            first = self.seen(self.ask(route, rule, Bearer("no key"), method), route)
            for bearer in bearers:
                answer = self.ask(route, rule, bearer, method)
                self.assertEqual(answer.status, rule.status, f"{bearer}: {answer}")
                self.assertEqual(self.seen(answer, route), first, f"{bearer}: {answer}")

    def seen(self, answer, route):
        """What may not differ. Figures of the running process are not the same twice."""
        if "free" in route.marks:
            return answer["Cache-Control"]
        body = re.sub(rb'"request_id":"[^"]*"', b"", answer.body)
        return {n: v for n, v in answer.headers.items() if n not in NEW_EVERY_TIME}, body

    def test_drafts_are_shown_to_whom_the_rules_name(self):
        self.each(lambda route, rule: route.method == "GET" and rule.scopes, self.must_be_for_some)

    def must_be_for_some(self, route, rule):
        for method, bearer in itertools.product(("GET", "HEAD"), self.bearers):
            answer, status = self.ask(route, rule, bearer, method), rule.expects(bearer)
            if status != rule.status:
                self.must_be_refused(answer, status, bearer)
                continue
            self.assertEqual(answer.status, status, f"{bearer}: {answer}")
            self.assertEqual(answer["Cache-Control"], "no-store", str(answer))
            if method == "GET" and rule.about == "drafts":
                self.must_list(answer, bearer)

    def must_list(self, answer, bearer):
        rule = RULES["GET /updates/{id}"][-1]
        expected = {id for thing, id in self.targets.drafts.items() if rule.shows(bearer, thing)}
        listed = {d["id"] for d in answer.json["data"]} & set(self.targets.drafts.values())
        if listed != expected:
            self.fail(f"{bearer}: is shown {sorted(listed)}, may see {sorted(expected)}")
        for draft in answer.json["data"]:
            thing = rules.Thing(draft["source"], draft["objective"])
            self.assertTrue(rule.shows(bearer, thing), f"{bearer}: {draft}")

    def test_a_write_is_done_or_refused_as_the_rules_say(self):
        self.each(lambda route, rule: route.method != "GET", self.must_be_done_or_refused)

    def must_be_done_or_refused(self, route, rule):
        self.targets.of(rule.about)
        before = self.db.checksum()
        allowed = [b for b in self.bearers if rule.expects(b) == rule.status]
        self.assertTrue(allowed)
        for bearer, dry in itertools.product(self.bearers, (False, True)):
            if bearer not in allowed:
                self.must_be_refused(self.ask(route, rule, bearer, dry=dry), rule.expects(bearer), bearer)
        self.assertEqual(self.db.checksum(), before, "a refused write has changed something")
        for bearer in allowed:
            answer = self.ask(route, rule, bearer, dry=True)
            self.assertEqual(answer.status, 200, f"{bearer}: {answer}")
        self.assertEqual(self.db.checksum(), before, "a dry run has changed something")
        for bearer in allowed:
            answer = self.ask(route, rule, bearer)
            self.assertEqual(answer.status, rule.status, f"{bearer}: {answer}")
            self.targets.used(rule.about)
        self.assertNotEqual(self.db.checksum(), before, "nothing was written: this would not see a change")

    # ---- beside the table ----

    def test_a_route_without_drafts_takes_no_state(self):
        self.each(lambda route, _: route.method == "GET" and "drafts" not in route.marks, self.must_know_no_state)

    def must_know_no_state(self, route, rule):
        names, _ = self.targets.of(rule.about)
        path = re.sub(r"\{(\w+)\}", lambda m: (names | rule.names)[m[1]], route.pattern)
        keyed = {"Authorization": self.almighty}
        for headers in ([keyed] if route.scopes else [{}, keyed]):
            self.refused(self.client.ask("GET", f"{path}?state=draft", None, headers), 400, places=["state"])

    def test_only_an_administrators_key_is_made_without_a_source(self):
        for scope in ("report", "publish", "edit", "report,publish,edit"):
            done = support.run("key", "create", "--name", "nobody", "--scope", scope, "--holder", "a test",
                               url=self.db.url, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), scope)


if __name__ == "__main__":
    unittest.main()

"""Who may do what: one table over the routes that the build prints. test_authorisation.py sends every combination.

Each request is about THING: the source "gogov", the objective 7.1. What varies is the bearer.
"""
import base64
import hashlib
import itertools
import os
import secrets
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

import support
from support import note

PRINTER = os.path.join(os.path.dirname(support.BINARY), "tests", "print_routes")
SCOPES = ("report", "publish", "edit")


# ---- the routes ----

@dataclass(frozen=True)
class Route:
    method: str
    pattern: str
    scopes: frozenset
    marks: frozenset

    def __str__(self):
        return f"{self.method} {self.pattern}"


def routes():
    """{"GET /goals": Route}, as the build has them."""
    lines = subprocess.run([PRINTER], capture_output=True, text=True, check=True).stdout.splitlines()
    table = {}
    for method, pattern, scopes, marks in (line.split("\t") for line in lines):
        route = Route(method, pattern, frozenset(scopes.split(",")) - {"public"}, frozenset(marks.split(",")) - {"-"})
        table[str(route)] = route
    return table


# ---- the bearers ----

@dataclass(frozen=True)
class Thing:
    source: str = "gogov"
    objective: str = "7.1"


THING = Thing()
PERIOD, CLOSED = "2025-26-Q4", "2025-26-Q3"
OTHERS = tuple(Thing(s, o) for s, o in itertools.product(("gogov", "tyler"), ("7.1", "7.2")))


@dataclass(frozen=True)
class Bearer:
    """A key, or what is none; header is what stands in Authorization."""

    what: str
    scopes: frozenset = frozenset()
    source: str | None = None
    objectives: str | None = None
    header: str | None = field(default=None, repr=False)

    @property
    def is_live(self):
        return self.what == "live"

    def may(self, *scopes):
        return bool(self.scopes & {*scopes, "admin"})

    def covers(self, thing):
        return self.objectives in (None, thing.objective)

    def __str__(self):
        return (f"{self.what}, scope {'+'.join(sorted(self.scopes)) or 'none'}, "
                f"source {self.source or 'none'}, objectives {self.objectives or 'all'}")


def scope_sets():
    """Each way to combine scopes, in ./test quick each alone; and admin, which is all of them."""
    most = 1 if support.QUICK else len(SCOPES)
    sets = [frozenset(c) for n in range(1, most + 1) for c in itertools.combinations(SCOPES, n)]
    return [*sets, frozenset({"admin"})]


def bearers_to_make():
    """(what, scopes, source, objectives) of every key; one without a source is an administrator's."""
    lists = (None, THING.objective, "7.2")
    for scopes, source, objectives in itertools.product(scope_sets(), (THING.source, "tyler", None), lists):
        if source or "admin" in scopes:
            yield "live", scopes, source, objectives
    for what, source, objectives in itertools.product(("expired", "revoked"), (THING.source, "tyler", None), lists):
        yield what, frozenset({"admin"}), source, objectives


def with_wrong_secret(key):
    """A key of the right form, id and checksum."""
    body = f"cip_{key.split('_')[1]}_{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()[:43]}"
    return body + base64.urlsafe_b64encode(hashlib.sha256(body.encode()).digest()[:6]).decode()[:6]


def malformed(key):
    """What is no key, made of a live one."""
    letter = "B" if key[-1] == "A" else "A"
    return (f"Bearer {key[:-1]}{letter}", f"Bearer {key[:-1]}", f"Bearer {key}A", f"Bearer {key} {key}", key,
            f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}", "Bearer", "Bearer ",
            f"Bearer {hashlib.sha256(key.encode()).hexdigest()}")


# ---- what binds a bearer: each gives the status of the refusal, or None ----

def speaks(b, thing):
    """It writes in the name of its own source."""
    return None if b.source in (None, thing.source) else 403


def has_source(b, _):
    """Open311 names no source: it is the key's."""
    return None if b.source else 403


def reaches(b, thing):
    return None if b.covers(thing) else 403


def edits(b, _):
    return None if b.may("edit") else 403


def covers_other(b, _):
    """The draft under the pair is about another objective, to which the body would move it."""
    return None if b.covers(Thing(objective="7.2")) else 403


def covers_goals(b, _):
    """A list of objectives holds no goal, and no department."""
    return None if b.objectives is None else 403


def sees_source(b, thing):
    """A draft of another source is not there, but for those who publish or edit."""
    return None if b.source == thing.source or b.may("publish", "edit") else 404


def sees_objective(b, thing):
    return None if b.covers(thing) else 404


def withdraws(b, thing):
    """Who only edits sees the drafts of others, and takes none back."""
    return None if b.source == thing.source or b.may("publish") else 403


DRAFT = (sees_source, sees_objective)


# ---- the rules ----

@dataclass(frozen=True)
class Rule:
    """One way to use a route. No scopes: anybody, and the key is not even looked at."""

    scopes: frozenset = frozenset()
    checks: tuple = ()
    status: int = 200
    about: str = ""
    body: Callable = lambda n: None
    query: str = ""
    names: dict = field(default_factory=dict)
    type: str | None = None

    def expects(self, b):
        if not self.scopes:
            return self.status
        if not b.is_live:
            return 401
        if not b.may(*self.scopes):
            return 403
        return next(filter(None, (check(b, THING) for check in self.checks)), self.status)

    def shows(self, b, thing):
        """Whether a list holds it."""
        return not any(check(b, thing) for check in self.checks)


def _any(**more):
    return Rule(**more)


def _rule(scopes, *checks, **more):
    return Rule(frozenset(scopes.split(",")), checks, **more)


def _note(n):
    return note("7.1", summary=f"Authorisation, {n}.")


def _note_of_source(n):
    return _note(n) | {"source": THING.source}


def _batch(n):
    return {"items": [_note_of_source(n)]}


def _departments(n):
    return [{"slug": f"listed-{n}", "name": "Listed"}]


def _open311(n):
    return [{"update_id": f"o-{n}", "service_request_id": "1", "status": "open",
             "updated_datetime": "2026-01-31T12:00:00Z"}]


def _open311_xml(n):
    fields = "".join(f"<{name}>{text}</{name}>" for name, text in _open311(n)[0].items())
    root = "service_request_updates"
    return f"<{root}><request_update>{fields}</request_update></{root}>".encode()


def _weight(n):
    return {"weight": n % 1000 + 2}


def _measure(n):
    return support.measure(f"made-{n}", THING.objective)


def _target(n):
    return {"target": n}


def _department(n):
    return {"slug": f"made-{n}", "name": "Made"}


def _contact(n):
    return {"reporting_contact": f"desk {n}"}


def _translations(n):
    return {"items": [{"lang": "tl", "entity": "goal", "code": "4", "field": "statement", "source": "Said once.",
                       "text": f"Made, {n}"}]}


def _redaction(_):
    return {"fields": ["summary"], "reason": "It named a resident."}


def _subscription(n):
    return {"url": f"https://receiver.example/{n}"}


def _description(n):
    return {"description": f"Described, {n}."}


def _comment(n):
    return {"comment": f"Say more, {n}."}


def _plan(n):
    return {"slug": f"made-{n}", "title": "Made", "organization": "A city"}


def _title(n):
    return {"title": f"Made, {n}"}


def _grace(n):
    return {"grace_days": n % 180 + 1}


def _reason(_):
    return {"reason": "It was not so."}


# Binding: publication, return, retraction and discard by "publish" are an editor's decisions, about any
# source, within the key's objectives.
RULES = {
    "GET /": [_any()],
    "GET /plan": [_any()],
    "GET /summary": [_any()],
    "GET /plan.stratml.xml": [_any()],
    "GET /data.json": [_any()],
    "GET /goals": [_any()],
    "GET /goals.csv": [_any()],
    "GET /goals/{number}": [_any()],
    "PATCH /goals/{number}": [_rule("edit", covers_goals, about="goal", body=_weight)],
    "GET /goals/{number}/objectives": [_any()],
    "GET /objectives": [_any()],
    "GET /objectives.csv": [_any()],
    "GET /objectives/{code}": [_any()],
    "PATCH /objectives/{code}": [_rule("edit", reaches, about="objective", body=_weight)],
    "GET /objectives/{code}/updates": [_any()],
    "GET /updates": [_any(), _rule("report,publish,edit", about="drafts", query="state=draft&limit=500")],
    "GET /updates.csv": [_any()],
    "GET /updates.atom": [_any()],
    "GET /feed.json": [_any()],
    "POST /updates": [_rule("report", speaks, reaches, status=201, body=_note_of_source)],
    "POST /updates/batch": [_rule("report", speaks, reaches, body=_batch)],
    "GET /updates/{id}": [
        _any(about="published"),
        _any(about="draft", status=404),
        _rule("report,publish,edit", *DRAFT, about="draft", query="state=draft"),
    ],
    "PUT /updates/{id}": [_rule("report", *DRAFT, speaks, about="draft", body=_note)],
    "POST /updates/{id}/publication": [
        _rule("publish", sees_objective, about="draft"),
        _rule("publish", reaches, about="published"),
    ],
    "POST /updates/{id}/retraction": [_rule("publish", reaches, about="published", body=_reason)],
    "POST /updates/{id}/redaction": [
        _rule("admin", reaches, about="published", body=_redaction),
        _rule("admin", sees_objective, about="draft", body=_redaction),
    ],
    "POST /updates/{id}/return": [_rule("publish", sees_objective, about="draft", body=_comment)],
    "POST /updates/{id}/discard": [_rule("report,publish", *DRAFT, withdraws, about="draft")],
    "GET /updates/{source}/{external_id}": [_any(about="published"), _any(about="draft", status=404)],
    "PUT /updates/{source}/{external_id}": [
        _rule("report", speaks, reaches, status=201, about="pair", body=_note),
        _rule("report", speaks, reaches, about="draft", body=_note),
        _rule("report", speaks, reaches, about="published", body=_note),
        _rule("report", speaks, reaches, covers_other, about="draft_of_other_objective", body=_note),
    ],
    "GET /work-queue": [_rule("report,publish,edit")],
    "GET /work-queue.csv": [_rule("report,publish,edit")],
    "GET /keys/self": [_rule("report,publish,edit,admin")],
    "GET /staff": [_any()],
    "GET /staff/{name}": [_any(names={"name": "main.js"})],
    "GET /calendar.ics": [_any()],
    "POST /open311/v2/servicerequestupdates.json": [
        _rule("report", has_source, reaches, query="objective=7.1", body=_open311),
    ],
    "POST /open311/v2/servicerequestupdates.xml": [
        _rule("report", has_source, reaches, query="objective=7.1", body=_open311_xml, type="application/xml"),
    ],
    # Which of the two scopes the table needs is told by what it is of.
    "POST /imports": [_rule("report,edit", edits, covers_goals, body=_departments, query="table=departments")],
    "GET /imports/{id}": [_rule("report,publish,edit,admin", status=404, names={"id": "999999"})],
    "GET /measures": [_any()],
    "GET /measures.csv": [_any()],
    "POST /measures": [_rule("edit", reaches, status=201, body=_measure)],
    "GET /measures/{slug}": [_any(about="measure")],
    "PATCH /measures/{slug}": [_rule("edit", reaches, about="measure", body=_target)],
    "GET /measures/{slug}/values": [_any(about="measure")],
    "GET /widget.js": [_any()],
    "GET /widget-{edition}.js": [_any(names={"edition": "0123456789abcdef"}, status=404)],
    "GET /embed": [_any()],
    "GET /embed/plan": [_any()],
    "GET /embed/goal/{number}": [_any()],
    "GET /embed/objective/{code}": [_any()],
    "GET /fragments/plan": [_any()],
    "GET /fragments/goal/{number}": [_any()],
    "GET /fragments/objective/{code}": [_any()],
    "GET /badges/plan.svg": [_any()],
    "GET /badges/goal/{number}.svg": [_any()],
    "GET /badges/objective/{code}.svg": [_any()],
    "GET /departments": [_any()],
    "GET /departments.csv": [_any()],
    "POST /departments": [_rule("edit", covers_goals, status=201, body=_department)],
    "GET /departments/{slug}": [_any(about="department")],
    "PATCH /departments/{slug}": [_rule("edit", covers_goals, about="department", body=_contact)],
    "GET /translations": [_any()],
    "GET /translations.csv": [_any()],
    "POST /translations": [_rule("edit", covers_goals, body=_translations)],
    "GET /audit": [_rule("admin")],
    "GET /audit.csv": [_rule("admin")],
    "GET /webhooks": [_rule("admin")],
    "POST /webhooks": [_rule("admin", covers_goals, status=201, body=_subscription)],
    "GET /webhooks/{id}": [_rule("admin", about="webhook")],
    "PATCH /webhooks/{id}": [_rule("admin", covers_goals, about="webhook", body=_description)],
    "POST /webhooks/{id}/secret": [_rule("admin", covers_goals, about="webhook")],
    "POST /webhooks/{id}/removal": [_rule("admin", covers_goals, about="webhook")],
    "POST /webhooks/{id}/test": [_rule("admin", covers_goals, about="webhook")],
    "GET /webhooks/{id}/deliveries": [_rule("admin", about="webhook")],
    "POST /webhooks/{id}/deliveries/{delivery}/replay": [_rule("admin", covers_goals, about="webhook")],
    "GET /plans": [_any()],
    "POST /plans": [_rule("admin", covers_goals, status=201, body=_plan)],
    "GET /plans/{slug}": [_any(about="plan")],
    "PATCH /plans/{slug}": [_rule("admin", covers_goals, about="plan", body=_title)],
    "GET /periods": [_any()],
    "GET /periods.csv": [_any()],
    "GET /periods/{period}": [_any(names={"period": PERIOD})],
    "PATCH /periods/{period}": [_rule("edit", covers_goals, about="period", body=_grace)],
    "POST /periods/{period}/closing": [_rule("admin", covers_goals, names={"period": CLOSED})],
    "GET /reports/{period}": [_any(names={"period": PERIOD})],
    "GET /diff": [_any(query="from=2026-01-31&to=2026-02-28")],
    "GET /openapi.json": [_any()],
    "GET /openapi.yaml": [_any()],
    "GET /accessibility": [_any()],
    "GET /docs": [_any()],
    "GET /docs/{operation}": [_any(names={"operation": "getGoal"})],
    "GET /.well-known/security.txt": [_any()],
    "GET /problems": [_any()],
    "GET /problems/{code}": [_any(names={"code": "forbidden"})],
    "GET /changes": [_any()],
    "GET /stream": [_any()],
    "GET /livez": [_any()],
    "GET /readyz": [_any()],
    "GET /health": [_any()],
    "GET /metrics": [_any()],
}

"""Every public answer at one moment: all routes that the build prints, with all that the contract lets one ask."""
import functools
import gzip
import itertools
import json
import re

import authorisation_rules
import support
from client import Client
from hostile import Contract

NEW_EVERY_TIME = ("date", "x-request-id", "age")
# What a name in a path and a parameter without a list of values in the contract are tried with.
NAMES = {"number": ("1", "7"), "code": ("7.1", "7.4", "2.1", "forbidden"), "slug": ("response-time", "public-works"),
         "period": ("2025-26-Q3", "2025-26-Q4", "2099-00-Q1"), "edition": ("0123456789abcdef",),
         "operation": ("getGoal", "forbidden"), "name": ("main.js", "ko.json", "nothing.js")}
VALUES = {
    "plan": ("cerritos-in-progress", "another"),
    "as_of": ("2025-02-28", "2026-01-31", "2026-06-30"),
    "limit": ("2", "500"),
    "goal": ("7", "2"),
    "objective": ("7.1", "2.1"),
    "department": ("finance",),
    "tag": ("audit",),
    "q": ("GoGov",),
    "source": ("gogov",),
    "since": ("2025-01-01", "2026-02-01"),
    "until": ("2025-03-01", "2026-06-30"),
    "from": ("2026-01-15",),
    "to": ("2026-06-30",),
    "updated_since": ("2026-01-01T00:00:00Z",),
    "known_at": ("2026-06-30T12:00:00Z",),
    "fiscal_year": ("2026-27",),
    "gl_account": ("0110-4210-000",),
    "project_string": ("2026.ERP.01",),
}
# What says nothing without several parameters.
WHOLE = {"/diff": "?from=2025-12-31&to=2026-06-30"}
# A cursor is followed; drafts are for a key.
ELSEWHERE = ("cursor", "after", "state")
FORMS = {
    "json": {},
    "html": {"Accept": "text/html"},
    "csv": {"Accept": "text/csv"},
    "atom": {"Accept": "application/atom+xml"},
    "feed": {"Accept": "application/feed+json"},
    "gzip": {"Accept-Encoding": "gzip"},
}


def forms_of(route, path):
    """Those that this route gives when asked. Tables and feeds know other parameters than their lists do."""
    for form in FORMS:
        if form in ("json", "html"):
            fits = form == "json" or form in route.marks
        else:
            fits = "?" not in path and (form == "gzip" or (form in route.marks and "as-is" not in route.marks))
        if fits:
            yield form


class Photographer:
    def __init__(self, port, names, values):
        """names and values: more to try, the ids of drafts and words of theirs among them."""
        self.client = Client(port)
        self.told = []
        self.names = NAMES | names
        self.values = {n: VALUES.get(n, ()) + values.get(n, ()) for n in VALUES.keys() | values.keys()}
        self.contract = Contract(self.client.get("/openapi.json").json)
        self.parameters = {path: {p["name"]: self._enum(p) for p in parameters if p["in"] == "query"}
                           for method, path, _, parameters in self.contract.operations() if method == "GET"}

    def close(self):
        self.client.close()

    def _enum(self, parameter):
        schema = self._follow(parameter["schema"])
        schema = self._follow(schema.get("items", schema))
        listed = schema.get("enum") or [schema[k] for k in ("const",) if k in schema]
        return tuple(str(value) for value in listed)

    def _follow(self, node):
        while "$ref" in node:
            steps = node["$ref"].removeprefix("#/").split("/")
            node = functools.reduce(lambda at, step: at[step], steps, self.contract.document)
        return node

    def take(self):
        """{(path, form): (status, headers, body)}"""
        album = {}
        for route in authorisation_rules.routes().values():
            # What does not end is in no photograph: test_stream.py sees that it shows no draft.
            if route.method != "GET" or route.scopes or "stream" in route.marks:
                continue
            for path in self._paths(route):
                for form in forms_of(route, path):
                    album[path, form] = self.look(path, form, "free" in route.marks)
            if self.has_pages(route):
                album |= self._pages(next(iter(self._fillings(route.pattern))))
        return album

    def look(self, path, form="json", is_alive=False):
        """Figures of the running process are not the same twice: they are told, and not compared."""
        got = self.client.ask("GET", path, None, FORMS[form])
        body = gzip.decompress(got.body) if got["Content-Encoding"] == "gzip" else got.body
        if is_alive:
            self.told.append(body)
            return got.status, {}, b""
        body = re.sub(rb'"request_id":"[^"]*"', b"", body)
        return got.status, {n: v for n, v in got.headers.items() if n not in NEW_EVERY_TIME}, body

    def has_pages(self, route):
        """Of JSON with links; a feed has them its own way (test_faces.py)."""
        return "limit" in self.parameters.get(route.pattern, {}) and "as-is" not in route.marks

    def _pages(self, path):
        album, link, number = {}, f"{path}?limit=2", 1
        while link:
            seen = album[f"{path}, page {number}", "json"] = self.look(link)
            if seen[0] != 200:
                break  # nothing bears the name here
            link, number = json.loads(seen[2])["links"]["next"], number + 1
        return album

    def _fillings(self, pattern):
        names = re.findall(r"\{(\w+)\}", pattern)
        if names == ["source", "external_id"]:
            yield from (f"/updates/{source}/{name}" for source, name in self.names["pairs"])
            return
        for values in itertools.product(*(self.names[n] for n in names)):
            filled = dict(zip(names, values))
            yield re.sub(r"\{(\w+)\}", lambda m, f=filled: f[m[1]], pattern)

    def _paths(self, route):
        """The path alone, with each parameter, and with each beside count=exact."""
        for path in self._fillings(route.pattern):
            yield path
            if route.pattern in WHOLE:
                yield path + WHOLE[route.pattern]
            known = self.parameters.get(route.pattern, {})
            if support.QUICK:
                known = {n: v for n, v in known.items() if n == "count"}
            for name in known.keys() - set(ELSEWHERE):
                values = known[name] or self.values.get(name)
                if not values:
                    raise AssertionError(f"{route}: no values of {name} to try are known (photograph.py)")
                for value in values:
                    yield f"{path}?{name}={value}"
                    if "count" in known and name != "count":
                        yield f"{path}?count=exact&{name}={value}"

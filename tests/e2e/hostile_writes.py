"""The ways to write, as the tests with hostile corpora use them: what each takes, and where its text is read back."""
import itertools
import re
from urllib.parse import quote

from hostile import is_text
from support import measure, note

URL = "https://example.org/"
EXAMPLES = {"number": "7", "code": "7.1", "id": "999999", "source": "gogov", "external_id": "x",
            "slug": "potholes", "period": "1990-91-Q1", "delivery": "999999"}
numbers = itertools.count(1)


def filled(path, **own):
    """The path of an operation, its names replaced."""
    return re.sub(r"\{(\w+)\}", lambda m: quote(own.get(m[1], EXAMPLES[m[1]]), safe=""), path)


def placed(field, text):
    """A text where the field holds one."""
    if field == "links":
        return [{"label": text, "url": URL}]
    return [text] if field == "tags" else text


class Target:
    """One way to write: where it goes, the least that it takes, which fields hold free text, where to read it back."""

    method, path, texts, base, state, scope = "POST", "/updates", (), {}, "", "report,publish"
    unread = ()  # of the texts: what can be written and is never given back

    def __init__(self, case, line):
        self.case, self.line, self.key = case, line, case.key

    def headers(self):
        return [("Authorization", f"Bearer {self.key}"), ("Content-Type", "application/json"),
                ("Idempotency-Key", f"hostile-{next(numbers)}")]

    def where(self, _):
        return filled(self.path)

    def place(self, answer):
        return answer.headers["location"]

    def send(self, body, text=""):
        return self.case.ask(self.line, self.method, self.where(text), self.headers(), body)

    def read(self, answer):
        headers = [("Authorization", f"Bearer {self.key}")] if self.state else []
        got = self.case.ask(self.line, "GET", self.place(answer), headers)
        self.case.assertEqual(got.status, 200, got)
        return got.json


class Post(Target):
    texts = ("summary", "details", "next_steps", "reason", "links", "external_id")
    base = note("7.1")


class Natural(Target):
    """The text is the external id too, where a path can hold it."""

    method, path = "PUT", "/updates/{source}/{external_id}"
    texts = ("summary", "details", "next_steps", "links")
    base = note("7.2")

    def where(self, text):
        fits = is_text(text) and 0 < len(text) <= 200 and len(quote(text)) < 900 and text not in (".", "..")
        fits = fits and not re.search(r"[\0-\x1f\x7f-\x9f\u2028\u2029]", text)
        self.name = text if fits else f"n{next(numbers)}"
        return filled(self.path, external_id=self.name, source=self.case.source)

    def read(self, answer):
        document = super().read(answer)
        self.case.assertEqual(document["external_id"], self.name)
        return document


class Draft(Target):
    method, path, state, scope = "PUT", "/updates/{id}", "?state=draft", "report"
    texts = ("summary", "details", "next_steps", "reason", "links")
    base = note("7.3")

    def __init__(self, case, line):
        super().__init__(case, line)
        made = case.ask(line, "POST", "/updates", self.headers(), case.dump(self.base))
        case.assertEqual(made.status, 201, made)
        self.id, self.etag = made.json["id"], made.headers["etag"]

    def headers(self):
        return super().headers() + ([("If-Match", self.etag)] if hasattr(self, "etag") else [])

    def where(self, _):
        return filled(self.path, id=self.id)

    def place(self, answer):
        return f"/updates/{self.id}{self.state}"

    def send(self, body, text=""):
        answer = super().send(body, text)
        if answer.status == 200:
            self.etag = answer.headers["etag"]
        return answer


class Patch(Target):
    method, scope = "PATCH", "edit"

    def __init__(self, case, line):
        super().__init__(case, line)
        self.own = dict(zip(("number", "code"), case.edited.pop()))
        self.etag = case.ask(line, "GET", self.where(""), []).headers["etag"]

    def headers(self):
        return [("Authorization", f"Bearer {self.key}"), ("Content-Type", "application/merge-patch+json"),
                ("If-Match", self.etag)]

    def where(self, _):
        return filled(self.path, **self.own)

    def place(self, answer):
        return self.where("")

    def send(self, body, text=""):
        answer = super().send(body, text)
        if answer.status == 200:
            self.etag = answer.headers["etag"]
        return answer


class Goal(Patch):
    path, texts = "/goals/{number}", ("statement", "short_name", "short_name_source")


class Objective(Patch):
    path, texts = "/objectives/{code}", ("statement", "description", "owner_role", "tags")


class New(Target):
    """What is founded under a name of its own each time."""

    scope, least = "edit", {}

    @property
    def base(self):
        return self.least | {"slug": f"new-{next(numbers)}"}


class NewMeasure(New):
    path, texts, least = "/measures", ("name", "unit", "data_source", "description"), measure("", "7.1")


class NewDepartment(New):
    path, texts = "/departments", ("name", "public_contact", "reporting_contact")
    unread, least = ("reporting_contact",), {"name": "Works"}


class Edited(Patch):
    """Each founds what it edits."""

    new = New

    def __init__(self, case, line):
        Target.__init__(self, case, line)
        made = self.new(case, line)
        founded = made.send(case.dump(made.base))
        case.assertEqual(founded.status, 201, founded)
        self.own, self.etag = {"slug": founded.json["slug"]}, founded.headers["etag"]


class Measure(Edited):
    path, texts, new = "/measures/{slug}", NewMeasure.texts, NewMeasure


class Department(Edited):
    path, texts, unread, new = "/departments/{slug}", NewDepartment.texts, NewDepartment.unread, NewDepartment


class NewPlan(New):
    path, texts, scope = "/plans", ("title", "organization", "overview"), "admin"
    unread, least = ("copy_from",), {"title": "Next"}


class Plan(Edited):
    path, texts, new, scope = "/plans/{slug}", ("title", "overview"), NewPlan, "admin"


class Period(Patch):
    """Each edits one of its own: by a note of long ago there are a hundred."""

    path, scope = "/periods/{period}", "report,publish,edit"

    def __init__(self, case, line):
        Target.__init__(self, case, line)
        old = Post(case, line)
        case.assertEqual(old.send(case.dump(note("7.1", as_of="2001-01-31"))).status, 201)
        number = next(numbers)
        year = 2001 + number // 4 % 24
        self.own = {"period": f"{year}-{(year + 1) % 100:02}-Q{number % 4 + 1}"}
        self.etag = case.ask(line, "GET", self.where(""), []).headers["etag"]


class Closing(Target):
    path, scope = "/periods/{period}/closing", "admin"


class Retraction(Target):
    path = "/updates/{id}/retraction"


class Publication(Target):
    path = "/updates/{id}/publication"


class Discard(Target):
    path = "/updates/{id}/discard"


class Return(Target):
    path = "/updates/{id}/return"


class Redaction(Target):
    path, scope = "/updates/{id}/redaction", "admin"


class NewWebhook(Target):
    path, scope = "/webhooks", "admin"
    base = {"url": "https://receiver.example/", "types": ["plan.created"]}


class Webhook(Patch):
    path, scope = "/webhooks/{id}", "admin"

    def __init__(self, case, line):
        Target.__init__(self, case, line)
        made = NewWebhook(case, line).send(case.dump(NewWebhook.base))
        case.assertEqual(made.status, 201, made)
        self.own, self.etag = {"id": made.json["id"]}, made.headers["etag"]


class Secret(Target):
    path, scope = "/webhooks/{id}/secret", "admin"


class Removal(Target):
    path, scope = "/webhooks/{id}/removal", "admin"


class TestEvent(Target):
    path, scope = "/webhooks/{id}/test", "admin"


class Replay(Target):
    path, scope = "/webhooks/{id}/deliveries/{delivery}/replay", "admin"


class Translations(Target):
    path, scope = "/translations", "edit"


class Batch(Target):
    path = "/updates/batch"


class Import(Target):
    path = "/imports"


class Open311(Target):
    path = "/open311/v2/servicerequestupdates.json"


class Open311Xml(Target):
    """Of XML itself there is more in test_open311.py."""

    path = "/open311/v2/servicerequestupdates.xml"

    def headers(self):
        return [h for h in super().headers() if h[0] != "Content-Type"] + [("Content-Type", "application/xml")]


STORING = (Post, Natural, Draft, Goal, Objective, NewMeasure, Measure, NewDepartment, Department, NewPlan, Plan)
WEBHOOKS = (NewWebhook, Webhook, Secret, Removal, TestEvent, Replay)
WRITES = STORING + WEBHOOKS + (Period, Retraction, Publication, Discard, Return, Redaction, Closing, Translations,
                               Batch, Import, Open311, Open311Xml)

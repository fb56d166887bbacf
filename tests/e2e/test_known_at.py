"""known_at: what the service said at a moment it says again later, whatever was recorded since."""
import datetime
import os
import random
import re
import time
import unittest

import support
from support import Case, progress

ROUNDS = 12 if support.QUICK or support.INSTRUMENTED else 40
PATHS = (
    "/plan",
    "/summary",
    "/summary?as_of=2026-05-31",
    "/goals?include=latest_update",
    "/goals/7?include=objectives",
    "/objectives?limit=500&include=latest_update",
    "/objectives?limit=500&as_of=2026-05-31",
    "/objectives?count=exact&overdue=true",
    "/objectives?fiscal_year=2026-27",
    "/objectives/7.1/updates?limit=500&count=exact",
    "/updates?limit=500&count=exact",
    "/updates?limit=500&updated_since=2026-01-01T00:00:00Z",
)
CODES = ("7.1", "7.2", "1.1")


def moment():
    """Now, to the millisecond, once it is over: nothing that comes after is of the same one."""
    now = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 <= now:
        pass
    at = datetime.datetime.fromtimestamp(now / 1000, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now % 1000:03}Z"


def at(path, then):
    return f"{path}{'&' if '?' in path else '?'}known_at={then}"


def but_for_links(body):
    return re.sub(rb'[?&]known_at=[^"&]*', b"", body)


class KnownAt(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.all = cls.db.key(scope="report,publish,edit", source="clerk")

    def post(self, code="7.1", percent=10, **more):
        return self.accepted(self.client.post(progress(code, percent, **more), key=self.all))

    def retract(self, id_):
        return self.accepted(self.client.post({"reason": "It was wrong."}, f"/updates/{id_}/retraction", key=self.all), 200)

    def edit(self, path, body):
        etag = self.client.get(path)["ETag"]
        return self.accepted(self.client.ask("PATCH", path, body, {"If-Match": etag}, self.all), 200)

    def said(self, then=None):
        answers = {}
        for path in PATHS:
            answer = self.client.get(at(path, then) if then else path)
            self.assertEqual(answer.status, 200, str(answer))
            answers[path] = but_for_links(answer.body)
        return answers


class Replay(KnownAt):
    """A random history; TEST_SEED repeats one."""

    def write(self, chance, heads):
        day = f"2026-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}"
        kind = chance.choice(("post", "post", "correct", "retract", "note", "edit", "lists", "goal"))
        if kind in ("correct", "retract") and not heads:
            kind = "post"
        if kind == "post":
            status = chance.choice(("on_track", "at_risk", "ongoing", "completed"))
            percent = chance.randint(0, 99) if status in ("on_track", "at_risk") and chance.random() < 0.7 else None
            heads.append(self.post(chance.choice(CODES), percent, status=status, as_of=day))
        elif kind == "note":
            self.accepted(self.client.post(support.note(chance.choice(CODES), as_of=day), key=self.all))
        elif kind == "correct":
            old = heads.pop(chance.randrange(len(heads)))
            heads.append(self.post(old["objective"], chance.randint(0, 99), as_of=day, supersedes=old["id"], reason="Recount."))
        elif kind == "retract":
            self.retract(heads.pop(chance.randrange(len(heads)))["id"])
        elif kind == "goal":
            self.edit("/goals/7", {"weight": chance.randint(1, 9)})
        elif kind == "lists":
            account = {"fiscal_year": "2026-27", "gl_account": f"0{chance.randint(1, 99)}", "spent": chance.randint(1, 9)}
            self.edit(f"/objectives/{chance.choice(CODES)}", {"funding": [account][: chance.randint(0, 1)]})
        else:
            self.edit(f"/objectives/{chance.choice(CODES)}",
                      {"start_on": "2025-07-01", "due_on": day, "update_frequency": chance.choice(("monthly", "none")),
                       "archived": chance.random() < 0.2} if chance.random() < 0.5 else {"archived": False})

    def test_a_history_replayed_says_what_was_said(self):
        seed = int(os.environ.get("TEST_SEED", random.SystemRandom().randrange(2**32)))
        support.say(f"TEST_SEED={seed}")
        chance = random.Random(seed)
        heads, kept = [], [(moment(), self.said())]
        for _ in range(ROUNDS):
            archived = [c for c in CODES if self.client.get(f"/objectives/{c}").json["archived_at"]]
            for code in archived[1:] if chance.random() < 0.5 else archived:
                self.edit(f"/objectives/{code}", {"archived": False})
            if not [c for c in CODES if self.client.get(f"/objectives/{c}").json["archived_at"]]:
                self.write(chance, heads)
            moment()
            said = self.said()
            kept.append((moment(), said))
        self.assertGreater(len({said["/objectives?limit=500&include=latest_update"] for _, said in kept}), ROUNDS // 3)
        for then, said in kept:
            now = self.said(then)
            for path in PATHS:
                self.assertEqual(now[path], said[path], f"TEST_SEED={seed}: {at(path, then)}")


class Asked(KnownAt):
    def test_an_update_is_as_it_stood(self):
        before = moment()
        first = self.post(percent=30, external_id="k1")["id"]
        posted = moment()
        second = self.post(percent=35, supersedes=first, reason="Recount.")["id"]
        corrected = moment()
        self.retract(second)
        for then, states in ((posted, ("published", None)), (corrected, ("superseded", "published")),
                             (moment(), ("superseded", "retracted"))):
            for id_, state in zip((first, second), states):
                answer = self.client.get(at(f"/updates/{id_}", then))
                if state is None:
                    self.refused(answer, 404)
                    continue
                self.assertEqual(answer.json["state"], state)
                self.assertEqual(answer.json["superseded_by"], second if state == "superseded" else None)
                self.assertEqual(answer.json["retraction"] is None, state != "retracted")
        self.refused(self.client.get(at(f"/updates/{first}", before)), 404)
        for then, id_ in ((posted, first), (corrected, second)):
            self.assertEqual(self.client.get(at("/updates/clerk/k1", then)).json["id"], id_)
        self.refused(self.client.get(at("/updates/clerk/k1", before)), 404)
        self.assertEqual(self.client.get(at("/objectives/7.1", corrected)).json["percent_complete"], 35)
        self.assertIsNone(self.client.get(at("/objectives/7.1", before)).json["percent_complete"])
        # A time as answers show it names the whole of its millisecond.
        shown = self.client.get(f"/updates/{first}").json["published_at"]
        self.assertEqual(self.client.get(at(f"/updates/{first}", shown)).json["state"], "published")

    def test_what_was_changed_since_is_what_was_known_of_it(self):
        id_ = self.post("1.2", 30)["id"]
        since = moment()
        self.retract(id_)
        retracted = moment()
        path = f"/updates?objective=1.2&updated_since={since}"
        self.assertEqual([u["id"] for u in self.client.get(path).json["data"]], [id_])
        self.assertEqual([u["id"] for u in self.client.get(at(path, retracted)).json["data"]], [id_])
        self.assertEqual(self.client.get(at(path, since)).json["data"], [])
        path = f"/objectives?updated_since={since}"
        self.assertIn("1.2", [o["code"] for o in self.client.get(at(path, retracted)).json["data"]])
        self.assertNotIn("1.2", [o["code"] for o in self.client.get(at(path, since)).json["data"]])

    def test_before_the_plan_came_there_is_nothing(self):
        long_ago = "2001-01-01T00:00:00Z"
        for path in ("/goals", "/objectives", "/updates"):
            self.assertEqual(self.client.get(at(path, long_ago)).json["data"], [])
        self.assertEqual(self.client.get(at("/summary", long_ago)).json["goals"], [])
        self.refused(self.client.get(at("/objectives/7.1", long_ago)), 404)

    def test_the_future_and_drafts_are_refused(self):
        ahead = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        for path in ("/", "/plan", "/summary", "/goals", "/goals/7", "/objectives", "/objectives/7.1", "/updates"):
            html = {"Accept": "text/html"} if path == "/" else {}
            self.refused(self.client.get(at(path, ahead), **html), 400, places=["known_at"])
        self.refused(self.client.get("/plan?known_at=yesterday"), 400, places=["known_at"])
        draft = self.client.ask("GET", f"/updates?state=draft&known_at={moment()}", key=self.all)
        self.refused(draft, 400, places=["known_at"])

    def test_pages_keep_their_moment(self):
        for n in range(3):
            self.post("7.3", n)
        then = moment()
        self.post("7.3", 50)
        path = at("/objectives/7.3/updates?limit=2", then)
        first = self.client.get(path).json
        self.assertIn("known_at=", first["links"]["next"])
        self.assertEqual(len(self.client.all(path)), 3)
        self.assertEqual(len(self.client.all("/objectives/7.3/updates?limit=2")), 4)
        cursor = first["page"]["next_cursor"]
        for other in ("/objectives/7.3/updates?limit=2", at("/objectives/7.3/updates?limit=2", moment())):
            self.refused(self.client.get(f"{other}&cursor={cursor}"), 400, places=["cursor"])


if __name__ == "__main__":
    unittest.main()

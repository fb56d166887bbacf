"""Two thousand random histories: what is served equals a sum done again here, from what /updates serves.

A history is what happens to one objective: reports, notes, corrections, retractions, drafts that go out or
not. rollup_rules.py does the sum again. PROPERTY_SEED repeats a run.
"""
import concurrent.futures
import datetime
import json
import os
import random
import tempfile
import time
import unittest
from decimal import Decimal

import support
from rollup_rules import ACTIVE, goal_progress, objective_now, plan_progress
from support import Case, Database, Server

SEED = int(os.environ.get("PROPERTY_SEED", random.SystemRandom().randrange(10 ** 6)))
HISTORIES = 80 if support.QUICK or support.INSTRUMENTED else 2000
WORKERS = 4
POSTABLE = ("not_started", "on_track", "at_risk", "off_track", "on_hold", "completed", "ongoing", "cancelled")


# ---- random plans and histories ----

def random_weight(dice):
    return dice.choice((1, 1, 1, 2, 3, 0, Decimal("0.5"), Decimal("1.125"), Decimal("7.333")))


def random_percent(dice):
    return dice.choice(
        (
            0,
            100,
            50,
            99.95,
            99.99,
            33.33,
            dice.randint(0, 100),
            round(dice.uniform(0, 100), 1),
            round(dice.uniform(0, 100), 2),
        )
    )


class Plan:
    def __init__(self, number, dice, size):
        self.slug, self.dice = f"plan-{number}", dice
        self.is_nearly_done = dice.random() < 0.3
        self.goals = []
        left = size
        while left > 0:
            count = min(left, dice.randint(1, 9))
            left -= count
            goal = len(self.goals) + 1
            self.goals.append(
                {
                    "number": goal,
                    "weight": random_weight(dice),
                    "objectives": [
                        {"code": f"{goal}.{n}", "weight": random_weight(dice), "archived": False}
                        for n in range(1, count + 1)
                    ],
                }
            )

    def objectives(self):
        return [o for g in self.goals for o in g["objectives"]]

    def file(self):
        def rows(goal):
            return [
                {"code": o["code"], "statement": f"Objective {o['code']}.", "weight": float(o["weight"])}
                for o in goal["objectives"]
            ]

        return {
            "format": "cerritos-in-progress/1",
            "demo": False,
            "plan": {
                "slug": self.slug,
                "title": self.slug,
                "organization": "A city",
                "time_zone": "America/Los_Angeles",
                "fiscal_year_start": 7,
                "state": "approved",
            },
            "goals": [
                {
                    "number": g["number"],
                    "statement": f"Goal {g['number']}.",
                    "weight": float(g["weight"]),
                    "objectives": rows(g),
                }
                for g in self.goals
            ],
        }


class History:
    """One objective's random life, told to the service; the state of each update is kept beside."""

    def __init__(self, plan, objective, client, keys, days):
        self.plan, self.code, self.client, self.keys, self.days = plan.slug, objective["code"], client, keys, days
        self.is_nearly_done = plan.is_nearly_done
        self.dice, self.states, self.heads, self.drafts, self.next_id = plan.dice, {}, [], {}, 0

    def body(self, **more):
        dice = self.dice
        made = {"objective": self.code, "as_of": dice.choice(self.days), "summary": "It goes on."} | more
        if self.is_nearly_done and dice.random() < 0.95:
            done = dice.random() < 0.6
            return made | {
                "kind": "progress",
                "status": "completed" if done else "on_track",
                "percent_complete": 100 if done else 99.97,
            }
        if dice.random() < 0.25:
            return made | {"kind": dice.choice(("note", "service_status"))}
        status = dice.choice(POSTABLE + ("on_track", "at_risk") * 2)
        made |= {"kind": "progress", "status": status}
        if status == "cancelled":
            made.setdefault("reason", "It is withdrawn.")
        if status in ACTIVE and dice.random() < 0.6:
            made["percent_complete"] = random_percent(dice)
        return made

    def one(self, *states):
        """A head of a chain that stands so, or None."""
        return self.dice.choice([i for i in self.heads if self.states[i] in states] or [None])

    def published(self, new, old=None):
        self.states[new] = "published"
        self.heads.append(new)
        if old:
            self.heads.remove(old)
            self.states[old] = "retracted" if self.states[old] == "retracted" else "superseded"
            self.drafts = {d: base for d, base in self.drafts.items() if base != old}

    def ask(self, method, path, body, key, *statuses):
        self.next_id += 1
        headers = {"Idempotency-Key": f'"{self.plan}-{self.code}-{self.next_id}"'} if path == "/updates" else {}
        got = self.client.ask(method, f"{path}?plan={self.plan}", body, headers, key)
        if got.status not in statuses:
            raise AssertionError(f"{got} instead of {statuses}: {body}")
        return got

    def post(self, key, base):
        more = {"supersedes": base, "reason": "It was wrong."} if base else {}
        return self.ask("POST", "/updates", self.body(**more), self.keys[key], 201).json["id"]

    def report(self):
        self.published(self.post("publish", None))

    def correct(self):
        old = self.one("published", "retracted")
        if old:
            self.published(self.post("publish", old), old)

    def retract(self):
        old = self.one("published")
        if old:
            self.ask("POST", f"/updates/{old}/retraction", {"reason": "It was wrong."}, self.keys["publish"], 200)
            self.states[old] = "retracted"

    def draft(self):
        base = self.dice.choice((None, self.one("published", "retracted")))
        self.drafts[self.post("report", base)] = base

    def publish(self):
        draft = self.dice.choice(list(self.drafts) or [None])
        if draft:
            self.ask("POST", f"/updates/{draft}/publication", None, self.keys["publish"], 200)
            self.published(draft, self.drafts.pop(draft))

    def discard(self):
        draft = self.dice.choice(list(self.drafts) or [None])
        if draft:
            self.ask("POST", f"/updates/{draft}/discard", None, self.keys["report"], 200)
            del self.drafts[draft]

    def live(self):
        if self.is_nearly_done:
            self.report()
        for _ in range(self.dice.choice((0, 1, 2, 3, 4, 6, 9, 12))):
            act = self.dice.choice(
                (self.report,) * 4 + (self.correct,) * 2 + (self.retract, self.draft, self.publish, self.discard)
            )
            act()
        return self.states


class RandomHistories(Case):
    @classmethod
    def setUpClass(cls):
        cls.db = Database.empty()
        cls.addClassCleanup(cls.db.drop)
        support.run("migrate", url=cls.db.url)
        today = datetime.date.today() - datetime.timedelta(days=2)
        cls.days = [(today - datetime.timedelta(days=n)).isoformat() for n in range(0, 400, 7)]

    def setUp(self):
        pass  # the service begins when the plans are there

    def make_plans(self):
        dice, plans, left = random.Random(SEED), [], HISTORIES
        while left > 0:
            size = min(left, dice.randint(20, 60))
            left -= size
            plans.append(Plan(len(plans), random.Random(f"{SEED}/{len(plans)}"), size))
        for plan in plans:
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                json.dump(plan.file(), file)
                file.flush()
                support.run("import", file.name, url=self.db.url)
        return plans

    def edit_some(self, plan, client, key):
        """A weight here, an archived objective there: in force from today, and not on any day before."""
        for objective in plan.objectives():
            change = plan.dice.choice((None, None, None, None, {"weight": 4}, {"archived": True}))
            if change:
                got = client.ask(
                    "PATCH",
                    f"/objectives/{objective['code']}?plan={plan.slug}",
                    change,
                    {"If-Match": '"r1-0000000000000000"'},
                    key,
                )
                self.accepted(got, 200)
                objective["later"] = change

    def play(self, plan):
        client = support.Client(self.server.port)
        lives = {o["code"]: History(plan, o, client, self.keys, self.days).live() for o in plan.objectives()}
        self.edit_some(plan, client, self.keys["edit"])
        self.verify(plan, client, lives)
        client.close()
        return sum(map(len, lives.values()))

    def verify(self, plan, client, lives):
        updates = client.all(f"/updates?plan={plan.slug}&limit=500")
        told = {}
        for u in updates:
            told.setdefault(u["objective"], {})[u["id"]] = u["state"]
        self.assertEqual(
            {c: s for c, s in lives.items() if s}, told, f"seed {SEED}, {plan.slug}: the states of the updates"
        )
        by_code = {}
        for u in updates:
            by_code.setdefault(u["objective"], []).append(u)
        for day in (None, self.days[0], plan.dice.choice(self.days), "2020-01-01"):
            self.verify_day(plan, client, by_code, day)

    def verify_day(self, plan, client, by_code, day):
        label = f"seed {SEED}, {plan.slug}, as of {day}"
        ask = f"plan={plan.slug}" + (f"&as_of={day}" if day else "")
        served = {o["code"]: o for o in client.all(f"/objectives?limit=500&{ask}")}
        goals = []
        for goal in plan.goals:
            objectives = [self.objective_on(o, by_code.get(o["code"], []), day) for o in goal["objectives"]]
            for o in objectives:
                got = served[o["code"]]
                self.assertEqual(
                    (
                        got["status"],
                        got["status_as_of"],
                        got["percent_complete"],
                        got["percent_as_of"],
                        got["weight"],
                    ),
                    (o["status"], o["status_as_of"], o["percent"], o["percent_as_of"], o["weight"]),
                    f"{label}, {o['code']}",
                )
            goals.append((goal["number"], goal["weight"], *goal_progress(objectives), objectives))
        for got, wanted in zip(client.all(f"/goals?{ask}"), goals, strict=True):
            self.assertEqual(got["progress"], wanted[2], f"{label}, goal {got['number']}")
        whole = plan_progress(goals)
        self.assertEqual(client.get(f"/plan?{ask}").json["progress"], whole, label)
        summary = client.get(f"/summary?{ask}").json
        self.assertEqual(summary["progress"], whole, label)
        self.assertEqual([g["percent"] for g in summary["goals"]], [g[2]["percent"] for g in goals], label)

    def objective_on(self, o, updates, day):
        status, status_as_of, percent, percent_as_of = objective_now(updates, day)
        now = o.get("later", {}) if day is None else {}
        return {"code": o["code"], "weight": now.get("weight", o["weight"]), "archived": now.get("archived", False),
                "status": status, "status_as_of": status_as_of, "percent": percent, "percent_as_of": percent_as_of}

    def test_what_is_served_equals_the_sum_done_again(self):
        support.say(f"PROPERTY_SEED={SEED}, {HISTORIES} histories")
        began = time.monotonic()
        plans = self.make_plans()
        imported = time.monotonic()
        self.keys = {"publish": self.db.key(scope="publish,report"), "report": self.db.key(scope="report"),
                     "edit": self.db.key(scope="edit", source="city")}
        self.server = Server(self.db.url)
        self.addCleanup(self.server.kill)
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            count = sum(pool.map(self.play, plans))
        support.say(
            f"{len(plans)} plans, {count} updates; import {imported - began:.1f} s, "
            f"histories {time.monotonic() - imported:.1f} s"
        )


if __name__ == "__main__":
    unittest.main()

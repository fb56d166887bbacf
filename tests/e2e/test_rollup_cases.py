"""The roll-ups made by hand (tests/data/rollup), told to the service over HTTP and read back from it."""
import glob
import json
import os
import unittest
from decimal import Decimal

import support
from support import Case, Database, ROOT, Server

CASES = sorted(glob.glob(os.path.join(ROOT, "tests", "data", "rollup", "*.json")))


def plan_of(case, slug):
    goals = {}
    for objective in case["objectives"]:
        number = int(objective["code"].split(".")[0])
        goals.setdefault(number, []).append(
            {"code": objective["code"], "statement": "An objective.", "weight": objective.get("weight", 1)}
        )
    weights = case.get("goal_weights", {})
    return {
        "format": "cerritos-in-progress/1",
        "demo": False,
        "plan": {
            "slug": slug,
            "title": slug,
            "organization": "A city",
            "time_zone": "America/Los_Angeles",
            "fiscal_year_start": 7,
            "state": "approved",
        },
        "goals": [
            {"number": n, "statement": "A goal.", "weight": weights.get(str(n), 1), "objectives": o}
            for n, o in sorted(goals.items())
        ],
    }


class ByHand(Case):
    @classmethod
    def setUpClass(cls):
        cls.db = Database.empty()
        cls.addClassCleanup(cls.db.drop)
        support.run("migrate", url=cls.db.url)
        cls.key = cls.db.key(scope="publish,report,edit", source="hand")
        cls.server = Server(cls.db.url)
        cls.addClassCleanup(cls.server.kill)

    def play(self, case, slug):
        support.run("import", "-", url=self.db.url, stdin=json.dumps(plan_of(case, slug)))
        for objective in case["objectives"]:
            self.report(objective, slug)

    def report(self, objective, slug):
        """The retractions come last, so that a report may correct what is retracted only then."""
        ids = []
        for report in objective.get("reports", []):
            body = {"kind": "progress", "summary": "By hand.", "objective": objective["code"]} | report
            retracted, corrects = body.pop("retracted", False), body.pop("corrects", None)
            if corrects:
                body |= {"supersedes": ids[corrects - 1][0], "reason": "It was wrong."}
            ids.append(
                (self.accepted(self.client.post(body, f"/updates?plan={slug}", key=self.key))["id"], retracted)
            )
        for id_ in [i for i, retracted in ids if retracted]:
            self.accepted(
                self.client.post({"reason": "It was wrong."}, f"/updates/{id_}/retraction?plan={slug}", key=self.key),
                200,
            )
        if objective.get("archived"):
            etag = {"If-Match": '"r1-0000000000000000"'}
            got = self.client.ask(
                "PATCH", f"/objectives/{objective['code']}?plan={slug}", {"archived": True}, etag, self.key
            )
            self.accepted(got, 200)

    def served(self, name, ask):
        if name == "plan":
            progress = self.client.get(f"/plan?{ask}").json["progress"]
            self.assertEqual(self.client.get(f"/summary?{ask}").json["progress"], progress)
            return progress
        if "." in name:
            return self.client.get(f"/objectives/{name}?{ask}").json
        return self.client.get(f"/goals/{name}?{ask}").json["progress"]

    def test_every_table_made_by_hand_is_what_the_service_says(self):
        self.assertGreaterEqual(len(CASES), 12)
        for path in CASES[:: 5 if support.QUICK else 1]:
            with open(path, encoding="utf-8") as f:
                case = json.load(f, parse_float=Decimal)
            slug = os.path.basename(path)[:-5].replace("_", "-")
            with open(path, encoding="utf-8") as f:
                self.play(json.load(f), slug)
            ask = f"plan={slug}" + (f"&as_of={case['as_of']}" if "as_of" in case else "")
            with self.subTest(case["name"]):
                for name, wanted in case["expect"].items():
                    got = self.served(name, ask)
                    self.assertEqual({k: got[k] for k in wanted}, wanted, f"{slug}: {name}")


if __name__ == "__main__":
    unittest.main()

"""From one plan to the next: a draft, copied or empty, that passes from state to state until it takes the old one's place."""
import json
import unittest

import support
from support import Case, progress

OLD, NEW = "cerritos-in-progress", "the-next"


class Plans(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.db.key(scope="admin", source=None)

    def begin(self, slug, ask="", **more):
        return self.client.ask("POST", f"/plans{ask}", {"slug": slug, "title": "Next"} | more, {"Idempotency-Key": f"k-{slug}"},
                               self.admin)

    def patch(self, slug, body, etag=None, key=None, ask=""):
        etag = etag or self.client.get(f"/plans/{slug}")["ETag"]
        return self.client.ask("PATCH", f"/plans/{slug}{ask}", body, {"If-Match": etag}, key or self.admin)

    def listed(self):
        return {p["slug"]: p["state"] for p in self.client.all("/plans")}

    def test_from_one_plan_to_the_next(self):
        """Each step begins where the one before it ended."""
        for step in (self.a_copy_says_what_the_plan_says_and_nothing_of_how_it_stands,
                     self.what_is_refused,
                     self.the_next_takes_the_place_of_the_old_in_one_step,
                     self.another_service_hears_of_it,
                     self.without_an_active_plan_paths_say_so_and_plans_are_listed):
            step()

    def a_copy_says_what_the_plan_says_and_nothing_of_how_it_stands(self):
        self.accepted(self.client.post(progress("7.1", 40), key=self.key))
        made = self.begin(NEW, copy_from=OLD, starts_on="2031-07-01", ends_on="2036-06-30")
        self.assertEqual(self.accepted(made)["state"], "draft")
        self.assertEqual(made["Location"], f"/plans/{NEW}")
        self.assertEqual(self.begin(NEW, copy_from=OLD, starts_on="2031-07-01", ends_on="2036-06-30")["Idempotent-Replayed"], "true")
        words = ("code", "statement", "description", "description_position", "lead_department", "owner_role", "weight", "tags")
        old, new = (self.client.all(f"/objectives?plan={slug}") for slug in (OLD, NEW))
        self.assertEqual([{n: o[n] for n in words} for o in new], [{n: o[n] for n in words} for o in old])
        self.assertEqual([[a["text"] for a in o["actions"]] for o in new], [[a["text"] for a in o["actions"]] for o in old])
        self.assertEqual({o["status"] for o in new}, {"no_information"})
        goals = ("number", "statement", "short_name", "weight")
        old, new = (self.client.all(f"/goals?plan={slug}") for slug in (OLD, NEW))
        self.assertEqual([[g[n] for n in goals] for g in new], [[g[n] for n in goals] for g in old])
        self.assertEqual(self.listed(), {OLD: "active"}, "a draft is not listed")
        self.assertEqual(self.client.get(f"/plans/{NEW}").json, self.client.get(f"/plan?plan={NEW}").json)

    def what_is_refused(self):
        self.refused(self.client.ask("POST", "/plans", {"slug": "x", "title": "X"}, {"Idempotency-Key": "a"}, self.key), 403)
        got = self.client.ask("POST", "/plans", {"slug": OLD, "title": "X"}, {"Idempotency-Key": "b"}, self.admin)
        self.refused(got, 409, places=["#/slug"])
        self.assertEqual(got["Location"], f"/plans/{OLD}")
        self.refused(self.begin("other", copy_from="nowhere"), 422, places=["#/copy_from"])
        self.refused(self.begin("other", starts_on="2030-01-02", ends_on="2030-01-01"), 422, places=["#/ends_on"])
        before = self.db.checksum()
        self.assertTrue(self.accepted(self.begin("dry", "?dry_run=true", copy_from=OLD), 200)["dry_run"])
        for state in ("approved", "active", "archived"):
            self.refused(self.patch(NEW, {"state": state}), 409, "conflict")
        self.refused(self.patch(NEW, {"state": "closed"}), 422, places=["#/state"])
        self.refused(self.patch(NEW, {"title": None}), 422, places=["#/title"])
        self.refused(self.patch("nowhere", {"title": "x"}, '"r1-0000000000000000"'), 404)
        self.refused(self.client.get("/plans?plan=x"), 400, places=["plan"])
        self.assertEqual(self.db.checksum(), before)

    def the_next_takes_the_place_of_the_old_in_one_step(self):
        etag = self.client.get(f"/plans/{NEW}")["ETag"]
        self.accepted(self.patch(NEW, {"state": "under_review", "title": "City Plan"}, etag), 200)
        self.refused(self.patch(NEW, {"state": "draft"}, etag), 412)
        self.accepted(self.patch(NEW, {"state": "approved"}), 200)
        self.assertEqual(self.listed(), {OLD: "active", NEW: "approved"})
        kept = self.client.get("/summary")  # kept from now on
        self.assertEqual(self.accepted(self.patch(NEW, {"state": "active"}, ask="?dry_run=true"), 200)["state"], "active")
        self.assertEqual(self.client.get("/summary").body, kept.body)
        self.accepted(self.patch(NEW, {"state": "active"}), 200)
        self.assertEqual(self.listed(), {OLD: "archived", NEW: "active"})
        self.assertEqual(self.client.get("/summary").json["plan"], NEW)
        self.assertEqual(self.client.get("/goals/7").json["progress"]["status"], "no_information")
        self.assertEqual(self.client.get(f"/objectives/7.1?plan={OLD}").json["percent_complete"], 40)
        told = self.db.sql("select string_agg(entity_id || ' ' || op, ',' order by id) from progress.change where entity = 'plan'")
        self.assertEqual(told.split(",")[-2:], [f"{OLD} changed", f"{NEW} changed"])
        audit = self.db.sql("select detail->'state' from progress.audit_event where entity = 'plan' order by id desc limit 2")
        self.assertEqual([json.loads(line) for line in audit.splitlines()], [["approved", "active"], ["active", "archived"]])

    def another_service_hears_of_it(self):
        other = support.Server(self.db.url)
        self.addCleanup(other.kill)
        client = self.connect(server=other)
        self.assertEqual(client.get("/goals").json["data"][0]["links"]["self"], "/goals/1")
        before = client.get("/summary").json["plan"]
        self.accepted(self.patch(OLD, {"state": "active"}), 200)
        self.assertNotEqual(before, OLD)
        support.wait_until(lambda: client.get("/summary").json["plan"] == OLD, "the other service")
        support.wait_until(lambda: client.get("/objectives/7.1").json["percent_complete"] == 40, "its objectives")

    def without_an_active_plan_paths_say_so_and_plans_are_listed(self):
        self.accepted(self.patch(OLD, {"state": "archived"}), 200)
        self.refused(self.client.get("/goals"), 404, "no-active-plan")
        self.refused(self.client.get("/periods"), 404, "no-active-plan")
        self.assertEqual(set(self.listed().values()), {"archived"})
        self.accepted(self.begin("alone", organization="A city"))
        self.accepted(self.patch(OLD, {"state": "active"}), 200)
        self.assertEqual(self.client.get("/goals/7").status, 200)


if __name__ == "__main__":
    unittest.main()

"""What waits for publication, and the edits of goals and objectives."""
import unittest

from support import Case, progress


class Drafts(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reporter = cls.db.key(scope="report")
        cls.publisher = cls.db.key(scope="publish", source="city")

    def draft(self, objective="7.1", percent=40, **more):
        return self.client.post(progress(objective, percent, **more), key=self.reporter)

    def test_a_key_without_publish_leaves_a_draft_that_the_public_does_not_see(self):
        before = [
            self.client.get(path).body for path in ("/goals", "/objectives", "/updates", "/summary", "/metrics")[:4]
        ]
        made = self.draft()
        document = self.accepted(made)
        self.assertEqual((document["state"], document["published_at"], document["revision"]), ("draft", None, 1))
        self.assertEqual(made["Location"], f"/updates/{document['id']}?state=draft")
        self.assertEqual(
            [self.client.get(path).body for path in ("/goals", "/objectives", "/updates", "/summary")], before
        )
        self.refused(self.client.get(f"/updates/{document['id']}"), 404)
        self.refused(self.client.get(made["Location"]), 401)
        seen = self.client.ask("GET", made["Location"], key=self.reporter)
        self.assertEqual((self.accepted(seen, 200), seen["Cache-Control"]), (document, "no-store"))
        listed = self.client.ask("GET", "/updates?state=draft", key=self.reporter)
        self.assertIn(document["id"], [d["id"] for d in listed.json["data"]])
        self.assertEqual(listed["Cache-Control"], "no-store")

    def test_drafts_are_for_their_own_source_and_those_who_publish(self):
        made = self.draft("7.2")
        stranger = self.db.key(scope="report", source="tyler")
        self.refused(self.client.ask("GET", made["Location"], key=stranger), 404)
        self.assertEqual(self.client.ask("GET", "/updates?state=draft", key=stranger).json["data"], [])
        self.assertEqual(self.client.ask("GET", made["Location"], key=self.publisher).status, 200)
        bounded = self.db.key(scope="publish", source="city", objective="7.1")
        self.refused(self.client.ask("GET", made["Location"], key=bounded), 404)

    def test_a_draft_is_revised_by_who_read_it_last(self):
        made = self.draft("7.3", 10)
        path = made["Location"].split("?")[0]
        self.refused(
            self.client.ask("PUT", path, progress("7.3", 20), key=self.reporter), 428, "precondition-required"
        )
        etag = self.client.ask("GET", made["Location"], key=self.reporter)["ETag"]
        revised = self.client.ask("PUT", path, progress("7.3", 20), {"If-Match": etag}, self.reporter)
        self.assertEqual((self.accepted(revised, 200)["revision"], revised.json["percent_complete"]), (2, 20))
        self.refused(
            self.client.ask("PUT", path, progress("7.3", 30), {"If-Match": etag}, self.reporter),
            412,
            "stale-revision",
        )

    def test_a_published_draft_keeps_its_id_and_moves_the_objective(self):
        made = self.draft("5.2", 60)
        path = made["Location"].split("?")[0]
        self.refused(self.client.post(None, path + "/publication", key=self.reporter), 403)
        out = self.client.post(None, path + "/publication", key=self.publisher)
        self.assertEqual((self.accepted(out, 200)["id"], out.json["state"]), (made.json["id"], "published"))
        self.assertEqual(self.client.get("/objectives/5.2").json["percent_complete"], 60)
        self.assertEqual(
            self.accepted(self.client.post(None, path + "/publication", key=self.publisher), 200), out.json
        )
        self.refused(self.client.ask("PUT", path, progress("5.2", 1), {"If-Match": made["ETag"]}, self.reporter), 409)
        self.refused(self.client.post(None, path + "/discard", key=self.reporter), 409)

    def test_who_decides_may_say_what_was_read(self):
        for decision, body in (("publication", None), ("return", {"comment": "Which park?"}), ("discard", None)):
            with self.subTest(decision):
                made = self.draft("5.5", 10)
                path = made["Location"].split("?")[0]
                self.accepted(self.client.ask("PUT", path, progress("5.5", 20), {"If-Match": made["ETag"]}, self.reporter), 200)

                def decide(tag, where=f"{path}/{decision}", body=body):
                    return self.client.ask("POST", where, body, {"If-Match": tag}, self.publisher)

                for tag in (made["ETag"], "W/" + made["ETag"], "what", '"what"'):
                    self.refused(decide(tag), 412, "stale-revision")
                self.refused(decide(made["ETag"], f"{path}/{decision}?dry_run=true"), 412, "stale-revision")
                document = self.client.ask("GET", made["Location"], key=self.publisher)
                self.assertEqual((document.json["state"], document.json["revision"]), ("draft", 2))
                self.accepted(decide(document["ETag"]), 200)
                if decision != "return":  # what is so already is answered as it is
                    self.accepted(decide(document["ETag"]), 200)

    def test_any_revision_is_one(self):
        made = self.draft("5.5", 10)
        path = made["Location"].split("?")[0]
        self.accepted(self.client.ask("POST", f"{path}/publication", None, {"If-Match": "*"}, self.publisher), 200)

    def test_a_discarded_draft_stays_away(self):
        made = self.draft("5.3", 60)
        path = made["Location"].split("?")[0]
        gone = self.accepted(self.client.post(None, path + "/discard", key=self.reporter), 200)
        self.assertEqual(gone["state"], "discarded")
        self.assertEqual(self.accepted(self.client.post(None, path + "/discard", key=self.reporter), 200), gone)
        self.refused(self.client.post(None, path + "/publication", key=self.publisher), 409)
        self.refused(self.client.get(path), 404)
        self.assertNotIn(
            made.json["id"],
            [d["id"] for d in self.client.ask("GET", "/updates?state=draft", key=self.publisher).json["data"]],
        )

    def test_a_correction_drafted_on_what_was_corrected_meanwhile_is_not_published(self):
        old = self.accepted(self.client.post(progress("5.4", 10), key=self.key))
        mine = self.draft("5.4", 20, supersedes=old["id"], reason="mine")
        self.accepted(mine)
        self.assertEqual(self.client.get(f"/updates/{old['id']}").json["state"], "published")
        self.accepted(self.client.post(progress("5.4", 30, supersedes=old["id"], reason="faster"), key=self.key))
        self.refused(
            self.client.post(None, mine["Location"].split("?")[0] + "/publication", key=self.publisher),
            409,
            "superseded",
        )
        self.assertEqual(self.client.get("/objectives/5.4").json["percent_complete"], 30)


class Editing(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.db.key(scope="edit", source="city")

    def patch(self, path, body, etag=None, **headers):
        return self.client.ask("PATCH", path, body, ({"If-Match": etag} if etag else {}) | headers, self.editor)

    def test_an_edit_makes_a_revision_and_moves_the_roll_up(self):
        self.accepted(self.client.post(progress("6.1", 100, "completed"), key=self.key))
        etag = self.client.get("/objectives/6.1")["ETag"]
        edited = self.patch(
            "/objectives/6.1", {"weight": 2.5, "owner_role": "Finance Director", "tags": ["audit"]}, etag
        )
        document = self.accepted(edited, 200)
        self.assertEqual((document["revision"], str(document["weight"]), document["tags"]), (2, "2.5", ["audit"]))
        self.assertEqual(self.client.get("/objectives/6.1").json, document)
        self.assertEqual(str(self.client.get("/goals/6").json["progress"]["percent"]), "55.6")
        again = self.accepted(self.patch("/objectives/6.1", {"owner_role": None}, edited["ETag"]), 200)
        self.assertEqual((again["revision"], again["owner_role"], str(again["weight"])), (3, None, "2.5"))

    def test_a_stale_editor_is_refused_and_an_update_is_no_edit(self):
        etag = self.client.get("/goals/1")["ETag"]
        self.accepted(self.client.post(progress("1.1", 5), key=self.key))
        self.assertNotEqual(self.client.get("/goals/1")["ETag"], etag)
        self.accepted(self.patch("/goals/1", {"weight": 3}, etag), 200)
        self.refused(self.patch("/goals/1", {"weight": 4}, etag), 412, "stale-revision")
        self.refused(self.patch("/goals/1", {"weight": 4}), 428, "precondition-required")
        for wrong in ('W/"r2-0000000000000000"', '"r99-0000000000000000"', "nonsense", "*"):
            self.refused(self.patch("/goals/1", {"weight": 4}, wrong), 412, "stale-revision")

    def test_a_patch_is_a_merge_patch(self):
        etag = self.client.get("/goals/2")["ETag"]
        wrong = self.patch("/goals/2", {"weight": 4}, etag, **{"Content-Type": "application/json"})
        self.refused(wrong, 415, "unsupported-media-type")
        self.assertEqual(wrong["Accept-Patch"], "application/merge-patch+json")

    def test_only_edit_fields_are_taken(self):
        etag = self.client.get("/objectives/2.1")["ETag"]
        self.refused(
            self.patch(
                "/objectives/2.1",
                {
                    "status": "completed",
                    "percent_complete": 5,
                    "weight": -1,
                    "statement": None,
                    "start_on": "2026-02-01",
                    "due_on": "2026-01-01",
                },
                etag,
            ),
            422,
            "invalid",
            ["#/status", "#/percent_complete", "#/weight", "#/statement", "#/due_on"],
        )

    def test_an_archived_objective_leaves_the_sum_and_takes_no_update(self):
        etag = self.client.get("/objectives/8.4")["ETag"]
        self.assertRegex(
            self.accepted(self.patch("/objectives/8.4", {"archived": True}, etag), 200)["archived_at"], r"^\d{4}-"
        )
        rolled = self.client.get("/goals/8").json["progress"]
        self.assertEqual((rolled["total"], rolled["excluded"]), (3, [{"code": "8.4", "reason": "archived"}]))
        self.refused(self.client.post(progress("8.4", 5), key=self.key), 422, places=["#/objective"])

    def test_a_patch_that_changes_nothing_makes_no_revision(self):
        got = self.client.get("/goals/3")
        same = self.accepted(self.patch("/goals/3", {"weight": 1}, got["ETag"]), 200)
        self.assertEqual(same["revision"], got.json["revision"])

    def test_a_dry_run_of_an_edit_changes_nothing(self):
        got = self.client.get("/goals/4")
        tried = self.accepted(self.patch("/goals/4?dry_run=true", {"weight": 9}, got["ETag"]), 200)
        self.assertEqual((tried["dry_run"], tried["weight"]), (True, 9))
        self.assertEqual(self.client.get("/goals/4").body, got.body)

if __name__ == "__main__":
    unittest.main()

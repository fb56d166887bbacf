"""Writing: a key posts an update that everybody then reads; corrections, retractions, natural keys."""
import unittest

from support import Case, note, progress


class Posting(Case):
    def test_a_posted_update_is_read_where_its_location_leads(self):
        made = self.client.post(
            progress("7.1", 40, details="More.", links=[{"label": "City", "url": "https://example.org/"}]),
            key=self.key,
        )
        document = self.accepted(made)
        self.assertRegex(made["Location"], r"^/updates/\d+$")
        self.assertEqual(made["Location"], f"/updates/{document['id']}")
        self.assertRegex(made["ETag"], r'^"r\d+-[0-9a-f]{16}"$')
        self.assertEqual(made["Cache-Control"], "no-store")
        got = self.client.get(made["Location"])
        self.assertEqual((got.status, got.json), (200, document))
        self.assertEqual((document["source"], document["state"], document["demo"]), ("gogov", "published", False))
        self.assertEqual(self.client.get("/updates?objective=7.1").json["data"][0], document)

    def test_a_post_moves_objective_goal_plan_and_summary(self):
        self.accepted(self.client.post(progress("6.1", 50, "at_risk", as_of="2026-03-31"), key=self.key))
        objective = self.client.get("/objectives/6.1").json
        self.assertEqual(
            (objective["status"], objective["percent_complete"], objective["status_as_of"]),
            ("at_risk", 50, "2026-03-31"),
        )
        rolled = self.client.get("/goals/6").json["progress"]
        self.assertEqual(
            (float(rolled["percent"]), rolled["percent_is_minimum"], rolled["reported"], rolled["total"]),
            (16.7, True, 1, 3),
        )
        self.assertEqual(
            (rolled["status"], rolled["status_counts"]), ("at_risk", {"at_risk": 1, "no_information": 2})
        )
        self.assertEqual(rolled["counted"][0], {"code": "6.1", "weight": 1, "percent": 50})
        plan = self.client.get("/plan").json["progress"]
        six = [row for row in plan["counted"] if row["goal"] == 6][0]
        self.assertEqual((float(six["percent"]), str(six["percent_unrounded"])), (16.7, "16.666667"))
        summary = self.client.get("/summary").json
        self.assertEqual(float(summary["goals"][5]["percent"]), 16.7)
        self.assertEqual(summary["goals"][5]["latest_update_on"], "2026-03-31")

    def test_a_note_moves_nothing(self):
        before = self.client.get("/goals/8").json["progress"]
        self.accepted(self.client.post(note("8.1"), key=self.key))
        self.accepted(self.client.post(note("8.2", kind="service_status"), key=self.key))
        self.assertEqual(self.client.get("/goals/8").json["progress"], before)
        self.assertEqual(self.client.get("/objectives/8.1").json["updates_count"], 1)

    def test_a_replay_is_the_same_bytes(self):
        one = self.client.post(progress("1.1", 10), idem="replayed", key=self.key)
        two = self.client.post(progress("1.1", 10), idem="replayed", key=self.key)
        self.assertEqual((one.status, one["Idempotent-Replayed"]), (201, None), str(one))
        self.assertEqual((two.status, two["Idempotent-Replayed"]), (201, "true"), str(two))
        self.assertEqual((one.body, one["Location"], one["ETag"]), (two.body, two["Location"], two["ETag"]))
        self.assertEqual(len(self.client.all("/updates?objective=1.1")), 1)

    def test_an_idempotency_key_belongs_to_one_request(self):
        self.accepted(self.client.post(note("1.2"), idem="once", key=self.key))
        self.refused(
            self.client.post(note("1.2", summary="other"), idem="once", key=self.key), 422, "idempotency-key-reused"
        )
        self.accepted(
            self.client.post(note("1.2", summary="another client"), idem="once", key=self.db.key(source="tyler"))
        )

    def test_a_post_without_an_idempotency_key_is_refused(self):
        self.refused(
            self.client.ask("POST", "/updates", note("1.1"), key=self.key), 400, "malformed", ["Idempotency-Key"]
        )
        for bad in ('""', '"a"b"', "x" * 256, '"ü"'.encode()):
            got = self.client.ask("POST", "/updates", note("1.1"), {"Idempotency-Key": bad}, self.key)
            self.refused(got, 400, places=["Idempotency-Key"])

    def test_a_dry_run_checks_all_and_records_nothing(self):
        before = self.db.checksum()
        got = self.client.ask("POST", "/updates?dry_run=true", progress("7.1", 99), key=self.key)
        document = self.accepted(got, 200)
        self.assertEqual((document["dry_run"], document["id"], got["Location"]), (True, None, None))
        self.refused(
            self.client.ask("POST", "/updates?dry_run=true", progress("7.1", 101), key=self.key),
            422,
            places=["#/percent_complete"],
        )
        self.refused(
            self.client.ask("POST", "/updates?dry_run=true", progress("9.1", 10), key=self.key),
            422,
            places=["#/objective"],
        )
        self.refused(
            self.client.ask("POST", "/updates?dry_run=maybe", note("7.1"), key=self.key),
            400,
            places=["dry_run", "Idempotency-Key"],
        )
        self.assertEqual(self.db.checksum(), before)

    def test_all_faults_of_a_body_are_named_at_once(self):
        body = {
            "objective": 7,
            "as_of": "tomorrow",
            "kind": "progress",
            "status": "no_information",
            "percent_complete": 33.333,
            "summary": " ",
            "colour": "red",
            "a/b~c": 1,
            "links": [{"label": "x", "url": "ftp://x"}, 5],
            "supersedes": 17,
        }
        self.refused(
            self.client.post(body, key=self.key),
            422,
            "invalid",
            [
                "#/objective",
                "#/as_of",
                "#/status",
                "#/percent_complete",
                "#/summary",
                "#/colour",
                "#/a~1b~0c",
                "#/links/0/url",
                "#/links/1",
                "#/supersedes",
            ],
        )
        self.refused(
            self.client.post({}, key=self.key), 422, places=["#/objective", "#/as_of", "#/kind", "#/summary"]
        )

    def test_all_faults_that_only_the_database_sees_are_named_at_once(self):
        self.refused(
            self.client.post(note("9.9", as_of="2999-01-01"), key=self.key),
            422,
            "invalid",
            ["#/objective", "#/as_of"],
        )

    def test_a_body_that_contradicts_its_status_is_refused(self):
        for body, places in (
            (progress("7.1", 5, "not_started"), ["#/percent_complete"]),
            (progress("7.1", 99, "completed"), ["#/percent_complete"]),
            (progress("7.1", 5, "ongoing"), ["#/percent_complete"]),
            (progress("7.1", None, "cancelled"), ["#/reason"]),
            (progress("7.1", 100.01), ["#/percent_complete"]),
            (progress("7.1", -1), ["#/percent_complete"]),
            (note("7.1", status="on_track", percent_complete=5), ["#/status", "#/percent_complete"]),
            (progress("7.1", status=None), ["#/status"]),
            (note("7.1", measurements=[{"measure": "x", "actual": 1}]), ["#/measurements/0/measure"]),
        ):
            self.refused(self.client.post(body, key=self.key), 422, "invalid", places)

    def test_what_a_status_implies_is_stored(self):
        for status, percent in (("not_started", 0), ("completed", 100), ("on_hold", None)):
            self.assertEqual(
                self.accepted(self.client.post(progress("5.1", None, status), key=self.key))["percent_complete"],
                percent,
            )


class Correcting(Case):
    def post(self, *arguments, **more):
        return self.accepted(self.client.post(progress(*arguments, **more), key=self.key))

    def test_a_correction_supersedes_and_both_stay(self):
        old = self.post("7.1", 40)
        new = self.post("7.1", 30, supersedes=old["id"], reason="The figure was read from the wrong line.")
        self.assertEqual((new["supersedes"], new["state"]), (old["id"], "published"))
        seen = self.client.get(f"/updates/{old['id']}").json
        self.assertEqual((seen["state"], seen["superseded_by"]), ("superseded", new["id"]))
        self.assertEqual(self.client.get("/objectives/7.1").json["percent_complete"], 30)
        self.refused(
            self.client.post(progress("7.1", 20, supersedes=old["id"], reason="again"), key=self.key),
            409,
            "superseded",
        )

    def test_a_correction_that_cannot_be_one_is_refused(self):
        old = self.post("7.2", 40)
        for more, place in (
            ({"supersedes": old["id"]}, "#/reason"),
            ({"supersedes": "999999", "reason": "x"}, "#/supersedes"),
        ):
            self.refused(self.client.post(progress("7.2", 30, **more), key=self.key), 422, places=[place])
        self.refused(
            self.client.post(progress("7.3", 30, supersedes=old["id"], reason="x"), key=self.key),
            422,
            places=["#/supersedes"],
        )

    def test_a_retraction_takes_an_update_back_for_good(self):
        first, second = self.post("6.2", 20, as_of="2026-01-31"), self.post("6.2", 80, as_of="2026-02-28")
        path = f"/updates/{second['id']}/retraction"
        self.refused(self.client.post({}, path, key=self.key), 422, places=["#/reason"])
        gone = self.accepted(self.client.post({"reason": "It was about another project."}, path, key=self.key), 200)
        self.assertEqual(
            (gone["state"], gone["retraction"]["reason"]), ("retracted", "It was about another project.")
        )
        self.assertEqual(self.client.get("/objectives/6.2").json["percent_complete"], 20)
        self.assertEqual(self.accepted(self.client.post({"reason": "once more"}, path, key=self.key), 200), gone)
        self.accepted(self.client.post({"reason": "too"}, f"/updates/{first['id']}/retraction", key=self.key), 200)
        objective = self.client.get("/objectives/6.2").json
        self.assertEqual(
            (objective["status"], objective["percent_complete"], objective["updates_count"]),
            ("no_information", None, 2),
        )

    def test_a_retracted_head_does_not_revive_its_predecessor(self):
        old = self.post("6.3", 40)
        new = self.post("6.3", 30, supersedes=old["id"], reason="corrected")
        self.refused(
            self.client.post({"reason": "x"}, f"/updates/{old['id']}/retraction", key=self.key), 409, "superseded"
        )
        self.accepted(self.client.post({"reason": "x"}, f"/updates/{new['id']}/retraction", key=self.key), 200)
        self.assertEqual(self.client.get("/objectives/6.3").json["status"], "no_information")


class ByNaturalKey(Case):
    PATH = "/updates/gogov/status-2026%2F01"

    def put(self, body, path=PATH, key=None):
        return self.client.ask("PUT", path, body, key=key or self.key)

    def test_a_record_sent_again_and_again_is_one_update(self):
        made = self.put(progress("7.1", 10))
        first = self.accepted(made)
        self.assertEqual((first["source"], first["external_id"]), ("gogov", "status-2026/01"))
        rows = self.db.count("published_update")
        for _ in range(3):
            self.assertEqual(self.accepted(self.put(progress("7.1", 10)), 200), first)
        self.assertEqual(self.db.count("published_update"), rows)
        self.assertEqual(self.client.get(self.PATH).json, first)

        changed = self.accepted(self.put(progress("7.1", 20)), 200)
        self.assertEqual(changed["supersedes"], first["id"])
        self.assertEqual(self.client.get(self.PATH).json["percent_complete"], 20)
        known = self.client.post(progress("7.1", 30, external_id="status-2026/01"), key=self.key)
        self.refused(known, 409, "external-id-known")
        self.assertEqual(known["Location"], self.PATH)

    def test_an_older_record_changes_nothing(self):
        path = "/updates/gogov/aged"
        new = self.accepted(self.put(progress("7.2", 20, source_updated_at="2026-02-02T00:00:00Z"), path))
        for body in (progress("7.2", 10, source_updated_at="2026-02-01T23:59:59Z"), progress("7.2", 20)):
            self.assertEqual(self.accepted(self.put(body, path), 200), new)
        moved = self.accepted(self.put(progress("7.2", 30, source_updated_at="2026-02-03T00:00:00+01:00"), path), 200)
        self.assertEqual((moved["percent_complete"], moved["source_updated_at"]), (30, "2026-02-02T23:00:00.000Z"))

    def test_a_record_does_not_move_to_another_objective(self):
        self.accepted(self.put(note("7.3"), "/updates/gogov/stays"))
        self.refused(self.put(note("7.4"), "/updates/gogov/stays"), 422, places=["#/objective"])

    def test_a_name_that_is_not_known_is_not_found(self):
        self.refused(self.client.get("/updates/gogov/nothing"), 404)
        self.refused(self.client.get("/updates/GoGov/nothing"), 404)


if __name__ == "__main__":
    unittest.main()

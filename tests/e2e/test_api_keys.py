"""Who may write what, and how much."""
import time
import unittest

import support
from support import Case, note


class WhoMayWrite(Case):
    def test_a_write_needs_a_live_key(self):
        missing = self.client.post(note("7.1"))
        self.refused(missing, 401, "unauthenticated")
        self.assertTrue(missing["WWW-Authenticate"].startswith("Bearer"))
        flipped = self.key[:-1] + ("A" if self.key[-1] != "A" else "B")
        for wrong in ("cip_x", flipped, self.key + "x", "Zm9v", self.key.replace("cip_", "cip_x", 1)):
            self.refused(self.client.post(note("7.1"), key=wrong), 401, "unauthenticated")
        basic = {"Authorization": "Basic Zm9vOmJhcg=="}
        self.refused(self.client.ask("POST", "/updates?dry_run=true", note("7.1"), basic), 401)

    def test_a_key_keeps_to_its_scope_source_and_objectives(self):
        bounded = self.db.key(objective="7.1,7.2", source="gogov")
        self.accepted(self.client.post(note("7.2"), key=bounded))
        self.refused(self.client.post(note("7.3"), key=bounded), 403, "forbidden")
        self.refused(self.client.post(note("7.1", source="tyler"), key=bounded), 403, "forbidden")
        self.refused(self.client.ask("PUT", "/updates/tyler/1", note("7.1"), key=bounded), 403, "forbidden")
        self.refused(
            self.client.ask("PATCH", "/goals/7", {"weight": 2}, {"If-Match": '"r1-0000000000000000"'}, bounded), 403
        )
        editor = self.db.key(scope="edit", source="city")
        self.refused(self.client.post(note("7.1"), key=editor), 403, "forbidden")

    def test_an_administrator_names_the_source(self):
        admin = self.db.key(scope="admin", source=None)
        self.refused(self.client.post(note("7.1"), key=admin), 422, places=["#/source"])
        self.assertEqual(self.accepted(self.client.post(note("7.1", source="tyler"), key=admin))["source"], "tyler")

    def test_an_expired_key_is_dead(self):
        key = self.db.key(expires="1d")
        self.accepted(self.client.post(note("7.1"), key=key))
        self.db.sql(f"update progress.api_key set expires_at = clock_timestamp() where id = '{key.split('_')[1]}'")
        self.refused(self.client.post(note("7.1", summary="too late"), key=key), 401)


class Limits(Case):
    settings = {"PROGRESS_WRITE_LIMIT": 3, "PROGRESS_READ_LIMIT": 5}

    def test_a_key_that_writes_too_much_is_told_when_to_come_back(self):
        left = []
        for n in range(3):
            got = self.client.post(note("7.1", summary=str(n)), key=self.key)
            self.accepted(got)
            self.assertEqual(got["RateLimit-Policy"], '"default";q=3;w=60')
            left.append(got["RateLimit"].split(";")[1])
        self.assertEqual(left, ["r=2", "r=1", "r=0"])
        over = self.client.post(note("7.1"), key=self.key)
        self.refused(over, 429, "too-many-requests")
        self.assertTrue(1 <= int(over["Retry-After"]) <= 60)
        self.assertEqual(over["RateLimit"].split(";")[1], "r=0")
        self.accepted(self.client.post(note("7.1"), key=self.db.key(source="tyler")))

    def test_reads_are_limited_but_what_is_known_already_is_free(self):
        etag = self.client.get("/goals")["ETag"]
        for _ in range(10):
            self.assertEqual(self.client.get("/goals", If_None_Match=etag).status, 304)
            self.assertEqual(self.client.get("/goals").status, 200)
        answers = [self.client.get(f"/plan?as_of=2026-10-0{day}") for day in range(1, 7)]
        self.refused(answers[-1], 429, "too-many-requests")
        self.assertIsNone(answers[0]["RateLimit"], "not in bytes that a cache shares")
        self.assertEqual(self.client.get("/livez").status, 200)

    def test_a_revoked_key_is_dead_within_a_second(self):
        key = self.db.key(source="city", scope="report")
        self.assertEqual(self.client.ask("GET", "/updates?state=draft", key=key).status, 200)
        support.run("key", "revoke", key.split("_")[1], url=self.db.url)
        self.refused(self.client.post(note("7.1"), key=key), 401)
        time.sleep(1.05)
        self.refused(self.client.ask("GET", "/updates?state=draft", key=key), 401)

if __name__ == "__main__":
    unittest.main()

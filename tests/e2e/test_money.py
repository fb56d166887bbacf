"""Amounts of money: on a plan that keeps them they are in nothing that the public can read, and on one that shows them in
all that tells of funding."""
import json
import os
import shutil
import tempfile
import unittest

import support
from photograph import Photographer
from redacted import unpacked
from support import Case, Database, Server, note
from test_fields import FUNDING, HIDDEN

AMOUNTS = {"918273", "777123", "31415"}
IDLE_MS = 120000  # a connection waits for long while something else is looked at
SAVED_WITHIN = 30.0  # seconds; the service saves five seconds after a change
# What tells of funding; everything else is looked through all the same.
TELLING = ("/objectives", "/objectives.csv", "/objectives/6.1", "/goals/6/objectives", "/changes")


class Money(Case):
    @classmethod
    def setUpClass(cls):
        cls.db = Database.with_plan()
        cls.addClassCleanup(cls.db.drop)
        cls.folder = tempfile.mkdtemp(prefix="cip-money-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.server = Server(cls.db.url, PROGRESS_DATA=cls.folder, PROGRESS_KEEP_ALIVE_MS=IDLE_MS)
        cls.addClassCleanup(cls.server.kill)
        cls.key, cls.editor = cls.db.key(), cls.db.key(scope="edit", source="clerk")
        cls.admin = cls.db.key(scope="admin", source=None)

    def setUp(self):
        super().setUp()
        told = self.accepted(self.client.post(note("6.1"), key=self.key))
        names = {"id": (told["id"],), "pairs": (("gogov", "none"),), "code": ("6.1",), "number": ("6",)}
        self.eye = Photographer(self.server.port, names, {"gl_account": ("0220",)})
        self.addCleanup(self.eye.close)

    def where(self):
        """{amount: the places in which it is read}: every path in every form, all pages of the changes, the file on the disk."""
        album = {f"{path} as {form}": answer for (path, form), answer in self.eye.take().items()}
        self.assertGreater(len(album), 50)
        link = "/changes?limit=500"
        while link:
            got = self.client.get(link)
            album[f"{link} to the end"], link = got.body, got.json["links"]["next"]
        return {amount: {place for place, answer in album.items() if amount in str(answer)} for amount in AMOUNTS}

    def saved(self):
        with open(os.path.join(self.folder, "snapshot"), "rb") as file:
            held = unpacked(file.read())
        return {amount for amount in AMOUNTS if any(amount.encode() in part for part in held)}

    def patch(self, path, body, key=None):
        got = self.client.ask("PATCH", path, body, {"If-Match": self.client.get(path)["ETag"]}, key or self.editor)
        return self.accepted(got, 200), got["ETag"]

    def show(self, is_public):
        plan, _ = self.patch("/plans/cerritos-in-progress", {"funding_is_public": is_public}, self.admin)
        self.assertIs(plan["funding_is_public"], is_public)

    def test_amounts_are_shown_only_where_the_plan_says_so(self):
        edited, etag = self.patch("/objectives/6.1", {"funding": FUNDING})
        self.assertEqual((edited["funding"], etag), (HIDDEN, self.client.get("/objectives/6.1")["ETag"]))
        self.assertEqual(self.where(), {amount: set() for amount in AMOUNTS})
        self.assertEqual(self.client.get("/objectives?q=777123").json["data"], [])
        self.assertIs(self.client.get("/plan").json["funding_is_public"], False)

        self.show(True)
        for amount, places in self.where().items():
            for path in TELLING:
                self.assertIn(f"{path} as json", places, f"so the search sees {amount}")
        support.wait_until(lambda: self.saved() == AMOUNTS, "the file on the disk has them", SAVED_WITHIN)
        self.show(False)
        self.assertEqual(self.where(), {amount: set() for amount in AMOUNTS}, "they are gone at once")
        support.wait_until(lambda: self.saved() == set(), "the file on the disk is without them", SAVED_WITHIN)

    def test_who_edits_what_he_has_read_blanks_nothing_that_he_cannot_see(self):
        self.patch("/objectives/6.2", {"funding": FUNDING})
        kept, _ = self.patch("/objectives/6.2", {"funding": [*HIDDEN[:2], HIDDEN[2] | {"budgeted": 12345.5}]})
        self.assertEqual(kept["funding"], HIDDEN)
        file = json.loads(support.run("export", url=self.db.url).stdout)
        exported = next(o for g in file["goals"] for o in g["objectives"] if o["code"] == "6.2")["funding"]
        self.assertEqual(exported, [*FUNDING[:2], FUNDING[2] | {"budgeted": 12345.5}])

        opened = {"format": file["format"], "plan": {k: file["plan"][k] for k in ("slug", "title", "organization")}}
        opened["plan"]["funding_is_public"] = True
        support.run("import", "-", url=self.db.url, stdin=json.dumps(opened))
        support.wait_until(lambda: self.client.get("/objectives/6.2").json["funding"] != HIDDEN, "the amounts show")
        self.assertEqual([float(f["budgeted"] or 0) for f in self.client.get("/objectives/6.2").json["funding"]],
                         [918273.64, 777123, 12345.5])
        cleared, _ = self.patch("/objectives/6.2", {"funding": [FUNDING[1] | {"budgeted": None}]})
        self.assertIsNone(cleared["funding"][0]["budgeted"], "shown, null is null")
        self.show(False)

    def test_whether_money_is_public_is_an_administrators_decision(self):
        path, body = "/plans/cerritos-in-progress", {"funding_is_public": True}
        etag = self.client.get(path)["ETag"]
        self.refused(self.client.ask("PATCH", path, body, {"If-Match": etag}, self.editor), 403)
        for wrong in (None, "yes", 1):
            got = self.client.ask("PATCH", path, {"funding_is_public": wrong}, {"If-Match": etag}, self.admin)
            self.refused(got, 422, places=["#/funding_is_public"])
        self.assertIs(self.client.get(path).json["funding_is_public"], False)


if __name__ == "__main__":
    unittest.main()

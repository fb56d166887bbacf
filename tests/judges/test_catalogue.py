"""/data.json before the published schemas of DCAT-US (Project Open Data) 1.1 for publishers outside of the federal
government: with and without what settings add."""
import json
import unittest

import tools
from client import Client
from support import Database, Server

SETTINGS = {"PROGRESS_CONTACT": "mailto:city.plan+data@data.example.org",
            "PROGRESS_LICENSE": "https://creativecommons.org/publicdomain/zero/1.0/",
            "PROGRESS_PUBLIC_URL": "https://plan.example.org"}


class Judged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.python = tools.python_program("python")
        cls.db = Database.with_plan()
        cls.addClassCleanup(cls.db.drop)

    def catalogue(self, **settings):
        server = Server(self.db.url, **settings)
        self.addCleanup(server.kill)
        client = Client(server.port)
        self.addCleanup(client.close)
        return client.get("/data.json").json

    def judged(self, catalogue):
        return tools.run(self.python, tools.path("dcat.py"), input=json.dumps(catalogue))

    def test_the_catalogue_is_valid(self):
        for settings in ({}, SETTINGS):
            done = self.judged(self.catalogue(**settings))
            self.assertEqual((done.returncode, done.stdout), (0, "5 datasets\n"), done.stdout + done.stderr)

    def test_the_judge_sees_what_is_wrong(self):
        for spoil in (lambda c: c.pop("conformsTo"), lambda c: c["dataset"][0].pop("title"),
                      lambda c: c["dataset"][1]["contactPoint"].update(hasEmail="plan@example.org"),
                      lambda c: c["dataset"][2].update(accessLevel="open"),
                      lambda c: c["dataset"][3].update(modified="yesterday"),
                      lambda c: c["dataset"][4]["distribution"][0].update(downloadURL="/measures", mediaType="x")):
            catalogue = self.catalogue()
            spoil(catalogue)
            done = self.judged(catalogue)
            self.assertEqual(done.returncode, 1, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

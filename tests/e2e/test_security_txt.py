"""/.well-known/security.txt: whom to tell, as RFC 9116 has it, or an honest 404."""

import datetime
import unittest

import support
from support import Case, Database, Server

CONTACT = "https://www.example.org/report-a-weakness"
PATH = "/.well-known/security.txt"


class SecurityTxt(Case):
    @classmethod
    def setUpClass(cls):
        cls.db = Database.with_plan()
        cls.addClassCleanup(cls.db.drop)

    def setUp(self):
        """Each test serves with settings of its own."""

    def serve(self, **settings):
        server = Server(self.db.url, **settings)
        self.addCleanup(server.kill)
        client = support.Client(server.port)
        self.addCleanup(client.close)
        return client

    def test_the_contact_is_told_with_its_day_of_expiry(self):
        got = self.serve(
            PROGRESS_SECURITY_CONTACT=CONTACT,
            PROGRESS_PUBLIC_HOST="progress.example.org",
            PROGRESS_NOW="2026-11-23T20:00:00Z",
        ).get(PATH)
        self.assertEqual(got.status, 200, str(got))
        self.assertEqual(got["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(
            got.body.decode().splitlines(),
            [
                f"Contact: {CONTACT}",
                "Expires: 2027-05-22T00:00:00Z",
                "Preferred-Languages: en",
                f"Canonical: https://progress.example.org{PATH}",
            ],
        )

    def test_its_expiry_is_within_a_year(self):
        lines = self.serve(PROGRESS_SECURITY_CONTACT=CONTACT).get(PATH).body.decode().splitlines()
        fields = dict(line.split(": ", 1) for line in lines)
        left = datetime.datetime.fromisoformat(fields["Expires"].replace("Z", "+00:00")) - datetime.datetime.now(
            datetime.timezone.utc
        )
        self.assertTrue(30 < left.days < 365, fields["Expires"])
        self.assertNotIn("Canonical", fields, "nobody has told this instance's public name")

    def test_without_a_contact_it_is_not_found_and_says_what_to_set(self):
        got = self.serve().get(PATH)
        self.assertEqual(self.refused(got, 404)["code"], "not-found")
        self.assertIn("PROGRESS_SECURITY_CONTACT", got.json["detail"])

    def test_a_contact_that_is_no_uri_is_refused_at_the_start(self):
        for contact in ("security", "https://x.example/\nContact: y", "http://x.example/"):
            with self.subTest(contact):
                done = support.run("serve", url=self.db.url, check=False, PROGRESS_SECURITY_CONTACT=contact)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("PROGRESS_SECURITY_CONTACT", done.stderr)


if __name__ == "__main__":
    unittest.main()

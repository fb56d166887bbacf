"""`progressd remind`: one mail a department, to a real mail server and by a sendmail, and nobody twice."""
import email
import email.policy
import json
import os
import shutil
import stat
import tempfile
import unittest

import support
from letterbox import Letterbox
from support import Database

NOW = "2026-10-05T18:00:00Z"
PERIOD = "2026-27-Q1"


def objective(code, lead, **fields):
    return {"code": code, "statement": f"Objective {code}: café.", "lead_department": lead, "start_on": "2026-01-01",
            "update_frequency": "quarterly"} | fields


def report(code):
    return {"objective": code, "as_of": "2026-09-30", "kind": "progress", "status": "on_track", "summary": "Done in time.",
            "source": "hand", "external_id": code}


PLAN = {
    "format": "cerritos-in-progress/1",
    "plan": {"slug": "by-hand", "title": "By hand", "organization": "A city", "state": "active", "starts_on": "2026-07-01"},
    "departments": [
        {"slug": "finance", "name": "Finance", "reporting_contact": "Fay <fay@city.example>"},
        {"slug": "library", "name": "Library", "reporting_contact": "lee@city.example"},
        {"slug": "parks", "name": "Parks & Recreation", "reporting_contact": "pat@city.example"},
        {"slug": "safety", "name": "Safety", "reporting_contact": "at the desk"},
    ],
    "goals": [{"number": 1, "statement": "A goal.", "objectives": [
        objective("1.1", "parks"), objective("1.2", "parks", due_on="2026-09-01"), objective("1.3", "library"),
        objective("1.4", "finance"), objective("1.5", None)]}],
    "updates": [report("1.3")],
}


def parsed(letter):
    return email.message_from_bytes(letter, policy=email.policy.default)


class Remind(unittest.TestCase):
    def setUp(self):
        self.db = Database.empty()
        self.addCleanup(self.db.drop)
        support.run("migrate", url=self.db.url)
        self.load(PLAN)
        self.box = Letterbox()
        self.addCleanup(self.box.close)

    def load(self, plan):
        support.run("import", "-", "--publish", url=self.db.url, stdin=json.dumps(plan), PROGRESS_NOW=NOW)

    def remind(self, *words, check=True, **settings):
        known = {"PROGRESS_NOW": NOW, "PROGRESS_MAIL_FROM": "plan@city.example", "PROGRESS_SMTP_URL": self.box.url,
                 "PROGRESS_PUBLIC_URL": "https://plan.example.org"}
        return support.run("remind", "--period", PERIOD, *words, url=self.db.url, check=check, **known | settings)

    def told(self):
        return sorted(to for _, (to,), _ in self.box.letters)

    def test_each_department_gets_what_waits_with_it(self):
        done = self.remind(check=False)
        self.assertEqual(self.told(), ["fay@city.example", "pat@city.example"], done.stderr)
        letter = next(parsed(text) for _, to, text in self.box.letters if to == ["pat@city.example"])
        self.assertEqual((letter["From"], letter["To"], letter["Subject"], letter["Auto-Submitted"]),
                         ("plan@city.example", "pat@city.example", f"Reports for {PERIOD}", "auto-generated"))
        text = letter.get_content().replace("\r\n", "\n")
        self.assertIn("Parks & Recreation\n\nReports for 2026-27-Q1 (to 2026-09-30) are due", text)
        self.assertIn("\n1.1  Objective 1.1: café.\n     https://plan.example.org/objectives/1.1\n"
                      "   - nobody has reported yet, since 2026-04-01\n", text)
        self.assertIn("   - was to be done by then, since 2026-09-01\n", text)
        self.assertNotIn("1.4", text)

    def test_a_department_without_an_address_is_named_and_fails_the_run(self):
        self.load(PLAN | {"goals": [{"number": 1, "statement": "A goal.", "objectives": [objective("1.6", "safety")]}],
                          "updates": []})
        done = self.remind(check=False)
        self.assertEqual((done.returncode, done.stderr), (1, "safety: its reporting contact is not a mail address\n"))
        self.assertEqual(len(self.told()), 2)

    def test_nobody_is_told_twice_unless_it_is_asked_for(self):
        self.remind()
        self.assertIn("parks: was told at", self.remind().stdout)
        self.assertEqual(len(self.told()), 2)
        self.remind("--again", "--department", "parks")
        self.assertEqual(self.told(), ["fay@city.example", "pat@city.example", "pat@city.example"])

    def test_who_could_not_be_told_is_told_by_the_next_run(self):
        self.box.refused.add("pat@city.example")
        first = self.remind(check=False)
        self.assertEqual(first.returncode, 1)
        self.assertRegex(first.stderr, "^parks: the mail server: ")
        self.box.refused.clear()
        self.assertIn("parks: sent to pat@city.example", self.remind().stdout)
        self.assertEqual(len(self.told()), 2)

    def test_a_mail_server_that_is_away_is_said(self):
        done = self.remind(check=False, PROGRESS_SMTP_URL="smtp://127.0.0.1:1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("finance: the mail server: ", done.stderr)
        self.assertEqual(self.db.sql("select count(*) from progress.audit_event where action = 'remind'"), "0")

    def test_a_password_never_goes_over_a_plain_line(self):
        done = self.remind(check=False, PROGRESS_SMTP_USER="plan", PROGRESS_SMTP_PASSWORD="hunter2hunter2")
        self.assertEqual((done.returncode, self.told()), (1, []))
        self.assertNotIn("hunter2", done.stdout + done.stderr)

    def test_a_dry_run_prints_and_sends_nothing(self):
        before = self.db.checksum()
        done = self.remind("--dry-run", PROGRESS_MAIL_FROM=None, PROGRESS_SMTP_URL=None)
        self.assertIn("To: pat@city.example\nSubject: Reports for 2026-27-Q1\n\nParks & Recreation\n", done.stdout)
        self.assertEqual((self.told(), self.db.checksum()), ([], before))

    def test_without_a_server_the_machines_sendmail_takes_it(self):
        folder = tempfile.mkdtemp(prefix="cip-mail-", dir="/tmp")
        self.addCleanup(shutil.rmtree, folder)
        program, taken = os.path.join(folder, "sendmail"), os.path.join(folder, "taken")
        with open(program, "w", encoding="ascii") as f:
            f.write(f'#!/bin/sh\necho "$@" >> {taken}\ncat >> {taken}\n')
        os.chmod(program, stat.S_IRWXU)
        self.remind("--department", "parks", PROGRESS_SMTP_URL=None, PROGRESS_SENDMAIL=program)
        with open(taken, encoding="utf-8", newline="") as f:
            text = f.read()
        self.assertTrue(text.startswith("-i -f plan@city.example -- pat@city.example\nFrom: plan@city.example\r\n"), text)
        os.chmod(program, 0)
        lost = self.remind("--again", check=False, PROGRESS_SMTP_URL=None, PROGRESS_SENDMAIL=folder + "/none")
        self.assertIn("finance: " + folder + "/none: No such file or directory", lost.stderr)

    def test_a_period_must_be_one(self):
        for words in (("--period",), ("--people",), ()):
            done = support.run("remind", *words, url=self.db.url, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
        done = support.run("remind", "--period", "2099-00-Q1", url=self.db.url, check=False,
                           PROGRESS_MAIL_FROM="plan@city.example")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("2099-00-Q1", done.stderr)


if __name__ == "__main__":
    unittest.main()

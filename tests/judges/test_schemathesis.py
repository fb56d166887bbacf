"""Schemathesis against the real binary: what openapi.yaml promises is what happens, without a key and with two.

All its phases (examples, coverage, fuzzing, stateful) and all its checks; schemathesis.toml and exceptions.py
say where it is not followed, and why.
"""
import os
import re
import unittest

import tools
from client import Client
from support import Database, Server, progress

# So that the examples of the contract speak of the past, on whatever day this runs.
NOW = "2026-12-01T20:00:00Z"
SECONDS = 700  # 150 were too few on a busy machine
EXAMPLES = {"without": "6", "report": "6", "writes": "10"}


def shown(told):
    """The failures and the sum, short enough for a log."""
    start = told.find("= FAILURES =")
    start = start if start >= 0 else told.find("= ERRORS =")
    return told[max(start, 0):][:20000] + "\n" + told[-1500:]


class Judged(unittest.TestCase):
    def setUp(self):
        self.schemathesis = tools.schemathesis()
        self.db = Database.with_plan()
        self.addCleanup(self.db.drop)
        # The answer to GET /stream does not end, and the judge waits for the end: here it is 404.
        self.server = Server(self.db.url, PROGRESS_NOW=NOW, PROGRESS_STREAMS=0)
        self.addCleanup(self.server.kill)
        self.report()

    def report(self):
        """What the examples of the contract name: update 17 of objective 7.1, and a draft by its own id."""
        client = Client(self.server.port, self.db.key())
        self.addCleanup(client.close)
        for number in range(1, 18):
            code = f"{(number - 1) % 8 + 1}.1" if number < 17 else "7.1"
            got = client.post(progress(code, number, as_of=f"2026-10-{number:02}"))
            self.assertEqual(got.status, 201, str(got))
        draft = Client(self.server.port, self.db.key("report"))
        self.addCleanup(draft.close)
        got = draft.ask("PUT", "/updates/gogov/status-2026-10", progress("7.1", 45, as_of="2026-10-31"))
        self.assertEqual(got.status, 201, str(got))

    def judge(self, name, *more):
        url = f"http://127.0.0.1:{self.server.port}"
        folder = os.path.join(tools.FOLDER, "told")
        os.makedirs(folder, exist_ok=True)
        done = tools.run(
            self.schemathesis, "--config-file", tools.path("schemathesis.toml"), "run", url + "/openapi.json",
            "--url", url, "--checks", "all", "--no-color", "--max-examples", EXAMPLES[name], *more,
            seconds=SECONDS, cwd=folder, env=os.environ | {"PYTHONPATH": tools.HERE, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        told = done.stdout + done.stderr
        with open(os.path.join(folder, f"schemathesis-{name}.txt"), "w", encoding="utf-8") as file:
            file.write(told)
        self.assertEqual(done.returncode, 0, f"{file.name} has all of it\n{shown(told)}")
        for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
            self.assertRegex(told, rf"✅ +{phase}", f"the phase was not run\n{shown(told)}")
        self.assertTrue(self.server.is_alive())
        print("#", *re.findall(r"\d+ generated, .*", told), flush=True)

    def test_without_a_key(self):
        self.judge("without")

    def test_with_a_report_key(self):
        self.judge("report", "--header", f"Authorization: Bearer {self.db.key('report')}")

    def test_with_a_key_for_all_writes(self):
        self.judge("writes", "--header", f"Authorization: Bearer {self.db.key('report,publish,edit')}")


if __name__ == "__main__":
    unittest.main()

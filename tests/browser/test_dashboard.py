"""The dashboard as a resident meets it: by a slow line, in one request, on paper, without a script."""
import subprocess
import time
import unittest

from browser import Case
import support

FIRST_LOAD = 60 * 1024  # bytes
# A telephone at the edge of its cell.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000}


def words(text):
    return " ".join(text.split())


class Dashboard(Case):
    def statements(self):
        return [words(item["statement"]) for path in ("/goals", "/objectives") for item in self.client.all(path)]

    def test_the_first_load_is_one_small_request(self):
        page = self.open("/")
        sent = page.sent()
        support.say(f"the dashboard's first load: {sent['bytes']} bytes in {sent['requests']} request(s)")
        self.assertEqual(sent["requests"], 1)
        self.assertLessEqual(sent["bytes"], FIRST_LOAD)

    def test_without_a_script_it_is_whole(self):
        text = self.open("/", js=False).text()
        for statement in self.statements():
            self.assertIn(statement, text)

    def test_a_slow_line_gives_a_whole_page_that_does_not_move(self):
        page = self.open()
        session = page.session()
        session.call("send", "Network.enable")
        session.call("send", "Network.emulateNetworkConditions", SLOW)
        began = time.monotonic()
        page.goto("/", waitUntil="load")
        support.say(f"the dashboard by a slow line: {time.monotonic() - began:.1f} s")
        self.assertGreater(time.monotonic() - began, SLOW["latency"] / 1000, "the line was not slow")
        self.still(page)
        self.quiet(page)

    def test_on_paper_it_is_a_packet_with_every_goal(self):
        page = self.open("/")
        path = page.print("dashboard")
        done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, timeout=60, check=True)
        printed = words(done.stdout)
        for goal in self.client.all("/goals"):
            self.assertIn(words(goal["statement"])[:60], printed)
        self.assertNotIn("Skip to the content", printed)


if __name__ == "__main__":
    unittest.main()

"""What the README shows is what happens: its curl lines are run against a real service, its table is the program's own."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "e2e"))
import support  # noqa: E402  (the end-to-end tests' way to a database and a service)

ROOT = support.ROOT
BLOCK = re.compile(r"```sh\n(curl .*?)```\n```json\n(.*?)```", re.S)
# What differs from one run to the next: times and ids of requests.
VOLATILE = (re.compile(r'"\d{4}-\d\d-\d\dT[0-9:.]+Z"'), re.compile(r'"request_id":"[0-9a-f]+"'))


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def settled(text):
    for pattern in VOLATILE:
        text = pattern.sub("…", text)
    return text.strip()


class Readme(unittest.TestCase):
    def test_settings_table_is_the_programs_own(self):
        table = support.run("config", "--markdown").stdout
        self.assertIn(table, read("README.md"))

    def test_five_curl_lines_give_the_output_that_is_shown(self):
        blocks = BLOCK.findall(read("README.md"))
        self.assertEqual(len(blocks), 5)
        database = support.Database.with_plan()
        support.run("import", support.RECORD, "--publish", url=database.url)
        made = support.run("key", "create", "--name", "development", "--scope", "report,publish,edit",
                           "--source", "development", "--holder", "whoever runs ./run", url=database.url)
        service = support.Server(database.url)
        self.addCleanup(service.stop)
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, ".data"))
            with open(os.path.join(folder, ".data", "development.key"), "w", encoding="ascii") as f:
                f.write(made.stdout)
            for line, shown in blocks:
                here = line.replace("127.0.0.1:8080", f"127.0.0.1:{service.port}").replace("curl ", "curl -sS ", 1)
                done = subprocess.run(["sh", "-c", here], cwd=folder, capture_output=True, text=True, timeout=60, check=True)
                with self.subTest(line=line.split("\n", 1)[0]):
                    self.assertEqual(settled(done.stdout), settled(shown))


class Links(unittest.TestCase):
    def test_every_file_that_a_document_links_to_is_there(self):
        documents = ["README.md"] + [os.path.relpath(os.path.join(folder, name), ROOT)
                                     for folder, _, names in os.walk(os.path.join(ROOT, "docs"))
                                     for name in names if name.endswith(".md")]
        for document in documents:
            for target in re.findall(r"\]\(([^)#:]+)\)", read(document)):
                path = os.path.join(ROOT, os.path.dirname(document), target)
                self.assertTrue(os.path.exists(path), f"{document} links to {target}")


if __name__ == "__main__":
    unittest.main()

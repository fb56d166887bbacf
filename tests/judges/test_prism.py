"""The end-to-end tests once more, all their HTTP through Prism: each answer keeps the contract, and each request taken.

prism.toml says which of their files go through it, and why the others do not.
"""
import atexit
import fnmatch
import glob
import http.server
import importlib
import os
import threading
import unittest

import tools
import client
import prism
import support

FILES = sorted(os.path.basename(f) for f in glob.glob(os.path.join(tools.ROOT, "tests", "e2e", "test_*.py")))
ENOUGH = 500  # requests that a whole run sends, at least


def named(entries, file):
    return any(fnmatch.fnmatchcase(file, entry) for entry in entries)


class Table(unittest.TestCase):
    def test_every_file_of_the_end_to_end_tests_is_in_it(self):
        table = prism.settings()
        beside = [entry["file"] for entry in table["beside"]]
        for file in FILES:
            with self.subTest(file):
                ways = named(table["through"], file) + named(beside, file)
                self.assertEqual(ways, 1, f"prism.toml must say once whether tests/e2e/{file} goes through Prism")


class Wrong(http.server.BaseHTTPRequestHandler):
    """A service that is alive, and does not say so in the words of the contract; it closes after each answer."""

    def do_GET(self):
        body = b'{"status":"perhaps"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class Sees(unittest.TestCase):
    proxy = None

    def setUp(self):
        service = http.server.ThreadingHTTPServer(("127.0.0.1", self.proxy.upstream), Wrong)
        service.daemon_threads = True
        self.addCleanup(service.server_close)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        self.addCleanup(service.shutdown)
        self.client = client.Client(self.proxy.port)
        self.addCleanup(self.client.close)

    def test_an_answer_against_the_contract(self):
        with self.assertRaisesRegex(AssertionError, r"response\.body\.status: "):
            self.client.get("/livez")

    def test_a_wrong_request_that_is_accepted(self):
        with self.assertRaisesRegex(AssertionError, r"request\.query\.limit: "):
            self.client.get("/goals?limit=many")

    def test_a_path_that_the_contract_does_not_have(self):
        with self.assertRaisesRegex(AssertionError, "route not found"):
            self.client.get("/nowhere")


class Whole(unittest.TestCase):
    proxy = None

    def test_all_of_it_went_through(self):
        print(f"# {self.proxy.seen} requests went through Prism", flush=True)
        for entry in self.proxy.unused():
            print(f"# prism.toml: nothing needs {entry}", flush=True)
        self.assertGreaterEqual(self.proxy.seen, 100 if support.QUICK else ENOUGH)


class Unavailable(unittest.TestCase):
    why = ""

    def test_the_end_to_end_tests_through_prism(self):
        self.skipTest(self.why)


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def through(table, loader):
    """The tests that go through, without those that Prism cannot carry."""
    left_out = {entry["test"] for entry in table.get("altered", [])}
    suite, names = unittest.TestSuite(), set()
    for file in FILES:
        if named(table["through"], file):
            for test in flat(loader.loadTestsFromModule(importlib.import_module(file[:-3]))):
                names.add(test.id())
                if test.id() not in left_out:
                    suite.addTest(test)
    if left_out - names:
        raise AssertionError(f"prism.toml: there is no test {', '.join(sorted(left_out - names))}")
    return suite


def load_tests(loader, _tests, _pattern):
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(Table))
    try:
        table = prism.settings()
        proxy = prism.Proxy()
    except unittest.SkipTest as why:
        Unavailable.why = str(why)
        suite.addTests(loader.loadTestsFromTestCase(Unavailable))
        return suite
    atexit.register(proxy.stop)
    prism.put_before(proxy)
    Sees.proxy = Whole.proxy = proxy
    suite.addTests(loader.loadTestsFromTestCase(Sees))
    suite.addTests(through(table, loader))
    suite.addTests(loader.loadTestsFromTestCase(Whole))
    return suite


if __name__ == "__main__":
    unittest.main()

"""What ./test is told of tests that fail: always, once only, by a crash, or many at a time."""

import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unittest_lines.py")
TRIES = """
    import os, unittest

    def tries(name):
        with open(name, "a", encoding="utf-8") as file:
            file.write("x")
        return os.path.getsize(name)
"""


def told(body, ci="true"):
    """The lines without traces, and the exit code, of a file of tests."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "test_it.py"), "w", encoding="utf-8") as file:
            file.write(textwrap.dedent(TRIES) + textwrap.dedent(body))
        done = subprocess.run([sys.executable, RUNNER, "test_it.py"], cwd=folder, env={**os.environ, "CI": ci},
                              capture_output=True, text=True, timeout=60, check=False)
    return [line for line in done.stdout.splitlines() if not line.startswith("#  ")], done.returncode


class Runner(unittest.TestCase):
    maxDiff = None

    ONCE = """
        class T(unittest.TestCase):
            def test_steady(self):
                pass

            def test_once(self):
                self.assertEqual(tries("once"), 2, "the first time")
    """

    def test_a_test_that_passes_the_second_time_is_told_as_unsteady(self):
        self.assertEqual(told(self.ONCE), (
            ["# failed - test_it: T.test_once: 1 != 2 : the first time", "ok - test_it: T.test_steady",
             "ok - test_it: T.test_once", "unsteady - test_it: T.test_once: 1 != 2 : the first time"], 0))

    def test_outside_ci_it_fails(self):
        self.assertEqual(told(self.ONCE, ci=""), (
            ["not ok - test_it: T.test_once: 1 != 2 : the first time", "ok - test_it: T.test_steady"], 1))

    def test_one_that_fails_twice_fails(self):
        lines, code = told("""
            class T(unittest.TestCase):
                def test_never(self):
                    self.fail(f"try {tries('never')}")
        """)
        self.assertEqual((lines, code), (
            ["# failed - test_it: T.test_never: try 1", "not ok - test_it: T.test_never: try 2"], 1))

    def test_a_subtest_is_tried_again_with_its_test(self):
        lines, code = told("""
            class T(unittest.TestCase):
                def test_parts(self):
                    count = tries("parts")
                    for part in range(3):
                        with self.subTest(part=part):
                            self.assertTrue(part != 1 or count > 1, "not yet")
        """)
        self.assertEqual((lines[1:], code), (
            ["ok - test_it: T.test_parts", "unsteady - test_it: T.test_parts: False is not true : not yet"], 0))

    def test_a_crash_is_tried_no_second_time(self):
        lines, code = told("""
            class Crash(AssertionError):
                conclusive = True

            class T(unittest.TestCase):
                def test_crash(self):
                    self.addCleanup(self.crash)
                    self.assertEqual(tries("crash"), 2)

                def crash(self):
                    if tries("crash") < 3:
                        raise Crash("it is gone")
        """)
        self.assertEqual((lines[1:], code), (["not ok - test_it: T.test_crash: it is gone"], 1))

    def test_many_that_fail_are_tried_no_second_time(self):
        lines, code = told("""
            class T(unittest.TestCase):
                def test_1(self):
                    self.assertEqual(tries(self.id()), 2)

                def test_2(self):
                    self.assertEqual(tries(self.id()), 2)

                def test_3(self):
                    self.assertEqual(tries(self.id()), 2)
        """)
        self.assertEqual((lines[3:], code), ([f"not ok - test_it: T.test_{n}: 1 != 2" for n in (1, 2, 3)], 1))

    def test_a_class_that_cannot_be_made_ready_fails_at_once(self):
        lines, code = told("""
            class T(unittest.TestCase):
                @classmethod
                def setUpClass(cls):
                    raise OSError("no room")

                def test_it(self):
                    pass
        """)
        self.assertEqual(code, 1)
        self.assertTrue(lines[0].startswith("not ok - test_it: ") and lines[0].endswith("no room"), lines)


if __name__ == "__main__":
    unittest.main()

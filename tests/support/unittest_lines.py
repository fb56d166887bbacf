"""Runs one file of Python's unittest and prints a line a test: "ok - NAME", "not ok - NAME: WHY", "skip - NAME: WHY".

usage: python3 tests/support/unittest_lines.py FILE

With CI=true one or two tests that fail are run again when the file is through. What passes then has a line more,
"unsteady - NAME: WHY", with what it said the first time: a fault to mend, of the test or of what it tests. What
instruments found stands at once: see conclusive.

What TEST_QUICK leaves out is not run and not called skipped, which is said of what this machine cannot give: it is
counted in one line, "# N long cases left out".
"""
import importlib.util
import os
import signal
import sys
import unittest

# What not_quick of tests/e2e/support.py gives as its reason.
LONG = "takes too long for ./test quick"
AGAIN_MOST = 2 if os.environ.get("CI") == "true" else 0


def first_line(error):
    return (str(error[1]).strip().splitlines() or [error[0].__name__])[0]


class Lines(unittest.TestResult):
    """A test is named by its file, class and method; a subtest that fails fails its test."""

    def __init__(self, stem, earlier=None):
        super().__init__()
        self.stem = stem
        self.failed = set()
        self.doubted = {}  # why each failed that may be run again
        self.earlier = earlier  # in the second run, what was doubted in the first

    def name(self, test):
        words = test.id().split(".")
        return f"{self.stem}: {'.'.join(words[1:]) or test.id()}"

    def say(self, word, test, why=""):
        print(f"{word} - {self.name(test)}{': ' + why if why else ''}", flush=True)

    def may_pass_yet(self, test, error):
        """Not the setting up of a whole class, which is no test of its own."""
        conclusive = getattr(error[1], "conclusive", False)
        return AGAIN_MOST and self.earlier is None and isinstance(test, unittest.TestCase) and not conclusive

    def report(self, test, error, what=None):
        if not self.may_pass_yet(test, error):
            self.doubted.pop(test, None)
            self.say("not ok", what or test, first_line(error))
        elif test.id() not in self.failed:
            self.doubted[test] = first_line(error)
            self.say("# failed", what or test, first_line(error))
        self.failed.add(test.id())
        for line in self._exc_info_to_string(error, test).splitlines():
            print(f"#   {line}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        if test.id() not in self.failed:
            self.say("ok", test)
            if self.earlier:
                self.say("unsteady", test, self.earlier[test])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.report(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.report(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.report(test, err, subtest)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say("skip", test, reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.say("ok", test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.say("not ok", test, "it was expected to fail")


def load(path):
    """The module of a file; what stands beside it can be imported by it."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    stem = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[stem] = module
    spec.loader.exec_module(module)
    return stem, module


def is_long(test):
    method = getattr(test, getattr(test, "_testMethodName", ""), None)
    return LONG in (getattr(of, "__unittest_skip_why__", "") for of in (test, method))


def parted(suite):
    """The tests to run, in suites as they came, and how many are left out."""
    kept, left_out = unittest.TestSuite(), 0
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            item, more = parted(item)
            left_out += more
            kept.addTest(item)
        elif is_long(item):
            left_out += 1
        else:
            kept.addTest(item)
    return kept, left_out


def stop_on_sigterm(result):
    """The test under way ends as one in error, so that what it made is cleaned up; no other begins."""
    def stop(number, _):
        signal.signal(number, signal.SIG_IGN)
        result.stop()
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, stop)


def judge_again(result):
    """True when all that were doubted pass. Where many are, or the file was ended, they have failed."""
    if len(result.doubted) > AGAIN_MOST or result.shouldStop:
        for test, why in result.doubted.items():
            result.say("not ok", test, why)
        return False
    second = Lines(result.stem, earlier=result.doubted)
    unittest.TestSuite(result.doubted).run(second)
    return second.wasSuccessful()


def main():
    stem, module = load(sys.argv[1])
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    if tests.countTestCases() == 0:
        print(f"not ok - {stem}: there is no test in it")
        return 1
    result = Lines(stem)
    stop_on_sigterm(result)
    tests, left_out = parted(tests)
    tests.run(result)
    if left_out:
        print(f"# {left_out} long cases left out", flush=True)
    settled = len(result.failed) == len(result.doubted) and not result.unexpectedSuccesses
    return 0 if judge_again(result) and settled else 1


if __name__ == "__main__":
    sys.exit(main())

"""What the interface makes of days, numbers, percents and counts, before ICU: Node's Intl, which has the rules of CLDR."""
import collections
import os
import unittest

import tools
from support import BINARY

LANGUAGES = {"en", "es", "ko", "tl", "zh-Hans", "zh-Hant"}
PRINTER = os.path.join(os.path.dirname(BINARY), "tests", "print_words")


class Judged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        tools.need_node()
        cls.printed = tools.run(PRINTER).stdout

    def judged(self, printed):
        """What differs."""
        said = tools.run("node", tools.path("intl.mjs"), input=printed)
        self.assertEqual(said.returncode, 0, said.stderr)
        *faults, count = said.stdout.splitlines()
        self.assertEqual(count, f"{len(printed.splitlines())} lines")
        return faults

    def test_every_language_is_judged_by_many_values(self):
        counts = collections.Counter(tuple(line.split("\t")[:2]) for line in self.printed.splitlines())
        self.assertEqual({tag for _, tag in counts}, LANGUAGES)
        for (kind, tag), count in counts.items():
            self.assertGreaterEqual(count, {"date": 1000, "number": 15, "percent": 1001, "plural": 251}[kind], tag)

    def test_days_numbers_percents_and_counts_are_written_as_by_icu(self):
        self.assertEqual(self.judged(self.printed), [])

    def test_the_judge_sees_what_is_wrong(self):
        for wrong in ("number\tes\t1234\t1.234", "date\tes\t2026-10-31\t31 octubre 2026", "percent\tes\t33.3\t33.3%", "percent\ten\t33.3\t33.3 %",
                      "plural\ttl\t1\ta #\nplural\ttl\t4\ta #", "plural\ten\t1\t# a\nplural\ten\t2\t# b\nplural\ten\t3\t# a"):
            self.assertEqual(len(self.judged(wrong)), 1, wrong)


if __name__ == "__main__":
    unittest.main()

"""openapi.yaml against the contract that clients have: nothing of it may go (exceptions: breaking.toml)."""
import copy
import json
import os
import tempfile
import unittest

import breaking
import tools

YAML_JSON = os.path.join(os.path.dirname(tools.FOLDER), "yaml_json")


class Additive(unittest.TestCase):
    def nothing_gone(self, before, whose):
        words, unused = breaking.broken(before)
        for entry in unused:
            print(f"# breaking.toml: not needed against {whose}: {entry}", flush=True)
        if words:
            self.fail(f"{len(words)} breaking changes since {whose}\n" + "\n".join(words[:50]))

    def test_against_the_contract_that_clients_have(self):
        self.nothing_gone(breaking.LANDED, "tests/judges/landed.yaml")

    def test_against_what_others_work_on(self):
        before = breaking.of_origin()
        if before:
            self.nothing_gone(before, "origin/main")
        else:
            print("# there is no origin/main here, or it has the same contract", flush=True)


# A removal: the way to it in the contract, word by word; a number is a place in a list.
REMOVALS = [
    "paths /objectives/{code}",
    "paths /updates post",
    "paths /updates post operationId",
    "paths /updates post requestBody content application/json",
    "paths /updates get responses 200",
    "paths /updates get responses 403",
    "paths /updates get responses 200 headers Link",
    "paths /updates get parameters 3",
    "components parameters Limit schema default",
    "components schemas Goal properties short_name",
    "components schemas UpdateNew properties details",
    "components schemas Update required 0",
    "components schemas Problem properties errors",
    "components schemas Status enum 0",
]


def without(contract, way):
    """A copy that lacks one thing."""
    made = copy.deepcopy(contract)
    *before, last = way.split(" ")
    at = made
    for name in before:
        at = at[name]
    del at[int(last) if isinstance(at, list) else last]
    return made


class Sees(unittest.TestCase):
    def test_every_kind_of_removal(self):
        breaking.oasdiff()
        if not os.access(YAML_JSON, os.X_OK):
            self.fail(f"the build has no {YAML_JSON}")
        with tempfile.TemporaryDirectory(prefix="cip-judges-") as folder:
            before, after = os.path.join(folder, "before.json"), os.path.join(folder, "after.json")
            made = tools.run(YAML_JSON, breaking.LANDED, before)
            self.assertEqual(made.returncode, 0, made.stderr)
            with open(before, encoding="utf-8") as file:
                contract = json.load(file)
            self.assertEqual(breaking.changes(before, before), [])
            for way in REMOVALS:
                with self.subTest(way):
                    with open(after, "w", encoding="utf-8") as file:
                        json.dump(without(contract, way), file)
                    self.assertTrue(breaking.changes(before, after), f"{way} can go, and nobody says so")


if __name__ == "__main__":
    unittest.main()

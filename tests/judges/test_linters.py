"""Redocly and Spectral, with OWASP's rules, on openapi.yaml; their configuration stands beside this file."""
import os
import re
import shutil
import unittest

import tools


class Linted(unittest.TestCase):
    def clean(self, done):
        self.assertEqual(done.returncode, 0, "it has found something\n" + (done.stdout + done.stderr)[-20000:])

    def test_redocly(self):
        redocly, _ = tools.npm_program("redocly")
        quiet = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
        self.clean(tools.run(
            redocly, "lint", tools.CONTRACT, "--config", tools.path("redocly.yaml"), "--format", "stylish", env=quiet
        ))

    def test_spectral(self):
        spectral, folder = tools.npm_program("spectral")
        rules = shutil.copy(tools.path("spectral.yaml"), folder)
        done = tools.run(
            spectral, "lint", tools.CONTRACT, "--ruleset", rules, "--fail-severity", "hint", "--format", "text"
        )
        self.clean(done)
        self.assertTrue(re.search(r"No results", done.stdout), done.stdout)


if __name__ == "__main__":
    unittest.main()

"""The judges that none of us wrote, each made once in the build folder: by PyPI, by npm, by the Go proxy."""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(ROOT, "tests", name) for name in ("e2e", "support")]

from installed import Installer, need_node, run

CONTRACT = os.path.join(ROOT, "openapi.yaml")

_installer = Installer(HERE)
FOLDER = _installer.folder
path, made, npm_folder = _installer.path, _installer.made, _installer.npm_folder


def _make_venv(folder):
    done = run(sys.executable, "-m", "venv", folder)
    if done.returncode != 0:
        return done
    return run(os.path.join(folder, "bin", "pip"), "install", "--quiet", "--no-deps", "--only-binary", ":all:",
               "--disable-pip-version-check", "--requirement", path("requirements.txt"))


def python_program(name):
    """A program of requirements.txt, "python" among them."""
    if sys.version_info < (3, 11):
        raise unittest.SkipTest("requirements.txt is for Python 3.11 and later")
    return os.path.join(made("schemathesis", ["requirements.txt"], _make_venv), "bin", name)


def schemathesis():
    return python_program("schemathesis")


def npm_program(name):
    """A program of package.json, and the folder where it is installed."""
    folder = npm_folder()
    return os.path.join(folder, "node_modules", ".bin", name), folder

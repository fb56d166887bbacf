"""Stoplight Prism as a proxy that validates: every request of the tests' client and its answer, against openapi.yaml.

Prism tells what is against the contract in a header of the answer. Counted is all that it says of an
answer, and what it says of a request that the service accepted; many tests send wrong requests on purpose.
With --errors Prism would refuse those itself, and nobody would see the service's answer. prism.toml says
where Prism is wrong.
"""
import fnmatch
import json
import os
import random
import socket
import subprocess
import time
import unittest

import tools
import client
import support

try:
    import tomllib
except ImportError:  # before Python 3.11
    tomllib = None

START = 120  # seconds; it takes four on a quiet machine
UNLISTED = ("HEAD", "OPTIONS")  # every path has them; the contract says so once, in words


def settings():
    if tomllib is None:
        raise unittest.SkipTest("reading prism.toml needs Python 3.11")
    with open(tools.path("prism.toml"), "rb") as file:
        return tomllib.load(file)


def program():
    return tools.npm_program("prism")[0]


def free_port():
    """Below those that outgoing connections take, since the service comes and goes on it."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Proxy:
    """One Prism for all services, one after the other, that listen on its upstream port."""

    def __init__(self):
        self.port, self.upstream = free_port(), free_port()
        self.seen = 0
        self.wrong = settings().get("wrong", [])
        self.used = set()
        os.makedirs(tools.FOLDER, exist_ok=True)
        with open(os.path.join(tools.FOLDER, "prism.log"), "wb") as self.log:
            self.process = subprocess.Popen(
                [program(), "proxy", "--cors", "false", "--verboseLevel", "error", "--port", str(self.port),
                 tools.CONTRACT, f"http://127.0.0.1:{self.upstream}"],
                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            )
        try:
            support.wait_until(self.listens, f"Prism listens; {self.log.name} has what it said", START)
        except BaseException:
            self.stop()
            raise

    def listens(self):
        if self.process.poll() is not None:
            with open(self.log.name, encoding="utf-8", errors="replace") as log:
                raise AssertionError(f"Prism has ended: {log.read()[-2000:]}")
        time.sleep(0.05)
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def check(self, method, answer):
        """Fails with what is against the contract."""
        self.seen += 1
        if b"stoplight.io/prism/errors" in answer.body:
            raise AssertionError(f"Prism could not pass it on: {answer}")
        told = answer.headers.pop("sl-violations", None)
        counted = [words for words in violations(told) if self.counts(words, method, answer)]
        if counted:
            raise AssertionError(f"{len(counted)} against the contract:\n" + "\n".join(counted) + f"\n{answer}")

    def counts(self, words, method, answer):
        # With on_error=report a batch is taken of which some reports are not: each is told so in the answer.
        if words.startswith("request") and "on_error=report" in answer.request:
            return False
        if words.startswith("request") and not 200 <= answer.status < 300:
            return False
        if "route not found" in words and method in UNLISTED:
            return False
        for number, entry in enumerate(self.wrong):
            if fnmatch.fnmatchcase(answer.request, entry["request"]) and entry["words"] in words:
                self.used.add(number)
                return False
        return True

    def unused(self):
        return [f"{e['request']}, {e['words']}" for n, e in enumerate(self.wrong) if n not in self.used]


def violations(told):
    """What Prism found, a line each: the place, its words."""
    if not told:
        return []
    try:
        found = json.loads(told)
    except ValueError:  # it cuts what does not fit into its header
        return ["response and more " + told]
    return [f"{'.'.join(map(str, v['location']))}: {v['message']}" for v in found]


def put_before(proxy):
    """From here on each service of the tests listens behind the proxy, and their client asks the proxy."""

    class Behind(support.Server):
        def __init__(self, url, **more):
            super().__init__(url, **more | {"PROGRESS_PORT": proxy.upstream})
            self.port = proxy.port

    plain = client.Client.ask

    def ask(self, method, path, body=None, headers=None, key=None):
        # Prism would ask for any coding, and gives the content decoded.
        answer = plain(self, method, path, body, {"Accept-Encoding": "identity"} | (headers or {}), key)
        proxy.check(method, answer)
        return answer

    support.Server = Behind
    client.Client.ask = ask

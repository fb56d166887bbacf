"""What the tests with hostile corpora share: the corpora, the places that the contract names, and a fast connection."""
import glob
import json
import os
import re
import socket
import threading
from dataclasses import dataclass

import support

DATA = os.path.join(support.ROOT, "tests", "data", "hostile")
SAMPLE = 23 if support.QUICK or support.INSTRUMENTED else 1
WORKERS = 3
# Numbers that a double and PostgreSQL's numeric read differently, if they read them at all.
NUMBERS = (b"1e-20000", b"0e99999999999", b"1e-99999999999", b"-0", b"-0.0", b"0." + b"0" * 20000 + b"1", b"1E400",
           b"100.000000000000000000001", b"0.1e1", b"1e1", b"99999999999999999999", b"0.00500000000000000001")


# ---- the corpora ----

def sampled(items):
    return list(items)[::SAMPLE]


def json_cases():
    """{name: bytes} of JSONTestSuite, and a few numbers of our own."""
    cases = {}
    for path in sorted(glob.glob(os.path.join(DATA, "json-parsing", "*.json"))):
        with open(path, "rb") as f:
            cases[os.path.basename(path)] = f.read()
    return cases | {f"our number {n.decode()[:24]}": n for n in NUMBERS}


def texts():
    """Each naughty string, and each text that a case of JSONTestSuite holds; every one once."""
    with open(os.path.join(DATA, "naughty-strings.json"), encoding="utf-8") as f:
        found = dict.fromkeys(json.load(f))
    for raw in json_cases().values():
        known, value = strict_json(raw)
        if known:
            found |= dict.fromkeys(_texts_in(value))
    return list(found)


def _texts_in(value):
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts_in(inner)


def is_text(text):
    """PostgreSQL holds no NUL, and UTF-8 no half of a surrogate pair."""
    return "\0" not in text and not re.search("[\ud800-\udfff]", text)


def strict_json(raw):
    """(True, value) for JSON as RFC 8259 writes it, each name once; (False, None) for anything else."""
    try:
        return True, json.loads(raw.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return False, None


def _refuse(word):
    raise ValueError(word)


def _once(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


# ---- the places ----

@dataclass(frozen=True)
class Place:
    """One parameter of one operation."""

    method: str
    path: str
    where: str
    name: str

    def __str__(self):
        return f"{self.method} {self.path} {self.where} {self.name}"


class Contract:
    """The served contract: whatever it names is tried, so that a new parameter or field is too."""

    def __init__(self, document):
        self.document = document

    def _follow(self, node):
        while "$ref" in node:
            found = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = found
        return node

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method in ("get", "put", "post", "patch"):
                    parameters = item.get("parameters", []) + operation.get("parameters", [])
                    yield method.upper(), path, operation, [self._follow(p) for p in parameters]

    def places(self, where):
        return [Place(method, path, where, p["name"]) for method, path, _, parameters in self.operations()
                for p in parameters if p["in"] == where]

    def fields(self, method, path):
        """The names that the body of an operation may hold."""
        for m, p, operation, _ in self.operations():
            if (m, p) == (method, path):
                body = self._follow(operation["requestBody"])
                schema = self._follow(next(iter(body["content"].values()))["schema"])
                return list(schema.get("properties", {}))
        raise AssertionError(f"the contract has no {method} {path}")

    def writes(self):
        return [(method, path) for method, path, _, _ in self.operations() if method != "GET"]


# ---- the connection ----

@dataclass
class Given:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Line:
    """A keep-alive connection that sends bytes as they are, and is made anew when the server has closed it."""

    def __init__(self, port):
        self.port, self.socket, self.rest = port, None, b""

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket, self.rest = None, b""

    def ask(self, method, target, headers, body=None):
        """headers: pairs of bytes or text. One request, one answer."""
        head = [f"{method} {target} HTTP/1.1".encode(), b"Host: localhost"]
        head += [_bytes(name) + b": " + _bytes(value) for name, value in headers]
        if body is not None or method != "GET":
            head.append(b"Content-Length: %d" % len(body or b""))
        data = b"\r\n".join(head) + b"\r\n\r\n" + (body or b"")
        for attempt in range(2):
            fresh = self.socket is None
            try:
                return self._exchange(data)
            except (ConnectionError, EOFError):
                # A connection that idled may be closed under the request; a new one may not.
                self.close()
                if fresh or attempt:
                    raise
        raise AssertionError("unreachable")

    def _exchange(self, data):
        if not self.socket:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=15)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(data)
        while (end := self.rest.find(b"\r\n\r\n")) < 0:
            self._more()
        lines = self.rest[:end].decode("latin-1").split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
        size = end + 4 + int(headers.get("content-length", 0))
        while len(self.rest) < size:
            self._more()
        answer = Given(int(lines[0].split()[1]), headers, self.rest[end + 4 : size])
        self.rest = self.rest[size:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def _more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError("the connection ended within an answer")
        self.rest += piece


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def in_parallel(work, items):
    """work(part, number) on a thread each, over every WORKERS-th item; the first fault of any is raised."""
    faults = []

    def run(number):
        try:
            work(items[number::WORKERS], number)
        except BaseException as fault:  # pylint: disable=broad-except
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]

"""A small HTTP client for tests: one keep-alive connection that shows all that came, and a raw socket beside it."""
import contextlib
import http.client
import itertools
import json
import os
import re
import socket
from dataclasses import dataclass, field
from decimal import Decimal

_numbers = itertools.count(1)


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes
    request: str = ""
    names: list = field(default_factory=list)

    @property
    def json(self):
        return json.loads(self.body, parse_float=Decimal)

    def __getitem__(self, name):
        """A header, or None."""
        return self.headers.get(name.lower())

    def __str__(self):
        return f"{self.request} -> {self.status} {self.headers} {self.body[:2000]!r}"


class Client:
    """One keep-alive connection. A key, if given, goes with every request."""

    def __init__(self, port, key=None, timeout=15):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.key = key

    def ask(self, method, path, body=None, headers=None, key=None):
        sent = {"Host": "localhost"}
        key = key or self.key
        if key:
            sent["Authorization"] = f"Bearer {key}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            merges = "merge-patch+" if method == "PATCH" else ""
            sent |= {"Content-Type": f"application/{merges}json", "Content-Length": str(len(body))}
        elif method in ("POST", "PUT", "PATCH"):
            sent["Content-Length"] = "0"
        sent |= headers or {}
        self.connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            if value is not None:
                self.connection.putheader(name, value)
        self.connection.endheaders(body)
        got = self.connection.getresponse()
        content = got.read()
        pairs = got.getheaders()
        return Answer(
            got.status, {n.lower(): v for n, v in pairs}, content, f"{method} {path}", [n.lower() for n, _ in pairs]
        )

    def get(self, path, **headers):
        return self.ask("GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()})

    def post(self, body, path="/updates", idem=None, key=None, **headers):
        sent = {n.replace("_", "-"): v for n, v in headers.items()}
        if path.startswith("/updates") and path.split("?")[0] == "/updates":
            sent["Idempotency-Key"] = f'"{idem or f"key-{os.getpid()}-{next(_numbers)}"}"'
        return self.ask("POST", path, body, sent, key)

    def all(self, path):
        """Every item of a collection, page by page, by its links."""
        items = []
        while path:
            got = self.get(path)
            if got.status != 200:
                raise AssertionError(str(got))
            items += got.json["data"]
            path = got.json["links"].get("next")
        return items

    def close(self):
        self.connection.close()


def split_answers(data):
    """The answers in what a connection gave: [(status, headers, body)]; a cut one has body None."""
    answers = []
    while data:
        head, gap, rest = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        if not gap or not re.fullmatch(rb"HTTP/1\.1 \d{3} .*", lines[0]):
            return answers + [(None, {}, None)]
        status = int(lines[0].split()[1])
        headers = {n.lower().decode(): v.strip().decode() for n, _, v in (line.partition(b":") for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        whole = len(rest) >= length
        answers.append((status, headers, rest[:length] if whole else None))
        data = rest[length:]
    return answers


def raw(port, data, timeout=5):
    """Sends bytes on a connection of their own and reads until the server closes it: (answers, whether it closed)."""
    got, closed = b"", False
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as s:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            s.sendall(data)
        try:
            while not closed:
                piece = s.recv(65536)
                got += piece
                closed = not piece
        except ConnectionResetError:
            closed = True
        except TimeoutError:
            pass
    return split_answers(got), closed

"""Receivers of webhooks, good ones and bad ones, on real sockets; and the signature, computed by another hand."""
import base64
import contextlib
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass

SLOW = 9.0  # longer than any sender waits


@dataclass
class Message:
    """One request as it came."""

    method: str
    path: str
    headers: dict
    body: bytes
    at: float

    @property
    def id(self):
        return self.headers["webhook-id"]

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def data(self):
        return self.json["data"]


def signature(secret, message):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message.id}.{message.headers['webhook-timestamp']}.".encode() + message.body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _head(status, *more):
    return "\r\n".join((f"HTTP/1.1 {status} Whatever", "Connection: close", *more, "", "")).encode()


def _plain(status):
    return lambda r, s: s.sendall(_head(status, "Content-Length: 0"))


def _slow(receiver, s):
    receiver.ended.wait(SLOW)
    _plain(200)(receiver, s)


def _redirect(receiver, s):
    s.sendall(_head(307, f"Location: {receiver.elsewhere}", "Content-Length: 0"))


def _lying(status, stated, sent):
    """More or less than its head says."""
    return lambda r, s: s.sendall(_head(status, f"Content-Length: {stated}") + b"x" * sent)


def _endless(status):
    def answer(receiver, s):
        s.sendall(_head(status, "Content-Type: text/plain"))
        while not receiver.ended.is_set():
            s.sendall(b"x" * 65536)
            receiver.poured += 65536
    return answer


def _endless_head(receiver, s):
    s.sendall(b"HTTP/1.1 200 Whatever\r\n")
    while not receiver.ended.is_set():
        s.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
        receiver.poured += 1010


def _drip(receiver, s):
    for byte in _head(200, "Content-Length: 0"):
        s.sendall(bytes([byte]))
        if receiver.ended.wait(0.5):
            return


BEHAVIOURS = {
    "good": _plain(200),
    "no content": _plain(204),
    "error": _plain(500),
    "gone": _plain(410),
    "slow": _slow,
    "drip": _drip,
    "redirect": _redirect,
    "hang up": lambda r, s: None,
    "nonsense": lambda r, s: s.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "says more than it sends": _lying(500, 100000, 5),
    "says less than it sends": _lying(500, 5, 100000),
    "good, says more than it sends": _lying(200, 100000, 5),
    "says nonsense": _lying(500, "99999999999999999999999", 5),
    "endless": _endless(500),
    "endless head": _endless_head,
    "asks for time": lambda r, s: s.sendall(_head(503, "Retry-After: 1800", "Content-Length: 0")),
}


class Receiver:
    """Listens on host; behaves as `mode` says, for each request anew. It can go down and come up on its own port."""

    def __init__(self, host="127.0.0.1", mode="good", certificate=None, family=socket.AF_INET, delay=0):
        self.host, self.mode, self.family, self.delay = host, mode, family, delay
        self.elsewhere, self.poured, self.port = None, 0, 0
        self.messages, self.connections = [], 0
        self.ended = threading.Event()
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.up()

    def up(self):
        self.listener = socket.socket(self.family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((self.host, self.port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def down(self):
        """shutdown wakes who waits in accept; close alone does not."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def close(self):
        self.ended.set()
        self.down()

    def url(self, host=None, path="/hook?token=zqxtoken"):
        return f"{'https' if self.context else 'http'}://{host or self.host}:{self.port}{path}"

    def _accept(self, listener):
        while True:
            try:
                s, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(s,), daemon=True).start()

    def _serve(self, s):
        with contextlib.suppress(OSError, ValueError), s:
            s.settimeout(30)
            if self.context:
                s = self.context.wrap_socket(s, server_side=True)
            with s:
                self.messages.append(self._read(s))
                if self.delay:
                    self.ended.wait(self.delay)
                BEHAVIOURS[self.mode](self, s)
                s.shutdown(socket.SHUT_WR)
                s.recv(1)

    @staticmethod
    def _read(s):
        got = b""
        while b"\r\n\r\n" not in got:
            got += _some(s)
        head, _, body = got.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
        while len(body) < int(headers["content-length"]):
            body += _some(s)
        return Message(method, path, headers, body, time.time())


def _some(s):
    got = s.recv(65536)
    if not got:
        raise OSError("it hung up")
    return got

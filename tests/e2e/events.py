"""A client of GET /stream: reads server-sent events as a browser does, and remembers what a browser would."""
import json
import socket
import time
from dataclasses import dataclass

import support

PATIENCE = 20 if not support.INSTRUMENTED else 60  # seconds; of a machine that does other things too


@dataclass
class Event:
    name: str
    data: dict
    id: str | None

    @property
    def subject(self):
        return self.data["entity"], self.data["id"], self.data["op"]


class Stream:
    """One connection. Comments are counted, events given one by one; last_id is what EventSource would send."""

    def __init__(self, port, path="/stream", last_id=None, method="GET", buffer=None, headers=""):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.rest, self.comments, self.last_id, self.retry = b"", 0, last_id, None
        self.until = None
        resume = f"Last-Event-ID: {last_id}\r\n" if last_id is not None else ""
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{resume}{headers}\r\n".encode())
        self.status, self.headers = self._head()

    def _more(self):
        if self.until:
            self.socket.settimeout(max(self.until - time.monotonic(), 0.001))
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError
        self.rest += piece

    def _until(self, mark):
        while mark not in self.rest:
            self._more()
        text, _, self.rest = self.rest.partition(mark)
        return text.decode()

    def _head(self):
        first, *lines = self._until(b"\r\n\r\n").split("\r\n")
        return int(first.split()[1]), {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}

    def problem(self):
        length = int(self.headers["content-length"])
        while len(self.rest) < length:
            self._more()
        return json.loads(self.rest[:length])

    def next(self):
        """The next event; EOFError where the service has ended the stream, TimeoutError where none comes."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            name, data, id = None, "", None
            for line in self._until(b"\n\n").split("\n"):
                field, _, value = line.partition(": ")
                if line.startswith(":"):
                    self.comments += 1
                elif field == "event":
                    name = value
                elif field == "data":
                    data += value
                elif field == "id":
                    id = self.last_id = value
                elif field == "retry":
                    self.retry = int(value)
                else:
                    raise AssertionError(f"no field of an event: {line!r}")
            if name:
                return Event(name, json.loads(data), id)
        raise TimeoutError

    def change(self):
        got = self.next()
        if got.name != "change":
            raise AssertionError(f"no change but {got}")
        return got

    def is_silent(self, seconds):
        """Nothing but comments for so long."""
        self.until = time.monotonic() + seconds
        try:
            return self.next() is None
        except TimeoutError:
            return True
        finally:
            self.until = None
            self.socket.settimeout(PATIENCE)

    def ended(self):
        """Whether the service ends it, in time; what comes before counts for nothing."""
        end = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < end:
                self.rest = b""
                self._more()
        except (EOFError, ConnectionResetError):
            return True
        except TimeoutError:
            pass
        return False

    def close(self):
        self.socket.close()

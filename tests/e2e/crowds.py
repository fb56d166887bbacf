"""Clients in crowds that are of no use to anybody: idle ones, slow ones. One thread moves all of them."""
import contextlib
import selectors
import socket
import threading
import time

ADDRESSES = 50  # of the loopback network that a crowd comes from; one address may hold a quarter of the threads
SLOW_EVERY = 0.5  # seconds between two of a drip's bytes


def connect(port, number, receive=None):
    s = socket.socket()
    if receive:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    s.settimeout(10)
    s.bind((f"127.0.2.{1 + number % ADDRESSES}", 0))
    s.connect(("127.0.0.1", port))
    return s


class Idle:
    """Each had its answer on a connection that it keeps open."""

    def __init__(self, port, count):
        self.sockets, self.refused = [], 0
        for number in range(count):
            try:
                s = connect(port, number)
                self.sockets.append(s)
                s.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                answer = s.recv(4096)
                self.refused += not answer.startswith(b"HTTP/1.1 200")
            except OSError:
                self.refused += 1

    def closed(self):
        """How many the service has ended since, as its rules allow."""
        count = 0
        for s in self.sockets:
            s.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                try:
                    count += s.recv(1) == b""
                except ConnectionResetError:
                    count += 1
        return count

    def end(self):
        for s in self.sockets:
            s.close()


class Silent:
    """Each connects and never says a word."""

    def __init__(self, port, count):
        self.sockets = [connect(port, number) for number in range(count)]

    def end(self):
        for s in self.sockets:
            s.close()


class Drip:
    """Each sends its beginning at once and then a byte at a time, until it is cut; when, is written down."""

    def __init__(self, port, count, opening, byte=b"a"):
        self.byte, self.cut_after, self.ended = byte, [], threading.Event()
        self.selector, self.began = selectors.DefaultSelector(), {}
        for number in range(count):
            s = connect(port, number)
            s.sendall(opening)
            self.began[s] = time.monotonic()
            self.selector.register(s, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _lose(self, s):
        self.cut_after.append(time.monotonic() - self.began.pop(s))
        self.selector.unregister(s)
        s.close()

    def _run(self):
        due = time.monotonic()
        while self.began and not self.ended.is_set():
            for key, _ in self.selector.select(0.05):
                self._hear(key.fileobj)
            if time.monotonic() < due:
                continue
            due += SLOW_EVERY
            for s in list(self.began):
                try:
                    s.send(self.byte)
                except OSError:
                    self._lose(s)

    def _hear(self, s):
        """A 408 may come first; what counts is the end."""
        try:
            if not s.recv(4096):
                self._lose(s)
        except OSError:
            self._lose(s)

    def end(self):
        self.ended.set()
        self.thread.join()
        for s in self.began:
            s.close()


class Readers:
    """Each asks for a large answer and takes next to nothing of it. The end hides behind what was not read: when a
    connection is cut shows in the kernel's table of connections."""

    def __init__(self, port, count, path):
        self.port, self.cut_after, self.ended = port, [], threading.Event()
        self.began, self.sockets = {}, []
        for number in range(count):
            s = connect(port, number, receive=4096)
            s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            self.sockets.append(s)
            self.began[s.getsockname()] = time.monotonic()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _established(self):
        """The service's ends that are still open: (address, port) of the reader."""
        found = set()
        with open("/proc/net/tcp", encoding="ascii") as table:
            for line in table:
                words = line.split()
                if words[3] == "01" and words[1].endswith(f":{self.port:04X}"):
                    address, port = words[2].split(":")
                    found.add((socket.inet_ntoa(bytes.fromhex(address)[::-1]), int(port, 16)))
        return found

    def _run(self):
        while self.began and not self.ended.wait(0.1):
            there, now = self._established(), time.monotonic()
            for name in [name for name in self.began if name not in there]:
                self.cut_after.append(now - self.began.pop(name))
            for s in self.sockets:
                s.setblocking(False)
                with contextlib.suppress(OSError):
                    s.recv(16)

    def end(self):
        self.ended.set()
        self.thread.join()
        for s in self.sockets:
            s.close()

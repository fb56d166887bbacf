"""A cable between the service and PostgreSQL that a test can refuse, delay, darken and cut.

One thread owns every socket, so that none is closed under its reader: who wants something done hands that thread a
function. Bytes lost in the dark stay lost: from then on that direction of the connection is dead and nobody is told,
as behind a firewall. A connection made in the dark looks open and carries nothing.
"""

import collections
import contextlib
import queue
import selectors
import socket
import struct
import threading
import time

TO_SERVER, TO_SERVICE = 0, 1  # directions; also the end that they come from
BOTH = (TO_SERVER, TO_SERVICE)
END = object()  # of a stream, where its next bytes would be
RESET = struct.pack("ii", 1, 0)  # SO_LINGER that makes close() send RST


class Wire:
    """One connection: its end at the service and its end at the server."""

    def __init__(self, near, far):
        self.ends = [near, far]
        self.lost = set()  # directions that are dead

    def darken(self):
        self.lost.update(BOTH)


class Cable:
    """Listens on a free port of 127.0.0.1 and passes on to a socket of PostgreSQL: a path, or (host, port).

    hook(wire, direction, data) may stand in its thread: it returns what to pass on, or None to cut that wire.
    """

    def __init__(self, target):
        self.target, self.hook = target, lambda wire, direction, data: data
        self.dark, self.delay = set(), 0.0
        self.wires, self.made = set(), 0
        self.late, self.doomed = collections.deque(), collections.deque()  # in order of when they are due
        self.orders, self.ended = queue.SimpleQueue(), False
        self.selector = selectors.DefaultSelector()
        self.bell, self.rung = socket.socketpair()
        self.selector.register(self.rung, selectors.EVENT_READ, lambda: self.rung.recv(4096))
        self.listener, self.port = None, 0
        self._listen()
        self.thread = threading.Thread(target=self._run, name="cable", daemon=True)
        self.thread.start()

    # ---- what a test may ask for, from any thread ----

    def do(self, order):
        """Has the owning thread do it and waits until it is done."""
        done = threading.Event()
        self.orders.put((order, done))
        self.bell.send(b"!")
        if not done.wait(10):
            raise AssertionError("the cable's thread does not answer")

    def url(self, user, database):
        """Of a database by way of this cable, its messages in the clear."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?sslmode=disable&gssencmode=disable"

    def darken(self, directions=BOTH):
        self.do(lambda: self.dark.update(directions))

    def light(self, forget=False):
        """Light again; forget: every connection from before is dead, also those that lost nothing."""

        def mend():
            self.dark.clear()
            for wire in self.wires if forget else ():
                wire.darken()

        self.do(mend)

    def cut(self):
        """Every connection is reset, at both ends."""
        self.do(lambda: [self._close(wire, reset=True) for wire in list(self.wires)])

    def refuse(self):
        """Nobody listens any more; what is connected stays."""
        self.do(self._deafen)

    def allow(self):
        self.do(self._listen)

    def set_delay(self, seconds):
        self.do(lambda: setattr(self, "delay", seconds))

    def remove(self):
        self.cut()
        self.do(lambda: setattr(self, "ended", True))
        self.thread.join(10)

    # ---- in the owning thread ----

    def _run(self):
        while not self.ended:
            for key, _ in self.selector.select(self._pause()):
                # An earlier one of this round may have closed it.
                if key.fileobj.fileno() >= 0:
                    key.data()
            self._deliver()
            with contextlib.suppress(queue.Empty):
                while True:
                    order, done = self.orders.get_nowait()
                    order()
                    done.set()
        self._deafen()
        for end in (self.bell, self.rung, self.selector):
            end.close()

    def _listen(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)

    def _deafen(self):
        if self.listener:
            self.selector.unregister(self.listener)
            self.listener.close()
            self.listener = None

    def _accept(self):
        near, _ = self.listener.accept()
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        far = socket.socket(socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET)
        wire = Wire(near, far)
        try:
            far.connect(self.target)
        except OSError:
            self._close(wire, reset=True)
            return
        self.made += 1
        self.wires.add(wire)
        for direction, end in enumerate(wire.ends):
            end.settimeout(10)
            self.selector.register(end, selectors.EVENT_READ, lambda d=direction: self._read(wire, d))

    def _read(self, wire, direction):
        try:
            data = wire.ends[direction].recv(65536) or END
        except OSError:
            data = END
        if direction in self.dark | wire.lost:
            self._swallow(wire, direction, data)
            return
        if data is not END:
            data = self.hook(wire, direction, data)
        if self.delay or self.late:
            self.late.append((time.monotonic() + self.delay, wire, direction, data))
        else:
            self._pass(wire, direction, data)

    def _swallow(self, wire, direction, data):
        """Who hangs up in the dark is gone, and the other end does not hear of it."""
        wire.lost.add(direction)
        if data is END:
            self._shut(wire.ends[direction])
            if all(end.fileno() < 0 for end in wire.ends):
                self.wires.discard(wire)

    def _pass(self, wire, direction, data):
        other = wire.ends[1 - direction]
        try:
            if data is None or data is END:
                self._close(wire, reset=data is None)
            elif other.fileno() >= 0:
                other.sendall(data)
        except OSError:
            self._close(wire)

    def hang_up_later(self, wire, seconds):
        """For a hook: its end at the server is closed then, and only that one."""
        self.doomed.append((time.monotonic() + seconds, wire))

    def _pause(self):
        due = [queued[0][0] for queued in (self.late, self.doomed) if queued]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _deliver(self):
        while self.late and self.late[0][0] <= time.monotonic():
            self._pass(*self.late.popleft()[1:])
        while self.doomed and self.doomed[0][0] <= time.monotonic():
            self._shut(self.doomed.popleft()[1].ends[TO_SERVICE])

    def _shut(self, end, reset=False):
        if end.fileno() < 0:
            return
        with contextlib.suppress(KeyError):
            self.selector.unregister(end)
        if reset and end.family != socket.AF_UNIX:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.close()

    def _close(self, wire, reset=False):
        for end in wire.ends:
            self._shut(end, reset)
        self.wires.discard(wire)

"""Cuts a cable at a chosen moment of a chosen write, by reading PostgreSQL's messages (protocol version 3) on it.

A write is one statement and commits by itself at the Sync that follows its Execute. So the moment just before COMMIT
is reached by sending Flush in its place: the server then does all the work, says so, and waits.
"""

import collections
import re
from dataclasses import dataclass, field

from cable import TO_SERVER, TO_SERVICE

UNSEEN, BEFORE, AFTER = "unseen", "before", "after"  # the request lost; done but not committed; committed, unanswered
FLUSH, SYNC = b"H\0\0\0\4", b"S\0\0\0\4"
WORD = re.compile(rb"cut-\w+-\d+")


class Messages:
    """Whole messages of a stream; a client's first one has no type."""

    def __init__(self, typed):
        self.typed, self.rest = typed, b""

    def feed(self, data):
        self.rest += data
        while len(self.rest) >= self.typed + 4:
            size = self.typed + int.from_bytes(self.rest[self.typed : self.typed + 4], "big")
            if len(self.rest) < size:
                return
            message, self.rest = self.rest[:size], self.rest[size:]
            self.typed = True
            yield message


@dataclass
class Watched:
    """What is known of one wire."""

    streams: dict = field(default_factory=lambda: {TO_SERVER: Messages(False), TO_SERVICE: Messages(True)})
    cut: tuple = ()  # (word, moment) while it is under the knife
    held: bytes = b""  # answers kept back meanwhile


class Knife:
    """A hook of a cable that nothing has passed yet. order() what is to be cut; made counts what was."""

    def __init__(self, cable):
        self.cable = cable
        self.silence = 0.0  # seconds until the server gives its client up; 0: it hears of the cut at once
        self.made, self.missed = collections.Counter(), 0
        self.orders, self.watched = {}, {}
        cable.hook = self

    def order(self, word, moments):
        """The first tries of the write that holds this word are cut at these moments, one each."""
        self.orders[word.encode()] = list(moments)

    def left(self):
        return {word: moments for word, moments in self.orders.items() if moments}

    def __call__(self, wire, direction, data):
        seen = self.watched.setdefault(wire, Watched())
        passed = b""
        for message in seen.streams[direction].feed(data):
            piece = self.request(seen, message) if direction == TO_SERVER else self.answer(wire, seen, message)
            if piece is None:
                return self.sever(wire, seen)
            passed += piece
        return passed

    def request(self, seen, message):
        """What goes on to the server in place of this message; None: cut now."""
        kind = message[:1]
        if not seen.cut and kind == b"B" and (word := WORD.search(message)) and self.orders.get(word[0]):
            seen.cut = (word[0], self.orders[word[0]].pop(0))
        moment = seen.cut[1] if seen.cut else ""
        if moment == UNSEEN:
            return None if kind == b"S" else b""
        return FLUSH if moment == BEFORE and kind == b"S" else message

    def answer(self, wire, seen, message):
        if not seen.cut:
            return message
        kind = message[:1]
        if kind == b"E":
            return self.spare(wire, seen, message)
        seen.held += message
        return None if kind == {BEFORE: b"C", AFTER: b"Z"}.get(seen.cut[1]) else b""

    def spare(self, wire, seen, message):
        """The server refused it (an earlier try is still under way): there is no commit to cut, this time."""
        word, moment = seen.cut
        self.orders[word].insert(0, moment)
        self.missed += 1
        if moment == BEFORE:  # it waits for the Sync that was kept from it
            wire.ends[TO_SERVICE].sendall(SYNC)
        seen.cut, held, seen.held = (), seen.held, b""
        return held + message

    def sever(self, wire, seen):
        self.made[seen.cut[1]] += 1
        self.watched.pop(wire)
        if not self.silence:
            return None
        wire.darken()
        self.cable.hang_up_later(wire, self.silence)
        return b""

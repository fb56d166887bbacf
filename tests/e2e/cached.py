"""What the tests of the cache share: its figures, an ear on the wire to PostgreSQL, a psql whose transaction stays
open, and how a written version is read back."""

import re
import subprocess
import threading

import support
from cable import TO_SERVER, Cable
from client import Client
from support import progress

OBJECTIVES = ("7.1", "7.2", "2.1", "2.2", "3.1", "3.2")
FRESH_WITHIN = 2.0  # seconds after the database answers again
# What the service asks for by itself, beside any request.
BESIDE = (b"change_look", b"changes_between", b"change_tell", b"delivery_lease", b"import_begin")
SLACK = 2.0 if not support.INSTRUMENTED else 8.0  # of a machine that does other things too


def figures(client):
    """{"name{labels}": value} of /metrics."""
    lines = client.get("/metrics").body.decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines) if name[:1] != "#"}


def events(client):
    """{"hit": n, ...}: what came of looking into the cache so far."""
    found = {re.search(r'event="(\w+)"', n)[1]: v for n, v in figures(client).items() if "cache_events_total{" in n}
    return {name: int(value) for name, value in found.items()}


def since(client, before):
    return {name: value - before[name] for name, value in events(client).items()}


def settle(client):
    """Until the service has looked for changes once more: its own are among them, and it renews what they touch."""
    looks = figures(client)["change_looks_total"]
    support.wait_until(lambda: figures(client)["change_looks_total"] >= looks + 2, "two looks for changes")


def at_percent(times, percent):
    """Of seconds, as text in milliseconds."""
    ordered = sorted(times)
    return f"{ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000:.1f} ms"


def cable_to(where):
    """A cable to a cluster; its url() is to be asked for with the name of a database."""
    return Cable(f"{where.host}/.s.PGSQL.{where.port}" if where.host[:1] == "/" else (where.host, int(where.port)))


def _statement(bind):
    """Its name stands behind the name of its portal."""
    return bind[5:].split(b"\0", 2)[1]


class Tap:
    """Counts what is asked of a service's PostgreSQL for requests; may cut the connection of its look for changes."""

    def __init__(self, db):
        self.cable = cable_to(db.cluster)
        self.url = self.cable.url(db.cluster.user, db.name)
        self.asked, self.deaf = 0, False
        self.rest, self.followers = {}, set()
        self.cable.hook = self._hear

    def remove(self):
        self.cable.remove()

    def deafen(self):
        """The service can no longer follow changes, and everything else works."""
        self.deaf = True
        self.cable.do(lambda: [self.cable._close(wire, reset=True) for wire in list(self.followers)])

    def _hear(self, wire, direction, data):
        if direction != TO_SERVER:
            return data
        for kind, message in self._messages(wire, data):
            if b"listen progress_changes" in message:
                self.followers.add(wire)
            self.asked += kind == b"B" and _statement(message) not in BESIDE
        return None if self.deaf and wire in self.followers else data

    def _messages(self, wire, data):
        """Whole messages of the protocol; the first has no kind."""
        first = wire not in self.rest
        data = self.rest.get(wire, b"") + data
        while len(data) >= 5:
            head = 0 if first else 1
            size = head + int.from_bytes(data[head : head + 4], "big")
            if len(data) < size:
                break
            yield data[:head], data[:size]
            data, first = data[size:], False
        if not first:
            self.rest[wire] = data


class Session:
    """A psql that stays: each statement is done when do() returns, and what it began stays open."""

    def __init__(self, db):
        self.process = subprocess.Popen(
            [support.PSQL, "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", db.url], env=support.environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def do(self, statement):
        self.process.stdin.write(f"{statement};\n\\echo done\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "done\n":
                return lines
            lines.append(line)
        raise AssertionError(f"psql ended at {statement}")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


def rename_goal(session, number, name):
    """What an editor does to a goal, in the transaction that the session has open."""
    session.do(
        f"with g as (update progress.goal set revision = revision + 1 where number = {number} returning *), r as ("
        "  insert into progress.goal_revision (goal_id, revision, statement, short_name, weight)"
        f" select g.id, g.revision, o.statement, '{name}', o.weight"
        "    from g join progress.goal_revision o on o.goal_id = g.id and o.revision = g.revision - 1)"
        " insert into progress.change (entity, entity_id, op, plan_id)"
        f" select 'goal', '{number}', 'changed', plan_id from g")


def version(client, code):
    """(how many updates the objective shows, Age or None)."""
    got = client.get(f"/objectives/{code}")
    if got.status != 200:
        raise AssertionError(str(got))
    return got.json["updates_count"], got["Age"]


def report(client, code, percent=None):
    got = client.post(progress(code, percent))
    if got.status != 201:
        raise AssertionError(str(got))
    return got.json


def together(*jobs):
    """Runs each in a thread of its own; the first failure is raised."""
    failures = []

    def guarded(job):
        try:
            job()
        except BaseException as e:  # whatever it was, the test must hear of it
            failures.append(e)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def connected(case, server, key=None):
    client = Client(server.port, key)
    case.addCleanup(client.close)
    return client

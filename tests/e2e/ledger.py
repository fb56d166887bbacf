"""A ledger of writes: what was asked for under which key, every answer to it, and whether the database agrees."""

import threading
import time

from support import note

PATIENCE = 30
SAME = ("Location", "ETag", "Content-Type")


class Ledger:
    """Writes that are repeated with the same Idempotency-Key until they are acknowledged, as the contract says."""

    def __init__(self, name):
        self.name = name
        self.lock = threading.Lock()
        self.answers = {}  # name of the write: [(when, answer)], in order

    def write(self, client, name, patience=PATIENCE):
        """Asks until it is acknowledged; returns the answers. Any but 201, 409 and 503 is the last."""
        name = f"{self.name} {name}"
        with self.lock:
            given = self.answers[name] = []
        end = time.monotonic() + patience
        while time.monotonic() < end:
            got = self.ask(client, name)
            given.append((time.monotonic(), got))
            if got.status not in (409, 503):
                break
            time.sleep(0.02 if got.status == 503 else 0.1)
        return [got for _, got in given]

    @staticmethod
    def ask(client, name):
        return client.ask("POST", "/updates", note("7.1", summary=name), {"Idempotency-Key": f'"{name}"'})

    def acknowledged(self):
        """{name: (when, answer)} of what was acknowledged so far."""
        with self.lock:
            return {name: given[-1] for name, given in self.answers.items() if given and given[-1][1].status == 201}

    def check(self, case, client):
        """Each write is there exactly once, with one line in each log, and a repetition gives the same bytes."""
        done = {name: got for name, (_, got) in self.acknowledged().items()}
        case.assertEqual(set(self.answers) - set(done), set(), "every writer went on until it was acknowledged")
        ids = {name: f"{got.json['id']}|1|1|1" for name, got in done.items()}
        case.assertEqual(self.rows(case.db), ids, "each acknowledged write is there once, under its id")
        for name, got in done.items():
            replay = self.ask(client, name)
            case.assertEqual((replay.status, replay["Idempotent-Replayed"]), (201, "true"), str(replay))
            case.assertEqual(replay.body, got.body, name)
            case.assertEqual([replay[h] for h in SAME], [got[h] for h in SAME], name)
        case.assertEqual(self.rows(case.db), ids, "repeating wrote nothing")

    def rows(self, db):
        """{name: "ids|keys|lines of audit|lines of change"}, of everything under this ledger's name."""
        found = db.sql(
            "select summary, string_agg(u.id::text, ','),"
            " (select count(*) from progress.idempotency where key = summary),"
            " (select count(*) from progress.audit_event"
            "   where entity = 'update' and entity_id = any(array_agg(u.id::text))),"
            " (select count(*) from progress.change"
            "   where entity = 'update' and entity_id = any(array_agg(u.id::text)))"
            f" from progress.published_update u where summary like '{self.name} %' group by summary"
        )
        return dict(line.split("|", 1) for line in found.splitlines())

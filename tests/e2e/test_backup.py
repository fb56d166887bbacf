"""The backup line and the restore as docs/operations.md writes them: the same bytes come back, and it goes on."""

import os
import re
import subprocess
import tempfile
import unittest

import support
from support import Case, Database, ROOT, Server, note, progress

PATHS = (
    "/goals?include=objectives,latest_update",
    "/objectives?limit=500",
    "/updates?limit=500",
    "/plan",
    "/summary",
)


def documented(word):
    """The one line of the chapter on backups that begins with this command, without cron's schedule and escapes."""
    with open(os.path.join(ROOT, "docs", "operations.md"), encoding="utf-8") as f:
        chapter = f.read().split("\n## Backup and restore\n")[1].split("\n## ")[0]
    lines = re.findall(rf"(?m)^(?:[\d*]+ +[\d*]+ +[\d*]+ +[\d*]+ +[\d*]+ +)?({word} .*)$", chapter)
    if len(lines) != 1:
        raise AssertionError(f"docs/operations.md has {len(lines)} lines of {word}")
    return lines[0].replace(r"\%", "%")


class Backup(Case):
    settings = {"PROGRESS_NOW": "2026-11-20T20:00:00Z"}

    def fill(self):
        """Something of all that can happen; gives the answer to the last write."""
        first = self.accepted(self.client.post(progress("7.1", 40), key=self.key))
        self.accepted(
            self.client.post(progress("7.1", 30, supersedes=first["id"], reason="It was wrong."), key=self.key)
        )
        gone = self.accepted(self.client.post(progress("6.1", 10), key=self.key))
        self.accepted(self.client.post({"reason": "Not so."}, f"/updates/{gone['id']}/retraction", key=self.key), 200)
        self.accepted(self.client.post(note("1.1"), key=self.db.key(scope="report", source="city")))
        kept = self.client.post(note("1.2"), idem="kept", key=self.key)
        self.accepted(kept)
        return kept

    def shell(self, line):
        where = self.db.cluster
        env = support.environment(PROGRESS_MIGRATE_URL=self.db.url) | {
            "PGHOST": where.host,
            "PGPORT": where.port,
            "PGUSER": where.user,
        }
        done = subprocess.run(["sh", "-ec", line], env=env, capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, f"{line}: {done.stderr}")

    def restored(self):
        """The lines, but for the names of the folder, the file and the new database."""
        other = Database(self.db.cluster, self.db.name + "_restored")
        self.addCleanup(other.drop)
        self.shell(documented("createdb").replace("progress_restored", other.name))
        with tempfile.TemporaryDirectory(prefix="cip-backup-") as folder:
            self.shell(documented("pg_dump").replace("/var/backups", folder))
            files = os.listdir(folder)
            self.assertEqual(len(files), 1)
            restore = re.sub(r"/var/backups/\S+", os.path.join(folder, files[0]), documented("pg_restore"))
            self.shell(restore.replace("progress_restored", other.name))
        return other

    @support.not_quick
    def test_a_restored_backup_serves_the_same_bytes_and_goes_on(self):
        kept = self.fill()
        other = self.restored()
        self.assertEqual(other.checksum(), self.db.checksum())
        support.run("migrate", url=other.url)
        twin = Server(other.url, **self.settings)
        self.addCleanup(twin.kill)
        client = self.connect(server=twin)
        for path in PATHS:
            here, there = self.client.get(path), client.get(path)
            self.assertEqual((here.status, here.body, here["ETag"]), (200, there.body, there["ETag"]), path)
        replay = client.post(note("1.2"), idem="kept", key=self.key)
        self.assertEqual(
            (replay.body, replay["Idempotent-Replayed"]),
            (kept.body, "true"),
            "keys and remembered answers come along",
        )
        new = self.accepted(client.post(note("1.3"), key=self.key))
        self.assertGreater(int(new["id"]), int(kept.json["id"]))


if __name__ == "__main__":
    unittest.main()

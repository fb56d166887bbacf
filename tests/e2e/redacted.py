"""What test_redaction.py needs to look everywhere: all the places where a text of an update may be kept."""
import json
import os
import subprocess
import zlib

import support
from photograph import Photographer

MARK = "zqxelm"  # in every text of every update, and nowhere else
FIELDS = ("summary", "details", "next_steps", "links", "service", "reason", "retraction_reason", "return_comment")
PG_DUMP = os.path.join(os.path.dirname(support.PSQL), "pg_dump")


def marked(body, **more):
    """A body that says it in every text."""
    texts = {f: f"{MARK} 12 Elm Street, {f}" for f in ("summary", "details", "next_steps")}
    link = {"label": f"{MARK} 12 Elm Street", "url": f"https://example.org/{MARK}"}
    if body["kind"] == "service_status":
        texts["service"] = {"name": f"{MARK} Elm Street", "case_id": f"{MARK}-12", "state": "open",
                            "raw_state": f"at {MARK} 12", "open": 3}
    return body | texts | {"links": [link]} | more


def unpacked(data):
    """The bytes, and what every gzip stream in them holds."""
    parts, at = [data], 0
    while (at := data.find(b"\x1f\x8b\x08", at)) >= 0:
        try:
            parts.append(zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data[at:]))
        except zlib.error:
            pass
        at += 1
    return parts


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Places:
    """Looks everywhere: where() gives the names of the places that hold the mark."""

    def __init__(self, case, servers, ids, pairs):
        """servers: {name: (server, data folder)}."""
        self.case, self.servers, self.ids = case, servers, ids
        self.eyes = {name: Photographer(server.port, {"id": ids, "pairs": pairs}, {})
                     for name, (server, _) in servers.items()}
        for eye in self.eyes.values():
            case.addCleanup(eye.close)

    def where(self):
        return {name for name, data in self._all() if any(MARK.encode() in part for part in unpacked(data))}

    def snapshots(self):
        return {name for name, (_, folder) in self.servers.items() if self._in_folder(folder)}

    def _in_folder(self, folder):
        return any(MARK.encode() in part for data in self._files(folder) for part in unpacked(data))

    def _files(self, folder):
        """What the files in it hold; looked at anew where one went meanwhile, for it came back by another name."""
        while True:
            try:
                return [read(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names]
            except FileNotFoundError:
                continue

    def _all(self):
        """(name, bytes) of each place."""
        yield from self._public()
        yield from self._keyed()
        yield "export", support.run("export", url=self.case.db.url).stdout.encode()
        yield "dump", self._dump()
        for name, (server, folder) in self.servers.items():
            yield f"log of {name}", server.log_text().encode()
            for data in self._files(folder):
                yield f"snapshot of {name}", data

    def _public(self):
        for name, eye in self.eyes.items():
            album = eye.take()
            self.case.assertGreater(len(album), 50, "hardly anything was looked at")
            for (path, form), (_, headers, body) in album.items():
                yield f"{path} as {form} on {name}", json.dumps(headers).encode() + body
            for told in eye.told:
                yield f"figures of {name}", told

    def _keyed(self):
        for name, (server, _) in self.servers.items():
            client = self.case.connect(self.case.admin, server)
            for path in ("/updates?state=draft&limit=500", *(f"/updates/{n}?state=draft" for n in self.ids)):
                yield f"{path} on {name}", client.get(path).body
            yield f"audit on {name}", json.dumps(client.all("/audit?limit=500"), default=str).encode()

    def _dump(self):
        done = subprocess.run([PG_DUMP, "--data-only", "-d", self.case.db.url], env=support.environment(),
                              capture_output=True, check=True, timeout=120)
        self.case.assertIn(b"COPY progress.published_update", done.stdout)
        return done.stdout

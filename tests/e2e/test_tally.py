"""The kept count of an objective's updates, while many report on the same few at once and a file is imported."""
import json
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

import support
from support import Case, note, progress

WRITERS = 8
EACH = 10 if support.QUICK or support.INSTRUMENTED else 60
FILED = 100 if support.QUICK or support.INSTRUMENTED else 600
CODES = ("7.1", "7.2", "7.3")

COUNTED = """select o.code, count(u.id),
                    coalesce((select sum(t.n) from progress.update_tally t where t.objective_id = o.id), 0)
               from progress.objective o left join progress.published_update u on u.objective_id = o.id
              group by o.id order by o.id"""


class Tally(Case):
    def file(self):
        reports = [{"objective": CODES[number % len(CODES)], "as_of": "2026-01-31", "kind": "note", "summary": "Filed.",
                    "source": "record", "external_id": f"filed-{number}"} for number in range(FILED)]
        return json.dumps({"format": "cerritos-in-progress/1", "plan": self.client.get("/plan").json["slug"],
                           "updates": reports})

    def write(self, writer):
        """Reports, each second one a correction of the last; every writer goes through the objectives its own way."""
        client, last = self.connect(self.key), {}
        self.start.wait()
        for number in range(EACH):
            step = number // 2 + writer
            code = CODES[(step if writer % 2 else -step) % len(CODES)]
            if number % 2 and code in last:
                self.accepted(client.post(progress(code, 50, supersedes=last.pop(code), reason="It was wrong.")))
            else:
                last[code] = self.accepted(client.post(note(code)))["id"]

    def bring(self):
        file = self.file()
        self.start.wait()
        support.run("import", "--publish", "-", url=self.db.url, stdin=file)

    def test_the_count_that_is_kept_is_the_number_of_rows(self):
        self.start = threading.Barrier(WRITERS + 1, timeout=60)
        with ThreadPoolExecutor(WRITERS + 1) as pool:
            for done in [pool.submit(self.bring), *(pool.submit(self.write, writer) for writer in range(WRITERS))]:
                done.result()
        rows = [line.split("|") for line in self.db.sql(COUNTED).splitlines()]
        self.assertEqual(sum(int(count) for _, count, _ in rows), WRITERS * EACH + FILED)
        for code, count, kept in rows:
            self.assertEqual(kept, count, code)
        shown = {o["code"]: o["updates_count"] for o in self.client.get("/objectives?limit=500").json["data"]}
        self.assertEqual(shown, {code: int(count) for code, count, _ in rows})
        counters = self.db.sql("select count(*) as n from progress.update_tally group by objective_id "
                               "order by n desc limit 1")
        support.say(f"{WRITERS} writers and an import left at most {counters} counters for an objective")


if __name__ == "__main__":
    unittest.main()

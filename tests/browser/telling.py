"""What the pages are shown with: every status, percents, corrections, a retraction, measures, departments, a closed
quarter, dates that are missed, and words that are hard to set. The answer names what a page can be asked for by id.
"""
import support
from client import Client

QUARTER = "2026-27-Q1"
LONG = "https://records.example.org/" + "a-very-long-name-without-any-space-" * 6
HARD = f"한국어와 漢字, <b>no markup</b> & “quotes”. {LONG}"

STATUSES = (
    ("1.1", "not_started", None, "Waits for the budget of the next year."),
    ("1.2", "on_track", 62.5, "Two of three workshops were held."),
    ("1.3", "at_risk", 20, "The supplier is late by six weeks."),
    ("1.4", "off_track", 10, "It will miss its date: the contract was not awarded."),
    ("2.1", "on_hold", 35, "Paused until the council has decided."),
    ("2.2", "completed", None, "The report is published."),
    ("2.3", "ongoing", None, "Held each month."),
    ("3.1", "cancelled", None, "Withdrawn."),
    ("7.1", "on_track", 40, "The status of requests is shown in the app."),
)


class Teller:
    def __init__(self, db, server):
        self.db, self.server = db, server
        self.client = Client(server.port, db.key(scope="report,publish,edit", source="clerk"))

    def post(self, body, path="/updates", status=201):
        got = self.client.post(body, path)
        if got.status != status:
            raise AssertionError(str(got))
        return got.json

    def edit(self, path, **body):
        tag = self.client.get(path)["ETag"]
        got = self.client.ask("PATCH", path, body, {"If-Match": tag})
        if got.status != 200:
            raise AssertionError(str(got))

    def statuses(self):
        for code, status, percent, summary in STATUSES:
            more = {"reason": "The council withdrew it."} if status == "cancelled" else {}
            self.post(support.progress(code, percent, status, "2026-08-31", summary=summary, **more))

    def history(self):
        """Of 7.1: a line that goes up, a correction, a retraction, a note."""
        for as_of, percent in (("2026-03-31", 5), ("2026-05-31", 15), ("2026-06-30", 25)):
            self.post(support.progress("7.1", percent, as_of=as_of, next_steps="Show the status to residents."))
        wrong = self.post(support.progress("7.1", 80, as_of="2026-09-30", summary="Nearly done."))
        right = self.post(support.progress("7.1", 55, as_of="2026-09-30", supersedes=wrong["id"],
                                           reason="It was 55: a page was counted twice.",
                                           summary="More than half of the pages are done.", details=HARD,
                                           links=[{"label": "Staff report", "url": LONG}]))
        gone = self.post(support.progress("7.2", 90, as_of="2026-09-15"))
        self.post({"reason": "Reported for another objective."}, f"/updates/{gone['id']}/retraction", 200)
        note = self.post(support.note("7.1", as_of="2026-10-15", summary=HARD))
        return {"superseded": wrong["id"], "update": right["id"], "retracted": gone["id"], "note": note["id"]}

    def measures(self):
        support.found(self.db, self.server, "/measures", support.measure("days-to-close", "7.1", "7.2"))
        for as_of, actual in (("2026-04-30", 11), ("2026-05-31", 9.5), ("2026-07-31", 8), ("2026-09-30", 8.5)):
            self.post(support.note("7.1", as_of=as_of, measurements=[{"measure": "days-to-close", "actual": actual}]))

    def departments(self):
        support.found(self.db, self.server, "/departments",
                      {"slug": "works", "name": "Public Works", "public_contact": "works@example.org, 562-555-0100"})
        self.edit("/objectives/7.1", lead_department="works", owner_role="City Engineer", update_frequency="quarterly",
                  start_on="2026-01-01", due_on="2027-06-30")
        self.edit("/objectives/1.4", start_on="2026-01-01", due_on="2026-09-30", update_frequency="monthly")


def tell(db, server):
    teller = Teller(db, server)
    try:
        teller.departments()
        teller.statuses()
        facts = teller.history()
        teller.measures()
        support.closed(db, server, QUARTER)
    finally:
        teller.client.close()
    return facts | {"quarter": QUARTER, "measure": "days-to-close", "department": "works"}

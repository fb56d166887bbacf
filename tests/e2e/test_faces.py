"""Tables and feeds: other faces of the same documents, which say exactly what these say."""

import base64
import csv
import gzip
import hashlib
import io
import json
import re
import threading
import unittest
import uuid
import xml.etree.ElementTree as xml
from urllib.parse import urlsplit

import support
from support import Case, note, progress

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://plan.example.org"
LONG = ("goals", "objectives", "updates")  # enough to be worth packing
TABLES = (*LONG, "measures", "departments", "periods", "translations")
FACES = (*(f"/{name}.csv" for name in LONG), "/updates.csv?dialect=excel", "/updates.atom", "/feed.json")
GUARDED = re.compile("^'+[=+@\t\r-]")
HOSTILE = (
    '=HYPERLINK("https://x.org","y")', "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''-2", "'tis", 'a "quoted", b',
    "two\r\nlines\nand\rone", " spaces ", "🚀 ü ]]> <b>&amp;", "bell\a \x01\x1f \x7f \uffff",
)
NOT_IN_A_TABLE = {"links"}  # of an objective: what the code says already
LARGE = 2500 if support.QUICK or support.INSTRUMENTED else 25000


def spelled(value):
    """A JSON value as a cell has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return value
    return str(value)


def unguarded(cell):
    return cell[1:] if GUARDED.match(cell) else cell


class Faces(Case):
    settings = {"PROGRESS_PUBLIC_URL": BASE}

    def setUp(self):
        super().setUp()
        for number, text in enumerate(HOSTILE):
            body = note("7.2", summary=text, details=text, links=[{"label": "A, \"b\"", "url": "https://x.org/?a=1&b=2"}])
            if number == 0:
                body = progress("7.1", "33.3", summary=text, reason=text) | {"percent_complete": 33.25}
            self.accepted(self.client.post(body, key=self.key))
        self.wrong = self.accepted(self.client.post(progress("2.1", 10), key=self.key))
        self.right = self.accepted(self.client.post(
            progress("2.1", 15, supersedes=self.wrong["id"], reason="It was 15."), key=self.key))
        self.withdrawn = self.accepted(self.client.post(note("3.3"), key=self.key))
        self.accepted(self.client.post({"reason": "Not so."}, f"/updates/{self.withdrawn['id']}/retraction",
                                       key=self.key), 200)

    def table(self, path):
        got = self.client.get(path)
        self.assertEqual((got.status, got["Content-Type"]), (200, "text/csv; charset=utf-8; header=present"), str(got))
        reader = csv.reader(io.StringIO(got.body.decode("utf-8-sig"), newline=""), strict=True)
        names, *rows = list(reader)
        self.assertTrue(all(len(row) == len(names) for row in rows), path)
        self.assertEqual(got["X-Row-Count"], str(len(rows)))
        return got, [dict(zip(names, row)) for row in rows]

    def pages(self, link):
        while link:
            page = self.client.get(link).json
            yield from page["data"]
            link = page["links"]["next"]


class Tables(Faces):
    def compare(self, row, document, columns):
        for name, told in columns.items():
            if isinstance(told, (list, dict)):
                self.assertEqual(json.loads(row[name]), json.loads(json.dumps(told, default=str)), name)
            else:
                self.assertEqual(row[name], told, f"{name} of {document}")
        self.assertEqual(row.keys(), columns.keys())

    def test_objectives_read_back_as_the_json_has_them(self):
        editor = self.db.key(scope="edit", source="city")
        self.db.sql("insert into progress.department (plan_id, slug, name) "
                    "select id, s, s from progress.plan, unnest(array['finance', 'it']) s")
        known = self.client.get("/objectives/7.1")
        self.accepted(self.client.ask("PATCH", "/objectives/7.1", {
            "tags": ["a, b", 'c "d"', "=e"], "supporting_departments": ["finance", "it"], "owner_role": "=cmd",
            "weight": 1.5, "due_on": "2027-06-30"}, {"If-Match": known["ETag"]}, editor), 200)
        _, rows = self.table("/objectives.csv?dialect=rfc4180")
        documents = list(self.pages("/objectives?limit=10"))
        self.assertEqual(len(rows), 42)
        self.assertEqual(len(documents), 42)
        for row, document in zip(rows, documents):
            self.compare(row, document, {n: spelled(v) for n, v in document.items() if n not in NOT_IN_A_TABLE})

    def test_updates_read_back_as_the_json_has_them(self):
        _, rows = self.table("/updates.csv?dialect=rfc4180")
        documents = list(self.pages("/updates?limit=7"))
        self.assertGreaterEqual(len(rows), len(HOSTILE) + 3)
        self.assertEqual(len(rows), len(documents))
        for row, document in zip(rows, documents):
            told = {n: spelled(v) for n, v in document.items()}
            retraction = document["retraction"] or {"at": None, "reason": None}
            service = document["service"] or {}
            period = service.get("period") or {}
            redaction = document["redaction"] or {}
            for nested in ("retraction", "service", "redaction"):
                del told[nested]
            told |= {"retracted_at": spelled(retraction["at"]), "retraction_reason": spelled(retraction["reason"])}
            told |= {f"service_{n}": spelled(service.get(n)) for n in (
                "name", "case_id", "state", "raw_state", "open", "closed", "overdue", "median_days_to_close")}
            told |= {f"service_period_{n}": spelled(period.get(n)) for n in ("from", "to")}
            told |= {"redacted_at": spelled(redaction.get("at")), "redaction_reason": spelled(redaction.get("reason")),
                     "redacted_fields": spelled(redaction.get("fields"))}
            self.compare(row, document, told)
        self.assertLessEqual(set(HOSTILE), {row["summary"] for row in rows})

    def test_goals_read_back_as_the_json_has_them(self):
        _, rows = self.table("/goals.csv?dialect=rfc4180")
        documents = list(self.pages("/goals"))
        self.assertEqual(len(rows), 8)
        statuses = {"off_track", "at_risk", "on_hold", "on_track", "completed", "not_started", "no_information",
                    "ongoing", "cancelled"}
        for row, document in zip(rows, documents):
            counts = document["progress"]["status_counts"]
            told = {n: document[n] for n in ("number", "statement", "short_name", "short_name_source", "weight",
                                             "revision", "demo")}
            told |= {n: document["progress"][n] for n in ("percent", "percent_is_minimum", "reported", "total", "status")}
            told |= {n: counts.get(n, 0) for n in statuses}
            self.compare(row, document, {n: spelled(v) for n, v in told.items()})

    def test_the_guard_is_undone_by_its_rule(self):
        _, plain = self.table("/updates.csv?dialect=rfc4180")
        for dialect in ("", "?dialect=excel"):
            got, rows = self.table(f"/updates.csv{dialect}")
            self.assertEqual(got.body.startswith(b"\xef\xbb\xbf"), bool(dialect))
            cells = [cell for row in rows for cell in row.values()]
            self.assertFalse([c for c in cells if re.match("[=+@\t\r-]", c)], "a formula")
            self.assertEqual([{n: unguarded(c) for n, c in row.items()} for row in rows], plain)
        self.assertIn("'=HYPERLINK", got.body.decode())

    def test_the_order_of_the_columns_is_kept(self):
        """A column that moves or goes raises CSV-Version."""
        first = {
            "goals": "number,statement,short_name,short_name_source,weight,percent,percent_is_minimum,reported,total,"
                     "status,off_track,at_risk,on_hold,on_track,completed,not_started,no_information,ongoing,cancelled,"
                     "revision,demo",
            "objectives": "code,goal,statement,description,description_position,actions,lead_department,"
                          "supporting_departments,owner_role,start_on,due_on,update_frequency,weight,tags,status,"
                          "status_as_of,percent_complete,percent_as_of,updates_count,revision,archived_at,demo,"
                          "milestones,relationships,funding,external_refs,expected_percent,is_overdue,next_update_due,"
                          "is_stale,disagrees",
            "updates": "id,objective,goal,kind,state,as_of,status,percent_complete,summary,details,next_steps,links,"
                       "measurements,source,external_id,source_updated_at,supersedes,superseded_by,reason,retracted_at,"
                       "retraction_reason,created_at,published_at,demo",
            "measures": "slug,name,unit,direction,baseline,baseline_on,target,target_on,lower_limit,upper_limit,"
                        "data_source,description,objectives,latest_as_of,latest_actual,latest_target,latest_update,"
                        "attainment_percent,within_limits,values_count,revision,archived_at,demo",
            "departments": "slug,name,public_contact,leads,supports,revision,demo",
            "translations": "lang,entity,code,field,source,text,reviewed,outdated,revision,made_from",
        }
        for name, columns in first.items():
            got = self.client.get(f"/{name}.csv")
            self.assertEqual(got["CSV-Version"], "1")
            self.assertTrue(got.body.decode().split("\r\n")[0].startswith(columns), name)
            self.assertEqual(got["Content-Disposition"], f'inline; filename="{name}.csv"')
            self.assertTrue(got.body.endswith(b"\r\n"))

    def test_filters_are_those_of_the_lists(self):
        for query in ("goal=7", "kind=progress", "objective=2.1", "since=2026-01-31", "until=2025-01-01", "source=gogov",
                      "source=nobody", "updated_since=2020-01-01T00:00:00Z", "as_of=2026-01-30"):
            _, rows = self.table(f"/updates.csv?{query}")
            listed = self.client.get(f"/updates?limit=500&{query}").json["data"]
            self.assertEqual([row["id"] for row in rows], [u["id"] for u in listed], query)
        for query in ("goal=7", "status=on_track", "q=drone", "tag=none", "department=none", "overdue=true", "stale=false",
                      "fiscal_year=2026-27", "known_at=2000-01-01T00:00:00Z"):
            _, rows = self.table(f"/objectives.csv?{query}")
            listed = self.client.get(f"/objectives?limit=500&{query}").json["data"]
            self.assertEqual([row["code"] for row in rows], [o["code"] for o in listed], query)
        for query, places in (("limit=5", ["limit"]), ("cursor=x", ["cursor"]), ("count=exact", ["count"]),
                              ("dialect=tsv", ["dialect"]), ("kind=x&state=draft", ["kind", "state"])):
            self.refused(self.client.get(f"/updates.csv?{query}"), 400, places=places)
        self.refused(self.client.get("/updates.csv?goal=99"), 404)
        self.refused(self.client.get("/objectives.csv?plan=nothing"), 404)
        self.refused(self.client.get("/updates?dialect=excel"), 400, places=["dialect"])

    def test_accept_chooses_on_the_lists(self):
        for name in TABLES:
            path = f"/{name}"
            as_file = self.client.get(f"{path}.csv")
            chosen = self.client.get(path, Accept="text/csv")
            self.assertEqual((chosen.body, chosen["ETag"]), (as_file.body, as_file["ETag"]))
            is_page = name in ("objectives", "updates")
            self.assertEqual(chosen["Vary"], "Accept, Accept-Encoding" + ", Accept-Language" * is_page)
            for accept in ("*/*", "application/json, text/csv;q=0.9", "text/csv, application/json", None):
                got = self.client.get(path, Accept=accept)
                self.assertEqual((got["Content-Type"], got["Vary"]), ("application/json", chosen["Vary"]))
            self.assertEqual(self.client.get(path, Accept="text/html").status, 200 if is_page else 406)
        self.refused(self.client.get("/updates?limit=5", Accept="text/csv"), 400, places=["limit"])
        reader = self.db.key(scope="report")
        self.refused(self.client.ask("GET", "/updates?state=draft", None, {"Accept": "text/csv"}, reader), 406)

    def test_accept_chooses_a_feed_too(self):
        """It is the same but for its own address, and so its own id."""
        for path, accept in (("/updates.atom", "application/atom+xml"), ("/feed.json", "application/feed+json")):
            got, chosen = self.client.get(path), self.client.get("/updates", Accept=accept)
            self.assertEqual((chosen.status, chosen["Content-Type"]), (200, got["Content-Type"]))
            told = [re.sub("<id>.*?</id>", "", a.body.decode(), count=1).replace(f"{BASE}{path}", f"{BASE}/updates")
                    for a in (got, chosen)]
            self.assertEqual(*told)


class Figures(Faces):
    def test_digests_are_of_what_is_saved_and_of_what_is_sent(self):
        for name in LONG:
            for accept in (None, "gzip"):
                got = self.client.get(f"/{name}.csv?dialect=excel", Accept_Encoding=accept)
                sent = base64.b64encode(hashlib.sha256(got.body).digest()).decode()
                self.assertEqual(got["Repr-Digest"], f"sha-256=:{sent}:")
                saved = gzip.decompress(got.body) if got["Content-Encoding"] == "gzip" else got.body
                self.assertEqual(got["CSV-SHA256"], hashlib.sha256(saved).hexdigest())
                self.assertEqual(got["Content-Encoding"], accept)

    def test_every_face_is_cached_as_json_is(self):
        for path in FACES:
            plain = self.client.get(path)
            self.assertEqual(plain.status, 200, str(plain))
            self.assertEqual(plain["Cache-Control"],
                             "public, max-age=30, stale-while-revalidate=60, stale-if-error=86400")
            self.assertRegex(plain["ETag"], r'^"r0-[0-9a-f]{16}"$')
            packed = self.client.get(path, Accept_Encoding="gzip")
            self.assertEqual(gzip.decompress(packed.body), plain.body)
            for known, coding in ((plain["ETag"], None), (packed["ETag"], "gzip")):
                got = self.client.get(path, If_None_Match=known, Accept_Encoding=coding)
                self.assertEqual((got.status, got.body, got["ETag"]), (304, b"", known))
            head = self.client.ask("HEAD", path)
            self.assertEqual((head.status, head.body, head["Content-Length"]), (200, b"", str(len(plain.body))))
            self.accepted(self.client.post(note("7.3"), key=self.key))
            if path != "/goals.csv":
                self.assertNotEqual(self.client.get(path)["ETag"], plain["ETag"], "a write is seen at once")


class Numbers(Faces):
    def test_measures_their_values_and_departments_say_what_their_json_says(self):
        support.found(self.db, self.server, "/departments",
                      {"slug": "public-works", "name": "=1+1", "public_contact": "A, \"b\""})
        for slug, more in (("first", {}), ("second", {"direction": "maintain", "lower_limit": 5, "baseline": None})):
            support.found(self.db, self.server, "/measures", support.measure(slug, "7.1", "7.2", **more))
        for actual in (9.25, 6):
            body = note("7.1", measurements=[{"measure": "first", "actual": actual, "target": 8},
                                             {"measure": "second", "actual": actual}])
            self.accepted(self.client.post(body, key=self.key))
        for query in ("", "&objective=7.1", "&objective=1.1", "&department=nobody", "&as_of=2026-01-30"):
            _, rows = self.table(f"/measures.csv?dialect=rfc4180{query}")
            listed = self.client.get(f"/measures?limit=500{query}").json["data"]
            for document in listed:
                latest, attained = document["latest"] or {}, document["attainment"] or {}
                document |= {f"latest_{name}": latest.get(name) for name in ("as_of", "actual", "target", "update")}
                document |= {"attainment_percent": attained.get("percent"), "within_limits": attained.get("within_limits")}
            self.tells(rows, listed, {"latest", "attainment", "links"})
        _, rows = self.table("/departments.csv?dialect=rfc4180")
        self.tells(rows, self.client.get("/departments").json["data"], {"links"})
        _, rows = self.table("/periods.csv?dialect=rfc4180")
        self.tells(rows, self.client.get("/periods?limit=500").json["data"], {"links"})
        for query in ("", "since=2026-01-31", "until=2026-01-30", "as_of=2026-01-30"):
            got = self.client.get(f"/measures/first/values?{query}", Accept="text/csv")
            self.assertEqual((got.status, got["X-Row-Count"]), (200, "0" if "30" in query else "2"), query)
            listed = self.client.get(f"/measures/first/values?{query}").json["data"]
            for document in listed:
                attained = document["attainment"]
                document |= {"attainment_percent": attained["percent"], "within_limits": attained["within_limits"]}
            rows = list(csv.DictReader(io.StringIO(got.body.decode(), newline="")))
            self.tells(rows, listed, {"attainment"})
        self.refused(self.client.get("/measures/nothing/values", Accept="text/csv"), 404)

    def tells(self, rows, documents, beside):
        """Each cell is what the document says under its name, and nothing of it is left out."""
        self.assertEqual(len(rows), len(documents))
        for row, document in zip(rows, documents):
            self.assertEqual(set(row), set(document) - beside)
            for name, cell in row.items():
                said = spelled(document[name])
                self.assertEqual(json.loads(cell) if isinstance(said, list) else cell, said, name)


class Large(Case):
    """More than stays in memory goes by a file: any number of rows, whole and in order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.db.sql(f"""
            insert into progress.published_update (id, plan_id, goal_id, objective_id, kind, as_of, summary, details,
                                                   links, measurements, source, created_at, published_at, changed_at)
            select nextval('progress.update_id'), o.plan_id, o.goal_id, o.id, 'note', date '2020-01-01' + n % 2000,
                   'Update ' || n, repeat('What residents should know. ', 20), '[]', '[]', 'gogov', now(), now(), now()
              from generate_series(1, {LARGE}) n
              join progress.objective o on o.code = '7.' || n % 5 + 1;
            analyze progress.published_update""")

    def test_all_rows_come_with_their_digest(self):
        got = self.client.get("/updates.csv?dialect=rfc4180", Accept_Encoding="gzip")
        self.assertEqual((got.status, got["X-Row-Count"]), (200, str(LARGE)), str(got)[:1000])
        self.assertGreater(len(got.body), 1 << 20)
        digest = hashlib.sha256(got.body)
        self.assertEqual(got["CSV-SHA256"], digest.hexdigest())
        self.assertEqual(got["Repr-Digest"], f"sha-256=:{base64.b64encode(digest.digest()).decode()}:")
        self.assertEqual(got["Content-Encoding"], None)
        rows = list(csv.DictReader(io.StringIO(got.body.decode(), newline="")))
        self.assertEqual(len({row["id"] for row in rows}), LARGE)
        keys = [(row["as_of"], int(row["id"])) for row in rows]
        self.assertEqual(keys, sorted(keys, reverse=True))
        same = self.client.get("/updates.csv?dialect=rfc4180", If_None_Match=got["ETag"])
        self.assertEqual((same.status, same.body), (304, b""))
        head = self.client.ask("HEAD", "/updates.csv?dialect=rfc4180")
        self.assertEqual((head.status, head["Content-Length"], head.body), (200, str(len(got.body)), b""))

    def test_a_crowd_gets_all_of_it_or_an_honest_503(self):
        seen = []

        def ask():
            client = support.Client(self.server.port, timeout=60)
            for _ in range(3):
                got = client.get("/updates.csv")
                seen.append((got.status, len(got.body), got["Retry-After"]))
            client.close()

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = {size for status, size, _ in seen if status == 200}
        support.say(f"{len(seen)} asked at once, {sum(s[0] == 200 for s in seen)} got all of it")
        self.assertEqual(len(seen), 18)
        self.assertEqual(len(whole), 1, "some got it, and each all of it")
        self.assertTrue(all(status == 200 or (status == 503 and again) for status, _, again in seen), seen)
        self.assertEqual(self.client.get("/goals").status, 200)


class Feeds(Faces):
    def atom(self, path):
        got = self.client.get(path)
        self.assertEqual((got.status, got["Content-Type"]), (200, "application/atom+xml; charset=utf-8"), str(got))
        return xml.fromstring(got.body)

    def texts(self, element, name):
        return [e.text for e in element.findall(ATOM + name)]

    def links(self, element):
        return {(e.get("rel"), e.get("type")): e.get("href") for e in element.findall(f"{ATOM}link")}

    def one(self, element, name):
        found = self.texts(element, name)
        self.assertEqual(len(found), 1, name)
        return found[0]

    def test_atom_has_what_rfc_4287_requires(self):
        feed = self.atom("/updates.atom")
        self.assertEqual(feed.tag, f"{ATOM}feed")
        self.assertRegex(self.one(feed, "id"), r"^urn:uuid:")
        self.assertIn("Cerritos", self.one(feed, "title"))
        self.assertEqual(feed.find(f"{ATOM}author/{ATOM}name").text, "City of Cerritos")
        self.assertEqual(self.links(feed)["self", "application/atom+xml"], f"{BASE}/updates.atom")
        entries = feed.findall(f"{ATOM}entry")
        self.assertGreaterEqual(len(entries), len(HOSTILE) + 3)
        for entry in entries:
            uuid.UUID(self.one(entry, "id"))
            for moment in ("updated", "published"):
                self.assertRegex(self.one(entry, moment), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertTrue(self.one(entry, "title"))
            self.assertEqual(entry.find(f"{ATOM}content").get("type"), "html")
            target = urlsplit(self.links(entry)["alternate", "application/json"])
            self.assertEqual(f"{target.scheme}://{target.netloc}", BASE)
            self.assertEqual(self.client.get(target.path).status, 200)
        ids = self.texts_of_all(entries, "id")
        self.assertEqual(len(set(ids)), len(ids))
        moments = self.texts_of_all(entries, "updated")
        self.assertEqual(moments, sorted(moments, reverse=True), "the last change first")
        self.assertEqual(self.one(feed, "updated"), moments[0])

    def texts_of_all(self, entries, name):
        return [self.one(entry, name) for entry in entries]

    def entry_of(self, number, path="/updates.atom?limit=500"):
        for entry in self.atom(path).findall(f"{ATOM}entry"):
            if self.links(entry)["alternate", "application/json"].endswith(f"/updates/{number}"):
                return entry
        return self.fail(f"no entry for {number}")

    def test_corrections_and_withdrawals_keep_their_id_and_come_first(self):
        fresh = self.accepted(self.client.post(note("4.1"), key=self.key))
        before = self.one(self.entry_of(fresh["id"]), "id")
        self.accepted(self.client.post(note("4.2"), key=self.key))
        self.accepted(self.client.post({"reason": "<Not> so."}, f"/updates/{fresh['id']}/retraction", key=self.key), 200)
        first = self.atom("/updates.atom?limit=1").find(f"{ATOM}entry")
        self.assertEqual(self.one(first, "id"), before)
        self.assertTrue(self.one(first, "title").startswith("Withdrawn: "))
        self.assertIn("&lt;Not&gt; so.", self.one(first, "content"))
        self.assertTrue(self.one(self.entry_of(self.wrong["id"]), "title").startswith("Corrected since: "))
        self.assertTrue(self.one(self.entry_of(self.right["id"]), "title").startswith("Correction: "))

    def test_pages_lead_through_all_of_it_once(self):
        feed = self.atom("/updates.atom?limit=500&goal=7")
        whole = self.texts_of_all(feed.findall(f"{ATOM}entry"), "id")
        seen, link, first = [], "/updates.atom?limit=3&goal=7", None
        while link:
            page = self.atom(link)
            links = self.links(page)
            self.assertEqual(links["self", "application/atom+xml"], BASE + link)
            first = first or self.one(page, "id")
            self.assertEqual(self.one(page, "id"), first, "all pages are one feed")
            self.assertEqual(links["first", "application/atom+xml"], f"{BASE}/updates.atom?limit=3&goal=7")
            seen += self.texts_of_all(page.findall(f"{ATOM}entry"), "id")
            link = (links.get(("next", "application/atom+xml")) or "").removeprefix(BASE)
        self.assertGreater(len(seen), 3)
        self.assertEqual(seen, whole)

    def test_json_feed_has_the_same_entries(self):
        got = self.client.get("/feed.json?limit=500")
        self.assertEqual(got["Content-Type"], "application/feed+json")
        feed = got.json
        self.assertEqual(feed["version"], "https://jsonfeed.org/version/1.1")
        self.assertEqual(feed["home_page_url"], f"{BASE}/")
        self.assertEqual(feed["feed_url"], f"{BASE}/feed.json?limit=500")
        entries = self.atom("/updates.atom?limit=500").findall(f"{ATOM}entry")
        self.assertEqual([item["id"] for item in feed["items"]], self.texts_of_all(entries, "id"))
        shown = {self.client.get(urlsplit(item["url"]).path).json["summary"]: item for item in feed["items"]}
        for text in HOSTILE:
            self.assertEqual(shown[text]["summary"], text)
        for item in feed["items"]:
            self.assertTrue(item["content_html"])
            self.assertLessEqual(item["date_published"], item["date_modified"])
        page = self.client.get("/feed.json?limit=2").json
        following = self.client.get(page["next_url"].removeprefix(BASE)).json
        self.assertEqual([i["id"] for i in page["items"] + following["items"]], [i["id"] for i in feed["items"][:4]])

    def test_filters_and_refusals_are_those_of_the_list(self):
        for query in ("objective=2.1", "kind=progress", "goal=7", "source=nobody"):
            ids = {u["id"] for u in self.client.get(f"/updates?limit=500&{query}").json["data"]}
            items = self.client.get(f"/feed.json?limit=500&{query}").json["items"]
            self.assertEqual({urlsplit(i["url"]).path.split("/")[-1] for i in items}, ids, query)
        cursor = self.client.get("/updates?limit=1").json["page"]["next_cursor"]
        for query, places in ((f"cursor={cursor}", ["cursor"]), ("count=exact", ["count"]), ("limit=0", ["limit"]),
                              ("include=x", ["include"]), ("dialect=excel", ["dialect"])):
            for path in ("/updates.atom", "/feed.json"):
                self.refused(self.client.get(f"{path}?{query}"), 400, places=places)

    def test_an_empty_feed_is_a_feed(self):
        feed = self.atom("/updates.atom?source=nobody")
        self.assertTrue(self.one(feed, "updated"))
        self.assertEqual(feed.findall(f"{ATOM}entry"), [])


if __name__ == "__main__":
    unittest.main()

"""Service request updates of Open311, in JSON and in XML, and what XML could do to whoever reads it."""
import socket
import threading
import unittest
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from support import Case

PATH = "/open311/v2/servicerequestupdates"
ROOT = "service_request_updates"


def update(name, **more):
    return {"update_id": name, "service_request_id": "638344", "status": "closed",
            "updated_datetime": "2026-01-31T18:30:00-08:00", "description": "Fixed."} | more


def xml(*updates, root=ROOT, head="", record="request_update"):
    records = "".join(
        f"<{record}>" + "".join(f"<{n}>{escape(v)}</{n}>" for n, v in u.items()) + f"</{record}>\n" for u in updates)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<{root}>{records}</{root}>\n'.encode()


class Partner(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bound = cls.db.key(objective="7.1")

    def json(self, updates, query="?objective=7.1", key=None, **headers):
        return self.client.ask("POST", f"{PATH}.json{query}", updates, headers, key or self.key)

    def xml(self, body, query="?objective=7.1", key=None, kind="application/xml"):
        return self.client.ask("POST", f"{PATH}.xml{query}", body, {"Content-Type": kind}, key or self.key)

    def outcomes(self, got):
        return [u["outcome"] for u in self.accepted(got, 200)[ROOT]]

    def outcomes_of_xml(self, got):
        self.assertEqual((got.status, got["Content-Type"]), (200, "application/xml"), str(got))
        root = ElementTree.fromstring(got.body)
        self.assertEqual(root.tag, ROOT)
        return [{e.tag: e.text for e in record} for record in root.findall("request_update")]


class Open311(Partner):
    def test_an_update_becomes_a_service_status(self):
        self.assertEqual(self.outcomes(self.json([update("1")])), ["created"])
        got = self.client.get("/updates/gogov/1").json
        self.assertEqual((got["kind"], got["objective"], got["as_of"], got["summary"], got["status"]),
                         ("service_status", "7.1", "2026-01-31", "Fixed.", None))
        self.assertEqual(got["source_updated_at"], "2026-02-01T02:30:00.000Z")
        said = {n: v for n, v in got["service"].items() if v is not None}
        self.assertEqual(said, {"case_id": "638344", "state": "closed", "raw_state": "closed"})

    def test_what_comes_again_or_late_changes_nothing(self):
        first = update("2", status="open", updated_datetime="2026-01-02T00:00:00Z")
        later = first | {"status": "closed", "updated_datetime": "2026-01-04T00:00:00Z"}
        late = first | {"description": "Looked at.", "updated_datetime": "2026-01-03T00:00:00Z"}
        self.assertEqual(self.outcomes(self.json([first, first])), ["created", "unchanged"])
        self.assertEqual(self.outcomes(self.json([later, late, later])), ["superseded", "stale", "unchanged"])
        self.assertEqual([u["outcome"] for u in self.outcomes_of_xml(self.xml(xml(later)))], ["unchanged"])

    def test_each_is_taken_or_refused_for_itself(self):
        bad = [update("3"), update("4", status="pending"), update("5", phone="562"), update("6", updated_datetime="x"), "7",
               update("8", updated_datetime="2999-01-01T00:00:00Z")]
        got = self.json(bad)
        self.assertEqual(self.outcomes(got), ["created"] + ["refused"] * 5)
        self.assertIn("contact", got.json[ROOT][2]["detail"])
        told = self.outcomes_of_xml(self.xml(xml(update("3"), update("4", status="pending"))))
        self.assertEqual([(u["status"], u["outcome"]) for u in told], [("200", "unchanged"), ("422", "refused")])
        self.assertIn("open, closed", told[1]["detail"])

    def test_the_objective_is_named_or_the_keys_only_one(self):
        self.refused(self.json([update("9")], ""), 400, places=["objective"])
        self.refused(self.json([update("9")], "?objective=9.9"), 404, "not-found")
        self.refused(self.json([update("9")], "?objective=7.2", self.bound), 403, "forbidden")
        self.assertEqual(self.outcomes(self.json([update("9")], "", self.bound)), ["created"])
        self.assertEqual(self.client.get("/updates/gogov/9").json["objective"], "7.1")

    def test_a_dry_run_and_a_repeat(self):
        before = self.db.checksum()
        got = self.json([update("10")], "?objective=7.1&dry_run=true")
        self.assertEqual((self.outcomes(got), got.json["dry_run"]), (["created"], True))
        self.assertIn(b"<dry_run>true</dry_run>", self.xml(xml(update("10")), "?objective=7.1&dry_run=true").body)
        self.assertEqual(self.db.checksum(), before)
        first, second = (self.json([update("10")], **{"Idempotency-Key": "o"}) for _ in range(2))
        self.assertEqual((second.body, second["Idempotent-Replayed"]), (first.body, "true"))
        self.assertEqual(self.outcomes(first), ["created"])
        self.assertEqual(self.outcomes(self.json([])), [])

    def test_xml_is_read_as_the_same(self):
        long = "Fixed & <swept>. " * 60
        told = self.outcomes_of_xml(self.xml(xml(update("11", description=long), update("12", description=""),
                                                 root="service_requests_updates"), kind="text/xml; charset=utf-8"))
        self.assertEqual([u["outcome"] for u in told], ["created", "created"])
        got = self.client.get("/updates/gogov/11").json
        self.assertEqual((got["details"], len(got["summary"])), (long.strip(), 500))
        self.assertEqual(self.client.get("/updates/gogov/12").json["summary"], "Service request 638344 is closed.")
        cdata = xml(update("13")).replace(b"Fixed.", b"<![CDATA[a < b]]> &amp; &#x41;<!-- c --><?pi?>")
        self.outcomes_of_xml(self.xml(cdata))
        self.assertEqual(self.client.get("/updates/gogov/13").json["summary"], "a < b & A")

    def test_other_types_are_refused(self):
        self.refused(self.xml(xml(), kind="application/json"), 415)
        self.client.close()
        self.refused(self.client.ask("POST", f"{PATH}.json", xml(), {"Content-Type": "text/xml"}, self.key), 415)


class HostileXml(Partner):
    """Each is a 400 that says where, at once, and nothing is written, loaded or asked for."""

    def malformed(self, body):
        before = self.db.checksum()
        got = self.refused(self.xml(body), 400, "malformed")
        self.assertEqual(self.db.checksum(), before)
        self.assertTrue(self.server.is_alive())
        return got["detail"]

    def test_no_entity_is_ever_declared(self):
        laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
        for subset in (f'<!ENTITY l0 "ha">{laughs}', '<!ENTITY l13 SYSTEM "file:///etc/passwd">',
                       '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;', "<!ELEMENT a ANY>", ""):
            body = xml(update("x1"), head=f"<!DOCTYPE {ROOT} [{subset}]>\n").replace(b"Fixed.", b"&l13;")
            self.assertIn("document type", self.malformed(body))
        self.assertNotIn("root:", self.server.log_text())

    def test_nothing_is_asked_of_the_network(self):
        asked = []
        with socket.create_server(("127.0.0.1", 0)) as door:
            door.settimeout(1)
            port = door.getsockname()[1]

            def listen():
                try:
                    asked.append(door.accept())
                except TimeoutError:
                    pass

            listener = threading.Thread(target=listen)
            listener.start()
            for head in (f'<!DOCTYPE {ROOT} SYSTEM "http://127.0.0.1:{port}/a.dtd">',
                         f'<!DOCTYPE {ROOT} [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/b"> %p;]>'):
                self.malformed(xml(update("x2"), head=head))
            include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://127.0.0.1:{port}/c"/>'
            self.malformed(xml(update("x3")).replace(b"Fixed.", include.encode()))
            listener.join()
        self.assertEqual(asked, [])

    def test_depth_and_shape_are_bounded(self):
        self.malformed(b"<a>" * 300000)
        self.malformed(f"<{ROOT}>".encode() + b"<request_update>" * 50000)
        self.malformed(xml(update("x4"), root="other"))
        self.malformed(xml(update("x4"), record="other"))
        self.malformed(xml(update("x4")).replace(b"Fixed.", b"<b>Fixed.</b>"))
        self.malformed(xml(update("x4")).replace(b"<request_update>", b"text<request_update>"))
        self.malformed(xml(update("x4")).replace(b"<status>", b"<status>open</status><status>"))
        self.refused(self.xml(xml(*[{"a": "1"}] * 1001)), 422, "invalid", ["#"])
        self.refused(self.xml(xml(update("x5", description="x" * 1048576))), 413)

    def test_what_is_not_well_formed_is_told_by_its_line(self):
        whole = xml(update("x6"))
        for body in (whole[:-10], whole + b"<more/>", whole.replace(b"</status>", b"</state>"), whole.replace(b"Fixed.", b"&l;"),
                     whole.replace(b"Fixed.", b"a & b"), whole.replace(b"Fixed.", b"&#0;"), whole.replace(b"Fixed.", b"\x01")):
            self.assertIn("line", self.malformed(body), body)
        for body in (whole.replace(b"Fixed.", b"\xff"), whole.replace(b"Fixed.", b"a\0b"),
                     whole.decode().replace("UTF-8", "UTF-16").encode("utf-16")):
            self.assertIn("UTF-8", self.malformed(body))
        self.malformed(b" ")


if __name__ == "__main__":
    unittest.main()

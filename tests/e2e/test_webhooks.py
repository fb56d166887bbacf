"""Webhooks as subscribers meet them: what is told, to whom, how it is signed, and how it is administered."""
import json
import os
import re
import shutil
import subprocess
import sys
import time
import unittest

import support
from hooked import HERE, Hooked
from receivers import signature
from support import note, progress, wait_until

GUIDE = os.path.join(support.ROOT, "docs", "integrations", "webhooks.md")


class Told(Hooked):
    def test_what_is_published_is_told_signed_and_once(self):
        receiver = self.receiver()
        path, secret = self.subscribe(receiver.url(), description="A test's.")
        id = self.publish("7.1", 40)
        self.wait_for(1, receiver)
        message = receiver.messages[0]
        self.assertEqual((message.method, message.path), ("POST", "/hook?token=zqxtoken"))
        self.assertEqual(message.headers["content-type"], "application/json")
        self.assertRegex(message.headers["user-agent"], r"^cerritos-in-progress/[0-9.]+$")
        self.assertRegex(message.id, "^msg_[0-9a-f]{32}$")
        self.assertLess(abs(int(message.headers["webhook-timestamp"]) - time.time()), 300)
        self.assertEqual(message.headers["webhook-signature"], signature(secret, message))
        self.assertEqual(list(message.json), ["type", "timestamp", "data"])
        self.assertEqual(message.json["type"], "update.published")
        self.assertEqual(message.json["timestamp"], message.data["at"])
        self.must_be_what_the_public_is_told(message.data, id)
        self.wait_settled(path)
        (delivery,) = self.log(path)
        self.assertEqual((delivery["message"], delivery["attempts"], delivery["last_status"], delivery["last_error"]),
                         (message.id, 1, 200, None))
        self.assertEqual(len(receiver.messages), 1)

    def must_be_what_the_public_is_told(self, data, id):
        told = self.db.sql("set search_path = " + self.server.ready["functions"] + ", progress; "
                           "select change_doc(ch, p, o) from change ch join plan p on p.id = ch.plan_id "
                           f"join objective o on o.id = ch.objective_id where ch.entity_id = '{id}'")
        self.assertEqual(data, json.loads(told))
        self.assertEqual(data["links"]["self"], f"/updates/{id}")
        self.assertEqual(self.accepted(self.client.get(data["links"]["self"]), 200)["state"], "published")

    def owed(self):
        return self.db.count("webhook_delivery")

    def test_what_changes_nothing_or_is_no_ones_business_is_not_told(self):
        receiver = self.receiver()
        self.subscribe(receiver.url())
        reporter = self.db.key(scope="report")
        same = progress("7.1", 12)
        self.accepted(self.client.ask("PUT", "/updates/gogov/silence", same, key=self.key))
        self.wait_for(1, receiver)
        before = self.owed()
        self.accepted(self.client.ask("PUT", "/updates/gogov/silence", same, key=self.key), 200)
        self.accepted(self.client.post(note("7.1"), "/updates?dry_run=true", key=self.key), 200)
        draft = self.accepted(self.client.post(note("7.1"), key=reporter))
        self.accepted(self.client.post(None, f"/updates/{draft['id']}/discard", key=reporter), 200)
        goal = self.client.get("/goals/7")
        same = {"weight": int(goal.json["weight"])}
        self.accepted(self.client.ask("PATCH", "/goals/7", same, {"If-Match": goal["ETag"]}, self.admin), 200)
        self.refused(self.client.post(progress("7.1", 101), key=self.key), 422)
        self.assertEqual(self.owed(), before)
        self.publish("7.1")
        self.wait_for(2, receiver)
        self.assertEqual(self.owed(), before + 1, "this would not see an event")
        self.assertNotIn(draft["id"], [m.data["id"] for m in receiver.messages])

    def test_each_hears_of_what_it_asked_for(self):
        everything, some, one = self.receiver(), self.receiver(), self.receiver()
        self.subscribe(everything.url())
        self.subscribe(some.url(), types=["update.retracted", "goal.changed"])
        self.subscribe(one.url(), objectives=["7.2", "3.1"])
        first, second = self.publish("7.1", 40), self.publish("7.2", 10)
        correction = self.publish("7.1", 35, supersedes=first, reason="It was 35.")
        retracted = self.client.post({"reason": "wrong"}, f"/updates/{correction}/retraction", key=self.key)
        self.accepted(retracted, 200)
        goal = self.client.get("/goals/7")
        weight = {"weight": int(goal.json["weight"]) + 1}
        self.accepted(self.client.ask("PATCH", "/goals/7", weight, {"If-Match": goal["ETag"]}, self.admin), 200)
        for receiver, told in (
                (everything, [("goal.changed", "7"), ("update.published", correction), ("update.published", first),
                              ("update.published", second), ("update.retracted", correction),
                              ("update.superseded", first)]),
                (some, [("goal.changed", "7"), ("update.retracted", correction)]),
                (one, [("update.published", second)])):
            self.wait_for(len(told), receiver)
            self.assertEqual(sorted((m.json["type"], m.data["id"]) for m in receiver.messages), sorted(told))

    def test_what_the_command_line_brings_is_told_too(self):
        receiver = self.receiver()
        self.subscribe(receiver.url(), objectives=["5.5"])
        with open(support.RECORD, encoding="utf-8") as file:
            record = json.load(file) | {"updates": [note("5.5", source="city", external_id="told-1")]}
        with open(os.path.join(self.server.folder, "record.json"), "w", encoding="utf-8") as file:
            json.dump(record, file)
        support.run("import", file.name, "--publish", url=self.db.url)
        self.wait_for(1, receiver)
        self.assertEqual(receiver.messages[0].data["objective"], "5.5")


class Secrets(Hooked):
    def test_while_a_secret_takes_over_both_sign(self):
        receiver = self.receiver()
        path, old = self.subscribe(receiver.url())
        rotated = self.accepted(self.write("POST", f"{path}/secret"), 200)
        new = rotated["secret"]
        self.assertNotEqual(new, old)
        self.assertTrue(rotated["old_secret_until"])
        self.publish()
        self.wait_for(1, receiver)
        message = receiver.messages[0]
        self.assertEqual(message.headers["webhook-signature"].split(" "),
                         [signature(new, message), signature(old, message)])
        self.db.sql("update progress.webhook_secret set retires_at = clock_timestamp() where retires_at is not null")
        self.publish()
        self.wait_for(2, receiver)
        message = receiver.messages[1]
        self.assertEqual(message.headers["webhook-signature"], signature(new, message))
        self.assertIsNone(self.read(path)["old_secret_until"])

    def test_a_secret_is_shown_once_and_is_nowhere_else(self):
        receiver = self.receiver()
        body = {"url": receiver.url()}
        made = self.write("POST", "/webhooks", body, Idempotency_Key='"once"')
        again = self.write("POST", "/webhooks", body, Idempotency_Key='"once"')
        self.assertEqual(made.body, again.body, "a repeat of the very request is its first answer")
        path, secrets = made.json["links"]["self"], [made.json["secret"]]
        secrets.append(self.accepted(self.write("POST", f"{path}/secret"), 200)["secret"])
        self.publish()
        self.wait_for(1, receiver)
        self.wait_settled(path)
        answers = [self.client.ask("GET", p, key=self.admin).body.decode()
                   for p in ("/webhooks", path, f"{path}/deliveries", "/metrics", "/updates", "/health")]
        answers += [self.server.log_text(), support.run("export", url=self.db.url).stdout,
                    self.db.sql("select string_agg(a::text, ' ') from progress.audit_event a"),
                    self.db.sql("select string_agg(d::text, ' ') from progress.webhook_delivery d")]
        for text in answers:
            self.assertTrue(text)
            for secret in secrets:
                self.assertRegex(secret, "^whsec_[A-Za-z0-9+/]{43}=$")
                self.assertNotIn(secret.removeprefix("whsec_"), text)
        for text in answers[6:9]:
            self.assertNotIn("zqxtoken", text, "the query of an address is the receiver's business")
        dry = self.accepted(self.write("POST", "/webhooks?dry_run=true", body), 200)
        self.assertEqual((dry["id"], dry["secret"]), (None, None))
        self.accepted(self.write("POST", f"{path}/removal"), 200)
        kept = self.db.sql("select count(*) from progress.webhook_secret s, progress.webhook w "
                           f"where w.id = s.webhook_id and '/webhooks/' || w.id = '{path}'")
        remembered = self.db.sql("select string_agg(body, ' ') from progress.idempotency")
        self.assertEqual(kept, "0")
        for secret in secrets:
            self.assertNotIn(secret, remembered)

    def test_the_reading_role_sees_none(self):
        for table in ("webhook", "webhook_secret", "webhook_delivery"):
            with self.assertRaisesRegex(AssertionError, "permission denied"):
                self.db.sql(f"set role progress_read; select * from progress.{table}")


class Administration(Hooked):
    def test_a_subscription_is_read_edited_and_removed(self):
        path, _ = self.subscribe("http://127.0.0.1:9/x", types=["update.published"], objectives=["7.1"])
        got = self.client.ask("GET", path, key=self.admin)
        self.assertEqual(got["Cache-Control"], "no-store")
        first = self.accepted(got, 200)
        self.assertEqual((first["state"], first["types"], first["objectives"], first["pending"], first["revision"]),
                         ("enabled", ["update.published"], ["7.1"], 0, 1))
        self.assertIn(first, self.read("/webhooks")["data"])
        self.refused(self.write("PATCH", path, {"types": []}), 428)
        edited = self.write("PATCH", path, {"types": [], "description": "All of it."}, If_Match=got["ETag"])
        self.assertEqual((self.accepted(edited, 200)["types"], edited.json["revision"]), ([], 2))
        self.refused(self.write("PATCH", path, {"state": "disabled"}, If_Match=got["ETag"]), 412)
        off = self.write("PATCH", path, {"state": "disabled"}, If_Match=edited["ETag"])
        self.assertEqual((self.accepted(off, 200)["disabled_reason"], bool(off.json["disabled_at"])), ("by_key", True))
        self.refused(self.write("POST", f"{path}/test"), 409)
        before = self.db.count("webhook_delivery")
        self.publish()
        self.assertEqual(self.db.count("webhook_delivery"), before, "nobody is owed anything")
        self.assertEqual(self.accepted(self.write("POST", f"{path}/removal"), 200)["state"], "removed")
        for method, gone in (("GET", path), ("GET", f"{path}/deliveries"), ("POST", f"{path}/test"),
                             ("POST", f"{path}/removal"), ("POST", f"{path}/secret")):
            self.refused(self.write(method, gone), 404)
        actions = self.db.sql("select string_agg(action, ' ' order by id) from progress.audit_event "
                              f"where entity = 'webhook' and entity_id = '{first['id']}' and holder = 'a test'")
        self.assertEqual(actions, "create edit edit remove")

    def test_a_wrong_body_is_refused_with_all_its_faults(self):
        for body, places in (
                ({}, ["#/url"]),
                ({"url": "ftp://example.org/"}, ["#/url"]),
                ({"url": "http://user:word@example.org/"}, ["#/url"]),
                ({"url": "https://example.org/#part"}, ["#/url"]),
                ({"url": "https://example.org/", "types": ["update.publishd"]}, ["#/types/0"]),
                ({"url": "https://example.org/", "objectives": ["7.1", "9.9"]}, ["#/objectives/1"]),
                ({"url": "https://example.org/", "secret": "whsec_x"}, ["#/secret"]),
                ({"url": "https://example.org/", "state": "disabled"}, ["#/state"])):
            self.refused(self.write("POST", "/webhooks", body), 422, places=places)
        self.refused(self.client.ask("POST", "/webhooks", {"url": "https://example.org/"}, key=self.admin), 400,
                     places=["Idempotency-Key"])
        self.refused(self.client.ask("GET", "/webhooks?as_of=2026-01-01&plan=x", key=self.admin), 400,
                     places=["as_of", "plan"])

    def test_without_the_setting_an_address_needs_tls(self):
        strict = support.Server(self.db.url)
        self.addCleanup(strict.stop)
        client = self.connect(server=strict)
        self.refused(self.write("POST", "/webhooks", {"url": "http://example.org/"}, client), 422, places=["#/url"])
        path, _ = self.subscribe("https://example.org/", client)
        edit = {"url": "http://example.org/"}
        etag = client.ask("GET", path, key=self.admin)["ETag"]
        self.refused(self.write("PATCH", path, edit, client, If_Match=etag), 422, places=["#/url"])

    def test_a_list_of_networks_that_is_none_stops_the_start(self):
        done = support.run("serve", url=self.db.url, check=False, PROGRESS_PORT=0, PROGRESS_WEBHOOK_ALLOW="10.0.0.0/33")
        self.assertEqual(done.returncode, 1)
        self.assertIn("10.0.0.0/33", done.stderr)

    def test_a_test_event_and_a_replay_come_under_the_same_signature(self):
        receiver = self.receiver()
        path, secret = self.subscribe(receiver.url())
        owed = self.accepted(self.write("POST", f"{path}/test"), 200)
        self.assertEqual((owed["type"], owed["state"]), ("webhook.test", "pending"))
        self.wait_for(1, receiver)
        self.assertEqual(receiver.messages[0].json["data"], {"webhook": path.split("/")[-1]})
        id = self.publish()
        self.wait_for(2, receiver)
        self.wait_settled(path)
        first = receiver.messages[1]
        replay = self.log(path)[0]["links"]["replay"]
        again = self.accepted(self.write("POST", replay), 200)
        self.assertEqual((again["state"], again["message"]), ("pending", first.id))
        wait_until(lambda: len(receiver.messages) == 3, "it came again")
        second = receiver.messages[2]
        self.assertEqual((second.id, second.body, second.data["id"]), (first.id, first.body, id))
        self.assertEqual(second.headers["webhook-signature"], signature(secret, second))
        self.refused(self.write("POST", f"{path}/deliveries/999999/replay"), 404)

    def test_the_log_comes_in_pages(self):
        receiver = self.receiver()
        path, _ = self.subscribe(receiver.url())
        for _ in range(5):
            self.accepted(self.write("POST", f"{path}/test"), 200)
        self.wait_for(5, receiver)
        link, ids = f"{path}/deliveries?limit=2", []
        while link:
            page = self.read(link)
            ids += [int(d["id"]) for d in page["data"]]
            link = page["links"]["next"]
        self.assertEqual(ids, sorted(ids, reverse=True))
        self.assertEqual(len(set(ids)), 5)


class Guide(Hooked):
    """docs/integrations/webhooks.md: its ways to verify, on deliveries that came."""

    settings = HERE

    def setUp(self):
        super().setUp()
        with open(GUIDE, encoding="utf-8") as guide:
            self.text = guide.read()
        receiver = self.receiver()
        _, self.secret = self.subscribe(receiver.url())
        self.publish()
        self.wait_for(1, receiver)
        self.message = receiver.messages[0]

    def verified(self, language, command, suffix):
        (script,) = re.findall(rf"```{language}\n((?:#|//) verify.*?)```", self.text, re.S)
        path = os.path.join(self.server.folder, f"verify.{suffix}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        headers = self.message.headers
        variables = {"WEBHOOK_SECRET": self.secret, "WEBHOOK_ID": headers["webhook-id"],
                     "WEBHOOK_TIMESTAMP": headers["webhook-timestamp"],
                     "WEBHOOK_SIGNATURE": headers["webhook-signature"]}

        def run(body=self.message.body, **other):
            return subprocess.run([*command, path], input=body, env=os.environ | variables | other,
                                  capture_output=True, timeout=60, check=False)

        right = run()
        self.assertEqual(right.returncode, 0, right.stderr)
        others = {"WEBHOOK_SIGNATURE": "v1,AAAA " + headers["webhook-signature"]}
        self.assertEqual(run(**others).returncode, 0, "one of several")
        wrong = {"WEBHOOK_ID": "msg_other"}, {"WEBHOOK_SECRET": "whsec_" + "A" * 43 + "="}, {"WEBHOOK_SIGNATURE": "v1,"}
        for other in (*wrong, {"WEBHOOK_TIMESTAMP": str(int(headers["webhook-timestamp"]) - 3600)}):
            self.assertNotEqual(run(**other).returncode, 0, other)
        self.assertNotEqual(run(self.message.body + b" ").returncode, 0)

    def test_in_the_shell(self):
        self.verified("sh", ["sh"], "sh")

    def test_in_python(self):
        self.verified("python", [sys.executable], "py")

    @unittest.skipUnless(shutil.which("node"), "node is not installed")
    def test_in_javascript(self):
        self.verified("js", ["node"], "mjs")


if __name__ == "__main__":
    unittest.main()

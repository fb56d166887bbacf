"""Real deliveries before the public verifier of Standard Webhooks (npm's "standardwebhooks")."""
import base64
import json
import unittest

import tools
from hooked import Hooked


class Verified(Hooked):
    @classmethod
    def setUpClass(cls):
        cls.folder = tools.npm_folder()
        super().setUpClass()

    def verify(self, message, secret, body=None, **other):
        headers = {n: v for n, v in message.headers.items() if n.startswith("webhook-")}
        headers |= {n.replace("_", "-"): v for n, v in other.items()}
        sent = {"secret": secret, "headers": headers, "body": base64.b64encode(body or message.body).decode()}
        return tools.run("node", tools.path("verify_webhook.js"), self.folder, input=json.dumps(sent), seconds=60)

    def accepted_by_it(self, message, secret):
        done = self.verify(message, secret)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), message.json)

    def refused_by_it(self, *arguments, **other):
        done = self.verify(*arguments, **other)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn("WebhookVerificationError", done.stderr)

    def test_deliveries_are_genuine_and_nothing_else_is(self):
        receiver = self.receiver()
        path, old = self.subscribe(receiver.url())
        self.publish("7.1", 40, details="Größe, “quoted”, 進捗 \U0001f3db", external_id="jüdge-1")
        self.accepted(self.write("POST", f"{path}/test"), 200)
        self.wait_for(2, receiver)
        for message in receiver.messages:
            self.accepted_by_it(message, old)
        message = receiver.messages[0]
        self.refused_by_it(message, old, body=message.body + b" ")
        self.refused_by_it(message, old, webhook_id="msg_other")
        self.refused_by_it(message, old, webhook_timestamp=str(int(message.headers["webhook-timestamp"]) + 1))
        new = self.accepted(self.write("POST", f"{path}/secret"), 200)["secret"]
        self.refused_by_it(message, new)
        self.publish("7.2", 10)
        self.wait_for(3, receiver)
        for secret in (new, old):
            self.accepted_by_it(receiver.messages[2], secret)


if __name__ == "__main__":
    unittest.main()

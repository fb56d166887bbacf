"""What tests of webhooks share: a service that may speak to this machine, subscriptions, and haste."""
import itertools

from receivers import Receiver
from support import Case, note, progress, wait_until

_numbers = itertools.count(1)
# 127.0.0.1 alone: the rest of the loopback network is as forbidden as a private one.
HERE = {"PROGRESS_WEBHOOK_HTTP": "on", "PROGRESS_WEBHOOK_ALLOW": "127.0.0.1/32"}
LONG = 60.0  # for what waits for a lease or for several looks, on a busy machine


class Hooked(Case):
    settings = HERE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.db.key(scope="admin", source=None)

    def receiver(self, *arguments, **more):
        made = Receiver(*arguments, **more)
        self.addCleanup(made.close)
        return made

    def write(self, method, path, body=None, client=None, **headers):
        sent = {n.replace("_", "-"): v for n, v in headers.items()}
        sent.setdefault("Idempotency-Key", f'"webhooks-{next(_numbers)}"')
        return (client or self.client).ask(method, path, body, sent, self.admin)

    def read(self, path, status=200, client=None):
        return self.accepted((client or self.client).ask("GET", path, key=self.admin), status)

    def subscribe(self, url, client=None, **more):
        """(its path, its secret); it is removed after the test."""
        made = self.accepted(self.write("POST", "/webhooks", {"url": url} | more, client))
        path = made["links"]["self"]
        self.addCleanup(lambda: self.db.sql(f"update progress.webhook set removed_at = now() where id = {made['id']}"))
        return path, made["secret"]

    def subscribe_anywhere(self, url):
        """Where the API would refuse the address, or another setting would have."""
        path, secret = self.subscribe("https://placeholder.example/")
        self.db.sql(f"update progress.webhook set url = '{url}' where '/webhooks/' || id = '{path}'")
        return path, secret

    def publish(self, objective="7.1", percent=None, client=None, **more):
        body = note(objective, **more) if percent is None else progress(objective, percent, **more)
        return self.accepted((client or self.client).post(body, key=self.key))["id"]

    def log(self, path):
        return self.read(f"{path}/deliveries?limit=500")["data"]

    def hurry(self):
        """What waits for its next attempt is due; what is on its way stays."""
        self.db.sql("update progress.webhook_delivery set next_at = clock_timestamp() where state = 'pending'")

    def wait_for(self, count, receiver, hurry=False):
        def have():
            if hurry:
                self.hurry()
            return len({m.id for m in receiver.messages}) >= count
        wait_until(have, f"{count} messages have come", LONG)

    def wait_for_error(self, path, word, count=1):
        def said():
            return sum(1 for d in self.log(path) if d["last_error"] == word) >= count
        wait_until(said, f"{word} stands in the log of {path}", LONG)

    def wait_settled(self, path, state="delivered"):
        """The log says so a moment after the receiver knows it."""
        wait_until(lambda: all(d["state"] == state for d in self.log(path)), f"all are {state}", LONG)

    def must_be_in_order(self, receiver, expected):
        """expected: {objective: ids}; the first time that each came counts."""
        seen, order = set(), {}
        for message in receiver.messages:
            if message.id not in seen:
                seen.add(message.id)
                order.setdefault(message.data["objective"], []).append(message.data["id"])
        self.assertEqual(order, expected)

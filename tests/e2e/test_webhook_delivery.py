"""Webhooks when things go wrong: bad receivers, forbidden addresses, senders that die, two senders at once."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import support
from hooked import HERE, LONG, Hooked
from support import Server, not_quick, wait_until

OBJECTIVES = ("7.1", "7.2", "7.3", "7.4", "7.5", "3.1")


class Bad(Hooked):
    """Each receiver misbehaves, heals, and then has everything, in order."""

    def test_one_that_is_down_gets_everything_in_order_when_it_is_up(self):
        receiver = self.receiver()
        receiver.down()
        path, _ = self.subscribe(receiver.url())
        expected = {}
        for n in range(12):
            objective = OBJECTIVES[n % 3]
            expected.setdefault(objective, []).append(self.publish(objective))
        self.wait_for_error(path, "no_connection", 3)
        waiting = self.read(path)
        self.assertEqual((waiting["pending"], waiting["state"], bool(waiting["failing_since"])), (12, "enabled", True))
        self.assertEqual({d["attempts"] for d in self.log(path) if d["last_error"]} - {1, 2}, set())
        self.assertEqual(sum(1 for d in self.log(path) if not d["attempts"]), 9, "the later ones wait for the first")
        receiver.up()
        self.wait_for(12, receiver, hurry=True)
        self.must_be_in_order(receiver, expected)
        self.wait_settled(path)
        self.assertIsNone(self.read(path)["failing_since"])

    def test_each_kind_of_bad_receiver_fails_and_has_it_all_once_it_heals(self):
        words = {"error": "status", "slow": "timeout", "drip": "timeout", "redirect": "redirect", "hang up": "broken",
                 "nonsense": "broken", "says more than it sends": "status", "says less than it sends": "status",
                 "says nonsense": "status", "endless": "status", "endless head": "broken"}
        forbidden = self.receiver(host="127.0.0.2")
        receivers = {mode: self.receiver(mode=mode) for mode in words}
        receivers["redirect"].elsewhere = forbidden.url()
        paths = {mode: self.subscribe(r.url())[0] for mode, r in receivers.items()}
        expected = {"7.1": [self.publish(), self.publish()]}
        for mode, word in words.items():
            with self.subTest(mode):
                self.wait_for_error(paths[mode], word)
                self.assertEqual(len({m.id for m in receivers[mode].messages}), 1, "the second waits for the first")
        for receiver in receivers.values():
            receiver.mode = "good"
        for mode, receiver in receivers.items():
            with self.subTest(mode):
                self.wait_for(2, receiver, hurry=True)
                self.must_be_in_order(receiver, expected)
                self.wait_settled(paths[mode])
        for mode in ("endless", "endless head"):
            self.assertLess(receivers[mode].poured, 32 << 20, "more was taken in than a socket holds")
        self.assertEqual(forbidden.connections, 0)
        self.assertTrue(self.server.is_alive())

    def test_the_status_counts_whatever_becomes_of_the_body(self):
        receiver = self.receiver(mode="good, says more than it sends")
        path, _ = self.subscribe(receiver.url())
        self.publish()
        self.wait_for(1, receiver)
        self.wait_settled(path)
        self.assertEqual(len(receiver.messages), 1)

    def test_what_a_receiver_asks_for_is_heeded(self):
        receiver = self.receiver(mode="asks for time")
        path, _ = self.subscribe(receiver.url())
        self.publish()
        self.wait_for_error(path, "status")
        waits = self.db.sql("select extract(epoch from next_at - last_at) from progress.webhook_delivery "
                            "where last_status = 503")
        self.assertTrue(1790 < float(waits) < 1900, waits)

    def test_the_attempts_go_by_the_schedule_and_end(self):
        """The log's times are moved back instead of waiting for three days."""
        receiver = self.receiver(mode="error")
        path, _ = self.subscribe(receiver.url())
        self.publish()
        waits = []
        for attempt in range(1, 11):
            wait_until(lambda a=attempt: self.log(path)[0]["attempts"] >= a and not self.leased(path), "a try", LONG)
            # It is put off in the same statement, so that it is not tried before hurry() says so.
            waits.append(float(self.db.sql(
                "update progress.webhook_delivery set next_at = next_at + interval '10 days' "
                f"where id = {self.log(path)[0]['id']} "
                "returning extract(epoch from next_at - interval '10 days' - last_at)") or 0))
            self.db.sql("update progress.webhook set failing_since = failing_since - interval '7 hours' "
                        f"where '/webhooks/' || id = '{path}'")
            self.hurry()
        for wait, nominal in zip(waits, (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)):
            self.assertTrue(nominal * 0.89 < wait < nominal * 1.11 + 5, (wait, nominal))
        self.assertEqual(self.log(path)[0]["state"], "given_up")
        ended = self.read(path)
        self.assertEqual((ended["state"], ended["disabled_reason"]), ("disabled", "failing"))
        self.assertEqual(len(receiver.messages), 10)
        self.assertEqual(len({m.id for m in receiver.messages}), 1)
        self.assertEqual(len({m.body for m in receiver.messages}), 1)

    def leased(self, path):
        return self.db.sql("select count(*) from progress.webhook_delivery where lease is not null "
                           f"and '/webhooks/' || webhook_id = '{path}'") != "0"

    def test_one_that_is_gone_is_not_asked_again_until_it_is_enabled(self):
        receiver = self.receiver(mode="gone")
        path, _ = self.subscribe(receiver.url())
        expected = {"7.1": [self.publish(), self.publish()]}
        wait_until(lambda: self.read(path)["state"] == "disabled", "it is disabled", LONG)
        gone = self.client.ask("GET", path, key=self.admin)
        self.assertEqual((gone.json["disabled_reason"], gone.json["pending"]), ("gone", 2))
        lost = self.publish()
        self.hurry()
        time.sleep(3)  # longer than between two looks: nothing may come
        self.assertEqual(len(receiver.messages), 1)
        receiver.mode = "good"
        enabled = self.write("PATCH", path, {"state": "enabled"}, If_Match=gone["ETag"])
        self.assertEqual(self.accepted(enabled, 200)["disabled_reason"], None)
        self.wait_for(2, receiver)
        self.must_be_in_order(receiver, expected)
        self.assertNotIn(lost, [m.data["id"] for m in receiver.messages])
        said = [line for line in self.server.log() if line["event"] == "webhook_failed" and line["disabled"]]
        self.assertTrue(said)

    def test_a_bad_one_leaves_room_for_the_others(self):
        slow = [self.receiver(mode="slow") for _ in range(3)]
        for receiver in slow:
            self.subscribe(receiver.url())
        good = self.receiver()
        self.subscribe(good.url())
        for objective in OBJECTIVES:
            self.publish(objective)
        self.wait_for(len(OBJECTIVES), good)

    def test_figures_are_told(self):
        receiver = self.receiver()
        self.subscribe(receiver.url())
        self.publish()
        self.wait_for(1, receiver)
        told = self.client.get("/metrics").body.decode()
        for name in ("webhook_attempts_total{outcome=\"delivered\"} ", "webhook_attempts_total{outcome=\"failed\"} ",
                     "webhook_deliveries_given_up_total ", "webhook_posts_open "):
            self.assertIn(name, told)


class Forbidden(Hooked):
    """Nothing is allowed: no spelling of an address of this machine leads to a connection."""

    settings = {"PROGRESS_WEBHOOK_HTTP": "on"}

    HOSTS = ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "0.0.0.0", "0",
             "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[::127.0.0.1]",
             "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost.", "LOCALHOST")

    def test_no_spelling_of_this_machine_is_spoken_to(self):
        receivers = [self.receiver(host="0.0.0.0")]
        port = receivers[0].port
        try:
            six = self.receiver(host="::1", family=socket.AF_INET6)
        except OSError:
            six = None
        paths = {host: self.subscribe_anywhere(f"http://{host}:{port}/")[0] for host in self.HOSTS}
        if six:
            receivers.append(six)
            paths["[::1] itself"] = self.subscribe_anywhere(f"http://[::1]:{six.port}/")[0]
        self.publish()
        for host, path in paths.items():
            wait_until(lambda p=path: self.log(p)[0]["last_error"], f"{host} was tried", LONG)
            error = self.log(path)[0]["last_error"]
            self.assertIn(error, ("forbidden_address", "no_address"), host)
            if host in ("127.0.0.1", "localhost", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"):
                self.assertEqual(error, "forbidden_address", host)
        self.assertEqual([r.connections for r in receivers], [0] * len(receivers))

    def test_private_and_local_networks_are_refused_without_a_packet(self):
        hosts = ("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
                 "255.255.255.255", "[fe80::1]", "[fd00::1]", "[ff02::1]")
        paths = {host: self.subscribe_anywhere(f"http://{host}/")[0] for host in hosts}
        self.publish()
        for host, path in paths.items():
            self.wait_for_error(path, "forbidden_address")

    def test_a_proxy_of_the_environment_is_not_asked(self):
        proxy = self.receiver()
        server = Server(self.db.url, **self.settings, http_proxy=proxy.url(), HTTP_PROXY=proxy.url(),
                        ALL_PROXY=proxy.url(), all_proxy=proxy.url())
        self.addCleanup(server.stop)
        self.server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.server.process.send_signal, signal.SIGCONT)
        client = self.connect(server=server)
        path, _ = self.subscribe("http://10.0.0.1/", client)
        self.publish(client=client)
        wait_until(lambda: self.read(f"{path}/deliveries", client=client)["data"][0]["last_error"], "a try", LONG)
        self.assertEqual(proxy.connections, 0)


class Tls(Hooked):
    """A certificate of this test's own, for 127.0.0.1."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="cip-tls-", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.certificates = {name: cls.make(name) for name in ("127.0.0.1", "127.0.0.9")}
        cls.settings = HERE | {"PROGRESS_WEBHOOK_HTTP": "off",
                               "PROGRESS_WEBHOOK_CA": cls.certificates["127.0.0.1"][0]}
        super().setUpClass()

    @classmethod
    def make(cls, address):
        made = [os.path.join(cls.folder, f"{address}.{kind}") for kind in ("crt", "key")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", f"/CN={address}", "-addext", f"subjectAltName=IP:{address}",
                        "-out", made[0], "-keyout", made[1]], capture_output=True, check=True, timeout=60)
        return made

    def test_what_is_vouched_for_is_delivered_and_nothing_else(self):
        good = self.receiver(certificate=self.certificates["127.0.0.1"])
        stranger = self.receiver(certificate=self.certificates["127.0.0.9"])
        plain = self.receiver()
        paths = [self.subscribe(r.url().replace("http:", "https:"))[0] for r in (good, stranger, plain)]
        self.publish()
        self.wait_for(1, good)
        self.wait_for_error(paths[1], "tls")
        wait_until(lambda: self.log(paths[2])[0]["last_error"], "it was tried", LONG)
        self.assertEqual(stranger.messages + plain.messages, [])

    def test_an_address_without_tls_that_was_kept_from_before_is_not_spoken_to(self):
        receiver = self.receiver()
        path, _ = self.subscribe_anywhere(receiver.url())
        self.publish()
        self.wait_for_error(path, "not_https")
        self.assertEqual(receiver.connections, 0)


class Senders(Hooked):
    def test_two_at_once_send_everything_once_and_in_order(self):
        second = Server(self.db.url, **self.settings)
        self.addCleanup(second.stop)
        receivers = [self.receiver(), self.receiver()]
        for receiver in receivers:
            self.subscribe(receiver.url())
        clients = [self.client, self.connect(server=second)]
        expected = {}
        for n in range(60):
            objective = OBJECTIVES[n % len(OBJECTIVES)]
            expected.setdefault(objective, []).append(self.publish(objective, client=clients[n // 2 % 2]))
        for receiver in receivers:
            self.wait_for(60, receiver)
            self.must_be_in_order(receiver, expected)
            self.assertEqual(len(receiver.messages), 60, "some came twice")
        sent = [s.log_text().count("webhook_failed") for s in (self.server, second)]
        self.assertEqual(sent, [0, 0])

    def test_one_that_does_not_send_leaves_it_to_the_other(self):
        mute = Server(self.db.url, **self.settings, PROGRESS_WEBHOOKS="off")
        self.addCleanup(mute.stop)
        receiver = self.receiver()
        client = self.connect(server=mute)
        self.subscribe(receiver.url(), client)
        self.publish(client=client)
        self.wait_for(1, receiver)

    def test_what_a_killed_one_had_in_hand_is_sent_by_the_next(self):
        first = Server(self.db.url, **self.settings)
        self.addCleanup(first.kill)
        self.server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.server.process.send_signal, signal.SIGCONT)
        receiver = self.receiver(delay=2)
        client = self.connect(server=first)
        self.subscribe(receiver.url(), client)
        expected = {}
        for n in range(9):
            objective = OBJECTIVES[n % 3]
            expected.setdefault(objective, []).append(self.publish(objective, client=client))
        wait_until(lambda: len(receiver.messages) >= 5, "some are on their way", LONG)
        first.process.kill()
        first.process.wait()
        receiver.delay = 0
        self.server.process.send_signal(signal.SIGCONT)
        self.wait_for(9, receiver)
        self.must_be_in_order(receiver, expected)
        support.say(f"killed with some in hand: {len(receiver.messages) - 9} came twice")

    def test_one_that_is_stopped_does_not_wait_for_a_slow_receiver(self):
        server = Server(self.db.url, **self.settings)
        self.addCleanup(server.kill)
        self.server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.server.process.send_signal, signal.SIGCONT)
        receiver = self.receiver(mode="slow")
        client = self.connect(server=server)
        path, _ = self.subscribe(receiver.url(), client)
        self.publish(client=client)
        self.wait_for(1, receiver)
        client.close()
        self.assertEqual(server.stop(), 0)
        waiting = self.db.sql("select state, last_error, lease is null from progress.webhook_delivery "
                              f"where '/webhooks/' || webhook_id = '{path}'")
        self.assertEqual(waiting, "pending|interrupted|t")
        receiver.mode = "good"
        self.server.process.send_signal(signal.SIGCONT)
        wait_until(lambda: len(receiver.messages) == 2, "the other sends it", LONG)

    @not_quick
    def test_while_the_database_is_away_nothing_is_lost(self):
        cluster = support.Cluster.own()
        self.addCleanup(cluster.remove)
        own = support.Database.with_plan(cluster)
        key, admin = own.key(), own.key(scope="admin", source=None)
        server = Server(own.url, **self.settings)
        self.addCleanup(server.kill)
        client = self.connect(server=server)
        receiver = self.receiver(delay=1)
        subscription = {"url": receiver.url()}
        self.accepted(client.ask("POST", "/webhooks", subscription, {"Idempotency-Key": '"away"'}, admin))
        ids = [self.accepted(client.post(support.note("7.1"), key=key))["id"] for _ in range(3)]
        wait_until(lambda: receiver.messages, "the first is on its way", LONG)
        cluster.control("stop")
        time.sleep(3)  # the answer comes while nobody can write it down
        cluster.start_again()
        self.wait_for(3, receiver)
        self.must_be_in_order(receiver, {"7.1": ids})


if __name__ == "__main__":
    unittest.main()

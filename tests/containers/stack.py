"""The services of docker/compose.yaml, built and run in their order, and clients for what they answer.

Names are given by --add-host, as no name server runs in here.
"""
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time

import compose
import engine

sys.path.insert(0, os.path.join(engine.ROOT, "tests", "e2e"))
from client import Client  # noqa: E402

COMPOSE = os.path.join(engine.ROOT, "docker", "compose.yaml")
SETTINGS = {"BASE": engine.BASE, "POSTGRES_IMAGE": engine.POSTGRES,
            "PROGRESS_SECURITY_CONTACT": "mailto:security@example.org"}
ANY_CERTIFICATE = ssl.create_default_context()
ANY_CERTIFICATE.check_hostname = False
ANY_CERTIFICATE.verify_mode = ssl.CERT_NONE


class Stack:
    """The services of compose.yaml."""

    def __init__(self, podman):
        self.engine = podman
        self.file = compose.read(COMPOSE, SETTINGS)
        self.services = self.file["services"]
        self.addresses = {}
        self.proxy = None

    def build(self):
        done = set()
        for service in self.services.values():
            made = service.get("build")
            if made and service["image"] not in done:
                done.add(service["image"])
                folder = os.path.dirname(COMPOSE)
                context = os.path.normpath(os.path.join(folder, made["context"]))
                dockerfile = os.path.join(context, made["dockerfile"])
                self.engine.build(self.image(service), dockerfile, context, f"--target={made['target']}",
                                  f"--ignorefile={dockerfile}.dockerignore")

    @staticmethod
    def image(service):
        return service["image"] if "/" in service["image"] else f"localhost/{service['image']}"

    def make_networks(self):
        for name, more in self.file["networks"].items():
            more = more or {}
            subnets = [f"--subnet={c['subnet']}" for c in more.get("ipam", {}).get("config", [])]
            self.engine("network", "create", *subnets, *(["--internal"] if more.get("internal") else []), name)

    def run_flags(self, name):
        service = self.services[name]
        said = compose.flags(service, os.path.dirname(COMPOSE))
        said += engine.limits(service.get("ulimits", {}))
        if "network_mode" not in service:
            said += [f"--add-host={other}:{address}" for other, address in self.addresses.items()]
        return said

    def once(self, name, *command, check=True):
        """As docker compose run --rm does."""
        service = self.services[name]
        return self.engine("run", "--rm", *self.run_flags(name), self.image(service), *(command or service["command"]),
                           check=check)

    def start(self, name):
        service = self.services[name]
        self.engine("run", "--detach", f"--name={name}", *self.run_flags(name), self.image(service),
                    *service.get("command", []))
        self.learn_address(name)

    def learn_address(self, name):
        found = self.engine.inspect(name)["NetworkSettings"]["Networks"]
        self.addresses[name] = found.get("web", next(iter(found.values())))["IPAddress"]

    def is_healthy(self, name):
        """Asked as the file or the image says, by hand: the engine's own clock for it is systemd."""
        service = self.services[name]
        if "healthcheck" in service:
            how, *words = service["healthcheck"]["test"]
        else:
            how, *words = self.engine.inspect(self.image(service), "image")["Healthcheck"]["Test"]
        if how != "CMD":
            raise ValueError(f"{name}: a health check by {how}")
        return self.engine("exec", name, *words, check=False).returncode == 0

    def await_health(self, name, seconds=90):
        end = time.monotonic() + seconds
        while not self.is_healthy(name):
            if time.monotonic() > end or not self.engine.inspect(name)["State"]["Running"]:
                raise AssertionError(f"{name} does not become healthy: {self.logs(name)[-3000:]}")
            time.sleep(0.2)

    def logs(self, name):
        done = self.engine("logs", name)
        return done.stdout + done.stderr

    def up(self):
        """As docker compose up does: each when the conditions of its depends_on are met."""
        waits = {}
        for service in self.services.values():
            for name, how in service.get("depends_on", {}).items():
                waits[name] = how["condition"]
        said = {}
        for name in compose.in_order(self.services):
            if waits.get(name) == "service_completed_successfully":
                said[name] = self.once(name).stdout
                continue
            self.start(name)
            if waits.get(name) == "service_healthy":
                self.await_health(name)
        return said

    def stop(self, name):
        """Its exit code."""
        grace = self.services[name].get("stop_grace_period", "10s").removesuffix("s")
        self.engine("stop", f"--time={grace}", name)
        return self.engine.inspect(name)["State"]["ExitCode"]

    def end(self):
        self.engine("rm", "--all", "--force", "--time=2")
        self.engine("volume", "rm", "--all", "--force")
        for name in self.file["networks"]:
            self.engine("network", "rm", "--force", name)

    # ---- Asking it ----

    @property
    def edge(self):
        """Where nginx is seen from outside."""
        return self.engine.inspect("nginx")["NetworkSettings"]["Networks"]["edge"]

    def await_proxy(self, seconds=60):
        end = time.monotonic() + seconds
        while self.curl("/livez", check=False).returncode != 0:
            if time.monotonic() > end:
                raise AssertionError(f"nginx does not answer: {self.logs('nginx')[-3000:]}")
            time.sleep(0.1)

    def curl(self, path, *more, check=True):
        return subprocess.run(["curl", "-sS", "-k", "--max-time", "20", *more, f"https://{self.proxy}:8443{path}"],
                              capture_output=True, check=check)

    def through(self, key=None, source=None):
        """The client of the end-to-end tests, by TLS to nginx, perhaps from an address of its own."""
        client = Client(8443, key)
        client.connection = http.client.HTTPSConnection(self.proxy, 8443, timeout=15, context=ANY_CERTIFICATE,
                                                        source_address=source and (source, 0))
        return client

    def join(self, network, last):
        """An address of ours in an internal network, as a container there would have one."""
        said = json.loads(self.engine("network", "inspect", network).stdout)[0]
        address, bits = said["subnets"][0]["subnet"].split("/")
        ours = address.rsplit(".", 1)[0] + f".{last}"
        subprocess.run(["ip", "address", "add", f"{ours}/{bits}", "dev", said["network_interface"]], check=True)

    def beside(self):
        """The same past the proxy."""
        client = Client(8080)
        client.connection = http.client.HTTPConnection(self.addresses["service"], 8080, timeout=15)
        return client

    def bytes_through(self, data):
        """What comes back for these bytes, until the connection is closed; None in the end when it is not."""
        got = []
        with socket.create_connection((self.proxy, 8443), timeout=10) as plain:
            with ANY_CERTIFICATE.wrap_socket(plain) as wire:
                wire.sendall(data)
                try:
                    while not got or got[-1]:
                        got.append(wire.recv(65536))
                except TimeoutError:
                    got.append(None)
        return got

    def another_address(self, last):
        """One more address of the side on which nginx is seen from outside."""
        address = self.edge["Gateway"].rsplit(".", 1)[0] + f".{last}"
        route = subprocess.run(["ip", "-json", "route", "get", self.proxy], capture_output=True, check=True).stdout
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", json.loads(route)[0]["dev"]], check=True)
        return address


def begin():
    """All of it, up: the stack, and what the steps before the service said."""
    stack = Stack(engine.Engine(os.environ["CONTAINERS"]))
    stack.make_networks()
    said = stack.up()
    stack.proxy = stack.edge["IPAddress"]
    stack.await_proxy()
    stack.join("web", 9)
    return stack, said

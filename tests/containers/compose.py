"""docker/compose.yaml as Compose reads it, and each of its services as a command line of podman.

A key that is not known here is an error: nothing that the file says is left out of the test unseen.
"""
import os
import re

import yaml

VARIABLE = re.compile(r"\$\{([A-Z_]+):-([^}]*)\}")

# What Compose makes of these is tested otherwise, or says nothing about how a container runs.
ELSEWHERE = {"build", "depends_on", "healthcheck", "restart", "stop_grace_period", "image", "command", "network_mode"}


def _filled(value, settings):
    """With each ${NAME:-standard} replaced."""
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: settings.get(found[1]) or found[2], value)
    if isinstance(value, list):
        return [_filled(item, settings) for item in value]
    if isinstance(value, dict):
        return {name: _filled(item, settings) for name, item in value.items()}
    return value


def read(path, settings):
    with open(path, encoding="utf-8") as file:
        return _filled(yaml.safe_load(file), settings)


def in_order(services):
    """Names, each after those it depends on."""
    done = []

    def take(name):
        for other in services[name].get("depends_on", {}):
            take(other)
        if name not in done:
            done.append(name)

    for name in services:
        take(name)
    return done


def _each(flag):
    return lambda values, _: [f"{flag}={value}" for value in values]


def _one(flag):
    return lambda value, _: [f"{flag}={value}"]


def _volume(entry, folder):
    source, rest = entry.split(":", 1)
    if source.startswith("."):
        source = os.path.normpath(os.path.join(folder, source))
    return f"--volume={source}:{rest}"


def _network(name, more):
    address = (more or {}).get("ipv4_address")
    return f"--network={name}:ip={address}" if address else f"--network={name}"


def _networks(value, _):
    named = value if isinstance(value, dict) else dict.fromkeys(value)
    return [_network(name, more) for name, more in named.items()]


FLAGS = {
    "read_only": lambda value, _: ["--read-only", "--read-only-tmpfs=false"] if value else [],
    "cap_drop": _each("--cap-drop"),
    "cap_add": _each("--cap-add"),
    "security_opt": lambda value, _: [f"--security-opt={item.removesuffix(':true')}" for item in value],
    "pids_limit": _one("--pids-limit"),
    "ulimits": lambda value, _: [f"--ulimit={name}={most}:{most}" for name, most in value.items()],
    "user": _one("--user"),
    "shm_size": _one("--shm-size"),
    "environment": lambda value, _: [f"--env={name}={text}" for name, text in value.items()],
    # podman would fill it with what the image has there; Docker does not.
    "tmpfs": lambda value, _: [f"--tmpfs={entry},notmpcopyup" for entry in value],
    "volumes": lambda value, folder: [_volume(entry, folder) for entry in value],
    "networks": _networks,
    "ports": _each("--publish"),
}


def flags(service, folder):
    """What podman run is told of a service, but its image and command."""
    unknown = set(service) - set(FLAGS) - ELSEWHERE
    if unknown:
        raise ValueError(f"the test does not know what Compose makes of {sorted(unknown)}")
    said = [f"--network={service['network_mode']}"] if "network_mode" in service else []
    for key, value in service.items():
        if key in FLAGS:
            said += FLAGS[key](value, folder)
    return said

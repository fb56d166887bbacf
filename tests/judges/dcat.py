"""Judges a DCAT-US catalogue from stdin by its published schemas, as CKAN's harvester of such catalogues carries them.

Runs in the environment of requirements.txt; prints a line for each fault, and how many datasets it has judged.
"""
import importlib.util
import json
import os
import sys

import jsonschema_rs


def schema(name):
    """The package itself needs all of CKAN: its files alone are read."""
    package = importlib.util.find_spec("ckanext.datajson", None)
    with open(os.path.join(package.submodule_search_locations[0], "pod_schema", "non-federal-v1.1", name),
              encoding="utf-8") as file:
        return json.load(file)


def main():
    catalogue = json.load(sys.stdin)
    whole = schema("catalog.json")
    # Each dataset by itself, so that a fault is told with its place.
    whole["properties"]["dataset"]["items"] = {}
    judges = [("catalogue", jsonschema_rs.Draft4Validator(whole, validate_formats=True), catalogue)]
    dataset = jsonschema_rs.Draft4Validator(schema("dataset-non-federal.json"), validate_formats=True)
    judges += [(d.get("title"), dataset, d) for d in catalogue.get("dataset", [])]
    faults = [f"{name}: {list(e.instance_path)}: {e.message}" for name, judge, d in judges for e in judge.iter_errors(d)]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(judges) - 1} datasets")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

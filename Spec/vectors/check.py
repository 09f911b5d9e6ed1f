#!/usr/bin/env python3
"""Runs every case of vectors/cases through the reference implementation, and checks the files against schema.json."""

import json
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "reference"))

from key_escrow import cases  # noqa: E402

TYPES = {"object": dict, "array": list, "string": str, "integer": int}


def fits(value, schema):
    """Whether a value fits a schema, of the few words that schema.json uses."""
    if "enum" in schema:
        return value in schema["enum"]
    if "oneOf" in schema:
        return sum(fits(value, one) for one in schema["oneOf"]) == 1
    if not isinstance(value, TYPES[schema["type"]]):
        return False
    if isinstance(value, list):
        return all(fits(one, schema["items"]) for one in value)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        return (
            all(name in value for name in schema.get("required", []))
            and all(name in properties or schema.get("additionalProperties", True) for name in value)
            and all(fits(one, properties[name]) for name, one in value.items() if name in properties)
        )
    return True


def resolved(value, shared):
    """A value with each string `@name` replaced by what the file shares under that name."""
    if isinstance(value, str) and re.match("@", value):
        return shared[value[1:]]
    if isinstance(value, list):
        return [resolved(one, shared) for one in value]
    if isinstance(value, dict):
        return {name: resolved(one, shared) for name, one in value.items()}
    return value


def main():
    schema = json.loads((FOLDER / "schema.json").read_text())
    wrong = 0
    for path in sorted((FOLDER / "cases").glob("*.json")):
        file = json.loads(path.read_text(encoding="utf-8"))
        failures = [] if fits(file, schema) else ["it does not fit the schema"]
        for case in file["cases"]:
            answer = cases.answer(case["operation"], resolved(case["input"], file["shared"]))
            if answer != case["expect"]:
                failures.append(f"{case['name']}: {json.dumps(answer)[:200]}")
        wrong += len(failures)
        print(f"{path.name}: " + ("; ".join(failures) or f"{len(file['cases'])} cases agree"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

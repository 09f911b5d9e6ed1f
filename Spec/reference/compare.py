#!/usr/bin/env python3
"""Asks two implementations about the inputs that fuzzing found, and about spoilt copies of them.

compare.py HELPER SAMPLES [FOLDER...] [--rounds COUNT] [--seed SEED]

HELPER answers the operations of Spec/vectors/README.md, one JSON object a line. SAMPLES holds a folder of valid inputs for
each target of the fuzzer, all of one escrow; each FOLDER holds such folders of inputs that reach different code. Every
input is asked about as it is, and COUNT more times with one or two alterations.
"""

import argparse
import json
import pathlib
import random
import sys

import bad
from crosscheck import Disagreement, Helper, brief
from key_escrow import cases, documents

# When everything happens in the samples; their log, and which of its entries the sample proves.
NOW = 1_800_000_060
ORIGIN = "log.example/sample"
ENTRY = b"entry 3"


def questions(samples):
    """For each target that this implementation has an answer for: the operation, and its input made of bytes."""

    def sample(target):
        return sorted((samples / target).iterdir())[0].read_bytes()

    text = bad.as_text
    escrow = {"rosters": [text(sample("roster"))]}
    session = escrow | {"session": text(sample("session"))}
    warrant = escrow | {"warrant": text(sample("warrant"))}
    digest = documents.Note(sample("warrant")).digest.hex()
    key, policy = sample("verifier-key").decode(), text(sample("witness-policy"))
    return {
        "policy": [("policy", lambda data: {"policy": data.decode()})],
        "holder": [("holder-record", lambda data: {"text": text(data)})],
        "roster": [("roster", lambda data: {"rosters": [text(data)]})],
        "session": [("session", lambda data: escrow | {"session": text(data)})],
        "head": [("head", lambda data: session | {"head": text(data)})],
        "receipt": [("receipt", lambda data: {"receipt": text(data)})],
        "intake": [("intake-receipt", lambda data: escrow | {"receipt": text(data)})],
        "warrant": [
            ("warrant", lambda data: escrow | {"warrant": text(data), "now": NOW}),
            ("warrant", lambda data: escrow | {"warrant": text(data)}),
        ],
        "refusal": [("refusal", lambda data: escrow | {"warrant": digest, "refusal": text(data)})],
        "release": [("release", lambda data: warrant | {"release": data.hex()})],
        "log-entry": [("entry", lambda data: escrow | {"entry": text(data)})],
        "deposit": [("deposit", lambda data: {"deposit": data.hex()})],
        "note": [
            ("note", lambda data: {"note": text(data), "keys": [key]}),
            ("checkpoint", lambda data: {"checkpoint": text(data), "origin": ORIGIN, "key": key}),
        ],
        "verifier-key": [("note", lambda data: {"note": text(sample("note")), "keys": [data.decode()]})],
        "witness-policy": [("witness-policy", lambda data: {"policy": text(data)})],
        "proof": [("proof", lambda data: {"proof": text(data), "entry": ENTRY.hex(), "policy": policy})],
    }


def inputs(folders, target):
    """What the folders hold for a target, each input once, always in the same order."""
    found = {
        file.read_bytes() for folder in folders if (folder / target).is_dir() for file in (folder / target).iterdir()
    }
    return sorted(found)


class Comparison:
    def __init__(self, helper, folder):
        self.helper, self.folder = helper, folder
        self.asked = self.accepted = 0

    def ask(self, operation, build, data):
        try:
            given = build(data)
        except UnicodeDecodeError:
            # Such an operation takes text, and its callers have refused what is none.
            return
        here, there = cases.answer(operation, given), self.helper.answer(operation, given)
        self.asked += 1
        self.accepted += "result" in here
        if here != there:
            file = self.folder / f"compare-{operation}.json"
            question = {"operation": operation, "input": given, "here": here, "there": there}
            file.write_text(json.dumps(question, indent=1))
            raise Disagreement(f"{operation}: here {brief(here)}, there {brief(there)}; the input is in {file}")


def main():
    parser = argparse.ArgumentParser(description="Compares two implementations on what fuzzing found.")
    parser.add_argument("helper", help="the other implementation's program")
    parser.add_argument("samples", type=pathlib.Path, help="valid inputs of one escrow, a folder a target")
    parser.add_argument("folders", nargs="*", type=pathlib.Path, help="more inputs, a folder a target")
    parser.add_argument("--rounds", type=int, default=3, help="spoilt copies of each input (default 3)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the alterations (default 1)")
    arguments = parser.parse_args()
    helper, asked, accepted = Helper(arguments.helper), 0, 0
    for target, forms in questions(arguments.samples).items():
        chosen = random.Random(f"{arguments.seed} {target}")
        found = inputs([arguments.samples, *arguments.folders], target)
        comparison = Comparison(helper, arguments.samples.parent)
        for data in found:
            spoilt = [bad.spoilt_bytes(chosen, data) for _ in range(arguments.rounds)]
            for one in [data, *spoilt]:
                for operation, build in forms:
                    try:
                        comparison.ask(operation, build, one)
                    except Disagreement as problem:
                        print(f"compare: {target}: {problem}", file=sys.stderr)
                        return 1
        print(
            f"{target:16} {len(found):6} inputs, {comparison.asked:7} answers agree, "
            f"{comparison.accepted:5} of them no refusal",
            flush=True,
        )
        # A sample at least is accepted: else the operation was asked wrong, and refuses everything.
        if not comparison.accepted:
            print(f"compare: {target}: no input is accepted", file=sys.stderr)
            return 1
        asked, accepted = asked + comparison.asked, accepted + comparison.accepted
    print(f"compare: {asked} answers agree, {accepted} of them no refusal")
    return 0


if __name__ == "__main__":
    sys.exit(main())

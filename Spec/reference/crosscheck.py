#!/usr/bin/env python3
"""Compares this implementation with another: fresh random escrows, each document written by one and read by both.

crosscheck.py HELPER [COUNT] [--seed SEED]

HELPER is a program that answers the operations of Spec/vectors/README.md, one JSON object a line. Case i of a run has
the seed SEED + i, which is printed when it fails: `crosscheck.py HELPER 1 --seed THAT` repeats it.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time as clock

import bad
from key_escrow import cases, deposit, entries, log, release, sharing
from key_escrow import warrant as warrants
from key_escrow.failure import Failure
from world import DAY, ORIGIN, START, World


class Disagreement(Exception):
    pass


class Helper:
    """The other implementation."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def answer(self, operation, given):
        self.process.stdin.write(json.dumps({"operation": operation, "input": given}).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Disagreement(f"the other implementation died of {operation}")
        answer = json.loads(line)
        if "error" in answer:
            raise Disagreement(f"{operation}: {answer['error']}")
        return answer

    def write(self, operation, given):
        """What the other implementation writes, which it must not refuse."""
        answer = self.answer(operation, given)
        if "failure" in answer:
            raise Disagreement(f"the other implementation does not {operation}: {answer}")
        return answer["result"]


class Case:
    """One random escrow."""

    def __init__(self, helper, seed):
        self.helper, self.seed, self.random = helper, seed, random.Random(seed)
        self.compared, self.refused = 0, 0

    # Comparing

    def both(self, operation, given):
        """The answer that both implementations give."""
        ours, theirs = cases.answer(operation, given), self.helper.answer(operation, given)
        self.compared += 1
        self.refused += "failure" in ours
        if ours != theirs:
            file = pathlib.Path(tempfile.gettempdir()) / f"crosscheck-{self.seed}-{operation}.json"
            file.write_text(
                json.dumps({"operation": operation, "input": given, "here": ours, "there": theirs}, indent=1)
            )
            raise Disagreement(f"{operation}: here {brief(ours)}, there {brief(theirs)}; the input is in {file}")
        return ours

    def good(self, operation, given):
        answer = self.both(operation, given)
        if "failure" in answer:
            raise Disagreement(f"both refuse a good {operation}: {answer}")
        return answer["result"]

    def bad(self, operation, given, *classes):
        """Both refuse, for one of these classes if any are given."""
        answer = self.both(operation, given)
        if answer.get("failure") not in (classes or [answer.get("failure")]) or classes and "failure" not in answer:
            raise Disagreement(f"{operation} answers {brief(answer)}, not {' or '.join(classes)}")

    # Making

    def secret(self):
        return self.random.randbytes(32)

    def is_theirs(self):
        return self.random.random() < 0.5

    def random_policy(self):
        """Up to 8 holders, gates up to 3 deep, that a roster may have."""
        while True:
            roles = ["judge", "provider", "agency"] + self.random.choices(
                ["judge", "provider", "agency"], k=self.random.randint(0, 5)
            )
            self.random.shuffle(roles)
            leaves = [
                role
                if roles.count(role) == 1 and self.random.random() < 0.5
                else f"{role}:{index}{self.random.choice(['', '.x', '-y'])}"
                for index, role in enumerate(roles)
            ]
            policy = sharing.Policy(self.random_node(leaves, 3))
            if is_fit_for_a_roster(policy):
                return policy.text

    def random_node(self, leaves, depth):
        if len(leaves) == 1 and self.random.random() < 0.9:
            return leaves[0]
        parts = []
        while leaves:
            count = self.random.randint(1, len(leaves)) if depth > 1 else 1
            parts.append(self.random_node(leaves[:count], depth - 1) if depth > 1 else leaves[0])
            leaves = leaves[count:]
        return f"thresh({self.random.randint(1, len(parts))}, {', '.join(parts)})"

    def records(self, count):
        return [
            (
                self.random.choice(self.conversations),
                self.random.choice([self.random.randrange(20), self.random.getrandbits(64)]),
                self.secret(),
            )
            for _ in range(count)
        ]

    def split(self, records):
        """The records in one to four batches, at rising times."""
        cuts = sorted(self.random.sample(range(1, len(records)), min(self.random.randint(0, 3), len(records) - 1)))
        time = START
        for first, last in zip([0, *cuts], [*cuts, len(records)]):
            time += self.random.randrange(3600)
            yield time, records[first:last]

    # One case

    def run(self):
        self.policies()
        self.world = World(self.random_policy(), self.secret)
        if self.random.random() < 0.5:
            self.world.with_log(self.random.randint(1, 3))
        self.conversations = [self.secret() for _ in range(self.random.randint(1, 4))]
        self.make_roster()
        size = round(2000 ** self.random.random())
        self.all = self.records(size)
        older, newer = self.all, []
        if self.random.random() < 0.25:
            half = self.random.randint(1, size)
            older, newer = self.all[:half], self.all[half:]
        self.make_deposits(older)
        if self.random.random() < 0.25 or newer:
            self.make_successor()
        if newer:
            self.make_deposits(newer, created=START + DAY // 2)
        self.answer_warrant()
        bad.log(self)
        return size

    def policies(self):
        text = self.random_policy()
        self.good("policy", {"policy": text})
        self.both("policy", {"policy": bad.spoilt_text(self.random, text)})
        policy = sharing.Policy(text)
        count = self.random.randint(1, 100)
        secret, coefficients = (
            self.random.randbytes(count),
            [self.random.randbytes(count) for _ in policy.matrix[0][1:]],
        )
        shares = self.good(
            "deal", {"policy": text, "secret": secret.hex(), "coefficients": [c.hex() for c in coefficients]}
        )["shares"]
        chosen = self.random.sample(list(zip(policy.holders, shares)), self.random.randint(1, len(shares)))
        answer = self.both("reconstruct", {"policy": text, "shares": dict(chosen)})
        if answer != ({"result": {"secret": secret.hex()}} if policy.holds(dict(chosen)) else {"failure": "quorum"}):
            raise Disagreement(f"reconstruct: {answer}")

    def make_roster(self):
        world = self.world
        if self.is_theirs():
            note = self.helper.write(
                "write-roster",
                {
                    "policy": world.policy.text,
                    "holders": [one.given() for one in world.holders.values()],
                    "issued": START,
                }
                | self.roster_log(),
            )["roster"]
        else:
            note = world.make_roster().decode()
        self.good("roster", {"rosters": [note]})
        world.add_roster(note.encode())
        self.both("roster", {"rosters": [bad.spoilt_document(self.random, note)]})
        bad.rosters(self, world)

    def roster_log(self):
        """What the other implementation is told of the log."""
        log = self.world.log
        policy = log and "".join(line + "\n" for line in log["witnessPolicy"])
        return {"log": [log["log"] | {"policy": policy}]} if log else {}

    def make_successor(self):
        world = self.world
        world.succession(self.random_policy())
        if self.is_theirs():
            note = self.helper.write(
                "write-roster",
                {
                    "policy": world.policy.text,
                    "holders": [one.given() for one in world.holders.values()],
                    "issued": START + DAY,
                    "rosters": world.notes,
                    "approving": [one.given() for one in world.before],
                }
                | self.roster_log(),
            )["roster"]
        else:
            note = world.make_successor().decode()
        self.bad("roster", {"rosters": [note]}, "not-successor")
        self.good("roster", {"rosters": [*world.notes, note]})
        world.add_roster(note.encode())

    def make_deposits(self, records, created=START):
        world, batches = self.world, list(self.split(records))
        batches = [(time + created - START, some) for time, some in batches]
        if self.is_theirs():
            made = self.helper.write(
                "write-deposits",
                {
                    "rosters": world.notes,
                    "depositor": world.depositor.hex(),
                    "created": created,
                    "test": True,
                    "batches": [
                        {"time": time, "records": b"".join(deposit.locator(c, e) + key for c, e, key in some).hex()}
                        for time, some in batches
                    ],
                },
            )
        else:
            made = world.make_submission(batches, created)
        given = made | {"rosters": world.notes}
        self.good("submission", given)
        bad.submissions(self, world, made)
        holder = self.random.choice(list(world.holders.values()))
        self.good("open-session", given | {"holder": holder.name, "sealing": holder.sealing.hex()})
        intake = given | {"holder": [holder.given()], "now": START + DAY}
        digest = self.good("intake", intake)["digest"]
        if self.is_theirs():
            receipt = self.helper.write("write-intake-receipt", intake)["receipt"]
            if self.good("intake-receipt", {"rosters": world.notes, "receipt": receipt})["digest"] != digest:
                raise Disagreement("intake-receipt")
        conversation, epoch, key = self.random.choice(records)
        bad.members(self, world, made, deposit.locator(conversation, epoch), key)
        world.add_submission(made)

    def answer_warrant(self):
        world = self.world
        recipient = self.random.choice([name for name in world.holders if not name.startswith("judge")])
        judges = self.random_judges()
        scope = self.random.sample(self.conversations, self.random.randint(1, len(self.conversations)))
        epochs = self.random.choice(
            [(0, 2**64 - 1), (0, self.random.randrange(20)), (self.random.randrange(10), self.random.getrandbits(64))]
        )
        times = self.random.choice([None, (START, START + 2 * DAY), (START, START + self.random.randrange(7200))])
        epochs = (min(epochs), max(epochs))
        body = world.warrant_body(scope, epochs, times, recipient=recipient)
        if self.is_theirs():
            note = self.helper.write(
                "write-warrant",
                {
                    "rosters": world.notes,
                    "case": "crosscheck",
                    "issued": START + DAY,
                    "notBefore": START + DAY,
                    "notAfter": START + 10 * DAY,
                    "recipient": [world.holders[recipient].given()],
                    "recipientKey": world.recipient_key.hex(),
                    "maximumKeys": 1_000_000,
                    "test": True,
                    "judges": [world.holders[name].given() for name in judges],
                    "scope": [
                        {"conversations": sorted(one.hex() for one in scope), "epochs": list(map(str, epochs))}
                        | ({"from": times[0], "to": times[1]} if times else {})
                    ],
                },
            )["warrant"]
        else:
            note = world.make_warrant(body, judges).decode()
        given = {"rosters": world.notes, "warrant": note}
        self.good("warrant", given)
        self.good("warrant", given | {"now": START + 2 * DAY})
        bad.warrants(self, world, body, judges, note)

        verified = warrants.Warrant(note.encode()).verify(world.roster, START + 2 * DAY)
        self.proved = {}
        if world.log:
            self.log_warrant(verified, note)
        releases = {}
        for name, holder in world.holders.items():
            answer = self.both("warrant", given | {"now": START + 2 * DAY, "holder": name})
            if "result" in answer:
                file = self.make_release(holder, verified, note)
                if file:
                    releases[name] = file
        self.recover(verified, note, releases)

    def log_warrant(self, verified, note):
        """Logs the warrant and proves it."""
        world, opening, logged = self.world, self.secret(), START + 2 * DAY - 120
        world.entries += [self.random.randbytes(self.random.randint(0, 99)) for _ in range(self.random.randrange(9))]
        if self.is_theirs():
            asked = {"rosters": world.notes, "warrant": note, "opening": opening.hex(), "now": logged}
            index = world.append(self.helper.write("write-warrant-entry", asked)["entry"].encode())
        else:
            index = world.log_warrant(verified, opening, logged)
        self.good("entry", {"rosters": world.notes, "entry": world.entries[index].decode()})
        world.entries += [self.random.randbytes(self.random.randint(0, 99)) for _ in range(self.random.randrange(9))]
        times = [logged + self.random.randint(-60, 60) for _ in world.witnesses]
        proof = world.prove(index, opening, *times)
        verified.log_index = index
        self.proved = {"proof": proof.decode()}
        self.good("warrant-proof", {"rosters": world.notes, "warrant": note} | self.proved)
        bad.proofs(self, world, note, proof, index, opening, times)

    def log_of_now(self, *more):
        """The log as it is now, as a holder is given it."""
        entries = [*self.world.entries, *more]
        checkpoint = log.make_checkpoint(ORIGIN, list(map(log.leaf_hash, entries)), self.world.log_seed)
        return {"checkpoint": checkpoint.decode(), "entries": list(map(bad.as_text, entries)), "answers": []}

    def random_judges(self):
        """Judges whose signatures make some holders answer."""
        judges, everyone = self.world.policy.judges, set(self.world.policy.holders)
        while True:
            some = self.random.sample(judges, self.random.randint(1, len(judges)))
            if self.world.policy.holds(everyone - set(judges) | set(some)):
                return some

    def make_release(self, holder, verified, note):
        """The release file of a holder, from the store or from an extract; None when nothing is in scope for it."""
        world = self.world
        given = world.given(warrant=note, now=START + 2 * DAY, holder=[holder.given()]) | self.proved
        if world.log:
            given |= self.log_of_now()
        views = list(cases.holder_views(cases.Input(given), verified, world.roster, holder.name))
        if not views:
            answer = self.helper.answer("write-release", given)
            if answer != {"failure": "nothing-in-scope"}:
                raise Disagreement(f"write-release of nothing: {answer}")
            return None
        if self.random.random() < 0.3:
            if self.is_theirs():
                extract = self.helper.write(
                    "write-extract", given | {"holder": holder.name, "store": world.store.hex()}
                )["extract"]
            else:
                extract = release.make_extract(verified, holder.name, views, START + DAY, world.store).hex()
            answer = given | {"extract": extract}
            self.good("extract", answer)
            self.both("extract", answer | {"extract": bad.spoilt_bytes(self.random, bytes.fromhex(extract)).hex()})
            views = list(release.Extract(bytes.fromhex(extract)).verify().views(verified, holder.name, world.roster))
        if self.is_theirs():
            file = bytes.fromhex(self.helper.write("write-release", given)["release"])
        else:
            file = cases.make_release(
                cases.Input(given),
                world.roster,
                verified,
                cases.Input(holder.given()),
                views,
                [self.secret() for _ in world.rosters],
                ["logged", "witnessed", "not-revoked"] if world.log else (),
            )
        answer = {"rosters": world.notes, "warrant": note, "release": file.hex()} | self.proved
        self.good("release", answer)
        if world.log:
            self.bad("release", {key: value for key, value in answer.items() if key != "proof"}, "proof-missing")
            self.log_answer(verified, note, holder, file)
        self.both("release", answer | {"release": bad.spoilt_bytes(self.random, file).hex()})
        return file

    def log_answer(self, verified, note, holder, file):
        """Logs a release, which its holder must know of from then on."""
        world = self.world
        if self.is_theirs():
            asked = {"rosters": world.notes, "warrant": note, "release": file.hex(), "holder": [holder.given()]}
            entry = self.helper.write("write-answer-entry", asked)["entry"].encode()
        else:
            entry = entries.make_answer_entry(release.Release(file), verified.priority, holder.signing)
        self.good("entry", {"rosters": world.notes, "entry": entry.decode()})
        state = {"warrant": note, "now": START + 2 * DAY} | self.proved | self.log_of_now(entry)
        asked = {"rosters": world.notes, "holder": holder.name, "states": [state]}
        if self.random.random() < 0.6:
            return
        self.bad("public-proof", asked, "state-older")
        known = state | {"answers": [release.Release(file).digest.hex()]}
        self.good("public-proof", asked | {"states": [known]})
        bad.states(self, world, asked | {"states": [state | self.log_of_now()]})

    def recover(self, verified, note, releases):
        world = self.world
        given = world.given(warrant=note, recipientKey=world.recipient_key.hex()) | self.proved
        chosen = self.random.sample(sorted(releases), self.random.randint(min(1, len(releases)), len(releases)))
        for names in (sorted(releases), chosen):
            question = given | {"releases": [releases[name].hex() for name in names]}
            if not names:
                continue
            if not world.policy.holds(names):
                self.bad("recover", question, "quorum")
                continue
            result = self.good("recover", question)
            if len(world.rosters) == 1:
                self.expect_all(verified, result)
            bad.recoveries(self, world, verified, question, {name: releases[name] for name in names})

    def expect_all(self, verified, result):
        """Everything in scope came out, bit for bit."""
        times = {}
        for item in self.world.deposits:
            header = deposit.Deposit(bytes.fromhex(item["deposit"])).header
            for locator in deposit.cut(bytes.fromhex(item["locators"]), 40):
                times.setdefault(locator, []).append(header.time)
        remaining = {locator: list(found) for locator, found in times.items()}
        expected = []
        for conversation, epoch, key in self.all:
            if verified.is_in_scope(conversation, epoch, remaining[deposit.locator(conversation, epoch)].pop(0)):
                expected.append((deposit.locator(conversation, epoch) + key).hex())
        if result["records"] != sorted(expected) or result["faults"] or result["missing"]:
            raise Disagreement(f"recovered {len(result['records'])} of {len(expected)}, {result['faults']}")


def is_fit_for_a_roster(policy):
    everyone = set(policy.holders)
    roles = [
        {holder for holder in everyone if sharing.role(holder) == role} for role in ("judge", "provider", "agency")
    ]
    return not policy.holds(everyone - roles[0]) and not any(map(policy.holds, roles))


def brief(answer):
    text = json.dumps(answer)
    return text if len(text) < 300 else text[:300] + "…"


def main():
    parser = argparse.ArgumentParser(description="Compares two implementations on fresh random cases.")
    parser.add_argument("helper", help="the other implementation's program")
    parser.add_argument("count", nargs="?", type=int, default=300, help="number of cases (default 300)")
    parser.add_argument("--seed", type=int, help="seed of the first case (default: random)")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(2**40)
    helper, start = Helper(arguments.helper), clock.monotonic()
    keys = compared = refused = 0
    print(f"{arguments.count} cases from seed {seed}", file=sys.stderr, flush=True)
    for index in range(arguments.count):
        case = Case(helper, seed + index)
        try:
            keys += case.run()
        except Exception as problem:
            if isinstance(problem, (Disagreement, Failure)):
                print(f"crosscheck: {type(problem).__name__}: {problem}", file=sys.stderr)
            print(
                f"crosscheck: the case of seed {case.seed} failed; repeat it with: Scripts/crosscheck 1 --seed {case.seed}",
                file=sys.stderr,
            )
            if isinstance(problem, (Disagreement, Failure)):
                return 1
            raise
        compared, refused = compared + case.compared, refused + case.refused
        if (index + 1) % 500 == 0 and not sys.stderr.isatty():
            print(f"{index + 1} of {arguments.count} cases, {compared} answers agree", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print(f"\r{index + 1} of {arguments.count} cases", end="", file=sys.stderr)
    seconds = clock.monotonic() - start
    print(
        f"crosscheck: {arguments.count} cases from seed {seed} agree: {keys} keys, {compared} answers compared, "
        f"{refused} of them refusals, {seconds:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

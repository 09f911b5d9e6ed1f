#!/usr/bin/env python3
"""Computes the vectors of this folder once more, with the reference implementation and from public phrases alone.

Prints one line per file and ends with status 0 only if everything agrees.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "reference"))

from key_escrow import deposit, documents, release, roster, session, warrant  # noqa: E402
from key_escrow.primitives import sha256, x25519_public  # noqa: E402

RECORDS = [[("conversation a", 7, "key a 7"), ("conversation b", 1, "key b 1")], [("conversation a", 8, "key a 8")]]


def seed(phrase):
    return sha256(b"key-escrow/v1 vector " + phrase.encode())


def file(name):
    return (FOLDER / name).read_bytes()


def session_values(depositor, roster, first):
    values = {"rosterId": roster.digest, "sessionId": depositor.session.digest}
    for holder in roster.ids:
        chain = session.HolderChain.open(depositor.session, holder, seed(holder + " sealing"))
        part = depositor.session.part(holder)
        values |= {
            f"{holder}.encapsulation": part["encapsulation"],
            f"{holder}.exporterSecret": chain.exporter_secret,
            f"{holder}.confirmation": part["confirmation"],
            f"{holder}.CK_0": chain.chain_key,
            f"{holder}.CK_1": session.next_chain_key(chain.chain_key),
        }
    return values | {"state": first}


def deposit_values(made, records, chain_keys, policy):
    header = made.header
    values = {f"salt.{label}": header.salt(label) for label in ("record", "commitment", "coefficient", "share")}
    keys = [(position, seed(phrase)) for position, (_, _, phrase) in enumerate(records)]
    shares = deposit.computed_shares(header, policy, keys)
    [coefficients] = header.coefficients(2, keys)
    for position, _ in keys:
        values |= {
            f"T.{position}": deposit.cut(made.tags, 16)[position],
            f"C.{position}": deposit.cut(made.commitments, 32)[position],
            f"coefficient.1.{position}": coefficients[position],
        }
        for row, (column, digests) in enumerate(zip(shares, made.share_digests), 1):
            values |= {
                f"share.{row}.{position}": deposit.cut(column, 32)[position],
                f"D.{row}.{position}": deposit.cut(digests, 16)[position],
            }
    for row, (chain_key, sealed) in enumerate(zip(chain_keys, made.sealed), 1):
        column_key = session.column_key(chain_key, row, made.public_digest)
        values |= {f"columnKey.{row}": column_key, f"ct.{row}": sealed}
    return values | {
        "header": header.bytes,
        "publicDigest": made.public_digest,
        "depositDigest": made.digest,
        "bytes": made.bytes,
    }


def release_values(of, roster, asked, views):
    values = {"warrantDigest": asked.digest}
    for holder in ("judge", "agency"):
        sealing = {roster.records[holder]["sealingKey"]: seed(holder + " sealing")}
        ephemeral = seed(holder + " release ephemeral")
        made = release.make_release(
            asked, roster, holder, seed(holder + " signing"), sealing, views[holder], of.answered, [ephemeral]
        )
        read = release.Release(made).verify(asked, roster)
        for index, chunk in enumerate(read.read_chunks()):
            front = chunk.deposit + chunk.public_digest + chunk.record_list
            values |= {
                f"{holder}.chunk.{index}.front": front,
                f"{holder}.chunk.{index}.body": chunk.body,
                f"{holder}.chunk.{index}.digest": chunk.entry.digest,
            }
        values |= {
            f"{holder}.encapsulation": read.encapsulations[0]["encapsulation"],
            f"{holder}.table": read.rest[: 76 * read.chunks],
            f"{holder}.file": made,
        }
    return values


def main():
    escrow = roster.Roster(file("roster.note")).verify()
    for holder, record in escrow.records.items():
        assert record["sealingKey"] == x25519_public(seed(holder + " sealing"))
    assert roster.parse_holder(file("holder.json")) == escrow.records["judge"]

    header = session.Session(file("session.note")).verify(escrow)
    ephemerals = [seed(holder + " ephemeral") for holder in escrow.ids]
    depositor = session.DepositorSession.open(
        escrow, seed("depositor signing"), ephemerals, header.created, header.notAfter, True
    )
    assert depositor.session.bytes == header.bytes
    steps, deposits = [depositor.chain_keys], []
    for index, records in enumerate(RECORDS):
        records = [(seed(conversation), epoch, seed(phrase)) for conversation, epoch, phrase in records]
        deposits.append(deposit.make_deposit(depositor, records, header.created + 60 * index))
        steps.append(depositor.chain_keys)
        if index == 0:
            first = depositor.saved(seed("state key"), b"state nonce!")

    signed = deposit.Head(file("head.note")).verify(header)
    assert signed.deposit == deposits[0].digest and file("head.note") == deposit.make_head(
        header, deposits[0], seed("depositor signing")
    )
    assert deposit.Receipt(file("receipt.note")).verify().deposit == deposits[0].digest
    intake = deposit.IntakeReceipt(file("intake.note")).verify(escrow)
    assert intake.digest == sha256(*[made.digest for made in deposits])

    stored = json.loads(file("release.json"))
    answered = release.Release(bytes.fromhex(stored["judge.file"]))
    assert documents.split_bulk(bytes.fromhex(stored["judge.file"]))[0] == file("release.note")
    asked = warrant.Warrant(file("warrant.note")).verify(escrow, answered.answered)
    assert asked.recipient["key"] == x25519_public(seed("recipient"))
    release.Refusal(file("refusal.note")).verify(escrow, asked.digest)
    views = {}
    for holder in escrow.ids:
        views[holder] = [
            (header, release.View.of(made, escrow.row(holder), [(0, seed(records[0][0]), records[0][1])]))
            for made, records in zip(deposits, RECORDS)
        ]
    extract = release.make_extract(asked, "judge", views["judge"], header.created, seed("store signing"))
    assert extract.startswith(file("extract.note"))

    failures = 0
    for name, values in [
        ("session", session_values(depositor, escrow, first)),
        ("deposit-0", deposit_values(deposits[0], RECORDS[0], steps[0], escrow.policy)),
        ("deposit-1", deposit_values(deposits[1], RECORDS[1], steps[1], escrow.policy)),
        ("release", release_values(answered, escrow, asked, views)),
        ("extract", {"file": extract}),
    ]:
        stored = json.loads(file(name + ".json"))
        computed = {key: value.hex() for key, value in values.items()}
        wrong = sorted(key for key in stored.keys() | computed.keys() if stored.get(key) != computed.get(key))
        failures += len(wrong)
        print(f"{name}.json: " + ("differs in " + ", ".join(wrong) if wrong else f"{len(stored)} values agree"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

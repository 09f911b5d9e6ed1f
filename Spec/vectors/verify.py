#!/usr/bin/env python3
"""Computes the vectors of this folder once more, with the reference implementation and from public phrases alone.

Prints one line per file and ends with status 0 only if everything agrees.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "reference"))

from key_escrow import deposit, documents, log, release, roster, session, sharing, warrant  # noqa: E402
from key_escrow.primitives import be16, be32, be64, ed25519_public, HPKE, sha256, x25519_public  # noqa: E402

RECORDS = [[("conversation a", 7, "key a 7"), ("conversation b", 1, "key b 1")], [("conversation a", 8, "key a 8")]]

START = 1801387800  # 2027-01-31T09:30:00Z
POLICY = sharing.Policy("and(judge, or(provider, agency))")


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


def log_values(deposits):
    """The entries, the proof and the answers under logged-roster.note, from their meaning to their bytes."""

    def time(days, seconds=0):
        return documents.time_text(START + 86400 * days + seconds)

    def seconds(days, more):
        return START + 86400 * days + more

    def note(body, *signers):
        return documents.sign(body, *[(name, seed(name + " signing")) for name in signers])

    def entry(kind, body, *signers):
        body = {"kind": kind, "roster": roster_id.hex(), "test": True, "type": "key-escrow/v1 entry"} | body
        return note(body, *signers) if signers else (documents.encode(body) + "\n").encode()

    predecessor = json.loads(file("roster.note").decode().rsplit("\n\n", 1)[0])
    origin, witnesses = "log.example/test", ["witness.example/w0", "witness.example/w1"]
    log_key = documents.Key(origin, ed25519_public(seed(origin)))
    cosigners = [documents.Key(name, ed25519_public(seed(name)), log.COSIGNATURE) for name in witnesses]
    previous = documents.Note(file("roster.note")).digest
    roster_note = note(
        predecessor
        | {
            "generation": 2,
            "genesis": previous.hex(),
            "issued": time(1),
            "limits": predecessor["limits"] | {"maximumSealedDays": 365},
            "log": {"origin": origin, "vkey": str(log_key)},
            "maximumWitnessAgeHours": 24,
            "previous": previous.hex(),
            "witnessPolicy": [f"log {log_key}"]
            + [f"witness w{number} {key}" for number, key in enumerate(cosigners)]
            + ["group all 2 w0 w1", "quorum all"],
        },
        "judge",
        "provider",
        "agency",
    )
    roster_id = documents.Note(roster_note).digest
    asked = json.loads(file("warrant.note").decode().rsplit("\n\n", 1)[0])
    warrant_note = note(
        asked
        | {
            "case": "2027/0043",
            "id": "6f0c2f8e-3b7a-4c55-9d1e-2a4b8c7d9e11",
            "issued": time(3),
            "notBefore": time(3),
            "notAfter": time(13),
            "notifyBy": time(60),
            "roster": roster_id.hex(),
            "unsealAfter": time(30),
        },
        "agency",
        "judge",
    )
    digest, opening = documents.Note(warrant_note).digest, seed("opening")

    # The judge's release: deposits under the predecessor, a warrant under this roster.
    info = b"key-escrow/v1 release" + be16(1) + previous + roster_id + digest + b"judge"
    sender = HPKE.sender(seed("judge release ephemeral"), x25519_public(seed("recipient")), info)
    table, chunks = b"", b""
    for number, made in enumerate(deposits):
        conversation, epoch, phrase = RECORDS[number][0]
        front = made.digest + made.public_digest + be32(0) + seed(conversation) + be64(epoch)
        keys = [(position, seed(phrase)) for position, (_, _, phrase) in enumerate(RECORDS[number])]
        share = deposit.computed_shares(made.header, POLICY, keys)[0][:32]
        body = sender.seal(number, sha256(front), share)
        table += made.digest + be32(1) + be32(len(front + body)) + be32(0) + sha256(sha256(front), body)
        chunks += front + body
    release_note = note(
        {
            "answered": time(3, 3600),
            "checked": ["recipient-signature", "judges-signatures", "test-flag", "roster-limits", "in-force"]
            + ["logged", "witnessed", "not-revoked"],
            "chunks": 2,
            "encapsulations": [{"encapsulation": sender.encapsulation.hex(), "roster": previous.hex()}],
            "holder": "judge",
            "keys": 2,
            "logIndex": 2,
            "passedOver": 0,
            "recipientKey": x25519_public(seed("recipient")).hex(),
            "records": 2,
            "roster": roster_id.hex(),
            "table": sha256(table).hex(),
            "test": True,
            "type": "key-escrow/v1 release",
            "warrant": digest.hex(),
        },
        "judge",
    )
    refusal_note = note(
        {
            "answered": time(3, 7200),
            "ground": "conflict-of-law",
            "holder": "provider",
            "reason": "The law of our seat asks for a treaty request.",
            "roster": roster_id.hex(),
            "type": "key-escrow/v1 refusal",
            "warrant": digest.hex(),
        },
        "provider",
    )
    released, refused = documents.Note(release_note).digest, documents.Note(refusal_note).digest
    store = documents.Key("store", ed25519_public(seed("store signing")))
    head = deposits[1].header.session + be64(1) + deposits[1].digest
    answer = {"entry": 2, "priority": "routine"}
    entries = {
        "roster": entry("roster", {"generation": 2, "previous": previous.hex(), "holders": 3, "issued": time(1)}),
        "deposits": entry(
            "deposits",
            {"counted": time(2), "root": log.root_of([log.leaf_hash(head)]).hex(), "sessions": 1, "store": str(store)},
            "store",
        ),
        "warrant": entry(
            "warrant",
            {
                "commitment": sha256(b"key-escrow/v1 sealed", opening, digest).hex(),
                "judges": ["judge"],
                "jurisdiction": "FR",
                "logged": time(3, 60),
                "maximumKeys": 100,
                "notAfter": time(13),
                "notBefore": time(3),
                "notifyBy": time(60),
                "priority": "routine",
                "recipient": "agency",
                "unsealAfter": time(30),
            },
        ),
        "release": entry(
            "release",
            answer | {"answer": released.hex(), "answered": time(3, 3600), "holder": "judge", "keys": 2},
            "judge",
        ),
        "refusal": entry(
            "refusal",
            answer
            | {
                "answer": refused.hex(),
                "answered": time(3, 7200),
                "ground": "conflict-of-law",
                "holder": "provider",
            },
            "provider",
        ),
        "recovery": entry(
            "recovery",
            {"entry": 2, "holder": "agency", "keys": 2, "recovered": time(4), "releases": [released.hex()]},
            "agency",
        ),
        "revocation": entry(
            "revocation", {"entry": 2, "judge": "judge", "revoked": time(5), "warrant": digest.hex()}, "judge"
        ),
        "unsealing": entry(
            "unsealing",
            {
                "entry": 2,
                "notified": time(29),
                "opening": opening.hex(),
                "unsealed": time(30),
                "warrant": digest.hex(),
            },
        ),
    }
    leaves = [log.leaf_hash(bytes) for bytes in entries.values()]
    checkpoint = log.make_checkpoint(
        origin,
        leaves,
        seed(origin),
        (witnesses[0], seed(witnesses[0]), seconds(6, 120)),
        (witnesses[1], seed(witnesses[1]), seconds(6, 180)),
    )
    proof = log.make_proof(2, leaves, checkpoint, opening + entries["warrant"])
    policy = json.loads(roster_note.decode().rsplit("\n\n", 1)[0])["witnessPolicy"]
    policy = log.WitnessPolicy("".join(line + "\n" for line in policy).encode())
    assert log.Proof(proof).verify(entries["warrant"], policy) == seconds(6, 120)

    texts = {
        "logged-roster.note": roster_note,
        "logged-warrant.note": warrant_note,
        "logged-warrant.tlog-proof": proof,
        "logged-release.note": release_note,
        "logged-refusal.note": refusal_note,
    }
    for kind, made in entries.items():
        texts[f"entry-{kind}.{'note' if chr(0x2014) in made.decode() else 'json'}"] = made
    for name, made in texts.items():
        assert file(name) == made, f"{name} differs"
    return {
        "rosterId": roster_id,
        "warrantDigest": digest,
        "releaseDigest": released,
        "refusalDigest": refused,
        "opening": opening,
        "root": log.root_of(leaves),
        "judge.file": release_note + documents.SEPARATOR + table + chunks,
    }


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
        ("log", log_values(deposits)),
    ]:
        stored = json.loads(file(name + ".json"))
        computed = {key: value.hex() for key, value in values.items()}
        wrong = sorted(key for key in stored.keys() | computed.keys() if stored.get(key) != computed.get(key))
        failures += len(wrong)
        print(f"{name}.json: " + ("differs in " + ", ".join(wrong) if wrong else f"{len(stored)} values agree"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

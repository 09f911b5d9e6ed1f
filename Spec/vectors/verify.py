#!/usr/bin/env python3
"""Computes the vectors of this folder once more, from the texts beside it and from public phrases alone.

Needs Python 3.9 and the package `cryptography` (X25519, Ed25519, AES-GCM). HPKE, HKDF, notes and the sharing are
written out here. Prints one line per file and ends with status 0 only if everything agrees.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FOLDER = pathlib.Path(__file__).parent
HOLDERS = ["judge", "provider", "agency"]
# The matrix of and(judge, or(provider, agency)).
MATRIX = {"judge": (1, 1), "provider": (1, 2), "agency": (1, 2)}
RECORDS = [[("conversation a", 7, "key a 7"), ("conversation b", 1, "key b 1")], [("conversation a", 8, "key a 8")]]
START = 1801387800  # 2027-01-31T09:30:00Z


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def seed(phrase):
    return sha256(b"key-escrow/v1 vector " + phrase.encode())


def be(value, count):
    return value.to_bytes(count, "big")


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def expand(key, info, count=32):
    output, block = b"", b""
    while len(output) < count:
        block = mac(key, block + info + be(len(output) // 32 + 1, 1))
        output += block
    return output[:count]


def raw(public):
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


class HPKE:
    """Base mode of suite 1, both sides alike (RFC 9180 sections 4.1, 5.1 and 5.3)."""

    KEM = b"KEM" + be(0x20, 2)
    SUITE = b"HPKE" + be(0x20, 2) + be(1, 2) + be(2, 2)

    @staticmethod
    def extract(suite, salt, label, key):
        return mac(salt or bytes(32), b"HPKE-v1" + suite + label + key)

    @staticmethod
    def labeled(suite, key, label, info, count):
        return expand(key, be(count, 2) + b"HPKE-v1" + suite + label + info, count)

    def __init__(self, private, peer, encapsulation, recipient, info):
        shared = private.exchange(X25519PublicKey.from_public_bytes(peer))
        prk = self.extract(self.KEM, b"", b"eae_prk", shared)
        secret = self.labeled(self.KEM, prk, b"shared_secret", encapsulation + recipient, 32)
        context = (b"\0" + self.extract(self.SUITE, b"", b"psk_id_hash", b"")
                   + self.extract(self.SUITE, b"", b"info_hash", info))
        secret = self.extract(self.SUITE, secret, b"secret", b"")
        self.key = self.labeled(self.SUITE, secret, b"key", context, 32)
        self.nonce = self.labeled(self.SUITE, secret, b"base_nonce", context, 12)
        self.exporter = self.labeled(self.SUITE, secret, b"exp", context, 32)
        self.encapsulation = encapsulation

    @classmethod
    def sender(cls, ephemeral, recipient, info):
        private = X25519PrivateKey.from_private_bytes(seed(ephemeral))
        return cls(private, recipient, raw(private.public_key()), recipient, info)

    def export(self, context):
        return self.labeled(self.SUITE, self.exporter, b"sec", context, 32)

    def seal(self, sequence, data, plaintext):
        nonce = bytes(a ^ b for a, b in zip(self.nonce, be(sequence, 12)))
        return AESGCM(self.key).encrypt(nonce, plaintext, data)


def note(name):
    """The text and body of a note, once every line is a valid signature of the key that the phrases give."""
    text, lines = (FOLDER / name).read_text(encoding="utf-8").rsplit("\n\n", 1)
    text += "\n"
    body = json.loads(text)
    assert text == json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False) + "\n", f"{name} is not canonical"
    for line in lines.splitlines():
        dash, signer, encoded = line.split(" ")
        public = raw(Ed25519PrivateKey.from_private_bytes(seed(signer + " signing")).public_key())
        signature = base64.b64decode(encoded, validate=True)
        assert dash == "\u2014" and signature[:4] == sha256(signer.encode(), b"\n\x01", public)[:4], name
        Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], text.encode())
    return text.encode(), body


def double(byte):
    return (byte << 1 ^ (0x11B if byte & 0x80 else 0)) & 0xFF


def share(key, coefficient, row):
    return bytes(k ^ (c if row == (1, 1) else double(c)) for k, c in zip(key, coefficient))


def deposit(index, session, previous, chain_keys):
    records = RECORDS[index]
    header = (b"escrow-d" + be(1, 2) + be(1, 2) + be(1, 2) + be(3, 2) + be(len(records), 4) + be(0, 4) + be(index, 8)
              + be(START + 60 * index, 8) + session + previous)
    salts = {label: sha256(b"key-escrow/v1 ", be(len(label), 1), label.encode(), session, be(index, 8), be(0, 4))[:16]
             for label in ["record", "commitment", "coefficient", "share"]}
    out = {"header": header} | {f"salt.{label}": salt for label, salt in salts.items()}
    tags, commitments, shares, digests = [], [], [[], [], []], [[], [], []]
    for p, (conversation, epoch, phrase) in enumerate(records):
        key = seed(phrase)
        tags.append(sha256(salts["record"][:11], be(p, 4), seed(conversation), be(epoch, 8))[:16])
        commitments.append(sha256(salts["commitment"], be(p, 4), key))
        coefficient = sha256(salts["coefficient"], be(p, 4), be(1, 2), key)
        out |= {f"T.{p}": tags[p], f"C.{p}": commitments[p], f"coefficient.1.{p}": coefficient}
        for row, holder in enumerate(HOLDERS):
            shares[row].append(share(key, coefficient, MATRIX[holder]))
            digests[row].append(sha256(salts["share"], be(p, 4), be(row + 1, 2), shares[row][p])[:16])
            out |= {f"share.{row + 1}.{p}": shares[row][p], f"D.{row + 1}.{p}": digests[row][p]}
    columns = [b"".join(tags), b"".join(commitments)] + [b"".join(column) for column in digests]
    public = sha256(header, *[sha256(column) for column in columns])
    sealed = []
    for row in range(3):
        key = expand(chain_keys[row], b"key-escrow/v1 column" + be(row + 1, 2) + public)
        sealed.append(AESGCM(key).encrypt(bytes(12), b"".join(shares[row]), public + be(row + 1, 2)))
        out |= {f"columnKey.{row + 1}": key, f"ct.{row + 1}": sealed[row]}
    digest = sha256(b"key-escrow/v1 deposit", public, *[sha256(column) for column in sealed])
    return out | {"publicDigest": public, "depositDigest": digest, "bytes": b"".join([header] + columns + sealed)}


def main():
    roster_text, roster = note("roster.note")
    session_text, header = note("session.note")
    roster_id, session_id = sha256(roster_text), sha256(session_text)
    assert header["roster"] == roster_id.hex()

    session = {"rosterId": roster_id, "sessionId": session_id}
    chains = []
    for holder, record, part in zip(HOLDERS, roster["holders"], header["holders"]):
        sealing = X25519PrivateKey.from_private_bytes(seed(holder + " sealing")).public_key()
        assert record["sealingKey"] == raw(sealing).hex() and record["id"] == part["id"] == holder
        hpke = HPKE.sender(holder + " ephemeral", raw(sealing),
                           b"key-escrow/v1 session" + be(1, 2) + roster_id + holder.encode())
        confirmation = hpke.export(b"key-escrow/v1 confirm")
        assert (part["encapsulation"], part["confirmation"]) == (hpke.encapsulation.hex(), confirmation.hex())
        chain = [hpke.export(b"key-escrow/v1 chain" + session_id)]
        chain.append(expand(chain[0], b"key-escrow/v1 chain"))
        chains.append(chain)
        session |= {f"{holder}.encapsulation": hpke.encapsulation, f"{holder}.exporterSecret": hpke.exporter,
                    f"{holder}.confirmation": confirmation, f"{holder}.CK_0": chain[0], f"{holder}.CK_1": chain[1]}

    deposits = []
    for index in range(2):
        previous = deposits[-1]["depositDigest"] if deposits else session_id
        deposits.append(deposit(index, session_id, previous, [chain[index] for chain in chains]))
    session_note = (FOLDER / "session.note").read_bytes()
    front = b"escrow-s" + be(1, 2) + be(len(session_note), 4) + session_note
    plaintext = be(1, 8) + deposits[0]["depositDigest"] + session_id + b"".join(chain[1] for chain in chains)
    nonce = b"state nonce!"
    session["state"] = front + nonce + AESGCM(seed("state key")).encrypt(nonce, plaintext, front)

    warrant_digest = sha256(note("warrant.note")[0])
    recipient = raw(X25519PrivateKey.from_private_bytes(seed("recipient")).public_key())
    release = {"warrantDigest": warrant_digest}
    for holder in ["judge", "agency"]:
        hpke = HPKE.sender(holder + " release ephemeral", recipient, b"key-escrow/v1 release" + be(1, 2) + roster_id
                           + roster_id + warrant_digest + holder.encode())
        table, chunks = b"", b""
        for index, made in enumerate(deposits):
            conversation, epoch, _ = RECORDS[index][0]
            front = made["depositDigest"] + made["publicDigest"] + be(0, 4) + seed(conversation) + be(epoch, 8)
            body = hpke.seal(index, sha256(front), made[f"share.{HOLDERS.index(holder) + 1}.0"])
            digest = sha256(sha256(front), body)
            table += made["depositDigest"] + be(1, 4) + be(len(front + body), 4) + be(0, 4) + digest
            chunks += front + body
            release |= {f"{holder}.chunk.{index}.front": front, f"{holder}.chunk.{index}.body": body,
                        f"{holder}.chunk.{index}.digest": digest}
        release |= {f"{holder}.encapsulation": hpke.encapsulation, f"{holder}.table": table}
        stored = bytes.fromhex(json.loads((FOLDER / "release.json").read_text())[f"{holder}.file"])
        before = stored.index(b"\n=== key-escrow/v1 chunks ===\n") + 1
        body = json.loads(stored[:before].rsplit(b"\n\n", 1)[0])
        assert (body["table"], body["chunks"], body["records"]) == (sha256(table).hex(), 2, 2)
        release[f"{holder}.file"] = stored[:before] + b"=== key-escrow/v1 chunks ===\n" + table + chunks

    chunks = [(session_id, 0, session_note)]
    for index, made in enumerate(deposits):
        n = len(RECORDS[index])
        columns = made["bytes"][104:]
        tags, columns = columns[:16 * n], columns[16 * n:]
        commitments, columns = columns[:32 * n], columns[32 * n:]
        digests = [columns[16 * n * row:16 * n * (row + 1)] for row in range(3)]
        sealed = [made[f"ct.{row}"] for row in (1, 2, 3)]
        conversation, epoch, _ = RECORDS[index][0]
        chunks.append((session_id, 1, b"".join(
            [made["header"], be(1, 2), sha256(commitments)] + [sha256(x) for x in digests] + [sha256(x) for x in sealed]
            + [tags, digests[0], sealed[0], be(0, 4), seed(conversation), be(epoch, 8)])))
    table = b"".join(subject + be(records, 4) + be(len(chunk), 4) + be(0, 4) + sha256(chunk)
                     for subject, records, chunk in chunks)
    assert note("extract.note")[1]["table"] == sha256(table).hex()
    extract = ((FOLDER / "extract.note").read_bytes() + b"=== key-escrow/v1 chunks ===\n" + table
               + b"".join(chunk for _, _, chunk in chunks))

    for name in ["head", "receipt", "intake", "refusal", "release"]:
        note(name + ".note")
    assert note("head.note")[1]["deposit"] == deposits[0]["depositDigest"].hex()
    assert note("intake.note")[1]["digest"] == sha256(*[made["depositDigest"] for made in deposits]).hex()

    failures = 0
    for name, values in [("session", session), ("deposit-0", deposits[0]), ("deposit-1", deposits[1]),
                         ("release", release), ("extract", {"file": extract})]:
        stored = json.loads((FOLDER / (name + ".json")).read_text())
        computed = {key: value.hex() for key, value in values.items()}
        wrong = sorted(key for key in stored.keys() | computed.keys() if stored.get(key) != computed.get(key))
        failures += len(wrong)
        print(f"{name}.json: " + ("differs in " + ", ".join(wrong) if wrong else f"{len(stored)} values agree"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""Sessions of a depositor with all holders: Spec/session.md."""

from . import documents as d
from .failure import Failure, require
from .primitives import HPKE, be16, be32, be64, ed25519_public, expand, gcm_open, gcm_seal

LONGEST = 2_592_000
LAST_SEQUENCE = 65_535


class Session(d.Document):
    TYPE = "session"
    MEMBERS = {
        "created": d.time,
        "depositor": d.key_named("depositor"),
        "holders": d.array_of(d.object_of(confirmation=d.digest, encapsulation=d.octets(32), id=d.holder), 255),
        "notAfter": d.time,
        "roster": d.digest,
        "suite": d.integer(1, 1),
        "test": d.flag,
    }

    def check(self):
        require(self.created <= self.notAfter <= self.created + LONGEST, "malformed", "the life of a session")

    def verify(self, roster):
        """Checks the session under the roster or an ancestor; `made_under` is the one it was made under."""
        self.made_under = roster.generation_with_id(self.roster)
        require(self.made_under is not None, "session-roster")
        require([part["id"] for part in self.holders] == self.made_under.ids, "session-roster", "not the roster's")
        require(
            all(self.created <= record["sealingKeyNotAfter"] for record in self.made_under.holders),
            "sealing-key-expired",
        )
        require(self.test or not self.made_under.test, "test-flag")
        self.note.require_signer(self.depositor)
        return self

    def part(self, holder):
        return next(part for part in self.holders if part["id"] == holder)


def info(roster_id, depositor_key, holder):
    return b"key-escrow/v1 session" + be16(1) + roster_id + depositor_key + holder.encode()


def next_chain_key(chain_key):
    return expand(chain_key, b"key-escrow/v1 chain")


def column_key(chain_key, row, public_digest):
    return expand(chain_key, b"key-escrow/v1 column" + be16(row) + public_digest)


class HolderChain:
    """A holder's side of a session: its chain key of the step it has reached."""

    def __init__(self, session, holder, exporter_secret):
        self.session, self.holder, self.exporter_secret = session, holder, exporter_secret
        self.row = session.made_under.row(holder)
        self.sequence = 0
        self.chain_key = HPKE.export_from(exporter_secret, b"key-escrow/v1 chain" + session.digest)

    @classmethod
    def open(cls, session, holder, sealing_key):
        part = session.part(holder)
        try:
            context = info(session.roster, session.depositor.public, holder)
            hpke = HPKE.recipient(sealing_key, part["encapsulation"], context)
        except Failure:
            raise Failure("confirmation", f"of {holder}") from None
        return cls.of_exporter_secret(session, holder, hpke.exporter_secret)

    @classmethod
    def of_exporter_secret(cls, session, holder, exporter_secret):
        """Anybody's, once the holder has shown its exporter secret."""
        confirmation = HPKE.export_from(exporter_secret, b"key-escrow/v1 confirm")
        require(confirmation == session.part(holder)["confirmation"], "confirmation", f"of {holder}")
        return cls(session, holder, exporter_secret)

    def column_key(self, sequence, public_digest):
        require(self.sequence <= sequence <= LAST_SEQUENCE, "malformed", "the sequence number")
        while self.sequence < sequence:
            self.chain_key = next_chain_key(self.chain_key)
            self.sequence += 1
        return column_key(self.chain_key, self.row, public_digest)


class DepositorSession:
    """A depositor's side: the header, the chain keys of the next step, and where the chain of deposits stands."""

    def __init__(self, session, chain_keys, sequence=0, previous=None, submitted=None):
        self.session, self.chain_keys, self.sequence = session, chain_keys, sequence
        self.previous = previous or session.digest
        self.submitted = submitted or session.digest

    @classmethod
    def open(cls, roster, seed, ephemerals, created, not_after, test):
        depositor = ed25519_public(seed)
        contexts = [
            HPKE.sender(ephemeral, record["sealingKey"], info(roster.digest, depositor, record["id"]))
            for ephemeral, record in zip(ephemerals, roster.holders)
        ]
        body = {
            "created": d.time_text(created),
            "depositor": str(d.Key("depositor", depositor)),
            "holders": [
                {
                    "id": record["id"],
                    "encapsulation": hpke.encapsulation.hex(),
                    "confirmation": hpke.export(b"key-escrow/v1 confirm").hex(),
                }
                for hpke, record in zip(contexts, roster.holders)
            ],
            "notAfter": d.time_text(not_after),
            "roster": roster.digest.hex(),
            "suite": 1,
            "test": test,
            "type": "key-escrow/v1 session",
        }
        session = Session(d.sign(body, ("depositor", seed))).verify(roster)
        return cls(session, [hpke.export(b"key-escrow/v1 chain" + session.digest) for hpke in contexts])

    def step(self, digest):
        """Goes on after the deposit of this digest."""
        self.chain_keys = list(map(next_chain_key, self.chain_keys))
        self.sequence += 1
        self.previous = digest

    def saved(self, key, nonce):
        front = b"escrow-s" + be16(1) + be32(len(self.session.bytes)) + self.session.bytes
        plaintext = be64(self.sequence) + self.previous + self.submitted + b"".join(self.chain_keys)
        return front + nonce + gcm_seal(key, nonce, front, plaintext)

    @classmethod
    def restore(cls, saved, key, roster, depositor, now, head=None):
        """Goes on with a saved state; `head` is of the store's newest deposit of the session, if it has any."""
        require(saved[:10] == b"escrow-s" + be16(1) and len(saved) >= 14, "malformed", "not a saved session")
        length = int.from_bytes(saved[10:14], "big")
        require(length <= 1_000_000 and len(saved) >= 14 + length + 12, "malformed", "a saved session that is cut off")
        front, nonce, sealed = saved[: 14 + length], saved[14 + length : 26 + length], saved[26 + length :]
        session = Session(front[14:])
        require(len(sealed) == 88 + 32 * len(session.holders), "malformed", "the length of a saved session")
        plaintext = gcm_open(key, nonce, front, sealed)
        require(plaintext is not None, "does-not-open", "the state")
        require(session.depositor == depositor and session.roster == roster.digest, "other-session")
        require(now <= session.notAfter, "expired")
        session.verify(roster)
        sequence = int.from_bytes(plaintext[:8], "big")
        require(sequence <= LAST_SEQUENCE + 1, "malformed", "the sequence number")
        newest = head.verify(session).deposit if head else session.digest
        require(newest in (plaintext[8:40], plaintext[40:72]), "forked")
        keys = [plaintext[at : at + 32] for at in range(72, len(plaintext), 32)]
        return cls(session, keys, sequence, newest, newest)

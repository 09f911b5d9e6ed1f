"""The parties of one escrow, with their private keys: what the vectors and the cross-check make cases of."""

from key_escrow import deposit, entries, log, roster, session, warrant
from key_escrow import documents as d
from key_escrow.primitives import ed25519_public, x25519_public
from key_escrow.sharing import Policy

START = 1801387800  # 2027-01-31T09:30:00Z
DAY = 86_400
ORIGIN = "log.example/test"


class Holder:
    def __init__(self, name, signing, sealing, not_after=START + 90 * DAY, earlier=()):
        self.name, self.signing, self.sealing, self.not_after, self.earlier = (
            name,
            signing,
            sealing,
            not_after,
            list(earlier),
        )

    def record(self):
        return {
            "id": self.name,
            "sealingKey": x25519_public(self.sealing).hex(),
            "sealingKeyNotAfter": d.time_text(self.not_after),
            "suite": 1,
            "vkey": str(d.Key(self.name, ed25519_public(self.signing))),
        }

    @property
    def signer(self):
        return self.name, self.signing

    def given(self):
        """As a case gives a holder to an operation."""
        return {
            "id": self.name,
            "signing": self.signing.hex(),
            "sealing": self.sealing.hex(),
            "notAfter": self.not_after,
            "earlier": [key.hex() for key in self.earlier],
        }

    def replaced(self, sealing):
        """The holder with another sealing key; it keeps the old one."""
        return Holder(self.name, self.signing, sealing, self.not_after, [self.sealing, *self.earlier])


class World:
    """One roster after the other, sessions with deposits, and a warrant's parties. `secret()` gives 32 bytes."""

    def __init__(self, policy, secret):
        self.secret, self.policy = secret, Policy(policy)
        self.holders = {name: Holder(name, secret(), secret()) for name in self.policy.holders}
        self.depositor, self.store, self.recipient_key = secret(), secret(), secret()
        self.rosters, self.notes, self.sessions, self.deposits = [], [], [], []
        self.log, self.entries = None, []

    # The log

    def with_log(self, count=2, quorum=None, hours=24, unwitnessed=False):
        """Gives the rosters to come a log with so many witnesses, all needed unless `quorum` says otherwise."""
        self.log_seed, self.witnesses = self.secret(), [(f"w{i}.example", self.secret()) for i in range(count)]
        key = d.Key(ORIGIN, ed25519_public(self.log_seed))
        lines = [f"log {key}"]
        for number, (name, seed) in enumerate(self.witnesses):
            lines.append(f"witness w{number} {d.Key(name, ed25519_public(seed), log.COSIGNATURE)}")
        if quorum is None:
            lines.append(f"group all {count} {' '.join(f'w{number}' for number in range(count))}")
        self.log = {
            "log": {"origin": ORIGIN, "vkey": str(key)},
            "maximumWitnessAgeHours": hours,
            "witnessPolicy": lines + (quorum or "quorum all").split("\n"),
        } | ({"unwitnessed": True} if unwitnessed else {})
        return self

    def append(self, entry):
        """The index of an entry."""
        self.entries.append(entry)
        return len(self.entries) - 1

    def leaves(self, size=None):
        return list(map(log.leaf_hash, self.entries[:size]))

    def checkpoint(self, *times, size=None):
        """The log's checkpoint, cosigned by its witnesses at these times."""
        cosigners = [(name, seed, time) for (name, seed), time in zip(self.witnesses, times)]
        return log.make_checkpoint(ORIGIN, self.leaves(size), self.log_seed, *cosigners)

    def prove(self, index, opening, *times, size=None):
        """A warrant's proof."""
        checkpoint = self.checkpoint(*times, size=size)
        return log.make_proof(index, self.leaves(size), checkpoint, opening + self.entries[index])

    def log_warrant(self, verified, opening, logged):
        entry = entries.make_warrant_entry(verified, opening, verified.judges, logged)
        return self.append(entry)

    # Rosters

    @property
    def roster(self):
        return self.rosters[-1]

    def add_roster(self, note):
        self.rosters.append(roster.Roster(note).verify(self.rosters[-1] if self.rosters else None))
        self.notes.append(note.decode())

    def make_roster(self, limits=None, test=True):
        return roster.make_roster(
            self.policy.text,
            [holder.record() for holder in self.holders.values()],
            START,
            [holder.signer for holder in self.holders.values()],
            limits=limits,
            test=test,
            log=self.log,
        )

    def succession(self, policy):
        """The parties of a successor under another policy; those who stay keep what they have."""
        self.before, self.policy = list(self.holders.values()), Policy(policy)
        self.holders = {
            name: self.holders[name].replaced(self.secret())
            if name in self.holders
            else Holder(name, self.secret(), self.secret())
            for name in self.policy.holders
        }

    def make_successor(self, test=True):
        signers = dict(holder.signer for holder in [*self.before, *self.holders.values()])
        return roster.make_roster(
            self.policy.text,
            [holder.record() for holder in self.holders.values()],
            START + DAY,
            list(signers.items()),
            test=test,
            previous=self.roster,
            log=self.log,
        )

    # Deposits

    def open_session(self, created=START, not_after=START + 7 * DAY, test=True, seed=None):
        return session.DepositorSession.open(
            self.roster, seed or self.depositor, [self.secret() for _ in self.roster.ids], created, not_after, test
        )

    @staticmethod
    def locators(records):
        return b"".join(deposit.locator(conversation, epoch) for conversation, epoch, _ in records)

    def make_submission(self, batches, created=START, test=True):
        """A session with one deposit for each batch (time, records): as a case gives it."""
        depositor = self.open_session(created, test=test)
        made = [(deposit.make_deposit(depositor, records, time), self.locators(records)) for time, records in batches]
        head = deposit.make_head(depositor.session, made[-1][0], self.depositor)
        return self.submission(depositor.session.bytes, made, head)

    @staticmethod
    def submission(session_note, made, head):
        return {
            "session": session_note.decode(),
            "head": head.decode(),
            "deposits": [{"deposit": one.bytes.hex(), "locators": locators.hex()} for one, locators in made],
        }

    def add_submission(self, given):
        self.sessions.append(given["session"])
        self.deposits += given["deposits"]

    # Warrants

    def warrant_body(
        self, conversations, epochs=(0, 2**64 - 1), times=None, maximum=1_000_000, recipient="agency", test=True, **more
    ):
        scope = {
            "conversations": sorted(one.hex() for one in conversations),
            "epochFrom": epochs[0],
            "epochTo": epochs[1],
        }
        if times:
            scope |= {"depositedFrom": d.time_text(times[0]), "depositedTo": d.time_text(times[1])}
        return {
            "case": "2027/0042",
            "id": "6f0c2f8e-3b7a-4c55-9d1e-2a4b8c7d9e10",
            "issued": d.time_text(START + DAY),
            "legalBasis": "Article 100 CPP",
            "maximumKeys": maximum,
            "notAfter": d.time_text(START + 10 * DAY),
            "notBefore": d.time_text(START + DAY),
            "priority": "routine",
            "recipient": {"holder": recipient, "key": x25519_public(self.recipient_key).hex()},
            "roster": self.roster.digest.hex(),
            "scope": scope,
            "test": test,
        } | more

    def make_warrant(self, body, judges):
        names = dict.fromkeys([body["recipient"]["holder"], *judges])
        return warrant.make_warrant(body, *[self.holders[name].signer for name in names])

    def given(self, **more):
        """Rosters, sessions and deposits, as a case gives them."""
        return {"rosters": self.notes, "sessions": self.sessions, "deposits": self.deposits} | more

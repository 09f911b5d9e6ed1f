"""Entries of the log, and the proof without which a holder does not answer: Spec/log.md, Spec/release.md."""

from . import documents as d
from .failure import Failure, require
from .log import Checkpoint, Proof, consistency_proof, leaf_hash, root_of, verify_consistency, verify_inclusion
from .primitives import sha256
from .release import GROUNDS

AHEAD = 300

index = d.integer(0, 2**63 - 2)
judge = d.string("judge(:[a-z0-9.-]{1,64})?")
priority = d.one_of("routine", "emergency")


def rising(values):
    return all(a < b for a, b in zip(values, values[1:]))


# By kind: the members, and whose key signs, as a member of the entry; None for a text that nobody signs.
KINDS = {
    "roster": (
        {
            "generation": d.integer(1, 1_000_000),
            "previous": d.Optional(d.digest),
            "holders": d.integer(1, 50),
            "issued": d.time,
            "transcript": d.Optional(d.digest),
        },
        None,
    ),
    "deposits": (
        {"store": d.key_named("store"), "root": d.digest, "sessions": d.integer(), "counted": d.time},
        "store",
    ),
    "warrant": (
        {
            "commitment": d.digest,
            "judges": d.array_of(judge, 50),
            "recipient": d.holder,
            "logged": d.time,
            "notBefore": d.time,
            "notAfter": d.time,
            "maximumKeys": d.integer(1),
            "priority": priority,
            "jurisdiction": d.Optional(d.text()),
            "notifyBy": d.Optional(d.time),
            "unsealAfter": d.Optional(d.time),
        },
        None,
    ),
    "release": (
        {
            "answer": d.digest,
            "entry": index,
            "keys": d.integer(1),
            "answered": d.time,
            "holder": d.holder,
            "priority": priority,
        },
        "holder",
    ),
    "refusal": (
        {
            "answer": d.digest,
            "entry": d.Optional(index),
            "ground": d.one_of(*GROUNDS),
            "answered": d.time,
            "holder": d.holder,
            "priority": priority,
        },
        "holder",
    ),
    "revocation": ({"entry": index, "warrant": d.digest, "judge": judge, "revoked": d.time}, "judge"),
    "recovery": (
        {
            "entry": index,
            "releases": d.array_of(d.digest, 50),
            "keys": d.integer(),
            "holder": d.holder,
            "recovered": d.time,
        },
        "holder",
    ),
    "unsealing": (
        {
            "entry": index,
            "opening": d.octets(32),
            "warrant": d.digest,
            "unsealed": d.time,
            "notified": d.Optional(d.time),
        },
        None,
    ),
}


class Entry:
    """An entry as it was read. Its members are in `body`."""

    def __init__(self, data):
        require(len(data) <= 65_535, "malformed", "an entry of more than 65,535 bytes")
        self.note = d.Note(data) if b"\n\n" in data else None
        try:
            text = self.note.text if self.note else data.decode("utf-8")
        except UnicodeDecodeError:
            raise Failure("malformed", "not UTF-8") from None
        self.body = d.decode(text, "key-escrow/v1 entry", self._members)
        self.signer = KINDS[self.kind][1]
        require((self.signer is None) == (self.note is None), "malformed", "signed or not, as its kind is not")

    def _members(self, value):
        self.kind = value.get("kind") if isinstance(value.get("kind"), str) else None
        require(self.kind in KINDS, "malformed", "an unknown kind")
        common = {"kind": d.one_of(*KINDS), "roster": d.digest, "test": d.flag}
        body = d.object_of(**common, **KINDS[self.kind][0])(value)
        if self.kind == "roster":
            require((body["generation"] == 1) == ("previous" not in body), "malformed", "a first roster's predecessor")
        if self.kind == "warrant":
            require(rising([one.encode() for one in body["judges"]]), "malformed", "judges do not rise")
            require(body["notBefore"] <= body["notAfter"], "malformed", "it ends before it begins")
        if self.kind == "recovery":
            require(rising(body["releases"]), "malformed", "releases do not rise")
        return body

    def verify(self, roster):
        """Checks the signature that an entry of this kind has, of the roster or an ancestor."""
        roster = roster.generation_with_id(self.body["roster"])
        require(roster is not None, "other-roster")
        if self.signer == "store":
            self.note.require_signer(self.body["store"])
        elif self.signer:
            holder = self.body[self.signer]
            require(holder in roster.ids, "unknown-holder")
            self.note.require_signer(roster.key(holder))
        return self


def commitment(opening, warrant_digest):
    return sha256(b"key-escrow/v1 sealed", opening, warrant_digest)


def make_warrant_entry(warrant, opening, judges, logged):
    body = {
        "commitment": commitment(opening, warrant.digest).hex(),
        "judges": sorted(judges, key=str.encode),
        "kind": "warrant",
        "logged": d.time_text(logged),
        "maximumKeys": warrant.maximumKeys,
        "notAfter": d.time_text(warrant.notAfter),
        "notBefore": d.time_text(warrant.notBefore),
        "priority": warrant.priority,
        "recipient": warrant.recipient["holder"],
        "roster": warrant.roster.hex(),
        "test": warrant.test,
        "type": "key-escrow/v1 entry",
    }
    if warrant.jurisdiction is not None:
        body["jurisdiction"] = warrant.jurisdiction
    for name in ("notifyBy", "unsealAfter"):
        if getattr(warrant, name) is not None:
            body[name] = d.time_text(getattr(warrant, name))
    return (d.encode(body) + "\n").encode()


def make_answer_entry(release, priority, seed):
    """The entry of a release, signed by its holder."""
    body = {
        "answer": release.digest.hex(),
        "answered": d.time_text(release.answered),
        "entry": release.logIndex,
        "holder": release.holder,
        "keys": release.keys,
        "kind": "release",
        "priority": priority,
        "roster": release.roster.hex(),
        "test": release.test,
        "type": "key-escrow/v1 entry",
    }
    return d.sign(body, (release.holder, seed))


class WarrantProof:
    """A warrant's `.tlog-proof`: its extra is the opening, and the entry."""

    def __init__(self, data):
        self.proof = Proof(data)
        self.index = self.proof.index
        require(len(self.proof.extra) > 32, "malformed", "no opening and no entry")
        self.opening, self.leaf = self.proof.extra[:32], self.proof.extra[32:]
        self.entry = Entry(self.leaf)
        require(self.entry.kind == "warrant", "malformed", "not a warrant's entry")

    def verify(self, warrant, roster):
        """Checks 1 and 2: gives the witness time, None where no quorum is asked for."""
        require(roster.log is not None, "no-log")
        said = self.entry.body
        judges = said["judges"]
        ours = Entry(make_warrant_entry(warrant, self.opening, judges, said["logged"])).body
        require(said == ours and warrant.judges.issuperset(judges), "warrant-entry")
        checkpoint = self.proof.checkpoint.verify(roster.log["origin"], roster.log["vkey"])
        time = roster.witnesses.witness_time(checkpoint)
        leaf = leaf_hash(self.leaf)
        verify_inclusion(leaf, self.index, checkpoint.size, self.proof.hashes, checkpoint.root)
        return time


class Memory:
    """What a holder remembers of a log: its last checkpoint, revocations, and its own answers."""

    def __init__(self, roster):
        self.log, self.checkpoint, self.size, self.revocations, self.answers = roster.log, None, 0, [], []

    def follow(self, roster, holder, given, checkpoint, entries):
        """Takes in the log of now, here all its entries. `given` are the digests of the answers the holder has."""
        checkpoint = Checkpoint(checkpoint).verify(self.log["origin"], self.log["vkey"])
        leaves = list(map(leaf_hash, entries))
        require((checkpoint.size, checkpoint.root) == (len(leaves), root_of(leaves)), "log", "other entries")
        require_extends(checkpoint, self.checkpoint, leaves)
        keys = {one.key(holder) for one in [roster, *roster.ancestors] if holder in one.ids}
        revocations, answers = [], []
        for place, data in enumerate(entries):
            try:
                entry = Entry(data)
            except Failure:
                continue  # Somebody else's.
            if entry.kind == "revocation":
                revocations.append(entry)
            elif entry.kind in ("release", "refusal") and entry.body["holder"] == holder:
                try:
                    own = entry.note.signers(keys)
                except Failure:
                    continue
                if own:
                    require(entry.body["answer"] in given, "state-older", f"than entry {place}")
                    answers.append(entry)
        self.checkpoint, self.size = checkpoint, len(leaves)
        self.revocations, self.answers = revocations, answers
        return leaves


def require_extends(checkpoint, older, leaves):
    """A checkpoint extends an older one, by the proof that its leaves give."""
    if older is not None and older.size > 0:
        require(older.size <= checkpoint.size, "not-consistent")
        proof = consistency_proof(older.size, leaves)
        verify_consistency(older.size, older.root, checkpoint.size, checkpoint.root, proof)


def public_proof(proof, warrant, roster, holder, memory, given, checkpoint, entries, now):
    """All the checks of Public proof: gives the names of what was shown, and the witness time."""
    time = proof.verify(warrant, roster)
    if time is not None:
        require(time <= now + AHEAD, "witness-ahead")
        require(warrant.notBefore <= time <= warrant.notAfter, "witness-outside")
        require(now <= time + 3600 * roster.maximumWitnessAgeHours, "witness-stale")
    leaves = memory.follow(roster, holder, given, checkpoint, entries)
    require_extends(memory.checkpoint, proof.proof.checkpoint, leaves)
    for revocation in memory.revocations:
        body = revocation.body
        if body["warrant"] != warrant.digest and body["entry"] != proof.index or body["roster"] != roster.digest:
            continue
        try:
            revocation.verify(roster)
        except Failure:
            continue  # Nobody's.
        raise Failure("revoked", f"by {body['judge']}")
    return ["logged"] + ([] if time is None else ["witnessed"]) + ["not-revoked"], time

"""What a log holds of an escrow, and the proof without which nobody answers."""

from key_escrow import documents as d
from key_escrow import entries
from key_escrow import log as l
from key_escrow import warrant as w
from key_escrow.primitives import ed25519_public
from world import DAY, START, World

from .common import body_of, changed, document, secrets, signed
from .documents import POLICY

NOW = START + 2 * DAY


class Logged:
    """A warrant under a roster with a log, its entry the second of four, witnessed a minute later."""

    def __init__(self, name, **options):
        self.world = world = World(POLICY, secrets(name)).with_log(**options)
        world.add_roster(world.make_roster({"maximumSealedDays": 365}))
        unseal = d.time_text(START + 60 * DAY)
        self.body = world.warrant_body(
            [world.secret()], unsealAfter=unseal, jurisdiction="FR", type="key-escrow/v1 warrant"
        )
        self.by = [world.holders[one].signer for one in ("agency", "judge")]
        self.note = signed(self.body, *self.by)
        self.warrant = w.Warrant(self.note.encode()).verify(world.roster, NOW)
        self.opening = world.secret()
        self.roster_entry = self.text("roster", generation=1, holders=3, issued=d.time_text(START))
        world.append(self.roster_entry)
        self.index = world.log_warrant(self.warrant, self.opening, NOW - 3600)
        world.append(b"somebody else's entry")
        self.time = NOW - 3540
        self.times = [self.time + 10 * number for number in range(len(world.witnesses))]
        self.proof = world.prove(self.index, self.opening, *self.times)

    def members(self, kind, members):
        common = {"kind": kind, "roster": self.world.roster.digest.hex(), "test": True, "type": "key-escrow/v1 entry"}
        return common | members

    def text(self, kind, **members):
        return document(self.members(kind, members)).encode()

    def note_of(self, kind, signer, **members):
        return signed(self.members(kind, members), signer).encode()

    def answer(self, kind, holder="judge", signer=None, **members):
        members = {
            "answer": "1" * 64,
            "answered": d.time_text(NOW),
            "entry": self.index,
            "holder": holder,
            "priority": "routine",
        } | members
        return self.note_of(kind, signer or self.world.holders[holder].signer, **members)

    def revocation(self, signer=None, **members):
        members = {
            "entry": self.index,
            "judge": "judge",
            "revoked": d.time_text(NOW),
            "warrant": self.warrant.digest.hex(),
        } | members
        return self.note_of("revocation", signer or self.world.holders["judge"].signer, **members)

    def state(self, *more, answers=(), proof=None, warrant=None, now=NOW, size=None, checkpoint=None):
        """The log of now, with more entries behind those that there are."""
        given = [*self.world.entries[:size], *more]
        leaves = list(map(l.leaf_hash, given))
        checkpoint = checkpoint or l.make_checkpoint("log.example/test", leaves, self.world.log_seed)
        return {
            "warrant": warrant or self.note,
            "proof": (proof or self.proof).decode(),
            "now": now,
            "answers": list(answers),
            "checkpoint": checkpoint.decode(),
            "entries": [one.decode() for one in given],
        }


def entry_cases(file):
    logged = Logged("entries")
    world = logged.world
    judge, store = world.holders["judge"].signer, ("store", world.store)
    file.share(roster=world.notes[0])
    about = {"rosters": world.notes}
    time, digest = d.time_text(NOW), "2" * 64
    key = str(d.Key("store", ed25519_public(world.store)))
    sealed = body_of(world.entries[1].decode() + "\n\n")
    kinds = {
        "roster": (body_of(logged.roster_entry.decode() + "\n\n"), None),
        "deposits": (logged.members("deposits", {"counted": time, "root": digest, "sessions": 0, "store": key}), store),
        "warrant": (sealed, None),
        "release": (body_of(logged.answer("release", keys=2).decode()), judge),
        "refusal": (body_of(logged.answer("refusal", ground="privilege").decode()), judge),
        "revocation": (body_of(logged.revocation().decode()), judge),
        "recovery": (
            logged.members(
                "recovery",
                {"entry": 1, "holder": "agency", "keys": 0, "recovered": time, "releases": ["1" * 64, digest]},
            ),
            world.holders["agency"].signer,
        ),
        "unsealing": (
            logged.members(
                "unsealing",
                {"entry": 1, "notified": time, "opening": digest, "unsealed": time, "warrant": "1" * 64},
            ),
            None,
        ),
    }
    optional = {"jurisdiction", "notifyBy", "unsealAfter", "notified"}

    def made(body, signer):
        return signed(body, signer) if signer else document(body)

    def bad(name, body, signer, failure="malformed"):
        file.bad(name, "entry", about | {"entry": made(body, signer)}, failure)

    for kind, (body, signer) in kinds.items():
        file.good(f"an entry of a {kind}", "entry", about | {"entry": made(body, signer)}, kind=kind)
        for name in sorted(body):
            if name in optional or (kind, name) == ("refusal", "entry"):
                without = about | {"entry": made(changed(body, **{name: None}), signer)}
                file.good(f"a {kind}: without {name}", "entry", without)
            else:
                bad(f"a {kind}: without {name}", changed(body, **{name: None}), signer)
        bad(f"a {kind}: with another member", changed(body, comment="x"), signer)
        bad(f"a {kind}: of another roster", changed(body, roster="0" * 64), signer, "other-roster")
        if signer:
            file.bad(f"a {kind}: not signed", "entry", about | {"entry": document(body)}, "malformed")
            bad(f"a {kind}: signed by another key", body, (signer[0], world.secret()), "unsigned")
        else:
            bad(f"a {kind}: signed", body, judge)
    ceremony = changed(kinds["roster"][0], transcript=digest)
    file.good("a roster: of a ceremony", "entry", about | {"entry": document(ceremony)}, kind="roster")
    for kind, name, value in [
        ("roster", "transcript", "2" * 63),
        ("roster", "generation", 0),
        ("roster", "generation", 2),
        ("roster", "holders", 51),
        ("deposits", "store", key.replace("store", "shop")),
        ("warrant", "judges", []),
        ("warrant", "judges", ["agency"]),
        ("warrant", "judges", ["judge:b", "judge:a"]),
        ("warrant", "judges", ["judge", "judge"]),
        ("warrant", "maximumKeys", 0),
        ("warrant", "priority", "urgent"),
        ("warrant", "notAfter", d.time_text(START)),
        ("release", "keys", 0),
        ("release", "entry", 2**63 - 1),
        ("refusal", "ground", "tired"),
        ("revocation", "judge", "agency"),
        ("recovery", "releases", []),
        ("recovery", "releases", [digest, "1" * 64]),
        ("unsealing", "opening", "00" * 31),
    ]:
        body, signer = kinds[kind]
        bad(f"a {kind}: {name} {str(value)[:30]}", changed(body, **{name: value}), signer)
    body, signer = kinds["revocation"]
    bad("a kind that nobody knows", changed(body, kind="rumour"), signer)
    bad("another type", changed(body, type="key-escrow/v1 revocation"), signer)
    bad(
        "by a judge who is not on the roster",
        changed(body, judge="judge:x"),
        ("judge:x", world.secret()),
        "unknown-holder",
    )
    altered = signed(changed(body, entry=2), signer).split("\n\n")[0] + "\n\n" + signed(body, signer).split("\n\n")[1]
    file.bad("altered after it was signed", "entry", about | {"entry": altered}, "signature")
    file.bad("not UTF-8", "entry", about | {"entry": {"hex": "ff" + logged.roster_entry.hex()}}, "malformed")
    file.bad("nothing", "entry", about | {"entry": ""}, "malformed")


def proofs(file):
    logged = Logged("proofs")
    world = logged.world
    file.share(roster=world.notes[0], warrant=logged.note, proof=logged.proof.decode())
    about = {"rosters": world.notes, "warrant": logged.note}

    # The proof alone: what recovery asks for.
    def bad(name, proof, failure, **more):
        file.bad(f"a warrant's proof: {name}", "warrant-proof", about | {"proof": proof.decode()} | more, failure)

    def resealed(opening=logged.opening, **members):
        """The proof of an entry with other members, in a log that holds it."""
        other = Logged("proofs")
        entry = body_of(other.world.entries[1].decode() + "\n\n")
        other.world.entries[1] = document(changed(entry, **members)).encode()
        return other.world.prove(other.index, opening, *other.times)

    file.good(
        "a warrant's proof",
        "warrant-proof",
        about | {"proof": logged.proof.decode()},
        index="1",
        witnessTime=str(logged.time),
    )
    others = signed(logged.body, *logged.by, world.holders["provider"].signer)
    file.good("signed by others since", "warrant-proof", about | {"proof": logged.proof.decode(), "warrant": others})
    file.good(
        "the proof of an entry logged at another time",
        "warrant-proof",
        about | {"proof": resealed(logged=d.time_text(NOW)).decode()},
    )
    bad("another opening", resealed(opening=world.secret()), "warrant-entry")
    bad(
        "another warrant",
        logged.proof,
        "warrant-entry",
        warrant=signed(changed(logged.body, case="another"), *logged.by),
    )
    front, _, checkpoint = logged.proof.partition(b"\n\n")
    origin, size, _, rest = checkpoint.split(b"\n", 3)
    bad(
        "another warrant, and a checkpoint without a root",
        front + b"\n\n" + b"\n".join([origin, size, rest]),
        "malformed",
        warrant=signed(changed(logged.body, case="another"), *logged.by),
    )
    for name, value in [
        ("commitment", "0" * 64),
        ("recipient", "provider"),
        ("notBefore", d.time_text(START)),
        ("notAfter", d.time_text(START + 20 * DAY)),
        ("maximumKeys", 5),
        ("priority", "emergency"),
        ("jurisdiction", None),
        ("unsealAfter", None),
        ("notifyBy", d.time_text(START + 20 * DAY)),
        ("test", False),
        ("roster", "0" * 64),
        ("judges", ["judge", "judge:x"]),
    ]:
        bad(f"another {name}", resealed(**{name: value}), "warrant-entry")
    leaves = world.leaves()
    checkpoint = world.checkpoint(*logged.times)
    bad("nothing but a proof", l.make_proof(1, leaves, checkpoint), "malformed")
    bad("an opening and no entry", l.make_proof(1, leaves, checkpoint, logged.opening), "malformed")
    bad("an entry of another kind", world.prove(0, logged.opening, *logged.times), "malformed")
    bad("another index", l.make_proof(0, leaves, checkpoint, logged.opening + world.entries[1]), "not-included")
    bad("one witness of two", world.prove(1, logged.opening, logged.time), "quorum")
    bad("no witness", world.prove(1, logged.opening), "quorum")
    stranger = World(POLICY, secrets("stranger")).with_log()
    stranger.entries = world.entries
    bad("another log of the same name", stranger.prove(1, logged.opening, *logged.times), "unsigned")
    elsewhere = l.make_checkpoint("log.example/other", leaves, world.log_seed)
    bad("another origin", l.make_proof(1, leaves, elsewhere, logged.opening + world.entries[1]), "other-log")
    unlogged = World(POLICY, secrets("unlogged"))
    unlogged.add_roster(unlogged.make_roster())
    body = changed(logged.body, roster=unlogged.roster.digest.hex())
    by = [unlogged.holders[name].signer for name in ("agency", "judge")]
    bad("a roster without a log", logged.proof, "no-log", rosters=unlogged.notes, warrant=signed(body, *by))

    # The limit on sealing.
    by, at = logged.by, {"rosters": world.notes, "now": NOW}
    for days, failure in [(366, None), (367, "over-limit")]:
        text = signed(changed(logged.body, unsealAfter=d.time_text(START + days * DAY)), *by)
        if failure:
            file.bad("sealed for 366 days", "warrant", at | {"warrant": text}, failure)
        else:
            file.good("sealed for 365 days", "warrant", at | {"warrant": text})
    file.bad(
        "sealed for ever",
        "warrant",
        at | {"warrant": signed(changed(logged.body, unsealAfter=None), *by)},
        "over-limit",
    )

    # All of it: what a holder asks for.
    given = {"rosters": world.notes, "holder": "judge"}

    def asked(*states, **more):
        return given | {"states": list(states)} | more

    def good(name, *states, **result):
        file.good(name, "public-proof", asked(*states), **result)

    def refused(name, failure, *states, **more):
        file.bad(name, "public-proof", asked(*states, **more), failure)

    state = logged.state
    good("a public proof", state(), index="1", size="3", checked=["logged", "witnessed", "not-revoked"])
    good("the log went on", state(logged.text("roster", generation=1, holders=3, issued=d.time_text(NOW))), size="4")
    good("asked twice", state(), state(b"another"), size="4")
    good("witness time just in time", state(now=logged.time + 24 * 3600))
    good("witness time a little ahead", state(now=logged.time - 300))
    refused("by somebody who does not answer", "unknown-holder", state(), holder="agency:x")
    refused("witness time stale", "witness-stale", state(now=logged.time + 24 * 3600 + 1))
    refused("witness time ahead", "witness-ahead", state(now=logged.time - 301))

    def witnessed(*times):
        return world.prove(logged.index, logged.opening, *times)

    first, last = START + DAY, START + 10 * DAY
    early, late = witnessed(first - 1, first + 60), witnessed(last + 1, last + 60)
    refused("witnessed before the warrant's first second", "witness-outside", state(proof=early, now=first))
    refused("witnessed after the warrant's last second", "witness-outside", state(proof=late, now=last))
    good("one witness far ahead", state(proof=witnessed(logged.time, 2**63 - 1)), witnessTime=str(logged.time))
    refused("both witnesses far ahead", "witness-ahead", state(proof=witnessed(2**63 - 1, 2**63 - 1)))

    refused("the log was cut back", "not-consistent", state(size=2))
    refused("another past", "not-consistent", state(b"x"), state(b"y", b"z"))
    refused("the log was cut back since", "not-consistent", state(b"x", b"y"), state(b"x"))
    forged = l.make_checkpoint("log.example/test", world.leaves(), world.secret())
    refused("a checkpoint that the log did not sign", "unsigned", state(checkpoint=forged))
    elsewhere = l.make_checkpoint("log.example/other", world.leaves(), world.log_seed)
    refused("a checkpoint of another log", "other-log", state(checkpoint=elsewhere))

    revocation = logged.revocation()
    refused("revoked", "revoked", state(revocation))
    refused("revoked, seen before, and asked again", "revoked", state(revocation), state(revocation, b"x"))
    refused("revoked by digest, with another entry", "revoked", state(logged.revocation(entry=0)))
    refused("revoked by entry, with another digest", "revoked", state(logged.revocation(warrant="0" * 64)))
    good("another warrant is revoked", state(logged.revocation(entry=0, warrant="0" * 64)))
    good("revoked by somebody without the judge's key", state(logged.revocation(("judge", world.secret()))))
    good("a revocation altered", state(flipped(revocation)))
    good("revoked under another roster", state(logged.revocation(roster="0" * 64)))
    again = Logged("proofs")
    again.world.entries.append(revocation)
    index = again.world.log_warrant(again.warrant, again.world.secret(), NOW)
    opening = again.world.secret()
    again.world.entries[index] = entries.make_warrant_entry(again.warrant, opening, ["judge"], NOW)
    proof = again.world.prove(index, opening, *again.times)
    refused("revoked before it was logged once more", "revoked", again.state(proof=proof))
    refused(
        "the same, for a holder that knew the log",
        "revoked",
        again.state(proof=logged.proof, size=3),
        again.state(proof=proof),
    )

    answer = logged.answer("release", keys=1)
    refused("an answer of its own that it does not have", "state-older", state(answer))
    good("an answer of its own that it has", state(answer, answers=["1" * 64]))
    refused(
        "an answer of its own that it has no more",
        "state-older",
        state(answer, answers=["1" * 64]),
        state(answer, b"x"),
    )
    refused("a refusal of its own that it does not have", "state-older", state(logged.answer("refusal", ground="cap")))
    good("an answer of another holder", state(logged.answer("release", "agency", keys=1)))
    good(
        "an answer in its name, of another key",
        state(logged.answer("release", signer=("judge", world.secret()), keys=1)),
    )
    good("an answer in its name, altered", state(flipped(answer)))

    none = Logged("journal", count=0, quorum="quorum none", unwitnessed=True)
    file.good(
        "without witnesses",
        "public-proof",
        {"rosters": none.world.notes, "holder": "judge", "states": [none.state()]},
        checked=["logged", "not-revoked"],
    )
    three = Logged("three", count=3, quorum="group two 2 w0 w1 w2\nquorum two")
    file.good(
        "two witnesses of three",
        "public-proof",
        {"rosters": three.world.notes, "holder": "judge", "states": [three.state()]},
        witnessTime=str(three.times[1]),
    )


def flipped(note):
    """A note with one bit of its last signature flipped."""
    text, line = note.decode().rsplit(" ", 1)
    return f"{text} {line[:-5]}{'A' if line[-5] != 'A' else 'B'}{line[-4:]}".encode()

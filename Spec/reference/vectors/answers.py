"""Warrants, answers to them, and recovery."""

import bad as cheat
from key_escrow import cases as c
from key_escrow import deposit, release
from key_escrow import documents as d
from key_escrow import warrant as w
from key_escrow.primitives import ed25519_public, sha256, x25519_public
from world import DAY, START, World

from .common import body_of, changed, document, flip, secrets, signed
from .documents import POLICY

NOW = START + 2 * DAY
STATES = "or(and(judge:fr, agency:fr), and(judge:de, agency:de))"
CAPS = {"caps": [{"judges": 1, "keys": 100}, {"judges": 2, "keys": 1000}], "maximumDays": 10, "maximumKeys": 500}


def warrants(file):
    world = World(POLICY, secrets("warrants"))
    world.add_roster(world.make_roster())
    body = world.warrant_body(
        [world.secret(), world.secret()],
        epochs=(1, 9),
        authority="Tribunal judiciaire de Paris",
        jurisdiction="FR",
        offence="vol",
        notifyBy=d.time_text(START + 90 * DAY),
        unsealAfter=d.time_text(START + 60 * DAY),
        times=(START, START + DAY),
        type="key-escrow/v1 warrant",
    )
    agency, judge, provider = (world.holders[name].signer for name in ("agency", "judge", "provider"))
    note = signed(body, agency, judge)
    file.share(roster=world.notes[0], warrant=note)
    at = {"rosters": world.notes, "now": NOW}

    def good(name, body, by=(agency, judge), **more):
        file.good(name, "warrant", at | {"warrant": signed(body, *by)} | more)

    def bad(name, body, failure="malformed", by=(agency, judge), **more):
        file.bad(name, "warrant", at | {"warrant": signed(body, *by)} | more, failure)

    good("every member", body)
    good(
        "no optional member",
        changed(
            body,
            **{
                name: None
                for name in (
                    "authority",
                    "jurisdiction",
                    "offence",
                    "notifyBy",
                    "unsealAfter",
                    "scope__depositedFrom",
                    "scope__depositedTo",
                )
            },
        ),
    )
    good("an emergency", changed(body, priority="emergency"))
    good("the first second", body, now=START + DAY)
    good("the last second", body, now=START + 10 * DAY)
    good("one epoch", changed(body, scope__epochFrom=9))
    good("all epochs", changed(body, scope__epochFrom=0, scope__epochTo=2**64 - 1))
    good("signed by the provider too", body, (agency, judge, provider))
    good("a judge for itself", changed(body, recipient__holder="judge"), (judge,))
    file.good("for recovery, long after", "warrant", {"rosters": world.notes, "warrant": note}, judges=["judge"])

    optional = {"authority", "jurisdiction", "offence", "notifyBy", "unsealAfter"}
    for name in sorted(body.keys() - optional):
        bad(f"without {name}", changed(body, **{name: None}))
    for name in ("conversations", "depositedFrom", "depositedTo", "epochFrom", "epochTo"):
        bad(f"a scope without {name}", changed(body, **{f"scope__{name}": None}))
    for name in ("holder", "key"):
        bad(f"a recipient without {name}", changed(body, **{f"recipient__{name}": None}))
    conversations = body["scope"]["conversations"]
    for name, value in [
        ("comment", "x"),
        ("id", "6F0C2F8E-3B7A-4C55-9D1E-2A4B8C7D9E10"),
        ("id", "6f0c2f8e3b7a4c559d1e2a4b8c7d9e10"),
        ("id", ""),
        ("priority", "urgent"),
        ("maximumKeys", 0),
        ("maximumKeys", "1"),
        ("notAfter", d.time_text(START + DAY - 1)),
        ("scope__epochFrom", 10),
        ("scope__conversations", conversations[::-1]),
        ("scope__conversations", conversations[:1] * 2),
        ("scope__conversations", []),
        ("scope__depositedFrom", d.time_text(START + DAY + 1)),
        ("scope__conversations__0", conversations[0][2:]),
        ("scope__epochTo", 2**64),
        ("recipient__key", "00" * 32),
        ("recipient__holder", "mayor"),
        ("case", ""),
        ("test", 1),
        ("type", "key-escrow/v1 release"),
        ("type", "key-escrow/v2 warrant"),
        ("authority", 7),
    ]:
        shown = (
            "the same twice"
            if value == conversations[:1] * 2
            else "in falling order"
            if value == conversations[::-1]
            else str(value)[:50]
        )
        bad(f"{name.replace('__', '.')}: {shown}", changed(body, **{name: value}))

    bad("another roster", changed(body, roster="0" * 64), "other-roster")
    bad("a recipient who is not on the roster", changed(body, recipient__holder="agency:x"), "unknown-holder")
    bad("its recipient did not sign", body, "recipient-unsigned", (judge,))
    bad(
        "another agency's signature for the recipient's",
        body,
        "recipient-unsigned",
        (("agency", world.secret()), judge),
    )
    bad(
        "a sealing key for a one-time key",
        changed(body, recipient__key=world.holders["provider"].record()["sealingKey"]),
        "key-reused",
    )
    bad("no judge signed", body, "no-judge", (agency, provider))
    bad("nobody's judge signed", body, "no-judge", (agency, ("judge", world.secret())))
    bad("not for tests under a test roster", changed(body, test=False), "test-flag")
    bad("too early", body, "not-yet-valid", now=START + DAY - 1)
    bad("too late", body, "expired", now=START + 10 * DAY + 1)
    altered = document(changed(body, maximumKeys=999_999)) + note[note.rindex("\n\n") + 1 :]
    file.bad("altered after it was signed", "warrant", at | {"warrant": altered}, "signature")
    wrong = note + d.signature_line("another text\n", *provider)
    file.bad("a wrong line of a holder who need not sign", "warrant", at | {"warrant": wrong}, "signature")
    for holder in ("judge", "provider", "agency"):
        good(f"{holder} may answer", body, holder=holder)
    bad("somebody else may not answer", body, "unknown-holder", holder="agency:x")

    # Who answers under two states.
    world = World(STATES, secrets("states"))
    world.add_roster(world.make_roster())
    body = world.warrant_body([world.secret()], recipient="agency:fr", type="key-escrow/v1 warrant")
    signer = {name: holder.signer for name, holder in world.holders.items()}
    at = {"rosters": world.notes, "now": NOW}
    file.share(states=world.notes[0])
    for judges, answering in [
        (["judge:fr"], ["judge:fr", "agency:fr"]),
        (["judge:de"], ["judge:de", "agency:de"]),
        (["judge:fr", "judge:de"], ["judge:fr", "agency:fr", "judge:de", "agency:de"]),
    ]:
        for holder in world.policy.holders:
            name, by = (
                f"signed by {' and '.join(judges)}: {holder}",
                [signer["agency:fr"], *(signer[one] for one in judges)],
            )
            if holder in answering:
                good(name + " answers", body, by, holder=holder)
            else:
                bad(name + " does not answer", body, "judges-missing", by, holder=holder)

    # Limits.
    world = World("and(thresh(1, judge:a, judge:b), agency)", secrets("limits"))
    world.add_roster(world.make_roster(CAPS))
    signer = {name: holder.signer for name, holder in world.holders.items()}
    body = world.warrant_body([world.secret()], maximum=100, type="key-escrow/v1 warrant")
    at = {"rosters": world.notes, "now": NOW}
    file.share(limited=world.notes[0])
    one, two = (signer["agency"], signer["judge:a"]), tuple(signer.values())
    good("one judge up to the first cap", body, one)
    good("two judges above it", changed(body, maximumKeys=500), two)
    bad("one judge above it", changed(body, maximumKeys=101), "cap", one)
    bad("above the last cap", changed(body, maximumKeys=1001), "over-limit", two)
    bad("above the roster's maximum", changed(body, maximumKeys=501), "over-limit", two)
    good("as many days as the roster allows", changed(body, notAfter=d.time_text(START + 11 * DAY)), one)
    bad("a second more", changed(body, notAfter=d.time_text(START + 11 * DAY + 1)), "over-limit", one)
    world = World("and(thresh(2, judge:a, judge:b, judge:c), agency)", secrets("two judges"))
    world.add_roster(world.make_roster())
    signer = {name: holder.signer for name, holder in world.holders.items()}
    body, at = world.warrant_body([world.secret()], type="key-escrow/v1 warrant"), {"rosters": world.notes, "now": NOW}
    file.share(judges=world.notes[0])
    bad("one judge of the two that the policy asks for", body, "judges-missing", (signer["agency"], signer["judge:b"]))
    good("two judges of three", body, (signer["agency"], signer["judge:b"], signer["judge:c"]))
    bad(
        "the third judge does not answer",
        body,
        "judges-missing",
        (signer["agency"], signer["judge:b"], signer["judge:c"]),
        holder="judge:a",
    )


def texts(file):
    world = World(POLICY, secrets("texts"))
    world.add_roster(world.make_roster())
    by = [world.holders[name].signer for name in ("agency", "judge")]
    body = world.warrant_body([world.secret()], type="key-escrow/v1 warrant")
    file.share(roster=world.notes[0])
    for text in [
        "2027/0042",
        "x",
        "Straße des 17. Juni",
        "Œuvre d’art, n° 12",
        "案件二〇二七",
        "قضیهٔ می\u200cخواهم",
        "क्\u200dष",
        "👁",
        "a\u00a0b",
        '"\\/',
        "x" * 512,
        "é" * 256,
    ]:
        given = {"rosters": world.notes, "now": NOW, "warrant": signed(changed(body, case=text), *by)}
        file.good(f"case {text[:40]!a}", "warrant", given)
    for name, text in [
        ("nothing", ""),
        ("513 bytes", "x" * 513),
        ("257 letters of two bytes", "é" * 257),
        ("not in form C", "e\u0301"),
        ("Angstrom for A with ring", "\u212b"),
        ("a space before", " x"),
        ("a space after", "x "),
        ("a no-break space after", "x\u00a0"),
        ("an ideographic space before", "\u3000x"),
        ("DEL", "x\x7fx"),
        ("a control character of Latin-1", "x\x85x"),
        ("right-to-left override", "x\u202ex"),
        ("left-to-right isolate", "x\u2066x"),
        ("right-to-left mark", "x\u200fx"),
        ("Arabic letter mark", "x\u061cx"),
        ("zero width space", "x\u200bx"),
        ("word joiner", "x\u2060x"),
        ("byte order mark", "x\ufeffx"),
        ("soft hyphen", "x\u00adx"),
        ("combining grapheme joiner", "x\u034fx"),
        ("Hangul filler", "x\u3164x"),
        ("Hangul choseong filler", "x\u115fx"),
        ("halfwidth Hangul filler", "x\uffa0x"),
        ("Khmer inherent vowel", "x\u17b4x"),
        ("Mongolian vowel separator", "x\u180ex"),
        ("variation selector 16", "x\ufe0fx"),
        ("variation selector 17", "x\U000e0100x"),
        ("a tag", "x\U000e0041x"),
        ("line separator", "x\u2028x"),
        ("paragraph separator", "x\u2029x"),
        ("private use", "x\ue000x"),
        ("plane 15", "x\U000f0000x"),
        ("a noncharacter", "x\uffffx"),
        ("unassigned", "x\u0378x"),
        ("interlinear annotation", "x\ufff9x"),
    ]:
        given = {"rosters": world.notes, "now": NOW, "warrant": signed(changed(body, case=text), *by)}
        file.bad(name, "warrant", given, "malformed")


class Escrow:
    """Two deposits of one session, a warrant for some of their keys, and every holder's answer."""

    def __init__(self, name, logged=False):
        self.world = world = World(POLICY, secrets(name))
        if logged:
            world.with_log()
        world.add_roster(world.make_roster())
        self.a, self.b, self.other = world.secret(), world.secret(), world.secret()
        self.records = [
            [
                (self.a, 1, world.secret()),
                (self.other, 1, world.secret()),
                (self.b, 5, world.secret()),
                (self.a, 2, world.secret()),
            ],
            [(self.a, 3, world.secret()), (self.a, 1, world.secret())],
        ]
        world.add_submission(world.make_submission([(START, self.records[0]), (START + 60, self.records[1])]))
        self.body = world.warrant_body([self.a, self.b], epochs=(1, 9), type="key-escrow/v1 warrant")
        self.by = [world.holders[name].signer for name in ("agency", "judge")]
        self.note = signed(self.body, *self.by)
        self.warrant = w.Warrant(self.note.encode()).verify(world.roster, NOW)
        if logged:
            opening = world.secret()
            world.append(b"somebody else's entry")
            self.warrant.log_index = world.log_warrant(self.warrant, opening, NOW)
            self.proof = world.prove(self.warrant.log_index, opening, NOW, NOW).decode()
        self.files = {name: self.release(name) for name in world.holders}

    def views(self, name, **more):
        given = c.Input(self.world.given() | more)
        return list(c.holder_views(given, self.warrant, self.world.roster, name))

    def release(self, name, views=None):
        world = self.world
        holder = world.holders[name]
        given = c.Input({"now": NOW})
        return c.make_release(
            given, world.roster, self.warrant, c.Input(holder.given()), views or self.views(name), [world.secret()]
        )

    def expected(self):
        chosen = [r for some in self.records for r in some if r[0] != self.other]
        return sorted((deposit.locator(conversation, epoch) + key).hex() for conversation, epoch, key in chosen)

    def rebuilt(self, file, change=None, signer=None, **members):
        """A release or extract with other chunks or members, its table made right and signed again."""
        note, rest = d.split_bulk(file)
        body = body_of(note.decode())
        entries = [d.Entry(rest[76 * i : 76 * i + 76]) for i in range(body["chunks"])]
        at, parts = 76 * body["chunks"], []
        for entry in entries:
            parts.append([entry.subject, entry.records, rest[at : at + entry.size], entry.digest, entry.encapsulation])
            at += entry.size
        if change:
            change(parts)
        table = b"".join(d.Entry.make(*part) for part in parts)
        body = changed(body, **({"table": sha256(table).hex(), "chunks": len(parts)} | members))
        signer = signer or self.world.holders[body["holder"]].signer
        return signed(body, signer).encode() + d.SEPARATOR + table + b"".join(part[2] for part in parts)


def releases(file):
    escrow = Escrow("releases")
    world = escrow.world
    judge = escrow.files["judge"]
    given = {"rosters": world.notes, "warrant": escrow.note}
    file.share(roster=world.notes[0], warrant=escrow.note, sessions=world.sessions, release=judge.hex())
    for name, one in escrow.files.items():
        file.good(f"the release of {name}", "release", given | {"release": one.hex()}, holder=name, records=5, keys=4)

    def bad(name, data, failure="malformed"):
        file.bad(name, "release", given | {"release": data.hex()}, failure)

    note, rest = d.split_bulk(judge)
    body, signer = body_of(note.decode()), world.holders["judge"].signer
    tail = d.SEPARATOR + rest
    for name in sorted(body):
        bad(f"without {name}", signed(changed(body, **{name: None}), signer).encode() + tail)
    for name, value in [
        ("comment", "x"),
        ("chunks", 0),
        ("chunks", 2**20 + 1),
        ("checked", []),
        ("checked", ["In Force"]),
        ("checked", ["x"] * 65),
        ("encapsulations", []),
        ("encapsulations", body["encapsulations"] * 2),
        ("encapsulations__0__encapsulation", "00" * 31),
        ("holder", "mayor"),
        ("recipientKey", "00" * 32),
        ("keys", -1),
        ("records", 6),
    ]:
        text = (
            signed(changed(body, **{name: value}), signer)
            if value != -1
            else signed(body, signer).replace('"keys": 4', '"keys": -1')
        )
        bad(f"{name.replace('__', '.')}: {str(value)[:40]}", text.encode() + tail)
    bad("no separator", note + rest)
    bad("another separator", note + tail.replace(b"v1 chunks", b"v2 chunks"))
    bad("cut off in its table", judge[: len(note) + 29 + 100])
    bad("cut off in a chunk", judge[:-1])
    bad("a byte too many", judge + b"\0")
    bad("a table altered", note + d.SEPARATOR + bytes([rest[0] ^ 1]) + rest[1:], "chunk")
    bad(
        "by nobody on the roster",
        escrow.rebuilt(judge, holder="judge:x", signer=("judge:x", world.secret())),
        "unknown-holder",
    )
    bad("signed by another", escrow.rebuilt(judge, signer=world.holders["agency"].signer), "unsigned")
    bad("another warrant", escrow.rebuilt(judge, warrant="0" * 64), "other-warrant")
    bad("another roster", escrow.rebuilt(judge, roster="0" * 64), "other-warrant")
    bad(
        "another recipient's key",
        escrow.rebuilt(judge, recipientKey=x25519_public(world.secret()).hex()),
        "other-warrant",
    )
    bad("another test flag", escrow.rebuilt(judge, test=False), "other-warrant")

    def twice(parts):
        parts.append(list(parts[0]))

    def empty(parts):
        parts[0][1] = 0

    def long(parts):
        parts[0][2] += b"\0"

    def elsewhere(parts):
        parts[0][4] = 1

    def not_sealed(parts):
        front, reason = parts[0][2][: 64 + 44 * parts[0][1]], b"\0\2"
        parts[0][2:] = [front + reason, sha256(sha256(front), reason), release.NOT_SEALED]

    def not_sealed_alone(parts):
        not_sealed(parts)
        del parts[1:]

    def both(parts):
        parts.append(list(parts[0]))
        not_sealed(parts)

    def not_sealed_twice(parts):
        not_sealed(parts)
        parts.append(list(parts[0]))

    def not_sealed_and_long(parts):
        not_sealed(parts)
        parts[0][2] += b"\0"

    file.good(
        "records passed over",
        "release",
        given | {"release": escrow.rebuilt(judge, not_sealed, records=2, passedOver=3).hex()},
        passedOver=3,
        records=2,
    )
    file.good(
        "a deposit of which some records are passed over",
        "release",
        given | {"release": escrow.rebuilt(judge, both, passedOver=3).hex()},
    )
    bad("every record passed over", escrow.rebuilt(judge, not_sealed_alone, records=0, passedOver=3))
    bad("records passed over, and not counted", escrow.rebuilt(judge, not_sealed, records=2))
    bad("records passed over, and counted as released", escrow.rebuilt(judge, not_sealed, passedOver=3))
    bad("records passed over in two chunks", escrow.rebuilt(judge, not_sealed_twice, records=2, passedOver=6))
    bad("records passed over at length", escrow.rebuilt(judge, not_sealed_and_long, records=2, passedOver=3))
    bad("a deposit with two chunks", escrow.rebuilt(judge, twice, records=8))
    bad("a chunk without records", escrow.rebuilt(judge, empty, records=2))
    bad("a chunk of another size", escrow.rebuilt(judge, long))
    bad("a chunk under an encapsulation that is not there", escrow.rebuilt(judge, elsewhere))

    bad("an entry of a log where there is none", escrow.rebuilt(judge, logIndex=0), "log-index")

    logged = Escrow("logged", logged=True)
    one, proof = logged.files["judge"], {"proof": logged.proof}
    file.share(logged=logged.world.notes[0], loggedWarrant=logged.note, proof=logged.proof, loggedRelease=one.hex())
    about = {"rosters": logged.world.notes, "warrant": logged.note}
    file.good("a logged warrant's release", "release", about | proof | {"release": one.hex()}, records=5)
    file.bad("a logged warrant's release without the proof", "release", about | {"release": one.hex()}, "proof-missing")
    for name, value in [("another entry", 0), ("no entry", None)]:
        spoilt = logged.rebuilt(one, logIndex=value)
        file.bad(f"a release that names {name}", "release", about | proof | {"release": spoilt.hex()}, "log-index")
    for value in (2**63 - 1, 2**64 - 1):
        spoilt = logged.rebuilt(one, logIndex=value)
        file.bad(
            f"a release that names entry {value}", "release", about | proof | {"release": spoilt.hex()}, "malformed"
        )
    answers = {"releases": [logged.files[name].hex() for name in ("judge", "agency")]}
    question = logged.world.given(warrant=logged.note, recipientKey=logged.world.recipient_key.hex()) | answers
    file.good("recovery of a logged warrant", "recover", question | proof, records=logged.expected())
    file.bad("recovery of a logged warrant without the proof", "recover", question, "proof-missing")
    other = signed(changed(logged.body, case="another"), *logged.by)
    file.bad("recovery with another warrant's proof", "recover", question | proof | {"warrant": other}, "warrant-entry")

    # Refusals.
    refusal = {
        "answered": d.time_text(NOW),
        "ground": "not-in-force",
        "holder": "judge",
        "reason": "The warrant begins on 1 February.",
        "roster": world.roster.digest.hex(),
        "type": "key-escrow/v1 refusal",
        "warrant": escrow.warrant.digest.hex(),
    }
    about = {"rosters": world.notes, "warrant": escrow.warrant.digest.hex()}
    for ground in release.GROUNDS:
        file.good(
            f"a refusal: {ground}",
            "refusal",
            about | {"refusal": signed(changed(refusal, ground=ground), signer)},
            ground=ground,
        )
    file.good(
        "a refusal of 2,048 bytes", "refusal", about | {"refusal": signed(changed(refusal, reason="x" * 2048), signer)}
    )
    for name in sorted(refusal):
        file.bad(
            f"a refusal without {name}",
            "refusal",
            about | {"refusal": signed(changed(refusal, **{name: None}), signer)},
            "malformed",
        )
    for name, value, failure in [
        ("ground", "tired", "malformed"),
        ("reason", "x" * 2049, "malformed"),
        ("reason", "", "malformed"),
        ("warrant", "0" * 64, "other-warrant"),
        ("roster", "0" * 64, "other-warrant"),
        ("holder", "judge:x", "unknown-holder"),
    ]:
        file.bad(
            f"a refusal: {name} {str(value)[:10]!r}",
            "refusal",
            about | {"refusal": signed(changed(refusal, **{name: value}), signer)},
            failure,
        )
    file.bad(
        "a refusal by another holder",
        "refusal",
        about | {"refusal": signed(refusal, world.holders["agency"].signer)},
        "unsigned",
    )

    # Extracts.
    made = {
        name: release.make_extract(escrow.warrant, name, escrow.views(name), START + DAY, world.store)
        for name in world.holders
    }
    store, extract = ("store", world.store), made["judge"]
    file.share(extract=extract.hex(), judge=[world.holders["judge"].given()])
    given = {"rosters": world.notes, "warrant": escrow.note, "now": NOW, "holder": [world.holders["judge"].given()]}
    for name, one in made.items():
        file.good(
            f"{name} answers from an extract",
            "extract",
            given | {"extract": one.hex(), "holder": [world.holders[name].given()]},
            records=5,
            keys=4,
            chunks=2,
        )

    def bad(name, data, failure="malformed", **more):
        file.bad(f"an extract {name}", "extract", given | {"extract": data.hex()} | more, failure)

    body = body_of(d.split_bulk(extract)[0].decode())
    for name in sorted(body):
        bad(
            f"without {name}",
            escrow.rebuilt(extract, signer=store, **{name: None})
            if name not in ("table", "chunks")
            else signed(changed(body, **{name: None}), store).encode() + d.SEPARATOR + d.split_bulk(extract)[1],
        )
    bad("that counts another number of records", escrow.rebuilt(extract, signer=store, records=6))
    bad("signed by another store", escrow.rebuilt(extract, signer=("store", world.secret())), "unsigned")
    bad(
        "whose key is not named store",
        escrow.rebuilt(extract, signer=store, store=str(d.Key("shop", ed25519_public(world.store)))),
    )
    bad("cut off", extract[:-1])
    bad("with a byte too many", extract + b"\0")
    note, rest = d.split_bulk(extract)
    bad("with an altered table", note + d.SEPARATOR + bytes([rest[1] ^ 1]) + rest[1:], "chunk")
    for name, at in [("its last record", -1), ("its session", 76 * 3 + 10)]:
        spoilt = bytearray(extract)
        spoilt[at if at < 0 else len(note) + len(d.SEPARATOR) + at] ^= 1
        bad(f"with {name} altered on the way", bytes(spoilt), "chunk")

    def in_chunk(index, at, value):
        def change(parts):
            data = bytearray(parts[index][2])
            at_ = at % len(data)
            data[at_ : at_ + len(value)] = value
            parts[index][2], parts[index][3] = bytes(data), sha256(bytes(data))

        return change

    n, m = 4, 3
    tags_at = 104 + 32 + 2 + 32 + 64 * m
    for name, change, failure in [
        ("of another deposit version", in_chunk(1, 8, b"\0\2"), "malformed"),
        ("that lists a position behind the last", in_chunk(1, -44, (4).to_bytes(4, "big")), "malformed"),
        ("whose positions do not rise", in_chunk(1, -44, (0).to_bytes(4, "big")), "malformed"),
        ("with row 0", in_chunk(1, 136, b"\0\0"), "malformed"),
        ("with row 4", in_chunk(1, 136, b"\0\4"), "malformed"),
        ("with another deposit's digest", in_chunk(1, 104, b"\0\0"), "digest"),
        ("with another tag", in_chunk(1, tags_at, b"\0\0"), "digest"),
        ("with another digest of C", in_chunk(1, 138, b"\0\0"), "digest"),
        ("with another share digest", in_chunk(1, tags_at + 16 * n, b"\0\0"), "digest"),
        ("with another sealed column", in_chunk(1, tags_at + 32 * n, b"\0\0"), "digest"),
        ("that lists another epoch", in_chunk(1, -1, b"\3"), "tag"),
        ("that lists an epoch out of scope", in_chunk(1, -1, b"\x0f"), "out-of-scope"),
        ("that lists a conversation out of scope", in_chunk(1, -40, b"\0"), "out-of-scope"),
    ]:
        bad(name, escrow.rebuilt(extract, change, signer=store), failure)


def recovery(file):
    escrow = Escrow("recovery")
    world, files = escrow.world, escrow.files
    given = world.given(warrant=escrow.note, recipientKey=world.recipient_key.hex())
    file.share(
        rosters=world.notes,
        sessions=world.sessions,
        deposits=world.deposits,
        warrant=escrow.note,
        **{name: one.hex() for name, one in files.items()},
    )
    everything = escrow.expected()
    file.share(recipientKey=world.recipient_key.hex())

    def from_(*releases, **more):
        return given | {"releases": [one.hex() for one in releases]} | more

    def good(name, question, records=everything, faults=(), missing=0):
        file.good(name, "recover", question, records=sorted(records), faults=sorted(faults), missing=missing)

    judge, provider, agency = files["judge"], files["provider"], files["agency"]
    good("judge and agency", from_(judge, agency))
    good("judge and provider", from_(judge, provider))
    good("agency and judge", from_(agency, judge))
    good("all three", from_(judge, provider, agency))
    for name, releases in [
        ("nobody", []),
        ("the judge alone", [judge]),
        ("the agency alone", [agency]),
        ("provider and agency", [provider, agency]),
    ]:
        file.bad(name, "recover", from_(*releases), "quorum")
    file.bad("two answers of one holder", "recover", from_(judge, judge, agency), "other-warrant")
    file.bad(
        "another one-time key", "recover", from_(judge, agency, recipientKey=world.secret().hex()), "recipient-key"
    )
    file.bad(
        "a warrant that no judge signed",
        "recover",
        from_(judge, agency, warrant=signed(escrow.body, escrow.by[0])),
        "no-judge",
    )

    # Holders that cheat.
    def altered(name, change):
        """The release of a holder with its first chunk made anew: change(front, shares) alters both in place."""
        honest = release.Release(files[name]).verify(escrow.warrant, world.roster)
        chunk = next(iter(honest.read_chunks()))
        front = bytearray(chunk.deposit + chunk.public_digest + chunk.record_list)
        shares = bytearray(honest.open(chunk, world.recipient_key))
        change(front, shares)
        body = honest.contexts[0].seal(0, sha256(bytes(front)), bytes(shares))

        def put(parts):
            parts[0][2], parts[0][3] = bytes(front) + body, sha256(sha256(bytes(front)), body)

        return escrow.rebuilt(files[name], put)

    def at(place, index):
        def change(front, shares):
            (front if place == "front" else shares)[index] ^= 1

        return change

    second = sorted((deposit.locator(x, y) + key).hex() for x, y, key in escrow.records[1])
    wrong_share = altered("agency", at("shares", 0))
    first_record = (deposit.locator(*escrow.records[0][0][:2]) + escrow.records[0][0][2]).hex()
    good(
        "a wrong share",
        from_(judge, wrong_share),
        [one for one in everything if one != first_record],
        ["agency: share-digest"],
        1,
    )
    good("a wrong share that is not needed", from_(judge, wrong_share, provider))
    good(
        "a wrong share, and a way around it",
        from_(judge, agency, altered("provider", at("shares", 0))),
        everything,
        ["provider: share-digest"],
    )
    good(
        "a wrong share of the one who is in every set",
        from_(altered("judge", at("shares", 0)), agency, provider),
        [one for one in everything if one != first_record],
        ["judge: share-digest"],
        1,
    )
    for name, change, fault in [
        ("another public digest", at("front", 32), "public-digest"),
        ("another deposit's digest", at("front", 0), "chunk"),
        ("a position that is behind the last", at("front", 64), "chunk"),
        ("another position", at("front", 67), "tag"),
        ("another conversation", at("front", 68), "tag"),
        ("another epoch", at("front", 107), "tag"),
    ]:
        good(
            name + ", and a way around it",
            from_(judge, altered("agency", change), provider),
            everything,
            ["agency: " + fault],
        )
        culprit = "nobody: store-columns" if fault == "public-digest" else "agency: " + fault
        good(name, from_(judge, altered("agency", change)), second, [culprit], 3)
    unopened = escrow.rebuilt(agency, lambda parts: parts[0].__setitem__(slice(2, 4), _spoil(parts[0])))
    good("a chunk that does not open", from_(judge, unopened), second, ["agency: does-not-open"], 3)
    zero = escrow.rebuilt(agency, encapsulations__0__encapsulation="00" * 32)
    good("an encapsulation that cannot be set up", from_(judge, zero), [], ["agency: does-not-open"], 5)
    good(
        "an encapsulation that cannot be set up, and a way around it",
        from_(judge, zero, provider),
        everything,
        ["agency: does-not-open"],
    )
    elsewhere = escrow.rebuilt(agency, encapsulations__0__roster="0" * 64)
    good("an encapsulation for another roster", from_(judge, elsewhere), [], ["agency: other-warrant"], 5)
    on_the_way = agency[:-1] + bytes([agency[-1] ^ 1])
    good(
        "a chunk altered on the way",
        from_(judge, on_the_way),
        [one for one in everything if one not in second],
        ["agency: chunk"],
        2,
    )

    views = escrow.views("agency")
    views[0][1].records = views[0][1].records[1:]
    shorter = escrow.release("agency", views)
    good(
        "a record that one of two leaves out",
        from_(judge, shorter),
        [one for one in everything if one != first_record],
        [],
        1,
    )
    good("a record that one of three leaves out", from_(judge, shorter, provider))
    good(
        "a deposit that one of two leaves out",
        from_(judge, escrow.release("agency", escrow.views("agency")[1:])),
        second,
        [],
        3,
    )
    wide = w.Warrant(
        signed(
            changed(
                escrow.body,
                scope__epochTo=99,
                scope__conversations=sorted([escrow.a.hex(), escrow.b.hex(), escrow.other.hex()]),
            ),
            *escrow.by,
        ).encode()
    )
    views = [
        (
            session,
            release.View.of(
                deposit.Deposit(bytes.fromhex(item["deposit"])),
                3,
                [
                    (p, one[:32], int.from_bytes(one[32:], "big"))
                    for p, one in enumerate(deposit.cut(bytes.fromhex(item["locators"]), 40))
                ],
            ),
        )
        for (session, _), item in zip(views, world.deposits)
    ]
    greedy = _out_of_scope(escrow, wide, views)
    good("records out of scope", from_(judge, greedy, provider), everything, ["agency: other-warrant"], 1)

    # Stores that lie.
    items = world.deposits
    filed = [deposit.Deposit(bytes.fromhex(item["deposit"])).digest.hex() for item in items]

    def lying(index, at, value=None):
        data = (
            flip(items[index]["deposit"], at)
            if value is None
            else items[index]["deposit"][: 2 * at] + value + items[index]["deposit"][2 * (at + len(value) // 2) :]
        )
        return [
            item | {"deposit": data, "filedUnder": filed[index]} if i == index else item for i, item in enumerate(items)
        ]

    for name, where in [
        ("tags", 104),
        ("commitments", 104 + 64),
        ("share digests", 104 + 192),
        ("time", 39),
        ("previous", 72),
    ]:
        good(f"other {name}", from_(judge, agency, deposits=lying(0, where)), second, ["store: store-columns"], 3)
    good(
        "another session in the header",
        from_(judge, agency, deposits=lying(0, 40)),
        second,
        ["store: store-columns"],
        3,
    )
    good("another sealed column, which nobody reads", from_(judge, agency, deposits=lying(0, -1)))
    good("a deposit is missing", from_(judge, agency, deposits=items[1:]), second, ["store: store-columns"], 3)
    good("the session is missing", from_(judge, agency, sessions=[]), [], ["store: store-columns"], 5)
    good(
        "other tags, and one holder who agrees with the others no more",
        from_(judge, altered("agency", at("front", 32)), deposits=lying(0, 104)),
        second,
        ["nobody: store-columns"],
        3,
    )

    # A depositor that cheats: the agency passes over what it cannot open, and everything else comes out.
    for what, kind in [
        ("share digest", "share-digest"),
        ("sealed share", "share-digest"),
        ("sealed column", "sealed-column"),
        ("confirmation", "confirmation"),
    ]:
        depositor = cheat.unconfirmed(world, 2) if what == "confirmation" else world.open_session()
        chains = list(depositor.chain_keys)
        made = deposit.make_deposit(depositor, escrow.records[1], START)
        if what != "confirmation":
            made = cheat.rig(made, chains, 3, 1, what)
        session = depositor.session
        item = {"deposit": made.bytes.hex(), "locators": world.locators(escrow.records[1]).hex()}
        records = [(position, one, epoch) for position, (one, epoch, _) in enumerate(escrow.records[1])]
        rigged = {
            name: [(session, release.View.of(made, world.roster.row(name), records))]
            for name in ("judge", "provider", "agency")
        }
        alone = {"sessions": [session.bytes.decode()], "deposits": [item]}
        together = {
            "sessions": [*world.sessions, session.bytes.decode()],
            "deposits": [*world.deposits, item],
        }
        answers = {name: escrow.release(name, escrow.views(name) + views) for name, views in rigged.items()}
        good(
            f"a wrong {what} for the agency does not touch the others",
            from_(*(escrow.release(name, rigged[name]) for name in ("judge", "provider")), **alone),
            second,
        )
        passed_over = 1 if kind == "share-digest" else 2
        rest = [one for one in second if not one.startswith(_first(escrow))]
        good(
            f"a wrong {what} for the agency, which passes it over",
            from_(answers["judge"], answers["agency"], **together),
            everything + (rest if kind == "share-digest" else []),
            [f"depositor: {kind}"],
            passed_over,
        )
        good(
            f"a wrong {what} for the agency, and a way around it",
            from_(answers["judge"], answers["agency"], answers["provider"], **together),
            everything + second,
            [f"depositor: {kind}"],
        )
        extract = {
            "rosters": world.notes,
            "warrant": escrow.note,
            "now": NOW,
            "holder": [world.holders["agency"].given()],
        }

        def extracted(views):
            return release.make_extract(escrow.warrant, "agency", views, START + DAY, world.store).hex()

        both = extract | {"extract": extracted(escrow.views("agency") + rigged["agency"])}
        file.good(
            f"the agency passes over a wrong {what}", "extract", both, records=7 - passed_over, passedOver=passed_over
        )
        only = extract | {"extract": extracted(rigged["agency"])}
        if kind == "share-digest":
            file.good(
                f"of a deposit with a wrong {what} the rest is answered", "extract", only, records=1, passedOver=1
            )
        else:
            file.bad(f"of a deposit with a wrong {what} nothing is answered", "extract", only, kind)
    unknown = answers["agency"]
    reason = escrow.rebuilt(unknown, lambda parts: _reason(parts, b"\0\4"))
    good(
        "records passed over for a reason that is none",
        from_(answers["judge"], reason, **together),
        everything,
        ["agency: chunk"],
        2,
    )

    # Certificates against a holder.
    about = given | {"deposit": items[0]["deposit"]}
    for name, one, kind in [
        ("a wrong share", wrong_share, "share-digest"),
        ("a chunk that does not open", unopened, "does-not-open"),
        ("an encapsulation that cannot be set up", zero, "does-not-open"),
        ("a position behind the last", altered("agency", at("front", 64)), "chunk"),
    ]:
        file.good(
            f"the recipient convicts of {name}",
            "recipient-certificate",
            about | {"release": one.hex()},
            convicted="agency",
            of=kind,
        )
    file.bad(
        "the recipient convicts an honest holder",
        "recipient-certificate",
        about | {"release": agency.hex()},
        "unfounded",
    )
    file.bad(
        "about another deposit",
        "recipient-certificate",
        about | {"release": wrong_share.hex(), "deposit": items[1]["deposit"]},
        "unfounded",
    )
    file.bad(
        "with another one-time key",
        "recipient-certificate",
        about | {"release": wrong_share.hex(), "recipientKey": world.secret().hex()},
        "unfounded",
    )
    other = signed(changed(escrow.body, case="another case"), *escrow.by)
    file.bad(
        "under another warrant",
        "recipient-certificate",
        about | {"release": wrong_share.hex(), "warrant": other},
        "unfounded",
    )
    file.bad(
        "by another holder",
        "recipient-certificate",
        about | {"release": escrow.rebuilt(wrong_share, signer=world.holders["judge"].signer).hex()},
        "unfounded",
    )


def _first(escrow):
    """The locator of the record whose share is wrong."""
    conversation, epoch, _ = escrow.records[1][1]
    return deposit.locator(conversation, epoch).hex()


def _reason(parts, number):
    """Gives the records passed over another reason."""
    for part in parts:
        if part[4] == release.NOT_SEALED:
            front = part[2][:-2]
            part[2], part[3] = front + number, sha256(sha256(front), number)


def _spoil(part):
    chunk = part[2][:-1] + bytes([part[2][-1] ^ 1])
    front = 64 + 44 * part[1]
    return [chunk, sha256(sha256(chunk[:front]), chunk[front:])]


def _out_of_scope(escrow, wide, views):
    """The agency's release of more than the warrant asks for, under the warrant's own digest."""
    wide.digest = escrow.warrant.digest
    return c.make_release(
        c.Input({"now": NOW}),
        escrow.world.roster,
        _allowed(wide, escrow),
        c.Input(escrow.world.holders["agency"].given()),
        views,
        [escrow.world.secret()],
    )


def _allowed(wide, escrow):
    wide.allowed = escrow.warrant.allowed
    return wide

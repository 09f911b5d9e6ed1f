"""Session headers and saved states."""

from key_escrow import deposit
from key_escrow import documents as d
from key_escrow.primitives import ed25519_public, gcm_seal
from world import DAY, START, World

from .common import body_of, changed, document, flip, secrets, signed
from .documents import POLICY


def headers(file):
    world = World(POLICY, secrets("sessions"))
    world.add_roster(world.make_roster())
    session = world.open_session().session
    note, body = session.bytes.decode(), body_of(session.bytes.decode())
    signer = ("depositor", world.depositor)
    file.share(roster=world.notes[0], session=note)

    def bad(name, body, failure="malformed", by=signer):
        file.bad(name, "session", {"rosters": world.notes, "session": signed(body, by)}, failure)

    file.good("a session", "session", {"rosters": world.notes, "session": note}, id=session.digest.hex())
    for name in sorted(body):
        bad(f"without {name}", changed(body, **{name: None}))
    for name in sorted(body["holders"][0]):
        bad(f"a holder without {name}", changed(body, **{f"holders__0__{name}": None}))
    bad("an unknown member", changed(body, id="0" * 64))
    bad("suite 2", changed(body, suite=2))
    bad("an encapsulation of 31 bytes", changed(body, holders__0__encapsulation="00" * 31))
    bad("no holder", changed(body, holders=[]))
    bad("it ends before it begins", changed(body, notAfter=d.time_text(START - 1)))
    bad("30 days and a second", changed(body, notAfter=d.time_text(START + 30 * DAY + 1)))
    file.good(
        "30 days",
        "session",
        {"rosters": world.notes, "session": signed(changed(body, notAfter=d.time_text(START + 30 * DAY)), signer)},
    )
    file.good(
        "a second",
        "session",
        {"rosters": world.notes, "session": signed(changed(body, notAfter=d.time_text(START)), signer)},
    )
    bad("a depositor of another name", changed(body, depositor=str(d.Key("judge", ed25519_public(world.depositor)))))
    bad("signed by another depositor", body, "unsigned", ("depositor", world.secret()))
    file.bad(
        "a signature of another text",
        "session",
        {
            "rosters": world.notes,
            "session": document(changed(body, suite=1, test=False)) + note[note.rindex("\n\n") + 1 :],
        },
        "test-flag",
    )
    later = changed(body, notAfter=d.time_text(START + DAY))
    file.bad(
        "a signature of another life",
        "session",
        {"rosters": world.notes, "session": document(later) + note[note.rindex("\n\n") + 1 :]},
        "signature",
    )
    bad("another roster", changed(body, roster="0" * 64), "session-roster")
    bad("holders in another order", changed(body, holders=body["holders"][::-1]), "session-roster")
    bad("a holder too few", changed(body, holders=body["holders"][:2]), "session-roster")
    bad("not for tests under a test roster", changed(body, test=False), "test-flag")
    expired = changed(body, created=d.time_text(START + 90 * DAY + 1), notAfter=d.time_text(START + 91 * DAY))
    bad("to a sealing key that has expired", expired, "sealing-key-expired")

    real = World(POLICY, secrets("real")).with_log()
    real.add_roster(real.make_roster(test=False))
    for test in (True, False):
        one = real.open_session(test=test).session.bytes.decode()
        file.good(
            f"test is {test} under a roster that is not for tests", "session", {"rosters": real.notes, "session": one}
        )

    for holder in world.holders.values():
        given = {"rosters": world.notes, "session": note, "holder": holder.name}
        file.good(f"{holder.name} opens it", "open-session", given | {"sealing": holder.sealing.hex()})
        file.bad(
            f"{holder.name} has another key", "open-session", given | {"sealing": world.secret().hex()}, "confirmation"
        )
    judge = world.holders["judge"]
    given = {"rosters": world.notes, "holder": "judge", "sealing": judge.sealing.hex()}
    for member in ("confirmation", "encapsulation"):
        spoilt = changed(body, **{f"holders__0__{member}": flip(body["holders"][0][member], 1)})
        file.bad(
            f"another {member} than was sent",
            "open-session",
            given | {"session": signed(spoilt, signer)},
            "confirmation",
        )
    swapped = changed(
        body,
        holders__0__encapsulation=body["holders"][1]["encapsulation"],
        holders__0__confirmation=body["holders"][1]["confirmation"],
    )
    file.bad(
        "another holder's encapsulation", "open-session", given | {"session": signed(swapped, signer)}, "confirmation"
    )
    thief = world.secret()
    copied = changed(body, depositor=str(d.Key("depositor", ed25519_public(thief))))
    file.bad(
        "encapsulations copied into another depositor's session",
        "open-session",
        given | {"session": signed(copied, ("depositor", thief))},
        "confirmation",
    )
    zero = changed(body, holders__0__encapsulation="00" * 32)
    file.bad(
        "an encapsulation that cannot be set up",
        "open-session",
        given | {"session": signed(zero, signer)},
        "confirmation",
    )

    world.succession("and(judge, or(provider, agency:a, agency:b))")
    world.add_roster(world.make_successor())
    file.good(
        "under an ancestor", "session", {"rosters": world.notes, "session": note}, roster=world.rosters[0].digest.hex()
    )
    newer = world.open_session(START + DAY, START + 2 * DAY).session.bytes.decode()
    file.good(
        "under the successor", "session", {"rosters": world.notes, "session": newer}, roster=world.roster.digest.hex()
    )
    file.bad(
        "under a successor that the reader does not have",
        "session",
        {"rosters": world.notes[:1], "session": newer},
        "session-roster",
    )


def states(file):
    world = World(POLICY, secrets("states"))
    world.add_roster(world.make_roster())
    depositor, key = world.open_session(), world.secret()
    records = [(world.secret(), 1, world.secret())]
    file.share(roster=world.notes[0])
    fresh = depositor.saved(key, b"first nonce!")
    first = deposit.make_deposit(depositor, records, START)
    second = deposit.make_deposit(depositor, records, START + 1)
    first_head = deposit.make_head(depositor.session, first, world.depositor).decode()
    second_head = deposit.make_head(depositor.session, second, world.depositor).decode()
    depositor.submitted = first.digest
    state = depositor.saved(key, b"other nonce!")
    given = {
        "rosters": world.notes,
        "state": state.hex(),
        "stateKey": key.hex(),
        "depositor": world.depositor.hex(),
        "now": START + 2,
    }
    file.share(state=state.hex(), firstHead=first_head, secondHead=second_head)

    file.good("nothing was deposited yet", "state", given | {"state": fresh.hex()}, sequence=0)
    file.good("everything arrived", "state", given | {"head": second_head}, sequence=2)
    file.good("the last submission did not arrive", "state", given | {"head": first_head}, sequence=2)
    file.good("the last second", "state", given | {"head": second_head, "now": START + 7 * DAY})
    file.bad("the store has nothing", "state", given, "forked")
    file.bad(
        "the store has what the state does not know",
        "state",
        given | {"state": fresh.hex(), "head": first_head},
        "forked",
    )
    file.bad("a session that has ended", "state", given | {"head": second_head, "now": START + 7 * DAY + 1}, "expired")
    file.bad("another key", "state", given | {"stateKey": world.secret().hex()}, "does-not-open")
    file.bad(
        "another depositor", "state", given | {"depositor": world.secret().hex(), "head": second_head}, "other-session"
    )
    other = World(POLICY, secrets("other roster"))
    other.add_roster(other.make_roster())
    file.bad("another roster", "state", given | {"rosters": other.notes, "head": second_head}, "other-session")
    forged = deposit.make_head(depositor.session, second, world.secret()).decode()
    file.bad("a head that the depositor did not sign", "state", given | {"head": forged}, "unsigned")
    length = 14 + len(depositor.session.bytes)
    for name, spoilt in [
        ("another magic", b"escrow-t" + state[8:]),
        ("version 2", state[:9] + b"\2" + state[10:]),
        ("a byte too few", state[:-1]),
        ("a byte too many", state + b"\0"),
        ("nothing", b""),
        ("its front alone", state[:length]),
        ("a note that is too long", state[:10] + b"\xff" * 4 + state[14:]),
        ("a note that is none", state[:14] + b"x" + state[15:]),
    ]:
        file.bad(f"a state: {name}", "state", given | {"state": spoilt.hex()}, "malformed")
    for name, at in [("nonce", length), ("ciphertext", length + 12), ("tag", len(state) - 1)]:
        file.bad(f"a state: another {name}", "state", given | {"state": flip(state.hex(), at)}, "does-not-open")
    plaintext = (65_537).to_bytes(8, "big") + second.digest + first.digest + b"".join(depositor.chain_keys)
    far = state[:length] + b"other nonce!" + gcm_seal(key, b"other nonce!", state[:length], plaintext)
    file.bad("sequence number 65,537", "state", given | {"state": far.hex(), "head": second_head}, "malformed")

"""Deposits, what is signed about them, and what is checked of them."""

import bad as cheat
from key_escrow import deposit
from key_escrow import documents as d
from key_escrow.primitives import be16, be32, be64, ed25519_public
from key_escrow.session import HolderChain, Session
from world import DAY, START, World

from .common import body_of, changed, flip, secrets, signed
from .documents import POLICY


def _escrow(name):
    world = World(POLICY, secrets(name))
    world.add_roster(world.make_roster())
    world.records = [
        (world.secret(), 7, world.secret()),
        (world.secret(), 1, world.secret()),
        (world.secret(), 2**64 - 1, world.secret()),
    ]
    return world


def submissions(file):
    world = _escrow("deposits")
    records = world.records
    made = world.make_submission([(START, records[:2]), (START + 60, records[2:]), (START + 60, records[:1])])
    session = made["session"]
    one, two, three = made["deposits"]
    file.share(
        roster=world.notes[0],
        session=session,
        head=made["head"],
        deposit0=one["deposit"],
        locators0=one["locators"],
        deposit1=two["deposit"],
        locators1=two["locators"],
        deposit2=three["deposit"],
        locators2=three["locators"],
    )

    # Bytes.
    data = bytes.fromhex(one["deposit"])
    n = deposit.Deposit(data).header.count
    file.good("a deposit of two keys", "deposit", {"deposit": one["deposit"]})
    file.good("a deposit of one key", "deposit", {"deposit": two["deposit"]})
    for name, at, value in [
        ("another magic", 7, b"e"),
        ("version 0", 8, be16(0)),
        ("version 2", 8, be16(2)),
        ("suite 0", 10, be16(0)),
        ("suite 2", 10, be16(2)),
        ("flag 2", 12, be16(2)),
        ("flag 3", 12, be16(3)),
        ("flag 32768", 12, be16(0x8000)),
        ("no rows", 14, be16(0)),
        ("256 rows", 14, be16(256)),
        ("four rows in the bytes of three", 14, be16(4)),
        ("no keys", 16, be32(0)),
        ("4,097 keys", 16, be32(4097)),
        ("three keys in the bytes of two", 16, be32(3)),
        ("2^32 - 1 keys", 16, be32(2**32 - 1)),
        ("generation 1", 20, be32(1)),
        ("sequence number 65,536", 24, be64(65_536)),
        ("sequence number 2^64 - 1", 24, be64(2**64 - 1)),
        ("a time after year 9999", 32, be64(253_402_300_800)),
        ("time 2^64 - 1", 32, be64(2**64 - 1)),
    ]:
        file.bad(
            f"a deposit: {name}",
            "deposit",
            {"deposit": (data[:at] + value + data[at + len(value) :]).hex()},
            "malformed",
        )
    for name, spoilt in [
        ("nothing", b""),
        ("a header cut off", data[:103]),
        ("a header alone", data[:104]),
        ("a byte too few", data[:-1]),
        ("a byte too many", data + b"\0"),
        ("a column too few", data[: -(32 * n + 16)]),
    ]:
        file.bad(f"a deposit: {name}", "deposit", {"deposit": spoilt.hex()}, "malformed")

    # Heads.
    given = made | {"rosters": world.notes}
    head, signer = body_of(made["head"]), ("depositor", world.depositor)
    about = {"rosters": world.notes, "session": session}
    file.good("a head", "head", about | {"head": made["head"]}, sequence=2)
    for name in sorted(head):
        file.bad(
            f"a head without {name}",
            "head",
            about | {"head": signed(changed(head, **{name: None}), signer)},
            "malformed",
        )
    file.bad(
        "a head with sequence number 65,536",
        "head",
        about | {"head": signed(changed(head, sequence=65_536), signer)},
        "malformed",
    )
    file.bad(
        "a head of another session",
        "head",
        about | {"head": signed(changed(head, session="0" * 64), signer)},
        "malformed",
    )
    file.bad(
        "a head of another depositor", "head", about | {"head": signed(head, ("depositor", world.secret()))}, "unsigned"
    )
    spoilt = signed(changed(head, sequence=3), signer).split("\n\n")[0] + "\n\n" + made["head"].split("\n\n")[1]
    file.bad("a head altered after it was signed", "head", about | {"head": spoilt}, "signature")

    # Submissions.
    def bad(name, failure, **more):
        file.bad(f"a submission: {name}", "submission", given | more, failure)

    def signed_head(**members):
        return signed(changed(head, **members), signer)

    first_digest = deposit.Deposit(data).digest.hex()
    file.good("a submission", "submission", given)
    first_head = signed_head(sequence=0, deposit=first_digest)
    file.good("a first deposit", "submission", given | {"deposits": [one], "head": first_head})
    file.good("the rest after the first", "submission", given | {"deposits": [two, three], "newest": first_head})
    bad("nothing", "malformed", deposits=[])
    bad("the first deposit is missing", "chain", deposits=[two, three])
    bad("the second deposit is missing", "chain", deposits=[one, three])
    bad("the last deposit is missing", "digest", deposits=[one, two])
    bad("another order", "chain", deposits=[two, one, three])
    bad("a deposit twice", "chain", deposits=[one, one, two, three])
    bad("what the store has already", "chain", newest=made["head"])
    bad("it does not follow the store's newest", "chain", deposits=[three], newest=first_head)
    bad("a head of another number", "digest", head=signed_head(sequence=3))
    bad("a head of another deposit", "digest", head=signed_head(deposit="0" * 64))
    bad("a locator of another conversation", "tag", deposits=[one | {"locators": flip(one["locators"], 0)}, two, three])
    bad("a locator of another epoch", "tag", deposits=[one | {"locators": flip(one["locators"], 79)}, two, three])
    bad(
        "two locators changed places",
        "tag",
        deposits=[one | {"locators": one["locators"][80:] + one["locators"][:80]}, two, three],
    )
    bad("a locator too few", "malformed", deposits=[one | {"locators": one["locators"][80:]}, two, three])
    bad("a locator too many", "malformed", deposits=[one | {"locators": one["locators"] + "00" * 40}, two, three])
    bad("an altered tag", "tag", deposits=[one | {"deposit": flip(one["deposit"], 104)}, two, three])
    bad("an altered commitment", "chain", deposits=[one | {"deposit": flip(one["deposit"], 104 + 16 * n)}, two, three])
    bad(
        "an altered column of the last deposit",
        "digest",
        deposits=[one, two, three | {"deposit": flip(three["deposit"], -1)}],
    )
    bad(
        "an altered session",
        "signature",
        session=session.replace('"test": true', '"test": true').replace(
            d.time_text(START + 7 * DAY), d.time_text(START + 6 * DAY)
        ),
    )

    for name, time in [("before the session", START - 1), ("after the session", START + 7 * DAY + 1)]:
        depositor = world.open_session()
        one_made = deposit.make_deposit(depositor, records[:1], time)
        spoilt = World.submission(
            depositor.session.bytes,
            [(one_made, World.locators(records[:1]))],
            deposit.make_head(depositor.session, one_made, world.depositor),
        )
        file.bad(f"a deposit made {name}", "submission", spoilt | {"rosters": world.notes}, "malformed")
    depositor = world.open_session()
    real = deposit.make_deposit(depositor, records[:1], START)
    real = deposit.Deposit(real.bytes[:12] + be16(0) + real.bytes[14:])
    spoilt = World.submission(
        depositor.session.bytes,
        [(real, World.locators(records[:1]))],
        deposit.make_head(depositor.session, real, world.depositor),
    )
    file.bad(
        "a deposit that is not for tests in a session that is",
        "submission",
        spoilt | {"rosters": world.notes},
        "malformed",
    )
    depositor = world.open_session()
    depositor.sequence = 5
    skipped = deposit.make_deposit(depositor, records[:1], START)
    skipping = World.submission(
        depositor.session.bytes,
        [(skipped, World.locators(records[:1]))],
        deposit.make_head(depositor.session, skipped, world.depositor),
    )
    file.good("numbers that were burned", "submission", skipping | {"rosters": world.notes})

    # Receipts.
    store = ("store", world.store)
    receipt = {
        "deposit": head["deposit"],
        "received": d.time_text(START + 61),
        "sequence": 2,
        "session": head["session"],
        "store": str(d.Key("store", ed25519_public(world.store))),
        "type": "key-escrow/v1 receipt",
    }
    file.good("a receipt", "receipt", {"receipt": signed(receipt, store)})
    for name in sorted(receipt):
        file.bad(
            f"a receipt without {name}",
            "receipt",
            {"receipt": signed(changed(receipt, **{name: None}), store)},
            "malformed",
        )
    file.bad(
        "a receipt of another store", "receipt", {"receipt": signed(receipt, ("store", world.secret()))}, "unsigned"
    )
    named = changed(receipt, store=str(d.Key("shop", ed25519_public(world.store))))
    file.bad("a receipt of a key that is not named store", "receipt", {"receipt": signed(named, store)}, "malformed")


def checks(file):
    world = _escrow("checks")
    records, notes = world.records, world.notes
    made = world.make_submission([(START, records)])
    session, item, head = made["session"], made["deposits"][0], made["head"]
    data = item["deposit"]
    n = 3
    file.share(roster=notes[0], session=session, deposit=data, locators=item["locators"], head=head)
    judge = world.holders["judge"]

    # A holder's intake check.
    given = {"rosters": notes, "session": session, "deposits": [item], "now": START + 60}
    columns = {
        "T": 104,
        "C": 104 + 16 * n,
        "D_1": 104 + 48 * n,
        "D_2": 104 + 64 * n,
        "D_3": 104 + 80 * n,
        "ct_1": 104 + 96 * n,
        "ct_2": 104 + 96 * n + 32 * n + 16,
        "ct_3": 104 + 96 * n + 2 * (32 * n + 16),
    }
    for holder in world.holders.values():
        file.good(f"{holder.name} checks a deposit", "intake", given | {"holder": [holder.given()]}, records=3)
    mine = given | {"holder": [judge.given()]}
    for name, at in columns.items():
        filed = deposit.Deposit(bytes.fromhex(data)).digest.hex()
        file.bad(
            f"the judge finds {name} altered",
            "intake",
            mine | {"deposits": [{"deposit": flip(data, at), "filedUnder": filed}]},
            "digest",
        )
    file.bad(
        "it is filed under another digest", "intake", mine | {"deposits": [item | {"filedUnder": "0" * 64}]}, "digest"
    )
    receipt = {
        "checked": d.time_text(START + 60),
        "deposits": 1,
        "digest": "1" * 64,
        "holder": "judge",
        "records": 3,
        "roster": world.roster.digest.hex(),
        "type": "key-escrow/v1 intake",
    }
    file.good(
        "an intake receipt",
        "intake-receipt",
        {"rosters": notes, "receipt": signed(receipt, judge.signer)},
        holder="judge",
    )
    for name in sorted(receipt):
        file.bad(
            f"an intake receipt without {name}",
            "intake-receipt",
            {"rosters": notes, "receipt": signed(changed(receipt, **{name: None}), judge.signer)},
            "malformed",
        )
    file.bad(
        "an intake receipt by another holder",
        "intake-receipt",
        {"rosters": notes, "receipt": signed(receipt, world.holders["agency"].signer)},
        "unsigned",
    )
    file.bad(
        "an intake receipt under another roster",
        "intake-receipt",
        {"rosters": notes, "receipt": signed(changed(receipt, roster="0" * 64), judge.signer)},
        "unknown-holder",
    )
    file.bad(
        "an intake receipt of nobody on the roster",
        "intake-receipt",
        {"rosters": notes, "receipt": signed(changed(receipt, holder="judge:x"), ("judge:x", world.secret()))},
        "unknown-holder",
    )

    # A member's check.
    for position, (conversation, epoch, key) in enumerate(records):
        locator = deposit.locator(conversation, epoch).hex()
        member = {"rosters": notes, "sessions": [session], "deposits": [item], "locator": locator, "key": key.hex()}
        file.good(f"a member's key at position {position}", "member", member)
        file.bad(f"another key at position {position}", "member", member | {"key": flip(key.hex(), 0)}, "commitment")
    file.bad("a key of another epoch", "member", member | {"locator": flip(locator, 39)}, "not-deposited")
    file.bad("the session is missing", "member", member | {"sessions": []}, "session-roster")
    other = World(POLICY, secrets("another roster"))
    other.add_roster(other.make_roster())
    file.bad("the session is under another roster", "member", member | {"rosters": other.notes}, "session-roster")
    misfiled = item | {"locators": item["locators"][80:160] + item["locators"][:80] + item["locators"][160:]}
    first = member | {"locator": item["locators"][:80], "key": records[0][2].hex()}
    file.bad("the store files it at another position", "member", first | {"deposits": [misfiled]}, "tag")
    garbage = [(records[0][0], records[0][1], world.secret())]
    theirs = world.make_submission([(START, garbage)])
    file.good(
        "garbage under the same locator does not count",
        "member",
        first | {"sessions": [session, theirs["session"]], "deposits": [item, *theirs["deposits"]]},
    )
    file.bad(
        "only garbage",
        "member",
        first | {"sessions": [theirs["session"]], "deposits": theirs["deposits"]},
        "commitment",
    )
    filed = deposit.Deposit(bytes.fromhex(data)).digest.hex()
    for name in ("D_1", "D_2", "D_3"):
        file.bad(
            f"a member finds {name} altered",
            "member",
            first | {"deposits": [item | {"deposit": flip(data, columns[name]), "filedUnder": filed}]},
            "share-digest",
        )
    file.bad(
        "a sealed column is altered",
        "member",
        first | {"deposits": [item | {"deposit": flip(data, columns["ct_2"]), "filedUnder": filed}]},
        "digest",
    )

    # A depositor that cheats, and who convicts it.
    for what in ("share digest", "sealed share", "sealed column"):
        depositor = world.open_session()
        chains = list(depositor.chain_keys)
        rigged = cheat.rig(deposit.make_deposit(depositor, records, START), chains, 2, 1, what)
        later = None
        depositor.previous = rigged.digest
        later = deposit.make_deposit(depositor, records[:1], START + 1)
        head = deposit.make_head(depositor.session, later, world.depositor).decode()
        items = [
            {"deposit": rigged.bytes.hex(), "locators": world.locators(records).hex()},
            {"deposit": later.bytes.hex(), "locators": world.locators(records[:1]).hex()},
        ]
        provider = world.holders["provider"]
        exporter = HolderChain.open(depositor.session, "provider", provider.sealing).exporter_secret.hex()
        evidence = {"rosters": notes, "session": depositor.session.bytes.decode(), "deposits": items, "head": head}
        conversation, epoch, key = records[1]
        by_member = evidence | {"position": 1, "locator": deposit.locator(conversation, epoch).hex(), "key": key.hex()}
        by_holder = evidence | {"holder": "provider", "exporterSecret": exporter}
        file.good(f"a store accepts a wrong {what}", "submission", evidence)
        failure = "sealed-column" if what == "sealed column" else "share-digest"
        intake = evidence | {"holder": [provider.given()], "now": START + 60}
        file.bad(f"the provider finds a wrong {what}", "intake", intake, failure)
        file.good(
            f"a holder convicts of a wrong {what}", "holder-certificate", by_holder, convicted="depositor", of=failure
        )
        if what == "share digest":
            file.good(
                "a member convicts of a wrong share digest",
                "member-certificate",
                by_member,
                convicted="depositor",
                of="share-digest",
            )
            file.bad("of another record", "member-certificate", by_member | {"position": 0}, "unfounded")
            file.bad("a position behind the last", "member-certificate", by_member | {"position": 3}, "malformed")
            file.bad("with another key", "member-certificate", by_member | {"key": flip(key.hex(), 3)}, "unfounded")
            file.bad(
                "without the link to the head", "member-certificate", by_member | {"deposits": items[:1]}, "unfounded"
            )
            file.bad(
                "with a head of another depositor",
                "member-certificate",
                by_member | {"head": deposit.make_head(depositor.session, later, world.secret()).decode()},
                "unfounded",
            )
        else:
            file.bad(f"a member does not convict of a wrong {what}", "member-certificate", by_member, "unfounded")
        file.bad(
            f"with another secret for a wrong {what}",
            "holder-certificate",
            by_holder | {"exporterSecret": flip(exporter, 0)},
            "unfounded",
        )
        file.bad(
            f"for another holder than the one of a wrong {what}",
            "holder-certificate",
            by_holder
            | {
                "holder": "judge",
                "exporterSecret": HolderChain.open(depositor.session, "judge", judge.sealing).exporter_secret.hex(),
            },
            "unfounded",
        )
    honest = {"rosters": notes, "session": session, "deposits": [item], "head": made["head"]}
    exporter = HolderChain.open(
        Session(session.encode()).verify(world.roster), "judge", judge.sealing
    ).exporter_secret.hex()
    file.bad(
        "a holder convicts an honest depositor",
        "holder-certificate",
        honest | {"holder": "judge", "exporterSecret": exporter},
        "unfounded",
    )
    conversation, epoch, key = records[1]
    file.bad(
        "a member convicts an honest depositor",
        "member-certificate",
        honest | {"position": 1, "locator": deposit.locator(conversation, epoch).hex(), "key": key.hex()},
        "unfounded",
    )

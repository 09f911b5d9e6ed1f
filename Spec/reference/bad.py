"""Bad cases for the cross-check: what anybody can spoil, and what only somebody with a key can."""

import json

from key_escrow import deposit, documents, release
from key_escrow import log as logs
from key_escrow.documents import encode
from key_escrow.primitives import HPKE, be16, gcm_open, gcm_seal, sha256, x25519_public
from key_escrow.session import DepositorSession, HolderChain, Session, column_key, info
from world import DAY, START

# Spoiling bytes


def spoilt_bytes(random, data):
    """One or two random alterations."""
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 2])):
        at = random.randrange(len(data)) if data else 0
        kind = random.randrange(5)
        if kind == 0 and data:
            data[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            del data[at : at + random.randint(1, 100)]
        elif kind == 3:
            data[at:at] = random.randbytes(random.randint(1, 4))
        else:
            data[at:at] = data[at : at + random.randint(1, 100)]
    return bytes(data)


def as_text(data):
    """Bytes as a case gives a text."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return {"hex": data.hex()}


def spoilt_document(random, note):
    return as_text(spoilt_bytes(random, note.encode()))


PIECES = [
    "and",
    "or",
    "thresh",
    "judge",
    "agency",
    "provider",
    "(",
    ")",
    ",",
    " ",
    "0",
    "1",
    "2",
    ":",
    ":x",
    "é",
    "\t",
    "A",
    "-",
    ".",
]


def spoilt_text(random, text):
    """A policy with a few pieces put in, taken out or doubled."""
    for _ in range(random.choice([1, 1, 2, 3])):
        at = random.randint(0, len(text))
        kind = random.randrange(3)
        if kind == 0:
            text = text[:at] + random.choice(PIECES) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + random.randint(1, 8) :]
        else:
            other = random.randint(0, len(text))
            text = text[:at] + text[min(at, other) : max(at, other)] + text[at:]
    return text


def spoilt_member(random, body):
    """The members of a document with one of them altered, to a value that its kind has or has not."""
    body = json.loads(json.dumps(body))
    place = body
    while True:
        key = random.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
        if isinstance(place[key], (dict, list)) and random.random() < 0.7:
            place = place[key]
            continue
        break
    value = place[key]
    choices = [1, 2**64 - 1, "x", "", True, "\u202e", "a" * 600]
    if isinstance(value, str):
        choices += [value[:-1], value + "0", value.upper(), value[1:] + value[:1], "0" * 64, " " + value]
    if isinstance(value, bool):
        choices += [not value] * 4
    elif isinstance(value, int):
        choices += [value + 1, max(0, value - 1), 0]
    if isinstance(value, list):
        choices += [value[::-1], value + value[:1], value[1:] or value * 2]
    action = random.randrange(6)
    if action == 0 and isinstance(place, dict):
        del place[key]
    elif action == 1 and isinstance(place, dict):
        place["unknown"] = random.choice(choices)
    else:
        place[key] = random.choice(choices)
    return body


def document(body):
    """The text of a body that may have no canonical form."""
    try:
        return encode(body) + "\n"
    except documents.Failure:
        return json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def signed(body, *signers):
    """A note of a body that may have no canonical form."""
    text = document(body)
    return text + "\n" + "".join(documents.signature_line(text, *signer) for signer in signers)


def body_of(note):
    return json.loads(note[: note.rindex("\n\n") + 1])


# Rosters, sessions and deposits


def rosters(case, world):
    note = world.notes[0]
    signers = [holder.signer for holder in world.holders.values()]
    case.both("roster", {"rosters": [signed(spoilt_member(case.random, body_of(note)), *signers)]})
    case.bad("roster", {"rosters": [signed(body_of(note), *signers[1:])]}, "unsigned", "malformed")
    record = (
        encode(world.roster.holders and world.holders[world.roster.ids[0]].record() | {"type": "key-escrow/v1 holder"})
        + "\n"
    )
    case.good("holder-record", {"text": record})
    case.both("holder-record", {"text": spoilt_document(case.random, record)})


def submissions(case, world, made):
    random, given = case.random, made | {"rosters": world.notes}
    depositor = ("depositor", world.depositor)
    case.both("session", given | {"session": spoilt_document(random, made["session"])})
    case.both("session", given | {"session": signed(spoilt_member(random, body_of(made["session"])), depositor)})
    case.both("head", given | {"head": spoilt_document(random, made["head"])})
    case.both("submission", given | {"head": signed(spoilt_member(random, body_of(made["head"])), depositor)})
    case.bad("submission", given | {"newest": made["head"]}, "chain")
    deposits = made["deposits"]
    if len(deposits) > 1:
        case.bad("submission", given | {"deposits": deposits[:-1]}, "digest")
        case.bad("submission", given | {"deposits": deposits[1:]}, "chain")
        case.bad("submission", given | {"deposits": deposits[::-1]}, "chain")

    one = random.randrange(len(deposits))
    data, locators = bytes.fromhex(deposits[one]["deposit"]), bytes.fromhex(deposits[one]["locators"])
    case.both("deposit", {"deposit": spoilt_bytes(random, data[:104]).hex() + data[104:].hex()})
    case.both("deposit", {"deposit": spoilt_bytes(random, data).hex()})
    position = random.randrange(len(locators))
    locators = locators[:position] + bytes([locators[position] ^ 1]) + locators[position + 1 :]
    spoilt = deposits[:one] + [{"deposit": data.hex(), "locators": locators.hex()}] + deposits[one + 1 :]
    case.bad("submission", given | {"deposits": spoilt}, "tag")
    case.bad(
        "submission", given | {"deposits": [deposits[0] | {"locators": deposits[0]["locators"][:-80]}]}, "malformed"
    )

    holder = random.choice(list(world.holders.values()))
    position = random.randrange(104, len(data))
    flipped = data[:position] + bytes([data[position] ^ 1 << random.randrange(8)]) + data[position + 1 :]
    for item in ({"deposit": flipped.hex()}, {"deposit": data.hex(), "filedUnder": bytes(32).hex()}):
        case.bad("intake", given | {"deposits": [item], "holder": [holder.given()], "now": START + DAY})
    other = holder.given() | {"sealing": case.secret().hex()}
    case.bad("open-session", given | {"holder": holder.name, "sealing": other["sealing"]}, "confirmation")


def members(case, world, made, locator, key):
    given = {
        "rosters": world.notes,
        "sessions": [made["session"]],
        "deposits": made["deposits"],
        "locator": locator.hex(),
    }
    case.good("member", given | {"key": key.hex()})
    case.bad("member", given | {"key": case.secret().hex()}, "commitment")
    case.bad("member", given | {"key": key.hex(), "locator": case.secret().hex() + locator[32:].hex()}, "not-deposited")
    rigged_deposits(case, world, locator)


def rigged_deposits(case, world, locator):
    """A depositor that cheats: what a member, a holder and a recipient find, and whom they convict."""
    random, key = case.random, case.secret()
    session = world.open_session()
    keys = [case.secret() for _ in range(random.randint(1, 5))]
    position = random.randrange(len(keys))
    keys[position] = key
    records = [(locator[:32], random.getrandbits(64), one) for one in keys]
    records[position] = (locator[:32], int.from_bytes(locator[32:], "big"), key)
    row = random.randint(1, len(world.roster.ids))
    what = random.choice(["share digest", "sealed share", "sealed column"])
    honest_keys = list(session.chain_keys)
    made = rig(deposit.make_deposit(session, records, START), honest_keys, row, position, what)
    head = deposit.make_head(session.session, made, world.depositor).decode()
    item = {"deposit": made.bytes.hex(), "locators": world.locators(records).hex()}
    note = session.session.bytes.decode()
    given = {"rosters": world.notes, "session": note, "sessions": [note], "head": head, "deposits": [item]}
    case.good("submission", given)

    holder = world.holders[world.roster.ids[row - 1]]
    exporter = HolderChain.open(session.session, holder.name, holder.sealing).exporter_secret.hex()
    member = given | {"locator": locator.hex(), "key": key.hex(), "position": position}
    by_holder = given | {"holder": holder.name, "exporterSecret": exporter}
    if what == "share digest":
        case.bad("member", member, "share-digest")
        case.good("member-certificate", member)
    else:
        case.good("member", member)
        case.bad("member-certificate", member, "unfounded")
    case.bad(
        "intake",
        given | {"holder": [holder.given()], "now": START + DAY},
        "sealed-column" if what == "sealed column" else "share-digest",
    )
    case.good("holder-certificate", by_holder)
    case.bad("holder-certificate", by_holder | {"exporterSecret": case.secret().hex()}, "unfounded")
    case.bad("member-certificate", member | {"key": case.secret().hex()}, "unfounded")


def unconfirmed(world, index):
    """A session that confirms to one holder something else than it sent."""
    ephemerals = [world.secret() for _ in world.roster.ids]
    honest = DepositorSession.open(world.roster, world.depositor, ephemerals, START, START + 7 * DAY, True).session
    body = body_of(honest.bytes.decode())
    body["holders"][index]["confirmation"] = sha256(bytes.fromhex(body["holders"][index]["confirmation"])).hex()
    session = Session(signed(body, ("depositor", world.depositor)).encode()).verify(world.roster)
    contexts = [
        HPKE.sender(ephemeral, record["sealingKey"], info(world.roster.digest, session.depositor.public, record["id"]))
        for ephemeral, record in zip(ephemerals, world.roster.holders)
    ]
    return DepositorSession(session, [hpke.export(b"key-escrow/v1 chain" + session.digest) for hpke in contexts])


def rig(made, chain_keys, row, position, what):
    """The deposit with one thing wrong, and all digests above it made right again."""
    header = made.header
    share_digests, sealed = list(made.share_digests), list(made.sealed)
    old_keys = [column_key(chain, i, made.public_digest) for i, chain in enumerate(chain_keys, 1)]
    columns = [
        gcm_open(key, bytes(12), made.public_digest + be16(i), one)
        for i, (key, one) in enumerate(zip(old_keys, sealed), 1)
    ]
    if what == "share digest":
        column = bytearray(share_digests[row - 1])
        column[16 * position] ^= 1
        share_digests[row - 1] = bytes(column)
    if what == "sealed share":
        column = bytearray(columns[row - 1])
        column[32 * position] ^= 1
        columns[row - 1] = bytes(column)
    public = deposit.public_digest(
        header, sha256(made.tags), sha256(made.commitments), list(map(sha256, share_digests))
    )
    sealed = [
        gcm_seal(column_key(chain, i, public), bytes(12), public + be16(i), column)
        for i, (chain, column) in enumerate(zip(chain_keys, columns), 1)
    ]
    if what == "sealed column":
        sealed[row - 1] = sealed[row - 1][:-1] + bytes([sealed[row - 1][-1] ^ 1])
    return deposit.Deposit(header.bytes + made.tags + made.commitments + b"".join(share_digests) + b"".join(sealed))


# Warrants, releases and recovery


def warrants(case, world, body, judges, note):
    random, given = case.random, {"rosters": world.notes, "now": START + 2 * DAY}
    recipient = world.holders[body["recipient"]["holder"]].signer
    signers = [world.holders[name].signer for name in dict.fromkeys([recipient[0], *judges])]
    case.both("warrant", given | {"warrant": spoilt_document(random, note)})
    typed = body | {"type": "key-escrow/v1 warrant"}
    case.both("warrant", given | {"warrant": signed(spoilt_member(random, typed), *signers)})
    case.bad(
        "warrant",
        given | {"warrant": signed(typed, *[one for one in signers if one != recipient])},
        "recipient-unsigned",
        "malformed",
    )
    case.bad("warrant", given | {"warrant": signed(typed, recipient)}, "no-judge")
    case.bad("warrant", given | {"warrant": note, "now": START}, "not-yet-valid")
    case.bad("warrant", given | {"warrant": note, "now": START + 11 * DAY}, "expired")
    case.both(
        "warrant",
        given | {"warrant": signed(typed, recipient, world.holders[random.choice(world.policy.judges)].signer)},
    )
    case.bad("warrant", given | {"warrant": signed(typed | {"test": False}, *signers)}, "test-flag")
    stolen = {"holder": recipient[0], "key": x25519_public(random.choice(list(world.holders.values())).sealing).hex()}
    case.bad("warrant", given | {"warrant": signed(typed | {"recipient": stolen}, *signers)}, "key-reused")

    refusal = {
        "answered": documents.time_text(START + DAY),
        "ground": random.choice(release.GROUNDS),
        "holder": recipient[0],
        "reason": "Straße des 17. Juni",
        "roster": world.roster.digest.hex(),
        "type": "key-escrow/v1 refusal",
        "warrant": documents.Note(note.encode()).digest.hex(),
    }
    question = {"rosters": world.notes, "warrant": refusal["warrant"]}
    case.good("refusal", question | {"refusal": signed(refusal, recipient)})
    case.both("refusal", question | {"refusal": signed(spoilt_member(random, refusal), recipient)})


def recoveries(case, world, warrant, question, files):
    """Releases, a store and a recipient's key that are not what they should be."""
    random, name = case.random, case.random.choice(sorted(files))
    case.bad("recover", question | {"recipientKey": case.secret().hex()}, "recipient-key")
    others = [file for holder, file in sorted(files.items()) if holder != name]
    spoilt = spoilt_bytes(random, files[name][-random.randint(1, len(files[name])) :])
    case.both(
        "recover",
        question
        | {
            "releases": [(files[name][: len(files[name]) - len(spoilt)] + spoilt).hex(), *[one.hex() for one in others]]
        },
    )

    file = rogue(random, world, warrant, name, files[name])
    rigged = question | {"releases": [one.hex() for one in [file, *others]]}
    case.both("recover", rigged)
    given = random.choice(question["deposits"])
    case.both("recipient-certificate", rigged | {"release": file.hex(), "deposit": given["deposit"]})
    case.bad("recipient-certificate", rigged | {"release": files[name].hex(), "deposit": given["deposit"]}, "unfounded")

    deposits = list(question["deposits"])
    one = random.randrange(len(deposits))
    data = bytearray.fromhex(deposits[one]["deposit"])
    header = deposit.Header(bytes(data[:104]))
    data[random.randrange(40 if random.random() < 0.2 else 104, 104 + header.count * (48 + 16 * header.rows))] ^= (
        1 << random.randrange(8)
    )
    filed_under = deposit.Deposit(bytes.fromhex(deposits[one]["deposit"])).digest
    deposits[one] = {"deposit": data.hex(), "filedUnder": filed_under.hex()}
    case.both("recover", question | {"deposits": deposits})
    case.both("recover", question | {"deposits": deposits[:one] + deposits[one + 1 :]})
    case.both("recover", rigged | {"deposits": deposits})


def rogue(random, world, warrant, name, file):
    """The release of a holder that cheats: one chunk altered in one of many ways, and all signed again."""
    honest = release.Release(file).verify(warrant, world.roster)
    note, _ = documents.split_bulk(file)
    entries, chunks = list(honest.entries), list(honest.read_chunks())
    one = random.randrange(len(chunks))
    table, parts = [], []
    for index, (entry, chunk) in enumerate(zip(entries, chunks)):
        front = bytearray(chunk.deposit + chunk.public_digest + chunk.record_list)
        body = bytearray(chunk.body)
        if index == one:
            what = random.choice(["share", "seal", "publicDigest", "deposit", "position", "conversation", "epoch"])
            at = 64 + 44 * random.randrange(entry.records)
            if what == "publicDigest":
                front[32] ^= 1
            elif what == "deposit":
                front[0] ^= 1
            elif what == "position":
                front[at + random.randrange(4)] ^= 1
            elif what == "conversation":
                front[at + 4] ^= 1
            elif what == "epoch":
                front[at + 43] ^= 1
            shares = bytearray(honest.open(chunk, world.recipient_key))
            if what == "share":
                shares[random.randrange(len(shares))] ^= 1
            context = honest.contexts[entry.encapsulation]
            body = bytearray(context.seal(chunk.sequence, sha256(bytes(front)), bytes(shares)))
            if what == "seal":
                body[-1] ^= 1
        chunk_digest = sha256(sha256(bytes(front)), bytes(body))
        parts.append(bytes(front + body))
        table.append(documents.Entry.make(entry.subject, entry.records, parts[-1], chunk_digest, entry.encapsulation))
    members = body_of(note.decode()) | {"table": sha256(*table).hex()}
    return signed(members, world.holders[name].signer).encode() + documents.SEPARATOR + b"".join(table + parts)


# The log


def proofs(case, world, note, proof, index, opening, times):
    """A warrant's proof, spoilt by anybody; and a log that says something else of the warrant."""
    random, given = case.random, {"rosters": world.notes, "warrant": note}
    case.both("warrant-proof", given | {"proof": as_text(spoilt_bytes(random, proof))})
    case.bad("warrant-proof", given | {"proof": world.prove(index, opening, *times[:-1]).decode()}, "quorum")
    entry = world.entries[index]
    other = json.loads(entry)
    case.both("entry", {"rosters": world.notes, "entry": document(spoilt_member(random, other))})
    case.both("entry", {"rosters": world.notes, "entry": as_text(spoilt_bytes(random, entry))})
    world.entries[index] = document(spoilt_member(random, other)).encode()
    spoilt = world.prove(index, opening, *times)
    case.both("warrant-proof", given | {"proof": spoilt.decode()})
    world.entries[index] = entry


def states(case, world, asked):
    """The log of now, and a clock, that a holder must not answer by."""
    random, [state] = case.random, asked["states"]
    judge = world.holders[random.choice(world.policy.judges)]
    warrant = documents.Note(state["warrant"].encode()).digest
    index = logs.Proof(state["proof"].encode()).index
    body = {
        "entry": random.choice([index, 0]),
        "judge": judge.name,
        "kind": "revocation",
        "revoked": documents.time_text(START + 2 * DAY),
        "roster": world.roster.digest.hex(),
        "test": True,
        "type": "key-escrow/v1 entry",
        "warrant": random.choice([warrant, bytes(32)]).hex(),
    }
    note = signed(body, judge.signer)
    revoked = state | case.log_of_now(note.encode())
    case.both("public-proof", asked | {"states": [revoked]})
    case.both("public-proof", asked | {"states": [revoked, state | case.log_of_now(note.encode(), b"more")]})
    case.both("public-proof", asked | {"states": [revoked, state]})
    spoilt = spoilt_bytes(random, note.encode())
    case.both("public-proof", asked | {"states": [state | case.log_of_now(spoilt)]})
    now = state["now"] + random.choice([-300, -1000, 86_000, 90_000, 10**6])
    case.both("public-proof", asked | {"states": [state | {"now": now}]})
    checkpoint = as_text(spoilt_bytes(random, state["checkpoint"].encode()))
    case.both("public-proof", asked | {"states": [state | {"checkpoint": checkpoint}]})
    # Files that are not the checkpoint's are the log directory's fault, which is no answer of a case.
    case.good("public-proof", asked)


def log(case):
    """A random tree, its proofs, a policy of witnesses, and each of them spoilt."""
    random = case.random
    entries = [random.randbytes(random.randint(0, 40)) for _ in range(round(300 ** random.random()))]
    leaves = list(map(logs.leaf_hash, entries))
    index, older = random.randrange(len(leaves)), random.randint(1, len(leaves))
    inclusion = {
        "leaf": leaves[index].hex(),
        "index": str(index),
        "size": str(len(leaves)),
        "root": logs.root_of(leaves).hex(),
        "proof": [one.hex() for one in logs.inclusion_proof(index, leaves)],
    }
    case.good("inclusion", inclusion)
    case.both("inclusion", spoilt_proof(random, inclusion, ["index", "size"]))
    consistency = {
        "older": str(older),
        "olderRoot": logs.root_of(leaves[:older]).hex(),
        "newer": str(len(leaves)),
        "newerRoot": logs.root_of(leaves).hex(),
        "proof": [one.hex() for one in logs.consistency_proof(older, leaves)],
    }
    case.good("consistency", consistency)
    case.both("consistency", spoilt_proof(random, consistency, ["older", "newer"]))

    origin, seed = "log.example/" + random.choice(["a", "é", "b"]), case.secret()
    witnesses = [
        (f"w{number}.example", case.secret(), random.choice([START + number, random.getrandbits(63)]))
        for number in range(random.randint(0, 6))
    ]
    policy = random_policy(random, origin, seed, witnesses)
    signers = random.sample(witnesses, random.randint(0, len(witnesses)))
    checkpoint = logs.make_checkpoint(origin, leaves, seed, *signers)
    proof = logs.make_proof(index, leaves, checkpoint, random.choice([b"", random.randbytes(20)]))
    given = {"policy": policy, "proof": proof.decode(), "entry": entries[index].hex()}
    case.both("proof", given)
    case.both("proof", given | {"proof": as_text(spoilt_bytes(random, proof))})
    case.both("proof", given | {"entry": random.choice(entries).hex() + "00"})
    case.both("witness-policy", {"policy": as_text(spoilt_bytes(random, policy.encode()))})
    lines = policy.split("\n")
    random.shuffle(lines)
    case.both("witness-policy", {"policy": "\n".join(lines) + "\n"})
    key = str(documents.Key(origin, logs.ed25519_public(seed)))
    question = {"checkpoint": checkpoint.decode(), "origin": origin, "key": key}
    case.good("checkpoint", question)
    case.both("checkpoint", question | {"checkpoint": as_text(spoilt_bytes(random, checkpoint))})


def spoilt_proof(random, given, numbers):
    given = dict(given, proof=list(given["proof"]))
    kind = random.randrange(4)
    if kind == 0:
        name = random.choice(numbers)
        given[name] = str(max(0, int(given[name]) + random.choice([-1, 1, 5])))
    elif kind == 1 and given["proof"]:
        given["proof"].pop(random.randrange(len(given["proof"])))
    elif kind == 2:
        given["proof"].insert(random.randint(0, len(given["proof"])), random.randbytes(32).hex())
    else:
        name = random.choice([name for name in given if name not in ("proof", *numbers)])
        given[name] = random.randbytes(32).hex()
    return given


def random_policy(random, origin, seed, witnesses):
    """Groups of groups of the witnesses, or none."""
    lines = ["log " + str(documents.Key(origin, logs.ed25519_public(seed)))]
    names = []
    for number, (name, key, _) in enumerate(witnesses):
        lines.append(f"witness W{number} {documents.Key(name, logs.ed25519_public(key), logs.COSIGNATURE)}")
        names.append(f"W{number}")
    group = 0
    while len(names) > 1:
        members = [names.pop(random.randrange(len(names))) for _ in range(random.randint(1, len(names)))]
        threshold = random.choice(["all", "any", str(random.randint(1, len(members)))])
        lines.append(f"group G{group} {threshold} {' '.join(members)}")
        names.append(f"G{group}")
        group += 1
    lines.append("quorum " + (names[0] if names and random.random() < 0.9 else "none"))
    return "\n".join(lines) + "\n"

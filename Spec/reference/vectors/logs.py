"""The transparency log's checkpoints, policies and proofs."""

import base64

from key_escrow import documents as d
from key_escrow import log as l
from key_escrow.primitives import be64, ed25519_public, ed25519_sign
from world import START

from .common import flip, secrets

ORIGIN = "log.example/test"


def log(file):
    secret = secrets("log")
    seed = secret()
    key = str(d.Key(ORIGIN, ed25519_public(seed)))
    witnesses = [(f"w{i}.example", secret(), START + 100 * i) for i in range(5)]
    vkeys = [str(d.Key(name, ed25519_public(one), l.COSIGNATURE)) for name, one, _ in witnesses]
    leaves = [l.leaf_hash(f"entry {i}".encode()) for i in range(300)]

    # Trees.
    def tree(size, index):
        return {
            "leaf": leaves[index].hex(),
            "index": str(index),
            "size": str(size),
            "root": l.root_of(leaves[:size]).hex(),
            "proof": [one.hex() for one in l.inclusion_proof(index, leaves[:size])],
        }

    def growth(older, newer):
        return {
            "older": str(older),
            "olderRoot": l.root_of(leaves[:older]).hex(),
            "newer": str(newer),
            "newerRoot": l.root_of(leaves[:newer]).hex(),
            "proof": [one.hex() for one in l.consistency_proof(older, leaves[:newer])],
        }

    for size, index in [
        (1, 0),
        (2, 0),
        (2, 1),
        (3, 2),
        (7, 3),
        (7, 6),
        (8, 7),
        (300, 0),
        (300, 255),
        (300, 256),
        (300, 299),
    ]:
        file.good(f"entry {index} of {size}", "inclusion", tree(size, index))
    for older, newer in [
        (1, 1),
        (1, 2),
        (2, 3),
        (3, 7),
        (4, 7),
        (6, 7),
        (7, 7),
        (8, 300),
        (256, 300),
        (257, 300),
        (299, 300),
    ]:
        file.good(f"from {older} to {newer}", "consistency", growth(older, newer))
    given = tree(7, 3)
    for name, more in [
        ("another index", {"index": "2"}),
        ("an index that is the size", {"index": "7"}),
        ("index 2^64 - 1", {"index": str(2**64 - 1)}),
        ("another size", {"size": "9"}),
        ("the empty tree", {"size": "0", "index": "0", "proof": []}),
        ("another leaf", {"leaf": flip(given["leaf"], 0)}),
        ("another root", {"root": flip(given["root"], 31)}),
        ("a hash too few", {"proof": given["proof"][:-1]}),
        ("a hash too many", {"proof": given["proof"] + given["proof"][:1]}),
        ("no hash", {"proof": []}),
        ("hashes in another order", {"proof": given["proof"][::-1]}),
        ("another hash", {"proof": [flip(given["proof"][0], 0), *given["proof"][1:]]}),
    ]:
        file.bad(f"inclusion: {name}", "inclusion", given | more, "not-included")
    given = growth(6, 7)
    for name, more in [
        ("from the empty tree", growth(1, 7) | {"older": "0", "proof": []}),
        ("to a smaller tree", {"older": "7", "newer": "6"}),
        ("another older size", {"older": "5"}),
        ("another newer size", {"newer": "9"}),
        ("another older root", {"olderRoot": flip(given["olderRoot"], 0)}),
        ("another newer root", {"newerRoot": flip(given["newerRoot"], 0)}),
        ("a hash too few", {"proof": given["proof"][:-1]}),
        ("a hash too many", {"proof": given["proof"] + given["proof"][:1]}),
        ("no hash", {"proof": []}),
        ("two roots of one size", {"newer": "6", "proof": []}),
    ]:
        file.bad(f"consistency: {name}", "consistency", given | more, "not-consistent")
    file.bad(
        "consistency: a proof between trees of one size",
        "consistency",
        growth(7, 7) | {"proof": given["proof"]},
        "not-consistent",
    )

    # Checkpoints.
    checkpoint = l.make_checkpoint(ORIGIN, leaves[:7], seed).decode()
    about = {"checkpoint": checkpoint, "origin": ORIGIN, "key": key}
    file.share(checkpoint=checkpoint, key=key)
    file.good("a checkpoint", "checkpoint", about, size="7", root=l.root_of(leaves[:7]).hex())
    file.good(
        "a checkpoint of the empty tree",
        "checkpoint",
        about | {"checkpoint": l.make_checkpoint(ORIGIN, [], seed).decode()},
        size="0",
    )
    root = base64.b64encode(l.root_of(leaves[:7])).decode()

    def written(text):
        return {"checkpoint": text + "\n" + d.signature_line(text, ORIGIN, seed)}

    file.good(
        "a checkpoint with extension lines", "checkpoint", about | written(f"{ORIGIN}\n7\n{root}\nmore\nand more\n")
    )
    file.good("a checkpoint of 2^63 - 1 entries", "checkpoint", about | written(f"{ORIGIN}\n{2**63 - 1}\n{root}\n"))
    for name, text in [
        ("two lines", f"{ORIGIN}\n7\n"),
        ("a leading zero", f"{ORIGIN}\n07\n{root}\n"),
        ("a sign", f"{ORIGIN}\n+7\n{root}\n"),
        ("no size", f"{ORIGIN}\n\n{root}\n"),
        ("2^63 entries", f"{ORIGIN}\n{2**63}\n{root}\n"),
        ("a root of 31 bytes", f"{ORIGIN}\n7\n{base64.b64encode(bytes(31)).decode()}\n"),
        ("a root in hexadecimal", f"{ORIGIN}\n7\n{'00' * 32}\n"),
        ("an empty extension line", f"{ORIGIN}\n7\n{root}\n\nmore\n"),
        ("an empty origin", f"\n7\n{root}\n"),
    ]:
        file.bad(f"a checkpoint: {name}", "checkpoint", about | written(text), "malformed")
    file.bad("a checkpoint of another origin", "checkpoint", about | {"origin": "log.example/other"}, "other-log")
    file.bad(
        "a checkpoint of another key",
        "checkpoint",
        about | {"key": str(d.Key(ORIGIN, ed25519_public(secret())))},
        "unsigned",
    )
    file.bad(
        "a checkpoint altered", "checkpoint", about | {"checkpoint": checkpoint.replace("\n7\n", "\n8\n")}, "signature"
    )

    # Policies.
    lines = [f"log {key}", *(f"witness W{i} {one}" for i, one in enumerate(vkeys))]
    groups = ["group A 2 W0 W1 W2", "group B any W3 W4", "group C all A B", "quorum C"]

    def policy(*more):
        return "".join(line + "\n" for line in [*lines, *more])

    file.share(policy=policy(*groups))
    for name, text in [
        ("groups of groups", policy(*groups)),
        ("one witness", policy("quorum W1")),
        ("none", policy("quorum none")),
        ("without witnesses", f"log {key}\nquorum none\n"),
        ("without logs", f"witness W {vkeys[0]}\nquorum W\n"),
        ("comments, blank lines and white space", "# a policy\n\n \t# more\n" + policy("group  A\t1 W0", "quorum A ")),
        ("addresses", f"log {key} https://log.example/\nwitness W {vkeys[0]} https://w.example/\nquorum W\n"),
        ("names that are not ASCII", f"log {key}\nwitness é {vkeys[0]}\nquorum é\n"),
        ("two logs", f"log {key}\nlog {d.Key('log.example/b', ed25519_public(witnesses[0][1]))}\nquorum none\n"),
    ]:
        file.good(f"a policy: {name}", "witness-policy", {"policy": text})
    for name, text in [
        ("nothing", ""),
        ("no quorum", policy()),
        ("two quorums", policy("quorum W0", "quorum W0")),
        ("a quorum of nobody", policy("quorum W9")),
        ("a quorum before its group", policy("quorum A", "group A 1 W0")),
        ("a group of nobody", policy("group A any", "quorum A")),
        ("a member that is not defined", policy("group A any W9", "quorum A")),
        ("a member twice", policy("group A any W0 W0", "quorum A")),
        ("a member of two groups", policy("group A any W0 W1", "group B any W1 W2", "quorum B")),
        ("a group that is its own member", policy("group A any A", "quorum A")),
        ("a threshold of 0", policy("group A 0 W0", "quorum A")),
        ("a threshold above the members", policy("group A 3 W0 W1", "quorum A")),
        ("a leading zero", policy("group A 01 W0 W1", "quorum A")),
        ("another word for all", policy("group A every W0", "quorum A")),
        ("a name twice", policy(f"witness W0 {d.Key('w9', ed25519_public(seed), 4)}", "quorum W0")),
        ("a group named as a witness", policy("group W0 any W1", "quorum W0")),
        ("a witness named none", f"witness none {vkeys[0]}\nquorum none\n"),
        ("none as a member", policy("group A any none", "quorum A")),
        ("a witness's key twice", policy(f"witness X {vkeys[0]}", "quorum X")),
        ("a log's key twice", policy(f"log {key}", "quorum none")),
        ("a key of another kind for a log", f"log {vkeys[0]}\nquorum none\n"),
        ("a key of another kind for a witness", f"witness W {key}\nquorum W\n"),
        ("an unknown word", policy("observer X", "quorum W0")),
        ("a word in capitals", policy("QUORUM W0")),
        ("too many words", policy("quorum W0 W1")),
        ("no newline at the end", policy("quorum W0")[:-1]),
        ("a carriage return", policy("quorum W0\r")),
        ("a NUL", policy("quorum W0\0")),
        ("DEL", policy("# \x7f", "quorum W0")),
        ("more than 65,536 bytes", policy("#" * 65_536, "quorum W0")),
    ]:
        file.bad(f"a policy: {name}", "witness-policy", {"policy": text}, "malformed")

    # Proofs.
    def proof(signers, index=3, size=7, extra=b""):
        return l.make_proof(
            index, leaves[:size], l.make_checkpoint(ORIGIN, leaves[:size], seed, *signers), extra
        ).decode()

    quorum = [witnesses[0], witnesses[2], witnesses[4]]
    given = {"policy": policy(*groups), "proof": proof(quorum), "entry": b"entry 3".hex()}
    file.share(proof=given["proof"])
    file.good("a proof", "proof", given, index="3", witnessTime=str(START))
    file.good(
        "a proof that carries more",
        "proof",
        given | {"proof": proof(quorum, extra=b"an opening")},
        extra=b"an opening".hex(),
    )
    file.good("the only entry", "proof", given | {"proof": proof(quorum, 0, 1), "entry": b"entry 0".hex()}, index="0")
    file.good("all witnesses", "proof", given | {"proof": proof(witnesses)}, witnessTime=str(START + 100))
    late = [(name, one, START + 1000) for name, one, _ in witnesses]
    file.good(
        "a witness far ahead does not move the time",
        "proof",
        given | {"proof": proof([witnesses[0], witnesses[1], witnesses[3], (*late[2][:2], 2**63 - 1)])},
        witnessTime=str(START + 100),
    )
    file.good(
        "a witness twice counts at its later time",
        "proof",
        given | {"proof": proof([witnesses[0], late[0], late[1], late[3]])},
        witnessTime=str(START + 1000),
    )
    file.good(
        "a cosignature of nobody's",
        "proof",
        given | {"proof": proof([*quorum, ("nobody", secret(), START)])},
        witnessTime=str(START),
    )
    file.good(
        "no quorum is asked for", "proof", given | {"policy": policy("quorum none"), "proof": proof([])}, index="3"
    )
    file.bad(
        "one witness of the two of a group", "proof", given | {"proof": proof([witnesses[0], witnesses[4]])}, "quorum"
    )
    file.bad("a group is missing", "proof", given | {"proof": proof(witnesses[:3])}, "quorum")
    file.bad("no cosignature", "proof", given | {"proof": proof([])}, "quorum")
    file.bad("another entry", "proof", given | {"entry": b"entry 4".hex()}, "not-included")
    file.bad(
        "a log that the policy does not know",
        "proof",
        given | {"policy": f"log {d.Key('log.example/b', ed25519_public(seed))}\nquorum none\n"},
        "other-log",
    )
    file.bad(
        "a log of the same name and another key",
        "proof",
        given | {"policy": f"log {d.Key(ORIGIN, ed25519_public(secret()))}\nquorum none\n"},
        "unsigned",
    )

    text = given["proof"]
    front, _, note = text.partition("\n\n")
    cosigned = l.cosigned_text(d.Note(note.encode()).text, START)
    spoilt = d.Key(witnesses[1][0], ed25519_public(witnesses[1][1]), 4)
    line = (
        f"— {witnesses[1][0]} "
        + base64.b64encode(spoilt.id + be64(START + 1) + ed25519_sign(witnesses[1][1], cosigned)).decode()
        + "\n"
    )
    file.bad("a cosignature of another time, which nobody needs", "proof", given | {"proof": text + line}, "signature")
    line = (
        f"— {witnesses[1][0]} " + base64.b64encode(spoilt.id + ed25519_sign(witnesses[1][1], cosigned)).decode() + "\n"
    )
    file.bad("a cosignature without a time", "proof", given | {"proof": text + line}, "signature")
    line = l.cosignature_line(d.Note(note.encode()).text, witnesses[1][0], witnesses[1][1], 2**63)
    file.bad("a cosignature of the year 292 billion", "proof", given | {"proof": text + line}, "signature")
    hashes = front.split("\n")[2:]
    for name, spoilt in [
        ("another version", text.replace("@v1", "@v2", 1)),
        ("no index", text.replace("index 3\n", "", 1)),
        ("a leading zero", text.replace("index 3", "index 03", 1)),
        ("index 2^63", text.replace("index 3", f"index {2**63}", 1)),
        ("a carriage return", text.replace("index 3", "index 3\r", 1)),
        ("two extra lines", text.replace("index", "extra AAAA\nextra AAAA\nindex", 1)),
        ("extra behind the index", text.replace("index 3\n", "index 3\nextra AAAA\n", 1)),
        ("extra that is not base64", text.replace("index", "extra ?\nindex", 1)),
        ("a hash of 31 bytes", text.replace(hashes[0], base64.b64encode(bytes(31)).decode(), 1)),
        ("a hash in hexadecimal", text.replace(hashes[0], "00" * 32, 1)),
        ("64 hashes", text.replace(hashes[0], "\n".join(hashes[:1] * 62), 1)),
        ("no blank line", text.replace("\n\n", "\n", 1)),
        ("no checkpoint", front + "\n\n"),
        ("nothing", ""),
        ("its first line alone", "c2sp.org/tlog-proof@v1\n"),
        ("a space behind the first line", text.replace("@v1", "@v1 ", 1)),
        ("no final newline", text[:-1]),
    ]:
        file.bad(f"a proof: {name}", "proof", given | {"proof": spoilt}, "malformed")
    for name, spoilt in [
        ("a hash too few", text.replace(hashes[-1] + "\n", "", 1)),
        ("another index", text.replace("index 3", "index 4", 1)),
        ("an index behind the last", text.replace("index 3", "index 7", 1)),
    ]:
        file.bad(f"a proof: {name}", "proof", given | {"proof": spoilt}, "not-included")

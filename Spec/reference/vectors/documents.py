"""Notes, canonical JSON, rosters."""

import base64

from key_escrow import documents as d
from key_escrow.primitives import PRIME, SMALL_ORDER, ed25519_public
from world import World

from .common import body_of, changed, document, secrets, signed

POLICY = "and(judge, or(provider, agency))"


def notes(file):
    secret = secrets("notes")
    signers = [("judge", secret()), ("agency", secret()), ("judge", secret())]
    keys = [d.Key(name, ed25519_public(seed)) for name, seed in signers]
    judge, agency, other = map(str, keys)
    text = "a text\n\nof two paragraphs\n"
    lines = [d.signature_line(text, *signer) for signer in signers]
    note = text + "\n" + lines[0]
    both = note + lines[1]
    file.share(judge=judge, agency=agency, note=note)

    def good(name, note, signers, keys=(judge, agency)):
        file.good(name, "note", {"note": note, "keys": list(keys)}, signers=sorted(signers))

    def bad(name, note, failure="malformed", keys=(judge, agency)):
        file.bad(name, "note", {"note": note, "keys": list(keys)}, failure)

    good("one signer", note, [judge])
    good("two signers", both, [judge, agency])
    good("a line twice", note + lines[0], [judge])
    good("a line of an unknown key", both, [judge], [judge])
    good("a line of the same name and another key", note + lines[2], [judge])
    good("text that is not ASCII", "Straße\n\n" + d.signature_line("Straße\n", *signers[0]), [judge])
    good("100 lines", note + lines[2] * 99, [judge])
    bad("101 lines", note + lines[2] * 100)
    bad("known keys that did not sign", note, "unsigned", [agency])
    bad("no known key", note, "unsigned", [])
    bad("another text", note.replace("two", "ten"), "signature")
    wrong = d.signature_line("another text\n", *signers[1])
    bad("a wrong line beside a right one", note + wrong, "signature")
    bad(
        "a wrong line before a right one of the same key",
        text + "\n" + d.signature_line("x\n", *signers[0]) + lines[0],
        "signature",
    )
    bad("nothing", "")
    bad("no signature line", text + "\n")
    bad("no blank line", text.replace("\n\n", "\n") + lines[0])
    bad("no final newline", note[:-1])
    bad("a blank line at the end", note + "\n")
    bad("a line that is none", note + "nonsense\n")
    bad("a hyphen for the dash", note.replace("—", "-"))
    bad("two spaces", note.replace("— judge", "—  judge"))
    bad("an empty name", note.replace("— judge", "— "))
    bad("a plus sign in a name", note.replace("— judge", "— ju+ge"))
    bad("no signature", text + "\n— judge\n")
    bad("a signature of 4 bytes", text + "\n— judge AAAAAA==\n")
    bad("base64 without padding", note.replace("=", ""))
    bad("base64 with line feeds", note[:-10] + "\n" + note[-10:])
    line = lines[0].split(" ")[2].strip()
    loose = base64.b64encode(base64.b64decode(line)).decode()
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".index(loose[-2])
    spoilt = loose[:-2] + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[last + 1] + "="
    bad("base64 with unused bits", note.replace(line, spoilt))
    for name, character in [("a tab", "\t"), ("a carriage return", "\r"), ("a NUL", "\0"), ("an escape", "\x1b")]:
        spoilt = text.replace("of", "of" + character)
        bad(f"{name} in the text", spoilt + "\n" + d.signature_line(spoilt, *signers[0]))
    bad("not UTF-8", {"hex": b"\xff".hex() + note.encode().hex()})
    bad("a surrogate", {"hex": b"\xed\xa0\x80".hex() + note.encode().hex()})
    bad("a key id in capitals", note, keys=[judge.replace(keys[0].id.hex(), keys[0].id.hex().upper())])
    bad("a key id of another key", note, keys=[judge.replace(keys[0].id.hex(), keys[1].id.hex())])
    bad("a key without an id", note, keys=[judge.replace("+" + keys[0].id.hex(), "")])
    bad("a key of a cosignature", note, keys=[str(d.Key("judge", keys[0].public, 4))])
    bad("a key of 31 bytes", note, keys=[str(d.Key("judge", keys[0].public[:31]))])
    bad("a key with a space in its name", note, keys=[str(d.Key("jud ge", keys[0].public))])


def holders(file):
    world = World(POLICY, secrets("holders"))
    body = world.holders["judge"].record() | {"type": "key-escrow/v1 holder"}
    text = document(body)

    def bad(name, text):
        file.bad(name, "holder-record", {"text": text}, "malformed")

    file.good("a holder record", "holder-record", {"text": text}, holder="judge")
    labelled = World("and(judge:paris.1-a, agency)", secrets("holders")).holders["judge:paris.1-a"].record()
    file.good(
        "a label",
        "holder-record",
        {"text": document(labelled | {"type": "key-escrow/v1 holder"})},
        holder="judge:paris.1-a",
    )

    for name in body:
        bad(f"without {name}", document(changed(body, **{name: None})))
    bad("an unknown member", document(changed(body, comment="x")))
    bad("a member twice", text.replace('  "id"', '  "id": "judge",\n  "id"'))
    lines = text.split("\n")
    bad("members out of order", "\n".join([lines[0], lines[2], lines[1], *lines[3:]]))
    bad("no final newline", text[:-1])
    bad("two final newlines", text + "\n")
    bad("carriage returns", text.replace("\n", "\r\n"))
    # As bytes: some readers of JSON drop a byte order mark at the beginning of a string.
    bad("a byte order mark", {"hex": ("\ufeff" + text).encode().hex()})
    bad("an indent of four", text.replace("  ", "    "))
    bad("an indent of a tab", text.replace("  ", "\t"))
    bad("one line", text.replace("\n  ", " ").replace("\n", "") + "\n")
    bad("a space before the colon", text.replace('"id":', '"id" :'))
    bad("an escape that is not needed", text.replace('"judge"', '"\\u006audge"'))
    bad("an escaped solidus", text.replace("key-escrow/v1", "key-escrow\\/v1"))
    bad("a key that is canonically equivalent to none of ours", text.replace('"id"', '"\u212ad"'))
    bad("a fraction", text.replace('"suite": 1', '"suite": 1.0'))
    bad("an exponent", text.replace('"suite": 1', '"suite": 1e0'))
    bad("a leading zero", text.replace('"suite": 1', '"suite": 01'))
    bad("a sign", text.replace('"suite": 1', '"suite": -1'))
    bad("a number above 2^64 - 1", text.replace('"suite": 1', '"suite": 18446744073709551617'))
    bad("a number as a string", text.replace('"suite": 1', '"suite": "1"'))
    bad("null", text.replace('"suite": 1', '"suite": null'))
    bad("true", text.replace('"suite": 1', '"suite": true'))
    bad("an empty object", text.replace('"suite": 1', '"suite": {}'))
    bad("an array", text.replace('"suite": 1', '"suite": [\n    1\n  ]'))
    bad("a comment", text.replace("{\n", "{ // holder\n"))
    bad("a comma at the end", text.replace('"\n}', '",\n}'))
    bad("text behind the object", text + "{}\n")
    bad("an array for the document", "[\n  1\n]\n")
    bad("nothing", "")
    bad("not UTF-8", {"hex": text.encode().hex().replace("6a75646765", "6aff646765", 1)})
    bad("10,000 brackets", "[" * 10_000)
    for name, value in [
        ("another type", "key-escrow/v1 roster"),
        ("another version", "key-escrow/v2 holder"),
        ("no version", "holder"),
    ]:
        bad(name, document(changed(body, type=value)))
    for suite in (0, 2, 3, 65536):
        bad(f"suite {suite}", document(changed(body, suite=suite)))
    for name in ("mayor", "judge:", "judge:PARIS", "Judge", "judge ", ""):
        bad(f"holder {name!r}", document(changed(body, id=name)))
    bad("a key that another holder is named in", document(changed(body, id="agency")))
    key = body["sealingKey"]
    for name, value in [
        ("hexadecimal in capitals", key.upper()),
        ("31 bytes", key[2:]),
        ("33 bytes", key + "00"),
        ("an odd digit", key[1:]),
        ("the top bit set", key[:-2] + f"{int(key[-2:], 16) | 0x80:02x}"),
        ("2^255 - 19", PRIME.to_bytes(32, "little").hex()),
        ("2^255 - 1", "ff" * 31 + "7f"),
        *((f"order {n}", u.to_bytes(32, "little").hex()) for n, u in enumerate(sorted(SMALL_ORDER))),
    ]:
        bad(f"a sealing key: {name}", document(changed(body, sealingKey=value)))
    for name, value in [
        ("a small z", "2027-05-01T09:30:00z"),
        ("a space", "2027-05-01 09:30:00Z"),
        ("an offset", "2027-05-01T09:30:00+00:00"),
        ("a fraction", "2027-05-01T09:30:00.5Z"),
        ("no seconds", "2027-05-01T09:30Z"),
        ("30 February", "2027-02-30T09:30:00Z"),
        ("29 February of no leap year", "2100-02-29T00:00:00Z"),
        ("hour 24", "2027-05-01T24:00:00Z"),
        ("a leap second", "2016-12-31T23:59:60Z"),
        ("month 13", "2027-13-01T00:00:00Z"),
        ("day 0", "2027-05-00T00:00:00Z"),
        ("1969", "1969-12-31T23:59:59Z"),
        ("year 10000", "10000-01-01T00:00:00Z"),
        ("year 0", "0000-01-01T00:00:00Z"),
        ("Arabic digits", "٢٠٢٧-05-01T09:30:00Z"),
        ("one digit for a month", "2027-5-01T09:30:00Z"),
    ]:
        bad(f"a time: {name}", document(changed(body, sealingKeyNotAfter=value)))
    for value in ("1970-01-01T00:00:00Z", "2096-02-29T23:59:59Z", "9999-12-31T23:59:59Z"):
        file.good(f"a time: {value}", "holder-record", {"text": document(changed(body, sealingKeyNotAfter=value))})


def rosters(file):
    world = World(POLICY, secrets("rosters"))
    signers = [holder.signer for holder in world.holders.values()]
    first = world.make_roster(
        {"caps": [{"judges": 1, "keys": 1000}], "maximumDays": 90, "maximumKeys": 1000, "maximumKeysPerMonth": 5000}
    )
    world.add_roster(first)
    body = body_of(first.decode())
    file.share(first=first.decode())

    def bad(name, body, failure="malformed", by=signers):
        file.bad(name, "roster", {"rosters": [signed(body, *by)]}, failure)

    file.good(
        "a roster",
        "roster",
        {"rosters": [first.decode()]},
        id=world.roster.digest.hex(),
        genesis=world.roster.digest.hex(),
    )
    file.good("without limits", "roster", {"rosters": [signed(changed(body, limits=None), *signers)]})
    file.good("a server deposits", "roster", {"rosters": [signed(changed(body, depositors="server"), *signers)]})
    file.good(
        "a line of nobody's",
        "roster",
        {"rosters": [first.decode() + d.signature_line("x\n", "mayor", world.secret())]},
        id=world.roster.digest.hex(),
    )
    file.good(
        "signed in another order", "roster", {"rosters": [signed(body, *signers[::-1])]}, id=world.roster.digest.hex()
    )

    for name in sorted(body):
        if name != "limits":
            bad(f"without {name}", changed(body, **{name: None}))
    bad("an unknown member", changed(body, comment="x"))
    bad("an unknown limit", changed(body, limits__minimumKeys=1))
    for name, value in [
        ("generation", 0),
        ("generation", 2),
        ("generation", 1_000_001),
        ("depositors", "both"),
        ("test", "true"),
        ("issued", "2027-01-31"),
        ("policy", "and(judge,or(provider,agency))"),
        ("policy", "and(judge"),
        ("policy", 1),
        ("limits__maximumDays", 0),
        ("limits__maximumDays", 36_501),
        ("limits__maximumKeys", 0),
        ("limits__maximumKeysPerMonth", 0),
        ("limits__caps__0__judges", 0),
        ("limits__caps__0__judges", 256),
        ("limits__caps__0__keys", 0),
        ("genesis", "0" * 64),
        ("previous", "0" * 64),
    ]:
        bad(f"{name.replace('__', '.')} {value}", changed(body, **{name: value}))
    bad("holders in another order", changed(body, holders=body["holders"][::-1]))
    bad("a holder too few", changed(body, holders=body["holders"][:2]))
    bad("a holder too many", changed(body, holders=body["holders"] + body["holders"][:1]))
    bad("a signature missing", body, "unsigned", signers[:2])
    bad("a signature of another key", body, "unsigned", [*signers[:2], ("agency", world.secret())])
    wrong = changed(body, depositors="server")
    lines = "".join(d.signature_line(document(body), *signer) for signer in signers)
    file.bad("signatures of another text", "roster", {"rosters": [document(wrong) + "\n" + lines]}, "signature")
    bad(
        "caps that do not rise in keys",
        changed(body, limits__caps=[{"judges": 1, "keys": 9}, {"judges": 2, "keys": 9}]),
        "limits",
    )
    bad("a cap for more judges than there are", changed(body, limits__caps=[{"judges": 2, "keys": 9}]), "limits")
    same = changed(body, holders__1__sealingKey=body["holders"][0]["sealingKey"])
    bad("one sealing key of two holders", same, "duplicate-key")
    across = changed(body, holders__1__sealingKey=ed25519_public(world.holders["agency"].signing).hex())
    bad("a sealing key that is a signing key", across, "duplicate-key")

    for policy in (
        "or(judge, agency)",
        "thresh(2, judge, provider, agency)",
        "and(provider, agency)",
        "and(judge:a, judge:b)",
        "judge",
        "or(and(judge:a, judge:b), and(judge:c, agency))",
    ):
        other = World(policy, secrets(policy))
        file.bad(
            f"{policy} is no policy for a roster", "roster", {"rosters": [other.make_roster().decode()]}, "policy-rule"
        )
    for policy in (
        "or(and(judge:fr, agency:fr), and(judge:de, agency:de))",
        "thresh(3, judge, provider, agency)",
        "and(thresh(2, judge:a, judge:b, judge:c), agency)",
    ):
        file.good(
            f"{policy} is a policy for a roster",
            "roster",
            {"rosters": [World(policy, secrets(policy)).make_roster().decode()]},
        )

    world.succession("and(judge, or(provider, agency:a, agency:b))")
    second = world.make_successor()
    body = body_of(second.decode())
    every = list(dict(holder.signer for holder in [*world.before, *world.holders.values()]).items())

    def follows(name, body, failure, by=every, before=(first.decode(),)):
        file.bad(name, "roster", {"rosters": [*before, signed(body, *by)]}, failure)

    world.add_roster(second)
    file.good(
        "a successor",
        "roster",
        {"rosters": world.notes},
        id=world.roster.digest.hex(),
        genesis=world.rosters[0].digest.hex(),
    )
    enough = [signer for signer in every if signer[0] != "provider"]
    follows("without a holder of its own", body, "unsigned", enough)
    follows("a successor without its predecessor", body, "not-successor", before=())
    follows("a first roster as a successor", body_of(first.decode()), "not-successor")
    follows("another predecessor", changed(body, previous="0" * 64), "not-successor")
    follows("another genesis", changed(body, genesis="0" * 64), "not-successor")
    follows("a generation too far", changed(body, generation=3), "not-successor")
    follows("no longer for tests", changed(body, test=False), "log-missing")
    follows("generation 2 without genesis", changed(body, genesis=None), "malformed")
    stranger = World("and(judge, agency)", secrets("stranger"))
    stranger.rosters, stranger.notes, stranger.before = world.rosters[:1], world.notes[:1], []
    follows(
        "not approved under the predecessor's policy",
        body_of(stranger.make_successor().decode()),
        "not-successor",
        [holder.signer for holder in stranger.holders.values()],
    )
    world.succession(POLICY)
    third = world.make_successor().decode()
    file.good("a third generation", "roster", {"rosters": [*world.notes, third]}, genesis=world.rosters[0].digest.hex())
    file.bad("a generation left out", "roster", {"rosters": [first.decode(), third]}, "not-successor")

    # The log.
    world = World(POLICY, secrets("logged")).with_log()
    signers = [holder.signer for holder in world.holders.values()]
    logged = world.make_roster({"maximumSealedDays": 365}).decode()
    body = body_of(logged)
    file.share(logged=logged)
    file.good("a roster with a log", "roster", {"rosters": [logged]})
    file.good("not for tests", "roster", {"rosters": [world.make_roster(test=False).decode()]})
    bad("not for tests, and without a log", changed(body_of(first.decode()), test=False), "log-missing")
    for name in ("log", "maximumWitnessAgeHours", "witnessPolicy"):
        bad(f"a log without {name}", changed(body, **{name: None}), by=signers)
    lines, key = body["witnessPolicy"], body["log"]["vkey"]
    for name, value in [
        ("log__origin", ""),
        ("log__vkey", key[:-4]),
        ("maximumWitnessAgeHours", 0),
        ("maximumWitnessAgeHours", 8761),
        ("unwitnessed", False),
        ("witnessPolicy", [*body["witnessPolicy"], 1]),
        ("limits__maximumSealedDays", 0),
        ("limits__maximumSealedDays", 36_501),
    ]:
        bad(f"{name.replace('__', '.')} {str(value)[:9]!r}", changed(body, **{name: value}), by=signers)
    for name, value in [
        ("no quorum", lines[:-1]),
        ("a line that is none", [*lines, "nonsense"]),
        ("of a log of another key", [f"log {d.Key('log.example/test', ed25519_public(world.secret()))}", *lines[1:]]),
        ("a line that is empty", [lines[0], "", *lines[1:]]),
        ("a line of 1,025 bytes", ["#" * 1025, *lines]),
        ("none, and no word of it", [*lines[:-1], "quorum none"]),
    ]:
        bad(f"a witness policy: {name}", changed(body, witnessPolicy=value), "invalid-log", signers)
    none = changed(body, witnessPolicy=[*lines[:-1], "quorum none"], unwitnessed=True)
    file.good("no witness, and a word of it", "roster", {"rosters": [signed(none, *signers)]})
    file.good(
        "a witness policy without a log",
        "roster",
        {"rosters": [signed(changed(body, witnessPolicy=lines[1:]), *signers)]},
    )
    judge = body["holders"][0]["vkey"].split("+", 2)
    theirs = d.Key.parse("+".join(judge)).public
    bad("a holder is the log", _with_log_key(body, d.Key("log.example/test", theirs)), "duplicate-key", signers)
    witness = f"witness w0 {d.Key('w0.example', theirs, 4)}"
    bad("a holder is a witness", changed(body, witnessPolicy__1=witness), "duplicate-key", signers)
    log_key = d.Key.parse(key).public
    witness = f"witness w0 {d.Key('w0.example', log_key, 4)}"
    bad("the log is a witness", changed(body, witnessPolicy__1=witness), "duplicate-key", signers)


def _with_log_key(body, key):
    lines = [f"log {key}", *body["witnessPolicy"][1:]]
    return changed(body, log__vkey=str(key), witnessPolicy=lines)

"""Policies and sharing."""

from key_escrow import sharing as s

POLICIES = [
    "and(judge, or(provider, agency))",
    "or(and(judge:fr, agency:fr), and(judge:de, agency:de))",
    "and(thresh(2, judge:a, judge:b, judge:c), or(provider, and(agency:a, agency:b)))",
    "thresh(3, judge, provider, agency:a, agency:b)",
    "thresh(2, and(judge:a, agency:a), or(provider, agency:b), judge:b)",
]


def policies(file):
    for policy in POLICIES:
        file.good(policy, "policy", {"policy": policy}, canonical=policy)
    for text, canonical in [
        ("judge", "judge"),
        (" \t\r\njudge\n", "judge"),
        ("and(judge)", "thresh(1, judge)"),
        ("or( judge )", "thresh(1, judge)"),
        ("thresh(2,judge,agency)", "and(judge, agency)"),
        ("thresh (1 , judge , agency)", "or(judge, agency)"),
        ("thresh(1, judge)", "thresh(1, judge)"),
        ("and(judge:a.b-c,\njudge:0)", "and(judge:a.b-c, judge:0)"),
        ("judge:" + "x" * 64, "judge:" + "x" * 64),
    ]:
        file.good(f"canonical form of {text!r}", "policy", {"policy": text}, canonical=canonical)
    deep = "or(" * 32 + "judge" + ")" * 32
    file.good("32 gates deep", "policy", {"policy": deep})
    wide = ", ".join(f"judge:{i}" for i in range(255))
    file.good("255 holders and 255 columns", "policy", {"policy": f"and({wide})"})

    for text, position in [
        ("", 0),
        ("   ", 3),
        ("and", 3),
        ("and(", 4),
        ("and()", 0),
        ("and(judge", 9),
        ("and(judge,)", 10),
        ("and(judge,,agency)", 10),
        ("and(judge agency)", 10),
        ("and(judge, agency", 17),
        ("and(judge, agency))", 18),
        ("judge agency", 6),
        ("judge)", 5),
        ("(judge)", 0),
        ("mayor", 0),
        ("and(mayor, judge)", 4),
        ("Judge", 0),
        ("judges", 0),
        ("AND(judge)", 0),
        ("judge:", 6),
        ("judge:Paris", 6),
        ("judge:paris_1", 6),
        ("judge:a:b", 6),
        ("judge:" + "x" * 65, 6),
        ("judge :a", 6),
        ("judge:é", 6),
        ("and(judge, judge)", 11),
        ("or(judge:a, and(judge:b, judge:a))", 25),
        ("thresh(0, judge)", 7),
        ("thresh(3, judge, agency)", 7),
        ("thresh(02, judge, agency)", 7),
        ("thresh(, judge)", 7),
        ("thresh(judge, agency)", 7),
        ("thresh(-1, judge)", 7),
        ("thresh(+1, judge)", 7),
        ("thresh(1.0, judge)", 8),
        ("thresh(1)", 0),
        ("thresh(1,)", 9),
        ("thresh(99999999999999999999, judge)", 7),
        ("thresh(1 judge)", 9),
        ("and(judge; agency)", 4),
        ("judge\x00", 5),
        ("and(\ufeffjudge)", 4),
        ("judge\u00a0", 0),
        ("or(judge, and())", 10),
    ]:
        file.bad(f"refused: {text!r}", "policy", {"policy": text}, "policy", position)
    file.bad("33 gates deep", "policy", {"policy": "or(" * 33 + "judge" + ")" * 33}, "policy", 96)
    file.bad("256 holders", "policy", {"policy": f"or({wide}, judge:255)"}, "policy", 3 + len(wide) + 2)
    file.bad("more than 65,536 bytes", "policy", {"policy": "judge" + " " * 65532}, "policy")


def sharing(file):
    for number, text in enumerate(POLICIES):
        policy = s.Policy(text)
        secret = bytes(range(number, number + 40 * (number + 1), number + 1))
        coefficients = [
            bytes((7 * i + 31 * c + number) % 256 for i in range(len(secret))) for c in range(len(policy.matrix[0]) - 1)
        ]
        given = {"policy": text, "secret": secret.hex(), "coefficients": [one.hex() for one in coefficients]}
        file.good(f"deal under {text}", "deal", given)
        shares = dict(zip(policy.holders, (one.hex() for one in s.deal(policy, secret, coefficients))))
        for chosen in policy.minimal_sets():
            file.good(
                f"{', '.join(sorted(chosen))} of {text}",
                "reconstruct",
                {"policy": text, "shares": {one: shares[one] for one in sorted(chosen)}},
                secret=secret.hex(),
            )
        file.good(f"all of {text}", "reconstruct", {"policy": text, "shares": shares}, secret=secret.hex())
        for left_out in sorted(next(policy.minimal_sets())):
            some = {one: shares[one] for one in next(policy.minimal_sets()) if one != left_out}
            if some:
                file.bad(
                    f"{', '.join(sorted(some))} of {text}", "reconstruct", {"policy": text, "shares": some}, "quorum"
                )
    file.bad(
        "a share of nobody's",
        "reconstruct",
        {"policy": POLICIES[0], "shares": {"judge": "00", "judge:x": "00"}},
        "shares",
    )
    file.bad(
        "shares of two lengths",
        "reconstruct",
        {"policy": POLICIES[0], "shares": {"judge": "00", "agency": "0000"}},
        "shares",
    )

    for shares, secret in [
        (["997d01", "dc8402"], "532a"),
        (["dc8402", "16d303"], "532a"),
        (["16d303", "997d01", "dc8402"], "532a"),
        (["eb83", "d413"], "2a"),
    ]:
        file.good(f"raw shares {' '.join(shares)}", "raw-shares", {"shares": shares}, secret=secret)
    for name, shares in [
        ("one raw share", ["997d01"]),
        ("no raw share", []),
        ("raw shares of two lengths", ["997d01", "8402"]),
        ("raw shares of one byte", ["01", "02"]),
        ("abscissa 0", ["997d01", "dc8400"]),
        ("an abscissa twice", ["997d01", "dc8401"]),
    ]:
        file.bad(name, "raw-shares", {"shares": shares}, "shares")

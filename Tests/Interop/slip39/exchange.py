"""Exchanges backups with shamir_mnemonic: exchange.py BINARY. Exits 0 only if every secret came back on either side."""

import base64
import hashlib
import itertools
import json
import pathlib
import secrets
import subprocess
import sys
import tempfile

from shamir_mnemonic.shamir import combine_mnemonics, generate_mnemonics

BINARY = sys.argv[1]
PASSPHRASES = [b"", b"TREZOR", b"a longer one, with spaces ~"]


def run(*arguments, text="", status=0):
    result = subprocess.run([BINARY, *map(str, arguments)], input=text, capture_output=True, text=True)
    if result.returncode != status:
        sys.exit(f"{' '.join(map(str, arguments))}: exit {result.returncode}, not {status}: {result.stderr}")
    return result


def passphrase_arguments(folder, passphrase):
    if not passphrase:
        return []
    path = folder / "passphrase"
    path.write_bytes(passphrase + b"\n")
    return ["--passphrase-file", path]


def raw_keys(folder):
    """The private keys as `openssl` would show them: the last 32 bytes of the PKCS#8 structure."""
    keys = b""
    for name in ("sealing.pem", "signing.pem"):
        lines = (folder / name).read_text().splitlines()[1:-1]
        keys += base64.b64decode("".join(lines))[-32:]
    return keys


def theirs(folder):
    """Backups made there, restored here."""
    count = 0
    for length, passphrase, extendable in itertools.product((16, 20, 32, 64), PASSPHRASES, (True, False)):
        secret = secrets.token_bytes(length)
        groups = [(1, 1), (2, 3), (3, 5)]
        made = generate_mnemonics(2, groups, secret, passphrase, extendable, iteration_exponent=0)
        chosen = [*made[1][1:], *made[2][:3]] if extendable else [*made[0], *made[2][2:]]
        arguments = passphrase_arguments(folder, passphrase)
        result = run("backup", "combine", "--json", *arguments, text="\n".join(chosen) + "\n")
        assert json.loads(result.stdout) == {"secret": secret.hex()}, (secret.hex(), result.stdout)
        run("backup", "combine", *arguments, text="\n".join(chosen[1:]), status=5)
        swapped = [" ".join(reversed(chosen[0].split())), *chosen[1:]]
        run("backup", "combine", *arguments, text="\n".join(swapped), status=5)
        count += 1
    return count


def ours(folder):
    """Backups of a holder's keys made here, restored there."""
    run("holder", "new", "--id", "judge:paris", "--out", folder / "judge")
    keys = raw_keys(folder / "judge")
    count = 0
    for passphrase, (groups, threshold, sizes) in itertools.product(
        PASSPHRASES,
        [
            (["1of1"], 1, [(1, 1)]),
            (["2of3"], 1, [(2, 3)]),
            (["3of5", "1of1", "2of2"], 2, [(3, 5), (1, 1), (2, 2)]),
        ],
    ):
        result = run(
            "backup", "split", "--holder", folder / "judge", "--groups", *groups, "--threshold", threshold,
            "--words", *passphrase_arguments(folder, passphrase),
        )
        lines = result.stdout.splitlines()
        assert len(lines) == sum(size for _, size in sizes)
        ends = list(itertools.accumulate(size for _, size in sizes))
        split = [lines[end - size : end] for end, (_, size) in zip(ends, sizes)]
        for chosen in itertools.combinations(range(len(sizes)), threshold):
            mnemonics = [word for group in chosen for word in split[group][-sizes[group][0] :]]
            assert combine_mnemonics(mnemonics, passphrase) == keys
            count += 1
    return count


def restored(folder):
    """A holder's directory from a backup that was made there."""
    mnemonics = generate_mnemonics(1, [(2, 3)], raw_keys(folder / "judge"), b"TREZOR")[0]
    run(
        "backup", "combine", "--restore", folder / "again", "--record", folder / "judge" / "holder.json",
        *passphrase_arguments(folder, b"TREZOR"), text="\n".join(mnemonics[:2]),
    )
    assert raw_keys(folder / "again") == raw_keys(folder / "judge")
    assert (folder / "again/holder.json").read_bytes() == (folder / "judge/holder.json").read_bytes()


def specified():
    """The block at the top of Spec/backup.md."""
    text = (pathlib.Path(__file__).parents[3] / "Spec/backup.md").read_text()
    lines = [line.split(": ", 1) for line in text.split("```backup\n")[1].split("```")[0].splitlines()]
    fields = dict(line for line in lines if line[0] != "mnemonic")
    mnemonics = [line[1] for line in lines if line[0] == "mnemonic"]
    secret = b"".join(
        hashlib.sha256(b"key-escrow/v1 vector judge " + name).digest() for name in (b"sealing", b"signing")
    )
    assert fields["secret"] == secret.hex()
    for pair in itertools.combinations(mnemonics, 2):
        assert combine_mnemonics(pair, fields["passphrase"].encode()) == secret


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    specified()
    print("Spec/backup.md agrees")
    print(f"their backups restored here: {theirs(folder)}")
    print(f"our backups restored there: {ours(folder)}")
    restored(folder)
    print("a holder's directory restored from their backup")

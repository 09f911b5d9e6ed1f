#!/usr/bin/env python3
"""Times the tool on JSON lines: `escrow deposit` reads them, `escrow recover` writes them.

    json_lines.py ESCROW RESULTS COUNT

Makes COUNT random keys (a test roster, holders without passphrases, everything in a temporary folder that TMPDIR places),
deposits them, answers a warrant over all of them, recovers them, and compares what comes out with what went in, line by
line. Appends the median of three recoveries, and the one deposit, to RESULTS: nanoseconds a key on the wall, with the
start of the process, the SQLite store and the files in it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EPOCHS = 1000


def main(escrow, results, count):
    with tempfile.TemporaryDirectory(prefix="escrow-lines-") as folder:
        place = Path(folder)

        def run(*arguments):
            """Nanoseconds that a command took."""
            start = time.monotonic_ns()
            done = subprocess.run(
                [escrow, *map(str, arguments)], cwd=place, env={**os.environ, "HOME": folder},
                stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                sys.exit(f"escrow {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
            return time.monotonic_ns() - start

        conversations = [os.urandom(32).hex() for _ in range(-(-count // EPOCHS))]
        lines = [
            f'{{"conversation":"{conversations[index // EPOCHS]}","epoch":{index % EPOCHS},"key":"{os.urandom(32).hex()}"}}'
            for index in range(count)]
        (place / "keys.jsonl").write_text("\n".join(lines) + "\n", encoding="ascii")

        holders = ("judge", "provider", "agency")
        for holder in holders:
            run("holder", "new", "--id", holder, "--out", holder)
        run("roster", "new", "--policy", "and(judge, or(provider, agency))",
            *(part for holder in holders for part in ("--holder", holder)), "-o", "R")
        for holder in holders:
            run("roster", "sign", "--holder", holder, "R")
        deposit = run("deposit", "--roster", "R", "--store", "S", "keys.jsonl")
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))
        run("warrant", "draft", "--roster", "R", "--holder", "agency", "--recipient-key", "K.pem", "--case", "lines",
            "--legal-basis", "none", *(part for one in conversations for part in ("--conversation", one)),
            "--not-after", until, "--maximum-keys", count, "-o", "W")
        run("warrant", "sign", "--holder", "judge", "--roster", "R", "W")
        for holder in ("judge", "agency"):
            run("release", "--holder", holder, "--roster", "R", "--warrant", "W", "--store", "S", "-o", f"F.{holder}")
        recoveries = []
        for turn in range(3):
            recoveries.append(run(
                "recover", "--roster", "R", "--warrant", "W", "--recipient-key", "K.pem", "--store", "S", "--jobs", 1,
                "-o", f"keys.{turn}", "F.judge", "F.agency"))
        # One conversation after another, and each in the order of its epochs: lines sort by conversation.
        lines.sort(key=lambda line: line[17:81])
        if (place / "keys.2").read_text(encoding="ascii").splitlines() != lines:
            sys.exit("the keys that came out are not those that went in")

    with open(results, "a", encoding="utf-8") as file:
        for group, subject, nanoseconds in (
                ("deposit", "escrow deposit, JSON lines in", deposit),
                ("recover", "escrow recover, JSON lines out", statistics.median(recoveries))):
            row = {"group": group, "case": "batch", "size": count, "subject": subject, "reference": "",
                   "unit": "ns/key", "ours": nanoseconds / count}
            file.write(json.dumps(row, sort_keys=True) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3]))

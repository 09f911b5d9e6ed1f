"""Runs the tool while the system fails around it: faults.py [--quick] BINARY, as Scripts/faults calls it.

kill -9 in the middle of deposit, release and recover, each hundreds of times (tens with --quick); a disk that is full; a
store that may only be read; a store with a damaged page; two processes on one store; two warrants answered at once.
After each: nothing acknowledged is lost, nothing unverified came out, and every failure was one line and a code of the
tool's own. What the processes of the libraries' own tests do besides is in Tests/FaultTests and the CrashTests.
"""

import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

QUICK = "--quick" in sys.argv[1:]
NAMED = {1: "internal", 3: "refused", 4: "quorum", 5: "verification", 6: "key", 64: "usage"}
SEED = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(1 << 32)))
RANDOM = random.Random(SEED)


class Broken(Exception):
    pass


def claim(condition, words):
    if not condition:
        raise Broken(words)


class Tool:
    """The tool in a folder of its own."""

    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)

    def start(self, *words, limit=None, user=None):
        def prepare():
            if limit is not None:
                # A write beyond the limit fails, as on a full disk, instead of ending the process.
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            if user is not None:
                os.setgid(user)
                os.setuid(user)

        return subprocess.Popen(
            [self.program, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=prepare,
        )

    def run(self, *words, codes=(0,), **options):
        process = self.start(*words, **options)
        output, complaint = process.communicate(timeout=120)
        code, complaint = process.returncode, complaint.decode()
        claim(code >= 0, f"escrow {words[0]} was ended by signal {-code}: {complaint[-400:]}")
        claim(code in codes, f"escrow {' '.join(words)} ended with {code}, not one of {codes}: {complaint[-400:]}")
        if code != 0:
            claim(code in NAMED, f"{code} is no code of the tool's")
            lines = complaint.splitlines()
            claim(lines and all(line.startswith("escrow: ") for line in lines), f"a failure is named, not {complaint!r}")
            # What verifies or recovers names every fault, each in its line.
            several = words[0] == "recover" or words[:2] == ("store", "verify")
            claim(len(lines) == 1 or several, f"a failure is one line, not {complaint!r}")
        return code, output.decode(), complaint

    def must(self, *words):
        return self.run(*words)[1]

    def bytes(self, name):
        return (self.folder / name).read_bytes()

    def has(self, name):
        return (self.folder / name).exists()

    def copy(self, folder):
        shutil.copytree(self.folder, folder)
        return Tool(self.program, folder)


def conversation(number):
    return f"{number:02x}" * 32


def lines(numbers, epochs):
    generator = random.Random(1)
    for number in numbers:
        for epoch in epochs:
            key = generator.randbytes(32).hex()
            yield json.dumps({"conversation": conversation(number), "epoch": epoch, "key": key}, separators=(",", ":"))


def scene(program, folder, epochs=200):
    """A roster, a store with deposits, a signed warrant W over one conversation, and what it recovers."""
    tool = Tool(program, folder)
    for holder in ["judge", "provider", "agency"]:
        tool.must("holder", "new", "--id", holder, "--out", holder)
    records = [word for holder in ["judge", "provider", "agency"] for word in ("--holder", f"{holder}/holder.json")]
    tool.must("roster", "new", "--test", "--policy", "and(judge, or(provider, agency))", "-o", "R", *records)
    for holder in ["judge", "provider", "agency"]:
        tool.must("roster", "sign", "--holder", holder, "R")
    all_lines = list(lines([1, 2], range(epochs)))
    (tool.folder / "keys.jsonl").write_text("\n".join(all_lines) + "\n")
    tool.must("deposit", "--roster", "R", "--store", "S", "keys.jsonl")
    for name, number in [("W", 1), ("V", 2)]:
        draft(tool, name, number)
    expected = {name: "\n".join(line for line in all_lines if conversation(number) in line) + "\n"
                for name, number in [("W", 1), ("V", 2)]}
    return tool, expected


def draft(tool, name, number):
    tool.must(
        "warrant", "draft", "--test", "--roster", "R", "--holder", "agency", "--recipient-key", f"{name}.pem",
        "--case", "2026/17", "--legal-basis", "Article 100", "--conversation", conversation(number),
        "--not-after", "2099-12-31T23:59:59Z", "--maximum-keys", "5000", "-o", name)
    tool.must("warrant", "sign", "--holder", "judge", "--roster", "R", name)


def release(holder, warrant="W", output=None):
    return ["release", "--holder", holder, "--roster", "R", "--warrant", warrant, "--store", "S", "-o",
            output or f"{warrant}.{holder}"]


def recover(warrant="W", *options):
    return ["recover", "--roster", "R", "--warrant", warrant, "--recipient-key", f"{warrant}.pem", "--store", "S",
            *options, f"{warrant}.judge", f"{warrant}.agency"]


def store_is_sound(tool):
    tool.must("store", "verify", "S", "--roster", "R")


def killed(tool, words, longest):
    """Starts the tool and kills it after a while; whether it was still running."""
    process = tool.start(*words)
    time.sleep(RANDOM.uniform(0, longest))
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def duration(tool, words):
    start = time.time()
    tool.must(*words)
    return time.time() - start


def kill_deposits(tool, expected, rounds):
    """Nothing acknowledged is lost: whatever an earlier deposit was said to hold is there after every kill."""
    words = ["deposit", "--roster", "R", "--store", "S", "more.jsonl"]
    more = list(lines([3], range(400)))
    (tool.folder / "more.jsonl").write_text("\n".join(more) + "\n")
    longest = 1.2 * duration(tool, words)
    kills = 0
    for number in range(rounds):
        kills += killed(tool, words, longest)
        if number % 10 == 9:
            store_is_sound(tool)
            # A depositor that was killed goes on.
            tool.must(*words)
    store_is_sound(tool)
    draft(tool, "M", 3)
    for holder in ["judge", "agency"]:
        tool.must(*release(holder, "M"))
    claim(tool.must(*recover("M")) == "\n".join(more) + "\n", "every key of every acknowledged deposit is recovered")
    return kills


def kill_releases(tool, expected, rounds):
    """An answer is whole or absent, and the same warrant again gives the same bytes."""
    longest = 1.2 * duration(tool, release("provider"))
    kills, answered = 0, None
    shutil.copytree(tool.folder / "judge", tool.folder / "judge.fresh")
    for number in range(rounds):
        if number % 5 == 0:
            # Once in a while a holder that has not answered yet.
            shutil.rmtree(tool.folder / "judge")
            shutil.copytree(tool.folder / "judge.fresh", tool.folder / "judge")
            answered = None
            if tool.has("W.judge"):
                (tool.folder / "W.judge").unlink()
        kills += killed(tool, release("judge"), longest)
        if tool.has("W.judge"):
            claim(answered in (None, tool.bytes("W.judge")), "the same warrant gives the same answer")
            answered = tool.bytes("W.judge")
        if number % 5 == 4:
            output = f"again.{number}"
            tool.must(*release("judge", output=output))
            claim(answered in (None, tool.bytes(output)), "a holder that was killed gives the answer that left before")
            shutil.move(tool.folder / output, tool.folder / "W.judge")
            tool.must(*release("agency", output=f"agency.{number}"))
            shutil.move(tool.folder / f"agency.{number}", tool.folder / "W.agency")
            claim(tool.must(*recover()) == expected["W"], "the answer recovers everything")
    return kills


def kill_recoveries(tool, expected, rounds):
    """A file of keys is whole or absent."""
    for holder in ["judge", "agency"]:
        tool.must(*release(holder))
    longest = 1.2 * duration(tool, recover("W", "-o", "first"))
    kills = 0
    for number in range(rounds):
        name = f"keys.{number}"
        kills += killed(tool, recover("W", "-o", name), longest)
        if tool.has(name):
            claim(tool.bytes(name).decode() == expected["W"], "a file of recovered keys is whole")
            (tool.folder / name).unlink()
    claim(tool.must(*recover()) == expected["W"], "recovery still gives everything")
    return kills


def full_disk(tool, expected, rounds):
    """With every limit on a file's size, a run ends well or in one line, and goes on once there is room."""
    for holder in ["judge", "agency"]:
        tool.must(*release(holder))
    size = (tool.folder / "S").stat().st_size
    refused = 0
    commands = [
        (["deposit", "--roster", "R", "--store", "S", "keys.jsonl"], [0, 4096, size, size + 4096, size + 20000]),
        (release("provider", output="full"), [0, 100, 4096, 8192, 12000]),
        (recover("W", "-o", "full"), [0, 100, 4096, 8192, 12000]),
    ]
    for words, limits in commands:
        for limit in limits + [RANDOM.randrange(size + 30000) for _ in range(rounds)]:
            code, _, _ = tool.run(*words, codes=(0, 1), limit=limit)
            refused += code != 0
            if code != 0:
                claim(not tool.has("full"), "a run that failed leaves no file")
            elif tool.has("full"):
                (tool.folder / "full").unlink()
    store_is_sound(tool)
    tool.must("deposit", "--roster", "R", "--store", "S", "keys.jsonl")
    claim(tool.must(*recover()) == expected["W"], "nothing is lost by a full disk")
    claim(refused > 0, "some run met the limit")
    return refused


def read_only(tool, expected, rounds):
    """A store that may only be read is not written, and the tool says so."""
    for holder in ["judge", "agency"]:
        tool.must(*release(holder))
    before = tool.bytes("S")
    options = {}
    if os.getuid() == 0:
        # Nothing is forbidden to root: somebody else tries.
        options = {"user": 65534}
        for path in [tool.folder, *tool.folder.rglob("*")]:
            os.chmod(path, 0o755 if path.is_dir() else 0o644)
            if path.name != "S" and not path.name.startswith("S-"):
                os.chown(path, 65534, 65534)
    os.chmod(tool.folder / "S", 0o444)
    os.chmod(tool.folder, 0o555)
    try:
        code, _, complaint = tool.run("deposit", "--roster", "R", "--store", "S", "keys.jsonl", codes=(1, 64), **options)
        code, output, _ = tool.run(*recover(), codes=(0, 1), **options)
        if code == 0:
            claim(output == expected["W"], "a store that may only be read gives what it holds")
    finally:
        os.chmod(tool.folder, 0o755)
    claim(tool.bytes("S") == before, "a store that may only be read stays as it is")
    return 2


def damaged_pages(tool, expected, rounds):
    """A damaged store is noticed or does not matter: no wrong key, no crash."""
    for holder in ["judge", "agency"]:
        tool.must(*release(holder))
    whole = tool.bytes("S")
    pages = len(whole) // 4096
    noticed = 0
    chosen = range(pages) if rounds >= pages else RANDOM.sample(range(pages), rounds)
    for page in chosen:
        damaged = bytearray(whole)
        start = page * 4096 + (100 if page == 0 else 0)
        how = RANDOM.randrange(3)
        if how == 0:
            damaged[start:(page + 1) * 4096] = bytes((page + 1) * 4096 - start)
        elif how == 1:
            place = RANDOM.randrange(start, (page + 1) * 4096 - 64)
            damaged[place:place + 64] = RANDOM.randbytes(64)
        else:
            damaged[RANDOM.randrange(start, (page + 1) * 4096)] ^= 1 << RANDOM.randrange(8)
        for name in ["S-wal", "S-shm"]:
            if tool.has(name):
                (tool.folder / name).unlink()
        (tool.folder / "S").write_bytes(damaged)
        code, _, _ = tool.run("store", "verify", "S", "--roster", "R", codes=(0, 1, 5))
        noticed += code != 0
        code, output, _ = tool.run(*recover(), codes=(0, 1, 4, 5))
        claim(set(output.splitlines()) <= set(expected["W"].splitlines()), "only right keys come out")
        claim(code != 0 or output == expected["W"], "keys are not missing without a word")
        if tool.has("damaged"):
            (tool.folder / "damaged").unlink()
        shutil.rmtree(tool.folder / "provider.copy", ignore_errors=True)
        shutil.copytree(tool.folder / "provider", tool.folder / "provider.copy")
        tool.run(*release("provider.copy", output="damaged"), codes=(0, 1, 3, 5))
    (tool.folder / "S").write_bytes(whole)
    claim(noticed > 0, "some damage was noticed")
    return noticed


def two_at_once(tool, expected, rounds):
    """Two depositors on one store, two warrants with one holder, one warrant twice: each as if it were alone."""
    for number in range(rounds):
        for name in ["A.jsonl", "B.jsonl"]:
            (tool.folder / name).write_text("\n".join(lines([10 + number], range(50))) + "\n")
        pairs = [
            [["deposit", "--roster", "R", "--store", "S", name] for name in ["A.jsonl", "B.jsonl"]],
            [release("agency", "W", f"W.{number}"), release("agency", "V", f"V.{number}")],
            [release("judge", "W", f"W.j.{number}"), release("judge", "V", f"V.j.{number}")],
            [release("provider", "W", f"one.{number}"), release("provider", "W", f"two.{number}")],
        ]
        for pair in pairs:
            processes = [tool.start(*words) for words in pair]
            for words, process in zip(pair, processes):
                _, complaint = process.communicate(timeout=120)
                claim(process.returncode == 0, f"{' '.join(words)} beside another: {complaint.decode()[-300:]}")
        claim(tool.bytes(f"one.{number}") == tool.bytes(f"two.{number}"), "one warrant has one answer")
        for warrant in ["W", "V"]:
            shutil.copy(tool.folder / f"{warrant}.j.{number}", tool.folder / f"{warrant}.judge")
            shutil.copy(tool.folder / f"{warrant}.{number}", tool.folder / f"{warrant}.agency")
            claim(tool.must(*recover(warrant)) == expected[warrant], "both warrants recover everything")
    store_is_sound(tool)
    return rounds


def main():
    program = str(pathlib.Path(sys.argv[-1]).resolve())
    print(f"seed {SEED}: FAULTS_SEED={SEED} repeats it", flush=True)
    trials = [
        ("kill -9 during deposit", kill_deposits, 300, 40),
        ("kill -9 during release", kill_releases, 300, 40),
        ("kill -9 during recover", kill_recoveries, 300, 40),
        ("full disk", full_disk, 40, 3),
        ("read-only store", read_only, 1, 1),
        ("damaged page", damaged_pages, 10_000, 15),
        ("two at once", two_at_once, 30, 3),
    ]
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = pathlib.Path(place) / "scene"
        folder.mkdir()
        whole, expected = scene(program, folder)
        failures = 0
        for name, trial, rounds, quick in trials:
            rounds = quick if QUICK else rounds
            tool = whole.copy(pathlib.Path(place) / name.replace(" ", "-"))
            start = time.time()
            try:
                count = trial(tool, expected, rounds)
                print(f"{name}: {count} faults met in {time.time() - start:.0f} s, and every word was kept", flush=True)
            except (Broken, subprocess.TimeoutExpired) as error:
                failures += 1
                print(f"{name}: NOT SO: {error}", flush=True)
    sys.exit(failures > 0)


main()

"""Flips guards and operators one at a time; does a test notice? mutants.py [--check], as Scripts/mutants calls it.

The list is mutants.txt. All mutants are built into one copy of the package, each behind a number that the
environment turns on, so that everything is compiled once. At least 95 % must be noticed; --check only says whether every
entry of the list still fits the sources.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LIST = ROOT / "Tests/Mutants/mutants.txt"
COPY = ROOT / ".build/mutants/package"
FLOOR = 95.0
MODULES = ["SecretSharing", "TransparencyLog", "KeyEscrow"]
# What notices first; whatever survives these is tried with all of them.
TESTS = {
    "SecretSharing": r"^SecretSharingTests\.",
    "TransparencyLog": r"^TransparencyLogTests\.",
    "KeyEscrow": r"^KeyEscrowTests\.",
}
ALL_TESTS = r"^(SecretSharing|TransparencyLog|KeyEscrow|Fuzz)Tests\."
# Tests that kill processes, or take minutes and look at no guard.
SKIP = "CrashTests|GoInterop|noBitFlip"
TIMEOUT = 600

SWITCH = """
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private let mutantThatIsOn: Int = unsafe getenv("MUTANT").flatMap { unsafe Int(String(cString: $0)) } ?? -1

@inline(never)
func mutantIsOn(_ number: Int) -> Bool { number == mutantThatIsOn }
"""


def entries():
    file, old, found = None, None, []
    for number, line in enumerate(LIST.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("- "):
            old = line[2:]
        elif line.startswith("+ "):
            found.append({"file": file, "old": old, "new": line[2:], "line": number, "reason": None})
        elif line.startswith("? "):
            found[-1]["reason"] = line[2:]
        else:
            file = line
    return found


def check(mutants):
    problems = []
    for mutant in mutants:
        path = ROOT / mutant["file"]
        count = path.read_text().count(mutant["old"]) if path.exists() else 0
        if count != 1:
            problems.append(f"{LIST.name}:{mutant['line']}: {mutant['file']} says {mutant['old']!r} {count} times")
        if "$M" not in mutant["new"]:
            problems.append(f"{LIST.name}:{mutant['line']}: the mutant has no $M")
    if len(mutants) < 60:
        problems.append(f"{LIST.name}: only {len(mutants)} mutants; at least 60 are wanted")
    return problems


def prepare(mutants):
    """A copy of the package with every mutant in it, and without the modules that no mutant is in."""
    COPY.mkdir(parents=True, exist_ok=True)
    for name in ["Sources", "Tests", "Plugins", "Spec", "Package.swift"]:
        source, target = ROOT / name, COPY / name
        if source.is_dir():
            subprocess.run(
                ["cp", "-R", "-p", "-u", str(source), str(COPY)], check=True
            )
            for path in target.rglob("*"):
                if path.is_file() and not (ROOT / path.relative_to(COPY)).exists() and path.name != "Mutant.swift":
                    path.unlink()
        else:
            shutil.copy2(source, target)
    texts = {}
    for number, mutant in enumerate(mutants):
        path = mutant["file"]
        text = texts.get(path) or (ROOT / path).read_text()
        texts[path] = text.replace(mutant["old"], mutant["new"].replace("$M", f"mutantIsOn({number})"))
    for path, text in texts.items():
        target = COPY / path
        if target.read_text() != text:
            target.write_text(text)
    for module in MODULES:
        switch = COPY / "Sources" / module / "Mutant.swift"
        if not switch.exists() or switch.read_text() != SWITCH:
            switch.write_text(SWITCH)


def tests(pattern, mutant=None, build=False):
    """The exit status and the output of the tests; a status of None is a run without end."""
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
    environment.pop("MUTANT", None)
    if mutant is not None:
        environment["MUTANT"] = str(mutant)
    command = ["swift", "test", "--package-path", str(COPY), "-c", "release", "-j", "2"]
    command += [] if build else ["--skip-build"]
    command += ["--filter", pattern, "--skip", SKIP]
    # A session of its own: what runs without end is a grandchild, in a group of its own.
    run = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        output, _ = run.communicate(timeout=None if build else TIMEOUT)
        return run.returncode, output
    except subprocess.TimeoutExpired:
        subprocess.run(["pkill", "-KILL", "-s", str(run.pid)])
        run.communicate()
        return None, ""


def main():
    mutants = entries()
    problems = check(mutants)
    if problems:
        print("\n".join(problems), file=sys.stderr)
        sys.exit(1)
    if sys.argv[1:] == ["--check"]:
        print(f"{len(mutants)} mutants fit the sources")
        return
    prepare(mutants)
    start = time.time()
    status, output = tests(ALL_TESTS, build=True)
    if status != 0 or not re.search(r"Test run with [1-9]\d* test", output):
        print(output[-4000:], file=sys.stderr)
        sys.exit("the tests fail without any mutant")
    print(f"{len(mutants)} mutants built; the tests pass without any, after {time.time() - start:.0f} s", flush=True)
    survivors = []
    for number, mutant in enumerate(mutants):
        module = mutant["file"].split("/")[1]
        status, output = tests(TESTS[module], number)
        if status == 0:
            status, output = tests(ALL_TESTS, number)
        noticed = re.search(r"(?:Test|Suite) [\"“]?([\w() ,:]+?)[\"”]? (?:recorded an issue|failed)", output)
        what = "survived" if status == 0 else "noticed"
        by = noticed[1] if noticed else "no end" if status is None else "a stop" if status else ""
        print(f"{what} {number:3} {mutant['file'].removeprefix('Sources/')}: {mutant['new']}  [{by}]", flush=True)
        if status == 0:
            survivors.append(mutant)
    percent = 100 * (len(mutants) - len(survivors)) / len(mutants)
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants noticed: {percent:.1f} % (at least {FLOOR} %)")
    unexplained = [mutant for mutant in survivors if mutant["reason"] is None]
    for mutant in survivors:
        print(f"survived: {mutant['file']}: {mutant['new']}\n  {mutant['reason'] or 'NO REASON GIVEN'}")
    sys.exit(percent < FLOOR or bool(unexplained))


main()

#!/usr/bin/env python3
"""Writes the cases of vectors/cases, the same bytes on every run; with --check, says whether they are there already.

Each case states what must come out. The reference implementation has to agree before anything is written.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent / "reference"))

import vectors  # noqa: E402
from key_escrow import cases  # noqa: E402


class File:
    """The cases of one file. Values that many cases have are written once, under a name."""

    def __init__(self, title):
        self.title, self.shared, self.cases = title, {}, []

    def share(self, **values):
        self.shared |= values

    def good(self, name, operation, given, **result):
        """A case that must succeed, with at least these members in its result."""
        answer = self._add(name, operation, given)
        assert "result" in answer, (name, answer)
        assert all(answer["result"][key] == value for key, value in result.items()), (name, answer)

    def bad(self, name, operation, given, failure, position=None):
        """A case that must fail with this class."""
        answer = self._add(name, operation, given)
        assert answer == {"failure": failure} | ({} if position is None else {"position": position}), (name, answer)

    def _add(self, name, operation, given):
        assert name not in [case["name"] for case in self.cases], name
        answer = cases.answer(operation, given)
        self.cases.append({"name": name, "operation": operation, "input": self._short(given), "expect": answer})
        return answer

    def _short(self, value):
        for name, shared in self.shared.items():
            if value == shared:
                return "@" + name
        if isinstance(value, dict):
            return {key: self._short(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._short(one) for one in value]
        return value

    def text(self):
        return (
            json.dumps(
                {"title": self.title, "shared": self.shared, "cases": self.cases},
                indent=1,
                ensure_ascii=False,
                sort_keys=True,
            )
            + "\n"
        )


def main():
    stale, count, failing = [], 0, 0
    for name, (title, make) in vectors.FILES.items():
        file = File(title)
        make(file)
        count += len(file.cases)
        failing += sum("failure" in case["expect"] for case in file.cases)
        path = FOLDER / "cases" / (name + ".json")
        if not path.exists() or path.read_text(encoding="utf-8") != file.text():
            stale.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(file.text(), encoding="utf-8")
    print(f"{count} cases in {len(vectors.FILES)} files, {failing} of which must fail")
    if stale and "--check" in sys.argv:
        print("not what the generator writes: " + ", ".join(stale), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

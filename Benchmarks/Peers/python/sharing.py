"""Shamir's sharing in Python, timed on request.

Reads lines `LIBRARY OPERATION THRESHOLD SHARES REPETITIONS` and answers each with the nanoseconds that all
repetitions took, for one secret of 32 bytes. The first line it prints names the versions.
"""

import importlib.metadata
import secrets
import sys
import time

import shamir_mnemonic.shamir as slip39
from Crypto.Protocol.SecretSharing import Shamir


class ShamirMnemonic:
    """SLIP-39's own splitting of bytes, without its mnemonics and its encryption."""

    def split(self, secret, threshold, shares):
        return slip39._split_secret(threshold, shares, secret)[:threshold]

    def combine(self, parts, threshold):
        return slip39._recover_secret(threshold, parts)


class PyCryptodome:
    """Shares of 16 bytes are all it knows: two for a secret of 32."""

    def split(self, secret, threshold, shares):
        halves = (secret[:16], secret[16:])
        return [Shamir.split(threshold, shares, half)[:threshold] for half in halves]

    def combine(self, parts, threshold):
        return b"".join(Shamir.combine(part) for part in parts)


LIBRARIES = {"py-shamir-mnemonic": ShamirMnemonic(), "pycryptodome": PyCryptodome()}


def main():
    versions = (f"{name} {importlib.metadata.version(name)}" for name in ("shamir-mnemonic", "pycryptodome"))
    print(", ".join(versions), flush=True)
    for line in sys.stdin:
        name, operation, threshold, shares, repetitions = line.split()
        threshold, shares, repetitions = int(threshold), int(shares), int(repetitions)
        library = LIBRARIES[name]
        secret = secrets.token_bytes(32)
        parts = library.split(secret, threshold, shares)
        if library.combine(parts, threshold) != secret:
            raise SystemExit(f"{name} does not give the secret back")
        start = time.perf_counter_ns()
        if operation == "split":
            for _ in range(repetitions):
                library.split(secret, threshold, shares)
        else:
            for _ in range(repetitions):
                library.combine(parts, threshold)
        print(time.perf_counter_ns() - start, flush=True)


if __name__ == "__main__":
    main()

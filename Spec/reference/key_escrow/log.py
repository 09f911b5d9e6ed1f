"""Proofs of the transparency log and the witnesses' quorum: Spec/log.md and the C2SP texts that it names."""

import base64
import re

from .documents import Key, Note, decode_base64, signature_line
from .failure import Failure, require
from .primitives import be64, ed25519_public, ed25519_sign, ed25519_verifies, sha256

COSIGNATURE = 4
LARGEST = 2**63 - 1


def decimal(text):
    require(re.fullmatch("0|[1-9][0-9]{0,18}", text) and int(text) <= LARGEST, "malformed", "not a number")
    return int(text)


def hash_of(line):
    data = decode_base64(line)
    require(len(data) == 32, "malformed", "not a hash")
    return data


# Trees: RFC 6962 section 2.1, RFC 9162 sections 2.1.3.2 and 2.1.4.2


def leaf_hash(entry):
    return sha256(b"\0", entry)


def node_hash(left, right):
    return sha256(b"\1", left, right)


def root_of(leaves):
    """The root of leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root_of(leaves[:split]), root_of(leaves[split:]))


def inclusion_proof(index, leaves):
    if len(leaves) < 2:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return inclusion_proof(index, leaves[:split]) + [root_of(leaves[split:])]
    return inclusion_proof(index - split, leaves[split:]) + [root_of(leaves[:split])]


def consistency_proof(older, leaves, whole=True):
    if older == len(leaves):
        return [] if whole else [root_of(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if older <= split:
        return consistency_proof(older, leaves[:split], whole) + [root_of(leaves[split:])]
    return consistency_proof(older - split, leaves[split:], False) + [root_of(leaves[:split])]


def verify_inclusion(leaf, index, size, proof, root):
    require(index < size, "not-included")
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        require(last > 0, "not-included")
        if node & 1 or node == last:
            value = node_hash(sibling, value)
            while not node & 1 and node > 0:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        node, last = node >> 1, last >> 1
    require(last == 0 and value == root, "not-included")


def verify_consistency(older, older_root, newer, newer_root, proof):
    require(0 < older, "not-consistent", "nothing is proved from the empty tree")
    require(older <= newer, "not-consistent")
    if older == newer:
        require(not proof and older_root == newer_root, "not-consistent")
        return
    proof = list(proof)
    if older & (older - 1) == 0:
        proof.insert(0, older_root)
    require(proof, "not-consistent")
    node, last = older - 1, newer - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = proof[0]
    for sibling in proof[1:]:
        require(last > 0, "not-consistent")
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node > 0:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    require(last == 0 and (first, second) == (older_root, newer_root), "not-consistent")


# Checkpoints


class Checkpoint:
    """A log's note: origin, size, root, and extension lines."""

    def __init__(self, note):
        self.bytes, self.note = note, Note(note)
        lines = self.note.text.split("\n")[:-1]
        require(len(lines) >= 3 and all(lines), "malformed", "not a checkpoint")
        self.origin, self.size, self.root = lines[0], decimal(lines[1]), hash_of(lines[2])

    def verify(self, origin, key):
        require(self.origin == origin, "other-log")
        self.note.require_signer(key)
        return self


def cosigned_text(text, time):
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosignature_line(text, name, seed, time):
    key = Key(name, ed25519_public(seed), COSIGNATURE)
    data = key.id + be64(time) + ed25519_sign(seed, cosigned_text(text, time))
    return f"— {name} {base64.b64encode(data).decode()}\n"


class WitnessPolicy:
    """A tlog-policy: logs, witnesses and a quorum."""

    def __init__(self, text):
        require(len(text) <= 65536 and text.endswith(b"\n"), "malformed", "a policy's size or end")
        require(not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", text), "malformed", "a control character")
        self.logs, self.witnesses, self.named, used, self.quorum = [], [], {}, set(), None
        for line in text[:-1].split(b"\n"):
            words = re.findall(rb"[^ \t]+", line)
            if not words or words[0].startswith(b"#"):
                continue
            match words:
                case [b"log", vkey] | [b"log", vkey, _]:
                    self._add(self.logs, vkey, 1)
                case [b"witness", name, vkey] | [b"witness", name, vkey, _]:
                    self._name(name, ("witness", self._add(self.witnesses, vkey, COSIGNATURE)))
                case [b"group", name, threshold, *members] if members:
                    for member in members:
                        require(member in self.named and member not in used, "malformed", "a member")
                        used.add(member)
                    if threshold in (b"all", b"any"):
                        k = len(members) if threshold == b"all" else 1
                    else:
                        k = decimal(threshold.decode("latin-1"))
                    require(1 <= k <= len(members), "malformed", "a threshold")
                    self._name(name, ("group", k, [self.named[member] for member in members]))
                case [b"quorum", name]:
                    require(self.quorum is None and (name == b"none" or name in self.named), "malformed", "the quorum")
                    self.quorum = ("none",) if name == b"none" else self.named[name]
                case _:
                    raise Failure("malformed", "a line of a policy")
        require(self.quorum is not None, "malformed", "no quorum")

    def _add(self, keys, vkey, kind):
        try:
            key = Key.parse(vkey.decode("utf-8"), kind)
        except UnicodeDecodeError:
            raise Failure("malformed", "a key") from None
        require(key.public not in [other.public for other in keys], "malformed", "a key twice")
        keys.append(key)
        return key

    def _name(self, name, what):
        require(name != b"none" and name not in self.named, "malformed", "a name twice")
        self.named[name] = what

    def verify(self, checkpoint):
        """The witness time of a checkpoint that a log of the policy signed; None when no quorum is asked for."""
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        require(logs, "other-log")
        require(checkpoint.note.signers(logs), "unsigned")
        return self.witness_time(checkpoint)

    def witness_time(self, checkpoint):
        """The same of a checkpoint whose log's signature was verified elsewhere."""
        known, times = {(key.name, key.id): key for key in self.witnesses}, {}
        for name, identifier, signature in checkpoint.note.lines:
            key = known.get((name, identifier))
            if key is not None:
                require(len(signature) == 72, "signature", f"of {name}")
                time = int.from_bytes(signature[:8], "big")
                message = cosigned_text(checkpoint.note.text, time)
                require(
                    time <= LARGEST and ed25519_verifies(key.public, signature[8:], message), "signature", f"of {name}"
                )
                times[key] = max(time, times.get(key, 0))
        if self.quorum == ("none",):
            return None
        time = _witness_time(self.quorum, times)
        require(time is not None, "quorum")
        return time


def _witness_time(node, times):
    if node[0] == "witness":
        return times.get(node[1])
    _, threshold, members = node
    reached = sorted((time for member in members if (time := _witness_time(member, times)) is not None), reverse=True)
    return reached[threshold - 1] if len(reached) >= threshold else None


class Proof:
    """A tlog-proof."""

    def __init__(self, data):
        require(len(data) <= 2_000_000, "malformed", "a proof of more than 2,000,000 bytes")
        front, blank, checkpoint = data.partition(b"\n\n")
        try:
            lines = front.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise Failure("malformed", "not a proof") from None
        require(blank and lines.pop(0) == "c2sp.org/tlog-proof@v1" and lines, "malformed", "not a proof")
        self.extra = b""
        if lines[0].startswith("extra "):
            self.extra = decode_base64(lines.pop(0)[6:])
        require(lines and lines[0].startswith("index "), "malformed", "no index")
        self.index, self.hashes = decimal(lines[0][6:]), list(map(hash_of, lines[1:]))
        require(len(self.hashes) <= 63, "malformed", "more than 63 hashes")
        self.checkpoint = Checkpoint(checkpoint)

    def verify(self, entry, policy):
        """The witness time."""
        time = policy.verify(self.checkpoint)
        verify_inclusion(leaf_hash(entry), self.index, self.checkpoint.size, self.hashes, self.checkpoint.root)
        return time


def make_checkpoint(origin, leaves, seed, *cosigners):
    """A log's note over leaf hashes; `cosigners` are (name, seed, time)."""
    text = f"{origin}\n{len(leaves)}\n{base64.b64encode(root_of(leaves)).decode()}\n"
    lines = [signature_line(text, origin, seed)] + [cosignature_line(text, *cosigner) for cosigner in cosigners]
    return (text + "\n" + "".join(lines)).encode()


def make_proof(index, leaves, checkpoint, extra=b""):
    lines = ["c2sp.org/tlog-proof@v1"] + (["extra " + base64.b64encode(extra).decode()] if extra else [])
    lines += [f"index {index}"] + [base64.b64encode(value).decode() for value in inclusion_proof(index, leaves)]
    return "\n".join(lines).encode() + b"\n\n" + checkpoint

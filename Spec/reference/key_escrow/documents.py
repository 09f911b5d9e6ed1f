"""Canonical JSON, the kinds of members, signed notes, bulk files: Spec/documents.md."""

import base64
import binascii
import calendar
import datetime
import json
import re
import unicodedata

from .failure import Failure, require
from .primitives import be32, ed25519_public, ed25519_sign, ed25519_verifies, is_canonical_x25519, sha256

# Canonical JSON


def encode(value, depth=1):
    """The canonical form of a value, without the line feed that ends a document."""
    require(depth <= 8 or isinstance(value, (str, int)), "malformed", "nested more than 8 deep")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        require(0 <= value < 2**64, "malformed", "an integer out of bounds")
        return str(value)
    if isinstance(value, str):
        require(not re.search(r"[\x00-\x1f\ud800-\udfff]", value), "malformed", "a character that no text holds")
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    indent, closing = "\n" + "  " * depth, "\n" + "  " * (depth - 1)
    if isinstance(value, dict) and value:
        require(all(key.isascii() for key in value), "malformed", "a key that is not ASCII")
        members = (encode(key) + ": " + encode(value[key], depth + 1) for key in sorted(value))
        return "{" + indent + ("," + indent).join(members) + closing + "}"
    if isinstance(value, list) and value:
        return "[" + indent + ("," + indent).join(encode(item, depth + 1) for item in value) + closing + "]"
    raise Failure("malformed", "an empty container, a null or a fraction")


def decode(text, type_name, members):
    """The members of a canonical text of this type, each checked; absent optional ones are left out."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Failure("malformed", "not JSON") from None
    require(isinstance(value, dict) and encode(value) + "\n" == text, "malformed", "not canonical")
    require(value.pop("type", None) == type_name, "malformed", f"not a {type_name}")
    return members(value)


# Kinds of members: each takes a JSON value and gives it back if it is of the kind, or as what it stands for.


class Optional:
    def __init__(self, kind):
        self.kind = kind


def object_of(**kinds):
    def check(value):
        require(isinstance(value, dict) and value.keys() <= kinds.keys(), "malformed", "an unknown member")
        result = {}
        for name, kind in kinds.items():
            if name in value:
                result[name] = (kind.kind if isinstance(kind, Optional) else kind)(value[name])
            else:
                require(isinstance(kind, Optional), "malformed", f"{name} is missing")
        return result

    return check


def array_of(kind, most, least=1):
    def check(value):
        require(isinstance(value, list) and least <= len(value) <= most, "malformed", "the length of an array")
        return [kind(item) for item in value]

    return check


def string(pattern):
    def check(value):
        require(isinstance(value, str) and re.fullmatch(pattern, value), "malformed", f"not {pattern}")
        return value

    return check


def one_of(*values):
    return string("|".join(values))


def integer(least=0, most=2**64 - 1):
    def check(value):
        require(type(value) is int and least <= value <= most, "malformed", "an integer out of bounds")
        return value

    return check


def octets(count):
    hexadecimal = string(f"[0-9a-f]{{{2 * count}}}")
    return lambda value: bytes.fromhex(hexadecimal(value))


digest = octets(32)
holder = string("(judge|provider|agency)(:[a-z0-9.-]{1,64})?")


def flag(value):
    require(type(value) is bool, "malformed", "not a flag")
    return value


def time(value):
    """Seconds since 1970."""
    string(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")(value)
    try:
        moment = datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        raise Failure("malformed", "a time that does not exist") from None
    # strptime lets a second 60 or 61 be.
    require(moment.year >= 1970 and moment.strftime("%Y-%m-%dT%H:%M:%SZ") == value, "malformed", "a time out of bounds")
    return calendar.timegm(moment.timetuple())


def time_text(seconds):
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def x25519_key(value):
    key = octets(32)(value)
    require(is_canonical_x25519(key), "malformed", "an X25519 key that is not canonical")
    return key


# Default_Ignorable_Code_Point, as far as its characters are assigned and not of category Cf.
IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def text(most=512):
    """Text that a person reads."""

    def check(value):
        require(isinstance(value, str) and 1 <= len(value.encode()) <= most, "malformed", "the length of a text")
        require(unicodedata.is_normalized("NFC", value), "malformed", "a text that is not in form C")
        require(not value[0].isspace() and not value[-1].isspace(), "malformed", "white space around a text")
        for character in value:
            if character not in "\u200c\u200d":
                require(
                    unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"),
                    "malformed",
                    "a character that nobody sees",
                )
        require(not IGNORABLE.search(value), "malformed", "a character that nobody sees")
        return value

    return check


# Keys and notes


class Key:
    """A verifier key: `name+id+base64(kind ‖ public key)`."""

    def __init__(self, name, public, kind=1):
        self.name, self.public, self.kind = name, public, kind
        self.id = sha256(name.encode(), b"\n", bytes([kind]), public)[:4]

    @classmethod
    def parse(cls, value, kind=1):
        require(isinstance(value, str) and value.count("+") >= 2, "malformed", "not a verifier key")
        name, identifier, encoded = value.split("+", 2)
        data = decode_base64(encoded)
        require(len(data) == 33 and data[0] == kind and is_key_name(name), "malformed", "not a verifier key")
        key = cls(name, data[1:], kind)
        require(identifier == key.id.hex(), "malformed", "a key id that is not the key's")
        return key

    def __str__(self):
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def __eq__(self, other):
        return (self.name, self.public, self.kind) == (other.name, other.public, other.kind)

    def __hash__(self):
        return hash(self.public)


def key_named(name):
    def check(value):
        key = Key.parse(value)
        require(key.name == name, "malformed", f"a key that is not named {name}")
        return key

    return check


def is_key_name(name):
    return name != "" and "+" not in name and not any(character.isspace() for character in name)


def decode_base64(encoded):
    try:
        data = base64.b64decode(encoded, validate=True)
    except (ValueError, binascii.Error):
        raise Failure("malformed", "not base64") from None
    require(base64.b64encode(data).decode() == encoded, "malformed", "base64 with bits that mean nothing")
    return data


class Note:
    """A signed note: `text` and `lines`, each a name, a key id and a signature."""

    def __init__(self, note):
        require(len(note) <= 1_000_000, "malformed", "a note of more than 1,000,000 bytes")
        try:
            note = note.decode("utf-8")
        except UnicodeDecodeError:
            raise Failure("malformed", "not UTF-8") from None
        require(not re.search(r"[\x00-\x09\x0b-\x1f]", note), "malformed", "a control character")
        before, blank, lines = note.rpartition("\n\n")
        require(blank and lines.endswith("\n"), "malformed", "not a note")
        self.text, self.lines = before + "\n", []
        for line in lines[:-1].split("\n"):
            parts = line.split(" ")
            require(len(parts) == 3 and parts[0] == "—" and is_key_name(parts[1]), "malformed", "not a signature line")
            data = decode_base64(parts[2])
            require(len(data) >= 5, "malformed", "a signature that is too short")
            self.lines.append((parts[1], data[:4], data[4:]))
        require(len(self.lines) <= 100, "malformed", "more than 100 signature lines")
        self.digest = sha256(self.text.encode())

    def signers(self, keys):
        """The keys with a valid line. A wrong line of a known key refuses the note."""
        known = {(key.name, key.id): key for key in keys}
        found = []
        for name, identifier, signature in self.lines:
            key = known.get((name, identifier))
            if key is not None:
                require(ed25519_verifies(key.public, signature, self.text.encode()), "signature", f"of {name}")
                if key not in found:
                    found.append(key)
        return found

    def require_signer(self, key):
        require(key in self.signers([key]), "unsigned", f"by {key.name}")


def signature_line(text, name, seed):
    key = Key(name, ed25519_public(seed))
    return f"— {name} {base64.b64encode(key.id + ed25519_sign(seed, text.encode())).decode()}\n"


def sign(body, *signers):
    """The note of a body, with one line for each (name, seed)."""
    text = encode(body) + "\n"
    return (text + "\n" + "".join(signature_line(text, *signer) for signer in signers)).encode()


class Document:
    """A note whose text is a document: the members of `MEMBERS` are attributes."""

    def __init__(self, note):
        self.bytes = note
        self.note = Note(note)
        self.digest = self.note.digest
        self.__dict__.update(decode(self.note.text, "key-escrow/v1 " + self.TYPE, object_of(**self.MEMBERS)))
        self.check()

    def check(self):
        """Rules between members."""


# Bulk files

SEPARATOR = b"=== key-escrow/v1 chunks ===\n"


class Entry:
    """One entry of a chunk table."""

    def __init__(self, data):
        self.subject, self.digest = data[:32], data[44:]
        self.records, self.size, self.encapsulation = (int.from_bytes(data[at : at + 4], "big") for at in (32, 36, 40))

    @staticmethod
    def make(subject, records, chunk, digest, encapsulation=0):
        return subject + be32(records) + be32(len(chunk)) + be32(encapsulation) + digest


def split_bulk(data):
    """The note, and what follows the separator."""
    at = data[:1_000_029].find(b"\n" + SEPARATOR)
    require(at >= 0, "malformed", "no separator")
    return data[: at + 1], data[at + 1 + len(SEPARATOR) :]


def read_table(document, rest):
    """The entries of a bulk file and their chunks. The chunks' digests are still to be compared."""
    table = rest[: 76 * document.chunks]
    require(len(table) == 76 * document.chunks, "malformed", "it ends inside its table")
    require(sha256(table) == document.table, "chunk", "the table")
    entries, chunks, at = [Entry(table[i : i + 76]) for i in range(0, len(table), 76)], [], len(table)
    for entry in entries:
        chunks.append(rest[at : at + entry.size])
        at += entry.size
    require(at == len(rest), "malformed", "chunks do not fill the file")
    return entries, chunks

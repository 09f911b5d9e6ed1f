"""Hashes, HKDF, AES-GCM, HPKE and keys: Spec/README.md, Conventions and Versions."""

import hashlib
import hmac

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .failure import Failure


def be8(value):
    return value.to_bytes(1, "big")


def be16(value):
    return value.to_bytes(2, "big")


def be32(value):
    return value.to_bytes(4, "big")


def be64(value):
    return value.to_bytes(8, "big")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hmac_sha256(key, message):
    return hmac.digest(key, message, "sha256")


def expand(key, info, count=32):
    output, block = b"", b""
    while len(output) < count:
        block = hmac_sha256(key, block + info + be8(len(output) // 32 + 1))
        output += block
    return output[:count]


def gcm_seal(key, nonce, data, plaintext):
    return AESGCM(key).encrypt(nonce, plaintext, data)


def gcm_open(key, nonce, data, sealed):
    """The plaintext, or None when the tag does not verify."""
    try:
        return AESGCM(key).decrypt(nonce, sealed, data)
    except InvalidTag:
        return None


def raw(public):
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def x25519_public(private):
    return raw(X25519PrivateKey.from_private_bytes(private).public_key())


def ed25519_public(seed):
    return raw(Ed25519PrivateKey.from_private_bytes(seed).public_key())


def ed25519_sign(seed, message):
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def ed25519_verifies(public, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


PRIME = 2**255 - 19
# The u-coordinates below p of the points of order 1, 2, 4 and 8 on the curve and its twist.
SMALL_ORDER = {
    0,
    1,
    PRIME - 1,
    0x00B8495F16056286FDB1329CEB8D09DA6AC49FF1FAE35616AEB8413B7C7AEBE0,
    0x57119FD0DD4E22D8868E1C58C45C44045BEF839C55B1D0B1248C50A3BC959C5F,
}


def is_canonical_x25519(public):
    """Whether a key is the one text of its point: below p, top bit clear, not of small order."""
    value = int.from_bytes(public, "little")
    return value < PRIME and value not in SMALL_ORDER


class HPKE:
    """Base mode of suite 1, either side (RFC 9180 sections 4.1, 5.1 to 5.3)."""

    KEM = b"KEM" + be16(0x20)
    SUITE = b"HPKE" + be16(0x20) + be16(1) + be16(2)

    def __init__(self, private, peer, encapsulation, recipient, info):
        """The contexts of sender and recipient are the same: who holds `private` is one, who holds `peer` the other."""
        try:
            key = X25519PrivateKey.from_private_bytes(private)
            shared = key.exchange(X25519PublicKey.from_public_bytes(peer))
        except ValueError:  # The shared secret is zero.
            raise Failure("does-not-open", "the encapsulation cannot be set up") from None
        prk = self._extract(self.KEM, b"", b"eae_prk", shared)
        secret = self._expand(self.KEM, prk, b"shared_secret", encapsulation + recipient, 32)
        context = (
            b"\0"
            + self._extract(self.SUITE, b"", b"psk_id_hash", b"")
            + self._extract(self.SUITE, b"", b"info_hash", info)
        )
        secret = self._extract(self.SUITE, secret, b"secret", b"")
        self._key = self._expand(self.SUITE, secret, b"key", context, 32)
        self._nonce = self._expand(self.SUITE, secret, b"base_nonce", context, 12)
        self.exporter_secret = self._expand(self.SUITE, secret, b"exp", context, 32)
        self.encapsulation = encapsulation

    @classmethod
    def sender(cls, ephemeral, recipient, info):
        return cls(ephemeral, recipient, x25519_public(ephemeral), recipient, info)

    @classmethod
    def recipient(cls, private, encapsulation, info):
        return cls(private, encapsulation, encapsulation, x25519_public(private), info)

    @staticmethod
    def _extract(suite, salt, label, key):
        return hmac_sha256(salt or bytes(32), b"HPKE-v1" + suite + label + key)

    @staticmethod
    def _expand(suite, key, label, info, count):
        return expand(key, be16(count) + b"HPKE-v1" + suite + label + info, count)

    @classmethod
    def export_from(cls, exporter_secret, context):
        return cls._expand(cls.SUITE, exporter_secret, b"sec", context, 32)

    def export(self, context):
        return self.export_from(self.exporter_secret, context)

    def _sequence_nonce(self, sequence):
        return bytes(a ^ b for a, b in zip(self._nonce, sequence.to_bytes(12, "big")))

    def seal(self, sequence, data, plaintext):
        return gcm_seal(self._key, self._sequence_nonce(sequence), data, plaintext)

    def open(self, sequence, data, sealed):
        return gcm_open(self._key, self._sequence_nonce(sequence), data, sealed)

"""HMAC-SHA256, HKDF-SHA256 (RFC 5869), HKDFscalar (keys-and-notes.md, section 1)."""

import hashlib
import hmac as _hmac

from .integers import from_be


def hmac(key, message):
    return _hmac.new(key, message, hashlib.sha256).digest()


def hkdf(ikm, salt, info, n):
    key = hmac(salt, ikm)
    block, out, counter = b"", b"", 1
    while len(out) < n:
        block = hmac(key, block + info + bytes([counter]))
        out, counter = out + block, counter + 1
    return out[:n]


def hkdf_scalar(ikm, salt, info, m):
    for t in range(256):
        x = from_be(hkdf(ikm, salt, info + bytes([t]), 64)) % m
        if x != 0:
            return x
    raise AssertionError("256 zeros in a row")

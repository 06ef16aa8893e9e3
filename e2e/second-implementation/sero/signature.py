"""Schnorr signatures over Baby Jubjub (keys-and-notes.md, section 4)."""

import hashlib

from . import babyjub
from .babyjub import B8, L, add, multiply
from .errors import Refused
from .integers import be, from_be


def _hash(*parts):
    return from_be(hashlib.sha512(b"".join(parts)).digest()) % L


def randomised_key(ask, alpha):
    """rk, encoded."""
    return babyjub.encode(add(multiply(B8, ask), multiply(B8, alpha)))


def sign(ask, alpha, message, random32):
    rsk = (ask + alpha) % L
    rk = randomised_key(ask, alpha)
    k = _hash(b"SERO/sig-nonce", be(ask, 32), random32, rk, message)
    r = babyjub.encode(multiply(B8, k))
    c = _hash(b"SERO/sig-chal", r, rk, message)
    return r + be((k + c * rsk) % L, 32)


def verify(rk, message, signature):
    if len(signature) != 64:
        return False
    s = from_be(signature[32:])
    if s >= L:
        return False
    try:
        key, r = babyjub.decode(rk), babyjub.decode(signature[:32])
    except Refused:
        return False
    if babyjub.low_order(key):
        return False
    c = _hash(b"SERO/sig-chal", signature[:32], rk, message)
    return multiply(B8, 8 * s) == add(multiply(r, 8), multiply(key, 8 * c))

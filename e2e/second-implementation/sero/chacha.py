"""Seal of keys-and-notes.md, section 1: ChaCha20-Poly1305 (RFC 8439), nonce of zeros, no associated data."""

import struct

from .integers import from_le, le

MASK = 0xFFFFFFFF
COLUMNS = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
DIAGONALS = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]


def _quarter_round(s, a, b, c, d):
    for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & MASK
        mixed = s[z] ^ s[x]
        s[z] = ((mixed << turn) | (mixed >> (32 - turn))) & MASK


def _block(key, counter):
    start = struct.unpack("<16I", b"expand 32-byte k" + key + le(counter, 4) + bytes(12))
    state = list(start)
    for _ in range(10):
        for indices in COLUMNS + DIAGONALS:
            _quarter_round(state, *indices)
    return struct.pack("<16I", *((a + b) & MASK for a, b in zip(state, start)))


def _xor_stream(key, data):
    out = b""
    for i in range(0, len(data), 64):
        out += bytes(x ^ y for x, y in zip(data[i : i + 64], _block(key, 1 + i // 64)))
    return out


def _tag(key, ciphertext):
    one_time = _block(key, 0)
    r = from_le(one_time[:16]) & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s = from_le(one_time[16:32])
    message = ciphertext + bytes(-len(ciphertext) % 16) + le(0, 8) + le(len(ciphertext), 8)
    total = 0
    for i in range(0, len(message), 16):
        total = (total + from_le(message[i : i + 16] + b"\1")) * r % (2**130 - 5)
    return le((total + s) % 2**128, 16)


def seal(key, plaintext):
    ciphertext = _xor_stream(key, plaintext)
    return ciphertext + _tag(key, ciphertext)


def unseal(key, sealed):
    """The plaintext, or None if it does not open."""
    if len(sealed) < 16 or _tag(key, sealed[:-16]) != sealed[-16:]:
        return None
    return _xor_stream(key, sealed[:-16])

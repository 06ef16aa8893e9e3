"""X25519 (RFC 7748) and the hash of a diversifier to the curve (RFC 9380, edwards25519_XMD:SHA-512_ELL2_RO_)."""

import hashlib

from .errors import require
from .field import inverse, is_square, square_root
from .integers import be, from_be, from_le, le

P = 2**255 - 19
MONTGOMERY_A = 486662
EDWARDS_D = -121665 * inverse(121666, P) % P
DIVERSIFIER_DST = b"SERO-V1-diversifier"
LOW_ORDER = {
    0,
    1,
    P - 1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
}


def x25519(k, u):
    clamped = bytearray(k)
    clamped[0] &= 248
    clamped[31] = clamped[31] & 127 | 64
    scalar = from_le(clamped)
    x1 = from_le(u) % 2**255 % P
    x2, z2, x3, z3, swapped = 1, 0, x1, 1, 0
    for t in reversed(range(255)):
        bit = scalar >> t & 1
        if bit != swapped:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swapped = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swapped:
        x2, z2 = x3, z3
    return le(x2 * inverse(z2, P) % P, 32)


def require_public_key(b, code):
    """Canonical and not of low order: the rule for P_d (keys-and-notes.md, section 7) and epk."""
    u = from_le(b)
    require(len(b) == 32 and u < P and u not in LOW_ORDER, code)


def _expand_message_xmd(message, dst, n):
    dst += bytes([len(dst)])
    b0 = hashlib.sha512(bytes(128) + message + be(n, 2) + b"\0" + dst).digest()
    block = hashlib.sha512(b0 + b"\1" + dst).digest()
    out, i = block, 2
    while len(out) < n:
        block = hashlib.sha512(bytes(x ^ y for x, y in zip(b0, block)) + bytes([i]) + dst).digest()
        out, i = out + block, i + 1
    return out[:n]


def _with_parity(x, odd):
    return x if x % 2 == odd else P - x


def _map_to_curve(u):
    """Elligator 2 to the Montgomery curve, then the birational map to edwards25519."""
    curve = lambda x: (x * x * x + MONTGOMERY_A * x * x + x) % P
    s = -MONTGOMERY_A * inverse(1 + 2 * u * u, P) % P
    if is_square(curve(s), P):
        t = _with_parity(square_root(curve(s), P), 1)
    else:
        s = (-s - MONTGOMERY_A) % P
        t = _with_parity(square_root(curve(s), P), 0)
    c = _with_parity(square_root(-(MONTGOMERY_A + 2) % P, P), 0)
    return (c * s * inverse(t, P) % P, (s - 1) * inverse(s + 1, P) % P)


def _edwards_add(p, q):
    (x1, y1), (x2, y2) = p, q
    k = EDWARDS_D * x1 * x2 % P * y1 % P * y2 % P
    return ((x1 * y2 + y1 * x2) * inverse(1 + k, P) % P, (y1 * y2 + x1 * x2) * inverse(1 - k, P) % P)


def hash_to_edwards(message, dst):
    uniform = _expand_message_xmd(message, dst, 96)
    point = _edwards_add(_map_to_curve(from_be(uniform[:48]) % P), _map_to_curve(from_be(uniform[48:]) % P))
    for _ in range(3):
        point = _edwards_add(point, point)
    return point


def diversified_base(d):
    """G_d."""
    _, y = hash_to_edwards(d, DIVERSIFIER_DST)
    return le((1 + y) * inverse(1 - y, P) % P, 32)

"""Baby Jubjub in affine coordinates, and the encoding of points (keys-and-notes.md, section 3)."""

from .errors import Refused, require
from .field import R, inverse, is_square, square_root
from .integers import from_le, le

L = 0x060C89CE5C263405370A08B6D0302B0BAB3EEDB83920EE0A677297DC392126F1
A, D = 168700, 168696
IDENTITY = (0, 1)
B8 = (
    5299619240641551281634865583518297030282874472190772894086521144482721001553,
    16950150798460657717958625567821834550301663161624707787222815936182638968203,
)


def add(p, q):
    (x1, y1), (x2, y2) = p, q
    k = D * x1 * x2 % R * y1 % R * y2 % R
    return (
        (x1 * y2 + y1 * x2) * inverse(1 + k) % R,
        (y1 * y2 - A * x1 * x2) * inverse(1 - k) % R,
    )


def multiply(p, scalar):
    result = IDENTITY
    while scalar:
        if scalar & 1:
            result = add(result, p)
        p = add(p, p)
        scalar >>= 1
    return result


def encode(p):
    x, y = p
    return le(y | (1 << 255 if x > (R - 1) // 2 else 0), 32)


def decode(b):
    require(len(b) == 32, "curve/length")
    raw = from_le(b)
    upper_half, y = raw >> 255 == 1, raw & (2**255 - 1)
    require(y < R, "curve/not-canonical", "y is r or more")
    x_squared = (1 - y * y) * inverse(A - D * y * y) % R
    if not is_square(x_squared, R):
        raise Refused("curve/not-on-curve")
    x = square_root(x_squared, R)
    require(not (x == 0 and upper_half), "curve/not-canonical", "x is 0 and the top bit is set")
    if (x > (R - 1) // 2) != upper_half:
        x = R - x
    return (x, y)


def low_order(p):
    return multiply(p, 8) == IDENTITY


def in_subgroup(p):
    return multiply(p, L) == IDENTITY

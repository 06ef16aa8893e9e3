"""Prime fields: the field F of order r, and square roots for any odd prime."""

from .errors import Refused, require
from .integers import be, from_be

R = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001


def inverse(x, p=R):
    """1/x, and 0 for 0."""
    return pow(x, p - 2, p)


def encode_field(x):
    require(0 <= x < R, "field/range")
    return be(x, 32)


def decode_field(b):
    require(len(b) == 32, "field/length")
    x = from_be(b)
    require(x < R, "field/range")
    return x


def is_square(a, p):
    return a % p == 0 or pow(a, (p - 1) // 2, p) == 1


def square_root(a, p):
    """One of the two roots (Tonelli and Shanks)."""
    a %= p
    if not is_square(a, p):
        raise Refused("field/not-a-square")
    if a == 0:
        return 0
    odd, twos = p - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    non_square = 2
    while is_square(non_square, p):
        non_square += 1
    c, t, root = pow(non_square, odd, p), pow(a, odd, p), pow(a, (odd + 1) // 2, p)
    while t != 1:
        order, x = 0, t
        while x != 1:
            order, x = order + 1, x * x % p
        step = pow(c, 1 << (twos - order - 1), p)
        twos, c = order, step * step % p
        t, root = t * c % p, root * step % p
    return root

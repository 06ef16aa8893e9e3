"""secp256k1: the address of a secret key, and of who signed a digest."""

from .errors import require
from .integers import be, from_be
from .keccak import keccak256

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def _add(p, q):
    if p is None or q is None:
        return p or q
    (x1, y1), (x2, y2) = p, q
    if x1 == x2:
        if (y1 + y2) % P == 0:
            return None
        slope = 3 * x1 * x1 * pow(2 * y1, -1, P)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return (x, (slope * (x1 - x) - y1) % P)


def _multiply(p, scalar):
    result = None
    while scalar:
        if scalar & 1:
            result = _add(result, p)
        p = _add(p, p)
        scalar >>= 1
    return result


def _address(point):
    return keccak256(be(point[0], 32) + be(point[1], 32))[-20:]


def address_of(secret):
    return _address(_multiply(G, secret))


def recover(digest, signature):
    """The address whose key made r || s || yParity over the digest."""
    r, s, parity = from_be(signature[:32]), from_be(signature[32:64]), signature[64]
    y = pow(r**3 + 7, (P + 1) // 4, P)
    require(y * y % P == (r**3 + 7) % P, "secp256k1/r")
    point = (r, y if y % 2 == parity else P - y)
    w = pow(r, -1, N)
    return _address(_add(_multiply(point, s * w % N), _multiply(G, -from_be(digest) * w % N)))

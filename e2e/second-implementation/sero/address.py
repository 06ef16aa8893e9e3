"""Addresses and their text (keys-and-notes.md, sections 6 and 7)."""

from dataclasses import dataclass

from . import bech32m
from .curve25519 import diversified_base, require_public_key, x25519
from .errors import require
from .field import R
from .hkdf import hmac
from .integers import be, from_be
from .poseidon import D_OWNER, H


@dataclass
class Address:
    d: bytes
    pd: bytes
    ownerTag: int


def owner_tag(acct, d):
    return H(D_OWNER, acct, from_be(d))


def address_of(account, j, viewing_key):
    """Address number j; viewing_key is the account's ivk, or ivkInt for change."""
    require(0 <= j < 2**128, "address/index")
    d = hmac(account.dk, b"SERO/diversifier" + be(j, 16))[:16]
    return Address(d, x25519(viewing_key, diversified_base(d)), owner_tag(account.acct, d))


def encode(address, hrp):
    return bech32m.encode(hrp, b"\1" + address.d + address.pd + be(address.ownerTag, 32))


def decode(text, hrp):
    found, data = bech32m.decode(text)
    require(found == hrp and len(data) == 81 and data[0] == 1, "address/form")
    require_public_key(data[17:49], "address/key")
    tag = from_be(data[49:])
    require(tag < R, "address/owner-tag")
    return Address(data[1:17], data[17:49], tag)

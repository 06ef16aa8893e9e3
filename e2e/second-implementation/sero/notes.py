"""Notes, their hashes and their ciphertexts (keys-and-notes.md, sections 2, 8 and 9)."""

from dataclasses import dataclass

from .address import Address, owner_tag
from .chacha import seal, unseal
from .curve25519 import P, LOW_ORDER, diversified_base, x25519
from .field import R
from .hkdf import hkdf
from .integers import be, from_be, from_le
from .poseidon import D_ASSET, D_INNER, D_NF, D_NOTE, H

CIPHERTEXT_BYTES = 290
EXPAND_SALT = b"SERO/note-expand/1"
COIN = 0
TOKEN, TICKET = 1, 2
# Versions of a plaintext: an output, whose blind is the seed's; a note that the chain completed with blind 0.
ORDINARY, COMPLETED = 1, 2
NO_RK = bytes(32)


def asset_id(kind, token, number):
    return H(D_ASSET, kind, from_be(token), number >> 128, number % 2**128)


def inner_of(tag, rho):
    return H(D_INNER, tag, rho)


def commitment(inner, asset, value, blind):
    return H(D_NOTE, inner, asset, value, blind)


def nullifier(nk, cm, leaf_index):
    return H(D_NF, nk, cm, leaf_index)


def note_seed(random32, nk, nf0, output_index):
    return hkdf(random32 + be(nk, 32) + be(nf0, 32) + be(output_index, 4), b"SERO/note-seed/1", b"", 32)


@dataclass
class Secrets:
    rho: int
    blind: int
    esk: bytes


def expand(seed):
    return Secrets(
        rho=from_be(hkdf(seed, EXPAND_SALT, b"rho", 64)) % R,
        blind=from_be(hkdf(seed, EXPAND_SALT, b"blind", 64)) % R,
        esk=hkdf(seed, EXPAND_SALT, b"esk", 32),
    )


def note_key(shared, epk, cm):
    """(view tag, key)."""
    okm = hkdf(shared, b"SERO/note/1", epk + be(cm, 32), 33)
    return okm[0], okm[1:]


def sender_key(ovk, cm, epk, rk):
    return hkdf(ovk, b"SERO/note-sender/1", be(cm, 32) + epk + rk, 32)


@dataclass
class Opened:
    address: Address
    asset: int
    value: int
    seed: bytes
    memoKey: bytes


def encrypt(address, asset, value, seed, memo_key, ovk, rk, version=ORDINARY):
    """(inner, cm, ciphertext)."""
    secrets = expand(seed)
    inner = inner_of(address.ownerTag, secrets.rho)
    cm = commitment(inner, asset, value, secrets.blind if version == ORDINARY else 0)
    epk = x25519(secrets.esk, diversified_base(address.d))
    tag, key = note_key(x25519(secrets.esk, address.pd), epk, cm)
    to_receiver = seal(key, bytes([version]) + address.d + be(asset, 32) + be(value, 16) + seed + memo_key)
    to_sender = seal(sender_key(ovk, cm, epk, rk), address.pd + be(address.ownerTag, 32) + seed)
    return inner, cm, epk + bytes([tag]) + to_receiver + to_sender


def _open_plaintext(shared, ciphertext, cm, tag_of, version):
    """Steps 1 to 5; tag_of(d) is the ownerTag that the reader expects. None: drop the note."""
    epk = ciphertext[:32]
    if shared == bytes(32):
        return None
    view_tag, key = note_key(shared, epk, cm)
    plain = unseal(key, ciphertext[33:178]) if view_tag == ciphertext[32] else None
    if plain is None or plain[0] != version:
        return None
    d, asset, value = plain[1:17], from_be(plain[17:49]), from_be(plain[49:65])
    seed, memo_key = plain[65:97], plain[97:129]
    if asset >= R or value == 0:
        return None
    secrets = expand(seed)
    if epk != x25519(secrets.esk, diversified_base(d)):
        return None
    tag = tag_of(d)
    if cm != commitment(inner_of(tag, secrets.rho), asset, value, secrets.blind if version == ORDINARY else 0):
        return None
    return Opened(Address(d, b"", tag), asset, value, seed, memo_key)


def open_received(viewing_key, acct, ciphertext, cm, version=ORDINARY):
    shared = x25519(viewing_key, ciphertext[:32])
    opened = _open_plaintext(shared, ciphertext, cm, lambda d: owner_tag(acct, d), version)
    if opened is not None:
        opened.address.pd = x25519(viewing_key, diversified_base(opened.address.d))
    return opened


def open_sent(ovk, ciphertext, cm, rk, version=ORDINARY):
    plain = unseal(sender_key(ovk, cm, ciphertext[:32], rk), ciphertext[178:])
    if plain is None:
        return None
    pd, tag, seed = plain[:32], from_be(plain[32:64]), plain[64:]
    if tag >= R or from_le(pd) >= P or from_le(pd) in LOW_ORDER:
        return None
    opened = _open_plaintext(x25519(expand(seed).esk, pd), ciphertext, cm, lambda d: tag, version)
    if opened is None or opened.seed != seed:
        return None
    opened.address.pd = pd
    return opened

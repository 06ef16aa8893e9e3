"""Keys of an account, pseudonyms, view keys (keys-and-notes.md, section 5)."""

import re
from dataclasses import dataclass

from . import babyjub, bech32m, bip39, secp256k1
from .babyjub import B8, L
from .errors import require
from .field import R
from .hkdf import hkdf, hkdf_scalar
from .integers import be, from_be
from .poseidon import D_ACCT, D_RET, D_SLOT, H

SALT = b"SERO/keys/1"


def account_number(A, nk):
    """acct."""
    return H(D_ACCT, A[0], A[1], nk)


@dataclass
class Account:
    network: str
    seed: bytes
    ask: int
    A: tuple
    nk: int
    rhoKey: int
    ivk: bytes
    ivkInt: bytes
    ovk: bytes
    dk: bytes
    pseudonymSeed: bytes
    acct: int


def derive_account(phrase, passphrase, network, number):
    require(re.fullmatch(r"[a-z][a-z0-9-]{0,31}", network), "keys/network")
    seed = bip39.to_seed(phrase, passphrase)

    def info(label):
        return label.encode() + b"\0" + be(len(network), 1) + network.encode() + be(number, 4)

    def scalar(label, modulus):
        return hkdf_scalar(seed, SALT, info(label), modulus)

    def key(label):
        return hkdf(seed, SALT, info(label), 32)

    ask, nk = scalar("SERO/key/ask", L), scalar("SERO/key/nk", R)
    A = babyjub.multiply(B8, ask)
    return Account(
        network=network,
        seed=seed,
        ask=ask,
        A=A,
        nk=nk,
        rhoKey=scalar("SERO/key/rho", R),
        ivk=key("SERO/key/ivk"),
        ivkInt=key("SERO/key/ivk-internal"),
        ovk=key("SERO/key/ovk"),
        dk=key("SERO/key/dk"),
        pseudonymSeed=key("SERO/key/pseudonym"),
        acct=account_number(A, nk),
    )


def _pseudonym_key(account, info):
    return hkdf_scalar(account.pseudonymSeed, b"SERO/pseudonym-key/1", info, secp256k1.N)


def one_time_pseudonym_key(account, nf0):
    return _pseudonym_key(account, b"call" + be(nf0, 32))


def kept_pseudonym_key(account, lane, counter):
    require(len(lane) == 8, "keys/lane")
    return _pseudonym_key(account, b"kept" + lane + be(counter, 4))


def return_rho(account, nf0, i):
    return H(D_RET, account.rhoKey, nf0, i)


def slot_rho(account, counter):
    return H(D_SLOT, account.rhoKey, counter)


def slot_rho_in_transaction(account, nf0, i):
    return H(D_SLOT, account.rhoKey, nf0, i)


def full_view_key(account):
    data = b"\1" + babyjub.encode(account.A) + be(account.nk, 32) + account.ivk + account.ivkInt
    data += account.ovk + account.dk + be(account.rhoKey, 32)
    return bech32m.encode(account.network + "-full", data)


def incoming_view_key(account):
    return bech32m.encode(account.network + "-incoming", b"\1" + account.ivk + be(account.acct, 32))


def _view_key_bytes(text, prefix, length):
    found, data = bech32m.decode(text)
    require(found == prefix and len(data) == length and data[0] == 1, "view-key/form")
    return data[1:]


def _non_zero_field(b):
    x = from_be(b)
    require(0 < x < R, "view-key/field")
    return x


def decode_full_view_key(text, network):
    data = _view_key_bytes(text, network + "-full", 225)
    part = [data[i : i + 32] for i in range(0, 224, 32)]
    A = babyjub.decode(part[0])
    require(A != babyjub.IDENTITY and babyjub.in_subgroup(A), "view-key/point")
    nk = _non_zero_field(part[1])
    return {
        "A": A, "nk": nk, "ivk": part[2], "ivkInt": part[3], "ovk": part[4], "dk": part[5],
        "rhoKey": _non_zero_field(part[6]), "acct": account_number(A, nk),
    }  # fmt: skip


def decode_incoming_view_key(text, network):
    data = _view_key_bytes(text, network + "-incoming", 65)
    return {"ivk": data[:32], "acct": _non_zero_field(data[32:])}

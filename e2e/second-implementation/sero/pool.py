"""The Pool's storage slots and the ids of packages (pool-state.md)."""

from .keccak import keccak256

NULLIFIERS, KNOWN_ROOTS, ROOT_RING, TURNSTILE, ASSETS, TOKEN_KINDS, PACKAGES, KEY_HOLDERS = 0, 4, 5, 6, 7, 8, 9, 14
FRONTIER, RING = 32, 1024


def word(value):
    return value.to_bytes(32, "big")


def mapping(key, slot):
    return keccak256(word(key) + word(slot))


def after(slot, by=1):
    return word((int.from_bytes(slot, "big") + by) % 2**256)


def package_id(nf0, output_index, commitment):
    return keccak256(b"SERO/package/1" + word(nf0) + word(output_index) + word(commitment))


def repacked_package_id(ctx, slot, commitment):
    return keccak256(b"SERO/package/2" + word(ctx) + word(slot) + word(commitment))

"""BE, LE and int of keys-and-notes.md, section 1."""


def be(x, n):
    return x.to_bytes(n, "big")


def le(x, n):
    return x.to_bytes(n, "little")


def from_be(b):
    return int.from_bytes(b, "big")


def from_le(b):
    return int.from_bytes(b, "little")

"""Between the vectors' JSON and values."""

from sero.integers import be, from_be


def raw(text):
    assert text.startswith("0x"), text
    return bytes.fromhex(text[2:])


def number(text):
    return from_be(raw(text))


def hexed(b):
    return "0x" + b.hex()


def hex32(x):
    return hexed(be(x, 32))

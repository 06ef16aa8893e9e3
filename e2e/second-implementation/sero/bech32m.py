"""bech32m (BIP-350) up to 1023 characters (keys-and-notes.md, section 7)."""

from .errors import require

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CONSTANT = 0x2BC830A3
LONGEST = 1023


def _polymod(values):
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for i, g in enumerate(GENERATOR):
            if top >> i & 1:
                checksum ^= g
    return checksum


def _expand_prefix(prefix):
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def encode(prefix, data):
    padding = -8 * len(data) % 5
    number = int.from_bytes(data, "big") << padding
    count = (8 * len(data) + padding) // 5
    digits = [number >> 5 * i & 31 for i in reversed(range(count))]
    checksum = _polymod(_expand_prefix(prefix) + digits + [0] * 6) ^ CONSTANT
    digits += [checksum >> 5 * i & 31 for i in reversed(range(6))]
    text = prefix + "1" + "".join(ALPHABET[digit] for digit in digits)
    require(len(text) <= LONGEST, "text/length")
    return text


def decode(text):
    """(prefix, bytes)."""
    require(len(text) <= LONGEST, "text/length")
    require(text in (text.lower(), text.upper()), "text/case")
    prefix, separator, rest = text.lower().rpartition("1")
    require(separator and prefix and len(rest) >= 6, "text/form")
    require(all(33 <= ord(c) <= 126 for c in prefix) and all(c in ALPHABET for c in rest), "text/character")
    digits = [ALPHABET.index(c) for c in rest]
    require(_polymod(_expand_prefix(prefix) + digits) == CONSTANT, "text/checksum")
    digits = digits[:-6]
    number = 0
    for digit in digits:
        number = number << 5 | digit
    padding = 5 * len(digits) % 8
    require(padding < 5 and number & (2**padding - 1) == 0, "text/padding")
    return prefix, (number >> padding).to_bytes(5 * len(digits) // 8, "big")

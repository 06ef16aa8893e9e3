"""BIP-39 with the English list, which is read from the npm package that the wallet uses."""

import hashlib
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from .errors import require

WORD_LIST_FILE = Path(__file__).resolve().parents[3] / "node_modules" / "@scure" / "bip39" / "wordlists" / "english.js"
WORD_COUNTS = (12, 15, 18, 21, 24)


@lru_cache(maxsize=None)
def words():
    found = re.search(r"`([a-z\n]+)`", WORD_LIST_FILE.read_text(encoding="utf-8"))
    require(found, "bip39/list", "the word list's file has another form now")
    result = found.group(1).split("\n")
    require(len(result) == 2048 and result == sorted(result), "bip39/list")
    return result


def normalise(phrase):
    return " ".join(unicodedata.normalize("NFKD", phrase).lower().split())


def to_entropy(phrase):
    given = normalise(phrase).split(" ")
    require(len(given) in WORD_COUNTS, "bip39/count")
    require(all(word in words() for word in given), "bip39/word")
    bits = "".join(format(words().index(word), "011b") for word in given)
    checksum_bits = len(given) // 3
    entropy = int(bits[:-checksum_bits], 2).to_bytes(4 * checksum_bits, "big")
    require(_checksum(entropy) == bits[-checksum_bits:], "bip39/checksum")
    return entropy


def from_entropy(entropy):
    bits = format(int.from_bytes(entropy, "big"), f"0{8 * len(entropy)}b") + _checksum(entropy)
    return " ".join(words()[int(bits[i : i + 11], 2)] for i in range(0, len(bits), 11))


def _checksum(entropy):
    return format(hashlib.sha256(entropy).digest()[0], "08b")[: len(entropy) // 4]


def to_seed(phrase, passphrase):
    to_entropy(phrase)
    salt = "mnemonic" + unicodedata.normalize("NFKD", passphrase)
    return hashlib.pbkdf2_hmac("sha512", normalise(phrase).encode(), salt.encode(), 2048)

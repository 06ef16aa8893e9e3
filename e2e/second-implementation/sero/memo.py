"""Memos (keys-and-notes.md, section 10)."""

import unicodedata

from .chacha import seal, unseal
from .errors import require
from .hkdf import hkdf
from .integers import be, from_be

CHUNK = 256
MOST_CHUNKS = 16
OVERHEAD = 50
SALT = b"SERO/memo/1"


def _commitment(key):
    return hkdf(key, SALT, b"commitment", 32)


def _seal_key(key, chunks):
    return hkdf(key, SALT, b"key" + be(chunks, 1), 32)


def encrypt(key, text):
    """The memo's chunks."""
    data = text.encode("utf-8")
    count = -(-(OVERHEAD + len(data)) // CHUNK)
    require(count <= MOST_CHUNKS, "memo/too-long")
    padded = be(len(data), 2) + data + bytes(CHUNK * count - OVERHEAD - len(data))
    memo = _commitment(key) + seal(_seal_key(key, count), padded)
    return [memo[i : i + CHUNK] for i in range(0, len(memo), CHUNK)]


def open_memo(key, chunks):
    """(text, first chunk, number of chunks), or None."""
    commitment = _commitment(key)
    first = next((i for i, chunk in enumerate(chunks) if chunk.startswith(commitment)), None)
    if first is None:
        return None
    for count in range(1, min(MOST_CHUNKS, len(chunks) - first) + 1):
        memo = b"".join(chunks[first : first + count])
        plain = unseal(_seal_key(key, count), memo[32:])
        if plain is not None:
            text = _text(plain)
            return None if text is None else (text, first, count)
    return None


def _text(plain):
    length = from_be(plain[:2])
    data, rest = plain[2 : 2 + length], plain[2 + length :]
    if len(data) != length or any(rest):
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


# Showing what others wrote

REPLACEMENT = "\ufffd"
HIDDEN_CATEGORIES = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn")
HIDDEN_LETTERS = "\u115f\u1160\u3164\uffa0"
KEPT = "\n\u200c\u200d"
MOST_MARKS = 4


def _hidden(c):
    if c in KEPT:
        return False
    return unicodedata.category(c) in HIDDEN_CATEGORIES or c in HIDDEN_LETTERS or 0xE0100 <= ord(c) <= 0xE01EF


def safe_text(text):
    shown, marks = "", 0
    for c in text.replace("\r\n", "\n").replace("\r", "\n"):
        c = REPLACEMENT if _hidden(c) else c
        marks = marks + 1 if unicodedata.category(c).startswith("M") else 0
        if marks <= MOST_MARKS:
            shown += c
    return shown

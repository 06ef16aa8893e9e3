"""RLP in its one canonical form, and the item types of transaction.md."""

from .errors import Refused, require
from .field import R
from .integers import be, from_be

MOST_ITEMS = 2048
DEEPEST = 6
CODE = "rlp/form"


def encode(item):
    if isinstance(item, list):
        payload = b"".join(encode(part) for part in item)
        return _header(len(payload), 0xC0) + payload
    if len(item) == 1 and item[0] < 0x80:
        return bytes(item)
    return _header(len(item), 0x80) + bytes(item)


def _header(length, offset):
    if length < 56:
        return bytes([offset + length])
    size = be(length, (length.bit_length() + 7) // 8)
    return bytes([offset + 55 + len(size)]) + size


def decode(data, most_items=MOST_ITEMS):
    """bytes for a string, list for a list."""
    left = [most_items]
    item, end = _decode_item(data, 0, len(data), 0, left)
    require(end == len(data), CODE, "bytes after the end")
    return item


def _decode_item(data, at, end, depth, left):
    left[0] -= 1
    require(left[0] >= 0, CODE, "too many items")
    require(at < end, CODE, "cut off")
    first = data[at]
    if first < 0x80:
        return data[at : at + 1], at + 1
    is_list = first >= 0xC0
    size = first - (0xC0 if is_list else 0x80)
    start = at + 1
    if size > 55:
        start += size - 55
        require(start <= end, CODE, "cut off")
        require(data[at + 1] != 0, CODE, "a length with a leading zero")
        size = from_be(data[at + 1 : start])
        require(size > 55, CODE, "a short length in the long form")
    stop = start + size
    require(stop <= end, CODE, "longer than what contains it")
    if not is_list:
        require(not (size == 1 and data[start] < 0x80), CODE, "a single byte with a header")
        return data[start:stop], stop
    require(depth < DEEPEST, CODE, "too deep")
    items = []
    while start < stop:
        item, start = _decode_item(data, start, stop, depth + 1, left)
        items.append(item)
    return items, stop


# Values to items


def uint(x):
    return be(x, (x.bit_length() + 7) // 8)


def field(x):
    return be(x, 32)


# Items to values. `code` is the prefix of the codes that are raised: "tx" gives tx/encoding, tx/field, tx/too-many.


class Reader:
    def __init__(self, codes):
        self.encoding = codes + "/encoding"
        self.field_code = codes + "/field"
        self.too_many = codes + "/too-many"

    def tree(self, data, most_items=MOST_ITEMS):
        try:
            return decode(data, most_items)
        except Refused as refused:
            raise Refused(self.encoding, str(refused)) from refused

    def any_bytes(self, item):
        require(isinstance(item, bytes), self.encoding, "a list where bytes belong")
        return item

    def bytes(self, item, n):
        require(len(self.any_bytes(item)) == n, self.encoding, f"not {n} bytes")
        return item

    def optional_bytes(self, item, n):
        return None if item == b"" else self.bytes(item, n)

    def uint(self, item, n):
        require(len(self.any_bytes(item)) <= n, self.encoding, f"more than {n} bytes")
        require(item[:1] != b"\0", self.encoding, "a leading zero")
        return from_be(item)

    def field(self, item):
        x = from_be(self.bytes(item, 32))
        require(x < R, self.field_code)
        return x

    def list(self, item, least=0, most=None):
        require(isinstance(item, list), self.encoding, "bytes where a list belongs")
        require(len(item) >= least and (most is None or len(item) <= most), self.too_many)
        return item

    def record(self, item, n):
        require(isinstance(item, list) and len(item) == n, self.encoding, f"not a list of {n}")
        return item

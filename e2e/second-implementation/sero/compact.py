"""Compact blocks and the stream digest (tree-and-compact-blocks.md)."""

from . import rlp, tree
from .errors import require
from .keccak import keccak256
from .notes import commitment

COMPLETED = 1
LARGEST, MOST_ITEMS = 2**25, 2**20
read = rlp.Reader("compact")


def decode(data):
    require(len(data) <= LARGEST, "compact/encoding")
    items = read.record(read.tree(data, MOST_ITEMS), 5)
    block = {
        "number": read.uint(items[0], 8),
        "firstLeaf": read.uint(items[1], 5),
        "transactions": [_decode_transaction(t) for t in read.list(items[2])],
        "completed": [_decode_completed(c) for c in read.list(items[3])],
        "credited": [read.bytes(a, 20) for a in read.list(items[4])],
    }
    require(block["firstLeaf"] <= tree.CAPACITY, "compact/encoding")
    return block


def _decode_transaction(item):
    t = read.record(item, 6)
    bundles = [_decode_bundle(b) for b in read.list(t[1], 1, 8)]
    packages = [read.uint(p, 1) for p in read.list(t[2], 0, 24)]
    require(all(a < b for a, b in zip(packages, packages[1:])), "compact/encoding")
    require(all(p < 3 * len(bundles) for p in packages), "compact/encoding")
    return {
        "txid": read.bytes(t[0], 32),
        "bundles": bundles,
        "packages": packages,
        "memoDigest": read.bytes(t[3], 32),
        "fee": read.uint(t[4], 16),
        "pseudonym": read.optional_bytes(t[5], 20),
    }


def _decode_bundle(item):
    b = read.record(item, 9)
    commitments = [read.field(b[i]) for i in (3, 5, 7)]
    require(0 not in commitments, "compact/encoding")
    return {
        "nullifiers": [read.field(b[0]), read.field(b[1])],
        "rk": read.bytes(b[2], 32),
        "commitments": commitments,
        "outputs": [read.bytes(b[i], 290) for i in (4, 6, 8)],
    }


def _decode_completed(item):
    c = read.record(item, 5)
    require(read.uint(c[0], 1) == COMPLETED, "compact/kind")
    value = read.uint(c[3], 16)
    require(value > 0, "compact/encoding")
    return {
        "inner": read.field(c[1]),
        "asset": read.field(c[2]),
        "value": value,
        "note": read.optional_bytes(c[4], 290),
    }


def encode(block):
    return rlp.encode(
        [
            rlp.uint(block["number"]),
            rlp.uint(block["firstLeaf"]),
            [_transaction_item(t) for t in block["transactions"]],
            [_completed_item(c) for c in block["completed"]],
            list(block["credited"]),
        ]
    )


def _transaction_item(t):
    return [
        t["txid"],
        [_bundle_item(b) for b in t["bundles"]],
        [rlp.uint(p) for p in t["packages"]],
        t["memoDigest"],
        rlp.uint(t["fee"]),
        t["pseudonym"] or b"",
    ]


def _bundle_item(b):
    item = [rlp.field(x) for x in b["nullifiers"]] + [b["rk"]]
    for cm, output in zip(b["commitments"], b["outputs"]):
        item += [rlp.field(cm), output]
    return item


def _completed_item(c):
    return [rlp.uint(COMPLETED), rlp.field(c["inner"]), rlp.field(c["asset"]), rlp.uint(c["value"]), c["note"] or b""]


def compact_transaction(tx, txid, fee, packages):
    """What a compact block says of a transaction; packages: the outputs that became packages."""
    return {
        "txid": txid,
        "bundles": [
            {
                "nullifiers": b["nullifiers"],
                "rk": b["rk"],
                "commitments": b["commitments"],
                "outputs": tx["outputs"][3 * i : 3 * i + 3],
            }
            for i, b in enumerate(tx["bundles"])
        ],
        "packages": packages,
        "memoDigest": keccak256(b"".join(tx["memos"])),
        "fee": fee,
        "pseudonym": tx["call"]["pseudonym"] if tx["call"] else None,
    }


def leaves(block):
    result = []
    for t in block["transactions"]:
        commitments = [cm for b in t["bundles"] for cm in b["commitments"]]
        result += [cm for i, cm in enumerate(commitments) if i not in t["packages"]]
    return result + [commitment(c["inner"], c["asset"], c["value"], 0) for c in block["completed"]]


def next_digest(previous, data):
    return keccak256(previous + keccak256(data))

"""Compact blocks and the stream digest (tree-and-compact-blocks.md)."""

from . import rlp, tree
from .errors import require
from .keccak import keccak256
from .notes import commitment

COMPLETED, RELEASED, REPACKED, SEALED = 1, 2, 3, 4
MOST_TRANSACTIONS = 2**20 - 1
LARGEST, MOST_ITEMS = 2**25, 2**20
read = rlp.Reader("compact")


def decode(data):
    require(len(data) <= LARGEST, "compact/encoding")
    items = read.record(read.tree(data, MOST_ITEMS), 5)
    block = {
        "number": read.uint(items[0], 8),
        "firstLeaf": read.uint(items[1], 5),
        "transactions": [_decode_transaction(t) for t in read.list(items[2])],
        "entries": [_decode_entry(e) for e in read.list(items[3])],
        "credited": [read.bytes(a, 20) for a in read.list(items[4])],
    }
    require(block["firstLeaf"] <= tree.CAPACITY, "compact/encoding")
    places = [e["transaction"] for e in block["entries"]]
    require(places == sorted(places), "compact/encoding")
    require(all(place <= len(block["transactions"]) for place in places), "compact/encoding")
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
        "call": _decode_call(t[5]),
    }


def _decode_call(item):
    if not read.list(item):
        return None
    c = read.record(item, 4)
    call = {
        "pseudonym": read.bytes(c[0], 20),
        "coin": read.uint(c[1], 17),
        "gasUsed": read.uint(c[2], 8),
        "status": read.uint(c[3], 1),
    }
    require(call["coin"] < 2**131 and call["status"] <= 1, "compact/encoding")
    return call


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


def _decode_entry(item):
    """The transaction is 1 + its place in the block, 0 for genesis."""
    kind = read.uint(read.list(item, 1, 8)[0], 6)
    require(kind <= 255, "compact/encoding")
    require(COMPLETED <= kind <= SEALED, "compact/kind")
    e = read.record(item, {COMPLETED: 6, RELEASED: 4, REPACKED: 4, SEALED: 5}[kind])
    entry = {"kind": kind, "transaction": read.uint(e[1], 6)}
    require(entry["transaction"] <= MOST_TRANSACTIONS, "compact/encoding")
    if kind == COMPLETED:
        entry |= {
            "inner": read.field(e[2]),
            "asset": read.field(e[3]),
            "value": read.uint(e[4], 16),
            "note": read.optional_bytes(e[5], 290),
        }
        require(entry["value"] > 0, "compact/encoding")
        return entry
    if kind != REPACKED:
        entry["id"] = read.bytes(e[2], 32)
    entry["commitment"] = read.field(e[2 if kind == REPACKED else 3])
    require(entry["commitment"] != 0, "compact/encoding")
    if kind != RELEASED:
        entry["note"] = read.bytes(e[-1], 290)
    return entry


def encode(block):
    return rlp.encode(
        [
            rlp.uint(block["number"]),
            rlp.uint(block["firstLeaf"]),
            [_transaction_item(t) for t in block["transactions"]],
            [_entry_item(e) for e in block["entries"]],
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
        _call_item(t["call"]),
    ]


def _bundle_item(b):
    item = [rlp.field(x) for x in b["nullifiers"]] + [b["rk"]]
    for cm, output in zip(b["commitments"], b["outputs"]):
        item += [rlp.field(cm), output]
    return item


def _call_item(call):
    if call is None:
        return []
    return [call["pseudonym"], rlp.uint(call["coin"]), rlp.uint(call["gasUsed"]), rlp.uint(call["status"])]


def _entry_item(e):
    item = [rlp.uint(e["kind"]), rlp.uint(e["transaction"])]
    if e["kind"] == COMPLETED:
        return item + [rlp.field(e["inner"]), rlp.field(e["asset"]), rlp.uint(e["value"]), e["note"] or b""]
    if e["kind"] != REPACKED:
        item.append(e["id"])
    item.append(rlp.field(e["commitment"]))
    return item if e["kind"] == RELEASED else item + [e["note"]]


def compact_transaction(tx, txid, fee, packages, outcome):
    """What a compact block says of a transaction; packages: the outputs that became packages, outcome: (gas used, status) of a call."""
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
        "call": _call_of(tx, outcome),
    }


def _call_of(tx, outcome):
    if not tx["call"]:
        return None
    coin = sum(b["pubCoin"] for b in tx["bundles"])
    return {"pseudonym": tx["call"]["pseudonym"], "coin": coin, "gasUsed": outcome[0], "status": outcome[1]}


def leaves(block):
    result = []
    for t in block["transactions"]:
        commitments = [cm for b in t["bundles"] for cm in b["commitments"]]
        result += [cm for i, cm in enumerate(commitments) if i not in t["packages"]]
    for e in block["entries"]:
        if e["kind"] == COMPLETED:
            result.append(commitment(e["inner"], e["asset"], e["value"], 0))
        elif e["kind"] != SEALED:
            result.append(e["commitment"])
    return result


def next_digest(previous, data):
    return keccak256(previous + keccak256(data))

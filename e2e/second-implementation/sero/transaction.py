"""The transaction of type 0x5e: encoding, rules, bind, gas (transaction.md).

A transaction is a dict with the names of the vectors' JSON; numbers are int, bytes are bytes.
"""

from . import rlp, secp256k1
from .errors import require
from .field import R
from .integers import be, from_be
from .keccak import keccak256
from .notes import asset_id

TYPE = 0x5E
LARGEST = 131_072
MOST_BUNDLES, MOST_MEMOS, MOST_CALLS, MOST_RETURNS, MOST_INNERS = 8, 32, 32, 32, 128
MOST_ANY = 64
KINDS = ["coin", "token", "ticket"]
ON_FAILURE = ["hold", "release"]
read = rlp.Reader("tx")


# Encoding


def _bundle_signed_items(b):
    return [
        rlp.uint(b["circuit"]),
        *(rlp.field(x) for x in b["nullifiers"]),
        *(rlp.field(x) for x in b["commitments"]),
        rlp.uint(b["pubCoin"]),
        rlp.field(b["pubAsset"]),
        rlp.uint(b["pubAmount"]),
        b["rk"],
    ]


def _return_item(entry):
    any_count = entry["id"]["any"] if isinstance(entry["id"], dict) else None
    return [
        rlp.uint(KINDS.index(entry["kind"])),
        entry["token"] or b"",
        rlp.uint(entry["id"]) if any_count is None else [rlp.uint(any_count)],
        rlp.uint(int(entry["leave"])),
        [rlp.field(x) for x in entry["inners"]],
    ]


def _call_items(call, with_signature):
    return [
        call["pseudonym"],
        rlp.uint(call["nonce"]),
        *([call["signature"]] if with_signature else []),
        rlp.uint(call["gasLimit"]),
        [[c["to"] or b"", rlp.uint(c["value"]), c["data"]] for c in call["calls"]],
        [_return_item(entry) for entry in call["returns"]],
    ]


def _package_items(tx):
    return [
        [rlp.uint(p["outputIndex"]), p["controller"] or b"", rlp.uint(ON_FAILURE.index(p["onFailure"]))]
        for p in tx["packages"]
    ]


def encode(tx):
    body = [
        rlp.uint(tx["chainId"]),
        rlp.uint(tx["expiry"]),
        rlp.uint(tx["priceStep"]),
        rlp.field(tx["anchor"]),
        [[*_bundle_signed_items(b), b["signature"], b["proof"]] for b in tx["bundles"]],
        list(tx["outputs"]),
        list(tx["memos"]),
        _call_items(tx["call"], True) if tx["call"] else [],
        _package_items(tx),
    ]
    return bytes([TYPE]) + rlp.encode(body)


# Decoding


def decode(data):
    require(len(data) <= LARGEST, "tx/too-large")
    require(data[:1] == bytes([TYPE]), "tx/type")
    items = read.record(read.tree(data[1:]), 9)
    bundles = [_decode_bundle(b) for b in read.list(items[4], 1, MOST_BUNDLES)]
    tx = {
        "chainId": read.uint(items[0], 8),
        "expiry": read.uint(items[1], 8),
        "priceStep": read.uint(items[2], 1),
        "anchor": read.field(items[3]),
        "bundles": bundles,
        "outputs": [read.bytes(o, 290) for o in read.list(items[5], 3, 3 * MOST_BUNDLES)],
        "memos": [read.bytes(m, 256) for m in read.list(items[6], 1, MOST_MEMOS)],
        "call": _decode_call(items[7]),
        "packages": [_decode_package(p) for p in read.list(items[8], 0, 3 * MOST_BUNDLES)],
    }
    _check(tx)
    return tx


def _decode_bundle(item):
    b = read.record(item, 12)
    return {
        "circuit": read.uint(b[0], 1),
        "nullifiers": [read.field(x) for x in b[1:3]],
        "commitments": [read.field(x) for x in b[3:6]],
        "pubCoin": read.uint(b[6], 16),
        "pubAsset": read.field(b[7]),
        "pubAmount": read.uint(b[8], 16),
        "rk": read.bytes(b[9], 32),
        "signature": read.bytes(b[10], 64),
        "proof": read.bytes(b[11], 256),
    }


def _decode_call(item):
    if read.list(item) == []:
        return None
    c = read.record(item, 6)
    return {
        "pseudonym": read.bytes(c[0], 20),
        "nonce": read.uint(c[1], 8),
        "signature": read.bytes(c[2], 65),
        "gasLimit": read.uint(c[3], 8),
        "calls": [_decode_one_call(x) for x in read.list(c[4], 0, MOST_CALLS)],
        "returns": [_decode_return(x) for x in read.list(c[5], 1, MOST_RETURNS)],
    }


def _decode_one_call(item):
    c = read.record(item, 3)
    return {"to": read.optional_bytes(c[0], 20), "value": read.uint(c[1], 16), "data": read.any_bytes(c[2])}


def _decode_return(item):
    e = read.record(item, 5)
    kind, leave = read.uint(e[0], 1), read.uint(e[3], 1)
    require(kind < len(KINDS) and leave < 2, "tx/encoding")
    return {
        "kind": KINDS[kind],
        "token": read.optional_bytes(e[1], 20),
        "id": {"any": _decode_any(e[2])} if isinstance(e[2], list) else read.uint(e[2], 32),
        "leave": leave == 1,
        "inners": [read.field(x) for x in read.list(e[4], 1, MOST_ANY)],
    }


def _decode_any(item):
    count = read.uint(read.record(item, 1)[0], 1)
    require(count <= MOST_ANY, "tx/encoding")
    return count


def _decode_package(item):
    p = read.record(item, 3)
    index, on_failure = read.uint(p[0], 1), read.uint(p[2], 1)
    require(index < 3 * MOST_BUNDLES and on_failure < 2, "tx/encoding")
    return {
        "outputIndex": index,
        "controller": read.optional_bytes(p[1], 20),
        "onFailure": ON_FAILURE[on_failure],
    }


# Rules


def _check(tx):
    require(tx["chainId"] > 0, "tx/encoding")
    nullifiers = [nf for b in tx["bundles"] for nf in b["nullifiers"]]
    require(len(set(nullifiers)) == len(nullifiers), "tx/duplicate-nullifier")
    require(all(cm != 0 for b in tx["bundles"] for cm in b["commitments"]), "tx/zero-commitment")
    require(len(tx["outputs"]) == 3 * len(tx["bundles"]), "tx/outputs")
    for b in tx["bundles"]:
        require((b["pubAsset"] == 0) == (b["pubAmount"] == 0), "tx/public-asset")
        require(tx["call"] or b["pubAmount"] == 0, "tx/public-asset")
    if tx["call"]:
        _check_call(tx["call"])
        _check_returns(tx)
    _check_packages(tx)


def _check_call(call):
    require(call["nonce"] < 2**64 - 1, "tx/call")
    r, s, parity = from_be(call["signature"][:32]), from_be(call["signature"][32:64]), call["signature"][64]
    n = secp256k1.N
    require(0 < r < n and 0 < s <= (n - 1) // 2 and parity < 2, "tx/pseudonym-signature")


def _is_any(entry):
    return isinstance(entry["id"], dict)


def _order(entry):
    number = entry["id"]["any"] if _is_any(entry) else entry["id"]
    return (KINDS.index(entry["kind"]), entry["token"] or b"", _is_any(entry), number)


def _check_returns(tx):
    returns = tx["call"]["returns"]
    require(sum(len(e["inners"]) for e in returns) <= MOST_INNERS, "tx/returns")
    for i, e in enumerate(returns):
        any_count = e["id"]["any"] if _is_any(e) else None
        if i == 0:
            good = e["kind"] == "coin" and e["token"] is None and e["id"] == 0 and not e["leave"]
        elif e["kind"] == "token":
            good = e["token"] is not None and e["id"] == 0
        else:
            good = e["kind"] == "ticket" and e["token"] is not None and (any_count is None or 1 <= any_count <= MOST_ANY)
        require(good and len(e["inners"]) == (1 if any_count is None else any_count), "tx/returns")
    for before, after in zip(returns, returns[1:]):
        require(_order(before) < _order(after), "tx/returns")
        require(not (_is_any(before) and _is_any(after) and before["token"] == after["token"]), "tx/returns")
    tokens = {kind: {e["token"] for e in returns if e["kind"] == kind} for kind in KINDS}
    require(not tokens["token"] & tokens["ticket"], "tx/returns")
    named = {asset_id(KINDS.index(e["kind"]), e["token"], e["id"]) for e in returns[1:] if not _is_any(e)}
    require(all(b["pubAsset"] in named for b in tx["bundles"] if b["pubAmount"] > 0), "tx/returns")


def _check_packages(tx):
    indices = [p["outputIndex"] for p in tx["packages"]]
    require(all(a < b for a, b in zip(indices, indices[1:])), "tx/packages")
    for p in tx["packages"]:
        require(p["outputIndex"] < len(tx["outputs"]), "tx/packages")
        require((p["controller"] is not None) == (tx["call"] is None), "tx/packages")
        require(tx["call"] or p["onFailure"] == "hold", "tx/packages")


# bind and txid


def bind_parts(tx):
    lists = {
        "bundles": [_bundle_signed_items(b) for b in tx["bundles"]],
        "outputs": list(tx["outputs"]),
        "memos": list(tx["memos"]),
        "terms": [rlp.uint(tx["priceStep"]), rlp.uint(tx["expiry"])],
        "call": _call_items(tx["call"], False) if tx["call"] else [],
        "packages": _package_items(tx),
    }
    return {name: keccak256(b"SERO/bind/1/" + name.encode() + rlp.encode(items)) for name, items in lists.items()}


def bind(tx, genesis_hash, rules_id):
    preimage = bytes([TYPE]) + b"SERO/bind/1" + genesis_hash + be(tx["chainId"], 32) + rules_id
    preimage += b"".join(bind_parts(tx).values())
    require(len(preimage) == 300, "tx/bind")
    return from_be(keccak256(preimage)) % R


def txid(tx, genesis_hash, rules_id):
    return be(bind(tx, genesis_hash, rules_id), 32)


def pseudonym_digest(bound):
    return keccak256(bytes([TYPE]) + b"SERO/pseudonym/1" + be(bound, 32))


# Gas


def intrinsic_gas(tx, gas):
    total = len(tx["bundles"]) * gas["bundle"] + len(tx["memos"]) * gas["memoChunk"]
    total += len(tx["packages"]) * gas["packageEntry"]
    if tx["call"]:
        total += gas["callPhase"]
        for call in tx["call"]["calls"]:
            data = call["data"]
            zeros = data.count(0)
            total += gas["call"] + zeros * gas["calldataZeroByte"] + (len(data) - zeros) * gas["calldataNonZeroByte"]
            if call["to"] is None:
                total += gas["create"] + -(-len(data) // 32) * gas["initCodeWord"]
        total += sum(len(e["inners"]) for e in tx["call"]["returns"]) * gas["returnEntry"]
    return total

"""transaction, bind, compact, tree, chain-spec: files of a form of their own."""

from sero import compact, pool, rlp, spec, transaction, tree
from sero.errors import Refused

from .values import hex32, hexed, number, raw


def code_of(function, *arguments):
    """The code of the refusal, or None."""
    try:
        function(*arguments)
    except Refused as refused:
        return refused.code
    return None


# Transactions as the vectors write them


def transaction_json(tx):
    return {
        "chainId": str(tx["chainId"]),
        "expiry": str(tx["expiry"]),
        "priceStep": tx["priceStep"],
        "anchor": hex32(tx["anchor"]),
        "bundles": [
            {
                "circuit": b["circuit"],
                "nullifiers": [hex32(x) for x in b["nullifiers"]],
                "commitments": [hex32(x) for x in b["commitments"]],
                "pubCoin": str(b["pubCoin"]),
                "pubAsset": hex32(b["pubAsset"]),
                "pubAmount": str(b["pubAmount"]),
                "rk": hexed(b["rk"]),
                "signature": hexed(b["signature"]),
                "proof": hexed(b["proof"]),
            }
            for b in tx["bundles"]
        ],
        "outputs": [hexed(o) for o in tx["outputs"]],
        "memos": [hexed(m) for m in tx["memos"]],
        "call": tx["call"] and _call_json(tx["call"]),
        "packages": [{**p, "controller": p["controller"] and hexed(p["controller"])} for p in tx["packages"]],
    }


def _call_json(call):
    return {
        "pseudonym": hexed(call["pseudonym"]),
        "nonce": str(call["nonce"]),
        "signature": hexed(call["signature"]),
        "gasLimit": str(call["gasLimit"]),
        "calls": [
            {"to": c["to"] and hexed(c["to"]), "value": str(c["value"]), "data": hexed(c["data"])}
            for c in call["calls"]
        ],
        "returns": [
            {
                **entry,
                "token": entry["token"] and hexed(entry["token"]),
                "id": entry["id"] if isinstance(entry["id"], dict) else str(entry["id"]),
                "inners": [hex32(x) for x in entry["inners"]],
            }
            for entry in call["returns"]
        ],
    }


def transaction_from_json(value):
    call = value["call"]
    return {
        "chainId": int(value["chainId"]),
        "expiry": int(value["expiry"]),
        "priceStep": value["priceStep"],
        "anchor": number(value["anchor"]),
        "bundles": [
            {
                "circuit": b["circuit"],
                "nullifiers": [number(x) for x in b["nullifiers"]],
                "commitments": [number(x) for x in b["commitments"]],
                "pubCoin": int(b["pubCoin"]),
                "pubAsset": number(b["pubAsset"]),
                "pubAmount": int(b["pubAmount"]),
                "rk": raw(b["rk"]),
                "signature": raw(b["signature"]),
                "proof": raw(b["proof"]),
            }
            for b in value["bundles"]
        ],
        "outputs": [raw(o) for o in value["outputs"]],
        "memos": [raw(m) for m in value["memos"]],
        "call": call
        and {
            "pseudonym": raw(call["pseudonym"]),
            "nonce": int(call["nonce"]),
            "signature": raw(call["signature"]),
            "gasLimit": int(call["gasLimit"]),
            "calls": [
                {"to": c["to"] and raw(c["to"]), "value": int(c["value"]), "data": raw(c["data"])}
                for c in call["calls"]
            ],
            "returns": [
                {
                    **entry,
                    "token": entry["token"] and raw(entry["token"]),
                    "id": entry["id"] if isinstance(entry["id"], dict) else int(entry["id"]),
                    "inners": [number(x) for x in entry["inners"]],
                }
                for entry in call["returns"]
            ],
        },
        "packages": [{**p, "controller": p["controller"] and raw(p["controller"])} for p in value["packages"]],
    }


def transactions(contents):
    assert sorted(contents) == ["invalid", "valid"]
    for case in contents["valid"]:
        name, data = case["name"], raw(case["bytes"])
        assert sorted(case) == ["bytes", "name", "transaction"]
        yield f"{name}: decoded", case["transaction"], transaction_json(transaction.decode(data))
        yield f"{name}: encoded", case["bytes"], hexed(transaction.encode(transaction_from_json(case["transaction"])))
    for case in contents["invalid"]:
        assert sorted(case) == ["bytes", "code", "name"]
        yield case["name"], case["code"], code_of(transaction.decode, raw(case["bytes"]))


def binds(contents):
    genesis_hash, rules_id = raw(contents["genesisHash"]), raw(contents["rulesId"])
    for case in contents["cases"]:
        assert sorted(case) == ["bytes", "name", "parts", "pseudonymDigest", "txid"]
        name, tx = case["name"], transaction.decode(raw(case["bytes"]))
        bound = transaction.bind(tx, genesis_hash, rules_id)
        digest = transaction.pseudonym_digest(bound)
        yield f"{name}: parts", case["parts"], {k: hexed(v) for k, v in transaction.bind_parts(tx).items()}
        yield f"{name}: txid", case["txid"], hexed(transaction.txid(tx, genesis_hash, rules_id))
        yield f"{name}: pseudonymDigest", case["pseudonymDigest"], hexed(digest)


# Compact blocks


def compacts(contents, bound):
    """`bound`: the contents of bind.json, whose transactions stand in these blocks under their txids."""
    by_txid = {case["txid"]: transaction.decode(raw(case["bytes"])) for case in bound["cases"]}
    digest = bytes(32)
    for case in contents:
        assert sorted(case) == ["bytes", "leaves", "name", "streamDigest"]
        name, data = case["name"], raw(case["bytes"])
        block = compact.decode(data)
        yield f"{name}: encoded again", case["bytes"], hexed(compact.encode(block))
        yield f"{name}: leaves", case["leaves"], [hex32(x) for x in compact.leaves(block)]
        digest = compact.next_digest(digest, data)
        yield f"{name}: digest", case["streamDigest"], hexed(digest)
        for t in block["transactions"]:
            outcome = t["call"] and (t["call"]["gasUsed"], t["call"]["status"])
            made = compact.compact_transaction(by_txid[hexed(t["txid"])], t["txid"], t["fee"], t["packages"], outcome)
            yield f"{name}: a transaction's part", hexed(rlp.encode(compact._transaction_item(t))), hexed(
                rlp.encode(compact._transaction_item(made))
            )


# The tree


def trees(contents):
    assert sorted(contents) == ["cases", "emptyRoots"]
    yield "empty roots", contents["emptyRoots"], [hex32(x) for x in tree.EMPTY]
    for case in contents["cases"]:
        assert sorted(case) == ["frontier", "leaves", "paths", "root"]
        leaves = [number(leaf) for leaf in case["leaves"]]
        where = f"{len(leaves)} leaves"
        at_once, one_by_one = tree.Frontier(), tree.Frontier()
        at_once.append(leaves)
        for leaf in leaves:
            one_by_one.append([leaf])
        for name, frontier in (
            ("at once", at_once),
            ("one by one", one_by_one),
            ("decoded", tree.Frontier.decode(raw(case["frontier"]))),
        ):
            yield f"{where} {name}: root", case["root"], hex32(frontier.root())
            yield f"{where} {name}: frontier", case["frontier"], hexed(frontier.encode())
        for given in case["paths"]:
            assert sorted(given) == ["leafIndex", "siblings"]
            index = given["leafIndex"]
            found = [[hex32(x) for x in level] for level in tree.path(leaves, index)]
            siblings = [[number(x) for x in level] for level in given["siblings"]]
            yield f"{where}: path of {index}", given["siblings"], found
            yield f"{where}: root by path {index}", case["root"], hex32(tree.root_of_path(leaves[index], index, siblings))


# Chain specs


def specs(contents):
    for case in contents:
        assert sorted(case) == ["forkIds", "genesisBytes", "genesisId", "json", "name", "rulesIds"]
        name, value = case["name"], spec.from_json(case["json"])
        fixed = {field: case["json"][field] for field in spec.FIXED}
        decoded = spec.decode_genesis_bytes(raw(case["genesisBytes"]))
        yield f"{name}: encoded", case["genesisBytes"], hexed(spec.genesis_bytes(value))
        yield f"{name}: decoded", fixed, spec.fixed_to_json(decoded)
        yield f"{name}: genesis id", case["genesisId"], hexed(spec.genesis_id(value))
        for given in case["rulesIds"]:
            assert sorted(given) == ["rulesId", "timestamp"]
            computed = spec.rules_id(value, int(given["timestamp"]))
            yield f"{name}: rules id at {given['timestamp']}", given["rulesId"], hexed(computed)
        for given in case["forkIds"]:
            assert sorted(given) == ["genesisHash", "hash", "next", "timestamp"]
            found, following = spec.fork_id(value, raw(given["genesisHash"]), int(given["timestamp"]))
            yield f"{name}: fork hash at {given['timestamp']}", given["hash"], hexed(found)
            yield f"{name}: next fork at {given['timestamp']}", given["next"], str(following)


# The Pool


def pools(contents):
    assert sorted(contents) == ["keys", "packages", "repackedPackages", "slots"]
    key = {name: int.from_bytes(raw(value), "big") for name, value in contents["keys"].items()}
    asset, package = pool.mapping(key["asset"], pool.ASSETS), pool.mapping(key["package"], pool.PACKAGES)
    slots = {
        "nullifier": pool.mapping(key["nullifier"], pool.NULLIFIERS),
        "knownRoot": pool.mapping(key["root"], pool.KNOWN_ROOTS),
        "rootRing": pool.mapping(2050 % pool.RING, pool.ROOT_RING),
        "turnstile": pool.mapping(key["asset"], pool.TURNSTILE),
        "asset": asset,
        "assetTicketId": pool.after(asset),
        "tokenKind": pool.mapping(key["token"], pool.TOKEN_KINDS),
        "package": package,
        "packageController": pool.after(package),
        "keyHolder": pool.mapping(key["vkId"], pool.KEY_HOLDERS),
        "frontier": pool.word(pool.FRONTIER + 3 * 16 + 2),
    }
    yield "slots", contents["slots"], {name: hexed(slot) for name, slot in slots.items()}
    for case in contents["packages"]:
        assert sorted(case) == ["commitment", "id", "nf0", "outputIndex"]
        made = pool.package_id(number(case["nf0"]), case["outputIndex"], number(case["commitment"]))
        yield f"package of output {case['outputIndex']}", case["id"], hexed(made)
    for case in contents["repackedPackages"]:
        assert sorted(case) == ["commitment", "ctx", "id", "slot"]
        made = pool.repacked_package_id(number(case["ctx"]), case["slot"], number(case["commitment"]))
        yield f"repacked package {case['slot']}", case["id"], hexed(made)

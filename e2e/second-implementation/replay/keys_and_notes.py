"""hash, curve, signatures, keys, notes, memos: files of kinds, each with cases of input and output."""

from sero import address, babyjub, bip39, curve25519, keys, memo, notes, poseidon, secp256k1, signature
from sero.errors import Refused

from .values import hex32, hexed, number, raw

# section 9's vectors are about this account and its neighbour, account 1
TEST_PHRASE = "abandon " * 11 + "about"


def test_account(n):
    return keys.derive_account(TEST_PHRASE, "", "sero-dev", n)


def account_of(i):
    return keys.derive_account(i["phrase"], i["passphrase"], i["network"], i["account"])


def domain(i):
    assert getattr(poseidon, i["name"]) == poseidon.domain(i["ascii"])
    return {"value": hex32(poseidon.domain(i["ascii"]))}


def poseidon_hash(i):
    return {"hash": hex32(poseidon.poseidon([number(x) for x in i["inputs"]]))}


def multiple(i):
    point = babyjub.multiply(babyjub.B8, number(i["scalar"]))
    return {"x": hex32(point[0]), "y": hex32(point[1]), "encoded": hexed(babyjub.encode(point))}


def decode_point(i):
    try:
        point = babyjub.decode(raw(i["encoded"]))
    except Refused as refused:
        return {"error": refused.code}
    assert babyjub.encode(point) == raw(i["encoded"])
    return {
        "x": hex32(point[0]),
        "y": hex32(point[1]),
        "lowOrder": babyjub.low_order(point),
        "inSubgroup": babyjub.in_subgroup(point),
    }


def sign(i):
    ask, alpha = number(i["ask"]), number(i["alpha"])
    return {
        "rk": hexed(signature.randomised_key(ask, alpha)),
        "signature": hexed(signature.sign(ask, alpha, raw(i["message"]), raw(i["T"]))),
    }


def verify(i):
    return {"valid": signature.verify(raw(i["rk"]), raw(i["message"]), raw(i["signature"]))}


def account(i):
    a = account_of(i)
    return {
        "seed": hexed(a.seed),
        "ask": hex32(a.ask),
        "A": hexed(babyjub.encode(a.A)),
        "Ax": hex32(a.A[0]),
        "Ay": hex32(a.A[1]),
        "nk": hex32(a.nk),
        "ivk": hexed(a.ivk),
        "ivkInt": hexed(a.ivkInt),
        "ovk": hexed(a.ovk),
        "dk": hexed(a.dk),
        "rhoKey": hex32(a.rhoKey),
        "pseudonymSeed": hexed(a.pseudonymSeed),
        "acct": hex32(a.acct),
        "fullViewKey": keys.full_view_key(a),
        "incomingViewKey": keys.incoming_view_key(a),
    }


def account_backwards(i, o):
    """The phrase from its own entropy, and what the view keys' texts say."""
    yield "phrase", bip39.normalise(i["phrase"]), bip39.from_entropy(bip39.to_entropy(i["phrase"]))
    full = keys.decode_full_view_key(o["fullViewKey"], i["network"])
    incoming = keys.decode_incoming_view_key(o["incomingViewKey"], i["network"])
    yield "full A", o["A"], hexed(babyjub.encode(full["A"]))
    for name in ("nk", "rhoKey", "acct"):
        yield f"full {name}", o[name], hex32(full[name])
    for name in ("ivk", "ivkInt", "ovk", "dk"):
        yield f"full {name}", o[name], hexed(full[name])
    yield "incoming ivk", o["ivk"], hexed(incoming["ivk"])
    yield "incoming acct", o["acct"], hex32(incoming["acct"])


def base(i):
    return {"base": hexed(curve25519.diversified_base(raw(i["d"])))}


def _address_fields(a, hrp):
    return {"d": hexed(a.d), "pd": hexed(a.pd), "ownerTag": hex32(a.ownerTag), "text": address.encode(a, hrp)}


def addresses(i):
    a = account_of(i)
    return {
        name: _address_fields(address.address_of(a, int(i["index"]), key), i["hrp"])
        for name, key in (("external", a.ivk), ("change", a.ivkInt))
    }


def addresses_backwards(i, o):
    for name in ("external", "change"):
        yield f"{name} decoded", o[name], _address_fields(address.decode(o[name]["text"], i["hrp"]), i["hrp"])


def one_time(i):
    a = account_of(i)
    nf0, n = number(i["nf0"]), i["i"]
    slot = keys.slot_rho(a, n)
    pseudonym = keys.one_time_pseudonym_key(a, nf0)
    return {
        "returnRho": hex32(keys.return_rho(a, nf0, n)),
        "slotRho": hex32(slot),
        "slotRhoOnchain": hex32(keys.slot_rho_in_transaction(a, nf0, n)),
        "slotInner": hex32(notes.inner_of(address.address_of(a, 0, a.ivk).ownerTag, slot)),
        "oneTimePseudonymKey": hex32(pseudonym),
        "oneTimePseudonym": hexed(secp256k1.address_of(pseudonym)),
        "keptPseudonymKey": hex32(keys.kept_pseudonym_key(a, raw(i["lane"]), n)),
    }


def asset(i):
    return {"asset": hex32(notes.asset_id(i["kind"], raw(i["token"]), int(i["id"])))}


def commitment(i):
    inner = notes.inner_of(number(i["ownerTag"]), number(i["rho"]))
    cm = notes.commitment(inner, number(i["asset"]), int(i["value"]), number(i["blind"]))
    nf = notes.nullifier(number(i["nk"]), cm, int(i["leafIndex"]))
    return {"inner": hex32(inner), "cm": hex32(cm), "nullifier": hex32(nf)}


def seed(i):
    result = notes.note_seed(raw(i["random"]), number(i["nk"]), number(i["nf0"]), i["outputIndex"])
    secrets = notes.expand(result)
    return {
        "seed": hexed(result),
        "rho": hex32(secrets.rho),
        "blind": hex32(secrets.blind),
        "esk": hexed(secrets.esk),
    }


def note_key(i):
    tag, key = notes.note_key(raw(i["shared"]), raw(i["epk"]), number(i["cm"]))
    return {"viewTag": tag, "key": hexed(key)}


def sealed(i):
    sender, receiver = test_account(0), test_account(1)
    owner, key = (sender, sender.ivkInt) if i["to"] == "change" else (receiver, receiver.ivk)
    to = address.address_of(owner, int(i["index"]), key)
    value, rk = int(i["value"]), raw(i["rk"])
    inner, cm, ciphertext = notes.encrypt(
        to, number(i["asset"]), value, raw(i["seed"]), raw(i["memoKey"]), sender.ovk, rk
    )
    received = notes.open_received(key, owner.acct, ciphertext, cm)
    sent = notes.open_sent(sender.ovk, ciphertext, cm, rk)
    return {
        "address": address.encode(to, "serodev"),
        "inner": hex32(inner),
        "cm": hex32(cm),
        "ciphertext": hexed(ciphertext),
        "openedByReceiver": received and str(received.value),
        "openedBySender": sent and address.encode(sent.address, "serodev"),
    }


def completed(i):
    sender, receiver = test_account(0), test_account(1)
    to = address.address_of(receiver, int(i["index"]), receiver.ivk)
    inner, cm, ciphertext = notes.encrypt(
        to, number(i["asset"]), int(i["value"]), raw(i["seed"]), raw(i["memoKey"]), sender.ovk, notes.NO_RK, notes.COMPLETED
    )
    received = notes.open_received(receiver.ivk, receiver.acct, ciphertext, cm, notes.COMPLETED)
    sent = notes.open_sent(sender.ovk, ciphertext, cm, notes.NO_RK, notes.COMPLETED)
    return {
        "inner": hex32(inner),
        "cm": hex32(cm),
        "ciphertext": hexed(ciphertext),
        "openedByReceiver": received and str(received.value),
        "openedBySender": sent and address.encode(sent.address, "serodev"),
    }


def completed_backwards(i, o):
    """Completed from its inner with blind 0, and not taken for an ordinary output, nor with another value."""
    receiver = test_account(1)
    ciphertext, cm, asset = raw(o["ciphertext"]), number(o["cm"]), number(i["asset"])
    yield "blind 0", o["cm"], hex32(notes.commitment(number(o["inner"]), asset, int(i["value"]), 0))
    yield "as an output", None, notes.open_received(receiver.ivk, receiver.acct, ciphertext, cm)
    other = notes.commitment(number(o["inner"]), asset, int(i["value"]) - 1, 0)
    yield "another value", None, notes.open_received(receiver.ivk, receiver.acct, ciphertext, other, notes.COMPLETED)


def sealed_backwards(i, o):
    """The vector's own ciphertext opened, and not opened by who must not: each flipped part, another key."""
    sender, receiver = test_account(0), test_account(1)
    owner, key = (sender, sender.ivkInt) if i["to"] == "change" else (receiver, receiver.ivk)
    ciphertext, cm, rk = raw(o["ciphertext"]), number(o["cm"]), raw(i["rk"])
    for name, opened in (
        ("received", notes.open_received(key, owner.acct, ciphertext, cm)),
        ("sent", notes.open_sent(sender.ovk, ciphertext, cm, rk)),
    ):
        for field, value in (("asset", i["asset"]), ("value", i["value"]), ("seed", i["seed"]), ("memoKey", i["memoKey"])):
            shown = {"asset": hex32(opened.asset), "value": str(opened.value), "seed": hexed(opened.seed), "memoKey": hexed(opened.memoKey)}
            yield f"{name} {field}", value, shown[field]
        yield f"{name} address", o["address"], address.encode(opened.address, "serodev")
    stranger = receiver if owner is sender else sender
    yield "a stranger's ivk", None, notes.open_received(stranger.ivk, stranger.acct, ciphertext, cm)
    yield "another commitment", None, notes.open_received(key, owner.acct, ciphertext, cm + 1)
    yield "another rk", None, notes.open_sent(sender.ovk, ciphertext, cm, bytes(32))
    for at in (0, 32, 33, 177):
        changed = bytearray(ciphertext)
        changed[at] ^= 1
        yield f"byte {at} flipped", None, notes.open_received(key, owner.acct, bytes(changed), cm)


def memo_chunks(i):
    chunks = memo.encrypt(raw(i["key"]), i["text"])
    opened = memo.open_memo(raw(i["key"]), chunks)
    return {
        "chunks": [hexed(chunk) for chunk in chunks],
        "opened": opened and opened[0],
        "safeText": opened and memo.safe_text(opened[0]),
    }


def foreign(i):
    opened = memo.open_memo(raw(i["key"]), [raw(chunk) for chunk in i["chunks"]])
    return dict(zip(("text", "first", "count"), opened or (None, None, None)))


KINDS = {
    "hash": {"domain": domain, "poseidon": poseidon_hash},
    "curve": {"multiple": multiple, "decode": decode_point},
    "signatures": {"sign": sign, "verify": verify},
    "keys": {"account": account, "base": base, "address": addresses, "oneTime": one_time},
    "notes": {"asset": asset, "commitment": commitment, "seed": seed, "noteKey": note_key, "sealed": sealed, "completed": completed},
    "memos": {"memo": memo_chunks, "foreign": foreign},
}
BACKWARDS = {"account": account_backwards, "address": addresses_backwards, "sealed": sealed_backwards, "completed": completed_backwards}


def replay(file, contents):
    for kind in contents["kinds"]:
        name = kind["name"]
        for n, case in enumerate(kind["cases"]):
            where = f"{name} {n}"
            yield where, case["output"], KINDS[file][name](case["input"])
            if name in BACKWARDS:
                for what, expected, computed in BACKWARDS[name](case["input"], case["output"]):
                    yield f"{where}: {what}", expected, computed

"""The chain spec: JSON, what never changes, the schedule, rules ids (chain-spec.md)."""

import re

from . import rlp
from .errors import require
from .field import R
from .integers import be, from_be
from .keccak import keccak256

GAS = [
    "bundle", "memoChunk", "calldataZeroByte", "calldataNonZeroByte", "callPhase",
    "call", "create", "initCodeWord", "returnEntry", "packageEntry",
]  # fmt: skip
FIXED = [
    "network", "hrp", "chainId", "development", "genesisTime", "slotSeconds",
    "gasLimit", "baseFee", "priceLadder", "gas", "anchorStep", "genesisNotes",
]  # fmt: skip
SCHEDULE = ["circuits", "callPhaseTime", "packagesTime"]
FORKS = ["cancunTime", "pragueTime", "osakaTime"]  # in JSON only where scheduled
CIRCUIT = ["number", "keyHash", "fromTime", "untilTime"]
DEVELOPMENT_IDS = (24158, 24159, 24160, 24161)
read = rlp.Reader("spec")


# What never changes


def genesis_bytes(spec):
    check(spec)
    return rlp.encode(
        [
            spec["network"].encode("ascii"),
            spec["hrp"].encode("ascii"),
            rlp.uint(spec["chainId"]),
            rlp.uint(int(spec["development"])),
            rlp.uint(spec["genesisTime"]),
            rlp.uint(spec["slotSeconds"]),
            rlp.uint(spec["gasLimit"]),
            rlp.uint(spec["baseFee"]),
            [rlp.uint(price) for price in spec["priceLadder"]],
            [rlp.uint(spec["gas"][name]) for name in GAS],
            rlp.uint(spec["anchorStep"]),
            [[rlp.field(note["inner"]), rlp.uint(note["value"])] for note in spec["genesisNotes"]],
        ]
    )


def decode_genesis_bytes(data):
    items = read.record(read.tree(data, most_items=len(data)), len(FIXED))
    development = read.uint(items[3], 1)
    require(development < 2, "spec/development")
    fixed = {
        "network": read.any_bytes(items[0]).decode("ascii"),
        "hrp": read.any_bytes(items[1]).decode("ascii"),
        "chainId": read.uint(items[2], 7),
        "development": development == 1,
        "genesisTime": read.uint(items[4], 7),
        "slotSeconds": read.uint(items[5], 2),
        "gasLimit": read.uint(items[6], 7),
        "baseFee": read.uint(items[7], 8),
        "priceLadder": [read.uint(x, 8) for x in read.list(items[8], 1, 64)],
        "gas": {name: read.uint(x, 4) for name, x in zip(GAS, read.record(items[9], len(GAS)))},
        "anchorStep": read.uint(items[10], 2),
        "genesisNotes": [
            {"inner": read.field(inner), "value": read.uint(value, 16)}
            for inner, value in (read.record(note, 2) for note in read.list(items[11]))
        ],
    }
    _check_fixed(fixed)
    return fixed


def genesis_id(spec):
    return keccak256(b"SERO/genesis/1" + genesis_bytes(spec))


# The schedule


def _begun(time, timestamp):
    return time is not None and time <= timestamp


def active_circuits(spec, timestamp):
    return [c for c in spec["circuits"] if _begun(c["fromTime"], timestamp) and not _begun(c["untilTime"], timestamp)]


def rules_id(spec, timestamp):
    active = [
        [
            [rlp.uint(c["number"]), [] if c["keyHash"] is None else [c["keyHash"]]]
            for c in active_circuits(spec, timestamp)
        ],
        rlp.uint(int(_begun(spec["callPhaseTime"], timestamp))),
        rlp.uint(int(_begun(spec["packagesTime"], timestamp))),
    ]
    fork = sum(_begun(spec.get(name), timestamp) for name in FORKS)
    if fork > 0:
        active.append(rlp.uint(fork))
    return keccak256(b"SERO/rules/1" + genesis_id(spec) + rlp.encode(active))


def changes(spec):
    times = [time for c in spec["circuits"] for time in (c["fromTime"], c["untilTime"])]
    times += [spec["callPhaseTime"], spec["packagesTime"]] + [spec.get(name) for name in FORKS]
    return sorted({time for time in times if time is not None and time > spec["genesisTime"]})


def fork_id(spec, genesis_hash, timestamp):
    """Hash (4 bytes) and time of the next change (0: none) of a node whose head has this timestamp."""
    times = changes(spec)
    chained = keccak256(b"SERO/forks/1" + genesis_hash + rules_id(spec, spec["genesisTime"]))
    passed = [time for time in times if time <= timestamp]
    for time in passed:
        chained = keccak256(chained + time.to_bytes(8, "big") + rules_id(spec, time))
    return chained[:4], times[len(passed)] if len(passed) < len(times) else 0


# Rules


def check(spec):
    _check_fixed(spec)
    circuits = spec["circuits"]
    numbers = [c["number"] for c in circuits]
    require(1 <= len(circuits) <= 256, "spec/circuits")
    require(all(0 <= n <= 255 for n in numbers) and numbers == sorted(set(numbers)), "spec/circuits")
    for c in circuits:
        require((c["keyHash"] is None) == spec["development"], "spec/circuits")
        require(c["untilTime"] is None or c["fromTime"] < c["untilTime"], "spec/circuits")
    times = [t for c in circuits for t in (c["fromTime"], c["untilTime"])]
    times += [spec["callPhaseTime"], spec["packagesTime"]]
    forks = [spec.get(name) for name in FORKS]
    scheduled = [t for t in forks if t is not None]
    require(forks[: len(scheduled)] == scheduled and scheduled == sorted(scheduled), "spec/forks")
    times += scheduled
    require(all(t is None or t < 2**64 for t in times), "spec/time")


def _check_fixed(spec):
    require(re.fullmatch(r"[a-z][a-z0-9-]{0,31}", spec["network"]), "spec/network")
    require(re.fullmatch(r"[a-z]{1,16}", spec["hrp"]), "spec/hrp")
    require(1 <= spec["chainId"] < 2**53, "spec/chain-id")
    require(spec["development"] == (spec["chainId"] in DEVELOPMENT_IDS), "spec/development")
    require(1 <= spec["slotSeconds"] <= 3600, "spec/slot-seconds")
    require(spec["genesisTime"] < 2**53 and 1_000_000 <= spec["gasLimit"] < 2**53, "spec/gas-limit")
    ladder = spec["priceLadder"]
    require(1 <= len(ladder) <= 64 and ladder[0] > 0 and ladder[0] >= spec["baseFee"], "spec/ladder")
    require(all(a < b for a, b in zip(ladder, ladder[1:])), "spec/ladder")
    require(1 <= spec["gas"]["bundle"] <= 25_000 and spec["gas"]["memoChunk"] > 0, "spec/gas")
    require(1 <= spec["anchorStep"] <= 256, "spec/anchor-step")
    values = [note["value"] for note in spec["genesisNotes"]]
    require(len(values) <= 65_536, "spec/genesis-notes")
    require(all(value > 0 for value in values) and sum(values) < 2**128, "spec/genesis-notes")


# JSON

STRINGS = ("chainId", "genesisTime", "gasLimit", "baseFee")
TIMES = ("callPhaseTime", "packagesTime")


def _decimal(text):
    require(isinstance(text, str) and re.fullmatch(r"0|[1-9][0-9]*", text), "spec/json")
    return int(text)


def _hex32(text):
    require(isinstance(text, str) and re.fullmatch(r"0x[0-9a-f]{64}", text), "spec/json")
    return bytes.fromhex(text[2:])


def _or_none(function, value):
    return None if value is None else function(value)


def _exactly(value, names):
    require(isinstance(value, dict) and sorted(value) == sorted(names), "spec/json")


def from_json(value):
    _exactly({name: x for name, x in value.items() if name not in FORKS}, FIXED + SCHEDULE)
    _exactly(value["gas"], GAS)
    spec = dict(value)
    for name in STRINGS:
        spec[name] = _decimal(value[name])
    for name in TIMES:
        spec[name] = _or_none(_decimal, value[name])
    for name in FORKS:
        if name in value:
            spec[name] = _decimal(value[name])
    spec["priceLadder"] = [_decimal(price) for price in value["priceLadder"]]
    spec["gas"] = {name: _decimal(value["gas"][name]) for name in GAS}
    spec["circuits"] = []
    for c in value["circuits"]:
        _exactly(c, CIRCUIT)
        spec["circuits"].append(
            {
                "number": c["number"],
                "keyHash": _or_none(_hex32, c["keyHash"]),
                "fromTime": _decimal(c["fromTime"]),
                "untilTime": _or_none(_decimal, c["untilTime"]),
            }
        )
    spec["genesisNotes"] = []
    for note in value["genesisNotes"]:
        _exactly(note, ["inner", "value"])
        inner = from_be(_hex32(note["inner"]))
        require(inner < R, "spec/json")
        spec["genesisNotes"].append({"inner": inner, "value": _decimal(note["value"])})
    check(spec)
    return spec


def fixed_to_json(fixed):
    """The JSON of the fields that never change."""
    value = {name: fixed[name] for name in FIXED}
    for name in STRINGS:
        value[name] = str(fixed[name])
    value["priceLadder"] = [str(price) for price in fixed["priceLadder"]]
    value["gas"] = {name: str(price) for name, price in fixed["gas"].items()}
    value["genesisNotes"] = [
        {"inner": "0x" + be(note["inner"], 32).hex(), "value": str(note["value"])} for note in fixed["genesisNotes"]
    ]
    return value

"""Replays every vector of packages/protocol/vectors with the implementation in sero/, which was written from docs/protocol alone.

    python3 check.py [folder of vectors]

Prints what differs and a last line `N values agree, M differ`; exit code 1 if anything differs. A value is a leaf of the vectors' JSON.
"""

import json
import sys
import traceback
from pathlib import Path

from replay import chain, keys_and_notes, refused

VECTORS = Path(__file__).resolve().parents[2] / "packages" / "protocol" / "vectors"
MISSING = "(missing)"


def replays(folder):
    """File name without .json -> how its contents are replayed."""
    read = lambda name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    by_kind = {name: (lambda c, name=name: keys_and_notes.replay(name, c)) for name in keys_and_notes.KINDS}
    own_form = {
        "transaction": chain.transactions,
        "bind": chain.binds,
        "compact": lambda contents: chain.compacts(contents, read("bind")),
        "tree": chain.trees,
        "chain-spec": chain.specs,
        "pool": chain.pools,
        "refused": lambda contents: refused.refused(contents, read("transaction"), read("compact")),
    }
    return {**by_kind, **own_form}, read


def compare(where, expected, computed):
    """(agreeing, [what differs]): by keys and elements down to single values."""
    if isinstance(expected, dict) and isinstance(computed, dict):
        pairs = [(key, expected.get(key, MISSING), computed.get(key, MISSING)) for key in {**expected, **computed}]
    elif isinstance(expected, list) and isinstance(computed, list) and len(expected) == len(computed):
        pairs = [(i, *both) for i, both in enumerate(zip(expected, computed))]
    else:
        same = type(expected) is type(computed) and expected == computed
        return (1, []) if same else (0, [f"{where}: vector {expected!r:.200}, computed {computed!r:.200}"])
    agreed, differing = 0, []
    for key, a, b in pairs:
        n, d = compare(f"{where}.{key}", a, b)
        agreed, differing = agreed + n, differing + d
    return agreed, differing


def check_file(name, contents, replay):
    agreed, differing = 0, []
    try:
        for where, expected, computed in replay(contents):
            n, d = compare(f"{name}: {where}", expected, computed)
            agreed, differing = agreed + n, differing + d
    except Exception:
        differing.append(f"{name}: stopped\n{traceback.format_exc()}")
    if agreed == 0:
        differing.append(f"{name}: nothing in it was checked")
    return agreed, differing


def main(folder):
    known, read = replays(folder)
    present = sorted(path.stem for path in folder.glob("*.json"))
    agreed = 0
    differing = [f"{name}: no such vector file" for name in known if name not in present]
    for name in present:
        if name not in known:
            differing.append(f"{name}: a vector file that nothing here replays")
            continue
        n, d = check_file(name, read(name), known[name])
        agreed, differing = agreed + n, differing + d
        print(f"{name}: {n} agree, {len(d)} differ")
    for line in differing:
        print(f"DIFFERS {line}")
    print(f"{agreed} values agree, {len(differing)} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else VECTORS))

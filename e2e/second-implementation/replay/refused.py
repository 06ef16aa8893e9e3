"""refused: what must not be read. Transactions and compact blocks as changes of others, addresses and view keys as texts."""

from sero import address, compact, keys, rlp, transaction
from sero.errors import Refused

from .chain import code_of
from .values import raw


def _replaced(item, path, by):
    if not path:
        return by
    return [_replaced(child, path[1:], by) if i == path[0] else child for i, child in enumerate(item)]


def _changed(base, case):
    """RLP with the item at a path replaced."""
    return rlp.encode(_replaced(rlp.decode(base), case["path"], rlp.decode(raw(case["item"]))))


def _is_refused(function, *arguments):
    try:
        function(*arguments)
    except Refused:
        return True
    return False


def _view_key(text, network):
    """A view key of either kind: refused if it is neither."""
    for decode in (keys.decode_full_view_key, keys.decode_incoming_view_key):
        if not _is_refused(decode, text, network):
            return
    raise Refused("view-key/form")


def refused(contents, transactions, blocks):
    """`transactions`: the contents of transaction.json, `blocks`: of compact.json."""
    assert sorted(contents) == ["addresses", "compactBlocks", "transactions", "viewKeys"]
    valid = {case["name"]: raw(case["bytes"]) for case in transactions["valid"]}
    whole = {case["name"]: raw(case["bytes"]) for case in blocks}
    for case in contents["transactions"]:
        data = b"\x5e" + _changed(valid[case["of"]][1:], case)
        yield f"transaction, {case['name']}", case["code"], code_of(transaction.decode, data)
    for case in contents["compactBlocks"]:
        data = _changed(whole[case["of"]], case)
        yield f"compact block, {case['name']}", case["code"], code_of(compact.decode, data)
    hrp, network = contents["addresses"]["hrp"], contents["viewKeys"]["network"]
    for case in contents["addresses"]["texts"]:
        yield f"address, {case['name']}", True, _is_refused(address.decode, case["text"], hrp)
    for case in contents["viewKeys"]["texts"]:
        yield f"view key, {case['name']}", True, _is_refused(_view_key, case["text"], network)

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Calls} from "./Calls.sol";
import {PoolStorage} from "./PoolStorage.sol";
import {Precompiles} from "./Precompiles.sol";

/// @title How coins, tokens and tickets come into the Pool and leave it
abstract contract PoolAssets is PoolStorage {
    uint256 internal constant NOTE_LENGTH = 290;
    /// @dev ERC-721 and ERC-20 share the selector of transferFrom.
    bytes4 private constant TRANSFER = 0xa9059cbb;
    bytes4 private constant TRANSFER_FROM = 0x23b872dd;
    bytes4 private constant BALANCE_OF = 0x70a08231;
    bytes4 private constant OWNER_OF = 0x6352211e;

    /// @dev A transfer of coins without data would make no note.
    receive() external payable {
        revert UseShieldCoin();
    }

    function shieldCoin(uint256 inner, bytes calldata note) external payable locking {
        _complete(0, inner, msg.value, note);
    }

    function shieldToken(uint256 inner, address token, uint256 amount, bytes calldata note) external locking {
        _requireKind(token, KIND_TOKEN);
        uint256 before = _balanceOf(token, address(this));
        if (!Calls.act(token, abi.encodeWithSelector(TRANSFER_FROM, msg.sender, address(this), amount))) {
            revert TokenCallFailed(token);
        }
        _creditToken(inner, token, before, note);
    }

    function shieldTicket(uint256 inner, address token, uint256 id, bytes calldata note) external locking {
        _requireKind(token, KIND_TICKET);
        // An ERC-721 that ignores `from` would otherwise let the caller "pull" what lies in the Pool already.
        _requireOwner(token, id, msg.sender);
        _takenToken = token;
        _takenId = id;
        if (!Calls.run(token, abi.encodeWithSelector(TRANSFER_FROM, msg.sender, address(this), id))) {
            revert TokenCallFailed(token);
        }
        _takenToken = address(0);
        _creditTicket(inner, token, id, note);
    }

    /// @notice ERC-721's receiver hook: only for the ticket that the Pool itself is taking at this moment.
    function onERC721Received(address, address, uint256 id, bytes calldata) external view returns (bytes4) {
        if (_lock == OPEN || msg.sender != _takenToken || id != _takenId) revert UseShieldTicket();
        return this.onERC721Received.selector;
    }

    function unshieldTo(address to, uint256 asset, uint256 amount) external onlySystem locking {
        Asset memory what = _assets[asset];
        if (what.kind == 0) revert UnknownAsset(asset);
        if (amount == 0 || amount > type(uint128).max) revert ValueOutOfRange(amount);
        uint256 available = _turnstile[asset];
        if (amount > available) revert TurnstileExceeded(asset, available, amount);
        _turnstile[asset] = available - amount;
        if (what.kind == KIND_TICKET) _sendTicket(to, what.token, what.id);
        else _sendToken(to, what.token, amount);
    }

    function openReturn(address token, address from) external onlySystem returns (uint256 balance) {
        _takeLock();
        balance = _balanceOf(token, from);
        if (balance != 0) {
            _requireKind(token, KIND_TOKEN);
            _takenToken = token;
            _balanceBefore = _balanceOf(token, address(this));
        }
        _lock = balance == 0 ? OPEN : TAKING_TOKEN;
    }

    function closeReturn(uint256 inner, address token) external onlySystem returns (uint256 credit) {
        if (_lock != TAKING_TOKEN || _takenToken != token) revert NoOpenReturn();
        credit = _creditToken(inner, token, _balanceBefore, "");
        _takenToken = address(0);
        _lock = OPEN;
    }

    function openReturnTicket(address token, uint256 id, address from) external onlySystem returns (bool owned) {
        _takeLock();
        (bool ok, uint256 owner) = _ownerOf(token, id);
        owned = ok && owner == uint160(from);
        if (owned) {
            _requireKind(token, KIND_TICKET);
            _takenToken = token;
            _takenId = id;
        }
        _lock = owned ? TAKING_TICKET : OPEN;
    }

    function closeReturnTicket(uint256 inner, address token, uint256 id) external onlySystem {
        if (_lock != TAKING_TICKET || _takenToken != token || _takenId != id) revert NoOpenReturn();
        _creditTicket(inner, token, id, "");
        _takenToken = address(0);
        _lock = OPEN;
    }

    function turnstile(uint256 asset) external view returns (uint256 amount) {
        return _turnstile[asset];
    }

    function assetOf(uint256 asset) external view returns (uint8 kind, address token, uint256 id) {
        Asset memory what = _assets[asset];
        return (what.kind, what.token, what.id);
    }

    function kindOf(address token) external view returns (uint256 kind) {
        return _tokenKinds[token];
    }

    function assetIdOf(uint8 kind, address token, uint256 id) external view returns (uint256 asset) {
        if (kind == 0 && token == address(0) && id == 0) return 0;
        if (kind == 0 || kind > KIND_TICKET || (kind == KIND_TOKEN && id != 0)) revert WrongKind(token, kind);
        return Precompiles.assetId(kind, token, id);
    }

    /// @dev Credits what the Pool's balance grew by.
    function _creditToken(uint256 inner, address token, uint256 before, bytes memory note)
        private
        returns (uint256 credit)
    {
        uint256 afterwards = _balanceOf(token, address(this));
        if (afterwards <= before) revert NothingReceived(token);
        credit = afterwards - before;
        _complete(_register(KIND_TOKEN, token, 0), inner, credit, note);
    }

    /// @dev A ticket has one note at most, whatever its contract says about its owner.
    function _creditTicket(uint256 inner, address token, uint256 id, bytes memory note) private {
        _requireOwner(token, id, address(this));
        uint256 asset = _register(KIND_TICKET, token, id);
        if (_turnstile[asset] != 0) revert TicketAlreadyShielded(token, id);
        _complete(asset, inner, 1, note);
    }

    /// @dev Counts the value in and tells the chain to make the note: it reads this log when the transaction has run.
    function _complete(uint256 asset, uint256 inner, uint256 value, bytes memory note) private {
        if (inner >= FIELD_ORDER) revert InnerOutOfRange(inner);
        if (value == 0 || value > type(uint128).max) revert ValueOutOfRange(value);
        if (note.length != 0 && note.length != NOTE_LENGTH) revert WrongNoteLength(note.length);
        _turnstile[asset] += value;
        emit NoteCompleted(asset, inner, value, note);
    }

    /// @dev The asset's number; its entry is made at the first shield.
    function _register(uint256 kind, address token, uint256 id) private returns (uint256 asset) {
        asset = Precompiles.assetId(kind, token, id);
        if (_assets[asset].kind == 0) {
            _assets[asset] = Asset(token, uint8(kind), id);
            emit AssetRegistered(asset, uint8(kind), token, id);
        }
    }

    /// @dev Fixes a new token's kind for ever, and refuses the other one.
    function _requireKind(address token, uint256 kind) private {
        _requireCode(token);
        uint256 known = _tokenKinds[token];
        if (known == 0) {
            known = Calls.saysTicket(token) ? KIND_TICKET : KIND_TOKEN;
            _tokenKinds[token] = known;
        }
        if (known != kind) revert WrongKind(token, known);
    }

    /// @dev A call to an account without code "succeeds".
    function _requireCode(address token) private view {
        if (token.code.length == 0) revert NoCode(token);
    }

    /// @dev Fewer may leave the Pool than asked for (a token that rounds), never more (one that charges its sender).
    function _sendToken(address to, address token, uint256 amount) private {
        _requireCode(token);
        uint256 before = _balanceOf(token, address(this));
        if (!Calls.act(token, abi.encodeWithSelector(TRANSFER, to, amount))) revert TokenCallFailed(token);
        uint256 afterwards = _balanceOf(token, address(this));
        if (afterwards >= before || before - afterwards > amount) revert WrongAmountMoved(token, before, afterwards);
    }

    function _sendTicket(address to, address token, uint256 id) private {
        _requireCode(token);
        if (!Calls.run(token, abi.encodeWithSelector(TRANSFER_FROM, address(this), to, id))) revert TokenCallFailed(token);
        _requireOwner(token, id, to);
    }

    function _requireOwner(address token, uint256 id, address owner) private view {
        (bool ok, uint256 found) = _ownerOf(token, id);
        if (!ok) revert TokenCallFailed(token);
        if (found != uint160(owner)) revert WrongTicketOwner(token, id, address(uint160(found)));
    }

    function _ownerOf(address token, uint256 id) private view returns (bool ok, uint256 owner) {
        return Calls.ask(token, abi.encodeWithSelector(OWNER_OF, id));
    }

    function _balanceOf(address token, address owner) private view returns (uint256 balance) {
        bool ok;
        (ok, balance) = Calls.ask(token, abi.encodeWithSelector(BALANCE_OF, owner));
        if (!ok) revert TokenCallFailed(token);
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {Calls} from "./Calls.sol";
import {IPackageReceiver} from "./IPool.sol";
import {PoolKeys} from "./PoolKeys.sol";

/// @title The registry of packages: sealed commitments with a public id and a public controller
abstract contract PoolPackages is PoolKeys {
    uint256 private constant CIPHERTEXT_LENGTH = 290;
    uint256 private constant TO_NOTE = 0;
    uint256 private constant TO_PACKAGE = 1;

    function packageOf(bytes32 id) external view returns (uint256 commitment, address controller) {
        Package memory what = _packages[id];
        return (what.commitment, what.controller);
    }

    function transferPackage(bytes32 id, address to) external locking {
        _handOver(id, to);
    }

    function transferPackageAndCall(bytes32 id, address to, bytes calldata data) external locking {
        _handOver(id, to);
        bytes4 selector = IPackageReceiver.onPackageReceived.selector;
        if (!Calls.answers(to, abi.encodeWithSelector(selector, msg.sender, id, data), selector)) revert PackageRefused(to);
    }

    function releasePackage(bytes32 id) external locking {
        emit PackageReleased(id, _take(id));
    }

    function repack(
        bytes32[2] calldata ids,
        uint256[3] calldata outCms,
        uint8[3] calldata kinds,
        address[3] calldata controllers,
        bytes[3] calldata notes,
        bytes calldata proof
    ) external locking returns (bytes32[3] memory newIds) {
        if (_repackKeyId == 0) revert RepackUnavailable();
        uint256 ctx = _context(ids, outCms, kinds, controllers, notes);
        // The inputs go before the outputs come: no moment has both.
        bytes memory inputs = abi.encodePacked(ctx, _takeInputs(ids), outCms);
        for (uint256 i = 0; i < 3; i++) {
            newIds[i] = _put(ctx, i, outCms[i], kinds[i], controllers[i], notes[i]);
        }
        if (!_verify(_repackKeyId, proof, inputs)) revert ProofRefused();
    }

    /// @dev Everything that a proof is for. Solidity pads arrays to words even when packed, so addresses go one by one.
    function _context(
        bytes32[2] calldata ids,
        uint256[3] calldata outCms,
        uint8[3] calldata kinds,
        address[3] calldata controllers,
        bytes[3] calldata notes
    ) private view returns (uint256 ctx) {
        bytes memory who = abi.encodePacked("SERO/repack/1", _genesisId, block.chainid, address(this), msg.sender);
        bytes memory what = abi.encodePacked(ids, outCms, kinds);
        bytes memory whom = abi.encodePacked(controllers[0], controllers[1], controllers[2]);
        bytes memory said = abi.encodePacked(keccak256(notes[0]), keccak256(notes[1]), keccak256(notes[2]));
        return uint256(keccak256(bytes.concat(who, what, whom, said))) % FIELD_ORDER;
    }

    /// @dev Removes the caller's packages and returns both commitments, 0 for a missing second one.
    function _takeInputs(bytes32[2] calldata ids) private returns (bytes memory inCms) {
        if (ids[0] == 0 || (ids[1] != 0 && ids[1] <= ids[0])) revert IdsNotIncreasing();
        uint256 first = _take(ids[0]);
        uint256 second = ids[1] == 0 ? 0 : _take(ids[1]);
        emit PackageRepacked(ids[0]);
        if (ids[1] != 0) emit PackageRepacked(ids[1]);
        return abi.encodePacked(first, second);
    }

    /// @dev Output number `i` of a repack becomes a note, by a log that the chain reads, or a package.
    function _put(uint256 ctx, uint256 i, uint256 commitment, uint256 kind, address controller, bytes calldata note)
        private
        returns (bytes32 id)
    {
        if (commitment == 0 || commitment >= FIELD_ORDER) revert CommitmentOutOfRange(commitment);
        if (note.length != CIPHERTEXT_LENGTH) revert WrongNoteLength(note.length);
        if (kind > TO_PACKAGE) revert UnknownKind(kind);
        if (kind == TO_NOTE) {
            if (controller != address(0)) revert WrongController(controller);
            emit NoteRepacked(commitment, note);
            return 0;
        }
        _requireController(controller);
        id = keccak256(abi.encodePacked("SERO/package/2", ctx, i, commitment));
        if (_packages[id].commitment != 0) revert PackageExists(id);
        _packages[id] = Package(commitment, controller);
        emit PackageSealed(id, commitment, controller, note);
    }

    /// @dev Removes the caller's package.
    function _take(bytes32 id) private returns (uint256 commitment) {
        commitment = _owned(id).commitment;
        delete _packages[id];
    }

    function _handOver(bytes32 id, address to) private {
        _requireController(to);
        _owned(id).controller = to;
        emit PackageTransferred(id, msg.sender, to);
    }

    function _owned(bytes32 id) private view returns (Package storage what) {
        what = _packages[id];
        if (what.commitment == 0) revert UnknownPackage(id);
        if (what.controller != msg.sender) revert NotController(id, what.controller);
    }

    /// @dev Nobody and the Pool itself could never let go of it again.
    function _requireController(address controller) private view {
        if (controller == address(0) || controller == address(this)) revert WrongController(controller);
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {PoolStorage} from "./PoolStorage.sol";
import {Precompiles} from "./Precompiles.sol";

/// @title Verifying keys: registration, and checking proofs against them
abstract contract PoolKeys is PoolStorage {
    uint256 private constant PROOF_LENGTH = 256;
    /// @dev alpha 64, beta, gamma and delta 128 each; then one IC point more than there are inputs.
    uint256 private constant KEY_HEAD = 448;
    uint256 private constant POINT = 64;
    /// @dev 0x00 || key must fit in an account's code (24,576 bytes).
    uint256 private constant MOST_INPUTS = 375;

    function registerKey(bytes calldata vk, bytes calldata delta1) external locking returns (bytes32 vkId) {
        if (vk.length < KEY_HEAD + POINT || (vk.length - KEY_HEAD) % POINT != 0 || delta1.length != POINT) revert KeyRefused();
        if (vk.length > KEY_HEAD + POINT * (MOST_INPUTS + 1)) revert KeyRefused();
        vkId = keccak256(vk);
        if (_keyHolders[vkId] == address(0)) {
            if (Precompiles.word(Precompiles.KEY_CHECK, bytes.concat(vk, delta1)) != 1) revert KeyRefused();
            address holder = _hold(vk);
            _keyHolders[vkId] = holder;
            emit KeyRegistered(vkId, holder);
        }
    }

    function verify(bytes32 vkId, bytes calldata proof, uint256[] calldata inputs) external view returns (bool) {
        return _verify(vkId, proof, abi.encodePacked(inputs));
    }

    /// @notice The account that holds a registered key as 0x00 || key; 0 if it is unknown.
    function keyHolder(bytes32 vkId) external view returns (address) {
        return _keyHolders[vkId];
    }

    /// @dev `inputs`: 32 bytes each, one after the other.
    function _verify(bytes32 vkId, bytes calldata proof, bytes memory inputs) internal view returns (bool) {
        address holder = _keyHolders[vkId];
        if (holder == address(0)) revert UnknownKey(vkId);
        if (proof.length != PROOF_LENGTH) revert WrongProofLength(proof.length);
        bytes memory vk = _held(holder);
        uint256 expected = (vk.length - KEY_HEAD) / POINT - 1;
        if (inputs.length != 32 * expected) revert WrongInputCount(inputs.length / 32, expected);
        return Precompiles.word(Precompiles.GROTH16, bytes.concat(vk, proof, inputs)) == 1;
    }

    /// @dev An account with the code 0x00 || key: reading code is far cheaper than reading storage. 0x00 is STOP: it can't be run.
    function _hold(bytes calldata vk) private returns (address holder) {
        // PUSH2 length, DUP1, PUSH1 10, RETURNDATASIZE (0), CODECOPY, RETURNDATASIZE (0), RETURN
        bytes memory creation = abi.encodePacked(hex"61", uint16(vk.length + 1), hex"80600a3d393df3", hex"00", vk);
        assembly ("memory-safe") {
            holder := create(0, add(creation, 0x20), mload(creation))
        }
        if (holder == address(0)) revert KeyRefused();
    }

    function _held(address holder) private view returns (bytes memory vk) {
        vk = new bytes(holder.code.length - 1);
        assembly ("memory-safe") {
            extcodecopy(holder, add(vk, 0x20), 1, mload(vk))
        }
    }
}

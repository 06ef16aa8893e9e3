// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Calls to contracts that may be hostile
/// @dev No call copies more than one word of what comes back: a token that returns or reverts with megabytes must not cost the Pool.
library Calls {
    /// @dev Gas for one ERC-165 question, as that EIP says.
    uint256 internal constant ERC165_GAS = 30_000;

    /// @notice Calls; true if the call did not fail and returned nothing or a word that is 1 (tokens of both habits exist).
    /// @dev The caller makes sure that `target` has code.
    function act(address target, bytes memory data) internal returns (bool done) {
        assembly ("memory-safe") {
            mstore(0x00, 0)
            done := call(gas(), target, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            if returndatasize() {
                done := and(done, and(gt(returndatasize(), 0x1f), eq(mload(0x00), 1)))
            }
        }
    }

    /// @notice Calls; true if the call did not fail, whatever it returned.
    function run(address target, bytes memory data) internal returns (bool done) {
        assembly ("memory-safe") {
            done := call(gas(), target, 0, add(data, 0x20), mload(data), 0x00, 0x00)
        }
    }

    /// @notice Calls; true if the call did not fail and its first word is `selector`, left-aligned and alone.
    function answers(address target, bytes memory data, bytes4 selector) internal returns (bool done) {
        assembly ("memory-safe") {
            mstore(0x00, 0)
            done := call(gas(), target, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            done := and(done, and(gt(returndatasize(), 0x1f), eq(mload(0x00), selector)))
        }
    }

    /// @notice Asks without letting anything change; `ok` is false if it failed or fewer than 32 bytes came back.
    function ask(address target, bytes memory data) internal view returns (bool ok, uint256 word) {
        assembly ("memory-safe") {
            mstore(0x00, 0)
            ok := staticcall(gas(), target, add(data, 0x20), mload(data), 0x00, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            word := mload(0x00)
        }
    }

    /// @notice Whether supportsInterface(0x80ac58cd) is answered with true within 30,000 gas.
    /// @dev Whoever starves the question to turn a ticket into a token for ever gains nothing: a call gets 63/64 of what is left, so where
    /// it got less than 30,000, at most 476 are left, and the answer can't even be stored.
    function saysTicket(address target) internal view returns (bool yes) {
        bytes memory data = abi.encodeWithSelector(0x01ffc9a7, bytes4(0x80ac58cd));
        uint256 gasForIt = ERC165_GAS;
        assembly ("memory-safe") {
            mstore(0x00, 0)
            yes := staticcall(gasForIt, target, add(data, 0x20), mload(data), 0x00, 0x20)
            yes := and(yes, and(gt(returndatasize(), 0x1f), eq(mload(0x00), 1)))
        }
    }
}

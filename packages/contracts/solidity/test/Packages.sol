// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {PackageHolder} from "../base/PackageHolder.sol";

/// @title For tests and as the smallest example: keeps packages for who gave them, until they are collected, passed on or released
contract PackageVault is PackageHolder {
    event Stored(address indexed from, bytes32 indexed id, bytes data);

    /// @notice The package is not the caller's.
    error NotYours(bytes32 id);

    mapping(bytes32 id => address) public giverOf;

    /// @notice Gives a package to `to`.
    function give(bytes32 id, address to) external {
        _spend(id);
        _give(id, to);
    }

    /// @notice Gives a package to a contract.
    function giveAndCall(bytes32 id, address to, bytes calldata data) external {
        _spend(id);
        _giveAndCall(id, to, data);
    }

    /// @notice Opens a package to whom it names.
    function release(bytes32 id) external {
        _spend(id);
        _release(id);
    }

    /// @notice Whether the vault holds it, and the sealed commitment.
    function held(bytes32 id) external view returns (bool holds, uint256 commitment) {
        holds = _holds(id);
        if (holds) commitment = _sealed(id);
    }

    function _packageReceived(address from, bytes32 id, bytes calldata data) internal override {
        giverOf[id] = from;
        emit Stored(from, id, data);
    }

    function _spend(bytes32 id) private {
        if (giverOf[id] != msg.sender) revert NotYours(id);
        delete giverOf[id];
    }
}

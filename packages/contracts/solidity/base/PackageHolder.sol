// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IPackageReceiver} from "../pool/IPool.sol";
import {POOL} from "./SeroPool.sol";

/// @title A contract that takes, holds and gives packages
/// @notice A package is a sealed box with a public id; who controls it decides where it goes, without seeing what is inside.
/// @dev Two things to know:
///  - The controller and whoever knows the contents own it together: who sent it knows them for ever, and what `data` says about them is
///    a claim. A contract that acts on the contents demands a proof over the registry's commitment (POOL.packageOf).
///  - The Pool is locked while it calls `onPackageReceived`: hand on, release or repack in a later call, not there.
abstract contract PackageHolder is IPackageReceiver {
    /// @notice Only the Pool announces packages.
    error NotPool(address caller);
    /// @notice This contract does not control the package.
    error PackageNotHeld(bytes32 id);

    function onPackageReceived(address from, bytes32 id, bytes calldata data) external returns (bytes4) {
        if (msg.sender != address(POOL)) revert NotPool(msg.sender);
        _packageReceived(from, id, data);
        return IPackageReceiver.onPackageReceived.selector;
    }

    /// @dev What the contract notes down about a package that was just handed to it. Revert to refuse it.
    function _packageReceived(address from, bytes32 id, bytes calldata data) internal virtual;

    /// @dev Whether this contract controls the package now: also one that came by plain `transferPackage`, without being announced.
    function _holds(bytes32 id) internal view returns (bool) {
        (, address controller) = POOL.packageOf(id);
        return controller == address(this);
    }

    /// @dev The sealed commitment, for a proof about the contents. Reverts unless this contract controls the package.
    function _sealed(bytes32 id) internal view returns (uint256 commitment) {
        address controller;
        (commitment, controller) = POOL.packageOf(id);
        if (controller != address(this)) revert PackageNotHeld(id);
    }

    /// @dev Hands a package on.
    function _give(bytes32 id, address to) internal {
        POOL.transferPackage(id, to);
    }

    /// @dev Hands a package on to a contract, which is told.
    function _giveAndCall(bytes32 id, address to, bytes memory data) internal {
        POOL.transferPackageAndCall(id, to, data);
    }

    /// @dev Opens the box to whom its contents name: it becomes an ordinary note of theirs.
    function _release(bytes32 id) internal {
        POOL.releasePackage(id);
    }
}

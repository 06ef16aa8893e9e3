// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title A contract with one owner: on SERO a kept pseudonym, or another contract
abstract contract Owned {
    event OwnershipTransferred(address indexed from, address indexed to);

    /// @notice The caller is not the owner.
    error NotOwner(address caller);

    address public owner;

    constructor(address owner_) {
        owner = owner_;
        emit OwnershipTransferred(address(0), owner_);
    }

    modifier onlyOwner() {
        _checkOwner();
        _;
    }

    /// @notice Hands ownership on; to address 0: gives it up for ever.
    function transferOwnership(address to) external onlyOwner {
        emit OwnershipTransferred(owner, to);
        owner = to;
    }

    function _checkOwner() private view {
        if (msg.sender != owner) revert NotOwner(msg.sender);
    }
}

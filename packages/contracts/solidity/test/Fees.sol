// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC20} from "../tokens/ERC20.sol";

/// @title For tests: the receiver gets less, by `feeBasisPoints` of 10,000
contract FeeToken is ERC20 {
    uint256 public immutable feeBasisPoints;

    constructor(uint256 feeBasisPoints_) ERC20("Fee", "FEE", 18) {
        feeBasisPoints = feeBasisPoints_;
    }

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function _move(address from, address to, uint256 value) internal override {
        uint256 fee = (value * feeBasisPoints) / 10_000;
        if (fee != 0) _burn(from, fee);
        super._move(from, to, value - fee);
    }
}

/// @title For tests: the sender pays `feeBasisPoints` on top
contract SenderFeeToken is ERC20 {
    uint256 public immutable feeBasisPoints;

    constructor(uint256 feeBasisPoints_) ERC20("SenderFee", "SFE", 18) {
        feeBasisPoints = feeBasisPoints_;
    }

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        _burn(from, (value * feeBasisPoints) / 10_000);
    }
}

/// @title For tests: balances are shares of a sum that anybody may change; amounts are rounded down, as in the well-known staked coin
contract RebasingToken is ERC20 {
    uint256 public multiplier = 1e18;

    constructor() ERC20("Rebase", "RBS", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, (value * 1e18) / multiplier);
    }

    /// @notice What a share is worth, 1e18 = 1.
    function rebase(uint256 multiplier_) external {
        multiplier = multiplier_;
    }

    function balanceOf(address owner) public view override returns (uint256) {
        return (_balances[owner] * multiplier) / 1e18;
    }

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, (value * 1e18) / multiplier);
    }
}

/// @title For tests: changes every balance by a factor in the middle of each transfer
contract RebaseInTransferToken is ERC20 {
    uint256 public multiplier = 1e18;
    uint256 public next = 1e18;

    constructor() ERC20("Jump", "JMP", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    /// @notice The multiplier from the next transfer on.
    function setNext(uint256 next_) external {
        next = next_;
    }

    function balanceOf(address owner) public view override returns (uint256) {
        return (_balances[owner] * multiplier) / 1e18;
    }

    function _move(address from, address to, uint256 value) internal override {
        super._move(from, to, value);
        multiplier = next;
    }
}

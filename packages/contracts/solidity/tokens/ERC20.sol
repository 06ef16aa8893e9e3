// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC20Metadata} from "./IERC20.sol";

/// @title A plain ERC-20 without any way to mint: inherit and add one
/// @dev All movements go through `_move`; an allowance of 2^256 - 1 is not used up.
abstract contract ERC20 is IERC20Metadata {
    /// @notice `owner` has less than `value`.
    error BalanceTooLow(address owner, uint256 balance, uint256 value);
    /// @notice `owner` allowed `spender` less than `value`.
    error AllowanceTooLow(address owner, address spender, uint256 allowance, uint256 value);
    /// @notice Tokens can't be sent to or from nobody.
    error ZeroAddress();

    string public name;
    string public symbol;
    uint8 public immutable decimals;
    uint256 public totalSupply;
    mapping(address owner => uint256) internal _balances;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) {
        name = name_;
        symbol = symbol_;
        decimals = decimals_;
    }

    function balanceOf(address owner) public view virtual returns (uint256) {
        return _balances[owner];
    }

    function transfer(address to, uint256 value) external virtual returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function approve(address spender, uint256 value) external virtual returns (bool) {
        _approve(msg.sender, spender, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external virtual returns (bool) {
        _spend(from, msg.sender, value);
        _move(from, to, value);
        return true;
    }

    function _approve(address owner, address spender, uint256 value) internal {
        allowance[owner][spender] = value;
        emit Approval(owner, spender, value);
    }

    /// @dev Uses up what `owner` allowed `spender`.
    function _spend(address owner, address spender, uint256 value) internal {
        uint256 allowed = allowance[owner][spender];
        if (allowed == type(uint256).max) return;
        if (allowed < value) revert AllowanceTooLow(owner, spender, allowed, value);
        allowance[owner][spender] = allowed - value;
    }

    function _move(address from, address to, uint256 value) internal virtual {
        if (from == address(0) || to == address(0)) revert ZeroAddress();
        uint256 balance = _balances[from];
        if (balance < value) revert BalanceTooLow(from, balance, value);
        _balances[from] = balance - value;
        _balances[to] += value;
        emit Transfer(from, to, value);
    }

    function _mint(address to, uint256 value) internal virtual {
        if (to == address(0)) revert ZeroAddress();
        totalSupply += value;
        _balances[to] += value;
        emit Transfer(address(0), to, value);
    }

    function _burn(address from, uint256 value) internal virtual {
        uint256 balance = _balances[from];
        if (balance < value) revert BalanceTooLow(from, balance, value);
        _balances[from] = balance - value;
        totalSupply -= value;
        emit Transfer(from, address(0), value);
    }
}

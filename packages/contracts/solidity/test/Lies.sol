// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC20} from "../tokens/ERC20.sol";

/// @title For tests: says true and moves nothing; balances are what somebody says they are
contract LyingToken is ERC20 {
    mapping(address owner => uint256) private _said;
    mapping(address owner => bool) private _lies;
    bool public moves;

    constructor() ERC20("Liar", "LIE", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    /// @notice From now on `owner`'s balance is said to be `value`.
    function say(address owner, uint256 value) external {
        _lies[owner] = true;
        _said[owner] = value;
    }

    function honest(address owner) external {
        _lies[owner] = false;
    }

    /// @notice Whether transfers move anything.
    function setMoves(bool moves_) external {
        moves = moves_;
    }

    function balanceOf(address owner) public view override returns (uint256) {
        return _lies[owner] ? _said[owner] : _balances[owner];
    }

    function _move(address from, address to, uint256 value) internal override {
        if (moves) super._move(from, to, value);
    }
}

/// @title For tests: every reading of a balance is higher than the one before, within what a view can do: it grows with the gas used
contract GrowingToken is ERC20 {
    constructor() ERC20("Grow", "GRW", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function balanceOf(address owner) public view override returns (uint256) {
        return _balances[owner] + type(uint64).max - gasleft();
    }
}

/// @title For tests: returns false instead of failing
contract FalseToken is ERC20 {
    constructor() ERC20("False", "FLS", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function transfer(address, uint256) external pure override returns (bool) {
        return false;
    }

    function transferFrom(address, address, uint256) external pure override returns (bool) {
        return false;
    }
}

/// @title For tests: transfers return 2, which is neither true nor false
contract TwoToken {
    mapping(address owner => uint256) public balanceOf;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function approve(address, uint256) external pure returns (bool) {
        return true;
    }

    function transfer(address to, uint256 value) external returns (uint256) {
        return transferFrom(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) public returns (uint256) {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        return 2;
    }
}

/// @title For tests: returns nothing at all, as some of the largest tokens do
contract SilentToken {
    event Transfer(address indexed from, address indexed to, uint256 value);

    string public constant name = "Silent";
    string public constant symbol = "SIL";
    uint8 public constant decimals = 6;
    mapping(address owner => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    function approve(address spender, uint256 value) external {
        allowance[msg.sender][spender] = value;
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        allowance[from][msg.sender] -= value;
        _move(from, to, value);
    }

    function _move(address from, address to, uint256 value) private {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}

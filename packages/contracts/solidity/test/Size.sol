// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC20} from "../tokens/ERC20.sol";

/// @title For tests: answers with a megabyte where a word is due
contract MegabyteToken is ERC20 {
    bool public revertWithIt;
    bool public inBalance;
    bool public inInterface;

    constructor() ERC20("Mega", "MEGA", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    /// @notice Where to be long: as a revert's reason instead of a result; in balanceOf; in supportsInterface.
    function set(bool revertWithIt_, bool inBalance_, bool inInterface_) external {
        revertWithIt = revertWithIt_;
        inBalance = inBalance_;
        inInterface = inInterface_;
    }

    function balanceOf(address owner) public view override returns (uint256) {
        if (inBalance) _long(_balances[owner]);
        return _balances[owner];
    }

    function transfer(address to, uint256 value) external override returns (bool) {
        _move(msg.sender, to, value);
        _long(1);
    }

    function transferFrom(address from, address to, uint256 value) external override returns (bool) {
        _spend(from, msg.sender, value);
        _move(from, to, value);
        _long(1);
    }

    function supportsInterface(bytes4) external view returns (bool) {
        if (inInterface) _long(0);
        return false;
    }

    function _long(uint256 word) private view {
        bool reverts = revertWithIt;
        assembly ("memory-safe") {
            mstore(0, word)
            if reverts { revert(0, 1048576) }
            return(0, 1048576)
        }
    }
}

/// @title For tests: what a wallet must survive when it asks for a name, a symbol and decimals
contract HostileMetadata {
    event Transfer(address indexed from, address indexed to, uint256 value);

    uint256 private immutable _length;
    uint256 public immutable decimals;
    bytes private _text;
    mapping(address owner => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    /// @param text what name and symbol begin with. @param length how long they are, filled up with "A". @param decimals_ any word.
    constructor(bytes memory text, uint256 length, uint256 decimals_) {
        _text = text;
        _length = length;
        decimals = decimals_;
    }

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        _move(from, to, value);
        return true;
    }

    function name() external view returns (bytes memory) {
        return _long();
    }

    function symbol() external view returns (bytes memory) {
        return _long();
    }

    function _move(address from, address to, uint256 value) private {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }

    function _long() private view returns (bytes memory text) {
        bytes memory start = _text;
        text = new bytes(start.length > _length ? start.length : _length);
        for (uint256 i = 0; i < start.length; i++) text[i] = start[i];
        // Whole words of "A": a megabyte byte by byte would not fit into any gas limit.
        assembly ("memory-safe") {
            let end := add(add(text, 0x20), mload(text))
            for { let at := add(add(text, 0x20), mload(start)) } lt(at, end) { at := add(at, 0x20) } {
                if lt(add(at, 0x1f), end) { mstore(at, 0x4141414141414141414141414141414141414141414141414141414141414141) }
            }
        }
    }
}

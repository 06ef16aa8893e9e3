// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC20} from "../tokens/ERC20.sol";

/// @title For tests: fails in the way that was chosen, when a chosen account sends or receives
contract FailingToken is ERC20 {
    /// @notice How transfers fail.
    enum Way {
        None,
        Revert,
        LongRevert,
        Invalid,
        BurnGas,
        SelfDestruct,
        ReturnFalse
    }

    Way public way;
    /// @notice Fails only if the sender is this; 0: whoever it is.
    address public onlyFrom;
    /// @notice Fails only if the receiver is this; 0: whoever it is.
    address public onlyTo;

    constructor() ERC20("Failing", "FAIL", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function fail(Way way_, address onlyFrom_, address onlyTo_) external {
        way = way_;
        onlyFrom = onlyFrom_;
        onlyTo = onlyTo_;
    }

    function transfer(address to, uint256 value) external override returns (bool) {
        return _try(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external override returns (bool) {
        _spend(from, msg.sender, value);
        return _try(from, to, value);
    }

    function _try(address from, address to, uint256 value) private returns (bool) {
        bool meant = (onlyFrom == address(0) || onlyFrom == from) && (onlyTo == address(0) || onlyTo == to);
        if (meant) {
            if (way == Way.ReturnFalse) return false;
            _fail();
        }
        _move(from, to, value);
        return true;
    }

    function _fail() private {
        Way chosen = way;
        if (chosen == Way.Revert) revert("no");
        assembly ("memory-safe") {
            // In the order of Way: a megabyte of reason, INVALID, an endless loop, SELFDESTRUCT.
            switch chosen
            case 2 { revert(0, 1048576) }
            case 3 { invalid() }
            case 4 { for {} 1 {} {} }
            case 5 { selfdestruct(caller()) }
        }
    }
}

/// @title For tests: an account that destroys itself, and then is an account without code if it was made in the same transaction
contract Destructible is ERC20 {
    constructor() ERC20("Gone", "GONE", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function destroy(address payable heir) external {
        assembly ("memory-safe") {
            selfdestruct(heir)
        }
    }
}

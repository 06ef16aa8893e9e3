// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC20} from "../tokens/ERC20.sol";
import {POOL} from "./SeroPool.sol";

/// @title An ERC-20 that can be issued straight to hidden owners
/// @notice To everybody else it is an ordinary ERC-20: exchanges and vaults need not know of SERO.
abstract contract ShieldedERC20 is ERC20 {
    /// @dev Mints `value` to the hidden owner `inner`. Not in a constructor: a contract has no code until its constructor is done, and the
    /// Pool takes nothing from addresses without code.
    /// @param inner a receive slot of the owner's wallet. @param value above 0, below 2^128. @param note empty or one ciphertext (IPool).
    function _mintHidden(uint256 inner, uint256 value, bytes memory note) internal {
        _mint(address(this), value);
        _payHidden(inner, value, note);
    }

    /// @dev Pays `value` of what this contract itself holds to the hidden owner `inner`.
    function _payHidden(uint256 inner, uint256 value, bytes memory note) internal {
        _approve(address(this), address(POOL), value);
        POOL.shieldToken(inner, address(this), value, note);
    }
}

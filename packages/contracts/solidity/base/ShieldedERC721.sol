// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC721} from "../tokens/ERC721.sol";
import {POOL} from "./SeroPool.sol";

/// @title An ERC-721 whose items can be issued straight to hidden owners
abstract contract ShieldedERC721 is ERC721 {
    /// @dev Mints item `tokenId` to the hidden owner `inner`. Not in a constructor (see ShieldedERC20).
    /// @param inner a receive slot of the owner's wallet. @param note empty or one ciphertext (IPool).
    function _mintHidden(uint256 inner, uint256 tokenId, bytes memory note) internal {
        _mint(address(this), tokenId);
        _approve(address(this), address(POOL), tokenId);
        POOL.shieldTicket(inner, address(this), tokenId, note);
    }
}

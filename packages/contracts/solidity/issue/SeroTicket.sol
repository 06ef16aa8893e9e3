// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Owned} from "../base/Owned.sol";
import {ShieldedERC721} from "../base/ShieldedERC721.sol";
import {ERC721} from "../tokens/ERC721.sol";

/// @title Tickets issued straight to hidden owners
contract SeroTicket is ShieldedERC721, Owned {
    /// @notice No more will be issued, ever.
    uint8 public constant FIXED = 0;
    /// @notice The owner may issue up to `maxCount` in all.
    uint8 public constant CAPPED = 1;
    /// @notice The owner may issue without limit.
    uint8 public constant OWNER_CONTROLLED = 2;

    /// @notice There may be no more than `most`.
    error SupplyRuleForbids(uint256 wanted, uint256 most);
    /// @notice As many ids and notes as inners are needed.
    error LengthsDiffer();

    /// @notice The most that may ever be issued; 2^256 - 1: without limit.
    uint256 public immutable maxCount;
    /// @notice How many were ever issued; burning takes none away, so that nobody can issue again what was burnt.
    uint256 public issued;
    /// @notice How many there are now.
    uint256 public totalSupply;
    /// @notice What stands before the id in `tokenURI`.
    string public baseURI;

    /// @param name_ any text. @param symbol_ any text. @param baseURI_ e.g. "https://example.org/tickets/".
    /// @param maxCount_ see `maxCount`. @param owner_ who may issue; nothing else.
    constructor(string memory name_, string memory symbol_, string memory baseURI_, uint256 maxCount_, address owner_)
        ERC721(name_, symbol_)
        Owned(owner_)
    {
        baseURI = baseURI_;
        maxCount = maxCount_;
    }

    /// @notice Issues item ids[i] to the hidden owner inners[i].
    /// @param inners receive slots. @param ids any numbers not used before. @param notes empty or one ciphertext each (IPool).
    function mint(uint256[] calldata inners, uint256[] calldata ids, bytes[] calldata notes) external onlyOwner {
        if (inners.length != ids.length || notes.length != ids.length) revert LengthsDiffer();
        uint256 wanted = issued + ids.length;
        if (wanted > maxCount) revert SupplyRuleForbids(wanted, maxCount);
        issued = wanted;
        totalSupply += ids.length;
        for (uint256 i = 0; i < ids.length; i++) {
            _mintHidden(inners[i], ids[i], notes[i]);
        }
    }

    /// @notice Destroys an item of the caller's, for good.
    function burn(uint256 tokenId) external {
        if (msg.sender != _ownerOfExisting(tokenId)) revert NotAllowed(msg.sender, tokenId);
        totalSupply -= 1;
        _burn(tokenId);
    }

    /// @notice Who decides how many there are: FIXED (nobody any more), CAPPED or OWNER_CONTROLLED, and the most there may ever be.
    function supplyRule() external view returns (uint8 rule, uint256 most) {
        if (owner == address(0) || issued == maxCount) return (FIXED, issued);
        return maxCount == type(uint256).max ? (OWNER_CONTROLLED, maxCount) : (CAPPED, maxCount);
    }

    /// @notice baseURI followed by the id in decimal digits.
    function tokenURI(uint256 tokenId) external view override returns (string memory) {
        _ownerOfExisting(tokenId);
        return string.concat(baseURI, _decimal(tokenId));
    }

    function _decimal(uint256 value) private pure returns (string memory) {
        uint256 length = 1;
        for (uint256 rest = value / 10; rest != 0; rest /= 10) length++;
        bytes memory digits = new bytes(length);
        for (uint256 i = length; i > 0; i--) {
            digits[i - 1] = bytes1(uint8(48 + (value % 10)));
            value /= 10;
        }
        return string(digits);
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC721} from "../tokens/IERC721.sol";
import {ERC721} from "../tokens/ERC721.sol";

/// @title For tests: items whose contract can be made to lie about its kind, about owners, and to be careless
contract LyingTicket is ERC721 {
    bool public denies;
    bool public ignoresFrom;
    bool public movesNothing;
    mapping(uint256 tokenId => address) public saidOwner;

    constructor() ERC721("Liar", "LIE") {}

    function mint(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }

    /// @notice Whether it denies to be an ERC-721; lets everybody move everything from anywhere; moves nothing.
    function set(bool denies_, bool ignoresFrom_, bool movesNothing_) external {
        denies = denies_;
        ignoresFrom = ignoresFrom_;
        movesNothing = movesNothing_;
    }

    /// @notice From now on the item is said to be `owner`'s; 0: the truth.
    function say(uint256 tokenId, address owner) external {
        saidOwner[tokenId] = owner;
    }

    /// @notice Takes an item from whoever has it.
    function seize(uint256 tokenId, address to) external {
        _move(_ownerOfExisting(tokenId), to, tokenId);
    }

    function supportsInterface(bytes4 id) public view override returns (bool) {
        return super.supportsInterface(id) && !(denies && id == type(IERC721).interfaceId);
    }

    function ownerOf(uint256 tokenId) public view override returns (address) {
        return saidOwner[tokenId] == address(0) ? super.ownerOf(tokenId) : saidOwner[tokenId];
    }

    function transferFrom(address from, address to, uint256 tokenId) public override {
        if (movesNothing) return;
        if (ignoresFrom) _move(_ownerOfExisting(tokenId), to, tokenId);
        else super.transferFrom(from, to, tokenId);
    }

    function tokenURI(uint256) external pure override returns (string memory) {
        return "";
    }
}

/// @title For tests: an ERC-721 that needs nearly all of the 30,000 gas of an ERC-165 question to answer it
contract SlowTicket is ERC721 {
    constructor() ERC721("Slow", "SLOW") {}

    function mint(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }

    function supportsInterface(bytes4 id) public view override returns (bool) {
        uint256 start = gasleft();
        while (start - gasleft() < 28_000) {}
        return super.supportsInterface(id);
    }

    function tokenURI(uint256) external pure override returns (string memory) {
        return "";
    }
}

/// @title For tests: items of before the standard: no ERC-165, and `transfer(to, id)`
contract OldTicket {
    event Transfer(address from, address to, uint256 tokenId);

    mapping(uint256 tokenId => address) public ownerOf;
    mapping(address owner => uint256) public balanceOf;
    mapping(uint256 tokenId => address) public approved;

    function mint(address to, uint256 tokenId) external {
        ownerOf[tokenId] = to;
        balanceOf[to]++;
    }

    function approve(address to, uint256 tokenId) external {
        require(ownerOf[tokenId] == msg.sender, "owner");
        approved[tokenId] = to;
    }

    function transfer(address to, uint256 tokenId) external {
        require(ownerOf[tokenId] == msg.sender, "owner");
        _move(msg.sender, to, tokenId);
    }

    function transferFrom(address from, address to, uint256 tokenId) external {
        require(ownerOf[tokenId] == from && approved[tokenId] == msg.sender, "approval");
        _move(from, to, tokenId);
    }

    function _move(address from, address to, uint256 tokenId) private {
        ownerOf[tokenId] = to;
        balanceOf[from]--;
        balanceOf[to]++;
        emit Transfer(from, to, tokenId);
    }
}

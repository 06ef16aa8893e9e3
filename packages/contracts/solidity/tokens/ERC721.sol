// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC165, IERC721, IERC721Metadata, IERC721Receiver} from "./IERC721.sol";

/// @title A plain ERC-721 without any way to mint: inherit and add one
abstract contract ERC721 is IERC721Metadata {
    /// @notice There is no such item.
    error NoSuchItem(uint256 tokenId);
    /// @notice There is such an item already.
    error ItemExists(uint256 tokenId);
    /// @notice The caller neither owns the item nor may move it.
    error NotAllowed(address caller, uint256 tokenId);
    /// @notice `from` does not own the item.
    error WrongOwner(address from, uint256 tokenId, address owner);
    /// @notice The receiving contract does not take items.
    error ReceiverRefused(address receiver);
    /// @notice Items can't belong to nobody.
    error ZeroAddress();

    string public name;
    string public symbol;
    mapping(uint256 tokenId => address) internal _owners;
    mapping(address owner => uint256) internal _counts;
    mapping(uint256 tokenId => address) internal _approved;
    mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;

    constructor(string memory name_, string memory symbol_) {
        name = name_;
        symbol = symbol_;
    }

    function supportsInterface(bytes4 id) public view virtual returns (bool) {
        return id == type(IERC165).interfaceId || id == type(IERC721).interfaceId || id == type(IERC721Metadata).interfaceId;
    }

    function balanceOf(address owner) external view virtual returns (uint256) {
        if (owner == address(0)) revert ZeroAddress();
        return _counts[owner];
    }

    function ownerOf(uint256 tokenId) public view virtual returns (address owner) {
        owner = _owners[tokenId];
        if (owner == address(0)) revert NoSuchItem(tokenId);
    }

    function getApproved(uint256 tokenId) external view returns (address) {
        if (_owners[tokenId] == address(0)) revert NoSuchItem(tokenId);
        return _approved[tokenId];
    }

    function approve(address to, uint256 tokenId) external {
        address owner = _ownerOfExisting(tokenId);
        if (msg.sender != owner && !isApprovedForAll[owner][msg.sender]) revert NotAllowed(msg.sender, tokenId);
        _approve(owner, to, tokenId);
    }

    function setApprovalForAll(address operator, bool approved) external {
        isApprovedForAll[msg.sender][operator] = approved;
        emit ApprovalForAll(msg.sender, operator, approved);
    }

    function transferFrom(address from, address to, uint256 tokenId) public virtual {
        address owner = _ownerOfExisting(tokenId);
        bool allowed = msg.sender == owner || msg.sender == _approved[tokenId] || isApprovedForAll[owner][msg.sender];
        if (!allowed) revert NotAllowed(msg.sender, tokenId);
        _move(from, to, tokenId);
    }

    function safeTransferFrom(address from, address to, uint256 tokenId) external {
        safeTransferFrom(from, to, tokenId, "");
    }

    function safeTransferFrom(address from, address to, uint256 tokenId, bytes memory data) public virtual {
        transferFrom(from, to, tokenId);
        if (to.code.length == 0) return;
        bytes4 answer = IERC721Receiver(to).onERC721Received(msg.sender, from, tokenId, data);
        if (answer != IERC721Receiver.onERC721Received.selector) revert ReceiverRefused(to);
    }

    function tokenURI(uint256 tokenId) external view virtual returns (string memory);

    function _ownerOfExisting(uint256 tokenId) internal view returns (address owner) {
        owner = _owners[tokenId];
        if (owner == address(0)) revert NoSuchItem(tokenId);
    }

    function _approve(address owner, address to, uint256 tokenId) internal {
        _approved[tokenId] = to;
        emit Approval(owner, to, tokenId);
    }

    function _move(address from, address to, uint256 tokenId) internal virtual {
        address owner = _ownerOfExisting(tokenId);
        if (owner != from) revert WrongOwner(from, tokenId, owner);
        if (to == address(0)) revert ZeroAddress();
        delete _approved[tokenId];
        _owners[tokenId] = to;
        _counts[from] -= 1;
        _counts[to] += 1;
        emit Transfer(from, to, tokenId);
    }

    function _mint(address to, uint256 tokenId) internal virtual {
        if (to == address(0)) revert ZeroAddress();
        if (_owners[tokenId] != address(0)) revert ItemExists(tokenId);
        _owners[tokenId] = to;
        _counts[to] += 1;
        emit Transfer(address(0), to, tokenId);
    }

    function _burn(uint256 tokenId) internal virtual {
        address owner = _ownerOfExisting(tokenId);
        delete _approved[tokenId];
        delete _owners[tokenId];
        _counts[owner] -= 1;
        emit Transfer(owner, address(0), tokenId);
    }
}

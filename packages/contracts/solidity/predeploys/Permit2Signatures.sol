// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Permit2Base} from "./Permit2Base.sol";

/// @title Signatures that are good for one transfer by one spender
abstract contract Permit2Signatures is Permit2Base {
    struct TokenPermissions {
        address token;
        uint256 amount;
    }

    struct PermitTransferFrom {
        TokenPermissions permitted;
        uint256 nonce;
        uint256 deadline;
    }

    struct PermitBatchTransferFrom {
        TokenPermissions[] permitted;
        uint256 nonce;
        uint256 deadline;
    }

    struct SignatureTransferDetails {
        address to;
        uint256 requestedAmount;
    }

    event UnorderedNonceInvalidation(address indexed owner, uint256 word, uint256 mask);

    /// @notice More was asked for than signed.
    error InvalidAmount(uint256 maxAmount);

    string private constant PERMISSIONS = "TokenPermissions(address token,uint256 amount)";
    string private constant SINGLE =
        "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)";
    string private constant BATCH =
        "PermitBatchTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 deadline)";
    string private constant SINGLE_WITNESS =
        "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline,";
    string private constant BATCH_WITNESS =
        "PermitBatchWitnessTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 deadline,";
    bytes32 private constant PERMISSIONS_TYPE = keccak256(bytes(PERMISSIONS));
    bytes32 private constant SINGLE_TYPE = keccak256(abi.encodePacked(SINGLE, PERMISSIONS));
    bytes32 private constant BATCH_TYPE = keccak256(abi.encodePacked(BATCH, PERMISSIONS));

    /// @notice Bit nonce mod 256 of word nonce / 256: whether `owner`'s nonce was used. Nonces need no order.
    mapping(address owner => mapping(uint256 word => uint256)) public nonceBitmap;

    /// @notice Takes up to what `owner` signed, for the caller.
    function permitTransferFrom(
        PermitTransferFrom memory permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes calldata signature
    ) external {
        _single(permit, transferDetails, owner, _hash(SINGLE_TYPE, permit, ""), signature);
    }

    /// @notice The same, where the signature also covers `witness`, whatever `witnessTypeString` says that is.
    function permitWitnessTransferFrom(
        PermitTransferFrom memory permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes32 witness,
        string calldata witnessTypeString,
        bytes calldata signature
    ) external {
        bytes32 hash = keccak256(abi.encodePacked(SINGLE_WITNESS, witnessTypeString));
        hash = _hash(hash, permit, abi.encode(witness));
        _single(permit, transferDetails, owner, hash, signature);
    }

    /// @notice Several tokens under one signature.
    function permitTransferFrom(
        PermitBatchTransferFrom memory permit,
        SignatureTransferDetails[] calldata transferDetails,
        address owner,
        bytes calldata signature
    ) external {
        _batch(permit, transferDetails, owner, _hash(BATCH_TYPE, permit, ""), signature);
    }

    /// @notice Several tokens under one signature that also covers `witness`.
    function permitWitnessTransferFrom(
        PermitBatchTransferFrom memory permit,
        SignatureTransferDetails[] calldata transferDetails,
        address owner,
        bytes32 witness,
        string calldata witnessTypeString,
        bytes calldata signature
    ) external {
        bytes32 hash = keccak256(abi.encodePacked(BATCH_WITNESS, witnessTypeString));
        hash = _hash(hash, permit, abi.encode(witness));
        _batch(permit, transferDetails, owner, hash, signature);
    }

    /// @notice Uses up the caller's nonces of word `wordPos` whose bits are set in `mask`.
    function invalidateUnorderedNonces(uint256 wordPos, uint256 mask) external {
        nonceBitmap[msg.sender][wordPos] |= mask;
        emit UnorderedNonceInvalidation(msg.sender, wordPos, mask);
    }

    function _single(
        PermitTransferFrom memory permit,
        SignatureTransferDetails calldata details,
        address owner,
        bytes32 hash,
        bytes calldata signature
    ) private {
        if (block.timestamp > permit.deadline) revert SignatureExpired(permit.deadline);
        if (details.requestedAmount > permit.permitted.amount) revert InvalidAmount(permit.permitted.amount);
        _useNonce(owner, permit.nonce);
        _checkSignature(signature, _typed(hash), owner);
        _pull(permit.permitted.token, owner, details.to, details.requestedAmount);
    }

    function _batch(
        PermitBatchTransferFrom memory permit,
        SignatureTransferDetails[] calldata details,
        address owner,
        bytes32 hash,
        bytes calldata signature
    ) private {
        if (block.timestamp > permit.deadline) revert SignatureExpired(permit.deadline);
        if (details.length != permit.permitted.length) revert LengthMismatch();
        _useNonce(owner, permit.nonce);
        _checkSignature(signature, _typed(hash), owner);
        for (uint256 i = 0; i < details.length; i++) {
            TokenPermissions memory permitted = permit.permitted[i];
            uint256 amount = details[i].requestedAmount;
            if (amount > permitted.amount) revert InvalidAmount(permitted.amount);
            if (amount != 0) _pull(permitted.token, owner, details[i].to, amount);
        }
    }

    function _hash(bytes32 type_, PermitTransferFrom memory permit, bytes memory witness) private view returns (bytes32) {
        bytes32 permissions = keccak256(abi.encode(PERMISSIONS_TYPE, permit.permitted));
        bytes memory fields = abi.encode(type_, permissions, msg.sender, permit.nonce, permit.deadline);
        return keccak256(bytes.concat(fields, witness));
    }

    function _hash(bytes32 type_, PermitBatchTransferFrom memory permit, bytes memory witness)
        private
        view
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](permit.permitted.length);
        for (uint256 i = 0; i < hashes.length; i++) {
            hashes[i] = keccak256(abi.encode(PERMISSIONS_TYPE, permit.permitted[i]));
        }
        bytes32 permissions = keccak256(abi.encodePacked(hashes));
        bytes memory fields = abi.encode(type_, permissions, msg.sender, permit.nonce, permit.deadline);
        return keccak256(bytes.concat(fields, witness));
    }

    function _useNonce(address owner, uint256 nonce) private {
        uint256 bit = 1 << (nonce & 0xff);
        uint256 used = nonceBitmap[owner][nonce >> 8];
        if (used & bit != 0) revert InvalidNonce();
        nonceBitmap[owner][nonce >> 8] = used | bit;
    }
}

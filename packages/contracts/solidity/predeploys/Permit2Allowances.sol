// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Permit2Base} from "./Permit2Base.sol";

/// @title Allowances that end by themselves, given by a call or a signature
abstract contract Permit2Allowances is Permit2Base {
    struct PermitDetails {
        address token;
        uint160 amount;
        uint48 expiration;
        uint48 nonce;
    }

    struct PermitSingle {
        PermitDetails details;
        address spender;
        uint256 sigDeadline;
    }

    struct PermitBatch {
        PermitDetails[] details;
        address spender;
        uint256 sigDeadline;
    }

    struct PackedAllowance {
        uint160 amount;
        uint48 expiration;
        uint48 nonce;
    }

    struct TokenSpenderPair {
        address token;
        address spender;
    }

    struct AllowanceTransferDetails {
        address from;
        address to;
        uint160 amount;
        address token;
    }

    event NonceInvalidation(
        address indexed owner, address indexed token, address indexed spender, uint48 newNonce, uint48 oldNonce
    );
    event Approval(
        address indexed owner, address indexed token, address indexed spender, uint160 amount, uint48 expiration
    );
    event Permit(
        address indexed owner,
        address indexed token,
        address indexed spender,
        uint160 amount,
        uint48 expiration,
        uint48 nonce
    );
    event Lockdown(address indexed owner, address token, address spender);

    /// @notice The allowance has ended.
    error AllowanceExpired(uint256 deadline);
    /// @notice The allowance is smaller.
    error InsufficientAllowance(uint256 amount);
    /// @notice At most 65,535 nonces at once.
    error ExcessiveInvalidation();

    string private constant DETAILS = "PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)";
    bytes32 private constant DETAILS_TYPE = keccak256(bytes(DETAILS));
    bytes32 private constant SINGLE_TYPE =
        keccak256(abi.encodePacked("PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)", DETAILS));
    bytes32 private constant BATCH_TYPE =
        keccak256(abi.encodePacked("PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)", DETAILS));

    /// @notice What `spender` may take of `owner`'s tokens, until when (seconds since 1970), and the next permit's nonce.
    mapping(address owner => mapping(address token => mapping(address spender => PackedAllowance))) public allowance;

    /// @notice Lets `spender` take `amount` (2^160 - 1: any) until `expiration` (0: in this block only).
    function approve(address token, address spender, uint160 amount, uint48 expiration) external {
        PackedAllowance storage allowed = allowance[msg.sender][token][spender];
        allowed.amount = amount;
        allowed.expiration = expiration == 0 ? uint48(block.timestamp) : expiration;
        emit Approval(msg.sender, token, spender, amount, expiration);
    }

    /// @notice The same by `owner`'s signature.
    function permit(address owner, PermitSingle calldata permitSingle, bytes calldata signature) external {
        if (block.timestamp > permitSingle.sigDeadline) revert SignatureExpired(permitSingle.sigDeadline);
        bytes32 details = _hash(permitSingle.details);
        bytes32 hash = keccak256(abi.encode(SINGLE_TYPE, details, permitSingle.spender, permitSingle.sigDeadline));
        _checkSignature(signature, _typed(hash), owner);
        _permitted(permitSingle.details, owner, permitSingle.spender);
    }

    /// @notice The same for several tokens.
    function permit(address owner, PermitBatch calldata permitBatch, bytes calldata signature) external {
        if (block.timestamp > permitBatch.sigDeadline) revert SignatureExpired(permitBatch.sigDeadline);
        uint256 count = permitBatch.details.length;
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) hashes[i] = _hash(permitBatch.details[i]);
        bytes32 all = keccak256(abi.encodePacked(hashes));
        bytes32 hash = keccak256(abi.encode(BATCH_TYPE, all, permitBatch.spender, permitBatch.sigDeadline));
        _checkSignature(signature, _typed(hash), owner);
        for (uint256 i = 0; i < count; i++) _permitted(permitBatch.details[i], owner, permitBatch.spender);
    }

    /// @notice Takes what the caller is allowed to.
    function transferFrom(address from, address to, uint160 amount, address token) external {
        _take(from, to, amount, token);
    }

    /// @notice The same, several times.
    function transferFrom(AllowanceTransferDetails[] calldata transferDetails) external {
        for (uint256 i = 0; i < transferDetails.length; i++) {
            AllowanceTransferDetails calldata one = transferDetails[i];
            _take(one.from, one.to, one.amount, one.token);
        }
    }

    /// @notice Takes the caller's approvals back.
    function lockdown(TokenSpenderPair[] calldata approvals) external {
        for (uint256 i = 0; i < approvals.length; i++) {
            allowance[msg.sender][approvals[i].token][approvals[i].spender].amount = 0;
            emit Lockdown(msg.sender, approvals[i].token, approvals[i].spender);
        }
    }

    /// @notice Makes the caller's permits with nonces below `newNonce` void.
    function invalidateNonces(address token, address spender, uint48 newNonce) external {
        PackedAllowance storage allowed = allowance[msg.sender][token][spender];
        uint48 oldNonce = allowed.nonce;
        if (newNonce <= oldNonce) revert InvalidNonce();
        if (newNonce - oldNonce > type(uint16).max) revert ExcessiveInvalidation();
        allowed.nonce = newNonce;
        emit NonceInvalidation(msg.sender, token, spender, newNonce, oldNonce);
    }

    function _hash(PermitDetails calldata details) private pure returns (bytes32) {
        return keccak256(abi.encode(DETAILS_TYPE, details));
    }

    function _permitted(PermitDetails calldata details, address owner, address spender) private {
        PackedAllowance storage allowed = allowance[owner][details.token][spender];
        if (allowed.nonce != details.nonce) revert InvalidNonce();
        allowed.amount = details.amount;
        allowed.expiration = details.expiration == 0 ? uint48(block.timestamp) : details.expiration;
        allowed.nonce = details.nonce + 1;
        emit Permit(owner, details.token, spender, details.amount, details.expiration, details.nonce);
    }

    function _take(address from, address to, uint160 amount, address token) private {
        PackedAllowance storage allowed = allowance[from][token][msg.sender];
        if (block.timestamp > allowed.expiration) revert AllowanceExpired(allowed.expiration);
        uint160 most = allowed.amount;
        if (most != type(uint160).max) {
            if (amount > most) revert InsufficientAllowance(most);
            allowed.amount = most - amount;
        }
        _pull(token, from, to, amount);
    }
}

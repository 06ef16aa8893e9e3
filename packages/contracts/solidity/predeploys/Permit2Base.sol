// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title ERC-1271: a contract says whether it signed
interface IErc1271 {
    function isValidSignature(bytes32 hash, bytes memory signature) external view returns (bytes4);
}

/// @title What both halves of Permit2 need: EIP-712 hashes, checking signatures, moving tokens
abstract contract Permit2Base {
    /// @notice The signature's deadline has passed.
    error SignatureExpired(uint256 signatureDeadline);
    /// @notice This nonce was used, or is not the next.
    error InvalidNonce();
    /// @notice A signature has 65 bytes, or 64 in the form of EIP-2098.
    error InvalidSignatureLength();
    /// @notice No account made this signature.
    error InvalidSignature();
    /// @notice Another account made it.
    error InvalidSigner();
    /// @notice The contract says that it did not sign.
    error InvalidContractSignature();
    /// @notice Two lists must be of one length.
    error LengthMismatch();
    /// @notice The token did not move.
    error TransferFailed(address token);

    bytes32 private constant DOMAIN = keccak256("EIP712Domain(string name,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME = keccak256("Permit2");
    bytes4 private constant ERC1271_MAGIC = 0x1626ba7e;

    /// @notice EIP-712's separator: signatures hold on this chain and for this contract only.
    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, NAME, block.chainid, address(this)));
    }

    function _typed(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), structHash));
    }

    /// @dev Reverts unless `signer` signed; an account with code is asked by ERC-1271.
    function _checkSignature(bytes calldata signature, bytes32 hash, address signer) internal view {
        if (signer.code.length != 0) {
            if (IErc1271(signer).isValidSignature(hash, signature) != ERC1271_MAGIC) revert InvalidContractSignature();
            return;
        }
        bytes32 r;
        bytes32 s;
        uint8 v;
        if (signature.length == 65) {
            (r, s) = abi.decode(signature, (bytes32, bytes32));
            v = uint8(signature[64]);
        } else if (signature.length == 64) {
            bytes32 vs;
            (r, vs) = abi.decode(signature, (bytes32, bytes32));
            s = vs & bytes32(uint256(type(int256).max));
            v = uint8(uint256(vs) >> 255) + 27;
        } else {
            revert InvalidSignatureLength();
        }
        address found = ecrecover(hash, v, r, s);
        if (found == address(0)) revert InvalidSignature();
        if (found != signer) revert InvalidSigner();
    }

    /// @dev transferFrom, for tokens that return true and for those that return nothing.
    function _pull(address token, address from, address to, uint256 amount) internal {
        bytes memory data = abi.encodeWithSelector(0x23b872dd, from, to, amount);
        bool done;
        assembly ("memory-safe") {
            mstore(0, 0)
            done := call(gas(), token, 0, add(data, 32), mload(data), 0, 32)
            switch returndatasize()
            case 0 { done := and(done, gt(extcodesize(token), 0)) }
            default { done := and(done, and(gt(returndatasize(), 31), eq(mload(0), 1))) }
        }
        if (!done) revert TransferFailed(token);
    }
}

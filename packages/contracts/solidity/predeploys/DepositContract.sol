// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title The beacon chain's deposit contract, at 0x00000000219ab540356cBB839Cbe05303d7705Fa
/// @notice Our own implementation of the interface and rules in the consensus specifications ("Phase 0, Deposit Contract"): who puts in
/// coins with a validator's key is let in by the consensus clients, which read the DepositEvent logs.
/// @dev Has no constructor: the hashes of empty subtrees are computed when needed.
contract DepositContract {
    event DepositEvent(bytes pubkey, bytes withdrawal_credentials, bytes amount, bytes signature, bytes index);

    uint256 private constant DEPTH = 32;
    uint256 private constant MOST = 2 ** DEPTH - 1;

    /// @dev Node of each level that waits for its right sibling.
    bytes32[32] private _branch;
    uint256 private _count;

    /// @notice Deposits the coins sent along (at least 1, in whole 10^9 base units) for a validator.
    /// @param pubkey 48 bytes. @param withdrawal_credentials 32 bytes. @param signature 96 bytes.
    /// @param deposit_data_root SSZ hash tree root of the DepositData: a guard against mangled input.
    function deposit(
        bytes calldata pubkey,
        bytes calldata withdrawal_credentials,
        bytes calldata signature,
        bytes32 deposit_data_root
    ) external payable {
        require(pubkey.length == 48, "DepositContract: invalid pubkey length");
        require(withdrawal_credentials.length == 32, "DepositContract: invalid withdrawal_credentials length");
        require(signature.length == 96, "DepositContract: invalid signature length");
        require(msg.value >= 1 ether, "DepositContract: deposit value too low");
        require(msg.value % 1 gwei == 0, "DepositContract: deposit value not multiple of gwei");
        require(msg.value / 1 gwei <= type(uint64).max, "DepositContract: deposit value too high");
        require(_count < MOST, "DepositContract: merkle tree full");
        bytes memory amount = _littleEndian(uint64(msg.value / 1 gwei));
        emit DepositEvent(pubkey, withdrawal_credentials, amount, signature, _littleEndian(uint64(_count)));
        bytes32 leaf = _leaf(pubkey, withdrawal_credentials, amount, signature);
        require(leaf == deposit_data_root, "DepositContract: reconstructed DepositData does not match");
        _append(leaf);
    }

    /// @notice SSZ root of the list of deposits.
    function get_deposit_root() external view returns (bytes32) {
        bytes32 node = bytes32(0);
        bytes32 empty = bytes32(0);
        for (uint256 level = 0; level < DEPTH; level++) {
            bool right = (_count >> level) & 1 == 1;
            node = right ? _pair(_branch[level], node) : _pair(node, empty);
            empty = _pair(empty, empty);
        }
        return sha256(abi.encodePacked(node, _littleEndian(uint64(_count)), bytes24(0)));
    }

    /// @notice Number of deposits, 8 bytes little-endian.
    function get_deposit_count() external view returns (bytes memory) {
        return _littleEndian(uint64(_count));
    }

    /// @notice ERC-165.
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        bytes4 own = this.deposit.selector ^ this.get_deposit_root.selector ^ this.get_deposit_count.selector;
        return interfaceId == this.supportsInterface.selector || interfaceId == own;
    }

    function _append(bytes32 node) private {
        _count += 1;
        uint256 rest = _count;
        uint256 level = 0;
        while (rest & 1 == 0) {
            node = _pair(_branch[level], node);
            rest >>= 1;
            level++;
        }
        _branch[level] = node;
    }

    /// @dev hash_tree_root of DepositData {pubkey 48, withdrawal_credentials 32, amount 8, signature 96}.
    function _leaf(bytes calldata pubkey, bytes calldata credentials, bytes memory amount, bytes calldata signature)
        private
        pure
        returns (bytes32)
    {
        bytes32 key = sha256(abi.encodePacked(pubkey, bytes16(0)));
        bytes32 signed = _pair(sha256(signature[:64]), sha256(abi.encodePacked(signature[64:], bytes32(0))));
        bytes32 worth = sha256(abi.encodePacked(amount, bytes24(0), signed));
        return _pair(_pair(key, bytes32(credentials)), worth);
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(left, right));
    }

    function _littleEndian(uint64 value) private pure returns (bytes memory bytes_) {
        bytes_ = new bytes(8);
        for (uint256 i = 0; i < 8; i++) {
            bytes_[i] = bytes1(uint8(value >> (8 * i)));
        }
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IPool} from "./IPool.sol";

/// @title The Pool's storage and its lock
/// @dev The state transition reads and writes these slots itself (docs/protocol/pool-state.md): their order must never change.
abstract contract PoolStorage is IPool {
    struct Asset {
        address token;
        uint8 kind;
        uint256 id;
    }

    struct Package {
        uint256 commitment;
        address controller;
    }

    /// @dev The order of the scalar field of BN254.
    uint256 internal constant FIELD_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev The caller of the system functions (EIP-4788's): no signature recovers to it.
    address internal constant SYSTEM_ADDRESS = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;
    uint256 internal constant KIND_TOKEN = 1;
    uint256 internal constant KIND_TICKET = 2;

    /// @dev Slot 0: 1 once spent. Written by the state transition, as are slots 1 to 5, 12, 13 and 32 to 82.
    mapping(uint256 nullifier => uint256) internal _nullifiers;
    /// @dev Slot 1: root of the note tree after the last block.
    uint256 internal _currentRoot;
    /// @dev Slot 2.
    uint256 internal _leafCount;
    /// @dev Slot 3: of all compact blocks.
    bytes32 internal _streamDigest;
    /// @dev Slot 4: 1 + number of the newest of the last 1,024 blocks that ended with this root.
    mapping(uint256 root => uint256) internal _knownRoots;
    /// @dev Slot 5: the ring of roots, under block number mod 1024.
    mapping(uint256 => uint256) internal _rootRing;
    /// @dev Slot 6: how much of an asset may leave.
    mapping(uint256 asset => uint256) internal _turnstile;
    /// @dev Slot 7: what an asset is.
    mapping(uint256 asset => Asset) internal _assets;
    /// @dev Slot 8: kind of a token address, for ever.
    mapping(address token => uint256) internal _tokenKinds;
    /// @dev Slot 9: packages, also written by the state transition.
    mapping(bytes32 id => Package) internal _packages;
    /// @dev Slots 10 and 11, unused: notes are queued by logs, and the lock is transient.
    uint256[2] private _unused;
    /// @dev Slot 12: commits to the chain spec.
    bytes32 internal _genesisId;
    /// @dev Slot 13: key of the repack circuit; 0: none.
    bytes32 internal _repackKeyId;
    /// @dev Slot 14: account whose code is 0x00 || verifying key.
    mapping(bytes32 vkId => address) internal _keyHolders;
    /// @dev Slots 15 to 31.
    uint256[17] private _gap;
    /// @dev Slots 32 to 82: the tree's frontier, node i of level l at 32 + 3 l + i.
    uint256[3][17] private _frontier;

    uint256 internal constant OPEN = 0;
    /// @dev A function that changes state runs.
    uint256 internal constant RUNNING = 1;
    /// @dev Between openReturn and closeReturn.
    uint256 internal constant TAKING_TOKEN = 2;
    /// @dev Between openReturnTicket and closeReturnTicket.
    uint256 internal constant TAKING_TICKET = 3;

    /// @dev One of the four above.
    uint256 internal transient _lock;
    /// @dev What an open return is about, or the contract whose ticket is being shielded.
    address internal transient _takenToken;
    /// @dev The ticket that is being taken.
    uint256 internal transient _takenId;
    /// @dev The Pool's balance when the return was opened.
    uint256 internal transient _balanceBefore;

    /// @dev One lock over everything that changes state: whatever is called from within finds all of it closed.
    modifier locking() {
        _takeLock();
        _;
        _lock = OPEN;
    }

    modifier onlySystem() {
        if (msg.sender != SYSTEM_ADDRESS) revert NotSystem();
        _;
    }

    function _takeLock() internal {
        if (_lock != OPEN) revert PoolLocked();
        _lock = RUNNING;
    }
}

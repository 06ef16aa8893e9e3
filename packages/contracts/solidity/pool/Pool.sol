// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {PoolAssets} from "./PoolAssets.sol";
import {PoolPackages} from "./PoolPackages.sol";

/// @title The SERO Pool, a predeploy at 0x0000000000000000000000000000000000005e50
/// @notice See IPool for what each function does.
/// @dev Its code stands in the genesis block; it has no constructor, no owner, no upgrade, and gives no approval to anybody.
contract Pool is PoolAssets, PoolPackages {
    function isKnownRoot(uint256 root) external view returns (bool) {
        return _knownRoots[root] != 0;
    }

    /// @notice Commits to the chain spec; in block 0's header as extraData.
    function genesisId() external view returns (bytes32) {
        return _genesisId;
    }

    /// @notice The registered key of the repack circuit; 0: this chain has none.
    function repackKeyId() external view returns (bytes32) {
        return _repackKeyId;
    }
}

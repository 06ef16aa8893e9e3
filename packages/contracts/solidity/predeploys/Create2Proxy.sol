// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title Creates contracts at addresses that depend on nothing but their code: the well-known proxy at
/// 0x4e59b44847b379578588920cA78FbF26c0B4956C
/// @notice Call it with 32 bytes of salt followed by creation code; it returns the new contract's address as 20 bytes, or reverts.
contract Create2Proxy {
    /// @dev No coins without creation code.
    receive() external payable {
        revert();
    }

    fallback() external payable {
        assembly {
            if lt(calldatasize(), 32) { revert(0, 0) }
            let size := sub(calldatasize(), 32)
            calldatacopy(0, 32, size)
            let created := create2(callvalue(), 0, size, calldataload(0))
            if iszero(created) { revert(0, 0) }
            mstore(0, created)
            return(12, 20)
        }
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.28;

import {IPool} from "./IPool.sol";

/// @title The chain's own precompiles. All are pure: they know neither their caller nor the state.
library Precompiles {
    address internal constant POSEIDON = 0x0000000000000000000000000000000000005e51;
    address internal constant GROTH16 = 0x0000000000000000000000000000000000005e52;
    address internal constant KEY_CHECK = 0x0000000000000000000000000000000000005e53;

    /// @dev "SERO/asset" as a number (packages/protocol/src/hash/domains.ts).
    uint256 internal constant D_ASSET = 0x5345524f2f6173736574;
    /// @dev "SERO/note" as a number.
    uint256 internal constant D_NOTE = 0x5345524f2f6e6f7465;

    /// @notice Poseidon of five numbers below r, the first being the domain. Reverts if one is not below r.
    function poseidon5(uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) internal view returns (uint256) {
        return word(POSEIDON, abi.encode(a, b, c, d, e));
    }

    /// @notice The asset number of a token or ticket.
    function assetId(uint256 kind, address token, uint256 id) internal view returns (uint256) {
        return poseidon5(D_ASSET, kind, uint160(token), id >> 128, id & type(uint128).max);
    }

    /// @notice The commitment of a note.
    function commitment(uint256 inner, uint256 asset, uint256 value, uint256 blind) internal view returns (uint256) {
        return poseidon5(D_NOTE, inner, asset, value, blind);
    }

    /// @notice The one word a precompile answers with. Reverts if it fails or is not there (an empty account answers with nothing).
    function word(address precompile, bytes memory data) internal view returns (uint256 result) {
        bool ok;
        assembly ("memory-safe") {
            ok := staticcall(gas(), precompile, add(data, 0x20), mload(data), 0x00, 0x20)
            ok := and(ok, eq(returndatasize(), 0x20))
            result := mload(0x00)
        }
        if (!ok) revert IPool.PrecompileFailed(precompile);
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IPool} from "../pool/IPool.sol";

/// @dev The Pool stands at this address on every SERO chain.
IPool constant POOL = IPool(0x0000000000000000000000000000000000005E50);

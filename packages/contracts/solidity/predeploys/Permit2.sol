// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Permit2Allowances} from "./Permit2Allowances.sol";
import {Permit2Signatures} from "./Permit2Signatures.sol";

/// @title Approvals by signature for every token, at 0x000000000022D473030F116dDEE9F6B43aC78BA3
/// @notice Our own implementation of the interface that is known as Permit2. A token's owner approves this contract once; after that his
/// signatures say who may take what, how long and how often.
contract Permit2 is Permit2Allowances, Permit2Signatures {}

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {Owned} from "../base/Owned.sol";
import {ShieldedERC20} from "../base/ShieldedERC20.sol";
import {ERC20} from "../tokens/ERC20.sol";

/// @title A token whose whole supply begins in hidden hands
/// @notice Issued by two calls of one anonymous transaction: create it, then `launch`. What holders must trust stands on chain: see
/// `supplyRule`.
contract SeroToken is ShieldedERC20, Owned {
    /// @notice All there will ever be is `initialSupply`.
    uint8 public constant FIXED = 0;
    /// @notice The owner may mint up to `cap` in all.
    uint8 public constant CAPPED = 1;
    /// @notice The owner may mint without limit.
    uint8 public constant OWNER_CONTROLLED = 2;

    /// @notice `launch` was called before.
    error Launched();
    /// @notice Only the account that created the token, or its owner, may launch it.
    error NotIssuer(address caller);
    /// @notice The supply rule does not allow this.
    error SupplyRuleForbids(uint256 wanted, uint256 most);
    /// @notice A supply to hide must be below 2^128.
    error SupplyTooLarge(uint256 supply);

    /// @notice What `launch` mints.
    uint256 public immutable initialSupply;
    /// @notice 0: fixed. 2^256 - 1: owner-controlled. Else the most that may ever exist at once.
    uint256 public immutable cap;
    address private immutable _issuer;
    bool public launched;

    /// @param name_ any text. @param symbol_ any text. @param decimals_ how many digits wallets show behind the point.
    /// @param initialSupply_ in the smallest unit, below 2^128; 0: nothing to launch. @param cap_ see `cap`.
    /// @param owner_ who may mint later; nothing else. Of no use with cap 0, except to launch.
    constructor(
        string memory name_,
        string memory symbol_,
        uint8 decimals_,
        uint256 initialSupply_,
        uint256 cap_,
        address owner_
    ) ERC20(name_, symbol_, decimals_) Owned(owner_) {
        if (initialSupply_ > type(uint128).max) revert SupplyTooLarge(initialSupply_);
        if (cap_ != 0 && initialSupply_ > cap_) revert SupplyRuleForbids(initialSupply_, cap_);
        initialSupply = initialSupply_;
        cap = cap_;
        _issuer = msg.sender;
        launched = initialSupply_ == 0;
    }

    /// @notice Mints the initial supply to one hidden owner, once.
    /// @param inner a receive slot of his wallet. @param note empty or one ciphertext (IPool).
    function launch(uint256 inner, bytes calldata note) external {
        if (msg.sender != _issuer && msg.sender != owner) revert NotIssuer(msg.sender);
        if (launched) revert Launched();
        launched = true;
        _mintHidden(inner, initialSupply, note);
    }

    /// @notice Mints more to a hidden owner, if the supply rule allows it.
    function mint(uint256 inner, uint256 value, bytes calldata note) external onlyOwner {
        (uint8 rule, uint256 most) = supplyRule();
        // Before the launch the initial supply counts as if it existed.
        uint256 wanted = totalSupply + value + (launched ? 0 : initialSupply);
        if (rule == FIXED || wanted > most) revert SupplyRuleForbids(wanted, most);
        _mintHidden(inner, value, note);
    }

    /// @notice Destroys what the caller holds.
    function burn(uint256 value) external {
        _burn(msg.sender, value);
    }

    /// @notice Who decides how much there is: FIXED (nobody any more), CAPPED or OWNER_CONTROLLED, and the most there may ever be.
    function supplyRule() public view returns (uint8 rule, uint256 most) {
        if (cap == 0) return (FIXED, initialSupply);
        if (owner == address(0)) return (FIXED, totalSupply + (launched ? 0 : initialSupply));
        return cap == type(uint256).max ? (OWNER_CONTROLLED, cap) : (CAPPED, cap);
    }
}

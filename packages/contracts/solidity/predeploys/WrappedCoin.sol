// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {IERC20Metadata} from "../tokens/IERC20.sol";

/// @title The coin as an ERC-20, one for one
/// @notice Send coins, or call `deposit`, and get as many tokens; `withdraw` gives the coins back. For contracts that know tokens only.
/// @dev Has no constructor and no immutables: its code stands in the genesis block.
contract WrappedCoin is IERC20Metadata {
    event Deposit(address indexed account, uint256 value);
    event Withdrawal(address indexed account, uint256 value);

    /// @notice `owner` has less than `value`.
    error BalanceTooLow(address owner, uint256 balance, uint256 value);
    /// @notice `owner` allowed `spender` less than `value`.
    error AllowanceTooLow(address owner, address spender, uint256 allowance, uint256 value);
    /// @notice The caller does not take coins.
    error CoinsRefused(address account);

    string public constant name = "Wrapped SERO";
    string public constant symbol = "WSERO";
    uint8 public constant decimals = 18;
    mapping(address owner => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    receive() external payable {
        deposit();
    }

    /// @notice Turns the coins sent along into tokens of the caller.
    function deposit() public payable {
        balanceOf[msg.sender] += msg.value;
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Turns `value` of the caller's tokens into coins.
    function withdraw(uint256 value) external {
        uint256 balance = balanceOf[msg.sender];
        if (balance < value) revert BalanceTooLow(msg.sender, balance, value);
        balanceOf[msg.sender] = balance - value;
        emit Withdrawal(msg.sender, value);
        (bool taken,) = msg.sender.call{value: value}("");
        if (!taken) revert CoinsRefused(msg.sender);
    }

    /// @notice All tokens: the coins that lie here.
    function totalSupply() external view returns (uint256) {
        return address(this).balance;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        if (from != msg.sender && allowed != type(uint256).max) {
            if (allowed < value) revert AllowanceTooLow(from, msg.sender, allowed, value);
            allowance[from][msg.sender] = allowed - value;
        }
        _move(from, to, value);
        return true;
    }

    function _move(address from, address to, uint256 value) private {
        uint256 balance = balanceOf[from];
        if (balance < value) revert BalanceTooLow(from, balance, value);
        balanceOf[from] = balance - value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
    }
}

// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {ERC20} from "../tokens/ERC20.sol";
import {ERC721} from "../tokens/ERC721.sol";

/// @title For tests: an honest token that anybody may mint
contract TestToken is ERC20 {
    constructor(string memory name_, string memory symbol_, uint8 decimals_) ERC20(name_, symbol_, decimals_) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }
}

/// @title For tests: honest items that anybody may mint
contract TestTicket is ERC721 {
    constructor(string memory name_, string memory symbol_) ERC721(name_, symbol_) {}

    function mint(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }

    function tokenURI(uint256) external pure override returns (string memory) {
        return "";
    }
}

/// @title For tests: takes any call and coins, calls what it is told to, and remembers how that ended
/// @dev Plays the receiver, the hook, the operator and the victim's contract.
contract Puppet {
    event Called(address indexed target, bool ok, bytes output);

    address public target;
    bytes public data;
    uint256 public value;
    uint256 public runs;
    bool public lastOk;
    bytes public lastOutput;
    bytes4 public answer;

    receive() external payable {}

    /// @notice What to do whenever anything else than these functions is called; and the selector to answer with.
    function prepare(address target_, uint256 value_, bytes calldata data_, bytes4 answer_) external {
        target = target_;
        value = value_;
        data = data_;
        answer = answer_;
    }

    /// @notice Calls, and fails if that fails.
    function perform(address to, uint256 worth, bytes calldata input) external payable returns (bytes memory output) {
        bool ok;
        (ok, output) = to.call{value: worth}(input);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(output, 0x20), mload(output))
            }
        }
    }

    /// @dev Every hook and receiver function ends here.
    fallback() external payable {
        if (target != address(0)) {
            runs++;
            (lastOk, lastOutput) = target.call{value: value}(data);
            emit Called(target, lastOk, lastOutput);
        }
        bytes32 word = answer;
        assembly ("memory-safe") {
            mstore(0, word)
            return(0, 32)
        }
    }
}

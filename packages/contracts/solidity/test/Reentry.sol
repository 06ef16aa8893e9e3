// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

import {POOL} from "../base/SeroPool.sol";
import {ERC20} from "../tokens/ERC20.sol";
import {ERC721} from "../tokens/ERC721.sol";

/// @title For tests: runs a prepared call in the middle of every transfer and remembers how that ended
abstract contract Reenters {
    address public target;
    bytes public data;
    bool public creates;
    uint256 public runs;
    bool public lastOk;
    bytes public lastOutput;

    /// @notice What to call within transfers. With `creates_` a contract is created whose constructor makes the call.
    function prepare(address target_, bytes calldata data_, bool creates_) external {
        target = target_;
        data = data_;
        creates = creates_;
    }

    function _reenter() internal {
        if (target == address(0)) return;
        runs++;
        if (creates) {
            ConstructorCaller child = new ConstructorCaller(target, data);
            (lastOk, lastOutput) = (child.ok(), child.output());
        } else {
            (lastOk, lastOutput) = target.call(data);
        }
    }
}

/// @title For tests: calls from its constructor, when it has no code yet
contract ConstructorCaller {
    bool public ok;
    bytes public output;

    constructor(address target, bytes memory data) {
        (ok, output) = target.call(data);
    }
}

/// @title For tests: a token that tries to shield itself while it is being made, and has no code
contract ConstructorToken is ERC20 {
    constructor(uint256 inner, bool swallow) ERC20("Newborn", "NEW", 18) {
        _mint(address(this), 1000);
        _approve(address(this), address(POOL), 1000);
        try POOL.shieldToken(inner, address(this), 1000, "") {}
        catch (bytes memory reason) {
            if (!swallow) {
                assembly ("memory-safe") {
                    revert(add(reason, 0x20), mload(reason))
                }
            }
        }
    }

    function shield(uint256 inner) external {
        POOL.shieldToken(inner, address(this), 1000, "");
    }
}

/// @title For tests: a token that calls back, before or after it moved
contract ReenteringToken is ERC20, Reenters {
    bool public before;

    constructor() ERC20("Reenter", "REE", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function setBefore(bool before_) external {
        before = before_;
    }

    /// @notice Lets the token itself hold and shield: what it calls has it as msg.sender.
    function approveFor(address spender, uint256 value) external {
        _approve(address(this), spender, value);
    }

    function _move(address from, address to, uint256 value) internal override {
        if (before) _reenter();
        super._move(from, to, value);
        if (!before) _reenter();
    }
}

/// @title For tests: items that call back while they move
contract ReenteringTicket is ERC721, Reenters {
    constructor() ERC721("Reenter", "REE") {}

    function mint(address to, uint256 tokenId) external {
        _mint(to, tokenId);
    }

    function tokenURI(uint256) external pure override returns (string memory) {
        return "";
    }

    function _move(address from, address to, uint256 tokenId) internal override {
        super._move(from, to, tokenId);
        _reenter();
    }
}

/// @title For tests: hooks as in ERC-777: the sender's before, the receiver's after the balances change
/// @dev A hook is any contract, also for an account without code: it is called with `tokensToSend` or `tokensReceived`.
contract HookToken is ERC20 {
    mapping(address account => address) public hookOf;

    constructor() ERC20("Hook", "HOOK", 18) {}

    function mint(address to, uint256 value) external {
        _mint(to, value);
    }

    function setHook(address account, address hook) external {
        hookOf[account] = hook;
    }

    function _move(address from, address to, uint256 value) internal override {
        _call(hookOf[from], "tokensToSend(address,address,uint256)", from, to, value);
        super._move(from, to, value);
        _call(hookOf[to], "tokensReceived(address,address,uint256)", from, to, value);
    }

    function _call(address hook, string memory signature, address from, address to, uint256 value) private {
        if (hook == address(0)) return;
        (bool ok,) = hook.call(abi.encodeWithSignature(signature, from, to, value));
        require(ok, "hook failed");
    }
}

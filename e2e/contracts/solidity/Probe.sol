// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

contract Child {
    address public immutable maker = msg.sender;

    function end(address payable to) external {
        selfdestruct(to);
    }
}

/// What an ordinary transaction decides around its call: nonces and create addresses, refunds, transient storage, what is warm, tx.origin.
contract Probe {
    event Seen(address sender, address origin, uint256 value, uint256 gasPrice, uint256 baseFee, uint256 chain);
    event Made(address child);
    event Spent(uint256 gas);

    error Refused(uint256 code, string reason);

    uint256[64] private slots;
    uint256 public kept;

    receive() external payable {}

    function see() external payable {
        emit Seen(msg.sender, tx.origin, msg.value, tx.gasprice, block.basefee, block.chainid);
    }

    function fill(uint256 count) external {
        for (uint256 i = 0; i < count; i++) slots[i] = i + 1;
    }

    /// Many clears: the refund comes to more than the fifth that EIP-3529 allows.
    function clear(uint256 count) external {
        for (uint256 i = 0; i < count; i++) slots[i] = 0;
    }

    /// Dirty slots restored to what they were (EIP-2200).
    function touch(uint256 count) external {
        for (uint256 i = 0; i < count; i++) {
            slots[i] += 1;
            slots[i] -= 1;
        }
    }

    function make() external {
        emit Made(address(new Child()));
    }

    function make2(bytes32 salt) external {
        emit Made(address(new Child{salt: salt}()));
    }

    /// EIP-6780: made and ended in one transaction, so that it is gone; its coin goes to `to`.
    function makeAndEnd(address payable to) external payable {
        Child child = new Child();
        (bool sent,) = address(child).call{value: 0}(abi.encodeCall(Child.end, (to)));
        require(sent);
        emit Made(address(child));
    }

    /// Adds one to a transient slot and stores what it holds then: 1 in every transaction of its own.
    function transient1() external {
        uint256 value;
        assembly {
            value := add(tload(7), 1)
            tstore(7, value)
        }
        kept = value;
    }

    /// Gas of reading addresses that a transaction makes warm: the sender, this contract, the proposer (EIP-3651), a precompile.
    function warm() external {
        uint256 before = gasleft();
        uint256 sum = msg.sender.balance + address(this).balance + block.coinbase.balance + address(4).balance;
        uint256 spent = before - gasleft();
        emit Spent(spent + (sum == type(uint256).max ? 1 : 0));
    }

    function copy(uint256 size) external returns (bytes32) {
        bytes memory data = new bytes(size);
        kept = size;
        return keccak256(data);
    }

    function refuse(uint256 code) external pure {
        revert Refused(code, "as asked");
    }

    function refuseText() external pure {
        revert("as asked");
    }

    function burn() external pure {
        assert(false);
    }

    function loop() external {
        while (true) kept++;
    }

    function pay(address payable to, uint256 amount) external payable {
        (bool sent,) = to.call{value: amount}("");
        require(sent, "not sent");
    }
}

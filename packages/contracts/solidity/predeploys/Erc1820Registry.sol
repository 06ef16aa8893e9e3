// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title What an implementer for another account answers to (ERC-1820)
interface IErc1820Implementer {
    /// @return keccak256("ERC1820_ACCEPT_MAGIC") if it implements `interfaceHash` for `account`.
    function canImplementInterfaceForAddress(bytes32 interfaceHash, address account) external view returns (bytes32);
}

/// @title Who implements which interface for whom, at 0x1820a4B7618BdE71Dce8cdc73aAB6C95905faD24
/// @notice Our own implementation of ERC-1820. Needed by ERC-777 tokens.
contract Erc1820Registry {
    event InterfaceImplementerSet(address indexed account, bytes32 indexed interfaceHash, address indexed implementer);
    event ManagerChanged(address indexed account, address indexed newManager);

    bytes32 private constant ACCEPT = keccak256("ERC1820_ACCEPT_MAGIC");
    bytes4 private constant INVALID_ID = 0xffffffff;
    bytes4 private constant ERC165_ID = 0x01ffc9a7;
    uint256 private constant ERC165_GAS = 30_000;

    mapping(address account => mapping(bytes32 hash => address)) private _implementers;
    mapping(address account => address) private _managers;
    mapping(address account => mapping(bytes4 interfaceId => bool)) private _asked;

    /// @notice The implementer of an interface for `account` (0: the caller). An ERC-165 id (28 zero bytes at the end) is asked of it.
    function getInterfaceImplementer(address account, bytes32 hash) external view returns (address) {
        address of_ = _orSender(account);
        if (_isErc165(hash)) return implementsERC165Interface(of_, bytes4(hash)) ? of_ : address(0);
        return _implementers[of_][hash];
    }

    /// @notice The manager of `account` (0: the caller) says who implements an interface for it; 0: nobody.
    function setInterfaceImplementer(address account, bytes32 hash, address implementer) external {
        address of_ = _orSender(account);
        require(getManager(of_) == msg.sender, "Not the manager");
        require(!_isErc165(hash), "Must not be an ERC165 hash");
        if (implementer != address(0) && implementer != msg.sender) {
            bytes32 answer = IErc1820Implementer(implementer).canImplementInterfaceForAddress(hash, of_);
            require(answer == ACCEPT, "Does not implement the interface");
        }
        _implementers[of_][hash] = implementer;
        emit InterfaceImplementerSet(of_, hash, implementer);
    }

    /// @notice The manager of `account` hands that office on; 0 or `account`: to itself.
    function setManager(address account, address newManager) external {
        require(getManager(account) == msg.sender, "Not the manager");
        _managers[account] = newManager == account ? address(0) : newManager;
        emit ManagerChanged(account, newManager);
    }

    /// @notice Who may set implementers of `account`: at first itself.
    function getManager(address account) public view returns (address) {
        address manager = _managers[account];
        return manager == address(0) ? account : manager;
    }

    function interfaceHash(string calldata interfaceName) external pure returns (bytes32) {
        return keccak256(bytes(interfaceName));
    }

    /// @notice Asks `account` by ERC-165 and remembers the answer.
    function updateERC165Cache(address account, bytes4 interfaceId) external {
        bool implemented = implementsERC165InterfaceNoCache(account, interfaceId);
        _implementers[account][bytes32(interfaceId)] = implemented ? account : address(0);
        _asked[account][interfaceId] = true;
    }

    /// @notice The remembered answer, or a new one if none is remembered.
    function implementsERC165Interface(address account, bytes4 interfaceId) public view returns (bool) {
        if (!_asked[account][interfaceId]) return implementsERC165InterfaceNoCache(account, interfaceId);
        return _implementers[account][bytes32(interfaceId)] == account;
    }

    /// @notice Asks `account` by ERC-165.
    function implementsERC165InterfaceNoCache(address account, bytes4 interfaceId) public view returns (bool) {
        return _says(account, ERC165_ID) && !_says(account, INVALID_ID) && _says(account, interfaceId);
    }

    function _says(address account, bytes4 interfaceId) private view returns (bool yes) {
        bytes memory data = abi.encodeWithSelector(ERC165_ID, interfaceId);
        uint256 gasForIt = ERC165_GAS;
        assembly ("memory-safe") {
            mstore(0, 0)
            yes := staticcall(gasForIt, account, add(data, 32), mload(data), 0, 32)
            yes := and(yes, and(gt(returndatasize(), 31), eq(mload(0), 1)))
        }
    }

    function _orSender(address account) private view returns (address) {
        return account == address(0) ? msg.sender : account;
    }

    function _isErc165(bytes32 hash) private pure returns (bool) {
        return uint256(hash) & type(uint224).max == 0;
    }
}

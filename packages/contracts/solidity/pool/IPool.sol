// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity ^0.8.20;

/// @title The SERO Pool
/// @notice All hidden assets of the chain lie in this one contract, at 0x0000000000000000000000000000000000005e50. Contracts use it to
/// pay hidden owners and to hold packages; users never call it directly for spending: a note is spent only by a transaction of type 0x5e.
/// @dev Words used throughout:
///  - `inner`: a one-time number below the field's order that stands for a hidden owner, handed out by his wallet (a "receive slot" or
///    an entry of a transaction's `returns`). Whoever holds the wallet finds the note; nobody else learns who that is.
///  - `note`: empty, or one ciphertext of exactly 290 bytes in the standard format, so that an owner who gave an address finds the note.
///  - `asset`: 0 is the coin; otherwise Poseidon(D_ASSET, kind, token, id / 2^128, id mod 2^128).
///  - `kind`: 1 a token (ERC-20, id 0), 2 a ticket (one item of an ERC-721 contract, value 1).
interface IPool {
    // ---------------------------------------------------------------- events

    /// @notice A note of public asset and value was made for the hidden owner that `inner` stands for.
    event NoteCompleted(uint256 indexed asset, uint256 inner, uint256 value, bytes note);
    /// @notice An asset was shielded for the first time.
    event AssetRegistered(uint256 indexed asset, uint8 kind, address indexed token, uint256 id);
    /// @notice A transaction of type 0x5e made a package. Written by the state transition, before all other logs of the transaction.
    event PackageCreated(bytes32 indexed id, uint256 commitment, address indexed controller);
    /// @notice A package has a new controller.
    event PackageTransferred(bytes32 indexed id, address indexed from, address indexed to);
    /// @notice A package became an ordinary note of whoever its commitment names.
    event PackageReleased(bytes32 indexed id, uint256 commitment);
    /// @notice A package was used up by a repack. One for each input, before the outputs' events.
    event PackageRepacked(bytes32 indexed id);
    /// @notice A repack made a note.
    event NoteRepacked(uint256 commitment, bytes note);
    /// @notice A repack made a package.
    event PackageSealed(bytes32 indexed id, uint256 commitment, address indexed controller, bytes note);
    /// @notice A verifying key was registered; `holder`'s code is 0x00 followed by the key's bytes.
    event KeyRegistered(bytes32 indexed vkId, address holder);

    // ---------------------------------------------------------------- errors

    /// @notice The Pool is in the middle of moving an asset, and what it called called back.
    error PoolLocked();
    /// @notice Only the chain itself may call this function.
    error NotSystem();
    /// @notice Coins are taken by `shieldCoin` alone.
    error UseShieldCoin();
    /// @notice `inner` must be below the field's order r.
    error InnerOutOfRange(uint256 inner);
    /// @notice A value must be above 0 and below 2^128.
    error ValueOutOfRange(uint256 value);
    /// @notice `note` must be empty or exactly 290 bytes; in a repack exactly 290 bytes.
    error WrongNoteLength(uint256 length);
    /// @notice There is no contract at this address (a contract under construction has no code yet).
    error NoCode(address token);
    /// @notice The address was or is found to be of the other kind: tickets can't be shielded as tokens, nor tokens as tickets.
    error WrongKind(address token, uint256 kind);
    /// @notice The token reverted, returned false or returned nonsense. For a shield: was the Pool approved?
    error TokenCallFailed(address token);
    /// @notice The Pool's balance did not grow, or not by an amount below 2^128.
    error NothingReceived(address token);
    /// @notice The token's transfer moved nothing out of the Pool, or more than was asked for.
    error WrongAmountMoved(address token, uint256 before, uint256 afterwards);
    /// @notice The ticket does not belong to the caller (for a shield), or did not arrive where it was sent.
    error WrongTicketOwner(address token, uint256 id, address owner);
    /// @notice A note for this ticket exists already.
    error TicketAlreadyShielded(address token, uint256 id);
    /// @notice Tickets are taken by `shieldTicket` alone; one that is sent would be lost.
    error UseShieldTicket();
    /// @notice This asset was never shielded, or is the coin, which the chain itself moves.
    error UnknownAsset(uint256 asset);
    /// @notice More would leave than ever came in.
    error TurnstileExceeded(uint256 asset, uint256 available, uint256 amount);
    /// @notice `closeReturn` without the matching `openReturn`.
    error NoOpenReturn();
    /// @notice No package has this id (now).
    error UnknownPackage(bytes32 id);
    /// @notice The caller does not control this package.
    error NotController(bytes32 id, address controller);
    /// @notice A package can't be controlled by nobody or by the Pool.
    error WrongController(address controller);
    /// @notice The receiver has no `onPackageReceived`, reverted, or did not answer with its selector.
    error PackageRefused(address receiver);
    /// @notice Ids of a repack must be strictly increasing; 0 may stand only for a missing second one.
    error IdsNotIncreasing();
    /// @notice An output's kind is neither 0 (note) nor 1 (package).
    error UnknownKind(uint256 kind);
    /// @notice A commitment must be above 0 and below the field's order r.
    error CommitmentOutOfRange(uint256 commitment);
    /// @notice There is a package of this id already.
    error PackageExists(bytes32 id);
    /// @notice The proof does not hold for these packages, outputs, this caller and this chain.
    error ProofRefused();
    /// @notice This chain has no repack key.
    error RepackUnavailable();
    /// @notice No key is registered under this id.
    error UnknownKey(bytes32 vkId);
    /// @notice The bytes can't be a verifying key, or the key is one that lets somebody forge proofs.
    error KeyRefused();
    /// @notice A proof is 256 bytes long.
    error WrongProofLength(uint256 length);
    /// @notice The key is for another number of public inputs.
    error WrongInputCount(uint256 count, uint256 expected);
    /// @notice A precompile of the chain did not answer (out of gas, or another chain).
    error PrecompileFailed(address precompile);

    // ---------------------------------------------------------------- paying hidden owners

    /// @notice Makes the coins sent along a note of the hidden owner `inner`.
    /// @param inner below r. @param note empty or 290 bytes.
    function shieldCoin(uint256 inner, bytes calldata note) external payable;

    /// @notice Takes `amount` of an ERC-20 from the caller, who approved the Pool before, and makes what arrived a note of `inner`.
    /// @dev The note's value is the measured increase of the Pool's balance: less than `amount` for a token that takes a fee.
    /// @param inner below r. @param token must have code and not be an ERC-721. @param amount in the token's smallest unit.
    /// @param note empty or 290 bytes. A token that takes a fee makes the value inside wrong; leave it empty then.
    function shieldToken(uint256 inner, address token, uint256 amount, bytes calldata note) external;

    /// @notice Takes item `id` of an ERC-721 from the caller, who owns it and approved the Pool, and makes it a note of `inner`.
    /// @param inner below r. @param token answers true to ERC-165's supportsInterface(0x80ac58cd). @param note empty or 290 bytes.
    function shieldTicket(uint256 inner, address token, uint256 id, bytes calldata note) external;

    // ---------------------------------------------------------------- what contracts may ask

    /// @notice Whether `root` is the note tree's root after one of the last 1,024 blocks.
    function isKnownRoot(uint256 root) external view returns (bool);
    /// @notice The asset number of a token (kind 1, id 0) or ticket (kind 2); (0, 0, 0) is the coin, 0. It need not be registered.
    function assetIdOf(uint8 kind, address token, uint256 id) external view returns (uint256 asset);
    /// @notice How much of `asset` may leave the Pool, in its smallest unit.
    function turnstile(uint256 asset) external view returns (uint256 amount);
    /// @notice What a registered asset is; kind 0 for the coin and for what was never shielded.
    function assetOf(uint256 asset) external view returns (uint8 kind, address token, uint256 id);
    /// @notice The kind a token address got at its first shield, for ever; 0: never shielded.
    function kindOf(address token) external view returns (uint256 kind);

    // ---------------------------------------------------------------- proofs

    /// @notice Registers a Groth16 verifying key for `verify`. Registering it again changes nothing.
    /// @dev Refuses keys with which proofs can be forged (delta equal to gamma or the generator, development keys on a real chain, ...).
    /// Who made the key alone can still forge: use keys from a ceremony.
    /// @param vk alpha 64 | beta 128 | gamma 128 | delta 128 | IC 64 each, in EIP-197's byte order; at most 375 public inputs.
    /// @param delta1 delta in G1, 64 bytes, for the check e(delta1, G2) = e(G1, delta).
    /// @return vkId keccak256(vk).
    function registerKey(bytes calldata vk, bytes calldata delta1) external returns (bytes32 vkId);

    /// @notice Whether `proof` holds for `inputs` under a registered key.
    /// @dev Reverts for an unknown key, another number of inputs and a proof that is not 256 bytes; false for all else, also for an
    /// input that is not below r. Reverts when out of gas: false always means that the proof is false.
    function verify(bytes32 vkId, bytes calldata proof, uint256[] calldata inputs) external view returns (bool);

    // ---------------------------------------------------------------- packages

    /// @notice A package's commitment and controller; both 0 if there is none of this id (any more).
    function packageOf(bytes32 id) external view returns (uint256 commitment, address controller);

    /// @notice Hands the caller's package on. Until it is released it belongs to its controller together with whoever knows the contents.
    function transferPackage(bytes32 id, address to) external;

    /// @notice Hands the caller's package on to a contract and calls its `onPackageReceived(caller, id, data)`.
    /// @dev The Pool is locked during that call: the receiver can't hand on, release or repack within it.
    function transferPackageAndCall(bytes32 id, address to, bytes calldata data) external;

    /// @notice Moves the caller's package into the note tree: it becomes a note of whoever its contents name.
    function releasePackage(bytes32 id) external;

    /// @notice Turns one or two packages of the caller into three notes or packages with the same hidden contents in sum.
    /// @dev The proof's public inputs are (ctx, inCm[2], outCms[3]); ctx = keccak256(abi.encodePacked("SERO/repack/1", genesisId, chain
    /// id, Pool, caller, ids, outCms, kinds as uint256, controllers, keccak256 of each note)) mod r, computed here: a proof is of use to
    /// this caller and for exactly this call.
    /// @param ids strictly increasing; ids[1] may be 0: only one package goes in.
    /// @param outCms above 0 and below r. @param kinds 0 note, 1 package.
    /// @param controllers of packages; 0 for notes. @param notes one ciphertext of 290 bytes each. @param proof 256 bytes.
    /// @return newIds keccak256("SERO/package/2" || ctx || output number as uint256 || commitment) for packages, 0 for notes.
    function repack(
        bytes32[2] calldata ids,
        uint256[3] calldata outCms,
        uint8[3] calldata kinds,
        address[3] calldata controllers,
        bytes[3] calldata notes,
        bytes calldata proof
    ) external returns (bytes32[3] memory newIds);

    // ---------------------------------------------------------------- called by the chain alone

    /// @notice Sends `amount` of a registered asset (1 for a ticket) to the pseudonym `to`.
    function unshieldTo(address to, uint256 asset, uint256 amount) external;

    /// @notice Begins to take back all of a token that the pseudonym `from` holds.
    /// @return balance what `from` holds. If it is 0, nothing was begun; else the Pool is locked until `closeReturn`.
    function openReturn(address token, address from) external returns (uint256 balance);

    /// @notice Makes what arrived since `openReturn` a note of `inner` and opens the Pool again.
    function closeReturn(uint256 inner, address token) external returns (uint256 credit);

    /// @notice Begins to take back a ticket.
    /// @return owned whether `from` owns it. If not, nothing was begun; else the Pool is locked until `closeReturnTicket`.
    function openReturnTicket(address token, uint256 id, address from) external returns (bool owned);

    /// @notice Makes the ticket, which the Pool must own by now, a note of `inner` and opens the Pool again.
    function closeReturnTicket(uint256 inner, address token, uint256 id) external;
}

/// @title What a contract implements to be given packages by `transferPackageAndCall`.
interface IPackageReceiver {
    /// @notice Called by the Pool after the package's controller became this contract. Check that msg.sender is the Pool.
    /// @param from the controller before. @param id of the package. @param data what the sender said about it: a claim, not a proof.
    /// @return this function's selector, or the transfer is undone.
    function onPackageReceived(address from, bytes32 id, bytes calldata data) external returns (bytes4);
}

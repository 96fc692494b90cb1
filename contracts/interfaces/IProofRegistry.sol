// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What a link does. The order is that of `ACTIONS` in sdk/src/protocol.
enum Action {
    Create,
    Delete
}

/// @notice Where a binding stands.
/// - `None`: never claimed by this avatar.
/// - `Claimed`: the avatar signed for it, the other side has not confirmed.
/// - `Confirmed`: both sides stand for it.
/// - `Deleted`: the avatar, or the bound wallet, took it back.
enum Status {
    None,
    Claimed,
    Confirmed,
    Deleted
}

/// @notice One link of a proof chain as it is handed in.
struct Submission {
    Action action;
    /// 1 to 32 characters of a-z, 0-9, `_` and `-`.
    string platform;
    /// 1 to 255 bytes of UTF-8 without control characters and without what JSON escapes (`"`, `\`, `<`, `>`, `&`,
    /// U+2028, U+2029); signed as it stands here, so already in the platform's normal form.
    string identity;
    bytes16 uuid;
    /// Unix seconds, as signed.
    uint64 createdAt;
    /// The signature that the text's `prev` quotes, 65 bytes as they were published (v in {0, 1, 27, 28}); empty for null.
    bytes previous;
    /// The avatar's EIP-191 signature, 65 bytes, v in {0, 1, 27, 28}, low s. Empty in `release`.
    bytes signature;
    /// The avatar's public key X ‖ Y, 64 bytes. Required with an avatar's first link, in `release` and on two-sided
    /// platforms, whose text names it; else empty.
    bytes publicKey;
    /// The other side's confirmation. On `ethereum`: the wallet's signature over the same text (65 bytes, or what ERC-1271
    /// takes). Elsewhere: attestations one behind the other, as IAttesterRegistry has them; may be empty.
    bytes proof;
    /// Where the other side's confirmation was published; at most 1024 printable ASCII characters. Not signed.
    string proofLocation;
    /// The platform's stable account id that the attestations name; at most 255 printable ASCII characters.
    string accountId;
}

/// @title Proof chains and bindings
/// @notice Keeps, per avatar, the head of a log of signed links, and per (avatar, platform, identity) where the binding
/// stands. It has no owner, no pause and no upgrade; anybody may hand in anybody's links, since every link carries its
/// signatures.
///
/// Readers of the events may rely on these invariants:
/// 1. Of one avatar, `LinkAppended.sequence` counts 1, 2, 3, … without a gap. Before the first stand AvatarRegistered and,
///    where its text quotes a previous signature, ChainImported.
/// 2. (`r`, `vs`) recovers to `avatar` over the EIP-191 digest of the text that SignPayload.sol builds; the text's `prev` is
///    the previous link's r ‖ s and `previousV`, the bytes of ChainImported, or null.
/// 3. `linkId` is keccak256(abi.encode(digest, keccak256(r ‖ s ‖ v))) with v in {0, 1}, one byte.
/// 4. keccak256(x ‖ y) of AvatarRegistered ends with `avatar`.
/// 5. `createdAt` never decreases along a chain.
/// 6. A binding becomes Confirmed only by a LinkAppended whose own `status` says so, or by a BindingConfirmed that names
///    the `linkId` of its latest create; it becomes Deleted only by a LinkAppended with Action.Delete or a BindingReleased.
/// 7. All strings in events are well-formed UTF-8 without U+0000, and of bounded length.
interface IProofRegistry {
    /// @notice An avatar's first link was accepted; (`x`, `y`) is its public key.
    event AvatarRegistered(address indexed avatar, bytes32 x, bytes32 y);

    /// @notice An imported chain begins with a link whose `prev` quotes a signature that this registry has not.
    event ChainImported(address indexed avatar, bytes previous);

    /// @notice A link was accepted.
    /// @param sequence Its place in the avatar's chain, from 1.
    /// @param status Where the binding stands after it.
    /// @param previousV The last byte of the signature that `prev` quotes, in {0, 1, 27, 28}, as it was published: its first
    /// 64 bytes are those of the previous link's. NO_PREVIOUS where `prev` is null.
    /// @param r First half of the avatar's signature.
    /// @param vs Second half, with v in the highest bit (ERC-2098).
    /// @param proof As submitted; likewise proofLocation and accountId.
    event LinkAppended(
        address indexed avatar,
        bytes32 indexed linkId,
        bytes32 indexed identityKey,
        uint256 sequence,
        Status status,
        Action action,
        string platform,
        string identity,
        bytes16 uuid,
        uint64 createdAt,
        uint8 previousV,
        bytes32 r,
        bytes32 vs,
        bytes proof,
        string proofLocation,
        string accountId
    );

    /// @notice A quorum of attesters confirmed a claim made by an earlier link, and saw its proof at `proofLocation`.
    event BindingConfirmed(
        address indexed avatar,
        bytes32 indexed linkId,
        bytes32 indexed identityKey,
        string proofLocation,
        string accountId,
        bytes attestations
    );

    /// @notice The bound wallet itself took a binding back. No link of the avatar's chain: its head did not move.
    event BindingReleased(address indexed avatar, bytes32 indexed identityKey, Submission release);

    /// @notice Thrown when `previous` is not the signature at the head of the avatar's chain. Also when the link itself is
    /// already there, and when the signature was made over another text: it then recovers to a stranger without links.
    error ProofRegistryStaleHead(address avatar, bytes24 head);
    /// @notice Thrown when `publicKey` is missing or not the avatar's.
    error ProofRegistryInvalidPublicKey(address avatar);
    /// @notice Thrown when `createdAt` lies before that of the avatar's previous link, or too far in the future.
    error ProofRegistryInvalidCreatedAt(uint64 createdAt, uint64 earliest, uint64 latest);
    /// @notice Thrown when the wallet's signature does not verify for the wallet that `identity` names.
    error ProofRegistryInvalidWalletSignature(string identity);
    /// @notice Thrown when an `ethereum` identity is not `0x` and 40 lower-case hex digits.
    error ProofRegistryInvalidWallet(string identity);
    /// @notice Thrown when a field carries what this platform and action have no use for.
    error ProofRegistryUnexpectedField();
    /// @notice Thrown when there is no such binding in a state that the call could change.
    error ProofRegistryNoSuchBinding(address avatar, bytes32 identityKey, Status status);
    /// @notice Thrown when the same release (by the EIP-191 digest of its text) was made before.
    error ProofRegistryAlreadyReleased(bytes32 payloadHash);
    /// @notice Thrown when too few attesters stand for the claim.
    error ProofRegistryNoQuorum(bytes32 linkId);

    /// @notice Appends a link to its avatar's chain.
    /// @dev A create on `ethereum` is confirmed at once by the wallet's signature; any other by a quorum of attestations,
    /// and without one it is Claimed. Creating again what is bound replaces the binding: it stands as the new link says.
    /// A delete needs nobody else, and no binding to exist.
    /// @return linkId keccak256(abi.encode(EIP-191 digest of the text, keccak256(canonical signature))).
    function append(Submission calldata link) external returns (bytes32 linkId);

    /// @notice Confirms a claim with a quorum of attestations over the link that made it.
    /// @param platform The claim's platform.
    /// @param identity The claim's identity.
    /// @param proofLocation Where the confirmation was published. It replaces the claim's: anybody may have handed that in.
    function confirm(
        address avatar,
        string calldata platform,
        string calldata identity,
        bytes32 linkId,
        string calldata proofLocation,
        string calldata accountId,
        bytes calldata attestations
    ) external;

    /// @notice Deletes a binding by the bound wallet's signature over the text of a delete. `createdAt` must not lie before
    /// the binding's own, so that a release that was kept back cannot undo a newer binding; nor can one that was made, since
    /// each is good for once, and a signer's clock may run ahead. `previous` may be any.
    function release(Submission calldata link) external;

    /// @notice Where a binding stands, since when (for a wallet: `createdAt` of its link; for an account: when attesters
    /// last saw it), and the first 24 bytes of the linkId that made it.
    function statusOf(
        address avatar,
        string calldata platform,
        string calldata identity
    ) external view returns (Status status, uint64 asOf, bytes24 link);

    /// @notice Whether both sides stand for the binding.
    function isBound(address avatar, string calldata platform, string calldata identity) external view returns (bool);

    /// @notice The first 24 bytes of keccak256(canonical signature of the avatar's last link); zero without links. 192 bits
    /// leave the chain's state in one slot, and a second link with the same head out of reach.
    function headOf(address avatar) external view returns (bytes24);

    /// @notice How many links the avatar's chain has.
    function lengthOf(address avatar) external view returns (uint256);
}

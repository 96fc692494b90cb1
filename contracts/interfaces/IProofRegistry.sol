// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAttesterRegistry} from "./IAttesterRegistry.sol";

/// @notice What a link does. The order is that of `ACTIONS` in sdk/src/protocol.
enum Action {
    Create,
    Delete
}

/// @notice Where a binding stands.
/// - `None`: never claimed by this avatar.
/// - `Claimed`: the avatar signed for it, the other side has not confirmed.
/// - `Confirmed`: both sides stand for it.
/// - `Deleted`: the avatar, or the other side, took it back.
/// - `Suspended`: a quorum of attesters saw the other side's confirmation gone.
enum Status {
    None,
    Claimed,
    Confirmed,
    Deleted,
    Suspended
}

/// @notice Why a link of a batch was refused. `append` reverts with the error named beside each.
/// - `InvalidHeader`: ProofRegistryInvalidHeader.
/// - `InvalidText`: TextInvalidLength, TextInvalidCharacter.
/// - `InvalidSignature`: ProofRegistryInvalidSignature.
/// - `InvalidPublicKey`: ProofRegistryInvalidPublicKey.
/// - `StaleHead`: ProofRegistryStaleHead.
/// - `InvalidCreatedAt`: ProofRegistryInvalidCreatedAt.
/// - `UnexpectedProof`: ProofRegistryUnexpectedProof.
/// - `InvalidIdentity`: ProofRegistryInvalidIdentity.
/// - `InvalidProof`: ProofRegistryInvalidProof.
/// - `InvalidAttestations`: one of Attestations.sol.
enum Refusal {
    None,
    InvalidHeader,
    InvalidText,
    InvalidSignature,
    InvalidPublicKey,
    StaleHead,
    InvalidCreatedAt,
    UnexpectedProof,
    InvalidIdentity,
    InvalidProof,
    InvalidAttestations
}

/// @notice One link of a proof chain as it is handed in.
struct Submission {
    /// As Header.sol has it: uuid (16 bytes) ‖ createdAt (5; Unix seconds, as signed) ‖ zero (8) ‖ previousV (1) ‖ action (1)
    /// ‖ zero (1). `previousV` is the last byte, in {0, 1, 27, 28}, of the signature that the text's `prev` quotes, as it was
    /// published; 255 where `prev` is null.
    bytes32 header;
    /// 1 to 32 characters of a-z, 0-9, `_` and `-`.
    string platform;
    /// 1 to 255 bytes of UTF-8 without control characters and without what JSON escapes (`"`, `\`, `<`, `>`, `&`,
    /// U+2028, U+2029); signed as it stands here, so already in the platform's normal form.
    string identity;
    /// The other 64 bytes of the signature that `prev` quotes; zero for null. In `appendBatch` they may be zero as well: then they are those of
    /// the signature of the link in front.
    bytes32 previousR;
    bytes32 previousS;
    /// The avatar's EIP-191 signature, compact (ERC-2098): r, and s with the parity of v in the highest bit. s must be low.
    /// Zero in `release`.
    bytes32 r;
    bytes32 vs;
    /// The avatar's public key. Required with an avatar's first link, in `release` and on two-sided platforms, whose text
    /// names it; else zero.
    bytes32 publicKeyX;
    bytes32 publicKeyY;
    /// The other side's confirmation. On `ethereum`: the wallet's signature over the same text (65 bytes, or what ERC-1271
    /// takes). On `nextid`: the other avatar's signature over the same text (65 bytes), and Y of its public key (32), since
    /// `identity` has only X. Elsewhere: what attesters say, as Attestations.sol has it; in `appendBatch` it may be the account
    /// id alone, for a link that the batch's attestations cover. Empty: nothing, and the link makes a claim.
    bytes proof;
    /// Where the other side's confirmation was published; at most 1024 printable ASCII characters. Not signed.
    string proofLocation;
}

/// @notice A claim that a list of findings confirms.
struct Confirmation {
    bytes32 bindingKey;
    bytes32 linkId;
    /// As in `confirm`.
    string proofLocation;
    /// The account id of its finding, as Attestations.sol has it.
    bytes account;
    /// Where its finding stands in the list.
    uint256 index;
}

/// @title Proof chains and bindings
/// @notice Keeps, per avatar, the head of a log of signed links, and per (avatar, platform, identity) where the binding
/// stands. It has no owner, no pause and no upgrade; anybody may hand in anybody's links, since every link carries its
/// signatures.
///
/// Readers of the events may rely on these invariants:
/// 1. Of one avatar, the `sequence` in the headers of LinkAppended counts 1, 2, 3, … without a gap. Before the first stand AvatarRegistered and,
///    where its text quotes a previous signature, ChainImported.
/// 2. (`r`, `vs`) recovers to `avatar` over the EIP-191 digest of the text that SignPayload.sol builds; the text's `prev` is
///    the previous link's r ‖ s and `previousV`, the bytes of ChainImported, or null.
/// 3. `linkId` is keccak256(abi.encode(digest, keccak256(r ‖ s ‖ v))) with v in {0, 1}, one byte.
/// 4. keccak256(x ‖ y) of AvatarRegistered ends with `avatar` of the LinkAppended behind it.
/// 5. `createdAt` never decreases along a chain.
/// 6. A binding becomes Confirmed only by a LinkAppended whose header says so, or by a BindingConfirmed or
///    BindingReinstated that names the `linkId` of its latest create; Suspended only by a BindingSuspended that does; Deleted
///    only by a LinkAppended with Action.Delete or a BindingReleased. Confirmed, Suspended and reinstated in turn, its `asOf`
///    only grows.
/// 7. What confirms stands in the log: in the `proof` of LinkAppended, or in `attestations` of BindingConfirmed. Where that
///    is an account id alone, in the last FindingsAttested of the same transaction in front of it, whose `findings` have the
///    hash of `Finding(linkId, true, accountId)`.
/// 8. A LinkRefused changes nothing.
/// 9. All strings in events are well-formed UTF-8 without U+0000, and of bounded length.
interface IProofRegistry {
    /// @notice An avatar's first link was accepted, and its LinkAppended follows at once; (`x`, `y`) is its public key, of which
    /// its address is the hash.
    event AvatarRegistered(bytes32 indexed x, bytes32 y);

    /// @notice An imported chain begins with a link whose `prev` quotes a signature that this registry has not.
    event ChainImported(address indexed avatar, bytes previous);

    /// @notice A link was accepted.
    /// @param header As submitted, and completed: uuid (16 bytes) ‖ createdAt (5) ‖ asOf (5) ‖ sequence (3) ‖ previousV (1) ‖
    /// action (1) ‖ status (1).
    /// - `asOf`: since when the binding stands as `status` says: `createdAt`, or when the attesters who confirm it last
    ///   looked. Zero where there is none.
    /// - `sequence`: the link's place in the avatar's chain, from 1.
    /// - `previousV`: the last byte of the signature that `prev` quotes, in {0, 1, 27, 28}, as it was published: its first
    ///   64 bytes are those of the previous link's. 255 where `prev` is null.
    /// - `status`: where the binding stands after the link.
    /// @param r First half of the avatar's signature.
    /// @param vs Second half, with v in the highest bit (ERC-2098).
    /// @param proof As submitted; likewise proofLocation.
    event LinkAppended(
        address indexed avatar,
        bytes32 indexed linkId,
        bytes32 indexed identityKey,
        bytes32 header,
        string platform,
        string identity,
        bytes32 r,
        bytes32 vs,
        bytes proof,
        string proofLocation
    );

    /// @notice A link of a batch was refused, and changed nothing.
    /// @param index Its place in the batch, from 0.
    /// @param linkId Zero where the text or the signature is such that it has none.
    event LinkRefused(uint256 indexed index, bytes32 indexed linkId, Refusal reason);

    /// @notice Attesters signed a list of findings that the events behind this one, in the same transaction, rely on.
    /// @param findings The EIP-712 struct hash of each `Finding(bytes32 linkId,bool found,string accountId)`.
    /// @param checkedAt The latest time at which one of the attesters looked.
    /// @param attestations As submitted.
    event FindingsAttested(bytes32[] findings, uint64 checkedAt, bytes attestations);

    /// @notice A quorum of attesters confirmed the claim that an earlier link made.
    /// @param proofLocation Where they saw its proof, in place of what the link says; empty: where the link says.
    /// @param attestations What they say, as Attestations.sol has it.
    event BindingConfirmed(
        bytes32 indexed bindingKey,
        bytes32 indexed linkId,
        string proofLocation,
        bytes attestations
    );

    /// @notice An entry of `confirmBatch` was refused, and changed nothing.
    /// @param index Its place among the confirmations, from 0.
    event ConfirmationRefused(uint256 indexed index, bytes32 indexed linkId);

    /// @notice A quorum of attesters saw the confirmation gone.
    event BindingSuspended(bytes32 indexed bindingKey, bytes32 indexed linkId, bytes attestations);

    /// @notice A quorum of attesters saw the confirmation back.
    event BindingReinstated(bytes32 indexed bindingKey, bytes32 indexed linkId, bytes attestations);

    /// @notice The other side itself, a wallet or an alias, took a binding back. No link of the avatar's chain: its head did
    /// not move.
    event BindingReleased(address indexed avatar, bytes32 indexed identityKey, Submission release);

    /// @notice A wallet named its avatar; zero: none any more.
    event AvatarSet(address indexed wallet, address indexed avatar);

    /// @notice Thrown when the signature recovers to nobody with a low s.
    error ProofRegistryInvalidSignature(bytes32 payloadHash, bytes32 r, bytes32 vs);
    /// @notice Thrown when a header has something where there should be zero, an action or `previousV` that there is not, a
    /// `createdAt` without ten digits, or 255 for `previousV` beside a signature.
    error ProofRegistryInvalidHeader(bytes32 header);
    /// @notice Thrown when what `prev` quotes is not the signature at the head of the avatar's chain. Also when the link itself
    /// is already there.
    error ProofRegistryStaleHead(address avatar, bytes24 head);
    /// @notice Thrown when the public key is missing or not the avatar's. Also when the signature was made over another text: it
    /// then recovers to a stranger without links.
    error ProofRegistryInvalidPublicKey(address avatar);
    /// @notice Thrown when `createdAt` lies before that of the avatar's previous link, or too far in the future.
    error ProofRegistryInvalidCreatedAt(uint64 createdAt, uint64 earliest, uint64 latest);
    /// @notice Thrown when the other side's signature does not verify for the wallet or avatar that `identity` names.
    error ProofRegistryInvalidProof(string identity);
    /// @notice Thrown when an `ethereum` identity is not `0x` and 40 lower-case hex digits, or a `nextid` identity not a
    /// compressed public key, `0x` and 66 of them.
    error ProofRegistryInvalidIdentity(string identity);
    /// @notice Thrown when a delete brings a proof, of `length` bytes: it has no use for one.
    error ProofRegistryUnexpectedProof(uint256 length);
    /// @notice Thrown when what is to be a release is no delete, carries an avatar's signature, or names a platform whose
    /// identities do not sign for themselves.
    error ProofRegistryNotARelease(bytes32 header, string platform, bytes32 r, bytes32 vs);
    /// @notice Thrown when there is no such binding in a state that the call could change.
    error ProofRegistryNoSuchBinding(bytes32 bindingKey, Status status);
    /// @notice Thrown when the same release (by the EIP-191 digest of its text) was made before.
    error ProofRegistryAlreadyReleased(bytes32 payloadHash);
    /// @notice Thrown when too few attesters stand for it, or none looked after the time as of which the binding stands.
    error ProofRegistryNoQuorum(bytes32 linkId);
    /// @notice Thrown when a batch is sent with too little gas to give the link at `index` what it may use.
    error ProofRegistryOutOfGas(uint256 index);

    /// @notice Appends a link to its avatar's chain.
    /// @dev A create on `ethereum` is confirmed at once by the wallet's signature; any other by a quorum of attestations,
    /// and without one it is Claimed. Creating again what is bound replaces the binding: it stands as the new link says.
    /// A delete needs nobody else, and no binding to exist.
    /// @return linkId keccak256(abi.encode(EIP-191 digest of the text, keccak256(canonical signature))).
    function append(Submission calldata link) external returns (bytes32 linkId);

    /// @notice Appends links, each as `append` would, but for those refused, of which a LinkRefused tells. Links of one avatar
    /// must stand in their order. A wallet's contract may use up to 400,000 gas, and so may a link's own attestations: the
    /// transaction needs that much more than it uses.
    /// @param attestations Attestations of a list of findings, as Attestations.sol has them: one of `Finding(linkId, true,
    /// accountId)` for each create in the batch whose `proof` is an account id alone, in the order of the links; one whose
    /// header or texts are invalid is left out. Empty: those creates are Claimed.
    function appendBatch(Submission[] calldata links, bytes calldata attestations) external;

    /// @notice Confirms a claim with a quorum of attestations over the link that made it.
    /// @param bindingKey keccak256(abi.encode(avatar, keccak256(abi.encode(platform, identity)))).
    /// @param linkId The link that made the claim.
    /// @param proofLocation Where the confirmation was published, if not where the link says: that is not signed, and anybody
    /// may have handed the link in.
    function confirm(
        bytes32 bindingKey,
        bytes32 linkId,
        string calldata proofLocation,
        bytes calldata attestations
    ) external;

    /// @notice Confirms claims by attestations of a list of findings. Of those that cannot be, a ConfirmationRefused tells.
    /// @param findings The EIP-712 struct hash of each finding of the list.
    function confirmBatch(
        Confirmation[] calldata confirmations,
        bytes32[] calldata findings,
        bytes calldata attestations
    ) external;

    /// @notice Suspends a confirmed binding by a quorum of attestations, each newer than the binding's `asOf`, that its
    /// confirmation is not there (`found` is false).
    function suspend(bytes32 bindingKey, bytes32 linkId, bytes calldata attestations) external;

    /// @notice Confirms a suspended binding again, by a quorum of attestations that are newer than the suspension.
    function reinstate(bytes32 bindingKey, bytes32 linkId, bytes calldata attestations) external;

    /// @notice Deletes a binding by the signature of the bound wallet, or of the avatar that is the alias, over the text of a
    /// delete. `createdAt` must not lie before the binding's own, so that a release that was kept back cannot undo a newer
    /// binding; nor can one that was made, since each is good for once, and a signer's clock may run ahead. `prev` may be
    /// any.
    function release(Submission calldata link) external;

    /// @notice Says which avatar the calling wallet belongs to; zero: none. It must be bound to it.
    function setAvatar(address avatar) external;

    /// @notice Which avatar a wallet belongs to by its own word; zero where it named none, or is not bound to it now.
    function avatarOf(address wallet) external view returns (address);

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

    /// @notice Who may attest, and how many make a quorum.
    // solhint-disable-next-line func-name-mixedcase
    function ATTESTERS() external view returns (IAttesterRegistry);
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Merkle roots of what is kept off chain
/// @notice Operators, who are the attesters of an IAttesterRegistry, anchor roots of what they keep, each under topics
/// (keccak256 of a name, such as "kv" or "receipts") and epochs of its own: nobody can write to, overtake or block another's,
/// and a reader chooses whose root it trusts. An anchor says that the operator stood for this root at that time, not that
/// what is under it is true. None is ever changed or deleted. There is no owner, no pause and no upgrade.
///
/// Trees are those of `StandardMerkleTree` in OpenZeppelin's merkle-tree: a leaf is keccak256(keccak256(abi.encode(values))), a
/// node keccak256 of its two children, the lower one first. Such a tree shows that something is in it; it cannot show that
/// something is not, nor that there is only one entry under a key.
///
/// The reads believe those alone who are operators now, as quorums of attestations do. What a removed one anchored stays
/// readable in `rootOf`, `latestOf` and the events, as evidence.
///
/// Readers of the events may rely on these invariants:
/// 1. Of one (`operator`, `topic`), `epoch` only goes up, from 1 at least, and may skip numbers; so there is one root at most
///    of each (`operator`, `topic`, `epoch`), and `rootOf` has it for good.
/// 2. `root` is not zero, and `uri` is printable ASCII without blanks, of at most MAX_URI_LENGTH characters.
/// 3. `operator` was an attester when the event was emitted, and sent the transaction or signed the anchor.
interface IStateAnchor {
    /// @notice An operator stands for a root.
    /// @param uri Where the data can be fetched from which anybody can build the tree again; empty where it is not public.
    event StateAnchored(
        address indexed operator,
        bytes32 indexed topic,
        uint64 indexed epoch,
        bytes32 root,
        string uri
    );

    /// @notice Thrown when who anchors is no operator. With a signature also when it was made over another anchor: it then
    /// recovers to a stranger.
    error StateAnchorNotOperator(address account);
    /// @notice Thrown when the epoch does not lie above the operator's latest on this topic.
    error StateAnchorStaleEpoch(address operator, bytes32 topic, uint64 epoch, uint64 latest);
    /// @notice Thrown when the root is zero, which is what `rootOf` says of an epoch without one.
    error StateAnchorZeroRoot(bytes32 topic, uint64 epoch);
    /// @notice Thrown when operators to count are not in strictly ascending order, which is how one is kept from counting
    /// twice.
    error StateAnchorNotAscending(address operator, address previous);

    /// @notice Anchors a root as the sender. An epoch that was skipped cannot be filled in later.
    function anchor(bytes32 topic, uint64 epoch, bytes32 root, string calldata uri) external;

    /// @notice Anchors a root for the operator who signed it; anybody may send it.
    /// @dev EIP-712 `Anchor(bytes32 topic,uint64 epoch,bytes32 root,string uri)` in the attestations' domain, which has no
    /// chain id and no contract: like an attestation it states a fact, and may be mirrored to other chains. It is good for
    /// once, since epochs only go up, and good for ever until then: so an operator signs one root per epoch.
    /// @param signature r ‖ s ‖ v, v in {27, 28}, low s.
    /// @return operator Who signed.
    function anchorBySignature(
        bytes32 topic,
        uint64 epoch,
        bytes32 root,
        string calldata uri,
        bytes calldata signature
    ) external returns (address operator);

    /// @notice Whether a leaf is under the root that one who is an operator now anchored for this epoch.
    /// @param leaf The values as `abi.encode` writes them. They are hashed here, twice: were the leaf's hash taken instead, a
    /// caller could pass an inner node for it.
    /// @param proof Siblings from the leaf up, as that library's `getProof` gives them.
    function verify(
        address operator,
        bytes32 topic,
        uint64 epoch,
        bytes calldata leaf,
        bytes32[] calldata proof
    ) external view returns (bool);

    /// @notice The same for the operator's latest epoch. `latestOf` says how old that is: an operator may have stopped.
    function verifyLatest(
        address operator,
        bytes32 topic,
        bytes calldata leaf,
        bytes32[] calldata proof
    ) external view returns (bool);

    /// @notice How many of these, who are operators now, anchored this very root for this epoch. With `verify` for one of them
    /// it makes "M of N stand for this leaf".
    /// @param operators In strictly ascending order.
    function countAnchored(
        address[] calldata operators,
        bytes32 topic,
        uint64 epoch,
        bytes32 root
    ) external view returns (uint256 count);

    /// @notice What was anchored for an epoch, whether by an operator of now or a former one; zero if nothing.
    function rootOf(address operator, bytes32 topic, uint64 epoch) external view returns (bytes32);

    /// @notice The latest epoch, its root, and when it was anchored (Unix seconds), likewise of whomever; zeros if there is
    /// none.
    function latestOf(
        address operator,
        bytes32 topic
    ) external view returns (uint64 epoch, bytes32 root, uint64 anchoredAt);
}

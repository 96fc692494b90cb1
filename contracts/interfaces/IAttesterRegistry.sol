// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Who may attest
/// @notice The attesters, where their nodes are reached, and how many of them make a quorum.
///
/// An attestation is 73 bytes: `checkedAt`, the Unix seconds at which the attester looked, as eight bytes big-endian, and
/// the attester's EIP-712 signature (r ‖ s ‖ v, v in {27, 28}) over
/// `Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)` in the domain {name: "Syngraph", version:
/// "1"}, which has no chain id and no contract: it states what was seen in the world. Several stand one behind the other in
/// ascending order of the attesters' addresses.
///
/// Readers of the events may rely on: an address is an attester from its AttesterAdded to its AttesterRemoved, and the two
/// alternate.
interface IAttesterRegistry {
    /// @notice An attester may attest from now on. `endpoint` is the origin of its node's API, empty if it has none.
    event AttesterAdded(address indexed attester, string endpoint);
    /// @notice An attester's word does not count any more, also where it was given before.
    event AttesterRemoved(address indexed attester);
    /// @notice So many attesters make a quorum on `platform`; on every platform without its own number if it is empty.
    event QuorumSet(string platform, uint256 quorum);

    /// @notice Thrown when the address is an attester already.
    error AttesterRegistryAlreadyAttester(address attester);
    /// @notice Thrown when the address is no attester.
    error AttesterRegistryNotAttester(address attester);
    /// @notice Thrown when a quorum would be zero on all platforms.
    error AttesterRegistryZeroQuorum();
    /// @notice Thrown when attestations are not in strictly ascending order of the attesters' addresses, which is how one
    /// attester is kept from counting twice. A malformed signature counts as address zero.
    error AttesterRegistryNotAscending(address attester, address previous);
    /// @notice Thrown when an attestation is dated too far in the future: it would outrank every honest later one.
    error AttesterRegistryCheckedInFuture(uint64 checkedAt);
    /// @notice Thrown when attestations are not a whole number of times 73 bytes.
    error AttesterRegistryInvalidLength(uint256 length);

    /// @notice Adds an attester. Restricted.
    function addAttester(address attester, string calldata endpoint) external;

    /// @notice Removes an attester at once. Restricted.
    function removeAttester(address attester) external;

    /// @notice Sets the quorum of a platform (0: use the default), or the default, with an empty platform. Restricted.
    function setQuorum(string calldata platform, uint16 quorum) external;

    /// @notice All attesters, in no particular order.
    function attesters() external view returns (address[] memory);

    /// @notice Whether the address may attest now.
    function isAttester(address attester) external view returns (bool);

    /// @notice How many attesters make a quorum on a platform.
    function quorumOf(string calldata platform) external view returns (uint256);

    /// @notice Counts attestations of one statement. Signers who are no attesters are passed over.
    /// @param platformHash keccak256 of the platform's name.
    /// @param accountIdHash keccak256 of the platform's account id.
    /// @return reached Whether a quorum of attesters signed.
    /// @return checkedAt The latest time at which one of them looked.
    function countAttestations(
        bytes32 platformHash,
        bytes32 linkId,
        bool found,
        bytes32 accountIdHash,
        bytes calldata attestations
    ) external view returns (bool reached, uint64 checkedAt);
}

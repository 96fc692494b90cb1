// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Who may attest
/// @notice The attesters, where their nodes are reached, and how many of them make a quorum.
///
/// Readers of the events may rely on these invariants:
/// 1. An address is an attester from its AttesterAdded to its AttesterRemoved. Each of the two happens at most once to an
///    address, in this order: a key that was removed may have been stolen, and what it signed never counts again.
/// 2. The endpoint and metadata of an attester are those of its latest AttesterAdded or AttesterProfileSet.
/// 3. The quorum of a platform is that of the latest QuorumSet of a platform with its tag (PlatformTag.sol), which only one
///    can have; where there is none, or it is zero, that of the latest QuorumSet with an empty platform; before any, one.
interface IAttesterRegistry {
    /// @notice An attester may attest from now on.
    /// @param endpoint The origin of its node's API, empty if it has none.
    /// @param metadata What else its operator publishes, for example a peer id or a URI; may be empty.
    event AttesterAdded(address indexed attester, string endpoint, string metadata);
    /// @notice An attester's word does not count any more, also where it was given before, and never will again.
    event AttesterRemoved(address indexed attester);
    /// @notice An attester changed what it publishes about itself.
    event AttesterProfileSet(address indexed attester, string endpoint, string metadata);
    /// @notice So many attesters make a quorum on `platform`; on every platform without its own number if it is empty.
    event QuorumSet(string platform, uint256 quorum);

    /// @notice Thrown when the address is an attester already.
    error AttesterRegistryAlreadyAttester(address attester);
    /// @notice Thrown when the address was an attester once: its operator has to come back with a new key.
    error AttesterRegistryRetiredAttester(address attester);
    /// @notice Thrown when the address is no attester.
    error AttesterRegistryNotAttester(address attester);
    /// @notice Thrown when there would be more attesters than `max`, which bounds the cost of setting a quorum.
    error AttesterRegistryTooManyAttesters(uint256 max);
    /// @notice Thrown when a quorum would be zero on all platforms.
    error AttesterRegistryZeroQuorum();
    /// @notice Thrown when another platform with a quorum of its own has the same tag.
    error AttesterRegistryTagTaken(string platform, uint16 tag);

    /// @notice Adds an attester. Restricted.
    /// @param endpoint At most 255 printable ASCII characters.
    /// @param metadata At most 1024 printable ASCII characters.
    function addAttester(address attester, string calldata endpoint, string calldata metadata) external;

    /// @notice Removes an attester at once and for ever. Restricted.
    function removeAttester(address attester) external;

    /// @notice Sets the quorum of a platform (0: use the default), or the default, with an empty platform. Restricted.
    function setQuorum(string calldata platform, uint16 quorum) external;

    /// @notice Sets what the calling attester publishes about itself.
    /// @param endpoint At most 255 printable ASCII characters.
    /// @param metadata At most 1024 printable ASCII characters.
    function setProfile(string calldata endpoint, string calldata metadata) external;

    /// @notice All attesters, in no particular order.
    function attesters() external view returns (address[] memory);

    /// @notice Whether the address may attest now.
    function isAttester(address attester) external view returns (bool);

    /// @notice What an attester publishes about itself; empty for everybody else.
    function profileOf(address attester) external view returns (string memory endpoint, string memory metadata);

    /// @notice How many attesters make a quorum on a platform.
    function quorumOf(string calldata platform) external view returns (uint256);

    /// @notice How many attesters make a quorum on the platforms with this tag (PlatformTag.sol), if the address may attest
    /// now; else zero.
    function quorum(address attester, uint16 tag) external view returns (uint256);
}

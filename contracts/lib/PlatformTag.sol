// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Short names of platforms: a binding keeps one, so that its quorum can be told from its slot alone.
library PlatformTag {
    /// @notice The tag of platforms whose identities sign for themselves, so that nobody attests them.
    uint16 internal constant COSIGNED = 0;

    /// @notice The tag of any other platform. Two platforms may share one; AttesterRegistry sees to it that no two with a
    /// quorum of their own do.
    /// @param platformHash keccak256 of the platform's name.
    function tagOf(bytes32 platformHash) internal pure returns (uint16) {
        return uint16(uint256(platformHash)) | 1;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A header's fields, as they stand in Header.sol's comment.
library HeaderReference {
    function isValid(bytes32 word) internal pure returns (bool) {
        uint64 created = createdAt(word);
        uint8 v = previousV(word);
        return
            created >= 1_000_000_000 &&
            created <= 9_999_999_999 &&
            uint64(bytes8(word << 168)) == 0 &&
            (v == 0 || v == 1 || v == 27 || v == 28 || v == 255) &&
            uint8(word[30]) <= 1 &&
            word[31] == 0;
    }

    function createdAt(bytes32 word) internal pure returns (uint64) {
        return uint40(bytes5(word << 128));
    }

    function asOf(bytes32 word) internal pure returns (uint64) {
        return uint40(bytes5(word << 168));
    }

    function sequence(bytes32 word) internal pure returns (uint256) {
        return uint24(bytes3(word << 208));
    }

    function previousV(bytes32 word) internal pure returns (uint8) {
        return uint8(word[29]);
    }

    function isCreate(bytes32 word) internal pure returns (bool) {
        return word[30] == 0x00;
    }

    function status(bytes32 word) internal pure returns (uint8) {
        return uint8(word[31]);
    }
}

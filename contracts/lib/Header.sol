// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Action, Status} from "../interfaces/IProofRegistry.sol";

/// What of a link has a fixed size, in one word: uuid (16 bytes) ‖ createdAt (5) ‖ asOf (5) ‖ sequence (3) ‖ previousV (1)
/// ‖ action (1) ‖ status (1). Each word less saves as much as a warm read of storage, in the calldata and in the log.
type Header is bytes32;

/// @notice Reads and completes headers; sdk/src/protocol/header.ts has the same.
library Headers {
    /// @notice `previousV` of a text whose `prev` is null.
    uint8 internal constant NO_PREVIOUS = 255;

    /// asOf, sequence and status, which a submission leaves zero, and all of action but its lowest bit.
    uint256 private constant RESERVED = (0xffffffffffffffff << 24) | 0xfeff;

    /// Bit n is set where previousV may be n.
    uint256 private constant PREVIOUS_VS = (1 << NO_PREVIOUS) | (1 << 28) | (1 << 27) | 3;

    /// @notice Whether a submission may have this header: with ten digits of createdAt (that is, seconds from 2001-09-09 on),
    /// a previousV that signatures have or NO_PREVIOUS, an action, and the rest zero.
    function isValid(Header header) internal pure returns (bool) {
        uint256 word = uint256(Header.unwrap(header));
        uint256 created = uint40(word >> 88);
        return
            word & RESERVED == 0 && created > 1e9 - 1 && created < 1e10 && (PREVIOUS_VS >> uint8(word >> 16)) & 1 != 0;
    }

    /// @notice The header of the event of a link.
    function complete(Header header, uint64 asOf, uint256 sequence, Status status) internal pure returns (bytes32) {
        return Header.unwrap(header) | bytes32((uint256(asOf) << 48) | (sequence << 24) | uint256(status));
    }

    /// @notice The uuid's 16 bytes.
    function uuid(Header header) internal pure returns (bytes16) {
        return bytes16(Header.unwrap(header));
    }

    /// @notice Unix seconds, as signed.
    function createdAt(Header header) internal pure returns (uint64) {
        return uint40(uint256(Header.unwrap(header)) >> 88);
    }

    /// @notice The last byte of the signature that `prev` quotes, as it was published, or NO_PREVIOUS.
    function previousV(Header header) internal pure returns (uint8) {
        return uint8(uint256(Header.unwrap(header)) >> 16);
    }

    /// @notice Whether the action is a create.
    function isCreate(Header header) internal pure returns (bool) {
        return uint8(uint256(Header.unwrap(header)) >> 8) == uint8(Action.Create);
    }
}

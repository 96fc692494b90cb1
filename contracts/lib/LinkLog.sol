// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IProofRegistry} from "../interfaces/IProofRegistry.sol";
import {Slice} from "./Slice.sol";

/// @notice Emits LinkAppended. Its strings go from the calldata to the log without Solidity's checks, which were made when the
/// slices were; test/contracts/solidity compares it with `emit`.
library LinkLog {
    /// The event's words in front of its strings.
    uint256 private constant HEAD_SIZE = 7 * 32;

    /// What of the event is no topic.
    struct Data {
        bytes32 header;
        Slice platform;
        Slice identity;
        bytes32 r;
        bytes32 vs;
        Slice proof;
        Slice proofLocation;
    }

    function emitLinkAppended(address avatar, bytes32 linkId, bytes32 identityKey, Data memory data) internal {
        bytes32 topic = IProofRegistry.LinkAppended.selector;
        assembly ("memory-safe") {
            // Appends the bytes of the slice at `place`, and puts their offset there.
            function append(log, source, place, size) -> newSize {
                let slice := mload(add(source, place))
                let length := and(slice, 0xffffffffffffffffffffffffffffffff)
                let end := add(log, size)
                mstore(add(log, place), size)
                mstore(end, length)
                calldatacopy(add(end, 32), shr(128, slice), length)
                mstore(add(add(end, 32), length), 0)
                newSize := add(add(size, 32), and(add(length, 31), not(31)))
            }
            // Behind the free memory, which is not moved.
            let log := mload(0x40)
            mstore(log, mload(data))
            mstore(add(log, 0x60), mload(add(data, 0x60)))
            mstore(add(log, 0x80), mload(add(data, 0x80)))
            let size := append(log, data, 0x20, HEAD_SIZE)
            size := append(log, data, 0x40, size)
            size := append(log, data, 0xa0, size)
            size := append(log, data, 0xc0, size)
            log4(log, size, topic, avatar, linkId, identityKey)
        }
    }
}

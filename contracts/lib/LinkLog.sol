// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IProofRegistry, Refusal, Submission} from "../interfaces/IProofRegistry.sol";
import {Header} from "./Header.sol";
import {Slice} from "./Slice.sol";

/// A link on its way from the calldata to the log. The first seven words are those in front of the strings of LinkAppended.
// solhint-disable-next-line gas-struct-packing
struct Reading {
    Header header;
    Slice platform;
    Slice identity;
    bytes32 r;
    bytes32 vs;
    Slice proof;
    Slice proofLocation;
    /// The platform's tag.
    uint16 tag;
    bytes32 payloadHash;
    bytes32 linkId;
    bytes32 head;
    /// First 64 bytes of what `prev` quotes.
    bytes32 previousR;
    bytes32 previousS;
    /// When the attesters of the batch looked; zero unless they make a quorum.
    uint64 attestedAt;
    /// Who signed it.
    address avatar;
    /// Why it is refused, if it is.
    Refusal refusal;
}

/// @notice Takes a link from the calldata to the log, at a third of the gas that Solidity's own coding takes;
/// test/contracts/solidity compares it with that.
library LinkLog {
    /// @notice Finds a submission's strings.
    /// @dev With the checks that Solidity makes each time one is named, at half of their gas. Reverts, without data, where the
    /// calldata is no encoding of a submission.
    function read(Submission calldata link, Reading memory reading) internal pure {
        assembly ("memory-safe") {
            // Puts a reference to the member of the struct at `place` into `reading` at `destination`.
            function member(start, place, destination) -> bad {
                let offset := calldataload(add(start, place))
                let first := add(add(start, offset), 32)
                let length := calldataload(sub(first, 32))
                mstore(destination, or(shl(128, first), length))
                bad := or(shr(64, or(offset, length)), gt(add(first, length), calldatasize()))
            }
            let bad := member(link, 0x20, add(reading, 0x20))
            bad := or(bad, member(link, 0x40, add(reading, 0x40)))
            bad := or(bad, member(link, 0x120, add(reading, 0xa0)))
            bad := or(bad, member(link, 0x140, add(reading, 0xc0)))
            if bad {
                revert(0, 0)
            }
        }
    }

    /// @notice Begins the data of the event: writes the strings, and on the way finds the key of the identity.
    /// @return log Where the data starts.
    /// @return size How long they are.
    /// @return identityKey keccak256(abi.encode(platform, identity)).
    function begin(Reading memory reading) internal pure returns (uint256 log, uint256 size, bytes32 identityKey) {
        assembly ("memory-safe") {
            // Appends the string of a slice to the log.
            function append(start, slice, size_) -> newSize {
                let length := and(slice, 0xffffffffffffffffffffffffffffffff)
                let target := add(start, size_)
                mstore(target, length)
                calldatacopy(add(target, 32), shr(128, slice), length)
                mstore(add(add(target, 32), length), 0)
                newSize := add(add(size_, 32), and(add(length, 31), not(31)))
            }
            log := mload(0x40)
            let platform := mload(add(reading, 0x20))
            let identity := mload(add(reading, 0x40))
            let proof := mload(add(reading, 0xa0))
            let location := mload(add(reading, 0xc0))
            let mid := append(log, platform, 0xe0)
            size := append(log, identity, mid)
            mstore(add(log, 0x20), 0xe0)
            mstore(add(log, 0x40), mid)
            // Offsets of proof and location stand right in front of the two strings. For the moment they are those that
            // the strings have in an encoding of nothing else.
            mstore(add(log, 0xa0), 0x40)
            mstore(add(log, 0xc0), sub(mid, 0xa0))
            identityKey := keccak256(add(log, 0xa0), sub(size, 0xa0))
            mstore(add(log, 0xa0), size)
            let proofEnd := append(log, proof, size)
            mstore(add(log, 0xc0), proofEnd)
            size := append(log, location, proofEnd)
            mstore(0x40, add(add(log, size), 32))
        }
    }

    /// @notice Completes the data and emits the event.
    function end(uint256 log, uint256 size, Reading memory reading, bytes32 header, bytes32 identityKey) internal {
        bytes32 topic = IProofRegistry.LinkAppended.selector;
        address avatar = reading.avatar;
        bytes32 linkId = reading.linkId;
        assembly ("memory-safe") {
            mstore(log, header)
            mstore(add(log, 0x60), mload(add(reading, 0x60)))
            mstore(add(log, 0x80), mload(add(reading, 0x80)))
            log4(log, size, topic, avatar, linkId, identityKey)
        }
    }
}

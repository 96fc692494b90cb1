// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Where bytes stand in the calldata: their offset, and in the low 128 bits their length.
type Slice is uint256;

/// @notice Keeps references to calldata in memory. Solidity looks up a struct's dynamic member, and checks its bounds, each
/// time it is named; so does whoever makes a Slice, but once.
library Slices {
    /// @notice A reference to the dynamic member of a struct in the calldata whose place in it is `place`.
    /// @dev With the checks that Solidity makes, at half of its gas. Reverts, without data, where the calldata is no encoding of
    /// the struct.
    /// @param start Where the struct starts.
    function member(uint256 start, uint256 place) internal pure returns (Slice slice) {
        assembly ("memory-safe") {
            let offset := calldataload(add(start, shl(5, place)))
            let first := add(add(start, offset), 32)
            let length := calldataload(sub(first, 32))
            if or(shr(64, or(offset, length)), gt(add(first, length), calldatasize())) { revert(0, 0) }
            slice := or(shl(128, first), length)
        }
    }

    /// @notice The text that it refers to.
    function text(Slice slice) internal pure returns (string calldata value) {
        assembly ("memory-safe") {
            value.offset := shr(128, slice)
            value.length := and(slice, 0xffffffffffffffffffffffffffffffff)
        }
    }

    /// @notice The bytes that it refers to.
    function data(Slice slice) internal pure returns (bytes calldata value) {
        assembly ("memory-safe") {
            value.offset := shr(128, slice)
            value.length := and(slice, 0xffffffffffffffffffffffffffffffff)
        }
    }

    /// @notice Its length in bytes.
    function size(Slice slice) internal pure returns (uint256) {
        return uint128(Slice.unwrap(slice));
    }

    /// @notice keccak256 of the bytes.
    function hash(Slice slice) internal pure returns (bytes32 digest) {
        return hash(data(slice));
    }

    /// @notice keccak256 of bytes, without allocating memory for them.
    function hash(bytes calldata source) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, source.offset, source.length)
            digest := keccak256(free, source.length)
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Where bytes stand in the calldata: their offset, and in the low 128 bits their length.
type Slice is uint256;

/// @notice Keeps references to calldata in memory. Solidity looks up a struct's dynamic member, and checks its bounds, each
/// time it is named; so does whoever makes a Slice, but once.
library Slices {
    /// @notice A reference to `source`.
    function make(string calldata source) internal pure returns (Slice slice) {
        assembly ("memory-safe") {
            slice := or(shl(128, source.offset), source.length)
        }
    }

    /// @notice A reference to `source`.
    function make(bytes calldata source) internal pure returns (Slice slice) {
        assembly ("memory-safe") {
            slice := or(shl(128, source.offset), source.length)
        }
    }

    /// @notice What `make` was given.
    function text(Slice slice) internal pure returns (string calldata value) {
        assembly ("memory-safe") {
            value.offset := shr(128, slice)
            value.length := and(slice, 0xffffffffffffffffffffffffffffffff)
        }
    }

    /// @notice What `make` was given.
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

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Memory as somebody else leaves it, for code that writes to memory by hand.
library Soil {
    /// @notice Leaves noise behind the free memory.
    function spread() internal pure {
        assembly ("memory-safe") {
            let free := mload(0x40)
            for {
                let i := 0
            } lt(i, 4096) {
                i := add(i, 32)
            } {
                mstore(add(free, i), not(i))
            }
        }
    }

    /// @notice Bytes that are all the same.
    function fill(uint256 length, bytes1 value) internal pure returns (bytes memory filled) {
        filled = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            filled[i] = value;
        }
    }

    /// @notice Whether they still are.
    function isFilled(bytes memory filled, bytes1 value) internal pure returns (bool) {
        return keccak256(filled) == keccak256(fill(filled.length, value));
    }
}

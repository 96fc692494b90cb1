// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice Signatures of 65 bytes as they were published: r ‖ s ‖ v with v in {0, 1, 27, 28}.
library SignatureBytes {
    /// @notice The parts of the first 65 bytes of what has at least as many.
    function read(bytes calldata signature) internal pure returns (bytes32 r, bytes32 s, uint8 v) {
        // Three slices would check bounds thrice.
        assembly ("memory-safe") {
            r := calldataload(signature.offset)
            s := calldataload(add(signature.offset, 32))
            v := byte(0, calldataload(add(signature.offset, 64)))
        }
    }

    /// @notice Whether a published signature may have this `v`.
    function isV(uint8 v) internal pure returns (bool) {
        return v < 2 || v == 27 || v == 28;
    }

    /// @notice `v` as {0, 1}, of one that `isV`.
    function parityOf(uint8 v) internal pure returns (uint8) {
        unchecked {
            return v < 2 ? v : v - 27;
        }
    }

    /// @notice keccak256 of r ‖ s ‖ v with v in {0, 1}. Were signatures hashed as they come, whoever hands in a link could
    /// choose another head than the one its successor will name.
    function hash(bytes32 r, bytes32 s, uint8 v) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(r, s, parityOf(v)));
    }

    /// @notice Who signed; zero where nobody did with a low s.
    function tryRecover(bytes32 digest, bytes32 r, bytes32 s, uint8 v) internal pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecover(digest, parityOf(v) + 27, r, s);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice Signatures of 65 bytes as they were published, r ‖ s ‖ v with v in {0, 1, 27, 28}, and compact ones (ERC-2098).
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

    /// @notice s of a compact signature.
    function sOf(bytes32 vs) internal pure returns (bytes32) {
        return vs & bytes32(uint256(type(int256).max));
    }

    /// @notice v of a compact signature, as {0, 1}.
    function vOf(bytes32 vs) internal pure returns (uint8) {
        return uint8(uint256(vs) >> 255);
    }

    /// @notice Whether a published signature may have this `v`.
    function isV(uint8 v) internal pure returns (bool) {
        return v < 2 || v == 27 || v == 28;
    }

    /// @notice keccak256 of r ‖ s ‖ v with v in {0, 1}. Were signatures hashed as they come, whoever hands in a link could
    /// choose another head than the one its successor will name.
    /// @param v One that `isV`.
    function hash(bytes32 r, bytes32 s, uint8 v) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, r)
            mstore(add(free, 32), s)
            // 27 and 28 are odd and even the other way about than 0 and 1.
            mstore8(add(free, 64), and(add(v, gt(v, 1)), 1))
            digest := keccak256(free, 65)
        }
    }

    /// @notice Who signed; zero where nobody did with a low s.
    /// @param v One that `isV`.
    function tryRecover(bytes32 digest, bytes32 r, bytes32 s, uint8 v) internal pure returns (address signer) {
        unchecked {
            (signer, , ) = ECDSA.tryRecover(digest, v < 2 ? v + 27 : v, r, s);
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice Signatures of 65 bytes as they were published: r ‖ s ‖ v with v in {0, 1, 27, 28}.
library SignatureBytes {
    /// @notice Thrown when a signature is not 65 bytes, has another v, or recovers to nobody with a low s.
    error SignatureBytesInvalid();

    /// @notice Whether `split` takes it.
    function isWellFormed(bytes calldata signature) internal pure returns (bool) {
        if (signature.length != 65) return false;
        uint8 v = uint8(signature[64]);
        return v < 2 || v == 27 || v == 28;
    }

    /// @notice The parts, with v as {0, 1}.
    function split(bytes calldata signature) internal pure returns (bytes32 r, bytes32 s, uint8 parity) {
        require(signature.length == 65, SignatureBytesInvalid());
        uint256 v;
        // Three slices would check bounds thrice.
        assembly ("memory-safe") {
            r := calldataload(signature.offset)
            s := calldataload(add(signature.offset, 32))
            v := byte(0, calldataload(add(signature.offset, 64)))
        }
        unchecked {
            if (v > 26) v -= 27;
        }
        require(v < 2, SignatureBytesInvalid());
        parity = uint8(v);
    }

    /// @notice keccak256 of r ‖ s ‖ v with v in {0, 1}. Were signatures hashed as they come, whoever hands in a link could
    /// choose another head than the one its successor will name.
    function hash(bytes32 r, bytes32 s, uint8 parity) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(r, s, parity));
    }

    /// @notice Who signed; zero where nobody did with a low s.
    function tryRecover(bytes32 digest, bytes32 r, bytes32 s, uint8 parity) internal pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecover(digest, parity + 27, r, s);
    }
}

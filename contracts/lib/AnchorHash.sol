// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {AttestationHash} from "./AttestationHash.sol";

/// @notice The EIP-712 digest of an anchor, and the hash of a leaf; sdk/src/protocol/stateAnchor.ts has the same.
library AnchorHash {
    bytes32 internal constant TYPEHASH = keccak256("Anchor(bytes32 topic,uint64 epoch,bytes32 root,string uri)");

    function digest(bytes32 topic, uint64 epoch, bytes32 root, string calldata uri) internal pure returns (bytes32) {
        return
            MessageHashUtils.toTypedDataHash(
                AttestationHash.DOMAIN_SEPARATOR,
                keccak256(abi.encode(TYPEHASH, topic, epoch, root, keccak256(bytes(uri))))
            );
    }

    /// @notice As `standardLeafHash` of OpenZeppelin's merkle-tree. Of the two hashes the outer one has a pre-image of 32 bytes:
    /// no leaf can be read as an inner node, whose pre-image has 64, nor the other way round.
    function leafHash(bytes calldata leaf) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(leaf)));
    }
}

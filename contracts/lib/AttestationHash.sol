// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @notice The EIP-712 digests of attestations; sdk/src/protocol/attestation.ts has the same.
library AttestationHash {
    string internal constant NAME = "Syngraph";
    string internal constant VERSION = "1";

    bytes32 internal constant TYPEHASH = keccak256(
        "Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)"
    );

    bytes32 internal constant FINDING_TYPEHASH = keccak256("Finding(bytes32 linkId,bool found,string accountId)");

    bytes32 internal constant BATCH_TYPEHASH = keccak256(
        "AttestationBatch(Finding[] findings,uint64 checkedAt)Finding(bytes32 linkId,bool found,string accountId)"
    );

    /// @dev keccak256(abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("Syngraph"),
    /// keccak256("1"))), which the compiler would compute in each call.
    bytes32 internal constant DOMAIN_SEPARATOR = 0x435102ed0c75857224084931bd3ed230ee9a5984e507c76c5eac1cd2b7e57e8a;

    /// @notice What an attester signs of one link.
    /// @param accountIdHash keccak256 of the account id's bytes.
    function digest(
        bytes32 linkId,
        bool found,
        bytes32 accountIdHash,
        uint64 checkedAt
    ) internal pure returns (bytes32) {
        return
            MessageHashUtils.toTypedDataHash(
                DOMAIN_SEPARATOR,
                keccak256(abi.encode(TYPEHASH, linkId, found, accountIdHash, checkedAt))
            );
    }

    /// @notice One entry of a list.
    /// @param accountIdHash keccak256 of the account id's bytes.
    function finding(bytes32 linkId, bool found, bytes32 accountIdHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(FINDING_TYPEHASH, linkId, found, accountIdHash));
    }

    /// @notice What an attester signs of a list.
    /// @param findingsHash keccak256 of the findings' hashes, one behind the other.
    function batchDigest(bytes32 findingsHash, uint64 checkedAt) internal pure returns (bytes32) {
        return
            MessageHashUtils.toTypedDataHash(
                DOMAIN_SEPARATOR,
                keccak256(abi.encode(BATCH_TYPEHASH, findingsHash, checkedAt))
            );
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

/// @notice The EIP-712 digest of an attestation; sdk/src/protocol/attestation.ts has the same.
library AttestationHash {
    string internal constant NAME = "Syngraph";
    string internal constant VERSION = "1";

    bytes32 internal constant TYPEHASH = keccak256(
        "Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)"
    );

    bytes32 internal constant DOMAIN_SEPARATOR = keccak256(
        abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("Syngraph"), keccak256("1"))
    );

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
}

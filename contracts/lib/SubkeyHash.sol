// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Subkey, SubkeyAlgorithm} from "../interfaces/ISubkeyRegistry.sol";

/// @notice The EIP-712 struct hashes of what is signed about subkeys; sdk/src/protocol/subkey.ts has the same.
library SubkeyHash {
    bytes32 internal constant SUBKEY_TYPEHASH = keccak256("Subkey(string algorithm,bytes publicKey,string rpId)");

    bytes32 internal constant AUTHORIZATION_TYPEHASH = keccak256(
        "SubkeyAuthorization(address avatar,Subkey subkey,string name,uint64 expiresAt,uint64 nonce)"
        "Subkey(string algorithm,bytes publicKey,string rpId)"
    );

    bytes32 internal constant REVOCATION_TYPEHASH = keccak256(
        "SubkeyRevocation(address avatar,Subkey subkey,uint64 nonce)"
        "Subkey(string algorithm,bytes publicKey,string rpId)"
    );

    /// @notice The name that Next.ID has for an algorithm.
    function nameOf(SubkeyAlgorithm algorithm) internal pure returns (bytes memory) {
        return algorithm == SubkeyAlgorithm.Es256 ? bytes("es256") : bytes("secp256k1");
    }

    /// @notice The struct hash of a subkey, which is its name on chain.
    function id(Subkey calldata subkey) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    SUBKEY_TYPEHASH,
                    keccak256(nameOf(subkey.algorithm)),
                    keccak256(subkey.publicKey),
                    keccak256(bytes(subkey.rpId))
                )
            );
    }

    /// @notice The struct hash of an authorisation.
    function authorization(
        address avatar,
        bytes32 subkeyId,
        string memory name,
        uint64 expiresAt,
        uint64 nonce
    ) internal pure returns (bytes32) {
        return
            keccak256(abi.encode(AUTHORIZATION_TYPEHASH, avatar, subkeyId, keccak256(bytes(name)), expiresAt, nonce));
    }

    /// @notice The struct hash of a revocation.
    function revocation(address avatar, bytes32 subkeyId, uint64 nonce) internal pure returns (bytes32) {
        return keccak256(abi.encode(REVOCATION_TYPEHASH, avatar, subkeyId, nonce));
    }
}

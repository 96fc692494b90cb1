// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Subkey} from "../interfaces/ISubkeyRegistry.sol";
import {SubkeyHash} from "../lib/SubkeyHash.sol";
import {SubkeySignature} from "../lib/SubkeySignature.sol";
import {SubkeyText} from "../lib/SubkeyText.sol";

/// @notice Shows the tests what the subkey libraries make of many inputs in one call.
contract SubkeyHarness {
    /// One subkey as Next.ID's text names it.
    struct Sample {
        bytes avatarPublicKey;
        Subkey subkey;
        string publicKeyText;
    }

    /// What the libraries make of it.
    struct Reading {
        bool accepted;
        bytes text;
        bytes32 textHash;
        bytes32 subkeyId;
    }

    /// @notice Validates samples and builds their texts; of those refused, only that they are.
    function readAll(Sample[] calldata samples) external view returns (Reading[] memory readings) {
        readings = new Reading[](samples.length);
        for (uint256 i = 0; i < samples.length; ++i) {
            try this.read(samples[i]) returns (Reading memory reading) {
                readings[i] = reading;
            } catch {}
        }
    }

    function read(Sample calldata it) external pure returns (Reading memory) {
        SubkeyText.requireRpId(it.subkey.rpId);
        SubkeyText.requirePublicKey(it.subkey, it.publicKeyText);
        return
            Reading({
                accepted: true,
                text: SubkeyText.build(it.avatarPublicKey, it.subkey, it.publicKeyText),
                textHash: SubkeyText.hash(it.avatarPublicKey, it.subkey, it.publicKeyText),
                subkeyId: SubkeyHash.id(it.subkey)
            });
    }

    /// @notice The struct hashes of an authorisation and of a revocation.
    function structHashes(
        address avatar,
        Subkey calldata subkey,
        string calldata name,
        uint64 expiresAt,
        uint64 nonce
    ) external pure returns (bytes32 authorization, bytes32 revocation) {
        bytes32 subkeyId = SubkeyHash.id(subkey);
        authorization = SubkeyHash.authorization(avatar, subkeyId, name, expiresAt, nonce);
        revocation = SubkeyHash.revocation(avatar, subkeyId, nonce);
    }

    function verify(Subkey calldata subkey, bytes32 digest, bytes calldata signature) external view returns (bool) {
        return SubkeySignature.verify(subkey, digest, signature);
    }
}

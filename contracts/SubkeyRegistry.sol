// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {ISubkeyRegistry, Subkey, SubkeyAuthorization} from "./interfaces/ISubkeyRegistry.sol";
import {AttestationHash} from "./lib/AttestationHash.sol";
import {SignatureBytes} from "./lib/SignatureBytes.sol";
import {SubkeyHash} from "./lib/SubkeyHash.sol";
import {SubkeySignature} from "./lib/SubkeySignature.sol";
import {SubkeyText} from "./lib/SubkeyText.sol";
import {Text} from "./lib/Text.sol";

/// @title Subkey registry
/// @notice See ISubkeyRegistry.
contract SubkeyRegistry is ISubkeyRegistry, EIP712 {
    /// Where a subkey stands with an avatar, in one slot.
    struct Standing {
        /// Counts authorisations and revocations.
        uint64 nonce;
        /// 0 if the last of them was a revocation.
        uint64 validUntil;
    }

    /// Longest proof of a subkey: an assertion has about 700 bytes, more with extensions and long origins.
    uint256 private constant MAX_PROOF = 4096;

    mapping(address avatar => mapping(bytes32 subkeyId => Standing)) private _standings;

    constructor() EIP712(AttestationHash.NAME, AttestationHash.VERSION) {}

    /// @inheritdoc ISubkeyRegistry
    function authorize(
        SubkeyAuthorization calldata authorization,
        bytes calldata signature,
        bytes calldata possession
    ) external returns (bytes32 subkeyId) {
        address avatar = authorization.avatar;
        Subkey calldata subkey = authorization.subkey;
        string calldata name = authorization.name;
        uint64 expiresAt = authorization.expiresAt;
        subkeyId = _requireSubkey(avatar, subkey, possession);
        if (bytes(name).length != 0) Text.requireIdentity(name);
        require(
            expiresAt == 0 || (expiresAt > block.timestamp && expiresAt < 1e10),
            SubkeyRegistryInvalidExpiry(expiresAt, block.timestamp)
        );
        bytes32 digest = _authorize(avatar, subkeyId, name, expiresAt, authorization.nonce);
        _requireSigner(avatar, digest, signature);
        _requirePossession(subkey, subkeyId, digest, possession);
        _emitAuthorized(subkeyId, authorization, signature, possession);
    }

    /// @inheritdoc ISubkeyRegistry
    function importAuthorization(
        bytes calldata avatarPublicKey,
        Subkey calldata subkey,
        string calldata publicKeyText,
        bytes calldata signature,
        bytes calldata possession
    ) external returns (bytes32 subkeyId) {
        _requirePublicKey(avatarPublicKey);
        address avatar = SubkeySignature.addressOf(avatarPublicKey);
        subkeyId = _requireSubkey(avatar, subkey, possession);
        SubkeyText.requirePublicKey(subkey, publicKeyText);
        // Nonce 0 is that of a subkey to which nothing has happened.
        bytes32 digest = _authorize(avatar, subkeyId, "", 0, 0);
        _requireSigner(avatar, SubkeyText.hash(avatarPublicKey, subkey, publicKeyText), signature);
        _requirePossession(subkey, subkeyId, digest, possession);
        emit SubkeyImported(avatar, subkeyId, avatarPublicKey, publicKeyText);
        emit SubkeyAuthorized(
            avatar,
            subkeyId,
            subkey.algorithm,
            subkey.publicKey,
            subkey.rpId,
            "",
            0,
            0,
            signature,
            possession
        );
    }

    /// @inheritdoc ISubkeyRegistry
    function revoke(bytes32 subkeyId) external {
        uint64 nonce = _standings[msg.sender][subkeyId].nonce;
        _void(msg.sender, subkeyId, nonce);
        emit SubkeyRevoked(msg.sender, subkeyId, nonce, "");
    }

    /// @inheritdoc ISubkeyRegistry
    function revokeBySig(address avatar, bytes32 subkeyId, uint64 nonce, bytes calldata signature) external {
        _void(avatar, subkeyId, nonce);
        _requireSigner(avatar, _hashTypedDataV4(SubkeyHash.revocation(avatar, subkeyId, nonce)), signature);
        emit SubkeyRevoked(avatar, subkeyId, nonce, signature);
    }

    /// @inheritdoc ISubkeyRegistry
    function renounce(address avatar, Subkey calldata subkey, uint64 nonce, bytes calldata proof) external {
        bytes32 subkeyId = _requireSubkey(avatar, subkey, proof);
        // Only of an authorised subkey do the events tell the key that the proof is by.
        require(_standings[avatar][subkeyId].validUntil != 0, SubkeyRegistryNotAuthorized(avatar, subkeyId));
        _void(avatar, subkeyId, nonce);
        bytes32 digest = _hashTypedDataV4(SubkeyHash.revocation(avatar, subkeyId, nonce));
        _requirePossession(subkey, subkeyId, digest, proof);
        emit SubkeyRenounced(avatar, subkeyId, nonce, proof);
    }

    /// @inheritdoc ISubkeyRegistry
    function isValid(address avatar, bytes32 subkeyId) public view returns (bool) {
        return block.timestamp < _standings[avatar][subkeyId].validUntil;
    }

    /// @inheritdoc ISubkeyRegistry
    function isValidSignature(
        address avatar,
        Subkey calldata subkey,
        bytes32 hash,
        bytes calldata signature
    ) external view returns (bool) {
        // Whatever is valid passed `_requireSubkey` once.
        return isValid(avatar, SubkeyHash.id(subkey)) && SubkeySignature.verify(subkey, hash, signature);
    }

    /// @inheritdoc ISubkeyRegistry
    function authorizationOf(address avatar, bytes32 subkeyId) external view returns (uint64 nonce, uint64 validUntil) {
        Standing storage standing = _standings[avatar][subkeyId];
        return (standing.nonce, standing.validUntil);
    }

    /// @inheritdoc ISubkeyRegistry
    function subkeyIdOf(Subkey calldata subkey) external pure returns (bytes32) {
        return SubkeyHash.id(subkey);
    }

    /// Uses up a nonce to authorise, and says what both sides have to have signed.
    function _authorize(
        address avatar,
        bytes32 subkeyId,
        string memory name,
        uint64 expiresAt,
        uint64 nonce
    ) private returns (bytes32 digest) {
        Standing storage standing = _standings[avatar][subkeyId];
        uint64 expected = standing.nonce;
        require(nonce == expected, SubkeyRegistryInvalidNonce(avatar, subkeyId, nonce, expected));
        standing.nonce = expected + 1;
        standing.validUntil = expiresAt == 0 ? type(uint64).max : expiresAt;
        return _hashTypedDataV4(SubkeyHash.authorization(avatar, subkeyId, name, expiresAt, nonce));
    }

    /// Uses up a nonce to revoke. The one that the authorisation in force used will do, so that whoever kept that back cannot
    /// stop a revocation by handing it in first; then too the next one is used up, for which something may be kept back.
    function _void(address avatar, bytes32 subkeyId, uint64 nonce) private {
        Standing storage standing = _standings[avatar][subkeyId];
        uint64 expected = standing.nonce;
        require(
            nonce == expected || (standing.validUntil != 0 && nonce == expected - 1),
            SubkeyRegistryInvalidNonce(avatar, subkeyId, nonce, expected)
        );
        standing.nonce = expected + 1;
        standing.validUntil = 0;
    }

    function _emitAuthorized(
        bytes32 subkeyId,
        SubkeyAuthorization calldata authorization,
        bytes calldata signature,
        bytes calldata possession
    ) private {
        Subkey calldata subkey = authorization.subkey;
        emit SubkeyAuthorized(
            authorization.avatar,
            subkeyId,
            subkey.algorithm,
            subkey.publicKey,
            subkey.rpId,
            authorization.name,
            authorization.expiresAt,
            authorization.nonce,
            signature,
            possession
        );
    }

    function _requireSubkey(
        address avatar,
        Subkey calldata subkey,
        bytes calldata proof
    ) private pure returns (bytes32 subkeyId) {
        _requirePublicKey(subkey.publicKey);
        SubkeyText.requireRpId(subkey.rpId);
        require(proof.length <= MAX_PROOF, SubkeyRegistryProofTooLong(proof.length, MAX_PROOF));
        require(SubkeySignature.addressOf(subkey.publicKey) != avatar, SubkeyRegistryOwnKey(avatar));
        return SubkeyHash.id(subkey);
    }

    function _requirePublicKey(bytes calldata publicKey) private pure {
        require(publicKey.length == 64, SubkeyRegistryInvalidPublicKey(publicKey.length));
    }

    function _requireSigner(address avatar, bytes32 digest, bytes calldata signature) private pure {
        address recovered = SignatureBytes.tryRecover(digest, signature);
        require(recovered != address(0) && recovered == avatar, SubkeyRegistryInvalidSignature(avatar, recovered));
    }

    function _requirePossession(
        Subkey calldata subkey,
        bytes32 subkeyId,
        bytes32 digest,
        bytes calldata proof
    ) private view {
        require(SubkeySignature.verify(subkey, digest, proof), SubkeyRegistryInvalidPossession(subkeyId, digest));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {IAttesterRegistry} from "./interfaces/IAttesterRegistry.sol";
import {Action, IProofRegistry, Status, Submission} from "./interfaces/IProofRegistry.sol";
import {SignPayload} from "./lib/SignPayload.sol";
import {SignatureBytes} from "./lib/SignatureBytes.sol";
import {Text} from "./lib/Text.sol";

/// An avatar's chain in one word: its head (24 bytes), createdAt of its last link (5) and its length (3).
type Chain is bytes32;

/// A binding in one word: its link (24 bytes), since when (5), and its status (1).
type Binding is bytes32;

/// @title Proof registry
/// @notice See IProofRegistry.
contract ProofRegistry is IProofRegistry {
    /// @notice Who may attest, and how many make a quorum.
    IAttesterRegistry public immutable ATTESTERS;

    /// @notice A first link signed before this time (2026-01-01, when there was no such registry) may quote a previous
    /// signature that nobody has: that is how a proof chain whose beginning Next.ID lost is taken over.
    uint64 public constant LEGACY_BEFORE = 1767225600;

    /// How far ahead of the chain's a signer's clock may run, in seconds.
    uint256 private constant CLOCK_SKEW = 15 minutes;

    /// @notice `LinkAppended.previousV` of a link whose `prev` is null.
    uint8 public constant NO_PREVIOUS = 255;

    mapping(address avatar => Chain) private _chains;
    mapping(bytes32 bindingKey => Binding) private _bindings;
    mapping(bytes32 payloadHash => bool) private _released;

    /// @param attesters The registry of those whose attestations count.
    constructor(IAttesterRegistry attesters) {
        ATTESTERS = attesters;
    }

    /// @inheritdoc IProofRegistry
    function append(Submission calldata link) external returns (bytes32 linkId) {
        string calldata platform = link.platform;
        string calldata identity = link.identity;
        bytes calldata previous = link.previous;
        bytes calldata proof = link.proof;
        string calldata accountId = link.accountId;
        (bytes32 platformHash, bytes32 payloadHash) = _readText(link, platform, identity, previous);
        (bytes32 r, bytes32 s, uint8 parity) = SignatureBytes.split(link.signature);
        address avatar = SignatureBytes.tryRecover(payloadHash, r, s, parity);
        require(avatar != address(0), SignatureBytes.SignatureBytesInvalid());
        bytes32 head = SignatureBytes.hash(r, s, parity);
        linkId = keccak256(abi.encode(payloadHash, head));
        uint256 sequence = _advance(avatar, head, link, previous);

        bytes32 identityKey = keccak256(abi.encode(platform, identity));
        Status status =
            link.action == Action.Create
                ? _create(
                    avatar,
                    identityKey,
                    platformHash,
                    payloadHash,
                    linkId,
                    link.createdAt,
                    identity,
                    proof,
                    accountId
                )
                : _delete(avatar, identityKey, proof, accountId);
        emit LinkAppended(
            avatar,
            linkId,
            identityKey,
            sequence,
            status,
            link.action,
            platform,
            identity,
            link.uuid,
            link.createdAt,
            previous.length == 0 ? NO_PREVIOUS : uint8(previous[64]),
            r,
            // A low s leaves the highest bit free (ERC-2098).
            bytes32(uint256(s) | (uint256(parity) << 255)),
            proof,
            link.proofLocation,
            accountId
        );
    }

    /// @inheritdoc IProofRegistry
    function confirm(
        address avatar,
        string calldata platform,
        string calldata identity,
        bytes32 linkId,
        string calldata proofLocation,
        string calldata accountId,
        bytes calldata attestations
    ) external {
        bytes32 identityKey = keccak256(abi.encode(platform, identity));
        bytes32 key = _bindingKey(avatar, identityKey);
        (Status status, , bytes24 created) = _unpack(_bindings[key]);
        require(
            status == Status.Claimed && created == bytes24(linkId),
            ProofRegistryNoSuchBinding(avatar, identityKey, status)
        );
        Text.requirePrintable(proofLocation, 1024);
        Text.requirePrintable(accountId, 255);
        (bool reached, uint64 checkedAt) = _count(keccak256(bytes(platform)), linkId, accountId, attestations);
        require(reached, ProofRegistryNoQuorum(linkId));
        _bindings[key] = _pack(created, checkedAt, Status.Confirmed);
        emit BindingConfirmed(avatar, linkId, identityKey, proofLocation, accountId, attestations);
    }

    /// @inheritdoc IProofRegistry
    function release(Submission calldata link) external {
        string calldata platform = link.platform;
        string calldata identity = link.identity;
        bytes calldata previous = link.previous;
        (bytes32 platformHash, bytes32 payloadHash) = _readText(link, platform, identity, previous);
        require(
            platformHash == SignPayload.ETHEREUM &&
                link.action == Action.Delete &&
                link.signature.length == 0 &&
                bytes(link.accountId).length == 0,
            ProofRegistryUnexpectedField()
        );
        address avatar = _addressOf(link.publicKey);
        bytes32 identityKey = keccak256(abi.encode(platform, identity));
        bytes32 key = _bindingKey(avatar, identityKey);
        (Status status, uint64 asOf, bytes24 created) = _unpack(_bindings[key]);
        require(status == Status.Confirmed, ProofRegistryNoSuchBinding(avatar, identityKey, status));
        _requireCreatedAt(link.createdAt, asOf);
        require(!_released[payloadHash], ProofRegistryAlreadyReleased(payloadHash));
        _requireWallet(identity, payloadHash, link.proof);
        _released[payloadHash] = true;
        _bindings[key] = _pack(created, asOf, Status.Deleted);
        emit BindingReleased(avatar, identityKey, link);
    }

    /// @inheritdoc IProofRegistry
    function statusOf(
        address avatar,
        string calldata platform,
        string calldata identity
    ) external view returns (Status status, uint64 asOf, bytes24 link) {
        return _unpack(_bindings[_bindingKey(avatar, keccak256(abi.encode(platform, identity)))]);
    }

    /// @inheritdoc IProofRegistry
    function isBound(address avatar, string calldata platform, string calldata identity) external view returns (bool) {
        (Status status, , ) = _unpack(_bindings[_bindingKey(avatar, keccak256(abi.encode(platform, identity)))]);
        return status == Status.Confirmed;
    }

    /// @inheritdoc IProofRegistry
    function headOf(address avatar) external view returns (bytes24) {
        return _headOf(_chains[avatar]);
    }

    /// @inheritdoc IProofRegistry
    function lengthOf(address avatar) external view returns (uint256) {
        return _lengthOf(_chains[avatar]);
    }

    /// Checks the submission's texts and rebuilds what was signed.
    function _readText(
        Submission calldata link,
        string calldata platform,
        string calldata identity,
        bytes calldata previous
    ) private pure returns (bytes32 platformHash, bytes32 payloadHash) {
        SignPayload.validate(link, platform, identity, previous);
        platformHash = keccak256(bytes(platform));
        uint256 length = link.publicKey.length;
        require(
            length == 64 || (length == 0 && !SignPayload.isTwoSided(platformHash)),
            ProofRegistryInvalidPublicKey(address(0))
        );
        payloadHash = SignPayload.hash(link, platform, identity, previous, platformHash);
    }

    /// Moves the head of the avatar's chain, and says how long the chain now is.
    function _advance(
        address avatar,
        bytes32 head,
        Submission calldata link,
        bytes calldata previous
    ) private returns (uint256 sequence) {
        Chain chain = _chains[avatar];
        sequence = _lengthOf(chain);
        bytes calldata publicKey = link.publicKey;
        uint64 createdAt = link.createdAt;
        require(
            publicKey.length == 0 ? sequence != 0 : _addressOf(publicKey) == avatar,
            ProofRegistryInvalidPublicKey(avatar)
        );
        if (sequence == 0) {
            _register(avatar, publicKey, previous, createdAt);
        } else {
            require(
                previous.length != 0 && bytes24(_hashOf(previous)) == _headOf(chain),
                ProofRegistryStaleHead(avatar, _headOf(chain))
            );
        }
        _requireCreatedAt(createdAt, uint40(uint256(Chain.unwrap(chain)) >> 24));
        // Nothing overlaps: createdAt has ten digits, and a chain of 2^24 links costs more gas than there is.
        ++sequence;
        _chains[avatar] = Chain.wrap(bytes32(bytes24(head)) | bytes32((uint256(createdAt) << 24) | sequence));
    }

    /// Begins an avatar's chain.
    function _register(address avatar, bytes calldata publicKey, bytes calldata previous, uint64 createdAt) private {
        emit AvatarRegistered(avatar, bytes32(publicKey[0:32]), bytes32(publicKey[32:64]));
        if (previous.length != 0) {
            require(createdAt < LEGACY_BEFORE, ProofRegistryStaleHead(avatar, 0));
            // Reverts where that is no signature, which no successor of it could have quoted.
            _hashOf(previous);
            emit ChainImported(avatar, previous);
        }
    }

    function _create(
        address avatar,
        bytes32 identityKey,
        bytes32 platformHash,
        bytes32 payloadHash,
        bytes32 linkId,
        uint64 asOf,
        string calldata identity,
        bytes calldata proof,
        string calldata accountId
    ) private returns (Status status) {
        if (platformHash == SignPayload.ETHEREUM) {
            require(bytes(accountId).length == 0, ProofRegistryUnexpectedField());
            _requireWallet(identity, payloadHash, proof);
            status = Status.Confirmed;
        } else {
            status = Status.Claimed;
            if (proof.length != 0) {
                (bool reached, uint64 checkedAt) = _count(platformHash, linkId, accountId, proof);
                if (reached) {
                    status = Status.Confirmed;
                    asOf = checkedAt;
                }
            }
        }
        _bindings[_bindingKey(avatar, identityKey)] = _pack(bytes24(linkId), asOf, status);
    }

    function _delete(
        address avatar,
        bytes32 identityKey,
        bytes calldata proof,
        string calldata accountId
    ) private returns (Status status) {
        require(proof.length == 0 && bytes(accountId).length == 0, ProofRegistryUnexpectedField());
        bytes32 key = _bindingKey(avatar, identityKey);
        (Status before, uint64 asOf, bytes24 created) = _unpack(_bindings[key]);
        if (before != Status.None) {
            status = Status.Deleted;
            _bindings[key] = _pack(created, asOf, status);
        }
    }

    /// Counts attestations that the other side was found. An avatar's alias needs the other avatar's own signature, so
    /// nobody may attest it in its place.
    function _count(
        bytes32 platformHash,
        bytes32 linkId,
        string calldata accountId,
        bytes calldata attestations
    ) private view returns (bool reached, uint64 checkedAt) {
        require(platformHash != SignPayload.NEXTID, ProofRegistryUnexpectedField());
        return ATTESTERS.countAttestations(platformHash, linkId, true, keccak256(bytes(accountId)), attestations);
    }

    function _requireCreatedAt(uint64 createdAt, uint64 earliest) private view {
        uint64 latest = uint64(block.timestamp + CLOCK_SKEW);
        require(
            createdAt >= earliest && createdAt <= latest,
            ProofRegistryInvalidCreatedAt(createdAt, earliest, latest)
        );
    }

    /// ECDSA goes first: under EIP-7702 an account that signs with its key may have code as well. Then ERC-1271.
    function _requireWallet(string calldata identity, bytes32 payloadHash, bytes calldata signature) private view {
        (bool ok, address wallet) = Text.parseAddress(bytes(identity));
        require(ok, ProofRegistryInvalidWallet(identity));
        if (wallet != address(0) && SignatureBytes.isWellFormed(signature)) {
            (bytes32 r, bytes32 s, uint8 parity) = SignatureBytes.split(signature);
            if (SignatureBytes.tryRecover(payloadHash, r, s, parity) == wallet) return;
        }
        require(
            SignatureChecker.isValidERC1271SignatureNow(wallet, payloadHash, signature),
            ProofRegistryInvalidWalletSignature(identity)
        );
    }

    function _addressOf(bytes calldata publicKey) private pure returns (address) {
        return address(uint160(uint256(keccak256(publicKey))));
    }

    function _hashOf(bytes calldata signature) private pure returns (bytes32) {
        (bytes32 r, bytes32 s, uint8 parity) = SignatureBytes.split(signature);
        return SignatureBytes.hash(r, s, parity);
    }

    function _headOf(Chain chain) private pure returns (bytes24) {
        return bytes24(Chain.unwrap(chain));
    }

    function _lengthOf(Chain chain) private pure returns (uint256) {
        return uint24(uint256(Chain.unwrap(chain)));
    }

    function _pack(bytes24 link, uint64 asOf, Status status) private pure returns (Binding) {
        return Binding.wrap(bytes32(link) | bytes32((uint256(uint40(asOf)) << 8) | uint256(status)));
    }

    function _unpack(Binding binding) private pure returns (Status status, uint64 asOf, bytes24 link) {
        uint256 word = uint256(Binding.unwrap(binding));
        return (Status(uint8(word)), uint40(word >> 8), bytes24(Binding.unwrap(binding)));
    }

    function _bindingKey(address avatar, bytes32 identityKey) private pure returns (bytes32) {
        return keccak256(abi.encode(avatar, identityKey));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IAttesterRegistry} from "./interfaces/IAttesterRegistry.sol";
import {Action, Confirmation, IProofRegistry, Refusal, Status, Submission} from "./interfaces/IProofRegistry.sol";
import {AttestationHash} from "./lib/AttestationHash.sol";
import {Quoted, SignPayload} from "./lib/SignPayload.sol";
import {SignatureBytes} from "./lib/SignatureBytes.sol";
import {Text} from "./lib/Text.sol";

/// An avatar's chain in one word: its head (24 bytes), createdAt of its last link (5) and its length (3).
type Chain is bytes32;

/// A binding in one word: its link (24 bytes), since when (5), and its status (1).
type Binding is bytes32;

/// @title Proof registry
/// @notice See IProofRegistry.
/// @dev Whatever can be wrong with a link is found before anything is written, and told as a Refusal, so that `append` and
/// `appendBatch` go the same way: the one reverts with it, the other goes on with the next link.
contract ProofRegistry is IProofRegistry {
    /// What a link's own bytes say.
    struct Reading {
        bytes32 platformHash;
        bytes32 payloadHash;
        bytes32 linkId;
        bytes32 head;
        /// The avatar's signature.
        bytes32 r;
        bytes32 s;
        uint8 v;
        Quoted previous;
    }

    /// Attestations of a list, as counted.
    struct Listed {
        uint256 count;
        uint64 checkedAt;
        /// The platform that was last asked for, and its quorum.
        bytes32 platformHash;
        uint256 quorum;
    }

    /// @notice Who may attest, and how many make a quorum.
    IAttesterRegistry public immutable ATTESTERS;

    /// @notice A first link signed before this time (2026-01-01, when there was no such registry) may quote a previous
    /// signature that nobody has: that is how a proof chain whose beginning Next.ID lost is taken over.
    uint64 public constant LEGACY_BEFORE = 1767225600;

    /// @notice `LinkAppended.previousV` of a link whose `prev` is null.
    uint8 public constant NO_PREVIOUS = SignPayload.NO_PREVIOUS;

    /// How far ahead of the chain's a signer's clock may run, in seconds.
    uint256 private constant CLOCK_SKEW = 15 minutes;

    /// What a wallet's contract may use to judge a signature. A P-256 signature takes about 350,000 in plain Solidity.
    uint256 private constant WALLET_GAS = 400_000;

    /// What has to be left before a link of a batch is looked at that makes a call: what the call may use, the 64th that
    /// EIP-150 keeps back, and what a link costs without the call.
    uint256 private constant CALL_RESERVE = 520_000;

    mapping(address avatar => Chain) private _chains;
    mapping(bytes32 bindingKey => Binding) private _bindings;
    mapping(bytes32 payloadHash => bool) private _released;
    mapping(address wallet => address avatar) private _avatars;

    /// @param attesters The registry of those whose attestations count.
    constructor(IAttesterRegistry attesters) {
        ATTESTERS = attesters;
    }

    /// @inheritdoc IProofRegistry
    function append(Submission calldata link) external returns (bytes32 linkId) {
        Reading memory reading;
        Listed memory none;
        Refusal refusal = _read(link, link.previous, reading);
        address avatar = address(0);
        if (refusal == Refusal.None) (refusal, avatar) = _append(link, reading, none);
        if (refusal != Refusal.None) _revertWith(refusal, link, reading, avatar);
        return reading.linkId;
    }

    /// @inheritdoc IProofRegistry
    function appendBatch(Submission[] calldata links, bytes calldata attestations) external {
        Reading[] memory readings = new Reading[](links.length);
        Refusal[] memory refusals = new Refusal[](links.length);
        bytes32[] memory findings = new bytes32[](links.length);
        uint256 found = 0;
        for (uint256 i = 0; i < links.length; ++i) {
            Submission calldata link = links[i];
            refusals[i] = link.previous.length == 1 && i != 0
                ? _readAfter(link, links[i - 1].signature, readings[i])
                : _read(link, link.previous, readings[i]);
            if (refusals[i] == Refusal.None && _isListed(link, readings[i].platformHash)) {
                findings[found++] = AttestationHash.finding(
                    readings[i].linkId,
                    true,
                    keccak256(bytes(link.accountId))
                );
            }
        }
        Listed memory listed;
        if (attestations.length != 0) {
            assembly ("memory-safe") {
                mstore(findings, found)
            }
            listed = _countListed(findings, attestations);
        }
        for (uint256 i = 0; i < links.length; ++i) {
            Refusal refusal = refusals[i];
            if (refusal == Refusal.None) {
                // A link that is refused for want of gas would be refused by choice of whoever sends the batch.
                require(links[i].proof.length == 0 || gasleft() > CALL_RESERVE, ProofRegistryOutOfGas(i));
                (refusal, ) = _append(links[i], readings[i], listed);
            }
            if (refusal != Refusal.None) emit LinkRefused(i, readings[i].linkId, refusal);
        }
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
        SignPayload.requireEvidence(proofLocation, accountId);
        bytes32 identityKey = _identityKey(platform, identity);
        bytes32 key = _bindingKey(avatar, identityKey);
        (Status status, , bytes24 created) = _unpack(_bindings[key]);
        require(
            status == Status.Claimed && created == bytes24(linkId),
            ProofRegistryNoSuchBinding(avatar, identityKey, status)
        );
        uint64 asOf = _requireQuorum(platform, linkId, true, accountId, 0, attestations);
        _bindings[key] = _pack(created, asOf, Status.Confirmed);
        emit BindingConfirmed(avatar, linkId, identityKey, asOf, proofLocation, accountId, attestations);
    }

    /// @inheritdoc IProofRegistry
    function confirmBatch(
        Confirmation[] calldata confirmations,
        bytes32[] calldata findings,
        bytes calldata attestations
    ) external {
        Listed memory listed = _countListed(findings, attestations);
        for (uint256 i = 0; i < confirmations.length; ++i) {
            if (!_confirmListed(confirmations[i], findings, listed)) {
                emit ConfirmationRefused(i, confirmations[i].linkId);
            }
        }
    }

    /// @inheritdoc IProofRegistry
    function suspend(
        address avatar,
        string calldata platform,
        string calldata identity,
        bytes32 linkId,
        string calldata accountId,
        bytes calldata attestations
    ) external {
        (bytes32 identityKey, uint64 asOf) = _turn(
            avatar,
            platform,
            identity,
            linkId,
            accountId,
            attestations,
            Status.Confirmed,
            Status.Suspended
        );
        emit BindingSuspended(avatar, linkId, identityKey, asOf, accountId, attestations);
    }

    /// @inheritdoc IProofRegistry
    function reinstate(
        address avatar,
        string calldata platform,
        string calldata identity,
        bytes32 linkId,
        string calldata accountId,
        bytes calldata attestations
    ) external {
        (bytes32 identityKey, uint64 asOf) = _turn(
            avatar,
            platform,
            identity,
            linkId,
            accountId,
            attestations,
            Status.Suspended,
            Status.Confirmed
        );
        emit BindingReinstated(avatar, linkId, identityKey, asOf, accountId, attestations);
    }

    /// @inheritdoc IProofRegistry
    function release(Submission calldata link) external {
        Reading memory reading;
        Refusal refusal = _readText(link, link.previous, reading);
        if (refusal != Refusal.None) _revertWith(refusal, link, reading, address(0));
        require(
            _isCosigned(reading.platformHash) &&
                link.action == Action.Delete &&
                link.signature.length == 0 &&
                bytes(link.accountId).length == 0,
            ProofRegistryUnexpectedField()
        );
        address avatar = _addressOf(link.publicKey);
        bytes32 identityKey = _identityKey(link.platform, link.identity);
        bytes32 key = _bindingKey(avatar, identityKey);
        (Status status, uint64 asOf, bytes24 created) = _unpack(_bindings[key]);
        require(status == Status.Confirmed, ProofRegistryNoSuchBinding(avatar, identityKey, status));
        require(
            link.createdAt >= asOf && link.createdAt <= _latest(),
            ProofRegistryInvalidCreatedAt(link.createdAt, asOf, _latest())
        );
        require(!_released[reading.payloadHash], ProofRegistryAlreadyReleased(reading.payloadHash));
        refusal = _checkCosigner(reading, link.identity, link.proof, avatar);
        if (refusal != Refusal.None) _revertWith(refusal, link, reading, avatar);
        _released[reading.payloadHash] = true;
        _bindings[key] = _pack(created, asOf, Status.Deleted);
        emit BindingReleased(avatar, identityKey, link);
    }

    /// @inheritdoc IProofRegistry
    function setAvatar(address avatar) external {
        if (avatar != address(0)) {
            bytes32 identityKey = _walletKey(msg.sender);
            (Status status, , ) = _unpack(_bindings[_bindingKey(avatar, identityKey)]);
            require(status == Status.Confirmed, ProofRegistryNoSuchBinding(avatar, identityKey, status));
        }
        _avatars[msg.sender] = avatar;
        emit AvatarSet(msg.sender, avatar);
    }

    /// @inheritdoc IProofRegistry
    function avatarOf(address wallet) external view returns (address avatar) {
        avatar = _avatars[wallet];
        if (avatar == address(0)) return avatar;
        (Status status, , ) = _unpack(_bindings[_bindingKey(avatar, _walletKey(wallet))]);
        if (status != Status.Confirmed) return address(0);
    }

    /// @inheritdoc IProofRegistry
    function statusOf(
        address avatar,
        string calldata platform,
        string calldata identity
    ) external view returns (Status status, uint64 asOf, bytes24 link) {
        return _unpack(_bindings[_bindingKey(avatar, _identityKey(platform, identity))]);
    }

    /// @inheritdoc IProofRegistry
    function isBound(address avatar, string calldata platform, string calldata identity) external view returns (bool) {
        (Status status, , ) = _unpack(_bindings[_bindingKey(avatar, _identityKey(platform, identity))]);
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

    /// Reads a link that says itself what its text's `prev` quotes.
    function _read(
        Submission calldata link,
        bytes calldata previous,
        Reading memory reading
    ) private pure returns (Refusal refusal) {
        refusal = _readText(link, previous, reading);
        if (refusal == Refusal.None) refusal = _readSignature(link, reading);
    }

    /// Reads a link of a batch whose text's `prev` quotes the signature of the link in front.
    function _readAfter(
        Submission calldata link,
        bytes calldata before,
        Reading memory reading
    ) private pure returns (Refusal refusal) {
        if (before.length != 65) return Refusal.InvalidSignature;
        (reading.previous.r, reading.previous.s, ) = SignatureBytes.read(before);
        reading.previous.v = uint8(link.previous[0]);
        refusal = _readFields(link, reading);
        if (refusal == Refusal.None) refusal = _readSignature(link, reading);
    }

    function _readText(
        Submission calldata link,
        bytes calldata previous,
        Reading memory reading
    ) private pure returns (Refusal) {
        if (previous.length == 0) {
            reading.previous.v = NO_PREVIOUS;
        } else {
            if (previous.length != 65) return Refusal.InvalidText;
            (reading.previous.r, reading.previous.s, reading.previous.v) = SignatureBytes.read(previous);
        }
        return _readFields(link, reading);
    }

    /// Checks the submission's texts and rebuilds what was signed.
    function _readFields(Submission calldata link, Reading memory reading) private pure returns (Refusal) {
        string calldata platform = link.platform;
        string calldata identity = link.identity;
        if (!SignPayload.isValid(link, platform, identity)) return Refusal.InvalidText;
        uint8 v = reading.previous.v;
        if (v != NO_PREVIOUS && !SignatureBytes.isV(v)) return Refusal.InvalidSignature;
        bytes32 platformHash = keccak256(bytes(platform));
        uint256 length = link.publicKey.length;
        if (length != 64 && (length != 0 || SignPayload.isTwoSided(platformHash))) return Refusal.InvalidPublicKey;
        reading.platformHash = platformHash;
        reading.payloadHash = SignPayload.hash(link, platform, identity, reading.previous, platformHash);
        return Refusal.None;
    }

    function _readSignature(Submission calldata link, Reading memory reading) private pure returns (Refusal) {
        bytes calldata signature = link.signature;
        if (signature.length != 65) return Refusal.InvalidSignature;
        (bytes32 r, bytes32 s, uint8 v) = SignatureBytes.read(signature);
        if (!SignatureBytes.isV(v)) return Refusal.InvalidSignature;
        (reading.r, reading.s, reading.v) = (r, s, v);
        reading.head = SignatureBytes.hash(r, s, v);
        reading.linkId = keccak256(abi.encode(reading.payloadHash, reading.head));
        return Refusal.None;
    }

    /// Appends a link, or says why not and leaves everything as it was.
    /// @param listed Attestations of the batch that the link belongs to.
    function _append(
        Submission calldata link,
        Reading memory reading,
        Listed memory listed
    ) private returns (Refusal refusal, address avatar) {
        avatar = SignatureBytes.tryRecover(reading.payloadHash, reading.r, reading.s, reading.v);
        if (avatar == address(0)) return (Refusal.InvalidSignature, avatar);
        Chain chain = _chains[avatar];
        refusal = _checkChain(link, reading, avatar, chain);
        if (refusal != Refusal.None) return (refusal, avatar);

        bytes32 identityKey = _identityKey(link.platform, link.identity);
        bytes32 key = _bindingKey(avatar, identityKey);
        Status status;
        uint64 asOf;
        if (link.action == Action.Create) {
            (refusal, status, asOf) = _judgeCreate(link, reading, listed, avatar);
            if (refusal != Refusal.None) return (refusal, avatar);
            _bindings[key] = _pack(bytes24(reading.linkId), asOf, status);
        } else {
            if (link.proof.length != 0 || bytes(link.accountId).length != 0) {
                return (Refusal.UnexpectedField, avatar);
            }
            bytes24 created;
            (status, asOf, created) = _unpack(_bindings[key]);
            if (status != Status.None) {
                status = Status.Deleted;
                _bindings[key] = _pack(created, asOf, status);
            }
        }
        _emitLink(link, reading, avatar, identityKey, _advance(link, reading, avatar, chain), status, asOf);
    }

    /// Whether the link is the next one of its avatar's chain.
    function _checkChain(
        Submission calldata link,
        Reading memory reading,
        address avatar,
        Chain chain
    ) private view returns (Refusal) {
        bytes calldata publicKey = link.publicKey;
        if (publicKey.length == 0 ? _lengthOf(chain) == 0 : _addressOf(publicKey) != avatar) {
            return Refusal.InvalidPublicKey;
        }
        uint8 v = reading.previous.v;
        uint64 createdAt = link.createdAt;
        if (_lengthOf(chain) == 0) {
            if (v != NO_PREVIOUS && createdAt >= LEGACY_BEFORE) return Refusal.StaleHead;
        } else {
            if (v == NO_PREVIOUS) return Refusal.StaleHead;
            bytes32 head = SignatureBytes.hash(reading.previous.r, reading.previous.s, v);
            if (bytes24(head) != _headOf(chain)) return Refusal.StaleHead;
        }
        if (createdAt < _createdAtOf(chain) || createdAt > _latest()) return Refusal.InvalidCreatedAt;
        return Refusal.None;
    }

    /// Where a binding stands by a create, and since when.
    function _judgeCreate(
        Submission calldata link,
        Reading memory reading,
        Listed memory listed,
        address avatar
    ) private view returns (Refusal refusal, Status status, uint64 asOf) {
        bytes32 platformHash = reading.platformHash;
        bytes calldata proof = link.proof;
        asOf = link.createdAt;
        if (_isCosigned(platformHash)) {
            if (bytes(link.accountId).length != 0) return (Refusal.UnexpectedField, status, asOf);
            return (_checkCosigner(reading, link.identity, proof, avatar), Status.Confirmed, asOf);
        }
        bool reached = false;
        uint64 checkedAt = listed.checkedAt;
        if (proof.length != 0) {
            bytes32 accountIdHash = keccak256(bytes(link.accountId));
            try ATTESTERS.countAttestations(platformHash, reading.linkId, true, accountIdHash, 0, proof) returns (
                bool enough,
                uint64 latest
            ) {
                (reached, checkedAt) = (enough, latest);
            } catch {
                return (Refusal.InvalidAttestations, status, asOf);
            }
        } else if (listed.count != 0) {
            reached = _reachesQuorum(listed, platformHash);
        }
        return reached ? (refusal, Status.Confirmed, checkedAt) : (refusal, Status.Claimed, asOf);
    }

    /// Moves the head of the avatar's chain, and says how long the chain now is.
    function _advance(
        Submission calldata link,
        Reading memory reading,
        address avatar,
        Chain chain
    ) private returns (uint256 sequence) {
        sequence = _lengthOf(chain);
        if (sequence == 0) {
            bytes calldata publicKey = link.publicKey;
            emit AvatarRegistered(avatar, bytes32(publicKey[0:32]), bytes32(publicKey[32:64]));
            Quoted memory previous = reading.previous;
            if (previous.v != NO_PREVIOUS) {
                emit ChainImported(avatar, abi.encodePacked(previous.r, previous.s, previous.v));
            }
        }
        // Nothing overlaps: createdAt has ten digits, and a chain of 2^24 links costs more gas than there is.
        ++sequence;
        _chains[avatar] = Chain.wrap(
            bytes32(bytes24(reading.head)) | bytes32((uint256(link.createdAt) << 24) | sequence)
        );
    }

    function _emitLink(
        Submission calldata link,
        Reading memory reading,
        address avatar,
        bytes32 identityKey,
        uint256 sequence,
        Status status,
        uint64 asOf
    ) private {
        emit LinkAppended(
            avatar,
            reading.linkId,
            identityKey,
            sequence,
            status,
            asOf,
            link.action,
            link.platform,
            link.identity,
            link.uuid,
            link.createdAt,
            reading.previous.v,
            reading.r,
            // A low s leaves the highest bit free (ERC-2098).
            bytes32(uint256(reading.s) | (uint256(SignatureBytes.parityOf(reading.v)) << 255)),
            link.proof,
            link.proofLocation,
            link.accountId
        );
    }

    /// Confirms a claim by a finding of a list, or leaves everything as it was.
    function _confirmListed(
        Confirmation calldata it,
        bytes32[] calldata findings,
        Listed memory listed
    ) private returns (bool) {
        bytes32 identityKey = _identityKey(it.platform, it.identity);
        bytes32 key = _bindingKey(it.avatar, identityKey);
        (Status status, , bytes24 created) = _unpack(_bindings[key]);
        if (status != Status.Claimed || created != bytes24(it.linkId) || it.index >= findings.length) return false;
        bytes32 platformHash = keccak256(bytes(it.platform));
        if (
            _isCosigned(platformHash) ||
            !SignPayload.isEvidence(it.proofLocation, it.accountId) ||
            AttestationHash.finding(it.linkId, true, keccak256(bytes(it.accountId))) != findings[it.index] ||
            !_reachesQuorum(listed, platformHash)
        ) return false;
        _bindings[key] = _pack(created, listed.checkedAt, Status.Confirmed);
        emit BindingConfirmed(
            it.avatar,
            it.linkId,
            identityKey,
            listed.checkedAt,
            it.proofLocation,
            it.accountId,
            ""
        );
        return true;
    }

    /// Turns a binding from Confirmed to Suspended, or back, by attestations newer than its `asOf`.
    function _turn(
        address avatar,
        string calldata platform,
        string calldata identity,
        bytes32 linkId,
        string calldata accountId,
        bytes calldata attestations,
        Status from,
        Status to
    ) private returns (bytes32 identityKey, uint64 asOf) {
        SignPayload.requireEvidence(accountId, accountId);
        identityKey = _identityKey(platform, identity);
        bytes32 key = _bindingKey(avatar, identityKey);
        (Status status, uint64 before, bytes24 created) = _unpack(_bindings[key]);
        require(
            status == from && created == bytes24(linkId),
            ProofRegistryNoSuchBinding(avatar, identityKey, status)
        );
        asOf = _requireQuorum(platform, linkId, to == Status.Confirmed, accountId, before + 1, attestations);
        _bindings[key] = _pack(created, asOf, to);
    }

    /// Reverts unless a quorum of attesters signed the statement; says when one of them last looked.
    function _requireQuorum(
        string calldata platform,
        bytes32 linkId,
        bool found,
        string calldata accountId,
        uint64 notBefore,
        bytes calldata attestations
    ) private view returns (uint64) {
        bytes32 platformHash = keccak256(bytes(platform));
        // What takes a signature of the other side's, nobody may attest in its place.
        require(!_isCosigned(platformHash), ProofRegistryUnexpectedField());
        (bool reached, uint64 checkedAt) = ATTESTERS.countAttestations(
            platformHash,
            linkId,
            found,
            keccak256(bytes(accountId)),
            notBefore,
            attestations
        );
        require(reached, ProofRegistryNoQuorum(linkId));
        return checkedAt;
    }

    /// Counts the attesters of a list, and puts both into the log.
    function _countListed(
        bytes32[] memory findings,
        bytes calldata attestations
    ) private returns (Listed memory listed) {
        bytes32 findingsHash;
        assembly ("memory-safe") {
            findingsHash := keccak256(add(findings, 32), mul(mload(findings), 32))
        }
        (listed.count, listed.checkedAt) = ATTESTERS.countBatchAttestations(findingsHash, attestations);
        emit FindingsAttested(findings, listed.checkedAt, attestations);
    }

    function _reachesQuorum(Listed memory listed, bytes32 platformHash) private view returns (bool) {
        if (listed.platformHash != platformHash) {
            listed.platformHash = platformHash;
            listed.quorum = ATTESTERS.quorumOf(platformHash);
        }
        return listed.count >= listed.quorum;
    }

    /// Whether a link of a batch is one of those that the batch's attestations are about.
    function _isListed(Submission calldata link, bytes32 platformHash) private pure returns (bool) {
        return link.action == Action.Create && link.proof.length == 0 && !_isCosigned(platformHash);
    }

    /// Whether the other side signs for itself, and nobody may attest in its place.
    function _isCosigned(bytes32 platformHash) private pure returns (bool) {
        return platformHash == SignPayload.ETHEREUM || platformHash == SignPayload.NEXTID;
    }

    /// Whether the wallet or avatar that `identity` names signed the text.
    function _checkCosigner(
        Reading memory reading,
        string calldata identity,
        bytes calldata proof,
        address avatar
    ) private view returns (Refusal) {
        return
            reading.platformHash == SignPayload.ETHEREUM
                ? _checkWallet(reading.payloadHash, identity, proof)
                : _checkAlias(reading.payloadHash, identity, proof, avatar);
    }

    /// ECDSA goes first: under EIP-7702 an account that signs with its key may have code as well. Then ERC-1271.
    function _checkWallet(
        bytes32 payloadHash,
        string calldata identity,
        bytes calldata proof
    ) private view returns (Refusal) {
        (bool ok, address wallet) = Text.parseAddress(bytes(identity));
        if (!ok) return Refusal.InvalidIdentity;
        if (proof.length == 65 && wallet != address(0) && _recover(payloadHash, proof) == wallet) return Refusal.None;
        return _isValidERC1271(wallet, payloadHash, proof) ? Refusal.None : Refusal.InvalidProof;
    }

    function _checkAlias(
        bytes32 payloadHash,
        string calldata identity,
        bytes calldata proof,
        address avatar
    ) private pure returns (Refusal) {
        (bool ok, bytes32 x, bool odd) = Text.parseCompressedKey(bytes(identity));
        if (!ok) return Refusal.InvalidIdentity;
        if (proof.length != 97) return Refusal.InvalidProof;
        bytes32 y = bytes32(proof[65:97]);
        address other = _recover(payloadHash, proof);
        if (
            other == address(0) ||
            other == avatar ||
            other != address(uint160(uint256(keccak256(abi.encode(x, y))))) ||
            (uint256(y) & 1 != 0) != odd
        ) return Refusal.InvalidProof;
        return Refusal.None;
    }

    /// Who signed with the first 65 bytes of `proof`; zero if nobody did.
    function _recover(bytes32 payloadHash, bytes calldata proof) private pure returns (address) {
        (bytes32 r, bytes32 s, uint8 v) = SignatureBytes.read(proof);
        return SignatureBytes.isV(v) ? SignatureBytes.tryRecover(payloadHash, r, s, v) : address(0);
    }

    /// As OpenZeppelin's SignatureChecker has it, but with a bound on the gas: of the answer, too, only one word is copied.
    function _isValidERC1271(address wallet, bytes32 hash, bytes calldata signature) private view returns (bool ok) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (hash, signature));
        bytes32 magic = IERC1271.isValidSignature.selector;
        assembly ("memory-safe") {
            ok := staticcall(WALLET_GAS, wallet, add(question, 32), mload(question), 0, 32)
            ok := and(ok, and(gt(returndatasize(), 31), eq(mload(0), magic)))
        }
    }

    /// Reverts with the error of a refusal and with what explains it.
    function _revertWith(
        Refusal refusal,
        Submission calldata link,
        Reading memory reading,
        address avatar
    ) private view {
        if (refusal == Refusal.InvalidText) SignPayload.explain(link);
        if (refusal == Refusal.InvalidSignature) revert ProofRegistryInvalidSignature();
        if (refusal == Refusal.InvalidPublicKey) revert ProofRegistryInvalidPublicKey(avatar);
        if (refusal == Refusal.StaleHead) revert ProofRegistryStaleHead(avatar, _headOf(_chains[avatar]));
        if (refusal == Refusal.InvalidCreatedAt) {
            revert ProofRegistryInvalidCreatedAt(link.createdAt, _createdAtOf(_chains[avatar]), _latest());
        }
        if (refusal == Refusal.UnexpectedField) revert ProofRegistryUnexpectedField();
        if (refusal == Refusal.InvalidIdentity) revert ProofRegistryInvalidIdentity(link.identity);
        if (refusal == Refusal.InvalidProof) revert ProofRegistryInvalidProof(link.identity);
        // What is left are the attestations, of which their registry itself says what is wrong: it reverts.
        bytes32 accountIdHash = keccak256(bytes(link.accountId));
        ATTESTERS.countAttestations(reading.platformHash, reading.linkId, true, accountIdHash, 0, link.proof);
        revert ProofRegistryNoQuorum(reading.linkId);
    }

    /// How far in the future a link may be dated.
    function _latest() private view returns (uint64) {
        return uint64(block.timestamp + CLOCK_SKEW);
    }

    function _addressOf(bytes calldata publicKey) private pure returns (address) {
        return address(uint160(uint256(keccak256(publicKey))));
    }

    function _headOf(Chain chain) private pure returns (bytes24) {
        return bytes24(Chain.unwrap(chain));
    }

    function _createdAtOf(Chain chain) private pure returns (uint64) {
        return uint40(uint256(Chain.unwrap(chain)) >> 24);
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

    function _identityKey(string calldata platform, string calldata identity) private pure returns (bytes32) {
        return keccak256(abi.encode(platform, identity));
    }

    function _walletKey(address wallet) private pure returns (bytes32) {
        return keccak256(abi.encode("ethereum", Text.hexAddress(wallet)));
    }

    function _bindingKey(address avatar, bytes32 identityKey) private pure returns (bytes32) {
        return keccak256(abi.encode(avatar, identityKey));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {IAttesterRegistry} from "./interfaces/IAttesterRegistry.sol";
import {Action, Confirmation, IProofRegistry, Refusal, Status, Submission} from "./interfaces/IProofRegistry.sol";
import {Attestations} from "./lib/Attestations.sol";
import {AttestationHash} from "./lib/AttestationHash.sol";
import {IdentityKey} from "./lib/IdentityKey.sol";
import {PlatformTag} from "./lib/PlatformTag.sol";
import {SignPayload} from "./lib/SignPayload.sol";
import {SignatureBytes} from "./lib/SignatureBytes.sol";
import {Slice, Slices} from "./lib/Slice.sol";
import {Text} from "./lib/Text.sol";

/// An avatar's chain in one word: its head (24 bytes), createdAt of its last link (5) and its length (3).
type Chain is bytes32;

/// A binding in one word: its link (24 bytes), the tag of its platform (2), since when (5), and its status (1).
type Binding is bytes32;

/// @title Proof registry
/// @notice See IProofRegistry.
/// @dev Whatever can be wrong with a link is found before anything is written, and told as a Refusal, so that `append` and
/// `appendBatch` go the same way: the one reverts with it, the other goes on with the next link.
contract ProofRegistry is IProofRegistry {
    using Slices for Slice;

    /// What a link's own bytes say.
    struct Reading {
        Slice platform;
        Slice identity;
        Slice proof;
        Slice proofLocation;
        Slice accountId;
        bytes32 platformHash;
        /// Of the platform.
        uint16 tag;
        bytes32 payloadHash;
        bytes32 linkId;
        bytes32 head;
        /// First 64 bytes of what `prev` quotes.
        bytes32 previousR;
        bytes32 previousS;
    }

    /// Attestations of a list, as counted.
    struct Listed {
        uint256 count;
        uint64 checkedAt;
        /// One of the attesters.
        address attester;
        /// The platforms that were last asked for, and their quorum.
        uint16 tag;
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
    function append(Submission calldata link) external returns (bytes32) {
        Reading memory reading;
        Refusal refusal = _read(link, link.previousR, link.previousS, reading);
        address avatar = address(0);
        if (refusal == Refusal.None) {
            Listed memory none;
            (refusal, avatar) = _append(link, reading, none);
        }
        if (refusal != Refusal.None) _revertWith(refusal, link, reading, avatar);
        return reading.linkId;
    }

    /// @inheritdoc IProofRegistry
    function appendBatch(Submission[] calldata links, bytes calldata attestations) external {
        Reading[] memory readings = new Reading[](links.length);
        Refusal[] memory refusals = new Refusal[](links.length);
        Listed memory listed = _readBatch(links, attestations, readings, refusals);
        for (uint256 i = 0; i < links.length; ++i) {
            Reading memory reading = readings[i];
            Refusal refusal = refusals[i];
            if (refusal == Refusal.None) {
                // A link that is refused for want of gas would be refused by choice of whoever sends the batch.
                require(reading.proof.size() == 0 || gasleft() > CALL_RESERVE, ProofRegistryOutOfGas(i));
                (refusal, ) = _append(links[i], reading, listed);
            }
            if (refusal != Refusal.None) emit LinkRefused(i, reading.linkId, refusal);
        }
    }

    /// @inheritdoc IProofRegistry
    function confirm(
        bytes32 bindingKey,
        bytes32 linkId,
        string calldata proofLocation,
        string calldata accountId,
        bytes calldata attestations
    ) external {
        Text.requirePrintable(proofLocation, SignPayload.MAX_LOCATION);
        _turn(bindingKey, linkId, accountId, attestations, Status.Claimed, Status.Confirmed);
        emit BindingConfirmed(bindingKey, linkId, proofLocation, accountId, attestations);
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
        bytes32 bindingKey,
        bytes32 linkId,
        string calldata accountId,
        bytes calldata attestations
    ) external {
        _turn(bindingKey, linkId, accountId, attestations, Status.Confirmed, Status.Suspended);
        emit BindingSuspended(bindingKey, linkId, accountId, attestations);
    }

    /// @inheritdoc IProofRegistry
    function reinstate(
        bytes32 bindingKey,
        bytes32 linkId,
        string calldata accountId,
        bytes calldata attestations
    ) external {
        _turn(bindingKey, linkId, accountId, attestations, Status.Suspended, Status.Confirmed);
        emit BindingReinstated(bindingKey, linkId, accountId, attestations);
    }

    /// @inheritdoc IProofRegistry
    function release(Submission calldata link) external {
        Reading memory reading;
        Refusal refusal = _readText(link, link.previousR, link.previousS, reading);
        if (refusal != Refusal.None) _revertWith(refusal, link, reading, address(0));
        require(
            reading.tag == PlatformTag.COSIGNED &&
                link.action == Action.Delete &&
                (link.r | link.vs) == 0 &&
                reading.accountId.size() == 0,
            ProofRegistryUnexpectedField()
        );
        address avatar = _addressOf(link.publicKeyX, link.publicKeyY);
        bytes32 identityKey = IdentityKey.identityKey(reading.platform.text(), reading.identity.text());
        bytes32 key = IdentityKey.bindingKey(avatar, identityKey);
        (Status status, uint64 asOf, bytes24 created) = _unpack(_bindings[key]);
        require(status == Status.Confirmed, ProofRegistryNoSuchBinding(key, status));
        require(
            link.createdAt >= asOf && link.createdAt <= _latest(),
            ProofRegistryInvalidCreatedAt(link.createdAt, asOf, _latest())
        );
        require(!_released[reading.payloadHash], ProofRegistryAlreadyReleased(reading.payloadHash));
        refusal = _checkCosigner(reading, avatar);
        if (refusal != Refusal.None) _revertWith(refusal, link, reading, avatar);
        _released[reading.payloadHash] = true;
        _bindings[key] = _pack(created, reading.tag, asOf, Status.Deleted);
        emit BindingReleased(avatar, identityKey, link);
    }

    /// @inheritdoc IProofRegistry
    function setAvatar(address avatar) external {
        if (avatar != address(0)) {
            bytes32 key = IdentityKey.bindingKey(avatar, _walletKey(msg.sender));
            (Status status, , ) = _unpack(_bindings[key]);
            require(status == Status.Confirmed, ProofRegistryNoSuchBinding(key, status));
        }
        _avatars[msg.sender] = avatar;
        emit AvatarSet(msg.sender, avatar);
    }

    /// @inheritdoc IProofRegistry
    function avatarOf(address wallet) external view returns (address avatar) {
        avatar = _avatars[wallet];
        if (avatar == address(0)) return avatar;
        (Status status, , ) = _unpack(_bindings[IdentityKey.bindingKey(avatar, _walletKey(wallet))]);
        if (status != Status.Confirmed) return address(0);
    }

    /// @inheritdoc IProofRegistry
    function statusOf(
        address avatar,
        string calldata platform,
        string calldata identity
    ) external view returns (Status status, uint64 asOf, bytes24 link) {
        return _unpack(_bindings[IdentityKey.bindingKey(avatar, IdentityKey.identityKey(platform, identity))]);
    }

    /// @inheritdoc IProofRegistry
    function isBound(address avatar, string calldata platform, string calldata identity) external view returns (bool) {
        (Status status, , ) = _unpack(_bindings[IdentityKey.bindingKey(avatar, IdentityKey.identityKey(platform, identity))]);
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

    /// Reads all links of a batch, and counts the attesters of the findings in it.
    function _readBatch(
        Submission[] calldata links,
        bytes calldata attestations,
        Reading[] memory readings,
        Refusal[] memory refusals
    ) private returns (Listed memory listed) {
        bytes32[] memory findings = new bytes32[](links.length);
        uint256 found = 0;
        for (uint256 i = 0; i < links.length; ++i) {
            Submission calldata link = links[i];
            Reading memory reading = readings[i];
            bytes32 previousR = link.previousR;
            bytes32 previousS = link.previousS;
            if (i != 0 && (previousR | previousS) == 0 && link.previousV != NO_PREVIOUS) {
                Submission calldata before = links[i - 1];
                (previousR, previousS) = (before.r, SignatureBytes.sOf(before.vs));
            }
            refusals[i] = _read(link, previousR, previousS, reading);
            if (
                refusals[i] == Refusal.None &&
                link.action == Action.Create &&
                reading.proof.size() == 0 &&
                reading.tag != PlatformTag.COSIGNED
            ) {
                bytes32 accountIdHash = reading.accountId.hash();
                findings[found++] = AttestationHash.finding(reading.linkId, true, accountIdHash);
            }
        }
        if (attestations.length == 0) return listed;
        assembly ("memory-safe") {
            mstore(findings, found)
        }
        return _countListed(findings, attestations);
    }

    /// Checks what a link says by itself, and rebuilds what was signed.
    function _read(
        Submission calldata link,
        bytes32 previousR,
        bytes32 previousS,
        Reading memory reading
    ) private pure returns (Refusal refusal) {
        refusal = _readText(link, previousR, previousS, reading);
        if (refusal != Refusal.None) return refusal;
        bytes32 head = SignatureBytes.hash(link.r, SignatureBytes.sOf(link.vs), SignatureBytes.vOf(link.vs));
        reading.head = head;
        reading.linkId = Hashes.efficientKeccak256(reading.payloadHash, head);
    }

    function _readText(
        Submission calldata link,
        bytes32 previousR,
        bytes32 previousS,
        Reading memory reading
    ) private pure returns (Refusal) {
        string calldata platform = link.platform;
        string calldata identity = link.identity;
        {
            string calldata proofLocation = link.proofLocation;
            string calldata accountId = link.accountId;
            if (!SignPayload.isValid(link.createdAt, platform, identity, proofLocation, accountId)) {
                return Refusal.InvalidText;
            }
            reading.platform = Slices.make(platform);
            reading.identity = Slices.make(identity);
            reading.proofLocation = Slices.make(proofLocation);
            reading.accountId = Slices.make(accountId);
            reading.proof = Slices.make(link.proof);
        }
        uint8 v = link.previousV;
        if (v == NO_PREVIOUS ? (previousR | previousS) != 0 : !SignatureBytes.isV(v)) return Refusal.InvalidPrevious;
        bytes32 platformHash = Slices.hash(bytes(platform));
        if (link.publicKeyX == 0 && SignPayload.isTwoSided(platformHash)) return Refusal.InvalidPublicKey;
        reading.previousR = previousR;
        reading.previousS = previousS;
        reading.platformHash = platformHash;
        reading.tag = SignPayload.isCosigned(platformHash) ? PlatformTag.COSIGNED : PlatformTag.tagOf(platformHash);
        reading.payloadHash = SignPayload.hash(link, platform, identity, platformHash, previousR, previousS);
        return Refusal.None;
    }

    /// Appends a link, or says why not and leaves everything as it was.
    /// @param listed Attestations of the batch that the link belongs to.
    function _append(
        Submission calldata link,
        Reading memory reading,
        Listed memory listed
    ) private returns (Refusal refusal, address avatar) {
        bytes32 vs = link.vs;
        avatar = SignatureBytes.tryRecover(
            reading.payloadHash,
            link.r,
            SignatureBytes.sOf(vs),
            SignatureBytes.vOf(vs)
        );
        if (avatar == address(0)) return (Refusal.InvalidSignature, avatar);
        Chain chain = _chains[avatar];
        refusal = _checkChain(link, reading, avatar, chain);
        if (refusal != Refusal.None) return (refusal, avatar);

        bytes32 identityKey = IdentityKey.identityKey(reading.platform.text(), reading.identity.text());
        bytes32 key = IdentityKey.bindingKey(avatar, identityKey);
        Status status;
        uint64 asOf;
        if (link.action == Action.Create) {
            (refusal, status, asOf) = _judgeCreate(link.createdAt, reading, listed, avatar);
            if (refusal != Refusal.None) return (refusal, avatar);
            _bindings[key] = _pack(bytes24(reading.linkId), reading.tag, asOf, status);
        } else {
            if ((reading.proof.size() | reading.accountId.size()) != 0) return (Refusal.UnexpectedField, avatar);
            bytes24 created;
            (status, asOf, created) = _unpack(_bindings[key]);
            if (status != Status.None) {
                status = Status.Deleted;
                _bindings[key] = _pack(created, reading.tag, asOf, status);
            }
        }
        bytes32 header = _header(link, _advance(link, reading, avatar, chain), status, asOf);
        _emitLink(link, reading, avatar, identityKey, header);
    }

    /// Whether the link is the next one of its avatar's chain.
    function _checkChain(
        Submission calldata link,
        Reading memory reading,
        address avatar,
        Chain chain
    ) private view returns (Refusal) {
        bytes32 x = link.publicKeyX;
        if (x == 0 ? _lengthOf(chain) == 0 : _addressOf(x, link.publicKeyY) != avatar) {
            return Refusal.InvalidPublicKey;
        }
        uint8 v = link.previousV;
        uint64 createdAt = link.createdAt;
        if (_lengthOf(chain) == 0) {
            if (v != NO_PREVIOUS && createdAt >= LEGACY_BEFORE) return Refusal.StaleHead;
        } else {
            if (v == NO_PREVIOUS) return Refusal.StaleHead;
            bytes32 head = SignatureBytes.hash(reading.previousR, reading.previousS, v);
            if (bytes24(head) != _headOf(chain)) return Refusal.StaleHead;
        }
        if (createdAt < _createdAtOf(chain) || createdAt > _latest()) return Refusal.InvalidCreatedAt;
        return Refusal.None;
    }

    /// Where a binding stands by a create, and since when.
    function _judgeCreate(
        uint64 createdAt,
        Reading memory reading,
        Listed memory listed,
        address avatar
    ) private view returns (Refusal, Status, uint64 asOf) {
        if (reading.tag == PlatformTag.COSIGNED) {
            if (reading.accountId.size() != 0) return (Refusal.UnexpectedField, Status.None, 0);
            return (_checkCosigner(reading, avatar), Status.Confirmed, createdAt);
        }
        if (reading.proof.size() != 0) {
            (bool wellFormed, bool reached, uint64 checkedAt) = Attestations.count(
                ATTESTERS,
                reading.tag,
                reading.linkId,
                true,
                reading.accountId.hash(),
                0,
                reading.proof.data(),
                false
            );
            if (!wellFormed) return (Refusal.InvalidAttestations, Status.None, 0);
            if (reached) return (Refusal.None, Status.Confirmed, checkedAt);
        } else if (_reachesQuorum(listed, reading.tag)) {
            return (Refusal.None, Status.Confirmed, listed.checkedAt);
        }
        return (Refusal.None, Status.Claimed, createdAt);
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
            emit AvatarRegistered(avatar, link.publicKeyX, link.publicKeyY);
            if (link.previousV != NO_PREVIOUS) {
                emit ChainImported(avatar, abi.encodePacked(reading.previousR, reading.previousS, link.previousV));
            }
        }
        unchecked {
            // Nothing overlaps: createdAt has ten digits, and a chain of 2^24 links costs more gas than there is.
            ++sequence;
        }
        _chains[avatar] = Chain.wrap(
            bytes32(bytes24(reading.head)) | bytes32((uint256(link.createdAt) << 24) | sequence)
        );
    }

    function _emitLink(
        Submission calldata link,
        Reading memory reading,
        address avatar,
        bytes32 identityKey,
        bytes32 header
    ) private {
        emit LinkAppended(
            avatar,
            reading.linkId,
            identityKey,
            header,
            reading.platform.text(),
            reading.identity.text(),
            link.r,
            link.vs,
            reading.proof.data(),
            reading.proofLocation.text(),
            reading.accountId.text()
        );
    }

    /// As LinkAppended has it.
    function _header(
        Submission calldata link,
        uint256 sequence,
        Status status,
        uint64 asOf
    ) private pure returns (bytes32) {
        return
            bytes32(link.uuid) |
            bytes32(
                (uint256(link.createdAt) << 88) |
                    (uint256(asOf) << 48) |
                    (sequence << 24) |
                    (uint256(link.previousV) << 16) |
                    (uint256(link.action) << 8) |
                    uint256(status)
            );
    }

    /// Confirms a claim by a finding of a list, or leaves everything as it was.
    function _confirmListed(
        Confirmation calldata it,
        bytes32[] calldata findings,
        Listed memory listed
    ) private returns (bool) {
        bytes32 linkId = it.linkId;
        Binding binding = _bindings[it.bindingKey];
        (Status status, , bytes24 created) = _unpack(binding);
        uint16 tag = _tagOf(binding);
        if (
            status != Status.Claimed ||
            created != bytes24(linkId) ||
            it.index >= findings.length ||
            !SignPayload.isEvidence(it.proofLocation, it.accountId) ||
            AttestationHash.finding(linkId, true, Slices.hash(bytes(it.accountId))) != findings[it.index] ||
            !_reachesQuorum(listed, tag)
        ) return false;
        _bindings[it.bindingKey] = _pack(created, tag, listed.checkedAt, Status.Confirmed);
        emit BindingConfirmed(it.bindingKey, linkId, it.proofLocation, it.accountId, "");
        return true;
    }

    /// Turns a binding from one status to another by a quorum of attestations: of what was found, or for Suspended was not;
    /// and newer than the `asOf` of the binding, unless that is only claimed.
    function _turn(
        bytes32 bindingKey,
        bytes32 linkId,
        string calldata accountId,
        bytes calldata attestations,
        Status from,
        Status to
    ) private {
        Text.requirePrintable(accountId, SignPayload.MAX_ACCOUNT_ID);
        Binding binding = _bindings[bindingKey];
        (Status status, uint64 before, bytes24 created) = _unpack(binding);
        uint16 tag = _tagOf(binding);
        require(
            status == from && created == bytes24(linkId) && tag != PlatformTag.COSIGNED,
            ProofRegistryNoSuchBinding(bindingKey, status)
        );
        (, bool reached, uint64 asOf) = Attestations.count(
            ATTESTERS,
            tag,
            linkId,
            to == Status.Confirmed,
            Slices.hash(bytes(accountId)),
            from == Status.Claimed ? 0 : before + 1,
            attestations,
            true
        );
        require(reached, ProofRegistryNoQuorum(linkId));
        _bindings[bindingKey] = _pack(created, tag, asOf, to);
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
        (listed.count, listed.attester, listed.checkedAt) = Attestations.countBatch(ATTESTERS, findingsHash, attestations);
        emit FindingsAttested(findings, listed.checkedAt, attestations);
    }

    function _reachesQuorum(Listed memory listed, uint16 tag) private view returns (bool) {
        if (listed.count == 0) return false;
        if (listed.tag != tag) {
            listed.tag = tag;
            // All attesters have the same quorums.
            listed.quorum = ATTESTERS.quorumFor(listed.attester, tag);
        }
        return listed.count >= listed.quorum;
    }

    /// Whether the wallet or avatar that `identity` names signed the text.
    function _checkCosigner(Reading memory reading, address avatar) private view returns (Refusal) {
        return
            reading.platformHash == SignPayload.ETHEREUM
                ? _checkWallet(reading.payloadHash, reading.identity.text(), reading.proof.data())
                : _checkAlias(reading.payloadHash, reading.identity.text(), reading.proof.data(), avatar);
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
            other != _addressOf(x, y) ||
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
        if (refusal == Refusal.InvalidPrevious) revert ProofRegistryInvalidPrevious(link.previousV);
        if (refusal == Refusal.InvalidSignature) {
            revert ProofRegistryInvalidSignature(reading.payloadHash, link.r, link.vs);
        }
        if (refusal == Refusal.InvalidPublicKey) revert ProofRegistryInvalidPublicKey(avatar);
        if (refusal == Refusal.StaleHead) revert ProofRegistryStaleHead(avatar, _headOf(_chains[avatar]));
        if (refusal == Refusal.InvalidCreatedAt) {
            revert ProofRegistryInvalidCreatedAt(link.createdAt, _createdAtOf(_chains[avatar]), _latest());
        }
        if (refusal == Refusal.UnexpectedField) revert ProofRegistryUnexpectedField();
        if (refusal == Refusal.InvalidIdentity) revert ProofRegistryInvalidIdentity(link.identity);
        if (refusal == Refusal.InvalidProof) revert ProofRegistryInvalidProof(link.identity);
        // What is left are the attestations, and counting them strictly says what is wrong with them.
        Attestations.count(
            ATTESTERS,
            reading.tag,
            reading.linkId,
            true,
            reading.accountId.hash(),
            0,
            reading.proof.data(),
            true
        );
        revert ProofRegistryNoQuorum(reading.linkId);
    }

    /// How far in the future a link may be dated.
    function _latest() private view returns (uint64) {
        return uint64(block.timestamp + CLOCK_SKEW);
    }

    function _addressOf(bytes32 x, bytes32 y) private pure returns (address) {
        return address(uint160(uint256(Hashes.efficientKeccak256(x, y))));
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

    function _pack(bytes24 link, uint16 tag, uint64 asOf, Status status) private pure returns (Binding) {
        return
            Binding.wrap(
                bytes32(link) | bytes32((uint256(tag) << 48) | (uint256(uint40(asOf)) << 8) | uint256(status))
            );
    }

    function _tagOf(Binding binding) private pure returns (uint16) {
        return uint16(uint256(Binding.unwrap(binding)) >> 48);
    }

    function _unpack(Binding binding) private pure returns (Status status, uint64 asOf, bytes24 link) {
        uint256 word = uint256(Binding.unwrap(binding));
        return (Status(uint8(word)), uint40(word >> 8), bytes24(Binding.unwrap(binding)));
    }

    function _walletKey(address wallet) private pure returns (bytes32) {
        return keccak256(abi.encode("ethereum", Text.hexAddress(wallet)));
    }
}

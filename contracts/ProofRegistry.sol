// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {IAttesterRegistry} from "./interfaces/IAttesterRegistry.sol";
import {Confirmation, IProofRegistry, Refusal, Status, Submission} from "./interfaces/IProofRegistry.sol";
import {AttestationHash} from "./lib/AttestationHash.sol";
import {Attestations} from "./lib/Attestations.sol";
import {Header, Headers} from "./lib/Header.sol";
import {IdentityKey} from "./lib/IdentityKey.sol";
import {LinkLog, Reading} from "./lib/LinkLog.sol";
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
    using Headers for Header;
    using Slices for Slice;

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

    /// @inheritdoc IProofRegistry
    IAttesterRegistry public immutable ATTESTERS;

    /// @notice A first link signed before this time (2026-01-01, when there was no such registry) may quote a previous
    /// signature that nobody has: that is how a proof chain whose beginning Next.ID lost is taken over.
    uint64 public constant LEGACY_BEFORE = 1767225600;

    /// @notice `previousV` in the header of a link whose `prev` is null.
    uint8 public constant NO_PREVIOUS = Headers.NO_PREVIOUS;

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
        if (!_read(link, link.previousR, link.previousS, reading) || !_append(link, reading)) {
            _revertWith(link, reading);
        }
        return reading.linkId;
    }

    /// @inheritdoc IProofRegistry
    function appendBatch(Submission[] calldata links, bytes calldata attestations) external {
        Reading[] memory readings = new Reading[](links.length);
        _readBatch(links, attestations, readings);
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint256 i = 0; i < links.length; ++i) {
            // What one link needed, the next one may have: the price of memory grows with its square.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
            Reading memory reading = readings[i];
            if (reading.refusal == Refusal.None) {
                // A link that is refused for want of gas would be refused by choice of whoever sends the batch.
                require(reading.proof.size() == 0 || gasleft() > CALL_RESERVE, ProofRegistryOutOfGas(i));
                if (_append(links[i], reading)) continue;
            }
            emit LinkRefused(i, reading.linkId, reading.refusal);
        }
    }

    /// @inheritdoc IProofRegistry
    function confirm(
        bytes32 bindingKey,
        bytes32 linkId,
        string calldata proofLocation,
        bytes calldata attestations
    ) external {
        Text.requirePrintable(proofLocation, SignPayload.MAX_LOCATION);
        _turn(bindingKey, linkId, attestations, Status.Claimed, Status.Confirmed);
        emit BindingConfirmed(bindingKey, linkId, proofLocation, attestations);
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
    function suspend(bytes32 bindingKey, bytes32 linkId, bytes calldata attestations) external {
        _turn(bindingKey, linkId, attestations, Status.Confirmed, Status.Suspended);
        emit BindingSuspended(bindingKey, linkId, attestations);
    }

    /// @inheritdoc IProofRegistry
    function reinstate(bytes32 bindingKey, bytes32 linkId, bytes calldata attestations) external {
        _turn(bindingKey, linkId, attestations, Status.Suspended, Status.Confirmed);
        emit BindingReinstated(bindingKey, linkId, attestations);
    }

    /// @inheritdoc IProofRegistry
    function release(Submission calldata link) external {
        Reading memory reading;
        if (!_readText(link, link.previousR, link.previousS, reading)) _revertWith(link, reading);
        require(
            reading.tag == PlatformTag.COSIGNED && !reading.header.isCreate() && (link.r | link.vs) == 0,
            ProofRegistryNotARelease(link.header, link.platform, link.r, link.vs)
        );
        address avatar = _addressOf(link.publicKeyX, link.publicKeyY);
        reading.avatar = avatar;
        bytes32 identityKey = IdentityKey.identityKey(reading.platform.text(), reading.identity.text());
        bytes32 key = IdentityKey.bindingKey(avatar, identityKey);
        (Status status, uint64 asOf, bytes24 created) = _unpack(_bindings[key]);
        require(status == Status.Confirmed, ProofRegistryNoSuchBinding(key, status));
        uint64 createdAt = reading.header.createdAt();
        require(createdAt >= asOf && createdAt <= _latest(), ProofRegistryInvalidCreatedAt(createdAt, asOf, _latest()));
        require(!_released[reading.payloadHash], ProofRegistryAlreadyReleased(reading.payloadHash));
        if (!_checkCosigner(reading)) _revertWith(link, reading);
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
        bytes32 key = IdentityKey.bindingKey(avatar, IdentityKey.identityKey(platform, identity));
        (Status status, , ) = _unpack(_bindings[key]);
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

    /// Reads all links of a batch, and finds which of them its attesters confirm.
    function _readBatch(Submission[] calldata links, bytes calldata attestations, Reading[] memory readings) private {
        bytes32[] memory findings = new bytes32[](links.length);
        uint256 found = 0;
        for (uint256 i = 0; i < links.length; ++i) {
            Submission calldata link = links[i];
            (bytes32 previousR, bytes32 previousS) = (link.previousR, link.previousS);
            if (i != 0 && (previousR | previousS) == 0 && Header.wrap(link.header).previousV() != NO_PREVIOUS) {
                (previousR, previousS) = (links[i - 1].r, SignatureBytes.sOf(links[i - 1].vs));
            }
            if (_read(link, previousR, previousS, readings[i]) && _isListed(readings[i])) {
                findings[found++] = AttestationHash.finding(
                    readings[i].linkId,
                    true,
                    keccak256(Attestations.accountId(readings[i].proof.data()))
                );
            }
        }
        if (attestations.length == 0) return;
        assembly ("memory-safe") {
            mstore(findings, found)
        }
        Listed memory listed = _countListed(findings, attestations);
        for (uint256 i = 0; i < links.length; ++i) {
            if (
                readings[i].refusal == Refusal.None && _isListed(readings[i]) && _reachesQuorum(listed, readings[i].tag)
            ) {
                readings[i].attestedAt = listed.checkedAt;
            }
        }
    }

    /// Whether a link of a batch is one that the batch's attestations are about.
    function _isListed(Reading memory reading) private pure returns (bool) {
        return
            reading.header.isCreate() &&
            reading.tag != PlatformTag.COSIGNED &&
            Attestations.isBare(reading.proof.data());
    }

    /// Checks what a link says by itself, and rebuilds what was signed. Like all functions that answer a bool and may refuse:
    /// false, with the refusal in `reading`, if it is refused.
    function _read(
        Submission calldata link,
        bytes32 previousR,
        bytes32 previousS,
        Reading memory reading
    ) private pure returns (bool) {
        if (!_readText(link, previousR, previousS, reading)) return false;
        (bytes32 r, bytes32 vs) = (link.r, link.vs);
        (reading.r, reading.vs) = (r, vs);
        bytes32 head = SignatureBytes.hash(r, SignatureBytes.sOf(vs), SignatureBytes.vOf(vs));
        reading.head = head;
        reading.linkId = Hashes.efficientKeccak256(reading.payloadHash, head);
        return true;
    }

    function _readText(
        Submission calldata link,
        bytes32 previousR,
        bytes32 previousS,
        Reading memory reading
    ) private pure returns (bool) {
        Header header = Header.wrap(link.header);
        if (!header.isValid() || (header.previousV() == NO_PREVIOUS && (previousR | previousS) != 0)) {
            return _refuse(reading, Refusal.InvalidHeader);
        }
        LinkLog.read(link, reading);
        string calldata platform = reading.platform.text();
        string calldata identity = reading.identity.text();
        if (!SignPayload.isValid(platform, identity, reading.proofLocation.text())) {
            return _refuse(reading, Refusal.InvalidText);
        }
        bytes32 platformHash = reading.platform.hash();
        if (link.publicKeyX == 0 && SignPayload.isTwoSided(platformHash)) {
            return _refuse(reading, Refusal.InvalidPublicKey);
        }
        reading.header = header;
        reading.previousR = previousR;
        reading.previousS = previousS;
        // For others it stays PlatformTag.COSIGNED.
        if (platformHash != SignPayload.ETHEREUM && platformHash != SignPayload.NEXTID) {
            reading.tag = PlatformTag.tagOf(platformHash);
        }
        reading.payloadHash = SignPayload.hash(link, platform, identity, platformHash, previousR, previousS);
        return true;
    }

    /// Appends a link, or says why not and leaves everything as it was.
    function _append(Submission calldata link, Reading memory reading) private returns (bool) {
        bytes32 vs = reading.vs;
        address avatar = SignatureBytes.tryRecover(
            reading.payloadHash,
            reading.r,
            SignatureBytes.sOf(vs),
            SignatureBytes.vOf(vs)
        );
        if (avatar == address(0)) return _refuse(reading, Refusal.InvalidSignature);
        reading.avatar = avatar;
        Chain chain = _chains[avatar];
        if (!_checkChain(link, reading, chain)) return false;

        (uint256 log, uint256 size, bytes32 identityKey) = LinkLog.begin(reading);
        bytes32 key = IdentityKey.bindingKey(avatar, identityKey);
        Status status;
        uint64 asOf;
        if (reading.header.isCreate()) {
            (status, asOf) = _judgeCreate(reading);
            if (status == Status.None) return false;
            _bindings[key] = _pack(bytes24(reading.linkId), reading.tag, asOf, status);
        } else {
            if (reading.proof.size() != 0) return _refuse(reading, Refusal.UnexpectedProof);
            bytes24 created;
            (status, asOf, created) = _unpack(_bindings[key]);
            if (status != Status.None) {
                status = Status.Deleted;
                _bindings[key] = _pack(created, reading.tag, asOf, status);
            }
        }
        uint256 sequence = _advance(link, reading, chain);
        LinkLog.end(log, size, reading, reading.header.complete(asOf, sequence, status), identityKey);
        return true;
    }

    /// Whether the link is the next one of its avatar's chain.
    function _checkChain(Submission calldata link, Reading memory reading, Chain chain) private view returns (bool) {
        uint256 length = _lengthOf(chain);
        bytes32 x = link.publicKeyX;
        if (x == 0 ? length == 0 : _addressOf(x, link.publicKeyY) != reading.avatar) {
            return _refuse(reading, Refusal.InvalidPublicKey);
        }
        uint8 v = reading.header.previousV();
        uint64 createdAt = reading.header.createdAt();
        if (length == 0) {
            if (v != NO_PREVIOUS && createdAt >= LEGACY_BEFORE) return _refuse(reading, Refusal.StaleHead);
        } else {
            if (v == NO_PREVIOUS) return _refuse(reading, Refusal.StaleHead);
            bytes32 head = SignatureBytes.hash(reading.previousR, reading.previousS, v);
            if (bytes24(head) != _headOf(chain)) return _refuse(reading, Refusal.StaleHead);
        }
        if (createdAt < _createdAtOf(chain) || createdAt > _latest()) {
            return _refuse(reading, Refusal.InvalidCreatedAt);
        }
        return true;
    }

    /// Where a binding stands by a create, and since when; Status.None if it is refused.
    function _judgeCreate(Reading memory reading) private view returns (Status, uint64) {
        uint16 tag = reading.tag;
        uint64 createdAt = reading.header.createdAt();
        if (tag == PlatformTag.COSIGNED) {
            return (_checkCosigner(reading) ? Status.Confirmed : Status.None, createdAt);
        }
        if (reading.attestedAt != 0) return (Status.Confirmed, reading.attestedAt);
        if (reading.proof.size() == 0) return (Status.Claimed, createdAt);
        (Attestations.Flaw flaw, bool reached, uint64 checkedAt) = Attestations.count(
            ATTESTERS,
            tag,
            reading.linkId,
            true,
            0,
            reading.proof.data()
        );
        if (reached) return (Status.Confirmed, checkedAt);
        if (flaw == Attestations.Flaw.None) return (Status.Claimed, createdAt);
        _refuse(reading, Refusal.InvalidAttestations);
        return (Status.None, 0);
    }

    /// Moves the head of the avatar's chain, and says how long the chain now is.
    function _advance(
        Submission calldata link,
        Reading memory reading,
        Chain chain
    ) private returns (uint256 sequence) {
        sequence = _lengthOf(chain);
        if (sequence == 0) {
            emit AvatarRegistered(link.publicKeyX, link.publicKeyY);
            uint8 v = reading.header.previousV();
            if (v != NO_PREVIOUS) {
                emit ChainImported(reading.avatar, abi.encodePacked(reading.previousR, reading.previousS, v));
            }
        }
        unchecked {
            // Nothing overlaps: createdAt has ten digits, and a chain of 2^24 links costs more gas than there is.
            ++sequence;
        }
        _chains[reading.avatar] = Chain.wrap(
            bytes32(bytes24(reading.head)) | bytes32((uint256(reading.header.createdAt()) << 24) | sequence)
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
            !Text.isPrintable(it.proofLocation, SignPayload.MAX_LOCATION) ||
            !Attestations.isBare(it.account) ||
            AttestationHash.finding(linkId, true, keccak256(Attestations.accountId(it.account))) !=
                findings[it.index] ||
            !_reachesQuorum(listed, tag)
        ) return false;
        _bindings[it.bindingKey] = _pack(created, tag, listed.checkedAt, Status.Confirmed);
        emit BindingConfirmed(it.bindingKey, linkId, it.proofLocation, it.account);
        return true;
    }

    /// Turns a binding from one status to another by a quorum of attestations: of what was found, or for Suspended was not;
    /// and newer than the `asOf` of the binding, unless that is only claimed.
    function _turn(bytes32 bindingKey, bytes32 linkId, bytes calldata attestations, Status from, Status to) private {
        Binding binding = _bindings[bindingKey];
        (Status status, uint64 before, bytes24 created) = _unpack(binding);
        uint16 tag = _tagOf(binding);
        require(
            status == from && created == bytes24(linkId) && tag != PlatformTag.COSIGNED,
            ProofRegistryNoSuchBinding(bindingKey, status)
        );
        bool found = to == Status.Confirmed;
        (Attestations.Flaw flaw, bool reached, uint64 asOf) = Attestations.count(
            ATTESTERS,
            tag,
            linkId,
            found,
            from == Status.Claimed ? 0 : before + 1,
            attestations
        );
        if (flaw != Attestations.Flaw.None) Attestations.explain(flaw, linkId, found, attestations);
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
        (listed.count, listed.attester, listed.checkedAt) = Attestations.countBatch(
            ATTESTERS,
            findingsHash,
            attestations
        );
        emit FindingsAttested(findings, listed.checkedAt, attestations);
    }

    function _reachesQuorum(Listed memory listed, uint16 tag) private view returns (bool) {
        if (listed.count == 0) return false;
        if (listed.tag != tag) {
            listed.tag = tag;
            // All attesters have the same quorums.
            listed.quorum = ATTESTERS.quorum(listed.attester, tag);
        }
        return listed.count >= listed.quorum;
    }

    /// Whether the wallet or avatar that `identity` names signed the text.
    function _checkCosigner(Reading memory reading) private view returns (bool) {
        // Of the two platforms only one has a name of eight characters.
        return reading.platform.size() == 8 ? _checkWallet(reading) : _checkAlias(reading);
    }

    /// ECDSA goes first: under EIP-7702 an account that signs with its key may have code as well. Then ERC-1271.
    function _checkWallet(Reading memory reading) private view returns (bool) {
        (bool ok, address wallet) = Text.parseAddress(reading.identity.data());
        if (!ok) return _refuse(reading, Refusal.InvalidIdentity);
        bytes calldata proof = reading.proof.data();
        bytes32 payloadHash = reading.payloadHash;
        return
            (wallet != address(0) && SignatureBytes.tryRecover(payloadHash, proof) == wallet) ||
            _isValidERC1271(wallet, payloadHash, proof) ||
            _refuse(reading, Refusal.InvalidProof);
    }

    function _checkAlias(Reading memory reading) private pure returns (bool) {
        (bool ok, bytes32 x, bool odd) = Text.parseCompressedKey(reading.identity.data());
        if (!ok) return _refuse(reading, Refusal.InvalidIdentity);
        bytes calldata proof = reading.proof.data();
        if (proof.length != 97) return _refuse(reading, Refusal.InvalidProof);
        bytes32 y = bytes32(proof[65:97]);
        address other = SignatureBytes.tryRecover(reading.payloadHash, proof[0:65]);
        return
            (other != address(0) &&
                other != reading.avatar &&
                other == _addressOf(x, y) &&
                (uint256(y) & 1 != 0) == odd) || _refuse(reading, Refusal.InvalidProof);
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

    /// Answers false.
    function _refuse(Reading memory reading, Refusal refusal) private pure returns (bool) {
        reading.refusal = refusal;
        return false;
    }

    /// Reverts with the error of a refusal and with what explains it.
    function _revertWith(Submission calldata link, Reading memory reading) private view {
        Refusal refusal = reading.refusal;
        address avatar = reading.avatar;
        if (refusal == Refusal.InvalidHeader) revert ProofRegistryInvalidHeader(link.header);
        if (refusal == Refusal.InvalidText) SignPayload.explain(link);
        if (refusal == Refusal.InvalidSignature) {
            revert ProofRegistryInvalidSignature(reading.payloadHash, link.r, link.vs);
        }
        if (refusal == Refusal.InvalidPublicKey) revert ProofRegistryInvalidPublicKey(avatar);
        if (refusal == Refusal.StaleHead) revert ProofRegistryStaleHead(avatar, _headOf(_chains[avatar]));
        if (refusal == Refusal.InvalidCreatedAt) {
            revert ProofRegistryInvalidCreatedAt(reading.header.createdAt(), _createdAtOf(_chains[avatar]), _latest());
        }
        if (refusal == Refusal.UnexpectedProof) revert ProofRegistryUnexpectedProof(reading.proof.size());
        if (refusal == Refusal.InvalidIdentity) revert ProofRegistryInvalidIdentity(link.identity);
        if (refusal == Refusal.InvalidProof) revert ProofRegistryInvalidProof(link.identity);
        // What is left are the attestations.
        (Attestations.Flaw flaw, , ) = Attestations.count(
            ATTESTERS,
            reading.tag,
            reading.linkId,
            true,
            0,
            reading.proof.data()
        );
        Attestations.explain(flaw, reading.linkId, true, reading.proof.data());
        // Never reached; were it so, the link would seem appended.
        revert ProofRegistryNoQuorum(reading.linkId);
    }

    /// How far in the future a link may be dated.
    function _latest() private view returns (uint64) {
        unchecked {
            return uint64(block.timestamp + CLOCK_SKEW);
        }
    }

    function _addressOf(bytes32 x, bytes32 y) private pure returns (address) {
        return address(uint160(uint256(Hashes.efficientKeccak256(x, y))));
    }

    function _walletKey(address wallet) private pure returns (bytes32) {
        return keccak256(abi.encode("ethereum", Text.hexAddress(wallet)));
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

    function _unpack(Binding binding) private pure returns (Status status, uint64 asOf, bytes24 link) {
        uint256 word = uint256(Binding.unwrap(binding));
        return (Status(uint8(word)), uint40(word >> 8), bytes24(Binding.unwrap(binding)));
    }

    function _tagOf(Binding binding) private pure returns (uint16) {
        return uint16(uint256(Binding.unwrap(binding)) >> 48);
    }
}

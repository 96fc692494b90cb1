// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IAttesterRegistry} from "../../../../contracts/interfaces/IAttesterRegistry.sol";
import {
    Confirmation,
    IProofRegistry,
    Refusal,
    Status,
    Submission
} from "../../../../contracts/interfaces/IProofRegistry.sol";
import {Text} from "../../../../contracts/lib/Text.sol";
import {Saying} from "../lib/Saying.sol";
import {AttestationReference} from "../reference/AttestationReference.sol";
import {HeaderReference} from "../reference/HeaderReference.sol";
import {SignPayloadReference} from "../reference/SignPayloadReference.sol";
import {TextReference} from "../reference/TextReference.sol";

/// @notice What ProofRegistry is to do, after IProofRegistry's comments: slow and plain, with nothing packed, and sharing no
/// code with it.
contract RegistryModel {
    /// The end of an avatar's chain.
    struct Tip {
        bytes32 r;
        bytes32 s;
        /// 0 or 1.
        uint8 v;
        uint64 createdAt;
        uint256 length;
    }

    /// A binding.
    struct Bond {
        Status status;
        uint64 asOf;
        bytes32 linkId;
        string platform;
    }

    /// What a link is found to be before anything is written.
    struct Finding {
        Refusal refusal;
        bytes32 digest;
        bytes32 linkId;
        /// When the attesters of the batch looked, if they confirm it.
        uint64 coveredAt;
    }

    /// Attestations, counted.
    struct Tally {
        uint8 flaw;
        uint256 count;
        uint64 checkedAt;
    }

    IAttesterRegistry private immutable _ATTESTERS;

    mapping(address avatar => Tip) public tips;
    mapping(bytes32 bindingKey => Bond) public bonds;
    mapping(bytes32 digest => bool) public released;
    mapping(address wallet => address avatar) private _avatars;

    constructor(IAttesterRegistry attesters) {
        _ATTESTERS = attesters;
    }

    /// @notice Does what a call by `sender` is to do to the registry.
    /// @return why The selector of the error with which it reverts; zero if it does not, and with it nothing has changed.
    /// @return refusals Of each link of a batch its Refusal; of each confirmation whether it is refused.
    function foresee(address sender, bytes calldata input) external returns (bytes4 why, uint8[] memory refusals) {
        bytes4 selector = bytes4(input);
        bytes calldata args = input[4:];
        if (selector == IProofRegistry.append.selector) {
            why = _appendOne(abi.decode(args, (Submission)));
        } else if (selector == IProofRegistry.appendBatch.selector) {
            (Submission[] memory links, bytes memory said) = abi.decode(args, (Submission[], bytes));
            return _appendBatch(links, said);
        } else if (selector == IProofRegistry.confirmBatch.selector) {
            (Confirmation[] memory those, bytes32[] memory findings, bytes memory said) = abi.decode(
                args,
                (Confirmation[], bytes32[], bytes)
            );
            return _confirmBatch(those, findings, said);
        } else if (selector == IProofRegistry.release.selector) {
            why = _release(abi.decode(args, (Submission)));
        } else if (selector == IProofRegistry.setAvatar.selector) {
            why = _setAvatar(sender, abi.decode(args, (address)));
        } else if (selector == IProofRegistry.confirm.selector) {
            (bytes32 key, bytes32 linkId, string memory location, bytes memory said) = abi.decode(
                args,
                (bytes32, bytes32, string, bytes)
            );
            why = _locationError(location);
            if (why == 0) why = _turn(key, linkId, said, Status.Claimed, Status.Confirmed);
        } else {
            (bytes32 key, bytes32 linkId, bytes memory said) = abi.decode(args, (bytes32, bytes32, bytes));
            why =
                selector == IProofRegistry.suspend.selector
                    ? _turn(key, linkId, said, Status.Confirmed, Status.Suspended)
                    : _turn(key, linkId, said, Status.Suspended, Status.Confirmed);
        }
    }

    /// @notice Which links of a batch its attesters speak of, and the list that they sign.
    function listOf(Submission[] memory links) external pure returns (bytes32[] memory linkIds, bytes32[] memory list) {
        Finding[] memory findings;
        (findings, list) = _readAll(links);
        linkIds = new bytes32[](list.length);
        uint256 count = 0;
        for (uint256 i = 0; i < links.length; ++i) {
            if (_isListed(links[i], findings[i])) linkIds[count++] = findings[i].linkId;
        }
    }

    /// @notice As IProofRegistry's.
    function avatarOf(address wallet) external view returns (address) {
        address avatar = _avatars[wallet];
        return bonds[_walletKey(avatar, wallet)].status == Status.Confirmed ? avatar : address(0);
    }

    /// @notice As the registry keeps a chain: its head, createdAt, and length.
    function chainWord(address avatar) external view returns (bytes32) {
        Tip storage tip = tips[avatar];
        if (tip.length == 0) return 0;
        bytes24 head = bytes24(keccak256(abi.encodePacked(tip.r, tip.s, tip.v)));
        return bytes32(abi.encodePacked(head, uint40(tip.createdAt), uint24(tip.length)));
    }

    /// @notice As the registry keeps a binding: its link, the platform's tag, since when, and its status.
    function bindingWord(bytes32 key) external view returns (bytes32) {
        Bond storage bond = bonds[key];
        if (bond.status == Status.None) return 0;
        uint16 tag = _isCosigned(bond.platform) ? 0 : uint16(uint256(keccak256(bytes(bond.platform)))) | 1;
        return bytes32(abi.encodePacked(bytes24(bond.linkId), tag, uint40(bond.asOf), uint8(bond.status)));
    }

    function _appendOne(Submission memory link) private returns (bytes4) {
        Finding memory finding = _read(link);
        if (finding.refusal == Refusal.None) finding.refusal = _append(link, finding);
        return _errorOf(link, finding);
    }

    function _appendBatch(
        Submission[] memory links,
        bytes memory said
    ) private returns (bytes4 why, uint8[] memory refusals) {
        (Finding[] memory findings, bytes32[] memory all) = _readAll(links);
        if (said.length > 0) {
            Tally memory tally = _tallyList(all, said);
            if (tally.flaw != 0) return (Saying.errorOf(tally.flaw), refusals);
            for (uint256 i = 0; i < links.length; ++i) {
                bool reached = tally.count > 0 && tally.count >= _ATTESTERS.quorumOf(links[i].platform);
                if (_isListed(links[i], findings[i]) && reached) findings[i].coveredAt = tally.checkedAt;
            }
        }
        refusals = new uint8[](links.length);
        for (uint256 i = 0; i < links.length; ++i) {
            Refusal refusal = findings[i].refusal;
            if (refusal == Refusal.None) refusal = _append(links[i], findings[i]);
            refusals[i] = uint8(refusal);
        }
    }

    function _confirmBatch(
        Confirmation[] memory those,
        bytes32[] memory findings,
        bytes memory said
    ) private returns (bytes4 why, uint8[] memory refusals) {
        Tally memory tally = _tallyList(findings, said);
        if (tally.flaw != 0) return (Saying.errorOf(tally.flaw), refusals);
        refusals = new uint8[](those.length);
        for (uint256 i = 0; i < those.length; ++i) {
            Confirmation memory it = those[i];
            Bond storage bond = bonds[it.bindingKey];
            bool good =
                bond.status == Status.Claimed &&
                    bytes24(bond.linkId) == bytes24(it.linkId) &&
                    _locationError(it.proofLocation) == 0 &&
                    AttestationReference.isBare(it.account) &&
                    it.index < findings.length &&
                    findings[it.index] ==
                        AttestationReference.finding(it.linkId, true, AttestationReference.accountId(it.account)) &&
                    tally.count > 0 &&
                    tally.count >= _ATTESTERS.quorumOf(bond.platform);
            if (good) (bond.status, bond.asOf) = (Status.Confirmed, tally.checkedAt);
            else refusals[i] = 1;
        }
    }

    function _turn(bytes32 key, bytes32 linkId, bytes memory said, Status from, Status to) private returns (bytes4) {
        Bond storage bond = bonds[key];
        if (bond.status != from || bytes24(bond.linkId) != bytes24(linkId) || _isCosigned(bond.platform)) {
            return IProofRegistry.ProofRegistryNoSuchBinding.selector;
        }
        Tally memory tally = _tally(linkId, to == Status.Confirmed, said, from == Status.Claimed ? 0 : bond.asOf + 1);
        if (tally.flaw != 0) return Saying.errorOf(tally.flaw);
        if (tally.count == 0 || tally.count < _ATTESTERS.quorumOf(bond.platform)) {
            return IProofRegistry.ProofRegistryNoQuorum.selector;
        }
        (bond.status, bond.asOf) = (to, tally.checkedAt);
        return 0;
    }

    function _release(Submission memory link) private returns (bytes4) {
        Finding memory finding = _readText(link);
        if (finding.refusal != Refusal.None) return _errorOf(link, finding);
        bool signed = link.r != 0 || link.vs != 0;
        if (!_isCosigned(link.platform) || HeaderReference.isCreate(link.header) || signed) {
            return IProofRegistry.ProofRegistryNotARelease.selector;
        }
        address avatar = _addressOf(link.publicKeyX, link.publicKeyY);
        Bond storage bond = bonds[_keyOf(avatar, link.platform, link.identity)];
        if (bond.status != Status.Confirmed) return IProofRegistry.ProofRegistryNoSuchBinding.selector;
        uint64 createdAt = HeaderReference.createdAt(link.header);
        if (createdAt < bond.asOf || createdAt > block.timestamp + 900) {
            return IProofRegistry.ProofRegistryInvalidCreatedAt.selector;
        }
        if (released[finding.digest]) return IProofRegistry.ProofRegistryAlreadyReleased.selector;
        finding.refusal = _cosignerRefusal(link, avatar, finding.digest);
        if (finding.refusal != Refusal.None) return _errorOf(link, finding);
        released[finding.digest] = true;
        bond.status = Status.Deleted;
        return 0;
    }

    function _setAvatar(address wallet, address avatar) private returns (bytes4) {
        if (avatar != address(0) && bonds[_walletKey(avatar, wallet)].status != Status.Confirmed) {
            return IProofRegistry.ProofRegistryNoSuchBinding.selector;
        }
        _avatars[wallet] = avatar;
        return 0;
    }

    /// Appends a link whose texts are right, or says why not.
    function _append(Submission memory link, Finding memory finding) private returns (Refusal) {
        address avatar = AttestationReference.recover(finding.digest, link.r, _sOf(link), 27 + _vOf(link));
        if (avatar == address(0)) return Refusal.InvalidSignature;
        Tip storage tip = tips[avatar];
        if (link.publicKeyX == 0) {
            if (tip.length == 0) return Refusal.InvalidPublicKey;
        } else if (_addressOf(link.publicKeyX, link.publicKeyY) != avatar) {
            return Refusal.InvalidPublicKey;
        }
        uint64 createdAt = HeaderReference.createdAt(link.header);
        if (!_follows(link, tip, createdAt)) return Refusal.StaleHead;
        if (createdAt < tip.createdAt || createdAt > block.timestamp + 900) return Refusal.InvalidCreatedAt;

        Bond storage bond = bonds[_keyOf(avatar, link.platform, link.identity)];
        if (HeaderReference.isCreate(link.header)) {
            (Refusal refusal, Status status, uint64 asOf) = _judge(link, finding, avatar);
            if (refusal != Refusal.None) return refusal;
            (bond.status, bond.asOf, bond.linkId, bond.platform) = (status, asOf, finding.linkId, link.platform);
        } else {
            if (link.proof.length > 0) return Refusal.UnexpectedProof;
            if (bond.status != Status.None) bond.status = Status.Deleted;
        }
        (tip.r, tip.s, tip.v, tip.createdAt) = (link.r, _sOf(link), _vOf(link), createdAt);
        ++tip.length;
        return Refusal.None;
    }

    function _judge(
        Submission memory link,
        Finding memory finding,
        address avatar
    ) private view returns (Refusal, Status, uint64) {
        uint64 createdAt = HeaderReference.createdAt(link.header);
        if (_isCosigned(link.platform)) {
            return (_cosignerRefusal(link, avatar, finding.digest), Status.Confirmed, createdAt);
        }
        if (finding.coveredAt != 0) return (Refusal.None, Status.Confirmed, finding.coveredAt);
        if (link.proof.length == 0) return (Refusal.None, Status.Claimed, createdAt);
        Tally memory tally = _tally(finding.linkId, true, link.proof, 0);
        if (tally.flaw != 0) return (Refusal.InvalidAttestations, Status.None, 0);
        bool reached = tally.count > 0 && tally.count >= _ATTESTERS.quorumOf(link.platform);
        return (Refusal.None, reached ? Status.Confirmed : Status.Claimed, reached ? tally.checkedAt : createdAt);
    }

    /// Whether a link follows on a chain's last one.
    function _follows(Submission memory link, Tip storage tip, uint64 createdAt) private view returns (bool) {
        uint8 v = HeaderReference.previousV(link.header);
        if (tip.length == 0) return v == 255 || createdAt < 1_767_225_600;
        bool odd = v == 1 || v == 28;
        return v != 255 && link.previousR == tip.r && link.previousS == tip.s && odd == (tip.v == 1);
    }

    function _read(Submission memory link) private pure returns (Finding memory finding) {
        finding = _readText(link);
        bytes32 head = keccak256(abi.encodePacked(link.r, _sOf(link), _vOf(link)));
        if (finding.refusal == Refusal.None) finding.linkId = keccak256(abi.encode(finding.digest, head));
    }

    function _readText(Submission memory link) private pure returns (Finding memory finding) {
        bool none = HeaderReference.previousV(link.header) == 255;
        bool quotes = link.previousR != 0 || link.previousS != 0;
        if (!HeaderReference.isValid(link.header) || (none && quotes)) finding.refusal = Refusal.InvalidHeader;
        else if (_textError(link) != 0) finding.refusal = Refusal.InvalidText;
        else if (link.publicKeyX == 0 && SignPayloadReference.isTwoSided(link.platform)) {
            finding.refusal = Refusal.InvalidPublicKey;
        } else {
            finding.digest = SignPayloadReference.hash(link);
        }
    }

    /// Reads the links of a batch, and finds the list that its attesters sign.
    function _readAll(
        Submission[] memory links
    ) private pure returns (Finding[] memory findings, bytes32[] memory list) {
        findings = new Finding[](links.length);
        bytes32[] memory hashes = new bytes32[](links.length);
        uint256 count = 0;
        for (uint256 i = 0; i < links.length; ++i) {
            bool none = links[i].previousR == 0 && links[i].previousS == 0;
            if (i > 0 && none && HeaderReference.previousV(links[i].header) != 255) {
                links[i].previousR = links[i - 1].r;
                links[i].previousS = (links[i - 1].vs << 1) >> 1;
            }
            findings[i] = _read(links[i]);
            if (!_isListed(links[i], findings[i])) continue;
            bytes memory account = AttestationReference.accountId(links[i].proof);
            hashes[count++] = AttestationReference.finding(findings[i].linkId, true, account);
        }
        list = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = hashes[i];
        }
    }

    /// Whether the batch's attesters say something of a link.
    function _isListed(Submission memory link, Finding memory finding) private pure returns (bool) {
        return
            finding.refusal == Refusal.None &&
            HeaderReference.isCreate(link.header) &&
            !_isCosigned(link.platform) &&
            AttestationReference.isBare(link.proof);
    }

    function _cosignerRefusal(Submission memory link, address avatar, bytes32 digest) private view returns (Refusal) {
        bytes memory proof = link.proof;
        if (Strings.equal(link.platform, "ethereum")) {
            (bool isWallet, address wallet) = TextReference.parseAddress(bytes(link.identity));
            if (!isWallet) return Refusal.InvalidIdentity;
            if (proof.length == 65 && wallet != address(0) && _signerOf(digest, proof) == wallet) return Refusal.None;
            if (wallet.code.length == 0) return Refusal.InvalidProof;
            try IERC1271(wallet).isValidSignature(digest, proof) returns (bytes4 answer) {
                return answer == IERC1271.isValidSignature.selector ? Refusal.None : Refusal.InvalidProof;
            } catch {
                return Refusal.InvalidProof;
            }
        }
        (bool isKey, bytes32 x, bool odd) = TextReference.parseCompressedKey(bytes(link.identity));
        if (!isKey) return Refusal.InvalidIdentity;
        if (proof.length != 97) return Refusal.InvalidProof;
        bytes32 y;
        assembly ("memory-safe") {
            y := mload(add(proof, 97))
        }
        address other = _signerOf(digest, proof);
        bool good = other != address(0) && other != avatar && other == _addressOf(x, y) && odd == (uint256(y) % 2 == 1);
        return good ? Refusal.None : Refusal.InvalidProof;
    }

    function _tally(
        bytes32 linkId,
        bool found,
        bytes memory said,
        uint64 notBefore
    ) private view returns (Tally memory) {
        (bool ok, bytes memory account, AttestationReference.Attestation[] memory all) = AttestationReference.read(
            said
        );
        if (!ok) return Tally(AttestationReference.INVALID_LENGTH, 0, 0);
        bytes32[] memory digests = new bytes32[](all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            digests[i] = AttestationReference.digest(linkId, found, account, all[i].checkedAt);
        }
        return _tallyAll(all, digests, notBefore);
    }

    function _tallyList(bytes32[] memory findings, bytes memory said) private view returns (Tally memory) {
        (bool ok, AttestationReference.Attestation[] memory all) = AttestationReference.readList(said);
        if (!ok) return Tally(AttestationReference.INVALID_LENGTH, 0, 0);
        bytes32[] memory digests = new bytes32[](all.length);
        for (uint256 i = 0; i < all.length; ++i) {
            digests[i] = AttestationReference.batchDigest(findings, all[i].checkedAt);
        }
        return _tallyAll(all, digests, 0);
    }

    function _tallyAll(
        AttestationReference.Attestation[] memory all,
        bytes32[] memory digests,
        uint64 notBefore
    ) private view returns (Tally memory tally) {
        address previous;
        for (uint256 i = 0; i < all.length; ++i) {
            uint64 time = all[i].checkedAt;
            if (time > block.timestamp + 900) return Tally(AttestationReference.CHECKED_IN_FUTURE, 0, 0);
            address signer = AttestationReference.signerOf(digests[i], all[i]);
            if (signer <= previous) return Tally(AttestationReference.NOT_ASCENDING, 0, 0);
            previous = signer;
            if (!_ATTESTERS.isAttester(signer) || time < notBefore) continue;
            ++tally.count;
            if (time > tally.checkedAt) tally.checkedAt = time;
        }
    }

    function _errorOf(Submission memory link, Finding memory finding) private view returns (bytes4) {
        Refusal refusal = finding.refusal;
        if (refusal == Refusal.None) return 0;
        if (refusal == Refusal.InvalidText) return _textError(link);
        if (refusal == Refusal.InvalidAttestations) {
            return Saying.errorOf(_tally(finding.linkId, true, link.proof, 0).flaw);
        }
        bytes4[9] memory errors = [
            IProofRegistry.ProofRegistryInvalidHeader.selector,
            bytes4(0),
            IProofRegistry.ProofRegistryInvalidSignature.selector,
            IProofRegistry.ProofRegistryInvalidPublicKey.selector,
            IProofRegistry.ProofRegistryStaleHead.selector,
            IProofRegistry.ProofRegistryInvalidCreatedAt.selector,
            IProofRegistry.ProofRegistryUnexpectedProof.selector,
            IProofRegistry.ProofRegistryInvalidIdentity.selector,
            IProofRegistry.ProofRegistryInvalidProof.selector
        ];
        return errors[uint256(refusal) - 1];
    }

    function _textError(Submission memory link) private pure returns (bytes4) {
        uint256 length = bytes(link.platform).length;
        if (length == 0 || length > 32) return Text.TextInvalidLength.selector;
        if (!TextReference.isName(bytes(link.platform))) return Text.TextInvalidCharacter.selector;
        length = bytes(link.identity).length;
        if (length == 0 || length > 255) return Text.TextInvalidLength.selector;
        if (!TextReference.isIdentity(bytes(link.identity))) return Text.TextInvalidCharacter.selector;
        return _locationError(link.proofLocation);
    }

    function _locationError(string memory location) private pure returns (bytes4) {
        if (bytes(location).length > 1024) return Text.TextInvalidLength.selector;
        return TextReference.isPrintable(bytes(location), 1024) ? bytes4(0) : Text.TextInvalidCharacter.selector;
    }

    /// Who made a published signature, of the first 65 bytes.
    function _signerOf(bytes32 digest, bytes memory proof) private pure returns (address) {
        bytes32 r;
        bytes32 s;
        assembly ("memory-safe") {
            r := mload(add(proof, 32))
            s := mload(add(proof, 64))
        }
        uint8 v = uint8(proof[64]);
        return AttestationReference.recover(digest, r, s, v < 2 ? v + 27 : v);
    }

    function _isCosigned(string memory platform) private pure returns (bool) {
        return Strings.equal(platform, "ethereum") || Strings.equal(platform, "nextid");
    }

    function _walletKey(address avatar, address wallet) private pure returns (bytes32) {
        return _keyOf(avatar, "ethereum", Strings.toHexString(wallet));
    }

    function _keyOf(address avatar, string memory platform, string memory identity) private pure returns (bytes32) {
        return keccak256(abi.encode(avatar, keccak256(abi.encode(platform, identity))));
    }

    function _addressOf(bytes32 x, bytes32 y) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }

    function _sOf(Submission memory link) private pure returns (bytes32) {
        return (link.vs << 1) >> 1;
    }

    function _vOf(Submission memory link) private pure returns (uint8) {
        return uint8(uint256(link.vs >> 255));
    }
}

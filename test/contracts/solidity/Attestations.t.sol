// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAttesterRegistry} from "../../../contracts/interfaces/IAttesterRegistry.sol";
import {AttestationHash} from "../../../contracts/lib/AttestationHash.sol";
import {Attestations} from "../../../contracts/lib/Attestations.sol";
import {PlatformTag} from "../../../contracts/lib/PlatformTag.sol";
import {Dice, Dicing} from "./lib/Dice.sol";
import {FuzzTest} from "./lib/FuzzTest.sol";
import {Saying} from "./lib/Saying.sol";
import {AttestationReference} from "./reference/AttestationReference.sol";

/// @notice Attestations.sol as a contract.
contract AttestationsHarness {
    IAttesterRegistry private immutable _REGISTRY;

    constructor(IAttesterRegistry registry) {
        _REGISTRY = registry;
    }

    function count(
        uint16 tag,
        bytes32 linkId,
        bool found,
        uint64 notBefore,
        bytes calldata said
    ) external view returns (uint8 flaw, bool reached, uint64 checkedAt) {
        Attestations.Flaw what;
        (what, reached, checkedAt) = Attestations.count(_REGISTRY, tag, linkId, found, notBefore, said);
        flaw = uint8(what);
    }

    function explain(uint8 flaw, bytes32 linkId, bool found, bytes calldata said) external view {
        Attestations.explain(Attestations.Flaw(flaw), linkId, found, said);
    }

    function countBatch(
        bytes32 findingsHash,
        bytes calldata attestations
    ) external view returns (uint256 counted, address attester, uint64 checkedAt) {
        return Attestations.countBatch(_REGISTRY, findingsHash, attestations);
    }

    function isBare(bytes calldata said) external pure returns (bool) {
        return Attestations.isBare(said);
    }

    function accountId(bytes calldata said) external pure returns (bytes calldata) {
        return Attestations.accountId(said);
    }
}

/// @notice Compares Attestations.sol and AttestationHash.sol with their reference, over the real AttesterRegistry.
contract AttestationsTest is FuzzTest {
    using Dicing for Dice;

    /// What is said, and what it is said about.
    struct Case {
        bytes32 linkId;
        bool found;
        bytes account;
        bytes said;
        uint64 notBefore;
        string platform;
    }

    IAttesterRegistry private _registry;
    AttestationsHarness private _harness;
    /// In ascending order of the addresses. The last three of ten are no attesters, or were.
    uint256[] private _keys;

    function setUp() external {
        VM.warp(NOW);
        address manager = _deploy("AccessManager.sol:AccessManager", abi.encode(address(this)));
        _registry = IAttesterRegistry(_deploy("AttesterRegistry.sol:AttesterRegistry", abi.encode(manager)));
        _harness = new AttestationsHarness(_registry);
        for (uint256 i = 0; i < 10; ++i) {
            uint256 key = uint256(keccak256(abi.encode("attester", i)));
            _keys.push(key);
            if (i < 8) _registry.addAttester(VM.addr(key), "", "");
        }
        _registry.removeAttester(VM.addr(_keys[7]));
        Saying.sort(_keys);
        _registry.setQuorum("", 2);
        _registry.setQuorum("github", 3);
        _registry.setQuorum("dns", 1);
        _registry.setQuorum("twitter", 100);
    }

    function testFuzz_count(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        Case memory it = _case(dice);
        uint16 tag = PlatformTag.tagOf(keccak256(bytes(it.platform)));
        (uint8 flaw, bool reached, uint64 checkedAt) = _count(it);
        bytes memory input = abi.encodeCall(
            AttestationsHarness.count,
            (tag, it.linkId, it.found, it.notBefore, it.said)
        );
        // Behind what is said, noise in place of zeros: what is cut short must not go on there.
        (bool ok, bytes memory answer) = address(_harness).staticcall(bytes.concat(input, dice.noise(100)));
        _holds("count does not revert", ok);
        (uint8 actualFlaw, bool actualReached, uint64 actualCheckedAt) = abi.decode(answer, (uint8, bool, uint64));
        _same("flaw", actualFlaw, flaw);
        _same("reached", actualReached, reached);
        if (reached) _same("checkedAt", actualCheckedAt, checkedAt);
        if (flaw == 0) return;
        (ok, answer) = address(_harness).staticcall(
            abi.encodeCall(AttestationsHarness.explain, (flaw, it.linkId, it.found, it.said))
        );
        _holds("explain reverts", !ok);
        _same("why", bytes32(bytes4(answer)), bytes32(Saying.errorOf(flaw)));
    }

    function testFuzz_countBatch(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes32[] memory findings = new bytes32[](dice.below(5));
        for (uint256 i = 0; i < findings.length; ++i) {
            bytes32 linkId = bytes32(dice.word());
            bytes memory account = dice.noise(dice.below(40));
            bool found = dice.once(2);
            findings[i] = AttestationReference.finding(linkId, found, account);
            _same("finding", AttestationHash.finding(linkId, found, keccak256(account)), findings[i]);
        }
        bytes memory list = Saying.spoil(dice, Saying.list(dice, _keys, findings, uint64(NOW)));
        (uint8 flaw, uint256 counted, uint64 checkedAt) = _countList(findings, list);
        (bool ok, bytes memory answer) = address(_harness).staticcall(
            abi.encodeCall(AttestationsHarness.countBatch, (keccak256(abi.encodePacked(findings)), list))
        );
        _same("it reverts where there is a flaw", ok, flaw == 0);
        if (!ok) {
            _same("why", bytes32(bytes4(answer)), bytes32(Saying.errorOf(flaw)));
            return;
        }
        (uint256 actual, address attester, uint64 actualCheckedAt) = abi.decode(answer, (uint256, address, uint64));
        _same("counted", actual, counted);
        if (counted == 0) return;
        _same("checkedAt", actualCheckedAt, checkedAt);
        _holds("one of the attesters", _registry.isAttester(attester));
    }

    function testFuzz_digests(bytes32 linkId, bool found, bytes calldata account, uint64 checkedAt) external pure {
        _same(
            "digest",
            AttestationHash.digest(linkId, found, keccak256(account), checkedAt),
            AttestationReference.digest(linkId, found, account, checkedAt)
        );
        bytes32[] memory findings = new bytes32[](account.length % 5);
        for (uint256 i = 0; i < findings.length; ++i) {
            findings[i] = keccak256(abi.encode(linkId, i));
        }
        _same(
            "batchDigest",
            AttestationHash.batchDigest(keccak256(abi.encodePacked(findings)), checkedAt),
            AttestationReference.batchDigest(findings, checkedAt)
        );
    }

    function testFuzz_account(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes memory account = dice.noise(dice.below(256));
        bytes memory said = abi.encodePacked(uint8(account.length), account);
        said = Saying.spoil(dice, dice.once(2) ? said : bytes.concat(said, dice.noise(73)));
        bool bare = AttestationReference.isBare(said);
        _same("isBare", _harness.isBare(said), bare);
        if (bare) _same("accountId", _harness.accountId(said), AttestationReference.accountId(said));
    }

    /// Its length and its size byte together do not fit into a byte.
    function test_longestAccountId() external view {
        bytes memory account = new bytes(255);
        _same("accountId", _harness.accountId(abi.encodePacked(uint8(255), account)), account);
    }

    /// Every platform's quorum, as an attester's and as everybody's, by the rules of IAttesterRegistry.
    function testFuzz_quorum(uint256 seed) external {
        Dice memory dice = Dice(seed);
        string[5] memory platforms = ["github", "dns", "twitter", "reddit", "a"];
        uint256[5] memory own = [uint256(3), 1, 100, 0, 0];
        uint256 common = 2;
        for (uint256 n = 0; n < 4; ++n) {
            uint256 i = dice.below(6);
            uint16 count = uint16(
                dice.once(3)
                    ? 0
                    : dice.once(4)
                        ? 65_535
                        : 1 + dice.below(5)
            );
            if (i == 5 && count == 0) continue;
            _registry.setQuorum(i == 5 ? "" : platforms[i], count);
            if (i == 5) common = count;
            else own[i] = count;
        }
        for (uint256 i = 0; i < 5; ++i) {
            uint256 quorum = own[i] == 0 ? common : own[i];
            _same("quorumOf", _registry.quorumOf(platforms[i]), quorum);
            address who = VM.addr(_keys[dice.below(_keys.length)]);
            uint16 tag = PlatformTag.tagOf(keccak256(bytes(platforms[i])));
            _same("quorum", _registry.quorum(who, tag), _registry.isAttester(who) ? quorum : 0);
        }
    }

    function _case(Dice memory dice) private view returns (Case memory it) {
        string[4] memory platforms = ["github", "dns", "twitter", "reddit"];
        it.linkId = bytes32(dice.word());
        it.found = dice.once(2);
        it.account = dice.noise(dice.once(8) ? 255 : dice.below(34));
        it.notBefore = uint64(dice.once(2) ? 0 : NOW - 3 + dice.below(6));
        it.platform = platforms[dice.below(4)];
        it.said = Saying.spoil(dice, Saying.said(dice, _keys, it.linkId, it.found, it.account, uint64(NOW)));
    }

    function _count(Case memory it) private view returns (uint8 flaw, bool reached, uint64 checkedAt) {
        (bool ok, bytes memory account, AttestationReference.Attestation[] memory all) = AttestationReference.read(
            it.said
        );
        if (!ok) return (AttestationReference.INVALID_LENGTH, false, 0);
        address previous;
        uint256 counted;
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].checkedAt > NOW + 900) return (AttestationReference.CHECKED_IN_FUTURE, false, 0);
            address signer = AttestationReference.signerOf(
                AttestationReference.digest(it.linkId, it.found, account, all[i].checkedAt),
                all[i]
            );
            if (signer <= previous) return (AttestationReference.NOT_ASCENDING, false, 0);
            previous = signer;
            if (!_registry.isAttester(signer) || all[i].checkedAt < it.notBefore) continue;
            ++counted;
            if (all[i].checkedAt > checkedAt) checkedAt = all[i].checkedAt;
        }
        reached = counted > 0 && counted >= _registry.quorumOf(it.platform);
    }

    function _countList(
        bytes32[] memory findings,
        bytes memory list
    ) private view returns (uint8 flaw, uint256 counted, uint64 checkedAt) {
        (bool ok, AttestationReference.Attestation[] memory all) = AttestationReference.readList(list);
        if (!ok) return (AttestationReference.INVALID_LENGTH, 0, 0);
        address previous;
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].checkedAt > NOW + 900) return (AttestationReference.CHECKED_IN_FUTURE, 0, 0);
            bytes32 digest = AttestationReference.batchDigest(findings, all[i].checkedAt);
            address signer = AttestationReference.signerOf(digest, all[i]);
            if (signer <= previous) return (AttestationReference.NOT_ASCENDING, 0, 0);
            previous = signer;
            if (!_registry.isAttester(signer)) continue;
            ++counted;
            if (all[i].checkedAt > checkedAt) checkedAt = all[i].checkedAt;
        }
    }
}

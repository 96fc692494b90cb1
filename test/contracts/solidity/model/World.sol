// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IAttesterRegistry} from "../../../../contracts/interfaces/IAttesterRegistry.sol";
import {IProofRegistry, Submission} from "../../../../contracts/interfaces/IProofRegistry.sol";
import {OwnedWallet} from "../../../../contracts/test/OwnedWallet.sol";
import {Dice, Dicing} from "../lib/Dice.sol";
import {FuzzTest} from "../lib/FuzzTest.sol";
import {Saying} from "../lib/Saying.sol";
import {Secp256k1} from "../lib/Secp256k1.sol";
import {Vm} from "../lib/Vm.sol";
import {AttestationReference} from "../reference/AttestationReference.sol";
import {SignPayloadReference} from "../reference/SignPayloadReference.sol";
import {TextReference} from "../reference/TextReference.sol";
import {ILedger} from "./ILedger.sol";
import {RegistryModel} from "./RegistryModel.sol";
import {Watcher} from "./Watcher.sol";

/// @notice Two registries on the same attesters, one of which mirrors the other; people with keys; and the ledger of what they
/// signed. Each call to a registry goes through `_send`, which compares it with the model.
abstract contract World is FuzzTest, ILedger {
    using Dicing for Dice;

    /// Somebody with a key.
    struct Person {
        uint256 key;
        address account;
        bytes32 x;
        bytes32 y;
    }

    /// The end of a chain, as a signer knows it.
    struct Tip {
        bytes32 r;
        bytes32 s;
        uint8 v;
        uint64 createdAt;
        uint256 length;
    }

    /// A link that somebody signed, whether or not it was ever sent: an attacker may have it.
    struct Known {
        Submission link;
        bytes32 linkId;
        bytes32 digest;
        uint256 who;
    }

    /// Attestations that somebody made.
    struct Spoken {
        bytes32 linkId;
        bytes said;
    }

    /// A call that was made.
    struct Sent {
        address sender;
        bytes input;
    }

    /// The first three are honest avatars; the others are the attacker, a wallet, and two owners of the contract wallet.
    uint256 internal constant ATTACKER = 3;
    uint256 internal constant WALLET = 4;
    uint256 internal constant OWNER = 5;
    uint256 internal constant IDENTITIES = 12;

    IAttesterRegistry public attesterRegistry;
    IProofRegistry[2] public registries;
    RegistryModel[2] public models;
    Watcher[2] public watchers;

    Person[] internal _people;
    OwnedWallet internal _contractWallet;
    uint256 internal _owner = OWNER;
    /// All that ever were attesters, in ascending order of their addresses, and one that never is.
    uint256[] internal _attesterKeys;
    Known[] internal _known;
    Spoken[] internal _sayings;
    Sent[] internal _sent;

    /// @notice How often calls of a function ended with an error (zero: with none), and how often refusals were told.
    mapping(bytes4 selector => mapping(bytes4 why => uint256)) public endings;
    mapping(uint8 refusal => uint256) public refused;
    mapping(bytes32 digest => mapping(address signer => bool)) public signed;
    mapping(bytes32 linkId => mapping(address attester => bool)) public attested;
    mapping(bytes32 linkId => bytes32 bindingKey) public meant;
    mapping(bytes32 identity => address) private _aliases;

    constructor() {
        VM.warp(NOW);
        address manager = _deploy("AccessManager.sol:AccessManager", abi.encode(address(this)));
        attesterRegistry = IAttesterRegistry(_deploy("AttesterRegistry.sol:AttesterRegistry", abi.encode(manager)));
        for (uint256 i = 0; i < 7; ++i) {
            uint256 key = uint256(keccak256(abi.encode("person", i)));
            (bytes32 x, bytes32 y) = Secp256k1.publicKey(key);
            _people.push(Person(key, VM.addr(key), x, y));
        }
        _contractWallet = new OwnedWallet(_people[OWNER].account, 0);
        for (uint256 i = 0; i < 4; ++i) {
            (, string memory identity) = _identity(4 + i);
            _aliases[keccak256(bytes(identity))] = _people[i].account;
            _addAttester();
        }
        _attesterKeys.push(uint256(keccak256("no attester")));
        Saying.sort(_attesterKeys);
        attesterRegistry.setQuorum("", 2);
        for (uint256 side = 0; side < 2; ++side) {
            registries[side] = IProofRegistry(_deploy("ProofRegistry.sol:ProofRegistry", abi.encode(attesterRegistry)));
            models[side] = new RegistryModel(attesterRegistry);
            watchers[side] = new Watcher(registries[side], attesterRegistry, this);
        }
    }

    /// @inheritdoc ILedger
    function attesters(bytes32 linkId) external view returns (uint256 count) {
        address[] memory all = attesterRegistry.attesters();
        for (uint256 i = 0; i < all.length; ++i) {
            if (attested[linkId][all[i]]) ++count;
        }
    }

    /// @inheritdoc ILedger
    function signerFor(address wallet) external view returns (address) {
        return wallet == address(_contractWallet) ? _contractWallet.owner() : wallet;
    }

    /// @inheritdoc ILedger
    function aliasOf(string calldata identity) external view returns (address) {
        return _aliases[keccak256(bytes(identity))];
    }

    /// @notice Those whose avatar may be asked for.
    function wallets() external view returns (address[4] memory) {
        return [_people[WALLET].account, _people[1].account, address(_contractWallet), _people[ATTACKER].account];
    }

    /// Makes a call to a registry, if it does what the model says, and lets the watcher look.
    function _send(uint256 side, address sender, bytes memory input) internal {
        _sent.push(Sent(sender, input));
        (bytes4 why, uint8[] memory refusals) = models[side].foresee(sender, input);
        VM.record();
        VM.recordLogs();
        VM.prank(sender);
        (bool ok, bytes memory answer) = address(registries[side]).call(input);
        Vm.Log[] memory logs = VM.getRecordedLogs();
        (, bytes32[] memory writes) = VM.accesses(address(registries[side]));
        _same("error", bytes32(ok ? bytes4(0) : bytes4(answer)), bytes32(why));
        ++endings[bytes4(input)][why];
        if (!ok) return;
        for (uint256 i = 0; i < refusals.length; ++i) {
            ++refused[refusals[i]];
        }
        _compareRefusals(logs, refusals);
        watchers[side].see(logs, writes, sender);
    }

    /// The next link of somebody's chain, signed, and with what the other side gives.
    function _next(Dice memory dice, uint256 who, Tip memory tip) internal returns (Submission memory link) {
        uint256 identity = dice.once(3) ? 8 : dice.below(IDENTITIES);
        bool creates = !dice.once(4);
        (link.platform, link.identity) = _identity(identity);
        // A delete is mostly of what there is.
        for (uint256 n = creates || _known.length == 0 ? 0 : 8; n > 0; --n) {
            Known storage it = _known[dice.below(_known.length)];
            if (it.who != who) continue;
            (link.platform, link.identity) = (it.link.platform, it.link.identity);
            break;
        }
        // What its avatar signed by mistake.
        if (identity < 8 && dice.once(16)) link.identity = "0xABC";
        uint64 createdAt = uint64(block.timestamp + 5 - dice.below(10));
        if (dice.once(24)) createdAt = uint64(block.timestamp + 901 - dice.below(2));
        if (createdAt < tip.createdAt && !dice.once(16)) createdAt = tip.createdAt;
        uint8 v = 255;
        if (tip.length > 0) {
            (link.previousR, link.previousS, v) = (tip.r, tip.s, tip.v + (dice.once(2) ? 27 : 0));
        } else if (dice.once(6)) {
            (link.previousR, link.previousS, v) = (bytes32(dice.word()), bytes32(dice.word()), 28);
            createdAt = uint64(1_767_225_600 - dice.below(2));
        }
        link.header = _header(dice, createdAt, v, creates);
        if (tip.length == 0 || SignPayloadReference.isTwoSided(link.platform) || dice.once(6)) {
            (link.publicKeyX, link.publicKeyY) = (_people[who].x, _people[who].y);
        }
        bytes32 digest = _sign(who, link);
        if (!creates && dice.once(12)) link.proof = hex"00";
        if (creates) link.proof = _proof(dice, who, identity, digest);
        bytes32 linkId = _linkIdOf(digest, link);
        if (creates && identity > 7 && dice.once(2)) {
            link.proof =
                who == ATTACKER
                    ? _said(dice, linkId, false)
                    : dice.once(3)
                        ? Saying.spoil(dice, _said(dice, linkId, true))
                        : _said(dice, linkId, true);
        }
        if (dice.once(4)) link.proofLocation = "https://example.org/1";
        _known.push(Known(link, linkId, digest, who));
        // That is quoted by the next one.
        (tip.r, tip.s, tip.v) = (link.r, (link.vs << 1) >> 1, uint8(uint256(link.vs >> 255)));
        tip.createdAt = createdAt;
        ++tip.length;
    }

    /// Signs a link's text as its avatar, whose public key need not stand in it, and enters it in the ledger.
    function _sign(uint256 who, Submission memory link) internal returns (bytes32 digest) {
        digest = SignPayloadReference.hash(link);
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(_people[who].key, digest);
        (link.r, link.vs) = (r, s | bytes32(uint256(v - 27) << 255));
        signed[digest][_people[who].account] = true;
        _mean(_people[who].account, digest, link);
    }

    function _mean(address avatar, bytes32 digest, Submission memory link) internal {
        meant[_linkIdOf(digest, link)] = keccak256(
            abi.encode(avatar, keccak256(abi.encode(link.platform, link.identity)))
        );
    }

    /// The signature of whoever `identity` names; the attacker only has its own, and tries it.
    function _proof(Dice memory dice, uint256 who, uint256 identity, bytes32 digest) internal returns (bytes memory) {
        if (identity > 7) return "";
        uint256 signer = identity > 3 ? identity - 4 : [WALLET, 1, _owner, ATTACKER][identity];
        if (who == ATTACKER) signer = ATTACKER;
        if (dice.once(10)) signer = dice.once(2) ? ATTACKER : who;
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(_people[signer].key, digest);
        signed[digest][_people[signer].account] = true;
        bytes memory signature = abi.encodePacked(r, s, dice.once(2) ? v : v - 27);
        return identity > 3 ? bytes.concat(signature, _people[dice.once(16) ? who : signer].y) : signature;
    }

    /// Lets attesters speak of a link, and enters it in the ledger.
    function _said(Dice memory dice, bytes32 linkId, bool found) internal returns (bytes memory said) {
        bytes memory account = dice.noise(dice.below(4));
        said = Saying.said(dice, _attesterKeys, linkId, found, account, uint64(block.timestamp));
        _sayings.push(Spoken(linkId, said));
        if (!found) return said;
        (, , AttestationReference.Attestation[] memory all) = AttestationReference.read(said);
        for (uint256 i = 0; i < all.length; ++i) {
            bytes32 digest = AttestationReference.digest(linkId, found, account, all[i].checkedAt);
            attested[linkId][AttestationReference.signerOf(digest, all[i])] = true;
        }
    }

    /// Lets attesters sign a list of findings, all of which they made.
    function _listed(
        Dice memory dice,
        bytes32[] memory linkIds,
        bytes32[] memory findings
    ) internal returns (bytes memory list) {
        list = Saying.list(dice, _attesterKeys, findings, uint64(block.timestamp));
        (, AttestationReference.Attestation[] memory all) = AttestationReference.readList(list);
        for (uint256 i = 0; i < all.length; ++i) {
            bytes32 digest = AttestationReference.batchDigest(findings, all[i].checkedAt);
            address signer = AttestationReference.signerOf(digest, all[i]);
            for (uint256 k = 0; k < linkIds.length; ++k) {
                attested[linkIds[k]][signer] = true;
            }
        }
    }

    function _addAttester() internal {
        uint256 key = uint256(keccak256(abi.encode("attester", _attesterKeys.length)));
        _attesterKeys.push(key);
        attesterRegistry.addAttester(VM.addr(key), "", "");
    }

    function _tipOf(uint256 side, uint256 who) internal view returns (Tip memory tip) {
        (tip.r, tip.s, tip.v, tip.createdAt, tip.length) = models[side].tips(_people[who].account);
    }

    /// Four wallets, four aliases, three accounts, and one on a two-sided platform that is attested.
    function _identity(uint256 index) internal view returns (string memory platform, string memory identity) {
        if (index < 4) {
            address wallet = [
                _people[WALLET].account,
                _people[1].account,
                address(_contractWallet),
                _people[ATTACKER].account
            ][index];
            return ("ethereum", Strings.toHexString(wallet));
        }
        if (index < 8) {
            Person storage it = _people[index - 4];
            bytes memory start = uint256(it.y) % 2 == 0 ? bytes("0x02") : bytes("0x03");
            return ("nextid", string(bytes.concat(start, TextReference.hexOf(uint256(it.x), 32))));
        }
        if (index < 10) return ("github", index == 8 ? "alice" : "bob");
        return index == 10 ? ("twitter", "alice") : ("solana", "So1");
    }

    function _header(Dice memory dice, uint64 createdAt, uint8 v, bool creates) internal pure returns (bytes32) {
        return
            bytes32(
                abi.encodePacked(
                    bytes16(bytes32(dice.word())),
                    uint40(createdAt),
                    uint64(0),
                    v,
                    creates ? uint8(0) : uint8(1),
                    uint8(0)
                )
            );
    }

    function _linkIdOf(bytes32 digest, Submission memory link) internal pure returns (bytes32) {
        uint8 v = uint8(uint256(link.vs >> 255));
        return keccak256(abi.encode(digest, keccak256(abi.encodePacked(link.r, (link.vs << 1) >> 1, v))));
    }

    /// The refusals in the log are those that were foreseen, in their order.
    function _compareRefusals(Vm.Log[] memory logs, uint8[] memory refusals) private pure {
        uint256 next = 0;
        for (uint256 i = 0; i < logs.length; ++i) {
            bytes32 topic = logs[i].topics[0];
            bool ofLink = topic == IProofRegistry.LinkRefused.selector;
            if (!ofLink && topic != IProofRegistry.ConfirmationRefused.selector) continue;
            while (next < refusals.length && refusals[next] == 0) ++next;
            _same("which is refused", uint256(logs[i].topics[1]), next);
            if (ofLink) _same("refusal", abi.decode(logs[i].data, (uint8)), refusals[next]);
            ++next;
        }
        while (next < refusals.length && refusals[next] == 0) ++next;
        _same("all refusals are told", next, refusals.length);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Confirmation, IProofRegistry, Status, Submission} from "../../../../contracts/interfaces/IProofRegistry.sol";
import {Dice, Dicing} from "../lib/Dice.sol";
import {Saying} from "../lib/Saying.sol";
import {Secp256k1} from "../lib/Secp256k1.sol";
import {AttestationReference} from "../reference/AttestationReference.sol";
import {HeaderReference} from "../reference/HeaderReference.sol";
import {SignPayloadReference} from "../reference/SignPayloadReference.sol";
import {World} from "./World.sol";

/// @notice What people do, and what an attacker does who has seen all of it, also what was never sent, and has no keys but its
/// own. The fuzzer calls these functions in any order.
contract Handler is World {
    using Dicing for Dice;

    /// Lists of findings that attesters signed.
    struct Listed {
        bytes32[] linkIds;
        bytes32[] findings;
        bytes said;
    }

    /// What a batch is made of, while it is made.
    struct Draft {
        Submission[] links;
        Tip[4] tips;
        /// Who signed the link in front; none: nobody known.
        uint256 front;
    }

    /// Of how many calls the mirror has been told.
    uint256 private _mirrored;
    Listed[] private _lists;

    /// @notice Somebody's next link: sent, kept back, or sent broken.
    function link(uint256 seed) external {
        Dice memory dice = Dice(seed);
        uint256 who = dice.below(4);
        uint256 side = dice.once(6) ? 1 : 0;
        Submission memory it = _next(dice, who, _tipOf(side, who));
        uint256 draw = dice.below(12);
        if (draw == 0) return;
        if (draw == 1) it = _mutate(dice, it);
        _send(side, address(this), abi.encodeCall(IProofRegistry.append, (it)));
    }

    /// @notice A batch of links in a row, now and then with strange ones between, and with attestations of a list.
    function batch(uint256 seed) external {
        Dice memory dice = Dice(seed);
        uint256 side = dice.once(6) ? 1 : 0;
        Draft memory draft;
        draft.links = new Submission[](1 + dice.below(5));
        draft.front = type(uint256).max;
        for (uint256 who = 0; who < 4; ++who) {
            draft.tips[who] = _tipOf(side, who);
        }
        bool honest = true;
        for (uint256 i = 0; i < draft.links.length; ++i) {
            honest = _draw(dice, draft, i) && honest;
        }
        bytes memory said;
        if (!dice.once(4)) {
            (bytes32[] memory linkIds, bytes32[] memory findings) = models[side].listOf(draft.links);
            // Attesters do not sign for what they did not see; then somebody tries what they signed for others.
            if (honest) {
                said = _listed(dice, linkIds, findings);
                _lists.push(Listed(linkIds, findings, said));
                if (dice.once(6)) said = Saying.spoil(dice, said);
            } else if (_lists.length > 0) {
                said = _lists[dice.below(_lists.length)].said;
            }
        }
        _send(side, address(this), abi.encodeCall(IProofRegistry.appendBatch, (draft.links, said)));
    }

    /// @notice Attesters look at a link, and what they say is handed in: at once, or to another function than it is for.
    function attest(uint256 seed) external {
        Dice memory dice = Dice(seed);
        if (_known.length == 0) return;
        uint256 side = dice.once(4) ? 1 : 0;
        (bytes32 key, bytes32 linkId, uint256 who) = _anyBinding(dice, side);
        (Status status, , , ) = models[side].bonds(key);
        if (dice.once(4)) status = Status(dice.below(5));
        bool found = who != ATTACKER && (dice.once(8) ? dice.once(2) : status != Status.Confirmed);
        VM.warp(block.timestamp + dice.below(20));
        bytes memory said = _said(dice, linkId, found);
        if (dice.once(6)) said = Saying.spoil(dice, said);
        linkId = _near(dice, linkId);
        _send(
            side,
            address(this),
            status == Status.Confirmed
                ? abi.encodeCall(IProofRegistry.suspend, (key, linkId, said))
                : status == Status.Suspended
                    ? abi.encodeCall(IProofRegistry.reinstate, (key, linkId, said))
                    : abi.encodeCall(IProofRegistry.confirm, (key, linkId, dice.once(9) ? " " : "https://a", said))
        );
    }

    /// @notice Attesters look at some links, and sign a list.
    function confirmBatch(uint256 seed) external {
        Dice memory dice = Dice(seed);
        if (_known.length == 0) return;
        uint256 side = dice.once(4) ? 1 : 0;
        uint256 count = 1 + dice.below(3);
        bytes32[] memory linkIds = new bytes32[](count);
        bytes32[] memory findings = new bytes32[](count);
        Confirmation[] memory those = new Confirmation[](count);
        uint256 honest = 0;
        for (uint256 i = 0; i < count; ++i) {
            (bytes32 key, bytes32 linkId, uint256 who) = _anyBinding(dice, side);
            bytes memory account = dice.noise(dice.once(20) ? 255 : dice.below(3));
            those[i] = Confirmation(
                key,
                _near(dice, linkId),
                dice.once(9) ? " " : "",
                abi.encodePacked(uint8(account.length), account),
                dice.once(6) ? dice.below(4) : honest
            );
            // The attacker asks, too; attesters do not list what it has not.
            if (who == ATTACKER) continue;
            linkIds[honest] = linkId;
            findings[honest++] = AttestationReference.finding(linkId, true, account);
        }
        assembly ("memory-safe") {
            mstore(linkIds, honest)
            mstore(findings, honest)
        }
        bytes memory said = _listed(dice, linkIds, findings);
        _lists.push(Listed(linkIds, findings, said));
        if (dice.once(6)) said = Saying.spoil(dice, said);
        _send(side, address(this), abi.encodeCall(IProofRegistry.confirmBatch, (those, findings, said)));
    }

    /// @notice A wallet or an alias takes a binding back.
    function release(uint256 seed) external {
        Dice memory dice = Dice(seed);
        uint256 who = dice.below(4);
        uint256 identity = dice.below(dice.once(12) ? IDENTITIES : 8);
        Submission memory it;
        (it.platform, it.identity) = _identity(identity);
        it.header = _header(dice, uint64(block.timestamp + 20 - dice.below(60)), 255, dice.once(16));
        if (!dice.once(16)) (it.publicKeyX, it.publicKeyY) = (_people[who].x, _people[who].y);
        it.proof = _proof(dice, identity > 3 ? identity - 4 : dice.below(4), identity, SignPayloadReference.hash(it));
        if (dice.once(16)) it.r = bytes32(uint256(1));
        _send(dice.once(4) ? 1 : 0, address(this), abi.encodeCall(IProofRegistry.release, (it)));
    }

    /// @notice A wallet names its avatar, or one that is not.
    function setAvatar(uint256 seed) external {
        Dice memory dice = Dice(seed);
        address avatar = dice.once(6) ? address(0) : _people[dice.below(4)].account;
        address sender = this.wallets()[dice.below(4)];
        _send(dice.once(4) ? 1 : 0, sender, abi.encodeCall(IProofRegistry.setAvatar, (avatar)));
    }

    /// @notice Governance adds and removes attesters and sets quorums.
    function govern(uint256 seed) external {
        Dice memory dice = Dice(seed);
        address[] memory all = attesterRegistry.attesters();
        uint256 draw = dice.below(4);
        if (draw == 0 && all.length < 5) {
            _addAttester();
            Saying.sort(_attesterKeys);
        } else if (draw == 1 && all.length > 2) {
            attesterRegistry.removeAttester(all[dice.below(all.length)]);
        } else {
            string[4] memory platforms = ["", "github", "twitter", "solana"];
            uint256 which = dice.below(4);
            attesterRegistry.setQuorum(platforms[which], uint16(which == 0 ? 1 + dice.below(3) : dice.below(4)));
        }
    }

    /// @notice Time passes, and now and then the contract wallet is handed over.
    function wait(uint256 seed) external {
        Dice memory dice = Dice(seed);
        VM.warp(block.timestamp + dice.below(dice.once(4) ? 2 days : 10 minutes));
        if (!dice.once(3)) return;
        _owner = _owner == OWNER ? OWNER + 1 : OWNER;
        _contractWallet.setOwner(_people[_owner].account);
    }

    /// @notice The mirror is told of the next calls that were made, in their order.
    function mirror(uint256 seed) external {
        uint256 end = _sent.length;
        for (uint256 n = 1 + (seed % 6); n > 0 && _mirrored < end; --n) {
            Sent memory sent = _sent[_mirrored++];
            _send(1, sent.sender, sent.input);
        }
    }

    /// @notice The attacker makes a call again, here or there.
    function attackByReplay(uint256 seed) external {
        Dice memory dice = Dice(seed);
        if (_sent.length == 0) return;
        _send(dice.below(2), _people[ATTACKER].account, _sent[dice.below(_sent.length)].input);
    }

    /// @notice The attacker sends links that others signed, in its own order, and changed where it can.
    function attackByMutation(uint256 seed) external {
        Dice memory dice = Dice(seed);
        if (_known.length == 0) return;
        Submission[] memory links = new Submission[](1 + dice.below(4));
        for (uint256 i = 0; i < links.length; ++i) {
            links[i] = _known[dice.below(_known.length)].link;
            if (!dice.once(3)) links[i] = _mutate(dice, links[i]);
        }
        bytes memory said;
        if (_lists.length > 0 && dice.once(2)) said = _lists[dice.below(_lists.length)].said;
        _send(
            dice.below(2),
            _people[ATTACKER].account,
            dice.once(3) || links.length > 1
                ? abi.encodeCall(IProofRegistry.appendBatch, (links, said))
                : dice.once(6)
                    ? abi.encodeCall(IProofRegistry.release, (links[0]))
                    : abi.encodeCall(IProofRegistry.append, (links[0]))
        );
    }

    /// @notice The attacker moves somebody's signature to another text, or flips its v: it recovers to an address that has no
    /// owner, but whose public key everybody can compute, and for which the attacker opens a chain with what attesters said.
    function attackByOwnerlessAddress(uint256 seed) external {
        Dice memory dice = Dice(seed);
        if (_known.length == 0) return;
        Known memory it = _known[dice.below(_known.length)];
        Submission memory moved = it.link;
        (bytes32 r, bytes32 s) = (moved.r, (moved.vs << 1) >> 1);
        bool flipped = dice.once(2);
        if (flipped) moved.vs ^= bytes32(uint256(1) << 255);
        if (!dice.once(3) || SignPayloadReference.isTwoSided(moved.platform)) {
            (moved.platform, moved.identity) = _identity(8 + dice.below(3));
            moved.header = _header(dice, uint64(block.timestamp), 255, true);
            (moved.previousR, moved.previousS) = (0, 0);
        } else if (HeaderReference.previousV(moved.header) != 255) {
            moved.header = _header(dice, 1_767_225_599, 27, true);
        }
        bytes32 digest = SignPayloadReference.hash(moved);
        uint256 key = Secp256k1.keyOfOther(_people[it.who].key, it.digest, r, s, flipped, digest);
        (moved.publicKeyX, moved.publicKeyY) = Secp256k1.publicKey(key);
        address ownerless = VM.addr(key);
        if (ownerless != _people[it.who].account) signed[digest][ownerless] = true;
        _mean(ownerless, digest, moved);
        uint256 side = dice.below(2);
        bytes memory said = _sayings.length == 0 ? bytes("") : _sayings[dice.below(_sayings.length)].said;
        for (uint256 i = 0; i < _sayings.length; ++i) {
            if (_sayings[i].linkId == it.linkId) said = _sayings[i].said;
        }
        if (dice.once(2)) moved.proof = said;
        _send(side, _people[ATTACKER].account, abi.encodeCall(IProofRegistry.append, (moved)));
        bytes32 linkId = dice.once(2) ? it.linkId : _linkIdOf(digest, moved);
        bytes32 bindingKey = meant[_linkIdOf(digest, moved)];
        _send(side, _people[ATTACKER].account, abi.encodeCall(IProofRegistry.confirm, (bindingKey, linkId, "", said)));
    }

    /// Puts a link into a batch. Answers whether attesters would sign for it.
    function _draw(Dice memory dice, Draft memory draft, uint256 i) private returns (bool) {
        uint256 draw = dice.below(10);
        if (draw < 2 && _known.length > 0) {
            draft.front = type(uint256).max;
            draft.links[i] = _known[dice.below(_known.length)].link;
            if (draw == 0) draft.links[i] = _mutate(dice, draft.links[i]);
            return false;
        }
        uint256 who = draft.front < 4 && dice.once(2) ? draft.front : dice.below(4);
        Submission memory it = _next(dice, who, draft.tips[who]);
        bool covers = HeaderReference.isCreate(it.header) && bytes(it.platform).length < 8 && !dice.once(4);
        if (covers && keccak256(bytes(it.platform)) != keccak256("nextid")) {
            bytes memory account = dice.noise(dice.once(20) ? 255 : dice.below(3));
            it.proof = abi.encodePacked(uint8(account.length), account);
        }
        // What the link in front quotes need not be said again.
        if (draft.front == who && !dice.once(4)) (it.previousR, it.previousS) = (0, 0);
        draft.front = who;
        draft.links[i] = it;
        return who != ATTACKER;
    }

    /// A link and mostly its own binding; mostly one that stands and that attesters can turn.
    function _anyBinding(
        Dice memory dice,
        uint256 side
    ) private view returns (bytes32 key, bytes32 linkId, uint256 who) {
        for (uint256 n = 3 + dice.below(12); n > 0; --n) {
            Known storage it = _known[dice.below(_known.length)];
            (linkId, who, key) = (it.linkId, it.who, meant[it.linkId]);
            (, , bytes32 current, string memory platform) = models[side].bonds(key);
            if (current == linkId && keccak256(bytes(platform)) == keccak256("github")) break;
        }
        if (key == 0 || dice.once(10)) key = meant[_known[dice.below(_known.length)].linkId];
    }

    /// Now and then another link of which the registry keeps the same bytes: nobody signed for that one.
    function _near(Dice memory dice, bytes32 linkId) private pure returns (bytes32) {
        return dice.once(40) ? linkId ^ bytes32(uint256(1)) : linkId;
    }

    /// Changes one thing that an attacker can change.
    function _mutate(Dice memory dice, Submission memory it) private view returns (Submission memory) {
        Submission memory other = _known[dice.below(_known.length)].link;
        uint256 draw = dice.below(20);
        if (draw == 0) it.vs ^= bytes32(uint256(1) << 255);
        if (draw == 1) it.vs = bytes32(Secp256k1.N - uint256((it.vs << 1) >> 1));
        if (draw == 2) it.vs = bytes32(Secp256k1.N - uint256((it.vs << 1) >> 1)) ^ bytes32(uint256(1) << 255);
        if (draw == 3) (it.r, it.vs) = (other.r, other.vs);
        if (draw == 4) (it.platform, it.identity) = (other.platform, other.identity);
        if (draw == 5) it.identity = string(dice.once(2) ? bytes('b"b') : dice.noise(dice.anyLength(255)));
        if (draw == 6) it.platform = string(dice.once(2) ? bytes("Github") : dice.noise(dice.anyLength(32)));
        if (draw == 7) it.header ^= bytes32(uint256(1) << dice.below(256));
        if (draw == 8) it.header ^= bytes32(uint256(27) << 16);
        if (draw == 9) it.header ^= bytes32(uint256(1) << 8);
        if (draw == 10) (it.previousR, it.previousS) = (other.r, (other.vs << 1) >> 1);
        if (draw == 11) (it.previousR, it.previousS) = (0, 0);
        if (draw == 12) (it.publicKeyX, it.publicKeyY) = (other.publicKeyX, other.publicKeyY);
        if (draw == 13) (it.publicKeyX, it.publicKeyY) = (0, 0);
        if (draw == 14) it.proof = other.proof;
        if (draw == 15) it.proof = Saying.spoil(dice, it.proof);
        if (draw == 16) it.proof = _sayings.length == 0 ? bytes("") : _sayings[dice.below(_sayings.length)].said;
        if (draw == 17) it.proofLocation = dice.once(2) ? "https://elsewhere.example" : "\x7f";
        if (draw == 18) it.r = bytes32(dice.word());
        // Of the high values of s, a compact signature can only say those below 2^255.
        if (draw == 19) it.vs |= bytes32(type(uint256).max >> 1);
        return it;
    }
}

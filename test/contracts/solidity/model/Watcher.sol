// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IAttesterRegistry} from "../../../../contracts/interfaces/IAttesterRegistry.sol";
import {IProofRegistry, Status, Submission} from "../../../../contracts/interfaces/IProofRegistry.sol";
import {FuzzTest} from "../lib/FuzzTest.sol";
import {Secp256k1} from "../lib/Secp256k1.sol";
import {Vm} from "../lib/Vm.sol";
import {HeaderReference} from "../reference/HeaderReference.sol";
import {SignPayloadReference} from "../reference/SignPayloadReference.sol";
import {TextReference} from "../reference/TextReference.sol";
import {ILedger} from "./ILedger.sol";

/// @notice Reads one registry's log as an indexer does, and keeps what the invariants are about. It knows nothing of the
/// model, and of the registry only its log and its storage.
contract Watcher is FuzzTest {
    /// A link of an avatar's chain, as the log has it.
    struct Link {
        bytes32 linkId;
        bytes32 digest;
        bytes32 r;
        bytes32 s;
        uint8 v;
        uint64 createdAt;
        uint256 sequence;
        bool quotes;
        /// What its text quotes, if it does.
        bytes32 previousR;
        bytes32 previousS;
        bool previousOdd;
    }

    /// A binding, as the log has it.
    struct Bond {
        Status status;
        bytes32 linkId;
        /// When it was confirmed or suspended last; zero before.
        uint64 lastLook;
        bytes24 lookedAt;
        address avatar;
        string platform;
        string identity;
    }

    /// A public key.
    struct Key {
        bytes32 x;
        bytes32 y;
    }

    IProofRegistry private immutable _REGISTRY;
    IAttesterRegistry private immutable _ATTESTERS;
    ILedger private immutable _LEDGER;

    address[] private _avatars;
    mapping(address avatar => Link[]) private _chains;
    mapping(address avatar => Key) private _keysOf;
    bytes32[] private _keys;
    mapping(bytes32 key => Bond) private _bonds;
    mapping(bytes32 key => mapping(bytes24 link => bool)) private _revoked;
    mapping(address avatar => mapping(bytes32 r => bool)) private _used;
    mapping(bytes32 linkId => bool) private _linkIds;
    /// What AvatarRegistered and ChainImported said, for the LinkAppended behind them.
    bytes32 private _x;
    bytes32 private _y;
    bytes private _imported;
    /// The slots of storage that the call at hand may have written.
    bytes32[] private _allowed;

    /// @notice How often each of these happened; the invariants want zero.
    uint256 public unjustified;
    uint256 public resurrected;
    uint256 public repeated;
    uint256 public misplaced;
    uint256 public unexplainedWrites;
    uint256 public stepsBack;

    constructor(IProofRegistry registry, IAttesterRegistry attesters, ILedger ledger) {
        (_REGISTRY, _ATTESTERS, _LEDGER) = (registry, attesters, ledger);
    }

    /// @notice Reads what a call that did not revert put into the log, and the slots that it wrote.
    function see(Vm.Log[] calldata logs, bytes32[] calldata writes, address sender) external {
        delete _allowed;
        for (uint256 i = 0; i < logs.length; ++i) {
            _same("who emits", logs[i].emitter, address(_REGISTRY));
            bytes32 topic = logs[i].topics[0];
            if (topic == IProofRegistry.AvatarRegistered.selector) {
                (_x, _y) = (logs[i].topics[1], abi.decode(logs[i].data, (bytes32)));
                // ChainImported may stand between.
                bytes32 next = logs[i + 1].topics[0];
                if (next == IProofRegistry.ChainImported.selector) next = logs[i + 2].topics[0];
                _same("LinkAppended follows", next, IProofRegistry.LinkAppended.selector);
            } else if (topic == IProofRegistry.ChainImported.selector) {
                _imported = abi.decode(logs[i].data, (bytes));
            } else if (topic == IProofRegistry.LinkAppended.selector) {
                _append(logs[i]);
            } else if (topic == IProofRegistry.BindingReleased.selector) {
                address avatar = address(uint160(uint256(logs[i].topics[1])));
                bytes32 key = keccak256(abi.encode(avatar, logs[i].topics[2]));
                _revoke(key);
                _allow(key, 1);
                _allow(SignPayloadReference.hash(abi.decode(logs[i].data, (Submission))), 2);
            } else if (topic == IProofRegistry.AvatarSet.selector) {
                _same("whose avatar is set", uint256(logs[i].topics[1]), uint160(sender));
                _allow(bytes32(uint256(uint160(sender))), 3);
            } else if (topic == IProofRegistry.BindingConfirmed.selector) {
                _turn(logs[i], Status.Claimed, Status.Confirmed);
            } else if (topic == IProofRegistry.BindingSuspended.selector) {
                _turn(logs[i], Status.Confirmed, Status.Suspended);
            } else if (topic == IProofRegistry.BindingReinstated.selector) {
                _turn(logs[i], Status.Suspended, Status.Confirmed);
            }
        }
        for (uint256 i = 0; i < writes.length; ++i) {
            bool explained = false;
            for (uint256 k = 0; k < _allowed.length && !explained; ++k) {
                explained = writes[i] == _allowed[k];
            }
            if (!explained) ++unexplainedWrites;
        }
        for (uint256 i = 0; i < _keys.length; ++i) {
            _look(_keys[i]);
        }
    }

    /// @notice The avatars that have links.
    function avatars() external view returns (address[] memory) {
        return _avatars;
    }

    /// @notice The bindings that there ever were.
    function keys() external view returns (bytes32[] memory) {
        return _keys;
    }

    /// @notice An avatar's links.
    function chainOf(address avatar) external view returns (Link[] memory) {
        return _chains[avatar];
    }

    /// @notice A binding.
    function bondOf(bytes32 key) external view returns (Bond memory) {
        return _bonds[key];
    }

    /// @notice Whether a link's binding was taken back.
    function isRevoked(bytes32 key, bytes24 link) external view returns (bool) {
        return _revoked[key][link];
    }

    function _append(Vm.Log calldata entry) private {
        address avatar = address(uint160(uint256(entry.topics[1])));
        Submission memory link;
        (link.header, link.platform, link.identity, link.r, link.vs, link.proof, link.proofLocation) = abi.decode(
            entry.data,
            (bytes32, string, string, bytes32, bytes32, bytes, string)
        );
        _same("identityKey", entry.topics[3], keccak256(abi.encode(link.platform, link.identity)));
        if (_chains[avatar].length == 0) {
            _avatars.push(avatar);
            _same("AvatarRegistered", address(uint160(uint256(keccak256(abi.encode(_x, _y))))), avatar);
            (_keysOf[avatar].x, _keysOf[avatar].y) = (_x, _y);
        }
        bytes32 linkId = _push(avatar, link);
        _same("linkId", entry.topics[2], linkId);
        bytes32 key = keccak256(abi.encode(avatar, entry.topics[3]));
        _allow(bytes32(uint256(uint160(avatar))), 0);
        _allow(key, 1);
        Bond storage bond = _bonds[key];
        Status status = Status(HeaderReference.status(link.header));
        if (!HeaderReference.isCreate(link.header)) {
            _same(
                "status after a delete",
                uint8(status),
                uint8(bond.status == Status.None ? Status.None : Status.Deleted)
            );
            _revoke(key);
            return;
        }
        if (bond.status == Status.None) _keys.push(key);
        if (_revoked[key][bytes24(linkId)]) ++resurrected;
        (bond.status, bond.linkId, bond.avatar, bond.platform, bond.identity) = (
            status,
            linkId,
            avatar,
            link.platform,
            link.identity
        );
        if (_LEDGER.meant(linkId) != key) ++misplaced;
        if (status == Status.Confirmed) _justify(key);
        else _same("status after a create", uint8(status), uint8(Status.Claimed));
    }

    /// Rebuilds the text of a link from the log alone.
    function _push(address avatar, Submission memory link) private returns (bytes32 linkId) {
        Link[] storage chain = _chains[avatar];
        Link memory it;
        uint8 v = HeaderReference.previousV(link.header);
        it.quotes = v != 255;
        it.previousOdd = v == 1 || v == 28;
        if (it.quotes && chain.length > 0) {
            (link.previousR, link.previousS) = (chain[chain.length - 1].r, chain[chain.length - 1].s);
        } else if (it.quotes) {
            (link.previousR, link.previousS) = _importedPrevious(v);
        }
        (link.publicKeyX, link.publicKeyY) = (_keysOf[avatar].x, _keysOf[avatar].y);
        (it.r, it.s, it.v) = (link.r, (link.vs << 1) >> 1, uint8(uint256(link.vs >> 255)));
        (it.previousR, it.previousS) = (link.previousR, link.previousS);
        it.createdAt = HeaderReference.createdAt(link.header);
        it.sequence = HeaderReference.sequence(link.header);
        it.digest = SignPayloadReference.hash(link);
        linkId = keccak256(abi.encode(it.digest, keccak256(abi.encodePacked(it.r, it.s, it.v))));
        it.linkId = linkId;
        chain.push(it);
        if (uint256(it.s) > Secp256k1.N / 2 || _linkIds[linkId] || _used[avatar][it.r]) ++repeated;
        _linkIds[linkId] = true;
        _used[avatar][it.r] = true;
    }

    function _importedPrevious(uint8 v) private view returns (bytes32 r, bytes32 s) {
        bytes memory imported = _imported;
        _same("ChainImported", imported.length, 65);
        _same("previousV", uint8(imported[64]), v);
        assembly ("memory-safe") {
            r := mload(add(imported, 32))
            s := mload(add(imported, 64))
        }
    }

    function _turn(Vm.Log calldata entry, Status from, Status to) private {
        bytes32 key = entry.topics[1];
        Bond storage bond = _bonds[key];
        _same("status before", uint8(bond.status), uint8(from));
        _same("whose link", entry.topics[2], bond.linkId);
        if (_revoked[key][bytes24(bond.linkId)]) ++resurrected;
        bond.status = to;
        _allow(key, 1);
        if (to == Status.Confirmed) _justify(key);
    }

    /// Whether the other side stands for a binding that is now confirmed: by its signature over this very text, or by as many
    /// attesters as there have to be now.
    function _justify(bytes32 key) private {
        Bond storage bond = _bonds[key];
        Link[] storage chain = _chains[bond.avatar];
        bytes32 digest;
        for (uint256 i = chain.length; i > 0 && digest == 0; --i) {
            if (chain[i - 1].linkId == bond.linkId) digest = chain[i - 1].digest;
        }
        if (Strings.equal(bond.platform, "ethereum")) {
            (, address wallet) = TextReference.parseAddress(bytes(bond.identity));
            if (!_LEDGER.signed(digest, _LEDGER.signerFor(wallet))) ++unjustified;
        } else if (Strings.equal(bond.platform, "nextid")) {
            if (!_LEDGER.signed(digest, _LEDGER.aliasOf(bond.identity))) ++unjustified;
        } else {
            uint256 count = _LEDGER.attesters(bond.linkId);
            if (count == 0 || count < _ATTESTERS.quorumOf(bond.platform)) ++unjustified;
            if (_LEDGER.meant(bond.linkId) != key) ++misplaced;
        }
    }

    function _revoke(bytes32 key) private {
        Bond storage bond = _bonds[key];
        if (bond.status == Status.None) return;
        bond.status = Status.Deleted;
        _revoked[key][bytes24(bond.linkId)] = true;
    }

    /// Whether `asOf` only grows while attesters turn a binding to and fro.
    function _look(bytes32 key) private {
        Bond storage bond = _bonds[key];
        uint256 word = uint256(VM.load(address(_REGISTRY), keccak256(abi.encode(key, 1))));
        (Status status, uint64 asOf, bytes24 link) = (Status(uint8(word)), uint40(word >> 8), bytes24(bytes32(word)));
        if (status != Status.Confirmed && status != Status.Suspended) return;
        if (bond.lookedAt == link && asOf < bond.lastLook) ++stepsBack;
        (bond.lookedAt, bond.lastLook) = (link, asOf);
    }

    function _allow(bytes32 key, uint256 slot) private {
        _allowed.push(keccak256(abi.encode(key, slot)));
    }
}

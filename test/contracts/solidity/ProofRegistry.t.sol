// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IProofRegistry, Refusal, Status} from "../../../contracts/interfaces/IProofRegistry.sol";
import {FuzzTest} from "./lib/FuzzTest.sol";
import {Handler} from "./model/Handler.sol";
import {Watcher} from "./model/Watcher.sol";
import {AttestationReference} from "./reference/AttestationReference.sol";

/// @notice What holds of ProofRegistry whatever anybody does, on two registries of which one mirrors the other. Besides, each
/// step is compared with a model (RegistryModel.sol): a difference fails whatever invariant is being checked.
contract ProofRegistryInvariants is FuzzTest {
    /// @notice Thrown when no call of a function ended in a certain way.
    error NotReached(bytes4 selector, bytes4 why);

    Handler private _handler;

    function setUp() external {
        _handler = new Handler();
    }

    /// @notice The only contract that the fuzzer calls.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @notice The actions reach all that there is to reach: an invariant over calls that all fail would say nothing.
    function test_everyEndingIsReached() external {
        for (uint256 i = 0; i < 1_800; ++i) {
            _act(i % 15, uint256(keccak256(abi.encode(i))));
        }
        bytes4[8] memory functions = [
            IProofRegistry.append.selector,
            IProofRegistry.appendBatch.selector,
            IProofRegistry.confirm.selector,
            IProofRegistry.confirmBatch.selector,
            IProofRegistry.suspend.selector,
            IProofRegistry.reinstate.selector,
            IProofRegistry.release.selector,
            IProofRegistry.setAvatar.selector
        ];
        for (uint256 i = 0; i < functions.length; ++i) {
            _reached(functions[i], 0);
        }
        for (uint8 refusal = 0; refusal <= uint8(type(Refusal).max); ++refusal) {
            if (_handler.refused(refusal) == 0) revert NotReached(bytes4(uint32(refusal)), 0);
        }
        bytes4 append = IProofRegistry.append.selector;
        _reached(append, IProofRegistry.ProofRegistryStaleHead.selector);
        _reached(append, IProofRegistry.ProofRegistryInvalidProof.selector);
        _reached(IProofRegistry.confirm.selector, IProofRegistry.ProofRegistryNoSuchBinding.selector);
        _reached(IProofRegistry.confirm.selector, IProofRegistry.ProofRegistryNoQuorum.selector);
        _reached(IProofRegistry.suspend.selector, IProofRegistry.ProofRegistryNoQuorum.selector);
        _reached(IProofRegistry.release.selector, IProofRegistry.ProofRegistryInvalidProof.selector);
        _reached(IProofRegistry.release.selector, IProofRegistry.ProofRegistryNotARelease.selector);
        _reached(IProofRegistry.setAvatar.selector, IProofRegistry.ProofRegistryNoSuchBinding.selector);
    }

    /// @notice The head only moves by a signature of the avatar over the current head.
    function invariant_headMovesOnlyBySignatureOverHead() external view {
        for (uint256 side = 0; side < 2; ++side) {
            IProofRegistry registry = _handler.registries(side);
            Watcher watcher = _handler.watchers(side);
            address[] memory avatars = watcher.avatars();
            for (uint256 i = 0; i < avatars.length; ++i) {
                Watcher.Link[] memory chain = watcher.chainOf(avatars[i]);
                uint256 last = chain.length - 1;
                Watcher.Link memory head = chain[last];
                bytes32 hash = keccak256(abi.encodePacked(head.r, head.s, head.v));
                _same("head", bytes32(registry.headOf(avatars[i])), bytes32(bytes24(hash)));
                // Of those further back, it was looked at when they were last.
                for (uint256 k = last + 1; k > 0 && k + 6 > last; --k) {
                    Watcher.Link memory it = chain[k - 1];
                    address signer = AttestationReference.recover(it.digest, it.r, it.s, 27 + it.v);
                    _same("signer", signer, avatars[i]);
                    _holds("the ledger has it", _handler.signed(it.digest, signer));
                    if (k == 1) continue;
                    Watcher.Link memory before = chain[k - 2];
                    _holds("quotes", it.quotes);
                    _same("quotes r", it.previousR, before.r);
                    _same("quotes s", it.previousS, before.s);
                    _same("quotes v", it.previousOdd, before.v == 1);
                }
            }
        }
    }

    /// @notice No binding is bound without the other side's confirmation or a quorum.
    function invariant_boundOnlyByTheOtherSide() external view {
        for (uint256 side = 0; side < 2; ++side) {
            Watcher watcher = _handler.watchers(side);
            _same("unjustified", watcher.unjustified(), 0);
            bytes32[] memory keys = watcher.keys();
            for (uint256 i = 0; i < keys.length; ++i) {
                Watcher.Bond memory bond = watcher.bondOf(keys[i]);
                // What the log tells is what dApps are told.
                _same(
                    "isBound",
                    _handler.registries(side).isBound(bond.avatar, bond.platform, bond.identity),
                    bond.status == Status.Confirmed
                );
            }
        }
    }

    /// @notice Nothing revoked becomes live again by replay, batch order, confirm or mirror.
    function invariant_revokedStaysRevoked() external view {
        for (uint256 side = 0; side < 2; ++side) {
            Watcher watcher = _handler.watchers(side);
            _same("resurrected", watcher.resurrected(), 0);
            bytes32[] memory keys = watcher.keys();
            for (uint256 i = 0; i < keys.length; ++i) {
                Watcher.Bond memory bond = watcher.bondOf(keys[i]);
                (Status status, , bytes24 link) = _handler.registries(side).statusOf(
                    bond.avatar,
                    bond.platform,
                    bond.identity
                );
                if (watcher.isRevoked(keys[i], link)) _same("status", uint8(status), uint8(Status.Deleted));
            }
        }
    }

    /// @notice A refused item changes nothing: all that was ever written to storage is told by an event of what was accepted.
    function invariant_refusedChangesNothing() external view {
        for (uint256 side = 0; side < 2; ++side) {
            _same("unexplained writes", _handler.watchers(side).unexplainedWrites(), 0);
        }
    }

    /// @notice The same signature with flipped v or high s never yields a second link.
    function invariant_oneLinkPerSignature() external view {
        for (uint256 side = 0; side < 2; ++side) {
            _same("repeated", _handler.watchers(side).repeated(), 0);
        }
    }

    /// @notice A link or attestation for one text never serves another.
    function invariant_textsAreNotInterchangeable() external view {
        for (uint256 side = 0; side < 2; ++side) {
            Watcher watcher = _handler.watchers(side);
            _same("misplaced", watcher.misplaced(), 0);
            bytes32[] memory keys = watcher.keys();
            for (uint256 i = 0; i < keys.length; ++i) {
                _same("meant", _handler.meant(watcher.bondOf(keys[i]).linkId), keys[i]);
            }
        }
    }

    /// @notice Sequence numbers have no gap, and `createdAt` never decreases.
    function invariant_sequenceHasNoGap() external view {
        for (uint256 side = 0; side < 2; ++side) {
            Watcher watcher = _handler.watchers(side);
            address[] memory avatars = watcher.avatars();
            for (uint256 i = 0; i < avatars.length; ++i) {
                Watcher.Link[] memory chain = watcher.chainOf(avatars[i]);
                _same("length", _handler.registries(side).lengthOf(avatars[i]), chain.length);
                for (uint256 k = 0; k < chain.length; ++k) {
                    _same("sequence", chain[k].sequence, k + 1);
                    _holds("createdAt", k == 0 || chain[k].createdAt >= chain[k - 1].createdAt);
                }
            }
        }
    }

    /// @notice Confirmed, suspended and reinstated in turn, a binding's `asOf` only grows.
    function invariant_asOfOnlyGrows() external view {
        for (uint256 side = 0; side < 2; ++side) {
            _same("steps back", _handler.watchers(side).stepsBack(), 0);
        }
    }

    /// @notice The registry is as the model says, bit by bit.
    function invariant_isAsModelled() external view {
        address[4] memory wallets = _handler.wallets();
        for (uint256 side = 0; side < 2; ++side) {
            address registry = address(_handler.registries(side));
            Watcher watcher = _handler.watchers(side);
            address[] memory avatars = watcher.avatars();
            for (uint256 i = 0; i < avatars.length; ++i) {
                _same(
                    "chain",
                    VM.load(registry, keccak256(abi.encode(avatars[i], 0))),
                    _handler.models(side).chainWord(avatars[i])
                );
            }
            bytes32[] memory keys = watcher.keys();
            for (uint256 i = 0; i < keys.length; ++i) {
                _same(
                    "binding",
                    VM.load(registry, keccak256(abi.encode(keys[i], 1))),
                    _handler.models(side).bindingWord(keys[i])
                );
            }
            for (uint256 i = 0; i < 4; ++i) {
                _same(
                    "avatarOf",
                    IProofRegistry(registry).avatarOf(wallets[i]),
                    _handler.models(side).avatarOf(wallets[i])
                );
            }
        }
    }

    function _reached(bytes4 selector, bytes4 why) private view {
        if (_handler.endings(selector, why) == 0) revert NotReached(selector, why);
    }

    function _act(uint256 action, uint256 seed) private {
        if (action == 0) _handler.link(seed);
        else if (action == 1) _handler.batch(seed);
        else if (action == 2) _handler.attest(seed);
        else if (action == 3) _handler.confirmBatch(seed);
        else if (action == 4) _handler.release(seed);
        else if (action == 5) _handler.setAvatar(seed);
        else if (action == 6) _handler.govern(seed);
        else if (action == 7) _handler.wait(seed);
        else if (action == 8) _handler.mirror(seed);
        else if (action == 9) _handler.attackByReplay(seed);
        else if (action == 10) _handler.attackByMutation(seed);
        else if (action > 11) _handler.attest(seed);
        else _handler.attackByOwnerlessAddress(seed);
    }
}

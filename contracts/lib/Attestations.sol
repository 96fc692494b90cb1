// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IAttesterRegistry} from "../interfaces/IAttesterRegistry.sol";
import {AttestationHash} from "./AttestationHash.sol";

/// @notice Counts attestations.
///
/// An attestation is 73 bytes: `checkedAt`, the Unix seconds at which the attester looked, as eight bytes big-endian, and
/// the attester's EIP-712 signature (r ‖ s ‖ v, v in {27, 28}) in the domain {name: "Syngraph", version: "1"}, which has no
/// chain id and no contract: it states what was seen in the world. Several stand one behind the other in ascending order of
/// the attesters' addresses. What is signed is one statement,
/// `Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)`, or a list of findings,
/// `AttestationBatch(Finding[] findings,uint64 checkedAt)Finding(bytes32 linkId,bool found,string accountId)`, whose
/// `checkedAt` is the earliest time at which one of the findings was made.
///
/// Signers who are no attesters are passed over.
library Attestations {
    /// checkedAt and signature.
    uint256 private constant SIZE = 8 + 65;

    /// How many there may be at once: as many as there may be attesters.
    uint256 private constant MAX = 64;

    /// How far ahead of the chain's an attester's clock may run, in seconds.
    uint256 private constant CLOCK_SKEW = 15 minutes;

    /// @notice Thrown when attestations are not in strictly ascending order of the attesters' addresses, which is how one
    /// attester is kept from counting twice. A malformed signature counts as address zero.
    error AttestationsNotAscending(address attester, address previous);
    /// @notice Thrown when an attestation is dated too far in the future: it would outrank every honest later one.
    error AttestationsCheckedInFuture(uint64 checkedAt, uint64 latest);
    /// @notice Thrown when attestations are not a whole number of times 73 bytes, or more than 64 of them.
    error AttestationsInvalidLength(uint256 length);

    /// @notice Counts attestations of one statement.
    /// @param tag The platform's tag.
    /// @param accountIdHash keccak256 of the account id.
    /// @param notBefore Attestations from before it are passed over.
    /// @param strict Whether to revert where the attestations are malformed, rather than to say so.
    /// @return wellFormed Whether they are well-formed.
    /// @return reached Whether a quorum of attesters signed.
    /// @return checkedAt The latest time at which one of them looked.
    function count(
        IAttesterRegistry registry,
        uint16 tag,
        bytes32 linkId,
        bool found,
        bytes32 accountIdHash,
        uint64 notBefore,
        bytes calldata attestations,
        bool strict
    ) internal view returns (bool wellFormed, bool reached, uint64 checkedAt) {
        if (!_hasLength(attestations, strict)) return (false, false, 0);
        uint256 counted = 0;
        uint256 quorum = 0;
        address signer = address(0);
        unchecked {
            for (uint256 i = 0; i < attestations.length; i += SIZE) {
                (uint64 seenAt, bytes32 r, bytes32 s, uint8 v) = _read(attestations, i);
                bytes32 digest = AttestationHash.digest(linkId, found, accountIdHash, seenAt);
                bool ok;
                (ok, signer) = _next(signer, seenAt, digest, r, s, v, strict);
                if (!ok) return (false, false, 0);
                uint256 known = registry.quorumFor(signer, tag);
                if (known != 0 && seenAt >= notBefore) {
                    quorum = known;
                    ++counted;
                    if (seenAt > checkedAt) checkedAt = seenAt;
                }
            }
        }
        return (true, counted != 0 && counted >= quorum, checkedAt);
    }

    /// @notice Counts attestations of a list of findings. Reverts where they are malformed.
    /// @param findingsHash keccak256 of the findings' EIP-712 struct hashes, one behind the other.
    /// @return counted How many attesters signed.
    /// @return attester One of them.
    /// @return checkedAt The latest of their times.
    function countBatch(
        IAttesterRegistry registry,
        bytes32 findingsHash,
        bytes calldata attestations
    ) internal view returns (uint256 counted, address attester, uint64 checkedAt) {
        _hasLength(attestations, true);
        address signer = address(0);
        unchecked {
            for (uint256 i = 0; i < attestations.length; i += SIZE) {
                (uint64 seenAt, bytes32 r, bytes32 s, uint8 v) = _read(attestations, i);
                (, signer) = _next(signer, seenAt, AttestationHash.batchDigest(findingsHash, seenAt), r, s, v, true);
                if (registry.isAttester(signer)) {
                    attester = signer;
                    ++counted;
                    if (seenAt > checkedAt) checkedAt = seenAt;
                }
            }
        }
    }

    function _hasLength(bytes calldata attestations, bool strict) private pure returns (bool) {
        uint256 length = attestations.length;
        bool ok = length % SIZE == 0 && length <= MAX * SIZE;
        require(ok || !strict, AttestationsInvalidLength(length));
        return ok;
    }

    /// The attestation at `i`, of as many as there are.
    function _read(
        bytes calldata attestations,
        uint256 i
    ) private pure returns (uint64 seenAt, bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            let start := add(attestations.offset, i)
            seenAt := shr(192, calldataload(start))
            r := calldataload(add(start, 8))
            s := calldataload(add(start, 40))
            v := byte(0, calldataload(add(start, 72)))
        }
    }

    /// Who signed, if that may stand behind `previous` and is not from the future.
    function _next(
        address previous,
        uint64 seenAt,
        bytes32 digest,
        bytes32 r,
        bytes32 s,
        uint8 v,
        bool strict
    ) private view returns (bool ok, address signer) {
        uint256 latest = block.timestamp + CLOCK_SKEW;
        (signer, , ) = ECDSA.tryRecover(digest, v, r, s);
        ok = seenAt <= latest && signer > previous;
        if (!ok && strict) {
            require(seenAt <= latest, AttestationsCheckedInFuture(seenAt, uint64(latest)));
            revert AttestationsNotAscending(signer, previous);
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IAttesterRegistry} from "../interfaces/IAttesterRegistry.sol";
import {AttestationHash} from "./AttestationHash.sol";

/// @notice Reads and counts what attesters say.
///
/// It comes as bytes: the length of the platform's stable account id (1 byte), the account id, and attestations of 73 bytes each: `checkedAt`, the Unix seconds at which the attester looked, as eight bytes
/// big-endian, and the attester's EIP-712 signature (r ‖ s ‖ v, v in {27, 28}) in the domain {name: "Syngraph", version: "1"},
/// which has no chain id and no contract: it states what was seen in the world. They stand in ascending order of the
/// attesters' addresses. What is signed is the statement
/// `Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)`.
///
/// Attesters may sign a list of findings instead,
/// `AttestationBatch(Finding[] findings,uint64 checkedAt)Finding(bytes32 linkId,bool found,string accountId)`, whose
/// `checkedAt` is the earliest time at which one of the findings was made. Then the attestations stand apart, and with each
/// finding only its account id.
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
    /// @notice Thrown when `length` bytes are no account id and a whole number of attestations, at most 64.
    error AttestationsInvalidLength(uint256 length);

    /// What can be wrong with attestations.
    enum Flaw {
        None,
        InvalidLength,
        CheckedInFuture,
        NotAscending
    }

    /// @notice The account id in what attesters say.
    function accountId(bytes calldata said) internal pure returns (bytes calldata) {
        return said[1:1 + uint256(uint8(said[0]))];
    }

    /// @notice Whether it is an account id alone, whose attestations stand apart.
    function isBare(bytes calldata said) internal pure returns (bool) {
        return said.length != 0 && said.length == 1 + uint256(uint8(said[0]));
    }

    /// @notice Counts attestations of one statement.
    /// @param tag The platform's tag.
    /// @param notBefore Attestations from before it are passed over.
    /// @return flaw What is wrong with them; nothing was counted then.
    /// @return reached Whether a quorum of attesters signed.
    /// @return checkedAt The latest time at which one of them looked.
    function count(
        IAttesterRegistry registry,
        uint16 tag,
        bytes32 linkId,
        bool found,
        uint64 notBefore,
        bytes calldata said
    ) internal view returns (Flaw flaw, bool reached, uint64 checkedAt) {
        (bytes32 accountIdHash, uint256 start) = _account(said);
        uint256 end = said.length;
        unchecked {
            if (end < start || (end - start) % SIZE != 0 || end - start > MAX * SIZE) {
                return (Flaw.InvalidLength, false, 0);
            }
            uint256 latest = block.timestamp + CLOCK_SKEW;
            uint256 counted = 0;
            uint256 quorum = 0;
            address previous = address(0);
            for (uint256 i = start; i < end; i += SIZE) {
                (uint64 seenAt, bytes32 r, bytes32 s, uint8 v) = _read(said, i);
                if (seenAt > latest) return (Flaw.CheckedInFuture, false, 0);
                bytes32 digest = AttestationHash.digest(linkId, found, accountIdHash, seenAt);
                (address signer, , ) = ECDSA.tryRecover(digest, v, r, s);
                if (signer <= previous) return (Flaw.NotAscending, false, 0);
                previous = signer;
                uint256 known = _quorum(registry, signer, tag);
                if (known != 0 && seenAt >= notBefore) {
                    quorum = known;
                    ++counted;
                    if (seenAt > checkedAt) checkedAt = seenAt;
                }
            }
            reached = counted != 0 && counted >= quorum;
        }
    }

    /// @notice Reverts with what is wrong about attestations in which `count` found a flaw.
    function explain(Flaw flaw, bytes32 linkId, bool found, bytes calldata said) internal view {
        require(flaw != Flaw.InvalidLength, AttestationsInvalidLength(said.length));
        bytes32 accountIdHash = keccak256(accountId(said));
        address previous = address(0);
        for (uint256 i = 1 + uint256(uint8(said[0])); i < said.length; i += SIZE) {
            (uint64 seenAt, bytes32 r, bytes32 s, uint8 v) = _read(said, i);
            uint64 latest = uint64(block.timestamp + CLOCK_SKEW);
            require(seenAt <= latest, AttestationsCheckedInFuture(seenAt, latest));
            (address signer, , ) = ECDSA.tryRecover(
                AttestationHash.digest(linkId, found, accountIdHash, seenAt),
                v,
                r,
                s
            );
            require(signer > previous, AttestationsNotAscending(signer, previous));
            previous = signer;
        }
    }

    /// @notice Counts attestations of a list of findings. Reverts where they are malformed.
    /// @param findingsHash keccak256 of the findings' EIP-712 struct hashes, one behind the other.
    /// @param attestations Without an account id in front.
    /// @return counted How many attesters signed.
    /// @return attester One of them.
    /// @return checkedAt The latest of their times.
    function countBatch(
        IAttesterRegistry registry,
        bytes32 findingsHash,
        bytes calldata attestations
    ) internal view returns (uint256 counted, address attester, uint64 checkedAt) {
        uint256 length = attestations.length;
        require(length % SIZE == 0 && length <= MAX * SIZE, AttestationsInvalidLength(length));
        uint64 latest = uint64(block.timestamp + CLOCK_SKEW);
        address previous = address(0);
        for (uint256 i = 0; i < length; i += SIZE) {
            (uint64 seenAt, bytes32 r, bytes32 s, uint8 v) = _read(attestations, i);
            require(seenAt <= latest, AttestationsCheckedInFuture(seenAt, latest));
            (address signer, , ) = ECDSA.tryRecover(AttestationHash.batchDigest(findingsHash, seenAt), v, r, s);
            require(signer > previous, AttestationsNotAscending(signer, previous));
            previous = signer;
            if (registry.isAttester(signer)) {
                attester = signer;
                ++counted;
                if (seenAt > checkedAt) checkedAt = seenAt;
            }
        }
    }

    /// The hash of the account id, and where the attestations start: behind the end, if `said` is cut short.
    function _account(bytes calldata said) private pure returns (bytes32 accountIdHash, uint256 start) {
        assembly ("memory-safe") {
            // Behind the free memory, which is not moved. Beyond its end, calldata reads as zero.
            let free := mload(0x40)
            let length := byte(0, calldataload(said.offset))
            calldatacopy(free, add(said.offset, 1), length)
            accountIdHash := keccak256(free, length)
            start := add(length, 1)
        }
    }

    /// registry.quorum(attester, tag), without allocating memory for the call.
    function _quorum(IAttesterRegistry registry, address attester, uint16 tag) private view returns (uint256 quorum) {
        bytes32 selector = IAttesterRegistry.quorum.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 4), attester)
            mstore(add(free, 36), tag)
            if iszero(and(gt(returndatasize(), 31), staticcall(gas(), registry, free, 68, 0, 32))) {
                revert(0, 0)
            }
            quorum := mload(0)
        }
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
}

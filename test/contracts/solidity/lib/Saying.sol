// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Attestations} from "../../../../contracts/lib/Attestations.sol";
import {AttestationReference} from "../reference/AttestationReference.sol";
import {Dice, Dicing} from "./Dice.sol";
import {Secp256k1} from "./Secp256k1.sol";
import {Vm} from "./Vm.sol";

/// @notice Lets attesters speak, in what Attestations.sol reads.
library Saying {
    using Dicing for Dice;

    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @notice Puts keys into the ascending order of their addresses.
    function sort(uint256[] storage keys) internal {
        for (uint256 i = 1; i < keys.length; ++i) {
            for (uint256 k = i; k > 0 && VM.addr(keys[k]) < VM.addr(keys[k - 1]); --k) {
                (keys[k], keys[k - 1]) = (keys[k - 1], keys[k]);
            }
        }
    }

    /// @notice An account id, and what some of the signers, at about `time`, say of a link.
    function said(
        Dice memory dice,
        uint256[] memory keys,
        bytes32 linkId,
        bool found,
        bytes memory account,
        uint64 time
    ) internal pure returns (bytes memory text) {
        text = abi.encodePacked(uint8(account.length), account);
        uint256 chosen = dice.word() | dice.word();
        for (uint256 i = 0; i < keys.length; ++i) {
            if ((chosen >> i) & 1 == 0) continue;
            uint64 checkedAt = _around(dice, time);
            bytes32 digest = AttestationReference.digest(linkId, found, account, checkedAt);
            text = bytes.concat(text, one(keys[i], digest, checkedAt));
        }
    }

    /// @notice What some of the signers say of a list.
    function list(
        Dice memory dice,
        uint256[] memory keys,
        bytes32[] memory findings,
        uint64 time
    ) internal pure returns (bytes memory text) {
        uint256 chosen = dice.word() | dice.word();
        for (uint256 i = 0; i < keys.length; ++i) {
            if ((chosen >> i) & 1 == 0) continue;
            uint64 checkedAt = _around(dice, time);
            text = bytes.concat(text, one(keys[i], AttestationReference.batchDigest(findings, checkedAt), checkedAt));
        }
    }

    /// @notice One attestation.
    function one(uint256 key, bytes32 digest, uint64 checkedAt) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        return abi.encodePacked(checkedAt, r, s, v);
    }

    /// @notice In one of two, breaks what was said: another byte, a piece less or more, two attestations in another order, one
    /// of them twice, or one with a high s.
    function spoil(Dice memory dice, bytes memory text) internal pure returns (bytes memory) {
        uint256 draw = dice.below(16);
        if (text.length == 0 || draw > 7) return text;
        if (draw == 0) {
            text[dice.below(text.length)] = bytes1(uint8(dice.word()));
            return text;
        }
        if (draw == 1) return _cut(text, dice.below(text.length + 1));
        if (draw == 2) return bytes.concat(text, dice.noise(1 + dice.below(80)));
        if (draw == 3) return _repeat(text, dice.once(2) ? 64 : 65);
        if (text.length < 74) return text;
        if (draw == 4) return bytes.concat(text, _tail(text, 73));
        uint256 end = text.length;
        if (draw == 5) {
            text[end - 1] = _flip(text[end - 1]);
            return text;
        }
        if (draw == 6) {
            bytes32 s = bytes32(_cut(_tail(text, 33), 32));
            if (uint256(s) == 0 || uint256(s) >= Secp256k1.N) return text;
            bytes memory flipped = abi.encodePacked(Secp256k1.N - uint256(s), _flip(text[end - 1]));
            return bytes.concat(_cut(text, end - 33), flipped);
        }
        if (text.length < 147) return text;
        for (uint256 i = 0; i < 73; ++i) {
            (text[end - 73 + i], text[end - 146 + i]) = (text[end - 146 + i], text[end - 73 + i]);
        }
        return text;
    }

    /// @notice The error that tells of a flaw.
    function errorOf(uint8 flaw) internal pure returns (bytes4) {
        if (flaw == AttestationReference.INVALID_LENGTH) return Attestations.AttestationsInvalidLength.selector;
        if (flaw == AttestationReference.CHECKED_IN_FUTURE) return Attestations.AttestationsCheckedInFuture.selector;
        return Attestations.AttestationsNotAscending.selector;
    }

    /// Mostly a little before; seldom as late as it may be, or later, or beyond all time.
    function _around(Dice memory dice, uint64 time) private pure returns (uint64) {
        uint256 draw = dice.below(48);
        if (draw == 0) return time + 900;
        if (draw == 1) return time + 901;
        if (draw == 2) return type(uint64).max;
        return time + 3 - uint64(dice.below(7));
    }

    /// `text`, one behind the other, until there are so many attestations: what it says of itself does not matter there.
    function _repeat(bytes memory text, uint256 times) private pure returns (bytes memory) {
        bytes memory whole = new bytes(1 + times * 73);
        for (uint256 i = 0; i + 1 < whole.length; ++i) {
            whole[i + 1] = text[i % text.length];
        }
        return whole;
    }

    /// 27 and 28 become each other.
    function _flip(bytes1 v) private pure returns (bytes1) {
        unchecked {
            return bytes1(55 - uint8(v));
        }
    }

    function _cut(bytes memory text, uint256 length) private pure returns (bytes memory cut) {
        cut = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            cut[i] = text[i];
        }
    }

    function _tail(bytes memory text, uint256 length) private pure returns (bytes memory tail) {
        tail = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            tail[i] = text[text.length - length + i];
        }
    }
}

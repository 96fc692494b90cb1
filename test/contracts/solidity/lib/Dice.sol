// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// What the fuzzer's one number is drawn out to.
struct Dice {
    uint256 state;
}

/// @notice Draws structured input from the one number that the fuzzer gives: raw calldata would nearly never be valid.
library Dicing {
    /// @notice Any word.
    function word(Dice memory dice) internal pure returns (uint256) {
        dice.state = uint256(keccak256(abi.encode(dice.state)));
        return dice.state;
    }

    /// @notice A number below `n`.
    function below(Dice memory dice, uint256 n) internal pure returns (uint256) {
        return word(dice) % n;
    }

    /// @notice True once in `n` times.
    function once(Dice memory dice, uint256 n) internal pure returns (bool) {
        return below(dice, n) == 0;
    }

    /// @notice One of the bytes.
    function oneOf(Dice memory dice, bytes memory choice) internal pure returns (bytes1) {
        return choice[below(dice, choice.length)];
    }

    /// @notice So many random bytes.
    function noise(Dice memory dice, uint256 size) internal pure returns (bytes memory raw) {
        raw = new bytes(size);
        for (uint256 i = 0; i < size; ++i) {
            raw[i] = bytes1(uint8(word(dice)));
        }
    }

    /// @notice A length up to `max` or a little more, often one where words or limits end.
    function length(Dice memory dice, uint256 max) internal pure returns (uint256) {
        uint256 draw = below(dice, 12);
        if (draw == 0) return 1;
        if (draw == 1) return max;
        if (draw == 2) return (max / 32) * 32;
        if (draw == 3) return below(dice, max / 32 + 1) * 32 + 1;
        if (draw == 4 && max > 31) return 31;
        return 1 + below(dice, draw < 9 ? 24 : max);
    }

    /// @notice Like `length`, but once in a while empty or too long.
    function anyLength(Dice memory dice, uint256 max) internal pure returns (uint256) {
        uint256 draw = below(dice, 12);
        if (draw == 0) return 0;
        if (draw == 1) return max + 1;
        return length(dice, max);
    }
}

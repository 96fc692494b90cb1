// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Submission} from "../../../../contracts/interfaces/IProofRegistry.sol";
import {Dice, Dicing} from "./Dice.sol";

/// @notice Random texts and submissions, mostly valid, else wrong by little.
library Samples {
    using Dicing for Dice;

    /// @notice About a platform's name.
    function name(Dice memory dice) internal pure returns (bytes memory text) {
        text = new bytes(dice.anyLength(32));
        for (uint256 i = 0; i < text.length; ++i) {
            text[i] = dice.oneOf("abcdefghijklmnopqrstuvwxyz0123456789_-az09");
        }
        // What stands beside the ranges in ASCII, and what becomes one of them without its high bit.
        _spoil(dice, text, hex"2c2e2f3a40415a5b5e607b7c00207fe1ad80ff");
    }

    /// @notice About a location.
    function location(Dice memory dice, uint256 max) internal pure returns (bytes memory text) {
        text = new bytes(dice.anyLength(max));
        for (uint256 i = 0; i < text.length; ++i) {
            text[i] = bytes1(uint8(0x21 + dice.below(0x7e - 0x20)));
        }
        _spoil(dice, text, hex"00010a1f207f80a1feff");
    }

    /// @notice About an identity: characters of one to four bytes, in one of three with something that is none.
    function identity(Dice memory dice) internal pure returns (bytes memory text) {
        uint256 length = dice.anyLength(255);
        bool ascii = dice.once(2);
        bool spoilt = dice.once(3);
        while (text.length < length) {
            text = bytes.concat(text, spoilt && dice.once(8) ? _edge(dice) : (ascii ? _ascii(dice) : _character(dice)));
        }
        // Cutting may leave half a character at the end.
        if (dice.once(4) || text.length > 255) text = _cut(text, length);
    }

    /// @notice A submission that says nothing of its signatures.
    function submission(Dice memory dice) internal pure returns (Submission memory link) {
        uint256 draw = dice.below(6);
        bytes memory platform =
            draw == 0
                ? bytes("ethereum")
                : draw == 1
                    ? bytes("nextid")
                    : draw == 2
                        ? bytes("solana")
                        : name(dice);
        link.header = header(dice);
        link.platform = string(platform);
        link.identity = string(identity(dice));
        link.previousR = bytes32(dice.word());
        link.previousS = bytes32(dice.word());
        link.r = bytes32(dice.word());
        link.vs = bytes32(dice.word());
        link.publicKeyX = bytes32(dice.once(6) ? 0 : dice.word());
        link.publicKeyY = bytes32(dice.word());
        link.proof = dice.noise(dice.below(4) == 0 ? 0 : dice.length(160));
        link.proofLocation = string(location(dice, dice.once(8) ? 1024 : 60));
    }

    /// @notice A header, in one of four wrong somewhere.
    function header(Dice memory dice) internal pure returns (bytes32) {
        uint256 createdAt = dice.once(4) ? 1e9 + dice.below(9e9) : 1_800_000_000;
        uint256 draw = dice.below(16);
        if (draw == 0) createdAt = 1e9 - 1;
        if (draw == 1) createdAt = 1e10;
        if (draw == 2) createdAt = 1e9;
        if (draw == 3) createdAt = 1e10 - 1;
        if (draw == 4) createdAt = dice.below(1 << 40);
        bytes memory vs = hex"00011b1cff";
        uint8 v = uint8(dice.once(10) ? bytes1(uint8(dice.word())) : dice.oneOf(vs));
        uint256 word = (dice.word() << 128) | (createdAt << 88) | (uint256(v) << 16) | (dice.below(2) << 8);
        if (dice.once(8)) word |= 1 << dice.below(88);
        return bytes32(word);
    }

    /// @notice The calldata of a call with one submission, encoded as Solidity would not: the strings stand in another order,
    /// with noise between and behind them.
    function encode(Dice memory dice, bytes4 selector, Submission memory link) internal pure returns (bytes memory) {
        bytes[4] memory texts = [bytes(link.platform), bytes(link.identity), link.proof, bytes(link.proofLocation)];
        uint256[4] memory offsets;
        bytes memory tail;
        uint256 first = dice.below(4);
        for (uint256 k = 0; k < 4; ++k) {
            uint256 i = (first + k) % 4;
            tail = bytes.concat(tail, dice.noise(dice.below(5)));
            offsets[i] = 11 * 32 + tail.length;
            tail = bytes.concat(tail, bytes32(texts[i].length), texts[i], dice.noise(dice.below(40)));
        }
        return
            bytes.concat(
                selector,
                abi.encode(32, link.header, offsets[0], offsets[1], link.previousR, link.previousS),
                abi.encode(link.r, link.vs, link.publicKeyX, link.publicKeyY, offsets[2], offsets[3]),
                tail
            );
    }

    function _ascii(Dice memory dice) private pure returns (bytes memory) {
        return bytes.concat(dice.oneOf("abcxyzABCXYZ0189 !#$%'()*+,-./:;=?@[]^_`{|}~"));
    }

    /// The bounds of well-formed UTF-8 (table 3-7 of the Unicode standard) are drawn as often as all the rest.
    function _character(Dice memory dice) private pure returns (bytes memory) {
        uint256 draw = dice.below(16);
        if (draw == 0) return hex"c280";
        if (draw == 1) return hex"dfbf";
        if (draw == 2) return hex"e0a080";
        if (draw == 3) return hex"ed9fbf";
        if (draw == 4) return hex"ee8080";
        if (draw == 5) return hex"efbfbf";
        if (draw == 6) return hex"f0908080";
        if (draw == 7) return hex"f48fbfbf";
        if (draw == 8) return hex"e280a7";
        if (draw == 9) return hex"e280aa";
        if (draw < 12) return _ascii(dice);
        bytes1 next = bytes1(uint8(0x80 + dice.below(64)));
        bytes1 last = bytes1(uint8(0x80 + dice.below(64)));
        if (draw == 12) return bytes.concat(bytes1(uint8(0xc3 + dice.below(28))), last);
        if (draw == 13) return bytes.concat(bytes1(uint8(0xe3 + dice.below(9))), next, last);
        return bytes.concat(bytes1(uint8(0xf1 + dice.below(3))), next, last, next);
    }

    /// What stands right beside what is allowed.
    function _edge(Dice memory dice) private pure returns (bytes memory) {
        bytes[26] memory edges = [
            bytes(hex"00"),
            hex"1f",
            hex"7f",
            hex"22",
            hex"5c",
            hex"3c",
            hex"3e",
            hex"26",
            hex"80",
            hex"bf",
            hex"c080",
            hex"c1bf",
            hex"c27f",
            hex"c2c0",
            hex"e09fbf",
            hex"eda080",
            hex"edbfbf",
            hex"e280a8",
            hex"e280a9",
            hex"f08fbfbf",
            hex"f4908080",
            hex"f5808080",
            hex"ff",
            hex"e28080e280",
            hex"f0908041",
            hex"e1417f"
        ];
        return edges[dice.below(26)];
    }

    function _cut(bytes memory text, uint256 length) private pure returns (bytes memory cut) {
        cut = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            cut[i] = text[i];
        }
    }

    /// Puts one of `bad` somewhere, in one of three.
    function _spoil(Dice memory dice, bytes memory text, bytes memory bad) private pure {
        if (text.length != 0 && dice.once(3)) text[dice.below(text.length)] = dice.oneOf(bad);
    }
}

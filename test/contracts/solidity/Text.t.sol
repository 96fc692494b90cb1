// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Text} from "../../../contracts/lib/Text.sol";
import {Dice, Dicing} from "./lib/Dice.sol";
import {FuzzTest} from "./lib/FuzzTest.sol";
import {Samples} from "./lib/Samples.sol";
import {TextReference} from "./reference/TextReference.sol";

/// @notice Text.sol as a contract.
contract TextHarness {
    function isName(string calldata text) external pure returns (bool) {
        return Text.isName(text);
    }

    function isIdentity(string calldata text) external pure returns (bool) {
        return Text.isIdentity(text);
    }

    function isLocation(string calldata text) external pure returns (bool) {
        return Text.isPrintable(text, 1024);
    }

    function requireName(string calldata text) external pure {
        Text.requireName(text);
    }

    function requireIdentity(string calldata text) external pure {
        Text.requireIdentity(text);
    }

    function requireLocation(string calldata text) external pure {
        Text.requirePrintable(text, 1024);
    }

    function parseAddress(bytes calldata text) external pure returns (bool, address) {
        return Text.parseAddress(text);
    }

    function parseCompressedKey(bytes calldata text) external pure returns (bool, bytes32, bool) {
        return Text.parseCompressedKey(text);
    }
}

/// @notice Compares Text.sol, which looks at 32 characters at a time, with a loop.
contract TextTest is FuzzTest {
    using Dicing for Dice;

    TextHarness private _harness;

    function setUp() external {
        _harness = new TextHarness();
    }

    function testFuzz_name(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes memory text = Samples.name(dice);
        bool valid = TextReference.isName(text);
        _same("isName", _asks(dice, TextHarness.isName.selector, text), valid);
        _requires(dice, TextHarness.requireName.selector, text, valid, 32, 1);
    }

    function testFuzz_location(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes memory text = Samples.location(dice, dice.once(8) ? 1024 : 100);
        bool valid = TextReference.isPrintable(text, 1024);
        _same("isPrintable", _asks(dice, TextHarness.isLocation.selector, text), valid);
        _requires(dice, TextHarness.requireLocation.selector, text, valid, 1024, 0);
    }

    function testFuzz_identity(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes memory text = Samples.identity(dice);
        bool valid = TextReference.isIdentity(text);
        _same("isIdentity", _asks(dice, TextHarness.isIdentity.selector, text), valid);
        (bool ok, bytes memory answer) = _call(dice, TextHarness.requireIdentity.selector, text);
        _same("requireIdentity", ok, valid);
        if (valid) return;
        _same(
            "requireIdentity, why",
            answer,
            text.length == 0 || text.length > 255
                ? abi.encodeWithSelector(Text.TextInvalidLength.selector, text.length, 255)
                : abi.encodeWithSelector(Text.TextInvalidCharacter.selector, TextReference.firstRefused(text))
        );
    }

    /// Whatever the bytes are: here nothing is mostly valid.
    function testFuzz_anyBytes(bytes calldata text) external view {
        _same("isName", _harness.isName(string(text)), TextReference.isName(text));
        _same("isIdentity", _harness.isIdentity(string(text)), TextReference.isIdentity(text));
        _same("isPrintable", _harness.isLocation(string(text)), TextReference.isPrintable(text, 1024));
    }

    /// Each byte in each place of a word, between valid ones.
    function testFuzz_byteInPlace(uint8 value, uint256 place, uint256 length) external view {
        bytes memory text = new bytes(1 + (length % 70));
        for (uint256 i = 0; i < text.length; ++i) {
            text[i] = "a";
        }
        text[place % text.length] = bytes1(value);
        _same("isName", _harness.isName(string(text)), TextReference.isName(text));
        _same("isIdentity", _harness.isIdentity(string(text)), TextReference.isIdentity(text));
        _same("isPrintable", _harness.isLocation(string(text)), TextReference.isPrintable(text, 1024));
    }

    function testFuzz_parseAddress(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes memory text = _spoilHex(dice, bytes.concat("0x", TextReference.hexOf(dice.word() >> 96, 20)));
        (bool ok, address value) = TextReference.parseAddress(text);
        (, bytes memory answer) = _call(dice, TextHarness.parseAddress.selector, text);
        (bool actualOk, address actual) = abi.decode(answer, (bool, address));
        _same("parseAddress, ok", actualOk, ok);
        if (ok) _same("parseAddress", actual, value);
    }

    function testFuzz_parseCompressedKey(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes memory text = bytes.concat("0x0", dice.oneOf("23"), TextReference.hexOf(dice.word(), 32));
        text = _spoilHex(dice, text);
        (bool ok, bytes32 x, bool odd) = TextReference.parseCompressedKey(text);
        (, bytes memory answer) = _call(dice, TextHarness.parseCompressedKey.selector, text);
        (bool actualOk, bytes32 actualX, bool actualOdd) = abi.decode(answer, (bool, bytes32, bool));
        _same("parseCompressedKey, ok", actualOk, ok);
        if (!ok) return;
        _same("parseCompressedKey, x", actualX, x);
        _same("parseCompressedKey, odd", actualOdd, odd);
    }

    function testFuzz_base64(bytes32 r, bytes32 s, uint8 v) external pure {
        (bytes32 first, bytes32 second, bytes32 third) = Text.base64Of65(r, s, v);
        _same("base64", abi.encodePacked(first, second, bytes24(third)), TextReference.base64Of65(r, s, v));
    }

    function testFuzz_decimal10(uint256 seed, uint256 magnitude) external pure {
        // All magnitudes as often, and what stands beside a power of ten.
        uint256 power = 10 ** (magnitude % 11);
        uint256 value = magnitude & (1 << 255) == 0 ? seed % power : power - 1 - (seed % 3) * (power > 9 ? 1 : 0);
        _same("decimal10", abi.encodePacked(Text.decimal10(value)), TextReference.decimal10(value));
    }

    function testFuzz_hex(bytes16 value, address account) external pure {
        _same("hex16", abi.encodePacked(Text.hex16(value)), TextReference.hexOf(uint128(value), 16));
        _same("hexAddress", Text.hexAddress(account), bytes.concat("0x", TextReference.hexOf(uint160(account), 20)));
        (bytes32 start, bytes4 end) = Text.uuid(value);
        _same("uuid", abi.encodePacked(start, end), TextReference.uuid(uint128(value)));
    }

    /// In two of three, one character is another, or one is missing or too many.
    function _spoilHex(Dice memory dice, bytes memory text) private pure returns (bytes memory) {
        uint256 draw = dice.below(6);
        if (draw < 3) {
            text[dice.below(text.length)] =
                draw == 0 ? bytes1(uint8(dice.word())) : dice.oneOf("/:@ABFG`gOX\x10\x90\xb0\xe1");
        }
        if (draw == 3) return bytes.concat(text, dice.oneOf("0f\x00"));
        return text;
    }

    function _requires(
        Dice memory dice,
        bytes4 selector,
        bytes memory text,
        bool valid,
        uint256 max,
        uint256 min
    ) private view {
        (bool ok, bytes memory answer) = _call(dice, selector, text);
        _same("require", ok, valid);
        if (valid) return;
        bool length = text.length < min || text.length > max;
        _same(
            "why",
            bytes32(bytes4(answer)),
            bytes32(length ? Text.TextInvalidLength.selector : Text.TextInvalidCharacter.selector)
        );
    }

    function _asks(Dice memory dice, bytes4 selector, bytes memory text) private view returns (bool) {
        (bool ok, bytes memory answer) = _call(dice, selector, text);
        _holds("it does not revert", ok);
        return abi.decode(answer, (bool));
    }

    /// Calls with a text that has noise behind it, in place of zeros or of nothing.
    function _call(Dice memory dice, bytes4 selector, bytes memory text) private view returns (bool, bytes memory) {
        return
            address(_harness).staticcall(
                bytes.concat(selector, abi.encode(32, text.length), text, dice.noise(dice.below(40)))
            );
    }
}

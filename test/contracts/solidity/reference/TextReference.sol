// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @notice What Text.sol does many bytes at a time, one character at a time.
library TextReference {
    function isName(bytes memory text) internal pure returns (bool) {
        for (uint256 i = 0; i < text.length; ++i) {
            bytes1 c = text[i];
            bool allowed = (c >= "a" && c <= "z") || (c >= "0" && c <= "9") || c == "_" || c == "-";
            if (!allowed) return false;
        }
        return text.length >= 1 && text.length <= 32;
    }

    function isPrintable(bytes memory text, uint256 max) internal pure returns (bool) {
        for (uint256 i = 0; i < text.length; ++i) {
            if (text[i] <= " " || text[i] > "~") return false;
        }
        return text.length <= max;
    }

    function isIdentity(bytes memory text) internal pure returns (bool) {
        return text.length >= 1 && text.length <= 255 && firstRefused(text) == text.length;
    }

    /// @notice Where the first character stands that no identity may have; the length if there is none.
    function firstRefused(bytes memory text) internal pure returns (uint256 i) {
        while (i < text.length) {
            (uint256 point, uint256 size) = _decode(text, i);
            // Control characters, then those that encoding/json escapes.
            if (size == 0 || point < 0x20 || point == 0x7f) return i;
            if (point == 0x22 || point == 0x26 || point == 0x3c || point == 0x3e || point == 0x5c) return i;
            if (point == 0x2028 || point == 0x2029) return i;
            i += size;
        }
    }

    function base64Of65(bytes32 r, bytes32 s, uint8 v) internal pure returns (bytes memory) {
        return bytes(Base64.encode(abi.encodePacked(r, s, v)));
    }

    function decimal10(uint256 value) internal pure returns (bytes memory digits) {
        digits = bytes(Strings.toString(value));
        while (digits.length < 10) {
            digits = bytes.concat("0", digits);
        }
    }

    /// @notice Lower-case hex digits without `0x`.
    function hexOf(uint256 value, uint256 size) internal pure returns (bytes memory digits) {
        bytes memory prefixed = bytes(Strings.toHexString(value, size));
        digits = new bytes(size * 2);
        for (uint256 i = 0; i < digits.length; ++i) {
            digits[i] = prefixed[i + 2];
        }
    }

    function uuid(uint128 value) internal pure returns (bytes memory text) {
        bytes memory digits = hexOf(value, 16);
        for (uint256 i = 0; i < 32; ++i) {
            if (i == 8 || i == 12 || i == 16 || i == 20) text = bytes.concat(text, "-");
            text = bytes.concat(text, digits[i]);
        }
    }

    function parseAddress(bytes memory text) internal pure returns (bool ok, address value) {
        if (text.length != 42 || text[0] != "0" || text[1] != "x") return (false, address(0));
        uint256 number;
        (ok, number) = _parseHex(text, 2);
        value = address(uint160(number));
    }

    function parseCompressedKey(bytes memory text) internal pure returns (bool ok, bytes32 x, bool odd) {
        if (text.length != 68 || text[0] != "0" || text[1] != "x" || text[2] != "0") return (false, 0, false);
        if (text[3] != "2" && text[3] != "3") return (false, 0, false);
        uint256 number;
        (ok, number) = _parseHex(text, 4);
        return (ok, bytes32(number), text[3] == "3");
    }

    function _parseHex(bytes memory text, uint256 start) private pure returns (bool, uint256 value) {
        for (uint256 i = start; i < text.length; ++i) {
            uint8 c = uint8(text[i]);
            if (c >= 0x30 && c <= 0x39) value = value * 16 + (c - 0x30);
            else if (c >= 0x61 && c <= 0x66) value = value * 16 + (c - 0x61 + 10);
            else return (false, 0);
        }
        return (true, value);
    }

    /// The code point at `i` and its size, zero if there is none: RFC 3629, section 3, read from the value and not from tables.
    function _decode(bytes memory text, uint256 i) private pure returns (uint256 point, uint256 size) {
        uint8 lead = uint8(text[i]);
        if (lead < 0x80) return (lead, 1);
        if (lead >> 5 == 6) (point, size) = (lead & 0x1f, 2);
        else if (lead >> 4 == 14) (point, size) = (lead & 0x0f, 3);
        else if (lead >> 3 == 30) (point, size) = (lead & 0x07, 4);
        else return (0, 0);
        if (i + size > text.length) return (0, 0);
        for (uint256 k = 1; k < size; ++k) {
            uint8 next = uint8(text[i + k]);
            if (next >> 6 != 2) return (0, 0);
            point = (point << 6) | (next & 0x3f);
        }
        uint256 shortest =
            point < 0x80
                ? 1
                : point < 0x800
                    ? 2
                    : point < 0x10000
                        ? 3
                        : 4;
        if (size != shortest || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return (0, 0);
    }
}

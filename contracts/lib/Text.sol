// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Checks on text that comes from outside, and hex as payloads have it.
library Text {
    /// Bit n is set where the ASCII character n may stand in a platform's name: a-z, 0-9, `_` and `-`.
    uint256 private constant NAME_CHARS = 0x07fffffe8000000003ff200000000000;
    /// Likewise for an identity: printable, without the five that Go's encoding/json escapes (`"`, `\`, `<`, `>`, `&`).
    uint256 private constant IDENTITY_CHARS = 0x7fffffffefffffffafffffbb00000000;
    /// Likewise for a location or an account id: printable, no blank.
    uint256 private constant PRINTABLE_CHARS = 0x7ffffffffffffffffffffffe00000000;

    /// 1 in every byte, and the high bit of every byte: many bytes are looked at in one go (as in H. S. Warren, Hacker's
    /// Delight, section 6-1).
    uint256 private constant ONES = 0x0101010101010101010101010101010101010101010101010101010101010101;
    uint256 private constant HIGH_BITS = 0x8080808080808080808080808080808080808080808080808080808080808080;

    /// @notice Thrown when text is empty or longer than it may be.
    error TextInvalidLength(uint256 length, uint256 max);
    /// @notice Thrown when text has a character that is not allowed where it stands, or is not well-formed UTF-8.
    error TextInvalidCharacter(uint256 position);

    /// @notice Whether `text` is a platform's name of 1 to 32 characters.
    function isName(string calldata text) internal pure returns (bool) {
        uint256 length = bytes(text).length;
        if (length == 0 || length > 32) return false;
        uint256 word = _wordAt(bytes(text), 0);
        uint256 low = word & ~HIGH_BITS;
        // Each byte is in none or one of the four ranges.
        uint256 ranges =
            _from(low, 0x61) ^
                _from(low, 0x7b) ^
                _from(low, 0x30) ^
                _from(low, 0x3a) ^
                _from(low, 0x5f) ^
                _from(low, 0x60) ^
                _from(low, 0x2d) ^
                _from(low, 0x2e);
        return _within((~ranges | word) & HIGH_BITS, length) == 0;
    }

    /// @notice Reverts unless `isName`.
    function requireName(string calldata text) internal pure {
        uint256 length = bytes(text).length;
        require(length != 0 && length <= 32, TextInvalidLength(length, 32));
        if (!isName(text)) _requireAscii(bytes(text), NAME_CHARS);
    }

    /// @notice Whether `text` is at most `max` printable ASCII characters without blanks.
    function isPrintable(string calldata text, uint256 max) internal pure returns (bool) {
        bytes calldata raw = bytes(text);
        uint256 length = raw.length;
        if (length > max) return false;
        unchecked {
            for (uint256 i = 0; i < length; i += 32) {
                uint256 word = _wordAt(raw, i);
                uint256 low = word & ~HIGH_BITS;
                uint256 allowed = _from(low, 0x21) ^ _from(low, 0x7f);
                if (_within((~allowed | word) & HIGH_BITS, length - i) != 0) return false;
            }
        }
        return true;
    }

    /// @notice Reverts unless `isPrintable`.
    function requirePrintable(string calldata text, uint256 max) internal pure {
        uint256 length = bytes(text).length;
        require(length <= max, TextInvalidLength(length, max));
        if (!isPrintable(text, max)) _requireAscii(bytes(text), PRINTABLE_CHARS);
    }

    /// @notice Whether `text` is an identity: 1 to 255 bytes of well-formed UTF-8 without anything that a JSON encoder
    /// would write in another way than raw.
    function isIdentity(string calldata text) internal pure returns (bool) {
        bytes calldata raw = bytes(text);
        uint256 length = raw.length;
        if (length == 0 || length > 255) return false;
        unchecked {
            for (uint256 i = 0; i < length; i += 32) {
                uint256 word = _wordAt(raw, i);
                uint256 low = word & ~HIGH_BITS;
                // High bits of the bytes from 0x20 to 0x7e, but for those that are one of the five.
                uint256 allowed =
                    (_from(low, 0x20) ^ _from(low, 0x7f)) &
                        _from(low ^ (ONES * 0x22), 1) &
                        _from(low ^ (ONES * 0x5c), 1) &
                        _from(low ^ (ONES * 0x3c), 1) &
                        _from(low ^ (ONES * 0x3e), 1) &
                        _from(low ^ (ONES * 0x26), 1);
                if (_within((~allowed | word) & HIGH_BITS, length - i) != 0) return _firstRefused(raw) == length;
            }
        }
        return true;
    }

    /// @notice Reverts unless `isIdentity`.
    function requireIdentity(string calldata text) internal pure {
        uint256 length = bytes(text).length;
        require(length != 0 && length <= 255, TextInvalidLength(length, 255));
        uint256 refused = _firstRefused(bytes(text));
        require(refused == length, TextInvalidCharacter(refused));
    }

    /// @notice Standard Base64 of 65 bytes, r ‖ s ‖ v, in its 88 characters: the third word has only 24 of them.
    function base64Of65(
        bytes32 r,
        bytes32 s,
        uint8 v
    ) internal pure returns (bytes32 first, bytes32 second, bytes32 third) {
        first = _base64Of24(bytes24(r));
        second = _base64Of24(bytes24((r << 192) | (s >> 64)));
        // 17 bytes are 22 characters and two thirds: the last third is zero bits, and then comes the padding.
        third = _base64Of24(bytes24((s << 128) | (bytes32(bytes1(v)) >> 128)));
        third = (third & ~bytes32(uint256(type(uint72).max))) | (bytes32(bytes1("=")) >> 184);
    }

    /// @notice The ten decimal digits of a number below 10^10, with leading zeros.
    /// @dev All quotients of one size are computed at once, each in a lane of its own (as in W. Muła, "SIMD-friendly
    /// algorithms for integer to string conversion"). The products stay within their lanes, and the reciprocals are exact for
    /// numbers of eight, four and two digits.
    function decimal10(uint256 value) internal pure returns (bytes10) {
        unchecked {
            // 2 × 8 digits in lanes of 64 bits, then 4 × 4 in 32, 8 × 2 in 16, 16 × 1 in 8.
            uint256 high = value / 1e8;
            uint256 x = (high << 64) | (value - high * 1e8);
            uint256 q = ((x * 109951163) >> 40) & 0x0000000000ffffff0000000000ffffff;
            x = (q << 32) | (x - q * 10000);
            q = ((x * 5243) >> 19) & 0x00001fff00001fff00001fff00001fff;
            x = (q << 16) | (x - q * 100);
            q = ((x * 103) >> 10) & 0x003f003f003f003f003f003f003f003f;
            x = (q << 8) | (x - q * 10);
            return bytes10(uint80(x + 0x30303030303030303030));
        }
    }

    /// @notice The 32 lower-case hex digits of 16 bytes.
    function hex16(bytes16 value) internal pure returns (bytes32) {
        unchecked {
            // Spread the 32 nibbles over 32 bytes by halving, then make digits of all of them at once: no carry leaves a
            // byte, since each holds at most 0x0f + 0x06 and 0x0f + 0x30 + 0x27.
            uint256 x = uint256(uint128(value));
            x = ((x << 64) | x) & 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
            x = ((x << 32) | x) & 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
            x = ((x << 16) | x) & 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
            x = ((x << 8) | x) & 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
            x = ((x << 4) | x) & 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f;
            uint256 letters = ((x + ONES * 0x06) >> 4) & ONES;
            return bytes32(x + ONES * 0x30 + letters * 0x27);
        }
    }

    /// @notice The 36 characters of a UUID (RFC 9562, section 4), the last four apart.
    function uuid(bytes16 value) internal pure returns (bytes32 start, bytes4 end) {
        bytes32 digits = hex16(value);
        start =
            bytes8(digits) |
            (bytes32(bytes4(digits << 64)) >> 72) |
            (bytes32(bytes4(digits << 96)) >> 112) |
            (bytes32(bytes4(digits << 128)) >> 152) |
            (bytes32(bytes8(digits << 160)) >> 192) |
            0x00000000000000002d000000002d000000002d000000002d0000000000000000;
        end = bytes4(digits << 224);
    }

    /// @notice The address that 42 characters name, `0x` and 40 lower-case hex digits; `ok` is false for any other text.
    function parseAddress(bytes calldata text) internal pure returns (bool ok, address value) {
        if (text.length != 42) return (false, address(0));
        value = address((uint160(_nibbles(bytes32(text[2:34]))) << 32) | uint160(_nibbles(bytes32(text[34:42])) >> 96));
        ok = keccak256(text) == keccak256(hexAddress(value));
    }

    /// @notice The compressed public key that 68 characters name, `0x02` or `0x03` and 64 lower-case hex digits; `ok` is
    /// false for any other text.
    function parseCompressedKey(bytes calldata text) internal pure returns (bool ok, bytes32 x, bool odd) {
        if (text.length != 68) return (false, 0, false);
        bytes32 first = bytes32(text[4:36]);
        bytes32 second = bytes32(text[36:68]);
        x = bytes32((uint256(_nibbles(first)) << 128) | _nibbles(second));
        odd = text[3] == "3";
        ok =
            bytes4(text[0:4]) == (odd ? bytes4("0x03") : bytes4("0x02")) &&
            hex16(bytes16(x)) == first &&
            hex16(bytes16(x << 128)) == second;
    }

    /// @notice `0x` and the 40 lower-case hex digits of an address.
    function hexAddress(address value) internal pure returns (bytes memory) {
        bytes20 raw = bytes20(value);
        return bytes.concat("0x", hex16(bytes16(raw)), bytes8(hex16(bytes16(raw << 128))));
    }

    /// The 32 characters of 24 bytes: spreads the 32 groups of six bits over 32 bytes, then maps all of them at once.
    function _base64Of24(bytes24 value) private pure returns (bytes32) {
        unchecked {
            uint256 x = uint256(uint192(value));
            // 192 bits as 2 × 96 in lanes of 128, 4 × 48 in 64, 8 × 24 in 32, 16 × 12 in 16, 32 × 6 in 8.
            x =
                ((x & 0x0000000000000000ffffffffffffffffffffffff000000000000000000000000) << 32) |
                (x & 0x0000000000000000000000000000000000000000ffffffffffffffffffffffff);
            x =
                ((x & 0x00000000ffffffffffff00000000000000000000ffffffffffff000000000000) << 16) |
                (x & 0x00000000000000000000ffffffffffff00000000000000000000ffffffffffff);
            x =
                ((x & 0x0000ffffff0000000000ffffff0000000000ffffff0000000000ffffff000000) << 8) |
                (x & 0x0000000000ffffff0000000000ffffff0000000000ffffff0000000000ffffff);
            x =
                ((x & 0x00fff00000fff00000fff00000fff00000fff00000fff00000fff00000fff000) << 4) |
                (x & 0x00000fff00000fff00000fff00000fff00000fff00000fff00000fff00000fff);
            x =
                ((x & 0x0fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc00fc0) << 2) |
                (x & 0x003f003f003f003f003f003f003f003f003f003f003f003f003f003f003f003f);
            // RFC 4648, table 1: A-Z, a-z, 0-9, +, /. Each step adds what the next range lies off from the one before.
            return
                bytes32(
                    x +
                        ONES * 65 +
                        _atLeast(x, 26) * 6 -
                        _atLeast(x, 52) * 75 -
                        _atLeast(x, 62) * 15 +
                        _atLeast(x, 63) * 3
                );
        }
    }

    /// 1 in each byte of `x` that is at least `n`, else 0; for bytes below 0x80 and n up to 0x80.
    function _atLeast(uint256 x, uint256 n) private pure returns (uint256) {
        unchecked {
            return ((x + ONES * (0x80 - n)) >> 7) & ONES;
        }
    }

    /// The high bit of each byte of `x` that is at least `n`, for bytes below 0x80 and n up to 0x80; garbage below them.
    function _from(uint256 x, uint256 n) private pure returns (uint256) {
        unchecked {
            return x + ONES * (0x80 - n);
        }
    }

    /// Those bits of `word` that lie in its first `length` bytes.
    function _within(uint256 word, uint256 length) private pure returns (uint256) {
        unchecked {
            return length < 32 ? word >> (256 - length * 8) : word;
        }
    }

    /// The 32 bytes from `i` on, whatever stands behind the end.
    function _wordAt(bytes calldata raw, uint256 i) private pure returns (uint256 word) {
        // A slice would check bounds that the caller has checked; calldata reads zeros beyond its own end.
        assembly ("memory-safe") {
            word := calldataload(add(raw.offset, i))
        }
    }

    /// Where the first character stands that no identity may have; the length if there is none.
    function _firstRefused(bytes calldata raw) private pure returns (uint256 i) {
        unchecked {
            // Bounded by the length, at most 255, and at most four bytes a step.
            while (i < raw.length) {
                uint256 lead = uint8(raw[i]);
                uint256 size = lead < 0x80 ? (IDENTITY_CHARS >> lead) & 1 : _sizeOfMultibyte(raw, i, lead);
                if (size == 0) return i;
                i += size;
            }
        }
    }

    /// The values of 32 hex digits; garbage for other characters, which the caller finds by printing them again.
    function _nibbles(bytes32 digits) private pure returns (uint128) {
        unchecked {
            uint256 x = uint256(digits);
            uint256 letters = (x >> 6) & ONES;
            x = (x & 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f) + letters * 9;
            x = ((x >> 4) | x) & 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
            x = ((x >> 8) | x) & 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
            x = ((x >> 16) | x) & 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
            x = ((x >> 32) | x) & 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
            return uint128((x >> 64) | x);
        }
    }

    function _requireAscii(bytes calldata raw, uint256 allowed) private pure {
        unchecked {
            // A shift by 128 or more leaves nothing of a set that has only 128 bits.
            for (uint256 i = 0; i < raw.length; ++i) {
                require((allowed >> uint8(raw[i])) & 1 != 0, TextInvalidCharacter(i));
            }
        }
    }

    /// The length of the multi-byte character at `i`, zero if it is none. Well-formed as in table 3-7 of the Unicode
    /// standard: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    function _sizeOfMultibyte(bytes calldata raw, uint256 i, uint256 lead) private pure returns (uint256 size) {
        unchecked {
            uint256 low = 0x80;
            uint256 high = 0xbf;
            if (lead >= 0xc2 && lead <= 0xdf) {
                size = 2;
            } else if (lead >= 0xe0 && lead <= 0xef) {
                size = 3;
                if (lead == 0xe0) low = 0xa0;
                if (lead == 0xed) high = 0x9f;
            } else if (lead >= 0xf0 && lead <= 0xf4) {
                size = 4;
                if (lead == 0xf0) low = 0x90;
                if (lead == 0xf4) high = 0x8f;
            } else {
                return 0;
            }
            if (i + size > raw.length) return 0;
            for (uint256 k = 1; k < size; ++k) {
                uint256 next = uint8(raw[i + k]);
                if (next < low || next > high) return 0;
                low = 0x80;
                high = 0xbf;
            }
            // U+2028 and U+2029, the two beyond ASCII that encoding/json escapes.
            if (size == 3 && lead == 0xe2) {
                bytes2 tail = bytes2(raw[i + 1:i + 3]);
                if (tail == 0x80a8 || tail == 0x80a9) return 0;
            }
        }
    }
}

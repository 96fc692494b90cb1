// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {Subkey, SubkeyAlgorithm} from "../interfaces/ISubkeyRegistry.sol";
import {SubkeyHash} from "./SubkeyHash.sol";
import {Text} from "./Text.sol";

/// @notice The text by which Next.ID's clients authorise a subkey, equal byte for byte; sdk/src/protocol/subkey.ts has the
/// same.
/// @dev Compact JSON. Nothing needs escaping, since `requireRpId` and `requirePublicKey` let no such character in.
library SubkeyText {
    /// Longest rp id: a domain name in text (RFC 1035, section 2.3.4, without the root's dot).
    uint256 internal constant MAX_RP_ID = 253;

    /// Bit n is set where the ASCII character n may stand in an rp id: a-z, 0-9, `-` and `.`.
    uint256 private constant RP_ID_CHARS = 0x07fffffe0000000003ff600000000000;

    /// @notice Thrown when an rp id is empty or longer than it may be.
    error SubkeyTextInvalidRpIdLength(uint256 length, uint256 max);
    /// @notice Thrown when an rp id has a character that no domain name has.
    error SubkeyTextInvalidRpIdCharacter(uint256 position);
    /// @notice Thrown when the text is not the subkey's public key in a form that Next.ID takes.
    error SubkeyTextInvalidPublicKey(string publicKeyText);

    /// @notice Reverts unless the text is an rp id.
    function requireRpId(string calldata rpId) internal pure {
        bytes calldata raw = bytes(rpId);
        uint256 length = raw.length;
        require(length != 0 && length <= MAX_RP_ID, SubkeyTextInvalidRpIdLength(length, MAX_RP_ID));
        for (uint256 i = 0; i < length; ++i) {
            // A shift by 128 or more leaves nothing of a set that has only 128 bits.
            require((RP_ID_CHARS >> uint8(raw[i])) & 1 != 0, SubkeyTextInvalidRpIdCharacter(i));
        }
    }

    /// @notice Reverts unless `text` is the subkey's public key, whose 64 bytes the caller has counted, in hex.
    function requirePublicKey(Subkey calldata subkey, string calldata text) internal pure {
        bytes memory digits = bytes(text);
        bytes memory prefix = digits.length > 1 && digits[1] == "x" ? bytes("0x") : bytes("");
        bytes calldata point = subkey.publicKey;
        bytes memory expected =
            subkey.algorithm == SubkeyAlgorithm.Es256
                ? _hex64(point)
                : digits.length - prefix.length == 66
                    ? compressed(point)
                    : bytes.concat("04", _hex64(point));
        bytes32 wanted = keccak256(bytes.concat(prefix, expected));
        // Nearly everybody writes lower case, for which nothing has to be folded.
        if (keccak256(digits) == wanted) return;
        for (uint256 i = prefix.length; i < digits.length; ++i) {
            if (digits[i] >= "A" && digits[i] <= "F") digits[i] |= 0x20;
        }
        require(keccak256(digits) == wanted, SubkeyTextInvalidPublicKey(text));
    }

    /// @notice The EIP-191 digest of the text.
    function hash(
        bytes calldata avatarPublicKey,
        Subkey calldata subkey,
        string calldata publicKeyText
    ) internal pure returns (bytes32) {
        return MessageHashUtils.toEthSignedMessageHash(build(avatarPublicKey, subkey, publicKeyText));
    }

    /// @notice The text itself, of a subkey that `requireRpId` and `requirePublicKey` let pass.
    function build(
        bytes calldata avatarPublicKey,
        Subkey calldata subkey,
        string calldata publicKeyText
    ) internal pure returns (bytes memory) {
        return
            bytes.concat(
                '{"avatar":"',
                compressed(avatarPublicKey),
                '","algorithm":"',
                SubkeyHash.nameOf(subkey.algorithm),
                '","public_key":"',
                bytes(publicKeyText),
                '","rp_id":"',
                bytes(subkey.rpId),
                '"}'
            );
    }

    /// @notice The 66 lower-case hex digits of a point's compressed form (SEC 1, section 2.3.3).
    function compressed(bytes calldata point) internal pure returns (bytes memory) {
        return
            bytes.concat(
                uint8(point[63]) & 1 == 0 ? bytes2("02") : bytes2("03"),
                Text.hex16(bytes16(point[0:16])),
                Text.hex16(bytes16(point[16:32]))
            );
    }

    function _hex64(bytes calldata point) private pure returns (bytes memory) {
        return
            bytes.concat(
                Text.hex16(bytes16(point[0:16])),
                Text.hex16(bytes16(point[16:32])),
                Text.hex16(bytes16(point[32:48])),
                Text.hex16(bytes16(point[48:64]))
            );
    }
}

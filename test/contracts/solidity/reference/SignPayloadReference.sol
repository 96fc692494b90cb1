// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {Submission} from "../../../../contracts/interfaces/IProofRegistry.sol";
import {TextReference} from "./TextReference.sol";

/// @notice The text that an avatar signs, in plain Solidity with OpenZeppelin's helpers: what SignPayload.sol, which writes
/// to memory by hand, is compared with.
library SignPayloadReference {
    /// @notice The EIP-191 digest of the text.
    function hash(Submission memory link) internal pure returns (bytes32) {
        return MessageHashUtils.toEthSignedMessageHash(build(link));
    }

    /// @notice The text.
    function build(Submission memory link) internal pure returns (bytes memory) {
        return
            bytes.concat(
                '{"action":"',
                link.header[30] == 0x00 ? bytes("create") : bytes("delete"),
                '","created_at":"',
                bytes(Strings.toString(uint40(bytes5(link.header << 128)))),
                '","identity":"',
                bytes(link.identity),
                isTwoSided(link.platform) ? _persona(link.publicKeyX, link.publicKeyY) : bytes(""),
                '","platform":"',
                bytes(link.platform),
                '","prev":',
                link.header[29] == 0xff
                    ? bytes("null")
                    : bytes.concat(
                        '"',
                        TextReference.base64Of65(link.previousR, link.previousS, uint8(link.header[29])),
                        '"'
                    ),
                ',"uuid":"',
                TextReference.uuid(uint128(bytes16(link.header))),
                '"}'
            );
    }

    /// @notice Whether the text names the avatar.
    function isTwoSided(string memory platform) internal pure returns (bool) {
        return
            Strings.equal(platform, "ethereum") ||
            Strings.equal(platform, "solana") ||
            Strings.equal(platform, "nextid");
    }

    function _persona(bytes32 x, bytes32 y) private pure returns (bytes memory) {
        return
            bytes.concat(
                '","persona":"0x0',
                uint256(y) % 2 == 0 ? bytes("2") : bytes("3"),
                TextReference.hexOf(uint256(x), 32)
            );
    }
}

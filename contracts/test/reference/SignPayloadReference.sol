// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {Action, Submission} from "../../interfaces/IProofRegistry.sol";

/// @notice The text that an avatar signs, in plain Solidity with OpenZeppelin's helpers: what SignPayload.sol, which writes
/// to memory by hand, is compared with.
library SignPayloadReference {
    function build(Submission calldata link) internal pure returns (bytes memory) {
        bytes32 platform = keccak256(bytes(link.platform));
        bool twoSided =
            platform == keccak256("ethereum") || platform == keccak256("solana") || platform == keccak256("nextid");
        return
            bytes.concat(
                '{"action":"',
                link.action == Action.Create ? bytes("create") : bytes("delete"),
                '","created_at":"',
                bytes(Strings.toString(link.createdAt)),
                '","identity":"',
                bytes(link.identity),
                twoSided ? _persona(link.publicKeyX, link.publicKeyY) : bytes(""),
                '","platform":"',
                bytes(link.platform),
                '","prev":',
                link.previousV == 255
                    ? bytes("null")
                    : bytes.concat(
                        '"',
                        bytes(Base64.encode(abi.encodePacked(link.previousR, link.previousS, link.previousV))),
                        '"'
                    ),
                ',"uuid":"',
                _uuid(uint128(link.uuid)),
                '"}'
            );
    }

    function _persona(bytes32 x_, bytes32 y) private pure returns (bytes memory) {
        bytes memory x = bytes(Strings.toHexString(uint256(x_), 32));
        bytes memory digits = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) {
            digits[i] = x[i + 2];
        }
        return bytes.concat('","persona":"0x0', uint256(y) % 2 == 0 ? bytes("2") : bytes("3"), digits);
    }

    function _uuid(uint128 value) private pure returns (bytes memory text) {
        bytes memory digits = bytes(Strings.toHexString(value, 16));
        for (uint256 i = 0; i < 32; ++i) {
            if (i == 8 || i == 12 || i == 16 || i == 20) text = bytes.concat(text, "-");
            text = bytes.concat(text, digits[i + 2]);
        }
    }
}

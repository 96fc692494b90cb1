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
                twoSided ? _persona(link.publicKey) : bytes(""),
                '","platform":"',
                bytes(link.platform),
                '","prev":',
                link.previous.length == 0
                    ? bytes("null")
                    : bytes.concat('"', bytes(Base64.encode(link.previous)), '"'),
                ',"uuid":"',
                _uuid(uint128(link.uuid)),
                '"}'
            );
    }

    function _persona(bytes calldata publicKey) private pure returns (bytes memory) {
        bytes memory x = bytes(Strings.toHexString(uint256(bytes32(publicKey[0:32])), 32));
        bytes memory digits = new bytes(64);
        for (uint256 i = 0; i < 64; ++i) {
            digits[i] = x[i + 2];
        }
        return bytes.concat('","persona":"0x0', uint8(publicKey[63]) % 2 == 0 ? bytes("2") : bytes("3"), digits);
    }

    function _uuid(uint128 value) private pure returns (bytes memory text) {
        bytes memory digits = bytes(Strings.toHexString(value, 16));
        for (uint256 i = 0; i < 32; ++i) {
            if (i == 8 || i == 12 || i == 16 || i == 20) text = bytes.concat(text, "-");
            text = bytes.concat(text, digits[i + 2]);
        }
    }
}

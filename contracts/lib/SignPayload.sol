// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Action, Submission} from "../interfaces/IProofRegistry.sol";
import {Text} from "./Text.sol";

/// @notice The text that an avatar signs, equal byte for byte to Next.ID's; sdk/src/protocol/signPayload.ts has the same.
/// @dev Compact JSON with sorted keys. Nothing needs escaping, since `validate` lets no such character in.
library SignPayload {
    bytes32 internal constant ETHEREUM = keccak256("ethereum");
    bytes32 internal constant SOLANA = keccak256("solana");
    bytes32 internal constant NEXTID = keccak256("nextid");

    /// @notice Thrown when `createdAt` has not ten digits: it lies before 2001-09-09, or is not in seconds.
    error SignPayloadInvalidCreatedAt(uint64 createdAt);
    /// @notice Thrown when `previous` is neither empty nor 65 bytes.
    error SignPayloadInvalidPrevious(uint256 length);

    /// @notice Reverts unless every text of the submission is one that the contracts take.
    function validate(
        Submission calldata link,
        string calldata platform,
        string calldata identity,
        bytes calldata previous
    ) internal pure {
        Text.requireName(platform);
        Text.requireIdentity(identity);
        Text.requirePrintable(link.proofLocation, 1024);
        Text.requirePrintable(link.accountId, 255);
        uint64 createdAt = link.createdAt;
        require(createdAt >= 1e9 && createdAt < 1e10, SignPayloadInvalidCreatedAt(createdAt));
        uint256 length = previous.length;
        require(length == 0 || length == 65, SignPayloadInvalidPrevious(length));
    }

    /// @notice Whether the identities of a platform are keys that sign too, so that the text names the avatar as `persona`.
    function isTwoSided(bytes32 platformHash) internal pure returns (bool) {
        return platformHash == ETHEREUM || platformHash == SOLANA || platformHash == NEXTID;
    }

    /// @notice The EIP-191 digest of the text.
    function hash(
        Submission calldata link,
        string calldata platform,
        string calldata identity,
        bytes calldata previous,
        bytes32 platformHash
    ) internal pure returns (bytes32) {
        bytes memory text = build(link, platform, identity, previous, platformHash);
        // The length has three digits: `validate` leaves no text shorter than 131 or longer than 575 bytes.
        bytes3 length = bytes3(Text.decimal10(text.length) << 56);
        return keccak256(bytes.concat("\x19Ethereum Signed Message:\n", length, text));
    }

    /// @notice The text itself, of a submission that `validate` let pass.
    function build(
        Submission calldata link,
        string calldata platform,
        string calldata identity,
        bytes calldata previous,
        bytes32 platformHash
    ) internal pure returns (bytes memory) {
        (bytes32 uuid, bytes4 uuidEnd) = Text.uuid(link.uuid);
        return
            bytes.concat(
                link.action == Action.Create
                    ? bytes32('{"action":"create","created_at":')
                    : bytes32('{"action":"delete","created_at":'),
                bytes25(
                    bytes1('"') | (bytes25(Text.decimal10(link.createdAt)) >> 8) | (bytes25('","identity":"') >> 88)
                ),
                bytes(identity),
                isTwoSided(platformHash) ? _persona(link.publicKey) : bytes(""),
                '","platform":"',
                bytes(platform),
                previous.length == 0 ? bytes('","prev":null,"uuid":"') : _prev(previous),
                uuid,
                uuidEnd,
                '"}'
            );
    }

    function _persona(bytes calldata publicKey) private pure returns (bytes memory) {
        bool odd = uint8(publicKey[63]) & 1 != 0;
        return
            bytes.concat(
                odd ? bytes('","persona":"0x03') : bytes('","persona":"0x02'),
                Text.hex16(bytes16(publicKey[0:16])),
                Text.hex16(bytes16(publicKey[16:32]))
            );
    }

    function _prev(bytes calldata previous) private pure returns (bytes memory) {
        return bytes.concat('","prev":"', Text.base64Of65(previous), '","uuid":"');
    }
}

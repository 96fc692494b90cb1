// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Submission} from "../interfaces/IProofRegistry.sol";
import {Header, Headers} from "./Header.sol";
import {Text} from "./Text.sol";

/// @notice The text that an avatar signs, equal byte for byte to Next.ID's; sdk/src/protocol/signPayload.ts has the same.
/// @dev Compact JSON with sorted keys. Nothing needs escaping, since no such character is valid. It is written
/// word by word, which costs a third of `bytes.concat`; test/contracts/solidity compares it with
/// reference/SignPayloadReference.sol there.
library SignPayload {
    using Headers for Header;

    bytes32 internal constant ETHEREUM = keccak256("ethereum");
    bytes32 internal constant SOLANA = keccak256("solana");
    bytes32 internal constant NEXTID = keccak256("nextid");

    /// @notice How long a location may be.
    uint256 internal constant MAX_LOCATION = 1024;

    /// What EIP-191 puts before the text: 26 bytes, and the three digits of its length.
    uint256 private constant PREFIX_SIZE = 29;

    /// Room for prefix and text, and for the end of the last word.
    uint256 private constant MESSAGE_SIZE = 640;

    /// @notice Whether these texts are such as the contracts take.
    function isValid(
        string calldata platform,
        string calldata identity,
        string calldata proofLocation
    ) internal pure returns (bool) {
        return Text.isName(platform) && Text.isIdentity(identity) && Text.isPrintable(proofLocation, MAX_LOCATION);
    }

    /// @notice Reverts with what is wrong about texts that `isValid` did not let pass.
    function explain(Submission calldata link) internal pure {
        Text.requireName(link.platform);
        Text.requireIdentity(link.identity);
        Text.requirePrintable(link.proofLocation, MAX_LOCATION);
    }

    /// @notice Whether the identities of a platform are keys that sign too, so that the text names the avatar as `persona`.
    function isTwoSided(bytes32 platformHash) internal pure returns (bool) {
        return platformHash == ETHEREUM || platformHash == SOLANA || platformHash == NEXTID;
    }

    /// @notice The EIP-191 digest of the text of a submission whose texts and header are valid.
    /// @param platformHash keccak256 of the platform.
    /// @param previousR First half of the signature that the text quotes, unless it quotes none.
    /// @param previousS Second half.
    function hash(
        Submission calldata link,
        string calldata platform,
        string calldata identity,
        bytes32 platformHash,
        bytes32 previousR,
        bytes32 previousS
    ) internal pure returns (bytes32 digest) {
        (uint256 start, uint256 end) = _write(link, platform, identity, platformHash, previousR, previousS);
        assembly ("memory-safe") {
            digest := keccak256(start, sub(end, start))
            // The message's memory is free again.
            mstore(0x40, start)
        }
    }

    /// @notice The text itself.
    function build(
        Submission calldata link,
        string calldata platform,
        string calldata identity,
        bytes32 platformHash,
        bytes32 previousR,
        bytes32 previousS
    ) internal pure returns (bytes memory text) {
        (uint256 start, uint256 end) = _write(link, platform, identity, platformHash, previousR, previousS);
        assembly ("memory-safe") {
            let size := sub(sub(end, start), PREFIX_SIZE)
            text := mload(0x40)
            mcopy(add(text, 32), add(start, PREFIX_SIZE), size)
            mstore(text, size)
            // The word behind it is cleared, as the compiler keeps it for bytes.
            mstore(add(add(text, 32), size), 0)
            mstore(0x40, and(add(add(text, size), 95), not(31)))
        }
    }

    /// Allocates memory, and writes prefix and text into it.
    function _write(
        Submission calldata link,
        string calldata platform,
        string calldata identity,
        bytes32 platformHash,
        bytes32 previousR,
        bytes32 previousS
    ) private pure returns (uint256 start, uint256 pos) {
        unchecked {
            assembly ("memory-safe") {
                start := mload(0x40)
                mstore(0x40, add(start, MESSAGE_SIZE))
            }
            Header header = Header.wrap(link.header);
            // Where a word is longer than what it holds, the next one overwrites its end.
            _put(start, "\x19Ethereum Signed Message:\n");
            pos = start + PREFIX_SIZE;
            _put(
                pos,
                header.isCreate()
                    ? bytes32('{"action":"create","created_at":')
                    : bytes32('{"action":"delete","created_at":')
            );
            _put(pos + 32, '"');
            _put(pos + 33, Text.decimal10(header.createdAt()));
            _put(pos + 43, '","identity":"');
            pos = _copy(pos + 57, identity);
            if (isTwoSided(platformHash)) pos = _putPersona(pos, link.publicKeyX, link.publicKeyY);
            _put(pos, '","platform":"');
            pos = _copy(pos + 14, platform);
            pos = _putPrevious(pos, previousR, previousS, header.previousV());
            (bytes32 uuid, bytes4 uuidEnd) = Text.uuid(header.uuid());
            _put(pos, uuid);
            _put(pos + 32, bytes6(uuidEnd) | (bytes6('"}') >> 32));
            pos += 38;
            // What is valid leaves no text shorter than 133 or longer than 575 bytes.
            _putDigits3(start + 26, pos - start - PREFIX_SIZE);
        }
    }

    function _putPersona(uint256 pos, bytes32 x, bytes32 y) private pure returns (uint256) {
        unchecked {
            _put(pos, uint256(y) & 1 != 0 ? bytes32('","persona":"0x03') : bytes32('","persona":"0x02'));
            _put(pos + 17, Text.hex16(bytes16(x)));
            _put(pos + 49, Text.hex16(bytes16(x << 128)));
            return pos + 81;
        }
    }

    function _putPrevious(uint256 pos, bytes32 r, bytes32 s, uint8 v) private pure returns (uint256) {
        unchecked {
            if (v == Headers.NO_PREVIOUS) {
                _put(pos, '","prev":null,"uuid":"');
                return pos + 22;
            }
            _put(pos, '","prev":"');
            (bytes32 first, bytes32 second, bytes32 third) = Text.base64Of65(r, s, v);
            _put(pos + 10, first);
            _put(pos + 42, second);
            _put(pos + 74, third);
            _put(pos + 98, '","uuid":"');
            return pos + 108;
        }
    }

    /// Writes three digits, and nothing else.
    function _putDigits3(uint256 pos, uint256 value) private pure {
        unchecked {
            uint256 digits = 0x303030 + ((value / 100) << 16) + (((value / 10) % 10) << 8) + (value % 10);
            assembly ("memory-safe") {
                mstore8(pos, shr(16, digits))
                mstore8(add(pos, 1), shr(8, digits))
                mstore8(add(pos, 2), digits)
            }
        }
    }

    function _put(uint256 pos, bytes32 word) private pure {
        assembly ("memory-safe") {
            mstore(pos, word)
        }
    }

    function _copy(uint256 pos, string calldata text) private pure returns (uint256 end) {
        assembly ("memory-safe") {
            calldatacopy(pos, text.offset, text.length)
            end := add(pos, text.length)
        }
    }
}

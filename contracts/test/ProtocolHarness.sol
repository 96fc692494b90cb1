// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IProofRegistry, Status, Submission} from "../interfaces/IProofRegistry.sol";
import {AttestationHash} from "../lib/AttestationHash.sol";
import {Header, Headers} from "../lib/Header.sol";
import {PlatformTag} from "../lib/PlatformTag.sol";
import {SignPayload} from "../lib/SignPayload.sol";
import {Text} from "../lib/Text.sol";

/// @notice Shows the tests what the libraries make of many inputs in one call.
contract ProtocolHarness {
    /// What SignPayload makes of one submission.
    struct Reading {
        bool accepted;
        bytes text;
        bytes32 payloadHash;
    }

    /// What Headers makes of one header.
    struct Fields {
        bytes16 uuid;
        uint64 createdAt;
        uint8 previousV;
        bool isCreate;
        bool valid;
    }

    /// What an attester states.
    struct Statement {
        bytes32 linkId;
        string accountId;
        bool found;
        uint64 checkedAt;
    }

    /// @notice Validates submissions and builds their texts; of those refused, only that they are.
    function readAll(Submission[] calldata links) external view returns (Reading[] memory readings) {
        readings = new Reading[](links.length);
        for (uint256 i = 0; i < links.length; ++i) {
            try this.read(links[i]) returns (Reading memory reading) {
                readings[i] = reading;
            } catch {}
        }
    }

    function read(Submission calldata link) external pure returns (Reading memory) {
        string calldata platform = link.platform;
        string calldata identity = link.identity;
        require(Headers.isValid(Header.wrap(link.header)), IProofRegistry.ProofRegistryInvalidHeader(link.header));
        if (!SignPayload.isValid(platform, identity, link.proofLocation)) SignPayload.explain(link);
        bytes32 platformHash = keccak256(bytes(platform));
        (bytes32 r, bytes32 s) = (link.previousR, link.previousS);
        return
            Reading({
                accepted: true,
                text: SignPayload.build(link, platform, identity, platformHash, r, s),
                payloadHash: SignPayload.hash(link, platform, identity, platformHash, r, s)
            });
    }

    /// @notice Which of the byte strings of one size, given one behind the other, are identities: one byte each, 1 or 0.
    function areIdentities(bytes calldata strings, uint256 size) external view returns (bytes memory accepted) {
        accepted = new bytes(strings.length / size);
        for (uint256 i = 0; i < accepted.length; ++i) {
            try this.requireIdentity(strings[i * size:(i + 1) * size]) {
                accepted[i] = 0x01;
            } catch {}
        }
    }

    function requireIdentity(bytes calldata text) external pure {
        Text.requireIdentity(string(text));
    }

    /// @notice What Text.parseAddress reads, for each text; zero where it is none.
    function parseAddresses(
        string[] calldata texts
    ) external pure returns (bool[] memory oks, address[] memory values) {
        oks = new bool[](texts.length);
        values = new address[](texts.length);
        for (uint256 i = 0; i < texts.length; ++i) {
            (oks[i], values[i]) = Text.parseAddress(bytes(texts[i]));
        }
    }

    /// @notice What Headers makes of each header.
    function readHeaders(Header[] calldata headers) external pure returns (Fields[] memory fields) {
        fields = new Fields[](headers.length);
        for (uint256 i = 0; i < headers.length; ++i) {
            Header it = headers[i];
            fields[i] = Fields({
                uuid: Headers.uuid(it),
                createdAt: Headers.createdAt(it),
                previousV: Headers.previousV(it),
                isCreate: Headers.isCreate(it),
                valid: Headers.isValid(it)
            });
        }
    }

    function completeHeader(
        Header header,
        uint64 asOf,
        uint256 sequence,
        Status status
    ) external pure returns (bytes32) {
        return Headers.complete(header, asOf, sequence, status);
    }

    /// @notice What Text.parseCompressedKey reads, for each text; zeros where it is none.
    function parseCompressedKeys(
        string[] calldata texts
    ) external pure returns (bool[] memory oks, bytes32[] memory xs, bool[] memory odds) {
        oks = new bool[](texts.length);
        xs = new bytes32[](texts.length);
        odds = new bool[](texts.length);
        for (uint256 i = 0; i < texts.length; ++i) {
            (oks[i], xs[i], odds[i]) = Text.parseCompressedKey(bytes(texts[i]));
        }
    }

    /// @notice What each platform's tag is.
    function tagsOf(string[] calldata platforms) external pure returns (uint16[] memory tags) {
        tags = new uint16[](platforms.length);
        for (uint256 i = 0; i < platforms.length; ++i) {
            tags[i] = PlatformTag.tagOf(keccak256(bytes(platforms[i])));
        }
    }

    /// @notice The hashes of the statements as findings, and the digest of them all as a list.
    function attestList(
        Statement[] calldata statements,
        uint64 checkedAt
    ) external pure returns (bytes32[] memory findings, bytes32 digest) {
        findings = new bytes32[](statements.length);
        for (uint256 i = 0; i < statements.length; ++i) {
            Statement calldata it = statements[i];
            findings[i] = AttestationHash.finding(it.linkId, it.found, keccak256(bytes(it.accountId)));
        }
        digest = AttestationHash.batchDigest(keccak256(abi.encodePacked(findings)), checkedAt);
    }

    /// @notice What attesters sign under.
    function attestationDomain() external pure returns (bytes32) {
        return AttestationHash.DOMAIN_SEPARATOR;
    }

    function attestationDigests(Statement[] calldata statements) external pure returns (bytes32[] memory digests) {
        digests = new bytes32[](statements.length);
        for (uint256 i = 0; i < statements.length; ++i) {
            Statement calldata it = statements[i];
            digests[i] = AttestationHash.digest(it.linkId, it.found, keccak256(bytes(it.accountId)), it.checkedAt);
        }
    }

    /// @notice Appends links in one transaction.
    function appendAll(IProofRegistry registry, Submission[] calldata links) external {
        for (uint256 i = 0; i < links.length; ++i) {
            registry.append(links[i]);
        }
    }
}

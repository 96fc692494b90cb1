// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Submission} from "../../../contracts/interfaces/IProofRegistry.sol";
import {Header, Headers} from "../../../contracts/lib/Header.sol";
import {SignPayload} from "../../../contracts/lib/SignPayload.sol";
import {Dice, Dicing} from "./lib/Dice.sol";
import {FuzzTest} from "./lib/FuzzTest.sol";
import {Samples} from "./lib/Samples.sol";
import {Soil} from "./lib/Soil.sol";
import {SignPayloadReference} from "./reference/SignPayloadReference.sol";
import {TextReference} from "./reference/TextReference.sol";

/// @notice SignPayload.sol as a contract.
contract SignPayloadHarness {
    /// @notice Builds the text and its digest, with memory that others have used before and use afterwards.
    function read(
        Submission calldata link
    ) external pure returns (bool valid, bytes memory text, bytes32 digest, bool kept) {
        bytes memory before = Soil.fill(200, 0xa5);
        Soil.spread();
        valid =
            Headers.isValid(Header.wrap(link.header)) &&
            SignPayload.isValid(link.platform, link.identity, link.proofLocation);
        if (!valid) return (valid, text, digest, true);
        bytes32 platformHash = keccak256(bytes(link.platform));
        digest = SignPayload.hash(link, link.platform, link.identity, platformHash, link.previousR, link.previousS);
        text = SignPayload.build(link, link.platform, link.identity, platformHash, link.previousR, link.previousS);
        Soil.spread();
        bytes memory behind = Soil.fill(100, 0x5a);
        kept = Soil.isFilled(before, 0xa5) && Soil.isFilled(behind, 0x5a);
    }

    function explain(Submission calldata link) external pure {
        SignPayload.explain(link);
    }
}

/// @notice Compares SignPayload.sol with its reference.
contract SignPayloadTest is FuzzTest {
    using Dicing for Dice;

    SignPayloadHarness private _harness;

    function setUp() external {
        _harness = new SignPayloadHarness();
    }

    function testFuzz_text(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        Submission memory link = Samples.submission(dice);
        (bool ok, bytes memory answer) = address(_harness).staticcall(
            Samples.encode(dice, SignPayloadHarness.read.selector, link)
        );
        _holds("it does not revert", ok);
        (bool valid, bytes memory text, bytes32 digest, bool kept) = abi.decode(answer, (bool, bytes, bytes32, bool));
        bool validTexts = _isValid(link);
        _same("valid", valid, Headers.isValid(Header.wrap(link.header)) && validTexts);
        _holds("other memory stays as it is", kept);
        if (valid) {
            _same("text", text, SignPayloadReference.build(link));
            _same("digest", digest, SignPayloadReference.hash(link));
        }
        (bool passes, ) = address(_harness).staticcall(Samples.encode(dice, SignPayloadHarness.explain.selector, link));
        _same("explain reverts where the texts are invalid", passes, validTexts);
    }

    /// Two links that differ in any part that is signed have different texts: none of the fields runs over into the next.
    function testFuzz_textsDiffer(uint256 seed) external pure {
        Dice memory dice = Dice(seed);
        Submission memory one = Samples.submission(dice);
        Submission memory other = abi.decode(abi.encode(one), (Submission));
        other.header = Samples.header(dice);
        if (dice.once(2)) other.platform = string(Samples.name(dice));
        if (dice.once(2)) other.identity = string(Samples.identity(dice));
        if (!_isValid(one) || !Headers.isValid(Header.wrap(one.header))) return;
        if (!_isValid(other) || !Headers.isValid(Header.wrap(other.header))) return;
        _holds(
            "texts differ",
            keccak256(SignPayloadReference.build(one)) != keccak256(SignPayloadReference.build(other)) ||
                (one.header == other.header &&
                    keccak256(bytes(one.platform)) == keccak256(bytes(other.platform)) &&
                    keccak256(bytes(one.identity)) == keccak256(bytes(other.identity)))
        );
    }

    function _isValid(Submission memory link) private pure returns (bool) {
        return
            TextReference.isName(bytes(link.platform)) &&
            TextReference.isIdentity(bytes(link.identity)) &&
            TextReference.isPrintable(bytes(link.proofLocation), 1024);
    }
}

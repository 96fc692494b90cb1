// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IProofRegistry, Submission} from "../../../contracts/interfaces/IProofRegistry.sol";
import {IdentityKey} from "../../../contracts/lib/IdentityKey.sol";
import {LinkLog, Reading} from "../../../contracts/lib/LinkLog.sol";
import {Slice, Slices} from "../../../contracts/lib/Slice.sol";
import {Dice, Dicing} from "./lib/Dice.sol";
import {FuzzTest} from "./lib/FuzzTest.sol";
import {Samples} from "./lib/Samples.sol";
import {Soil} from "./lib/Soil.sol";
import {Vm} from "./lib/Vm.sol";

/// @notice LinkLog.sol as a contract.
contract LinkLogHarness {
    using Slices for Slice;

    /// @notice Emits LinkAppended by LinkLog.sol, with other memory before and behind.
    function log(
        Submission calldata link
    ) external returns (bytes32 identityKey, bytes32 sameKey, bytes32 bindingKey, bool kept) {
        Reading memory reading;
        LinkLog.read(link, reading);
        reading.r = link.r;
        reading.vs = link.vs;
        // What the tests expect: these two come from elsewhere.
        reading.avatar = address(bytes20(link.previousR));
        reading.linkId = link.previousS;
        bytes memory before = Soil.fill(150, 0xa5);
        Soil.spread();
        uint256 start;
        uint256 size;
        (start, size, identityKey) = LinkLog.begin(reading);
        bytes memory behind = Soil.fill(150, 0x5a);
        LinkLog.end(start, size, reading, link.header, identityKey);
        kept = Soil.isFilled(before, 0xa5) && Soil.isFilled(behind, 0x5a);
        sameKey = IdentityKey.identityKey(reading.platform.text(), reading.identity.text());
        bindingKey = IdentityKey.bindingKey(reading.avatar, identityKey);
    }

    /// @notice The strings as LinkLog.sol finds them.
    function read(
        Submission calldata link
    ) external pure returns (bytes memory, bytes memory, bytes memory, bytes memory) {
        Reading memory reading;
        LinkLog.read(link, reading);
        return (reading.platform.data(), reading.identity.data(), reading.proof.data(), reading.proofLocation.data());
    }

    /// @notice What Slice.sol says of the strings.
    function slices(
        Submission calldata link
    ) external pure returns (uint256[4] memory sizes, bytes32[4] memory hashes) {
        Reading memory reading;
        LinkLog.read(link, reading);
        sizes = [reading.platform.size(), reading.identity.size(), reading.proof.size(), reading.proofLocation.size()];
        hashes = [reading.platform.hash(), reading.identity.hash(), reading.proof.hash(), reading.proofLocation.hash()];
    }
}

/// @notice The same in plain Solidity.
contract LinkLogReference {
    function log(
        Submission calldata link
    ) external returns (bytes32 identityKey, bytes32 sameKey, bytes32 bindingKey, bool kept) {
        identityKey = keccak256(abi.encode(link.platform, link.identity));
        address avatar = address(bytes20(link.previousR));
        emit IProofRegistry.LinkAppended(
            avatar,
            link.previousS,
            identityKey,
            link.header,
            link.platform,
            link.identity,
            link.r,
            link.vs,
            link.proof,
            link.proofLocation
        );
        return (identityKey, identityKey, keccak256(abi.encode(avatar, identityKey)), true);
    }

    function read(
        Submission calldata link
    ) external pure returns (bytes memory, bytes memory, bytes memory, bytes memory) {
        return (bytes(link.platform), bytes(link.identity), link.proof, bytes(link.proofLocation));
    }
}

/// @notice Compares LinkLog.sol, Slice.sol and IdentityKey.sol with what Solidity itself makes of the same calldata.
contract LinkLogTest is FuzzTest {
    using Dicing for Dice;

    LinkLogHarness private _harness;
    LinkLogReference private _reference;

    function setUp() external {
        _harness = new LinkLogHarness();
        _reference = new LinkLogReference();
    }

    function testFuzz_log(uint256 seed) external {
        Dice memory dice = Dice(seed);
        bytes memory input = Samples.encode(dice, LinkLogHarness.log.selector, Samples.submission(dice));
        (bytes memory answer, Vm.Log memory actual) = _log(address(_harness), input);
        (bytes memory expectedAnswer, Vm.Log memory expected) = _log(address(_reference), input);
        _same("keys", answer, expectedAnswer);
        _same("topics", abi.encode(actual.topics), abi.encode(expected.topics));
        _same("data", actual.data, expected.data);
    }

    function testFuzz_slices(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        Submission memory link = Samples.submission(dice);
        (, bytes memory answer) = address(_harness).staticcall(
            Samples.encode(dice, LinkLogHarness.slices.selector, link)
        );
        (uint256[4] memory sizes, bytes32[4] memory hashes) = abi.decode(answer, (uint256[4], bytes32[4]));
        bytes[4] memory texts = [bytes(link.platform), bytes(link.identity), link.proof, bytes(link.proofLocation)];
        for (uint256 i = 0; i < 4; ++i) {
            _same("size", sizes[i], texts[i].length);
            _same("hash", hashes[i], keccak256(texts[i]));
        }
    }

    /// Calldata that is no encoding, or an odd one: LinkLog reads what Solidity reads, or refuses what Solidity refuses. The one
    /// difference is that Solidity follows an offset that points backwards, which LinkLog never does.
    function testFuzz_brokenCalldata(uint256 seed) external view {
        Dice memory dice = Dice(seed);
        bytes memory input = Samples.encode(dice, LinkLogHarness.read.selector, Samples.submission(dice));
        for (uint256 n = dice.below(3); n > 0; --n) {
            input = _break(dice, input);
        }
        (bool ok, bytes memory answer) = address(_harness).staticcall(input);
        (bool expected, bytes memory expectedAnswer) = address(_reference).staticcall(input);
        if (expected && !ok) {
            _holds("only what points backwards is refused", _pointsFar(input));
            return;
        }
        _same("ok", ok, expected);
        if (ok) _same("strings", answer, expectedAnswer);
    }

    function _log(address target, bytes memory input) private returns (bytes memory answer, Vm.Log memory entry) {
        VM.recordLogs();
        bool ok;
        (ok, answer) = target.call(input);
        _holds("it does not revert", ok);
        Vm.Log[] memory logs = VM.getRecordedLogs();
        _same("logs", logs.length, 1);
        entry = logs[0];
    }

    function _break(Dice memory dice, bytes memory input) private pure returns (bytes memory) {
        uint256[4] memory members = [uint256(1), 2, 9, 10];
        uint256 member = 4 + 32 + members[dice.below(4)] * 32;
        uint256 offset = _wordAt(input, member);
        uint256 length = 4 + 32 + (offset < 4096 ? offset : 0);
        uint256[6] memory values = [
            dice.below(input.length + 64),
            input.length - 4 - 32 - dice.below(64),
            1 << (60 + dice.below(8)),
            type(uint256).max - dice.below(1200),
            type(uint64).max,
            dice.word()
        ];
        uint256 draw = dice.below(3);
        if (draw == 0) _setWord(input, member, values[dice.below(6)]);
        if (draw == 1 && length + 32 <= input.length) _setWord(input, length, values[dice.below(6)]);
        if (draw == 2) {
            bytes memory cut = new bytes(input.length - dice.below(input.length / 2));
            for (uint256 i = 0; i < cut.length; ++i) {
                cut[i] = input[i];
            }
            return cut;
        }
        return input;
    }

    function _pointsFar(bytes memory input) private pure returns (bool) {
        uint256[4] memory members = [uint256(1), 2, 9, 10];
        for (uint256 i = 0; i < 4; ++i) {
            if (_wordAt(input, 4 + 32 + members[i] * 32) >> 64 != 0) return true;
        }
        return false;
    }

    function _wordAt(bytes memory input, uint256 place) private pure returns (uint256 word) {
        if (place + 32 > input.length) return 0;
        assembly ("memory-safe") {
            word := mload(add(add(input, 32), place))
        }
    }

    function _setWord(bytes memory input, uint256 place, uint256 word) private pure {
        if (place + 32 > input.length) return;
        assembly ("memory-safe") {
            mstore(add(add(input, 32), place), word)
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Status} from "../../../contracts/interfaces/IProofRegistry.sol";
import {Header, Headers} from "../../../contracts/lib/Header.sol";
import {SignatureBytes} from "../../../contracts/lib/SignatureBytes.sol";
import {Dice, Dicing} from "./lib/Dice.sol";
import {FuzzTest} from "./lib/FuzzTest.sol";
import {Samples} from "./lib/Samples.sol";
import {Secp256k1} from "./lib/Secp256k1.sol";
import {AttestationReference} from "./reference/AttestationReference.sol";
import {HeaderReference} from "./reference/HeaderReference.sol";

/// @notice SignatureBytes.sol of calldata as a contract.
contract SignatureHarness {
    function read(bytes calldata signature) external pure returns (bytes32, bytes32, uint8) {
        return SignatureBytes.read(signature);
    }

    function tryRecover(bytes32 digest, bytes calldata signature) external pure returns (address) {
        return SignatureBytes.tryRecover(digest, signature);
    }
}

/// @notice Compares Header.sol and SignatureBytes.sol with their fields one by one.
contract HeaderTest is FuzzTest {
    using Dicing for Dice;
    using Headers for Header;

    SignatureHarness private _harness;

    function setUp() external {
        _harness = new SignatureHarness();
    }

    function testFuzz_fields(bytes16 uuid, uint40 createdAt, uint8 v, bool deletes) external pure {
        Header header = Header.wrap(
            bytes32(abi.encodePacked(uuid, createdAt, uint64(0), v, deletes ? uint8(1) : uint8(0), uint8(0)))
        );
        _same("uuid", bytes32(header.uuid()), bytes32(uuid));
        _same("createdAt", header.createdAt(), createdAt);
        _same("previousV", header.previousV(), v);
        _same("isCreate", header.isCreate(), !deletes);
    }

    function testFuzz_isValid(uint256 seed, bytes32 anything) external pure {
        Dice memory dice = Dice(seed);
        bytes32 word = dice.once(8) ? anything : Samples.header(dice);
        _same("isValid", Header.wrap(word).isValid(), HeaderReference.isValid(word));
    }

    function testFuzz_complete(uint256 seed, uint40 asOf, uint24 sequence, uint8 status) external pure {
        bytes32 word = Samples.header(Dice(seed));
        if (!Header.wrap(word).isValid()) return;
        Status known = Status(status % 5);
        _same(
            "complete",
            Header.wrap(word).complete(asOf, sequence, known),
            bytes32(abi.encodePacked(bytes21(word), asOf, sequence, bytes2(word << 232), uint8(known)))
        );
    }

    function testFuzz_signature(uint256 key, bytes32 digest, uint256 seed) external view {
        Dice memory dice = Dice(seed);
        key = 1 + (key % (Secp256k1.N - 1));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest);
        // Flipped, in high form, of another range, broken, or as it is.
        uint256 draw = dice.below(8);
        if (draw == 0) v = 55 - v;
        if (draw == 1) (v, s) = (55 - v, bytes32(Secp256k1.N - uint256(s)));
        if (draw == 2) v -= 27;
        if (draw == 3) v = uint8(dice.word());
        if (draw == 4) r = bytes32(dice.word());
        if (draw == 5) s = bytes32(uint256(s) + 1);
        bool isV = v == 0 || v == 1 || v == 27 || v == 28;
        _same("isV", SignatureBytes.isV(v), isV);
        address signer = !isV ? address(0) : AttestationReference.recover(digest, r, s, v < 2 ? v + 27 : v);
        if (draw > 5) _same("the reference recovers", signer, VM.addr(key));
        bytes memory signature = abi.encodePacked(r, s, v);
        _same("tryRecover of bytes", _harness.tryRecover(digest, signature), signer);
        bytes memory longer = bytes.concat(signature, hex"00");
        _same("tryRecover of 66 bytes", _harness.tryRecover(digest, longer), address(0));
        (bytes32 readR, bytes32 readS, uint8 readV) = _harness.read(signature);
        _same("read", abi.encode(readR, readS, readV), abi.encode(r, s, v));
        if (!isV) return;
        _same("tryRecover", SignatureBytes.tryRecover(digest, r, s, v), signer);
        bool odd = v == 1 || v == 28;
        _same("hash", SignatureBytes.hash(r, s, v), keccak256(abi.encodePacked(r, s, odd ? hex"01" : hex"00")));
        if (uint256(s) >> 255 != 0) return;
        bytes32 vs = bytes32(uint256(s) | (odd ? 1 << 255 : 0));
        _same("sOf", SignatureBytes.sOf(vs), s);
        _same("vOf", SignatureBytes.vOf(vs), odd ? 1 : 0);
    }

    /// The tests' own curve, and the way in which they find the key to an ownerless address.
    function testFuzz_curve(uint256 key, bytes32 signed, bytes32 digest, bool flipped) external view {
        key = 1 + (key % (Secp256k1.N - 1));
        (bytes32 x, bytes32 y) = Secp256k1.publicKey(key);
        _same("publicKey", address(uint160(uint256(keccak256(abi.encode(x, y))))), VM.addr(key));
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, signed);
        uint256 other = Secp256k1.keyOfOther(key, signed, r, s, flipped, digest);
        _same("keyOfOther", ecrecover(digest, flipped ? 55 - v : v, r, s), VM.addr(other));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Public keys of secp256k1, which no cheatcode here tells, and what can be made of signatures without a key.
library Secp256k1 {
    /// @notice The order of the group.
    uint256 internal constant N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    uint256 private constant P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    uint256 private constant GX = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798;
    uint256 private constant GY = 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8;

    /// @notice The public key of a private one: double and add, in Jacobian coordinates (x = X / Z², y = Y / Z³).
    function publicKey(uint256 privateKey) internal view returns (bytes32, bytes32) {
        (uint256 x, uint256 y, uint256 z) = (0, 1, 0);
        for (uint256 bit = 256; bit > 0; --bit) {
            (x, y, z) = _double(x, y, z);
            if ((privateKey >> (bit - 1)) & 1 != 0) (x, y, z) = z == 0 ? (GX, GY, 1) : _addG(x, y, z);
        }
        uint256 inverse = Math.invModPrime(z, P);
        uint256 square = mulmod(inverse, inverse, P);
        return (bytes32(mulmod(x, square, P)), bytes32(mulmod(y, mulmod(square, inverse, P), P)));
    }

    /// @notice The private key to which (r, s, v) over `digest` recovers, if `key` made (r, s) with `odd` over `signed`. Anybody
    /// can recover the public key; that there is no need of the private one is what keeps the test short.
    function keyOfOther(
        uint256 key,
        bytes32 signed,
        bytes32 r,
        bytes32 s,
        bool flipped,
        bytes32 digest
    ) internal view returns (uint256) {
        // s = (signed + r × key) / nonce; the recovered key is (s × nonce - digest) / r. A flipped v negates the nonce.
        uint256 nonce = mulmod(
            addmod(uint256(signed), mulmod(uint256(r), key, N), N),
            Math.invModPrime(uint256(s), N),
            N
        );
        if (flipped) nonce = N - nonce;
        uint256 difference = addmod(mulmod(uint256(s), nonce, N), N - (uint256(digest) % N), N);
        return mulmod(difference, Math.invModPrime(uint256(r), N), N);
    }

    function _double(uint256 x, uint256 y, uint256 z) private pure returns (uint256, uint256, uint256) {
        if (z == 0) return (x, y, z);
        uint256 yy = mulmod(y, y, P);
        uint256 s = mulmod(4, mulmod(x, yy, P), P);
        uint256 m = mulmod(3, mulmod(x, x, P), P);
        uint256 newX = addmod(mulmod(m, m, P), P - addmod(s, s, P), P);
        uint256 newY = addmod(mulmod(m, addmod(s, P - newX, P), P), P - mulmod(8, mulmod(yy, yy, P), P), P);
        return (newX, newY, mulmod(2, mulmod(y, z, P), P));
    }

    /// Adds the generator to a point that is neither it, nor its negative, nor zero: no multiple of a private key passes those.
    function _addG(uint256 x, uint256 y, uint256 z) private pure returns (uint256, uint256, uint256) {
        uint256 zz = mulmod(z, z, P);
        uint256 h = addmod(mulmod(GX, zz, P), P - x, P);
        uint256 r = addmod(mulmod(GY, mulmod(zz, z, P), P), P - y, P);
        uint256 hh = mulmod(h, h, P);
        uint256 hhh = mulmod(hh, h, P);
        uint256 v = mulmod(x, hh, P);
        uint256 newX = addmod(addmod(mulmod(r, r, P), P - hhh, P), P - addmod(v, v, P), P);
        uint256 newY = addmod(mulmod(r, addmod(v, P - newX, P), P), P - mulmod(y, hhh, P), P);
        return (newX, newY, mulmod(z, h, P));
    }
}

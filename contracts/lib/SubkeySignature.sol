// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {WebAuthn} from "@openzeppelin/contracts/utils/cryptography/WebAuthn.sol";

import {Subkey, SubkeyAlgorithm} from "../interfaces/ISubkeyRegistry.sol";
import {SignatureBytes} from "./SignatureBytes.sol";

/// @notice What subkeys sign, in the forms that ISubkeyRegistry lists.
library SubkeySignature {
    /// @notice Whether the subkey, whose public key has 64 bytes, signed the digest. Never reverts on bad signatures.
    function verify(Subkey calldata subkey, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (subkey.algorithm == SubkeyAlgorithm.Secp256k1) {
            return _verifySecp256k1(addressOf(subkey.publicKey), digest, signature);
        }
        bytes32 x = bytes32(subkey.publicKey[0:32]);
        bytes32 y = bytes32(subkey.publicKey[32:64]);
        if (signature.length == 64) {
            // WebCrypto hashes whatever it signs. An assertion signs more than 32 bytes, so neither passes for the other.
            return P256.verify(sha256(abi.encode(digest)), bytes32(signature[0:32]), bytes32(signature[32:64]), x, y);
        }
        return _verifyWebAuthn(x, y, subkey.rpId, digest, signature);
    }

    /// @notice The address of a secp256k1 key X ‖ Y.
    function addressOf(bytes calldata publicKey) internal pure returns (address) {
        return address(uint160(uint256(keccak256(publicKey))));
    }

    function _verifySecp256k1(address signer, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        address recovered = SignatureBytes.tryRecover(digest, signature);
        return recovered != address(0) && recovered == signer;
    }

    /// The library leaves the rp id out and would ask for user verification, which security keys without a PIN have not.
    function _verifyWebAuthn(
        bytes32 x,
        bytes32 y,
        string calldata rpId,
        bytes32 digest,
        bytes calldata signature
    ) private view returns (bool) {
        (bool decoded, WebAuthn.WebAuthnAuth calldata assertion) = WebAuthn.tryDecodeAuth(signature);
        if (!decoded) return false;
        WebAuthn.WebAuthnAuth memory auth = assertion;
        return
            // The library reads memory there before it compares lengths: far out, that uses up all gas.
            auth.typeIndex < bytes(auth.clientDataJSON).length &&
            bytes32(auth.authenticatorData) == sha256(bytes(rpId)) &&
            WebAuthn.verify(abi.encode(digest), auth, x, y, false);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A contract wallet for tests: its owner signs for it, and it also takes one password, which is no signature.
contract OwnedWallet is IERC1271 {
    address public owner;
    bytes32 public immutable PASSWORD_HASH;

    constructor(address owner_, bytes32 passwordHash) {
        owner = owner_;
        PASSWORD_HASH = passwordHash;
    }

    /// @notice Hands the wallet over; for tests, by anybody.
    function setOwner(address owner_) external {
        owner = owner_;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (keccak256(signature) == PASSWORD_HASH) return IERC1271.isValidSignature.selector;
        (address signer, , ) = ECDSA.tryRecoverCalldata(hash, signature);
        return signer == owner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}

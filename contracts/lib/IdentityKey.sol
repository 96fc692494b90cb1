// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice By what identities and bindings are named; sdk/src/protocol/link.ts has the same.
library IdentityKey {
    /// @notice keccak256(abi.encode(platform, identity)).
    function identityKey(string calldata platform, string calldata identity) internal pure returns (bytes32) {
        return keccak256(abi.encode(platform, identity));
    }

    /// @notice keccak256(abi.encode(avatar, key)).
    function bindingKey(address avatar, bytes32 key) internal pure returns (bytes32) {
        return Hashes.efficientKeccak256(bytes32(uint256(uint160(avatar))), key);
    }
}

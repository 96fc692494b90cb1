// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @notice By what identities and bindings are named; sdk/src/protocol/link.ts has the same.
library IdentityKey {
    /// @notice keccak256(abi.encode(platform, identity)).
    function identityKey(string calldata platform, string calldata identity) internal pure returns (bytes32 key) {
        assembly ("memory-safe") {
            // Written behind the free memory, which is not moved: two offsets, then length and padded bytes of each.
            let free := mload(0x40)
            mstore(free, 0x40)
            let end := add(free, 0x40)
            mstore(end, platform.length)
            end := add(end, 0x20)
            calldatacopy(end, platform.offset, platform.length)
            mstore(add(end, platform.length), 0)
            end := add(end, and(add(platform.length, 31), not(31)))
            mstore(add(free, 0x20), sub(end, free))
            mstore(end, identity.length)
            end := add(end, 0x20)
            calldatacopy(end, identity.offset, identity.length)
            mstore(add(end, identity.length), 0)
            end := add(end, and(add(identity.length, 31), not(31)))
            key := keccak256(free, sub(end, free))
        }
    }

    /// @notice keccak256(abi.encode(avatar, key)).
    function bindingKey(address avatar, bytes32 key) internal pure returns (bytes32) {
        return Hashes.efficientKeccak256(bytes32(uint256(uint160(avatar))), key);
    }
}

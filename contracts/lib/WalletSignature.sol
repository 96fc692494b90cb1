// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice Wallets that are contracts, perhaps only in the future. Whatever such a contract does, it can use up no more gas
/// than it is given, and of its answer one word is read.
library WalletSignature {
    /// @notice What a wallet may use to judge a signature: what ProofRegistry gives it.
    uint256 internal constant WALLET_GAS = 400_000;

    /// @notice What a factory may use to deploy a wallet. A proxy with its set-up takes some 300,000.
    uint256 internal constant FACTORY_GAS = 2_000_000;

    /// @notice Calls a wallet's factory where the wallet has no code yet (ERC-6492).
    /// @return Whether the wallet has code now.
    function deploy(address wallet, address factory, bytes memory data) internal returns (bool) {
        if (wallet.code.length == 0) {
            assembly ("memory-safe") {
                // Only the code counts: what the factory answers is its own affair.
                pop(call(FACTORY_GAS, factory, 0, add(data, 32), mload(data), 0, 0))
            }
        }
        return wallet.code.length != 0;
    }

    /// @notice Whether a wallet takes a signature (ERC-1271), as ProofRegistry asks it.
    function isValid(address wallet, bytes32 hash, bytes memory signature) internal view returns (bool ok) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (hash, signature));
        bytes32 magic = IERC1271.isValidSignature.selector;
        assembly ("memory-safe") {
            ok := staticcall(WALLET_GAS, wallet, add(question, 32), mload(question), 0, 32)
            ok := and(ok, and(gt(returndatasize(), 31), eq(mload(0), magic)))
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A contract for tests that answers every call with what it was called with, selector first, but padded by one
/// byte of its own: never the word that ERC-1271 asks for.
contract EchoWallet {
    fallback(bytes calldata input) external payable returns (bytes memory) {
        return bytes.concat(input, hex"01");
    }
}

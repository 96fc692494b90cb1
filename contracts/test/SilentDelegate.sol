// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Code for tests that an account may delegate to under EIP-7702, and that knows no signatures.
contract SilentDelegate {
    /// @notice Takes ether.
    receive() external payable {}
}

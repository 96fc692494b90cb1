// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {WalletSignature} from "../lib/WalletSignature.sol";

/// @title Wallet preparation
/// @notice Has a wallet deployed by its factory (ERC-6492), in a transaction that creates this contract: a stranger's factory
/// so never sees the relayer as `msg.sender`, only an address that has no rights anywhere and no code afterwards.
contract WalletPreparation {
    /// There is no wallet at the address, although its factory was called.
    error WalletPreparationFailed(address wallet, address factory);

    /// @param wallet The account that shall have code; where it has some already, nothing is called.
    /// @param factory What deploys it.
    /// @param data What the factory is called with.
    constructor(address wallet, address factory, bytes memory data) {
        require(WalletSignature.deploy(wallet, factory, data), WalletPreparationFailed(wallet, factory));
        assembly ("memory-safe") {
            // No code: it would be paid for, and have no use.
            return(0, 0)
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {WalletSignature} from "../lib/WalletSignature.sol";

/// @notice What came of a check. The order is that of `WALLET_VERDICTS` in sdk/src/protocol.
enum WalletVerdict {
    /// There is no contract at the wallet's address, also not after its factory was called.
    NoCode,
    /// The wallet takes the signature.
    Valid,
    /// The wallet does not take it.
    Refused
}

/// @title Wallet check
/// @notice Judges the signature of a contract wallet, deployed (ERC-1271) or not yet (ERC-6492), in one `eth_call` that
/// creates this contract: it is never deployed, and what the factory did is undone with the call.
/// @dev Answers a WalletVerdict of one byte in the place of code.
contract WalletCheck {
    /// @param wallet The account that is said to have signed.
    /// @param factory What deploys the wallet; zero where it must be there already.
    /// @param data What the factory is called with.
    /// @param hash What was signed: the digest of EIP-191.
    /// @param signature What the wallet itself judges, without the wrapping of ERC-6492.
    constructor(address wallet, address factory, bytes memory data, bytes32 hash, bytes memory signature) {
        WalletVerdict verdict = WalletVerdict.NoCode;
        if (WalletSignature.deploy(wallet, factory, data)) {
            verdict = WalletSignature.isValid(wallet, hash, signature) ? WalletVerdict.Valid : WalletVerdict.Refused;
        }
        assembly ("memory-safe") {
            mstore8(0, verdict)
            return(0, 1)
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Who ever signed what, outside of any contract: what a registry may believe, and no more.
interface ILedger {
    /// @notice Whether an address's key signed this digest.
    function signed(bytes32 digest, address signer) external view returns (bool);

    /// @notice Whether an attester ever said, alone or in a list, that it found the proof of a link.
    function attested(bytes32 linkId, address attester) external view returns (bool);

    /// @notice The binding that the text of a link is about: what attesters and wallets read before they signed.
    function meant(bytes32 linkId) external view returns (bytes32 bindingKey);

    /// @notice How many of those that are attesters now said that they found the proof of a link.
    function attesters(bytes32 linkId) external view returns (uint256);

    /// @notice Who signs for an address: itself, or the owner of a contract wallet.
    function signerFor(address wallet) external view returns (address);

    /// @notice The address of the compressed public key that an alias is named by.
    function aliasOf(string calldata identity) external view returns (address);
}

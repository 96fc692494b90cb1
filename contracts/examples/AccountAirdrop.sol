// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IProofRegistry} from "../interfaces/IProofRegistry.sol";
import {Attestations} from "../lib/Attestations.sol";
import {AccountEvidence, IdentityGate} from "./IdentityGate.sol";

/// @title Account airdrop
/// @notice Pays each GitHub account on a list once: to whichever wallet's avatar is bound to it when it is claimed. The list
/// is a StandardMerkleTree of (string accountId, uint256 amount); what nobody claims stays here. An example of what IdentityGate is for.
contract AccountAirdrop is IdentityGate {
    /// @notice Root of the list.
    bytes32 public immutable ROOT;

    /// @notice Whether an account, by keccak256(abi.encode("github", accountId)), has been paid.
    mapping(bytes32 account => bool) public paid;

    /// @notice An account's amount went to a wallet.
    event Paid(bytes32 indexed account, address indexed wallet, string accountId, uint256 amount);

    /// @notice Thrown when the account was paid before.
    error AccountAirdropAlreadyPaid(string accountId);
    /// @notice Thrown when the list does not have this account with this amount.
    error AccountAirdropNotListed(string accountId, uint256 amount);

    /// @notice Takes the ether to pay.
    constructor(IProofRegistry proofs, bytes32 root) payable IdentityGate(proofs) {
        ROOT = root;
    }

    /// @notice Pays the caller what the list has for its avatar's GitHub account.
    /// @param identity The account's handle as it was bound, in lower case.
    function claim(
        string calldata identity,
        AccountEvidence calldata evidence,
        uint256 amount,
        bytes32[] calldata proof
    ) external {
        string memory accountId = string(Attestations.accountId(evidence.proof));
        bytes32 account = _requireAccount(_avatarOf(msg.sender), "github", identity, evidence);
        require(!paid[account], AccountAirdropAlreadyPaid(accountId));
        bytes32 leaf = keccak256(abi.encode(keccak256(abi.encode(accountId, amount))));
        require(MerkleProof.verifyCalldata(proof, ROOT, leaf), AccountAirdropNotListed(accountId, amount));
        // First, so that a wallet that calls back when it is paid finds the account paid.
        paid[account] = true;
        emit Paid(account, msg.sender, accountId, amount);
        Address.sendValue(payable(msg.sender), amount);
    }
}

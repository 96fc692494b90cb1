// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IdentityGate} from "../examples/IdentityGate.sol";
import {IProofRegistry} from "../interfaces/IProofRegistry.sol";

/// @notice A contract for tests that lets in who is bound to `github` `octocat`.
contract GatedDoor is IdentityGate {
    mapping(address wallet => bool) public entered;

    constructor(IProofRegistry proofs) IdentityGate(proofs) {}

    function enter() external onlyBound("github", "octocat") {
        entered[msg.sender] = true;
    }

    /// @notice Enters if the binding was seen at `notBefore` or later.
    function enterFresh(uint64 notBefore) external {
        _requireBound(_avatarOf(msg.sender), "github", "octocat", notBefore);
        entered[msg.sender] = true;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {OwnedWallet} from "./OwnedWallet.sol";

/// @notice A contract wallet for tests that, when it is paid, makes the call again by which it was paid.
contract GreedyWallet is OwnedWallet {
    address private _target;
    bytes private _data;
    /// @notice Why the second call failed.
    bytes public answer;

    constructor(address owner_) OwnedWallet(owner_, 0) {}

    receive() external payable {
        try this.execute(_target, _data) {} catch (bytes memory reason) {
            answer = reason;
        }
    }

    /// @notice Makes a call; for tests, for anybody.
    function execute(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
        Address.functionCall(target, data);
    }
}

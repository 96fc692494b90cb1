// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";

/// @notice A factory for tests that deploys wallets at addresses that follow from their init code (EIP-1014), or does what it
/// can to hurt whoever calls it.
contract WalletFactory {
    /// @notice Who called it last.
    address public caller;
    /// @notice Whether the call that it made came back well.
    bool public answered;

    /// @notice Deploys a contract, and takes note of who asked.
    function deploy(bytes32 salt, bytes calldata initCode) external returns (address) {
        caller = msg.sender;
        return Create2.deploy(0, salt, initCode);
    }

    /// @notice The same, after a call of a contract that the caller may have rights on.
    function deployAfter(address target, bytes calldata data, bytes32 salt, bytes calldata initCode) external {
        caller = msg.sender;
        // Whatever comes of it, the deployment goes on.
        (answered, ) = target.call(data); // solhint-disable-line avoid-low-level-calls
        Create2.deploy(0, salt, initCode);
    }

    /// @notice Deploys a contract and calls it before the transaction is over.
    function deployAndCall(bytes32 salt, bytes calldata initCode) external {
        Address.functionCall(Create2.deploy(0, salt, initCode), "");
    }

    /// @notice Uses all gas that it is given.
    function burn() external pure {
        assembly {
            invalid()
        }
    }

    /// @notice Reverts with as much as it can pay for.
    function fail(uint256 size) external pure {
        assembly {
            revert(0, size)
        }
    }

    /// @notice Where `deploy` would put a contract.
    function addressOf(bytes32 salt, bytes32 initCodeHash) external view returns (address) {
        return Create2.computeAddress(salt, initCodeHash);
    }
}

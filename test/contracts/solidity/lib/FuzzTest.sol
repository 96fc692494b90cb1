// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// @notice What all Solidity tests have in common.
abstract contract FuzzTest {
    Vm internal constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// When the tests take place.
    uint256 internal constant NOW = 1_800_000_000;

    /// @notice Thrown when two things differ that should not.
    error Differs(string what, bytes actual, bytes expected);
    /// @notice Thrown when something does not hold.
    error Fails(string what);

    function _same(string memory what, bytes memory actual, bytes memory expected) internal pure {
        if (keccak256(actual) != keccak256(expected)) revert Differs(what, actual, expected);
    }

    function _same(string memory what, uint256 actual, uint256 expected) internal pure {
        if (actual != expected) revert Differs(what, abi.encode(actual), abi.encode(expected));
    }

    function _same(string memory what, bytes32 actual, bytes32 expected) internal pure {
        _same(what, uint256(actual), uint256(expected));
    }

    function _same(string memory what, address actual, address expected) internal pure {
        _same(what, uint160(actual), uint160(expected));
    }

    function _same(string memory what, bool actual, bool expected) internal pure {
        _same(what, actual ? 1 : 0, expected ? 1 : 0);
    }

    function _holds(string memory what, bool condition) internal pure {
        if (!condition) revert Fails(what);
    }

    /// Deploys what is deployed, not what the tests' own build makes of it.
    function _deploy(string memory artifact, bytes memory arguments) internal returns (address deployed) {
        bytes memory code = bytes.concat(VM.getCode(artifact), arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        _holds(artifact, deployed != address(0));
    }
}

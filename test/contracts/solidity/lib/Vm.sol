// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Those of the cheatcodes that the tests use; npm's forge-std is not the one that Foundry publishes.
interface Vm {
    /// An event as it was recorded.
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function record() external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory logs);
    function warp(uint256 timestamp) external;
    function prank(address sender) external;
    function accesses(address target) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function getCode(string calldata artifact) external view returns (bytes memory creationCode);
    function load(address target, bytes32 slot) external view returns (bytes32 value);
    /// s is low, v is 27 or 28.
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function addr(uint256 privateKey) external pure returns (address);
}

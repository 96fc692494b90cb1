// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Emits whatever it is told to, for tests: the events of contracts that are in no package which can be installed
/// here, and a stranger's events under other contracts' names.
contract Emitter {
    /// Topics, at most four, and data of a log.
    struct Log {
        bytes32[] topics;
        bytes data;
    }

    /// An EVM log has no more topics.
    error EmitterTooManyTopics(uint256 count);

    /// @notice Emits these logs in their order.
    function emitAll(Log[] calldata logs) external {
        for (uint256 i = 0; i < logs.length; ++i) _emit(logs[i].topics, logs[i].data);
    }

    function _emit(bytes32[] memory topics, bytes memory data) private {
        require(topics.length <= 4, EmitterTooManyTopics(topics.length));
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let start := add(data, 32)
            let size := mload(data)
            let one := mload(add(topics, 32))
            let two := mload(add(topics, 64))
            let three := mload(add(topics, 96))
            let four := mload(add(topics, 128))
            switch mload(topics)
            case 0 {
                log0(start, size)
            }
            case 1 {
                log1(start, size, one)
            }
            case 2 {
                log2(start, size, one, two)
            }
            case 3 {
                log3(start, size, one, two, three)
            }
            case 4 {
                log4(start, size, one, two, three, four)
            }
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice A contract wallet for tests that does what it can to hurt whoever asks it, or just takes long.
contract HostileWallet is IERC1271 {
    /// @notice What it does when it is asked for a signature.
    enum Mode {
        /// Uses all gas.
        Burn,
        /// Answers with as much as it can pay for, the right word first.
        Bomb,
        /// Reverts with as much.
        RevertBomb,
        /// Answers with too little.
        Short,
        /// Uses `effort` gas, and takes the signature.
        Slow
    }

    Mode public immutable MODE;
    uint256 public immutable EFFORT;

    constructor(Mode mode, uint256 effort) {
        (MODE, EFFORT) = (mode, effort);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        uint256 start = gasleft();
        bytes4 answer = IERC1271.isValidSignature.selector;
        if (MODE == Mode.Burn) {
            assembly {
                invalid()
            }
        }
        if (MODE == Mode.Slow) {
            while (start - gasleft() < EFFORT) {}
            return answer;
        }
        uint256 size = MODE == Mode.Short ? 31 : EFFORT;
        bool fails = MODE == Mode.RevertBomb;
        assembly {
            mstore(0, answer)
            if fails {
                revert(0, size)
            }
            return(0, size)
        }
    }
}

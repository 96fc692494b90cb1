// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @notice A resolver of ENS for tests that has its records at gateways (ENSIP-10, EIP-3668) and takes what its signer signed.
/// ENS's own such resolvers are in no package that can be installed here; this one has their interface.
contract OffchainResolver is IERC165 {
    /// @notice EIP-3668.
    error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData);

    /// What a gateway said was not signed by whom it should.
    error OffchainResolverForged();

    address private immutable SIGNER;

    string[] private _urls;
    address private _sender;
    uint256 private _rounds;

    constructor(address signer) {
        SIGNER = signer;
        _sender = address(this);
        _rounds = 1;
    }

    /// @notice Where to ask, in whose name, and how often in a row.
    function set(string[] calldata urls, address sender, uint256 rounds) external {
        (_urls, _sender, _rounds) = (urls, sender, rounds);
    }

    /// @notice ENSIP-10.
    function resolve(bytes calldata name, bytes calldata data) external view returns (bytes memory) {
        bytes memory question = abi.encode(name, data);
        revert OffchainLookup(
            _sender,
            _urls,
            question,
            this.resolveCallback.selector,
            abi.encode(uint256(1), question)
        );
    }

    /// @notice EIP-3668.
    function resolveCallback(bytes calldata response, bytes calldata extraData) external view returns (bytes memory) {
        (uint256 round, bytes memory question) = abi.decode(extraData, (uint256, bytes));
        if (round < _rounds) {
            revert OffchainLookup(
                _sender,
                _urls,
                question,
                this.resolveCallback.selector,
                abi.encode(round + 1, question)
            );
        }
        (bytes memory answer, bytes memory signature) = abi.decode(response, (bytes, bytes));
        bytes32 digest = keccak256(abi.encode(address(this), question, answer));
        require(ECDSA.recover(digest, signature) == SIGNER, OffchainResolverForged());
        return answer;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == this.resolve.selector || id == type(IERC165).interfaceId;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IAttesterRegistry} from "./interfaces/IAttesterRegistry.sol";
import {IStateAnchor} from "./interfaces/IStateAnchor.sol";
import {AnchorHash} from "./lib/AnchorHash.sol";
import {Text} from "./lib/Text.sol";

/// @title State anchor
/// @notice See IStateAnchor.
contract StateAnchor is IStateAnchor {
    /// What one operator anchored on one topic. The first two share a slot, so that an anchor writes two.
    struct Series {
        uint64 latest;
        uint64 anchoredAt;
        mapping(uint64 epoch => bytes32) roots;
    }

    /// @notice Who may anchor.
    IAttesterRegistry public immutable ATTESTERS;

    /// @notice Most characters that a URI may have.
    uint256 public constant MAX_URI_LENGTH = 1024;

    mapping(address operator => mapping(bytes32 topic => Series)) private _series;

    /// @param attesters The registry of those who may anchor.
    constructor(IAttesterRegistry attesters) {
        ATTESTERS = attesters;
    }

    /// @inheritdoc IStateAnchor
    function anchor(bytes32 topic, uint64 epoch, bytes32 root, string calldata uri) external {
        _anchor(msg.sender, topic, epoch, root, uri);
    }

    /// @inheritdoc IStateAnchor
    function anchorBySignature(
        bytes32 topic,
        uint64 epoch,
        bytes32 root,
        string calldata uri,
        bytes calldata signature
    ) external returns (address operator) {
        operator = ECDSA.recoverCalldata(AnchorHash.digest(topic, epoch, root, uri), signature);
        _anchor(operator, topic, epoch, root, uri);
    }

    /// @inheritdoc IStateAnchor
    function verify(
        address operator,
        bytes32 topic,
        uint64 epoch,
        bytes calldata leaf,
        bytes32[] calldata proof
    ) external view returns (bool) {
        return _verify(operator, _series[operator][topic].roots[epoch], leaf, proof);
    }

    /// @inheritdoc IStateAnchor
    function verifyLatest(
        address operator,
        bytes32 topic,
        bytes calldata leaf,
        bytes32[] calldata proof
    ) external view returns (bool) {
        Series storage series = _series[operator][topic];
        return _verify(operator, series.roots[series.latest], leaf, proof);
    }

    /// @inheritdoc IStateAnchor
    function countAnchored(
        address[] calldata operators,
        bytes32 topic,
        uint64 epoch,
        bytes32 root
    ) external view returns (uint256 count) {
        // Else everybody who anchored nothing would agree on it.
        require(root != 0, StateAnchorZeroRoot(topic, epoch));
        address previous = address(0);
        for (uint256 i = 0; i < operators.length; ++i) {
            address operator = operators[i];
            require(operator > previous, StateAnchorNotAscending(operator, previous));
            previous = operator;
            if (_series[operator][topic].roots[epoch] == root && ATTESTERS.isAttester(operator)) ++count;
        }
    }

    /// @inheritdoc IStateAnchor
    function rootOf(address operator, bytes32 topic, uint64 epoch) external view returns (bytes32) {
        return _series[operator][topic].roots[epoch];
    }

    /// @inheritdoc IStateAnchor
    function latestOf(
        address operator,
        bytes32 topic
    ) external view returns (uint64 epoch, bytes32 root, uint64 anchoredAt) {
        Series storage series = _series[operator][topic];
        epoch = series.latest;
        return (epoch, series.roots[epoch], series.anchoredAt);
    }

    function _anchor(address operator, bytes32 topic, uint64 epoch, bytes32 root, string calldata uri) private {
        require(ATTESTERS.isAttester(operator), StateAnchorNotOperator(operator));
        Series storage series = _series[operator][topic];
        uint64 latest = series.latest;
        require(epoch > latest, StateAnchorStaleEpoch(operator, topic, epoch, latest));
        require(root != 0, StateAnchorZeroRoot(topic, epoch));
        Text.requirePrintable(uri, MAX_URI_LENGTH);
        series.latest = epoch;
        series.anchoredAt = uint64(block.timestamp);
        series.roots[epoch] = root;
        emit StateAnchored(operator, topic, epoch, root, uri);
    }

    function _verify(
        address operator,
        bytes32 root,
        bytes calldata leaf,
        bytes32[] calldata proof
    ) private view returns (bool) {
        // No proof hashes to zero, the root of an epoch that was not anchored.
        return MerkleProof.verifyCalldata(proof, root, AnchorHash.leafHash(leaf)) && ATTESTERS.isAttester(operator);
    }
}

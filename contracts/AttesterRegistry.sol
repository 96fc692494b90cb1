// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

import {IAttesterRegistry} from "./interfaces/IAttesterRegistry.sol";
import {AttestationHash} from "./lib/AttestationHash.sol";
import {PlatformTag} from "./lib/PlatformTag.sol";
import {Text} from "./lib/Text.sol";

/// @title Attester registry
/// @notice See IAttesterRegistry.
contract AttesterRegistry is IAttesterRegistry, IERC5267, AccessManaged {
    /// The quorums in one word: the default in the low 16 bits; above them, bit n is set where a platform whose tag is n
    /// modulo 240 has a quorum of its own.
    type Quorums is uint256;

    /// What an attester publishes about itself.
    struct Profile {
        string endpoint;
        string metadata;
    }

    /// A quorum that holds on one platform only.
    struct OwnQuorum {
        bytes32 platformHash;
        uint16 quorum;
    }

    /// How many attesters there may be: setting a quorum writes to each of them.
    uint256 private constant MAX_ATTESTERS = 64;

    address[] private _attesters;
    /// Of each attester, a copy of `_quorums`; zero for everybody else. Governance writes it to all of them, so that an
    /// attestation is judged with one read of storage, which is what every link pays.
    mapping(address attester => Quorums) private _quorumsBy;
    mapping(uint16 tag => OwnQuorum) private _ownQuorums;
    Quorums private _quorums = Quorums.wrap(1);
    mapping(address attester => bool) private _retired;
    mapping(address attester => Profile) private _profiles;

    /// @param authority An AccessManager that says who may add and remove attesters and set quorums.
    constructor(address authority) AccessManaged(authority) {}

    /// @inheritdoc IAttesterRegistry
    function addAttester(
        address attester,
        string calldata endpoint,
        string calldata metadata
    ) external restricted {
        require(attester != address(0), AttesterRegistryNotAttester(attester));
        require(!isAttester(attester), AttesterRegistryAlreadyAttester(attester));
        require(!_retired[attester], AttesterRegistryRetiredAttester(attester));
        require(_attesters.length < MAX_ATTESTERS, AttesterRegistryTooManyAttesters(MAX_ATTESTERS));
        _attesters.push(attester);
        _quorumsBy[attester] = _quorums;
        _setProfile(attester, endpoint, metadata);
        emit AttesterAdded(attester, endpoint, metadata);
    }

    /// @inheritdoc IAttesterRegistry
    function removeAttester(address attester) external restricted {
        require(isAttester(attester), AttesterRegistryNotAttester(attester));
        uint256 last = _attesters.length - 1;
        for (uint256 i = 0; i < last; ++i) {
            if (_attesters[i] == attester) {
                _attesters[i] = _attesters[last];
                break;
            }
        }
        _attesters.pop();
        _quorumsBy[attester] = Quorums.wrap(0);
        _retired[attester] = true;
        delete _profiles[attester];
        emit AttesterRemoved(attester);
    }

    /// @inheritdoc IAttesterRegistry
    function setProfile(string calldata endpoint, string calldata metadata) external {
        require(isAttester(msg.sender), AttesterRegistryNotAttester(msg.sender));
        _setProfile(msg.sender, endpoint, metadata);
        emit AttesterProfileSet(msg.sender, endpoint, metadata);
    }

    /// @inheritdoc IAttesterRegistry
    function setQuorum(string calldata platform, uint16 quorum) external restricted {
        uint256 word = Quorums.unwrap(_quorums);
        if (bytes(platform).length == 0) {
            require(quorum != 0, AttesterRegistryZeroQuorum());
            word = (word & ~uint256(type(uint16).max)) | quorum;
        } else {
            uint16 tag = _tagOf(platform);
            bytes32 before = _ownQuorums[tag].platformHash;
            bytes32 platformHash = keccak256(bytes(platform));
            require(before == 0 || before == platformHash, AttesterRegistryTagTaken(platform, tag));
            _ownQuorums[tag] = OwnQuorum(platformHash, quorum);
            word |= _ownBit(tag);
        }
        _quorums = Quorums.wrap(word);
        uint256 length = _attesters.length;
        for (uint256 i = 0; i < length; ++i) {
            _quorumsBy[_attesters[i]] = _quorums;
        }
        emit QuorumSet(platform, quorum);
    }

    /// @inheritdoc IAttesterRegistry
    function attesters() external view returns (address[] memory) {
        return _attesters;
    }

    /// @inheritdoc IAttesterRegistry
    function isAttester(address attester) public view returns (bool) {
        return Quorums.unwrap(_quorumsBy[attester]) != 0;
    }

    /// @inheritdoc IAttesterRegistry
    function profileOf(address attester) external view returns (string memory endpoint, string memory metadata) {
        Profile storage profile = _profiles[attester];
        return (profile.endpoint, profile.metadata);
    }

    /// @inheritdoc IAttesterRegistry
    function quorumOf(string calldata platform) external view returns (uint256) {
        return _quorumIn(_quorums, _tagOf(platform));
    }

    /// @inheritdoc IAttesterRegistry
    function quorumFor(address attester, uint16 tag) external view returns (uint256) {
        Quorums quorums = _quorumsBy[attester];
        return Quorums.unwrap(quorums) == 0 ? 0 : _quorumIn(quorums, tag);
    }

    /// @inheritdoc IERC5267
    /// @dev Fields 0x03: name and version only.
    function eip712Domain()
        external
        pure
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (0x03, AttestationHash.NAME, AttestationHash.VERSION, 0, address(0), 0, new uint256[](0));
    }

    function _setProfile(address attester, string calldata endpoint, string calldata metadata) private {
        Text.requirePrintable(endpoint, 255);
        Text.requirePrintable(metadata, 1024);
        _profiles[attester] = Profile(endpoint, metadata);
    }

    function _quorumIn(Quorums quorums, uint16 tag) private view returns (uint256) {
        uint256 word = Quorums.unwrap(quorums);
        if (word & _ownBit(tag) != 0) {
            uint16 own = _ownQuorums[tag].quorum;
            if (own != 0) return own;
        }
        return uint16(word);
    }

    function _ownBit(uint16 tag) private pure returns (uint256) {
        return 1 << (16 + (tag % 240));
    }

    function _tagOf(string calldata platform) private pure returns (uint16) {
        return PlatformTag.tagOf(keccak256(bytes(platform)));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IAttesterRegistry} from "./interfaces/IAttesterRegistry.sol";
import {AttestationHash} from "./lib/AttestationHash.sol";
import {Text} from "./lib/Text.sol";

/// @title Attester registry
/// @notice See IAttesterRegistry.
contract AttesterRegistry is IAttesterRegistry, IERC5267, AccessManaged {
    /// How far ahead of the chain's an attester's clock may run, in seconds.
    uint256 private constant CLOCK_SKEW = 15 minutes;

    /// checkedAt and signature.
    uint256 private constant ATTESTATION_SIZE = 8 + 65;

    /// The quorums in one word: the default in the low 16 bits; above them, bit n is set where a platform whose hash is n
    /// modulo 240 has a quorum of its own.
    type Quorums is uint256;

    /// What an attester publishes about itself.
    struct Profile {
        string endpoint;
        string metadata;
    }

    /// How many attesters there may be: setting a quorum writes to each of them.
    uint256 private constant MAX_ATTESTERS = 64;

    address[] private _attesters;
    /// Of each attester, a copy of `_quorums`; zero for everybody else. Governance writes it to all of them, so that an
    /// attestation is judged with one read of storage, which is what every link pays.
    mapping(address attester => Quorums) private _quorumsBy;
    mapping(bytes32 platformHash => uint16) private _ownQuorums;
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
            bytes32 platformHash = keccak256(bytes(platform));
            _ownQuorums[platformHash] = quorum;
            word |= _ownBit(platformHash);
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
    function quorumOf(bytes32 platformHash) external view returns (uint256) {
        return _quorumIn(_quorums, platformHash);
    }

    /// @inheritdoc IAttesterRegistry
    function countAttestations(
        bytes32 platformHash,
        bytes32 linkId,
        bool found,
        bytes32 accountIdHash,
        uint64 notBefore,
        bytes calldata attestations
    ) external view returns (bool reached, uint64 checkedAt) {
        _requireLength(attestations);
        Quorums quorums;
        uint256 count = 0;
        address previous = address(0);
        for (uint256 i = 0; i < attestations.length; i += ATTESTATION_SIZE) {
            uint64 seenAt = _seenAt(attestations, i);
            bytes32 digest = AttestationHash.digest(linkId, found, accountIdHash, seenAt);
            previous = _signerAfter(previous, digest, attestations, i);
            Quorums known = _quorumsBy[previous];
            if (Quorums.unwrap(known) != 0 && seenAt >= notBefore) {
                quorums = known;
                ++count;
                if (seenAt > checkedAt) checkedAt = seenAt;
            }
        }
        reached = count != 0 && count >= _quorumIn(quorums, platformHash);
    }

    /// @inheritdoc IAttesterRegistry
    function countBatchAttestations(
        bytes32 findingsHash,
        bytes calldata attestations
    ) external view returns (uint256 count, uint64 checkedAt) {
        _requireLength(attestations);
        address previous = address(0);
        for (uint256 i = 0; i < attestations.length; i += ATTESTATION_SIZE) {
            uint64 seenAt = _seenAt(attestations, i);
            previous = _signerAfter(previous, AttestationHash.batchDigest(findingsHash, seenAt), attestations, i);
            if (isAttester(previous)) {
                ++count;
                if (seenAt > checkedAt) checkedAt = seenAt;
            }
        }
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

    function _requireLength(bytes calldata attestations) private pure {
        uint256 length = attestations.length;
        require(
            length % ATTESTATION_SIZE == 0 && length <= MAX_ATTESTERS * ATTESTATION_SIZE,
            AttesterRegistryInvalidLength(length)
        );
    }

    /// When the attester of the attestation at `i` looked.
    function _seenAt(bytes calldata attestations, uint256 i) private view returns (uint64 seenAt) {
        seenAt = uint64(bytes8(attestations[i:i + 8]));
        uint64 latest = uint64(block.timestamp + CLOCK_SKEW);
        require(seenAt <= latest, AttesterRegistryCheckedInFuture(seenAt, latest));
    }

    /// Who signed the attestation at `i`, whose address must be above `previous`.
    function _signerAfter(
        address previous,
        bytes32 digest,
        bytes calldata attestations,
        uint256 i
    ) private pure returns (address signer) {
        (signer, , ) = ECDSA.tryRecoverCalldata(digest, attestations[i + 8:i + ATTESTATION_SIZE]);
        require(signer > previous, AttesterRegistryNotAscending(signer, previous));
    }

    function _quorumIn(Quorums quorums, bytes32 platformHash) private view returns (uint256) {
        uint256 word = Quorums.unwrap(quorums);
        if (word & _ownBit(platformHash) != 0) {
            uint16 own = _ownQuorums[platformHash];
            if (own != 0) return own;
        }
        return uint16(word);
    }

    function _ownBit(bytes32 platformHash) private pure returns (uint256) {
        return 1 << (16 + (uint256(platformHash) % 240));
    }
}

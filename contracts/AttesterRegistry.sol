// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IAttesterRegistry} from "./interfaces/IAttesterRegistry.sol";
import {AttestationHash} from "./lib/AttestationHash.sol";

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

    address[] private _attesters;
    /// Of each attester, a copy of `_quorums`; zero for everybody else. Governance writes it to all of them, so that an
    /// attestation is judged with one read of storage, which is what every link pays.
    mapping(address attester => Quorums) private _quorumsBy;
    mapping(bytes32 platformHash => uint16) private _ownQuorums;
    Quorums private _quorums = Quorums.wrap(1);

    /// @param authority An AccessManager that says who may add and remove attesters and set quorums.
    constructor(address authority) AccessManaged(authority) {}

    /// @inheritdoc IAttesterRegistry
    function addAttester(address attester, string calldata endpoint) external restricted {
        require(attester != address(0), AttesterRegistryNotAttester(attester));
        require(!isAttester(attester), AttesterRegistryAlreadyAttester(attester));
        _attesters.push(attester);
        _quorumsBy[attester] = _quorums;
        emit AttesterAdded(attester, endpoint);
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
        emit AttesterRemoved(attester);
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
    function quorumOf(string calldata platform) external view returns (uint256) {
        return _quorumIn(_quorums, keccak256(bytes(platform)));
    }

    /// @inheritdoc IAttesterRegistry
    function countAttestations(
        bytes32 platformHash,
        bytes32 linkId,
        bool found,
        bytes32 accountIdHash,
        bytes calldata attestations
    ) external view returns (bool reached, uint64 checkedAt) {
        uint256 length = attestations.length;
        require(length % ATTESTATION_SIZE == 0, AttesterRegistryInvalidLength(length));
        Quorums quorums;
        uint256 count = 0;
        address previous = address(0);
        for (uint256 i = 0; i < length; i += ATTESTATION_SIZE) {
            uint64 seenAt = uint64(bytes8(attestations[i:i + 8]));
            require(seenAt <= block.timestamp + CLOCK_SKEW, AttesterRegistryCheckedInFuture(seenAt));
            (address signer, , ) = ECDSA.tryRecoverCalldata(
                AttestationHash.digest(linkId, found, accountIdHash, seenAt),
                attestations[i + 8:i + ATTESTATION_SIZE]
            );
            require(signer > previous, AttesterRegistryNotAscending(signer, previous));
            previous = signer;
            Quorums known = _quorumsBy[signer];
            if (Quorums.unwrap(known) != 0) {
                quorums = known;
                ++count;
                if (seenAt > checkedAt) checkedAt = seenAt;
            }
        }
        reached = count != 0 && count >= _quorumIn(quorums, platformHash);
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

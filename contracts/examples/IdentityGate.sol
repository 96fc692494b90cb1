// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IAttesterRegistry} from "../interfaces/IAttesterRegistry.sol";
import {IProofRegistry, Status} from "../interfaces/IProofRegistry.sol";
import {AttestationHash} from "../lib/AttestationHash.sol";
import {Attestations} from "../lib/Attestations.sol";
import {PlatformTag} from "../lib/PlatformTag.sol";

/// @notice What attesters signed of a link, as the registry's events have it: it shows the platform's account id, which the
/// registry checks but does not keep.
struct AccountEvidence {
    bytes32 linkId;
    /// `proof` of LinkAppended, or `attestations` of BindingConfirmed: an account id, and attestations of this link alone.
    bytes proof;
    /// Where there are none in `proof`: the list of FindingsAttested, where in it the link's finding stands, and its
    /// attestations.
    bytes32[] findings;
    uint256 index;
    bytes attestations;
}

/// @title Identity gate
/// @notice For contracts that ask who their caller is: "bound to GitHub", "its avatar also owns that wallet", "this very
/// account, once". A wallet is known by the avatar that it named in the registry with `setAvatar`. All is asked at the time of
/// use, since a binding may be deleted or suspended at any other. docs/using-bindings.md has the traps.
/// Identities are those of the registry, in the platform's normal form: lower case on GitHub and for wallets.
abstract contract IdentityGate {
    /// @notice Where bindings are.
    IProofRegistry public immutable PROOFS;
    /// @notice Thrown when a wallet named no avatar in the registry, or is not bound to it any more.
    error IdentityGateNoAvatar(address wallet);
    /// @notice Thrown when the avatar is not bound to the identity now.
    error IdentityGateNotBound(address avatar, string platform, string identity, Status status);
    /// @notice Thrown when the binding was last seen too long ago.
    error IdentityGateStale(address avatar, string platform, string identity, uint64 asOf, uint64 notBefore);
    /// @notice Thrown when evidence is not of the link that the binding rests on.
    error IdentityGateOtherLink(bytes32 linkId, bytes24 link);
    /// @notice Thrown when the list of findings does not have this link with this account id there.
    error IdentityGateNotInList(bytes32 linkId, uint256 index);
    /// @notice Thrown when too few of those who are attesters now signed the evidence.
    error IdentityGateNoQuorum(bytes24 link);
    /// @notice Thrown when the attesters named no account: all such would pass for one.
    error IdentityGateNoAccountId(string platform);

    /// Lets only wallets pass whose avatar is bound to the identity.
    modifier onlyBound(string memory platform, string memory identity) {
        _requireBound(_avatarOf(msg.sender), platform, identity, 0);
        _;
    }

    constructor(IProofRegistry proofs) {
        PROOFS = proofs;
    }

    /// @notice Whether the avatar that a wallet named owns another wallet too. Both wallets and the avatar signed for that;
    /// the other need not have named the avatar.
    function sameAvatar(address wallet, address other) public view returns (bool) {
        address avatar = PROOFS.avatarOf(wallet);
        return avatar != address(0) && PROOFS.isBound(avatar, "ethereum", Strings.toHexString(other));
    }

    /// The avatar of a wallet; reverts if it has none.
    function _avatarOf(address wallet) internal view returns (address avatar) {
        avatar = PROOFS.avatarOf(wallet);
        require(avatar != address(0), IdentityGateNoAvatar(wallet));
    }

    /// Reverts unless the avatar is bound to the identity, and it was last seen so at `notBefore` or later.
    /// @return link The first 24 bytes of the id of the link that the binding rests on.
    function _requireBound(
        address avatar,
        string memory platform,
        string memory identity,
        uint64 notBefore
    ) internal view returns (bytes24 link) {
        Status status;
        uint64 asOf;
        (status, asOf, link) = PROOFS.statusOf(avatar, platform, identity);
        require(status == Status.Confirmed, IdentityGateNotBound(avatar, platform, identity, status));
        require(asOf >= notBefore, IdentityGateStale(avatar, platform, identity, asOf, notBefore));
    }

    /// Reverts unless the avatar is bound to the identity, and the evidence shows of which account that is.
    /// @return account The account's name, keccak256(abi.encode(platform, accountId)): the one thing to key on what somebody
    /// may have once. Avatars, wallets and handles come and go, and one account may be bound under several of each.
    function _requireAccount(
        address avatar,
        string memory platform,
        string memory identity,
        AccountEvidence calldata evidence
    ) internal view returns (bytes32 account) {
        bytes24 link = _requireBound(avatar, platform, identity, 0);
        require(bytes24(evidence.linkId) == link, IdentityGateOtherLink(evidence.linkId, link));
        bytes calldata accountId = Attestations.accountId(evidence.proof);
        require(accountId.length != 0, IdentityGateNoAccountId(platform));
        require(_isAttested(PlatformTag.tagOf(keccak256(bytes(platform))), evidence), IdentityGateNoQuorum(link));
        return keccak256(abi.encode(platform, accountId));
    }

    /// Whether a quorum of attesters stands for the evidence.
    function _isAttested(uint16 tag, AccountEvidence calldata evidence) private view returns (bool reached) {
        IAttesterRegistry attesters = PROOFS.ATTESTERS();
        if (!Attestations.isBare(evidence.proof)) {
            (, reached, ) = Attestations.count(attesters, tag, evidence.linkId, true, 0, evidence.proof);
            return reached;
        }
        bytes32[] calldata findings = evidence.findings;
        bytes32 accountIdHash = keccak256(Attestations.accountId(evidence.proof));
        require(
            evidence.index < findings.length &&
                findings[evidence.index] == AttestationHash.finding(evidence.linkId, true, accountIdHash),
            IdentityGateNotInList(evidence.linkId, evidence.index)
        );
        (uint256 count, address attester, ) = Attestations.countBatch(
            attesters,
            keccak256(abi.encodePacked(findings)),
            evidence.attestations
        );
        return count != 0 && count >= attesters.quorum(attester, tag);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What attesters sign and say, in plain Solidity.
library AttestationReference {
    /// One attestation, read.
    struct Attestation {
        uint64 checkedAt;
        bytes32 r;
        bytes32 s;
        uint8 v;
    }

    /// @notice What is wrong, in the order of Attestations.Flaw.
    uint8 internal constant INVALID_LENGTH = 1;
    uint8 internal constant CHECKED_IN_FUTURE = 2;
    uint8 internal constant NOT_ASCENDING = 3;

    function digest(
        bytes32 linkId,
        bool found,
        bytes memory account,
        uint64 checkedAt
    ) internal pure returns (bytes32) {
        return
            _typed(
                keccak256(
                    abi.encode(
                        keccak256("Attestation(bytes32 linkId,bool found,string accountId,uint64 checkedAt)"),
                        linkId,
                        found,
                        keccak256(account),
                        checkedAt
                    )
                )
            );
    }

    function finding(bytes32 linkId, bool found, bytes memory account) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("Finding(bytes32 linkId,bool found,string accountId)"),
                    linkId,
                    found,
                    keccak256(account)
                )
            );
    }

    function batchDigest(bytes32[] memory findings, uint64 checkedAt) internal pure returns (bytes32) {
        return
            _typed(
                keccak256(
                    abi.encode(
                        keccak256(
                            "AttestationBatch(Finding[] findings,uint64 checkedAt)Finding(bytes32 linkId,bool found,string accountId)"
                        ),
                        keccak256(abi.encodePacked(findings)),
                        checkedAt
                    )
                )
            );
    }

    /// @notice Whether it is an account id and nothing else.
    function isBare(bytes memory said) internal pure returns (bool) {
        return said.length > 0 && said.length == 1 + uint256(uint8(said[0]));
    }

    /// @notice The account id.
    function accountId(bytes memory said) internal pure returns (bytes memory) {
        return _part(said, 1, uint8(said[0]));
    }

    /// @notice Whether these are an account id and at most 64 attestations; and both.
    function read(
        bytes memory said
    ) internal pure returns (bool ok, bytes memory account, Attestation[] memory attestations) {
        if (said.length == 0) return (false, account, attestations);
        uint256 start = 1 + uint256(uint8(said[0]));
        if (said.length < start) return (false, account, attestations);
        account = accountId(said);
        (ok, attestations) = readList(_part(said, start, said.length - start));
    }

    /// @notice Whether these are at most 64 attestations, and they.
    function readList(bytes memory list) internal pure returns (bool, Attestation[] memory attestations) {
        if (list.length % 73 != 0 || list.length / 73 > 64) return (false, attestations);
        attestations = new Attestation[](list.length / 73);
        for (uint256 i = 0; i < attestations.length; ++i) {
            uint256 place = i * 73;
            attestations[i] = Attestation({
                checkedAt: uint64(bytes8(_part(list, place, 8))),
                r: bytes32(_part(list, place + 8, 32)),
                s: bytes32(_part(list, place + 40, 32)),
                v: uint8(list[place + 72])
            });
        }
        return (true, attestations);
    }

    /// @notice Who signed; zero where nobody did with a low s, and v of 27 or 28.
    function signerOf(bytes32 signed, Attestation memory it) internal pure returns (address) {
        return recover(signed, it.r, it.s, it.v);
    }

    /// @notice As the contracts want it of every signature (EIP-2, EIP-191).
    function recover(bytes32 signed, bytes32 r, bytes32 s, uint8 v) internal pure returns (address) {
        if (uint256(s) > 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0) return address(0);
        if (v != 27 && v != 28) return address(0);
        return ecrecover(signed, v, r, s);
    }

    function _typed(bytes32 structHash) private pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(keccak256("EIP712Domain(string name,string version)"), keccak256("Syngraph"), keccak256("1"))
        );
        return keccak256(abi.encodePacked("\x19\x01", domain, structHash));
    }

    function _part(bytes memory whole, uint256 start, uint256 length) private pure returns (bytes memory part) {
        part = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            part[i] = whole[start + i];
        }
    }
}

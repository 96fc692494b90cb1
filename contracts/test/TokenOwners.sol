// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Whose tokens are, for tests: as ENS's registrar of .eth answers it, which reverts for what has run out, and its
/// NameWrapper. Those are in no package that can be installed here.
contract TokenOwners {
    /// It is nobody's, or not any more.
    error TokenOwnersNobody(uint256 id);

    mapping(uint256 id => address) private _owners;

    /// @notice Gives a token to somebody; to nobody, it has run out.
    function set(uint256 id, address owner) external {
        _owners[id] = owner;
    }

    /// @notice ERC-721.
    function ownerOf(uint256 id) external view returns (address owner) {
        owner = _owners[id];
        require(owner != address(0), TokenOwnersNobody(id));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

import {IEnsRegistry} from "./EnsRegistrar.sol";

/// @notice Wraps names, for tests, with the events of ENS's NameWrapper in their order. That is in no package that can be
/// installed here.
contract EnsWrapper is ERC1155 {
    /// As NameWrapper emits it; the name in DNS's form.
    event NameWrapped(bytes32 indexed node, bytes name, address owner, uint32 fuses, uint64 expiry);

    /// As NameWrapper emits it.
    event NameUnwrapped(bytes32 indexed node, address owner);

    /// As NameWrapper emits it.
    event FusesSet(bytes32 indexed node, uint32 fuses);

    /// As NameWrapper emits it.
    event ExpiryExtended(bytes32 indexed node, uint64 expiry);

    IEnsRegistry private immutable REGISTRY;
    ERC721 private immutable REGISTRAR;

    constructor(IEnsRegistry registry, ERC721 registrar) ERC1155("") {
        (REGISTRY, REGISTRAR) = (registry, registrar);
    }

    /// @notice Wraps a name of the registrar: who has it must have let this contract have the token and the node.
    function wrapSold(bytes32 node, uint256 id, bytes calldata name, address owner, uint64 expiry) external {
        REGISTRAR.transferFrom(msg.sender, address(this), id);
        // NameWrapper burns PARENT_CANNOT_CONTROL and IS_DOT_ETH of such names.
        _wrap(node, name, owner, (1 << 16) | (1 << 17), expiry);
    }

    /// @notice Makes a wrapped name below a wrapped one.
    function setSubnode(
        bytes32 parent,
        bytes32 label,
        bytes calldata name,
        address owner,
        uint32 fuses,
        uint64 expiry
    ) external {
        bytes32 node = REGISTRY.setSubnodeOwner(parent, label, address(this));
        _wrap(node, name, owner, fuses, expiry);
    }

    /// @notice Burns fuses of a wrapped name, and has it last longer.
    function setChildFuses(bytes32 node, uint32 fuses, uint64 expiry) external {
        emit FusesSet(node, fuses);
        emit ExpiryExtended(node, expiry);
    }

    /// @notice Gives a name back to the registry; the registrar's token, where it has one, too.
    function unwrap(bytes32 node, uint256 id, address owner) external {
        _burn(msg.sender, uint256(node), 1);
        REGISTRY.setOwner(node, owner);
        if (id != 0) REGISTRAR.transferFrom(address(this), owner, id);
        emit NameUnwrapped(node, owner);
    }

    function _wrap(bytes32 node, bytes calldata name, address owner, uint32 fuses, uint64 expiry) private {
        _mint(owner, uint256(node), 1, "");
        emit NameWrapped(node, name, owner, fuses, expiry);
    }
}

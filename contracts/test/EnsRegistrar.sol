// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @notice The calls of ENS's registry that registrars make.
interface IEnsRegistry {
    /// @notice EIP-137.
    function setSubnodeOwner(bytes32 node, bytes32 label, address owner) external returns (bytes32);

    /// @notice EIP-137.
    function setOwner(bytes32 node, address owner) external;
}

/// @notice Sells the names below a node, for tests, with the events of ENS's BaseRegistrarImplementation in their order. That
/// is in no package that can be installed here.
contract EnsRegistrar is ERC721 {
    /// It is somebody's.
    error EnsRegistrarTaken(uint256 id, uint256 expires);

    /// As ENS's registrar emits it.
    event NameRegistered(uint256 indexed id, address indexed owner, uint256 expires);

    /// As ENS's registrar emits it.
    event NameRenewed(uint256 indexed id, uint256 expires);

    /// How long after its end a registration can still be renewed, and by nobody else be made.
    uint256 public constant GRACE_PERIOD = 90 days;

    IEnsRegistry private immutable REGISTRY;
    bytes32 private immutable NODE;

    /// Unix seconds.
    mapping(uint256 id => uint256) public expires;

    constructor(IEnsRegistry registry, bytes32 node) ERC721("", "") {
        (REGISTRY, NODE) = (registry, node);
    }

    /// @notice Registers the name of which the label has this hash.
    function register(uint256 id, address owner, uint256 duration) external {
        require(expires[id] + GRACE_PERIOD < block.timestamp, EnsRegistrarTaken(id, expires[id]));
        expires[id] = block.timestamp + duration;
        if (_ownerOf(id) != address(0)) _burn(id);
        _mint(owner, id);
        REGISTRY.setSubnodeOwner(NODE, bytes32(id), owner);
        emit NameRegistered(id, owner, expires[id]);
    }

    /// @notice Has a registration last longer.
    function renew(uint256 id, uint256 duration) external {
        expires[id] += duration;
        emit NameRenewed(id, expires[id]);
    }
}

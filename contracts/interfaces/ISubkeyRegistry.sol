// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice The kinds of keys that an avatar may authorise. The order is that of `SUBKEY_ALGORITHMS` in sdk/src/protocol.
/// - `Es256`: P-256 with SHA-256 (RFC 7518, section 3.4); also the credential of a passkey.
/// - `Secp256k1`: as Ethereum's accounts have it.
enum SubkeyAlgorithm {
    Es256,
    Secp256k1
}

/// @notice A key and what it is for.
struct Subkey {
    SubkeyAlgorithm algorithm;
    /// X ‖ Y, 64 bytes.
    bytes publicKey;
    /// The relying party (WebAuthn, section 5.1.2): 1 to 253 characters of a-z, 0-9, `-` and `.`.
    string rpId;
}

/// @notice What an avatar and its subkey sign.
struct SubkeyAuthorization {
    address avatar;
    Subkey subkey;
    /// What the avatar calls the key: at most 255 bytes of UTF-8 without control characters and without what JSON escapes;
    /// may be empty.
    string name;
    /// Unix seconds, of at most ten digits, from which on the subkey is not valid any more; 0 for never.
    uint64 expiresAt;
    /// `authorizationOf(avatar, subkeyId)`'s.
    uint64 nonce;
}

/// @title Keys that an avatar authorises
/// @notice An avatar lets another key act for it towards one relying party, until a time or until it is revoked. It has no
/// owner, no pause and no upgrade; anybody may hand in what others signed.
///
/// A subkey is named by `subkeyId`, the EIP-712 struct hash of `Subkey(string algorithm,bytes publicKey,string rpId)` with
/// the algorithm's name as Next.ID has it (`es256`, `secp256k1`): whoever asks with its own rp id cannot take a key that was
/// authorised for another.
///
/// Avatar and subkey both sign the EIP-712 digest of
/// `SubkeyAuthorization(address avatar,Subkey subkey,string name,uint64 expiresAt,uint64 nonce)`, and whichever of them
/// revokes, that of `SubkeyRevocation(address avatar,Subkey subkey,uint64 nonce)`, in the domain {name: "Syngraph",
/// version: "1", chainId, verifyingContract}. Each (avatar, subkey) counts its own nonce, so that an avatar may sign for
/// many subkeys at once. A revocation voids the authorisation in force and whatever was signed for the next nonce and kept
/// back; a nonce whose turn has not come is never to be signed. Signed for one nonce, a revocation wins over an authorisation.
///
/// A subkey signs a digest, here and for others (`isValidSignature`), in one of these forms:
/// - Secp256k1: r ‖ s ‖ v, v in {0, 1, 27, 28}, low s.
/// - Es256: r ‖ s over the SHA-256 of the digest's 32 bytes, which is what WebCrypto makes of it; low s.
/// - Es256 as a passkey: abi.encode of OpenZeppelin's `WebAuthn.WebAuthnAuth`, an assertion whose challenge is the digest,
///   with the user present, for the subkey's rp id; low s.
///
/// Readers of the events may rely on these invariants:
/// 1. Of one (avatar, subkeyId), the nonce of SubkeyAuthorized is the number of SubkeyAuthorized, SubkeyRevoked and
///    SubkeyRenounced before it. So is that of the other two, or one less where the event before them is SubkeyAuthorized.
/// 2. A subkey is valid if and only if the last of its events is SubkeyAuthorized and the block's time lies before its
///    `expiresAt`, if that is not 0.
/// 3. `subkeyId` is the struct hash of SubkeyAuthorized's algorithm, publicKey and rpId.
/// 4. `possession` is the subkey's signature over the digest of the event's fields. So is `signature` the avatar's; but
///    behind a SubkeyImported it is the avatar's EIP-191 signature over the text that SubkeyText.sol builds of that event
///    and this one, whose `nonce` and `expiresAt` are then 0 and whose `name` is empty.
/// 5. `signature` of SubkeyRevoked is the avatar's over the digest of avatar, subkeyId and nonce, or empty where the avatar
///    sent the transaction. `proof` of SubkeyRenounced is the subkey's over the same.
/// 6. keccak256 of SubkeyImported's `avatarPublicKey` ends with `avatar`; `publicKeyText` is the subkey's public key in hex.
/// 7. All strings in events are well-formed UTF-8 without U+0000; all strings and bytes are of bounded length.
interface ISubkeyRegistry {
    /// @notice An avatar authorised a subkey, or authorised it anew with another name or expiry.
    /// @param signature The avatar's, as submitted.
    /// @param possession The subkey's, as submitted.
    event SubkeyAuthorized(
        address indexed avatar,
        bytes32 indexed subkeyId,
        SubkeyAlgorithm algorithm,
        bytes publicKey,
        string rpId,
        string name,
        uint64 expiresAt,
        uint64 nonce,
        bytes signature,
        bytes possession
    );

    /// @notice The SubkeyAuthorized that follows was signed by the avatar as Next.ID's text.
    /// @param avatarPublicKey X ‖ Y.
    /// @param publicKeyText The subkey's public key as the text has it.
    event SubkeyImported(address indexed avatar, bytes32 indexed subkeyId, bytes avatarPublicKey, string publicKeyText);

    /// @notice The avatar voided whatever was signed for the subkey so far.
    event SubkeyRevoked(address indexed avatar, bytes32 indexed subkeyId, uint64 nonce, bytes signature);

    /// @notice The subkey did so itself.
    event SubkeyRenounced(address indexed avatar, bytes32 indexed subkeyId, uint64 nonce, bytes proof);

    /// @notice Thrown when `nonce` is not the one whose turn it is: what was signed was used, or was revoked.
    error SubkeyRegistryInvalidNonce(address avatar, bytes32 subkeyId, uint64 nonce, uint64 expected);
    /// @notice Thrown when the avatar's signature recovers to somebody else; to zero where it recovers to nobody with a low s.
    error SubkeyRegistryInvalidSignature(address avatar, address recovered);
    /// @notice Thrown when the subkey did not sign `digest`.
    error SubkeyRegistryInvalidPossession(bytes32 subkeyId, bytes32 digest);
    /// @notice Thrown when a public key has not 64 bytes.
    error SubkeyRegistryInvalidPublicKey(uint256 length);
    /// @notice Thrown when a subkey's proof is longer than it may be.
    error SubkeyRegistryProofTooLong(uint256 length, uint256 max);
    /// @notice Thrown when an avatar would authorise itself: revoking that would seem to mean something.
    error SubkeyRegistryOwnKey(address avatar);
    /// @notice Thrown when an authorisation has expired, or its expiry has more than ten digits: it is not in seconds, and would
    /// in effect be none.
    error SubkeyRegistryInvalidExpiry(uint64 expiresAt, uint256 timestamp);
    /// @notice Thrown when the subkey would renounce what it has not.
    error SubkeyRegistryNotAuthorized(address avatar, bytes32 subkeyId);

    /// @notice Authorises a subkey, or changes its name or expiry.
    /// @param signature The avatar's EIP-712 signature, 65 bytes, v in {0, 1, 27, 28}, low s.
    /// @param possession The subkey's signature over the same digest.
    function authorize(
        SubkeyAuthorization calldata authorization,
        bytes calldata signature,
        bytes calldata possession
    ) external returns (bytes32 subkeyId);

    /// @notice Authorises a subkey by the text that Next.ID's clients sign. That text has no time, chain, name or expiry, so
    /// it counts only where neither avatar nor registry ever had to do with the subkey: nothing was authorised and nothing
    /// revoked. It never counts twice.
    /// @param avatarPublicKey X ‖ Y of the avatar's public key, which the text names.
    /// @param publicKeyText The subkey's public key as the text has it: hex in any case, with or without `0x`; of Es256 X ‖ Y,
    /// of Secp256k1 compressed or uncompressed.
    /// @param signature The avatar's EIP-191 signature over the text, 65 bytes, v in {0, 1, 27, 28}, low s.
    /// @param possession The subkey's signature over the EIP-712 digest of the authorisation, whose name is empty, and whose
    /// expiry and nonce are 0.
    function importAuthorization(
        bytes calldata avatarPublicKey,
        Subkey calldata subkey,
        string calldata publicKeyText,
        bytes calldata signature,
        bytes calldata possession
    ) external returns (bytes32 subkeyId);

    /// @notice Voids what the caller, as an avatar, signed for this subkey, also what nobody has handed in yet: then no text
    /// of Next.ID's counts any more either.
    function revoke(bytes32 subkeyId) external;

    /// @notice Does so by the avatar's EIP-712 signature.
    /// @param nonce `authorizationOf`'s when it was signed. A signed authorisation with the same nonce that is handed in first
    /// does not get in the way.
    function revokeBySig(address avatar, bytes32 subkeyId, uint64 nonce, bytes calldata signature) external;

    /// @notice Ends a subkey's authorisation by its own signature over the EIP-712 digest of the revocation.
    /// @param nonce As in `revokeBySig`.
    function renounce(address avatar, Subkey calldata subkey, uint64 nonce, bytes calldata proof) external;

    /// @notice Whether the subkey may act for the avatar now.
    function isValid(address avatar, bytes32 subkeyId) external view returns (bool);

    /// @notice Whether the subkey may act for the avatar now, and signed `hash`, in one of the forms above. The caller sees to
    /// it that `hash` says what it is for.
    function isValidSignature(
        address avatar,
        Subkey calldata subkey,
        bytes32 hash,
        bytes calldata signature
    ) external view returns (bool);

    /// @notice Where a subkey stands.
    /// @return nonce What the next authorisation has to name.
    /// @return validUntil Unix seconds from which on it is not valid any more; the largest number for never, 0 if it is not
    /// authorised.
    function authorizationOf(address avatar, bytes32 subkeyId) external view returns (uint64 nonce, uint64 validUntil);

    /// @notice The name of a subkey.
    function subkeyIdOf(Subkey calldata subkey) external pure returns (bytes32);
}

import { type Person, type SignedLink, attest, person, signLink } from "./contractLinks.ts";
import { type Registries, addAttesters, useRegistries } from "./contracts.ts";

/** Somebody with an avatar and a wallet. */
export interface Member {
  avatar: Person;
  wallet: Person;
}

export function member(name: string): Member {
  return { avatar: person(name), wallet: person(`${name}'s wallet`) };
}

export const alice = member("alice");
export const mallory = member("mallory");

/** Those who attest; on GitHub two of them make a quorum. */
export const attesters = ["one", "two", "three"].map((name) => person(`attester ${name}`));

/** The registries, and what tests do with them; it remembers the last link of each chain. */
export interface Gate extends Registries {
  signer: (who: Person) => ReturnType<Registries["ethers"]["getImpersonatedSigner"]>;
  /** Signs the next link of somebody's chain. */
  next: (who: Member, fields: Parameters<typeof signLink>[1]) => SignedLink;
  /** Binds a wallet that signs for itself. */
  bindWallet: (who: Member, wallet: Person) => Promise<SignedLink>;
  /** Binds a GitHub account that a quorum saw. */
  bindAccount: (who: Member, identity: string, accountId: string) => Promise<SignedLink>;
  /** Binds somebody's wallet, which then names its avatar. */
  enrol: (who: Member) => Promise<void>;
}

/** Sets up, before each test of a suite, attesters with a quorum of two on GitHub, and {@link alice} and {@link mallory}. */
export function useGate(): () => Gate {
  const registries = useRegistries();
  let world: Gate;

  beforeEach(async () => {
    const { registry, ethers, networkHelpers } = registries();
    const chains = new Map<Member, SignedLink>();
    const signer = async ({ address }: Person) => {
      await networkHelpers.setBalance(address, 10n ** 18n);
      return ethers.getImpersonatedSigner(address);
    };
    const next: Gate["next"] = (who, fields) => {
      const before = chains.get(who);
      const link = signLink(who.avatar, { ...fields, ...(before ? { after: before } : {}) });
      chains.set(who, link);
      return link;
    };
    const bindWallet: Gate["bindWallet"] = async (who, wallet) => {
      const link = next(who, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
      await registry.append(link.submission);
      return link;
    };
    world = {
      ...registries(),
      signer,
      next,
      bindWallet,
      bindAccount: async (who, identity, accountId) => {
        const attested = (linkId: string) => attest(attesters.slice(0, 2), { linkId, accountId });
        const link = next(who, { platform: "github", identity, attested });
        await registry.append(link.submission);
        return link;
      },
      enrol: async (who) => {
        await bindWallet(who, who.wallet);
        await registry.connect(await signer(who.wallet)).setAvatar(who.avatar.address);
      },
    };
    await addAttesters(world, attesters);
    await world.attesters.setQuorum("github", 2);
    for (const who of [alice, mallory]) await world.enrol(who);
  });

  return () => world;
}

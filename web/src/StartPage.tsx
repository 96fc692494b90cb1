import { useEffect } from "react";

/** What the page is for, shown while nothing is searched. */
export function StartPage() {
  useEffect(() => {
    document.title = "Syngraph";
  }, []);
  return (
    <section className="intro" aria-label="About">
      <p>
        Syngraph ties accounts, domains and wallets to an <dfn>avatar</dfn>, a key that its owner holds. Every tie is a
        signed link in the avatar’s proof chain, kept by a contract.
      </p>
      <p>Search an identity to see whose it is. Your browser then checks every signature of the chain itself.</p>
    </section>
  );
}

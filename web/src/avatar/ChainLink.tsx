import type { ChainItem, ItemChecks, Verdict as CheckVerdict } from "@syngraph/sdk/client";

import { CopyButton } from "../ui/CopyButton.tsx";
import { Identity } from "../ui/Identity.tsx";
import { Mark } from "../ui/Mark.tsx";
import { Status } from "../ui/Status.tsx";
import { Time } from "../ui/Time.tsx";
import { type CheckedLink, nameOf, sideOf } from "./checkChains.ts";

/** What the outcomes of a check mean. */
interface CheckWords {
  check: keyof ItemChecks;
  title: string;
  pass: string;
  fail: string;
}

const WALLET_WORDS: CheckWords = {
  check: "cosigner",
  title: "Wallet signature",
  pass: "verified: by the wallet’s own key",
  fail: "missing",
};

const ALIAS_WORDS: CheckWords = {
  check: "cosigner",
  title: "Other avatar’s signature",
  pass: "verified: by the other avatar’s key",
  fail: "missing, or not the other avatar’s over this text",
};

/** The checks of a link in the order they are shown. */
function wordsOf(item: ChainItem): readonly CheckWords[] {
  return [
    {
      check: "signature",
      title: "Signature",
      pass: "verified: by this avatar’s key",
      fail: "not this avatar’s over this text",
    },
    {
      check: "order",
      title: "Previous link",
      pass: orderOf(item),
      fail: "does not follow the link before it",
    },
    { check: "text", title: "Text", pass: "says what is shown here", fail: "says something else than is shown here" },
    {
      check: "linkId",
      title: "Link id",
      pass: "made of this text and signature",
      fail: "of another text or signature",
    },
    item.platform === "nextid" ? ALIAS_WORDS : WALLET_WORDS,
  ];
}

function orderOf({ sequence, prev }: ChainItem): string {
  if (sequence !== 1) return `quotes the signature of link ${Number(sequence) - 1}`;
  return prev === null ? "the first link, quotes none" : "imported: quotes a link from before this registry";
}

/** One link: what was signed, how its checks went, and where it stands on chain. */
export function ChainLink({ link }: { link: CheckedLink }) {
  const { item, check, outcome } = link;
  const failed = outcome === "bad";
  const name = nameOf(link);
  return (
    <article className={failed ? "card bad" : "card"} aria-label={name}>
      <h4>
        {item.sequence !== null && <span className="soft">{item.sequence}. </span>}
        {item.action} <Identity of={item} />{" "}
        {item.sequence === null && <span className="soft">by {sideOf(item)} itself</span>}
      </h4>
      {failed && <p className="verdict bad">Not verified: {check.problem}.</p>}
      <dl className="facts">
        <dt>Signed text</dt>
        <dd>
          <pre>{item.signature_payload}</pre>
        </dd>
        <CheckRows item={item} checks={check.checks} />
        <dt>Signed at</dt>
        <dd>
          <Time seconds={item.created_at} />
        </dd>
        {item.proof_location !== "" && (
          <>
            <dt>Proof location</dt>
            <dd>
              <bdi>{item.proof_location}</bdi>
            </dd>
          </>
        )}
        {item.status !== "none" && (
          <>
            <dt>Binding after it</dt>
            <dd>
              <Status status={item.status} />
            </dd>
          </>
        )}
        <dt>Block</dt>
        <dd>{item.block}</dd>
        <dt>Transaction</dt>
        <dd>
          <span className="key">{item.tx_hash}</span>
          <CopyButton text={item.tx_hash} of={`transaction hash of ${name}`} />
        </dd>
      </dl>
    </article>
  );
}

function CheckRows({ item, checks }: { item: ChainItem; checks: ItemChecks }) {
  return wordsOf(item)
    .filter(({ check }) => checks[check] !== "none")
    .map(({ check, title, ...words }) => (
      <div className="row" key={check} data-check={check}>
        <dt>{title}</dt>
        <dd>
          <CheckMark verdict={checks[check]} {...words} />
        </dd>
      </div>
    ));
}

function CheckMark({ verdict, pass, fail }: { verdict: CheckVerdict; pass: string; fail: string }) {
  if (verdict === "pass") return <Mark outcome="good">{pass}</Mark>;
  if (verdict === "fail") return <Mark outcome="bad">{fail}</Mark>;
  return <Mark outcome="open">not by the wallet’s own key; a contract wallet’s can only be checked on chain</Mark>;
}

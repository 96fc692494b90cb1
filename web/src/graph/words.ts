import { useTranslation } from "react-i18next";

/** What a connection may rest on, from the strongest on. */
export const EVIDENCE = [
  "signatures",
  "holding",
  "agreement",
  "account",
  "handle",
  "statement",
  "third_party",
] as const;
export type Evidence = (typeof EVIDENCE)[number];

const KINDS = ["proof", "alias", "hold", "resolve", "reverse_resolve", "claim", "recover"] as const;

/** A kind of evidence that this page has words for; null for those of a later API. */
export function evidenceOf(text: string): Evidence | null {
  return EVIDENCE.find((known) => known === text) ?? null;
}

/** Says of a connection what it is and what it rests on. What is not known here is said as the API says it. */
export function useWords() {
  const { t } = useTranslation("graph");
  return {
    evidence(text: string): string {
      const known = evidenceOf(text);
      return known === null ? text : t(`evidence.${known}.name`);
    },
    sentence({ kind, evidence }: { kind: string; evidence: string }): string {
      const [knownKind, known] = [KINDS.find((one) => one === kind), evidenceOf(evidence)];
      const what = knownKind === undefined ? kind : t(`kind.${knownKind}`);
      return `${what} ${known === null ? evidence : t(`evidence.${known}.sentence`)}`;
    },
  };
}

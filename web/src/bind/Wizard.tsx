import type { Check, PlatformInfo } from "@syngraph/sdk";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button, LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Steps } from "../ui/Steps.tsx";
import { Loading } from "../ui/Waiting.tsx";
import { ChainStep } from "./ChainStep.tsx";
import { CheckStep } from "./CheckStep.tsx";
import { CosignStep } from "./CosignStep.tsx";
import { DoneStep } from "./DoneStep.tsx";
import { removeDraft } from "./drafts.ts";
import { IdentityStep } from "./IdentityStep.tsx";
import { PublishStep } from "./PublishStep.tsx";
import { SignStep } from "./SignStep.tsx";
import { nameOf } from "./platforms.ts";
import { StepBody } from "./StepBody.tsx";
import { Trouble } from "./Trouble.tsx";
import { useBinding } from "./useBinding.ts";

type StepName = "identity" | "sign" | "publish" | "check" | "chain";

/** The steps of a way, by what confirms the binding. */
const WAYS: Readonly<Record<PlatformInfo["side"] | "delete", readonly StepName[]>> = {
  wallet: ["identity", "sign", "chain"],
  avatar: ["identity", "sign", "chain"],
  post: ["identity", "sign", "publish", "check", "chain"],
  delete: ["sign", "chain"],
};

/**
 * The way from an account to a binding on chain.
 *
 * @param uuid of what was begun before; null to begin.
 * @param typed an identity to begin with.
 */
export function Wizard({ platform, uuid, typed }: { platform: PlatformInfo; uuid: string | null; typed: string }) {
  const { t } = useTranslation("bind");
  const open = useBinding(uuid);
  const [chosen, setChosen] = useState<string | null>(null);
  const [seen, setSeen] = useState<Check | null>(null);
  const [editing, setEditing] = useState(false);
  const { binding, step, state, turn } = open;

  if (state === "reading") return <Loading />;
  if (state === "gone") {
    return (
      <Notice
        tone="accent"
        title={t("unfinished.discarded")}
        actions={
          <LinkButton href={`/me/bind/${encodeURIComponent(platform.id)}`}>{t("unfinished.discardedNext")}</LinkButton>
        }
      />
    );
  }
  if (state === "unreadable") {
    return (
      <Trouble
        error={open.error}
        actions={
          <Button icon="trash" onClick={() => removeDraft(uuid!)}>
            {t("unfinished.discard")}
          </Button>
        }
      />
    );
  }
  if (binding && step?.name === "done") return <DoneStep platform={platform} link={binding.link} step={step} />;

  const name = stepName();
  const way = WAYS[binding?.action === "delete" ? "delete" : platform.side];
  const identity = binding?.link.identity ?? chosen;
  const elsewhere = binding !== null && !turn.mine && step?.name !== "pending";
  return (
    <Card
      title={
        identity === null ? (
          t("identity.which")
        ) : (
          <>
            {platform.side === "post" ? <bdi>{identity}</bdi> : <KeyText text={identity} />}{" "}
            <span className="soft">· {nameOf(platform)}</span>
          </>
        )
      }
    >
      <Steps
        current={way.indexOf(name)}
        steps={way.map((one) => ({
          title: t(`steps.${one}`),
          content: one === name && (
            <StepBody key={one}>{elsewhere ? <Elsewhere takeOver={turn.takeOver} /> : content()}</StepBody>
          ),
        }))}
      />
    </Card>
  );

  function stepName(): StepName {
    if (!binding || !step) return chosen === null ? "identity" : "sign";
    if (step.name === "cosign") return "sign";
    if (step.name === "publish" || (editing && step.name === "submit")) return "publish";
    return step.name === "submit" && binding.publishing && seen === null ? "check" : "chain";
  }

  function content(): ReactNode {
    switch (name) {
      case "identity":
        return <IdentityStep platform={platform} typed={typed} onChosen={setChosen} />;
      case "sign":
        return step?.name === "cosign" ? (
          <CosignStep binding={binding!} step={step} />
        ) : (
          <SignStep platform={platform} identity={chosen!} begin={open.begin} onBack={() => setChosen(null)} />
        );
      case "publish":
        return (
          <PublishStep
            platform={platform}
            binding={binding!}
            onPublished={() => {
              setEditing(false);
              setSeen(null);
            }}
          />
        );
      case "check":
        return <CheckStep binding={binding!} onSeen={setSeen} onEdit={() => setEditing(true)} />;
      case "chain":
        return <ChainStep platform={platform} binding={binding!} seen={seen} />;
      default:
        return null;
    }
  }
}

/** Shown in the tabs that wait for another one. */
function Elsewhere({ takeOver }: { takeOver: () => void }) {
  const { t } = useTranslation("bind");
  return (
    <Notice tone="accent" live="status" actions={<Button onClick={takeOver}>{t("unfinished.takeOver")}</Button>}>
      <p>{t("unfinished.elsewhere")}</p>
    </Notice>
  );
}

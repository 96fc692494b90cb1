import { useTranslation } from "react-i18next";

import { Button, LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { Notice } from "../ui/Notice.tsx";
import { platformName } from "../ui/Platform.tsx";
import { type Draft, removeDraft, useDrafts } from "./drafts.ts";

/** Where a draft is gone on with. */
export function draftHref({ platform, uuid }: Pick<Draft, "platform" | "uuid">): string {
  return `/me/bind/${encodeURIComponent(platform)}?draft=${uuid}`;
}

/** What was begun in this browser and is not on chain yet; nothing where nothing was. */
export function Unfinished() {
  const { t } = useTranslation("bind");
  const open = useDrafts().filter(({ ended }) => !ended);
  if (open.length === 0) return null;
  const avatars = open.map(({ avatar }) => avatar);
  return (
    <div className="unfinished">
      <Card title={t("unfinished.title")} flush>
        <ul className="rows">
          {open.map((draft) => (
            <li key={draft.uuid}>
              <span className="row-words">
                <strong>
                  <bdi>{draft.identity}</bdi>
                </strong>
                <span className="soft">
                  {t(`unfinished.${draft.action}`, { platform: platformName(draft.platform) })}
                </span>
              </span>
              <span className="actions">
                {draft.snapshot.outcome === null && (
                  <Button
                    small
                    look="quiet"
                    icon="trash"
                    aria-label={t("unfinished.discardLabel", { identity: draft.identity })}
                    onClick={() => removeDraft(draft.uuid)}
                  >
                    {t("unfinished.discard")}
                  </Button>
                )}
                <LinkButton small href={draftHref(draft)}>
                  {t("unfinished.resume")}
                  <span className="unseen"> {draft.identity}</span>
                </LinkButton>
              </span>
            </li>
          ))}
        </ul>
        {new Set(avatars).size < avatars.length && (
          <div className="row-foot">
            <Notice tone="wait">
              <p>{t("unfinished.conflict")}</p>
            </Notice>
          </div>
        )}
      </Card>
    </div>
  );
}

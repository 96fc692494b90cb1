import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { describeFailure } from "../failure.ts";
import { Notice } from "../ui/Notice.tsx";

/** What something that the reader started failed with, in their language, and what the node or wallet itself says of it. */
export function Trouble({ error, actions }: { error: unknown; actions?: ReactNode }) {
  const { t } = useTranslation("errors");
  if (error === null || error === undefined) return null;
  const { code, detail } = describeFailure(error);
  return (
    <Notice tone="bad" live="alert" title={t(code)} actions={actions}>
      {detail !== "" && (
        <p className="detail" lang="en">
          <bdi>{detail}</bdi>
        </p>
      )}
    </Notice>
  );
}

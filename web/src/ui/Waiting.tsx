import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { describeFailure } from "../failure.ts";
import { Button } from "./Button.tsx";
import { Notice } from "./Notice.tsx";
import { Skeleton } from "./Skeleton.tsx";

/** What a query asks of the API: the part that {@link Waiting} needs. */
type Request<T> = Pick<UseQueryResult<T>, "data" | "error" | "isPending" | "isFetching" | "refetch">;

/**
 * Shows how a request (of `useQuery`) stands, and what it brought once it has: lines in grey, an honest error with "Try again",
 * or `children` with the data.
 *
 * @param what says what is loading, as a sentence: "Loading results …".
 * @param lines how many grey lines to show meanwhile; 0 for the sentence instead.
 */
export function Waiting<T>({
  request,
  what,
  lines = 3,
  children,
}: {
  request: Request<T>;
  what?: string;
  lines?: number;
  children: (value: T) => ReactNode;
}) {
  if (request.data !== undefined) return children(request.data);
  if (request.isPending) return <Loading what={what} lines={lines} />;
  return <Failure error={request.error} retry={() => void request.refetch()} busy={request.isFetching} />;
}

/** While something loads. */
export function Loading({ what, lines = 3 }: { what?: string | undefined; lines?: number }) {
  const { t } = useTranslation();
  return (
    <div className="loading">
      <p role="status" className={lines > 0 ? "unseen" : "soft"}>
        {what ?? t("loading")}
      </p>
      {lines > 0 && <Skeleton lines={lines} />}
    </div>
  );
}

/** What a request ended with, and "Try again". */
export function Failure({ error, retry, busy = false }: { error: unknown; retry?: () => void; busy?: boolean }) {
  const { t } = useTranslation(["common", "errors"]);
  const { code, detail } = describeFailure(error);
  return (
    <Notice
      tone="bad"
      live="alert"
      title={t(`errors:${code}`)}
      actions={
        retry && (
          <Button icon="refresh" busy={busy} onClick={retry}>
            {t("retry")}
          </Button>
        )
      }
    >
      {detail !== "" && <p className="detail">{detail}</p>}
    </Notice>
  );
}

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { describeFailure } from "../failure.ts";

/** What a query asks of the API: the part that {@link Waiting} needs. */
type Request<T> = Pick<UseQueryResult<T>, "data" | "error" | "isPending" | "refetch">;

/**
 * Shows how a request stands, and what it brought once it has.
 *
 * @param what says what is loading, as a sentence; "Loading …" without it.
 * @param skeleton shown instead of the sentence, which is then for readers who do not see the page.
 */
export function Waiting<T>({
  request,
  what,
  children,
}: {
  request: Request<T>;
  what?: string;
  children: (value: T) => ReactNode;
}) {
  if (request.data !== undefined) return children(request.data);
  if (request.isPending) return <Loading what={what} />;
  return <Failure error={request.error} retry={() => void request.refetch()} />;
}

/** A sentence while something loads. */
export function Loading({ what }: { what?: string | undefined }) {
  const { t } = useTranslation();
  return (
    <p className="soft" role="status">
      {what ?? t("loading")}
    </p>
  );
}

/** What a request ended with, and "Try again". */
export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation(["common", "errors"]);
  const { code, detail } = describeFailure(error);
  return (
    <div className="notice failed" role="alert">
      <p>
        <strong>{t(`errors:${code}`)}</strong>
      </p>
      {detail !== "" && <p>{detail}</p>}
      <button type="button" onClick={retry}>
        {t("retry")}
      </button>
    </div>
  );
}

import type { ReactNode } from "react";

import { describeFailure } from "../failure.ts";
import type { Request } from "../useRequest.ts";

/** Shows how a request stands, and what it brought once it has. `what` ends the sentence "Loading …". */
export function Waiting<T>({
  request,
  what,
  children,
}: {
  request: Request<T>;
  what: string;
  children: (value: T) => ReactNode;
}) {
  if (request.state === "done") return children(request.value);
  if (request.state === "loading") {
    return (
      <p className="soft" role="status">
        Loading {what} …
      </p>
    );
  }
  const { title, detail } = describeFailure(request.error);
  return (
    <div className="notice failed" role="alert">
      <p>
        <strong>{title}</strong>
      </p>
      {detail !== "" && <p>{detail}</p>}
      <button type="button" onClick={request.retry}>
        Try again
      </button>
    </div>
  );
}

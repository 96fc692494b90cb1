import type { PathReply, Vertex } from "@syngraph/sdk/client";
import type { UseQueryResult } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { SelectField, TextField } from "../ui/Field.tsx";
import { Notice } from "../ui/Notice.tsx";
import { platformName } from "../ui/Platform.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { Ends, Evidence } from "./Evidence.tsx";
import { Level } from "./Level.tsx";
import { type GraphModel, idOf } from "./model.ts";
import { ShortIdentity } from "../ui/ShortIdentity.tsx";

/** Whether the identity and another one are one person's, and what each step between them rests on. */
export function WhyLinked({
  model,
  to,
  request,
  onAsk,
}: {
  model: GraphModel;
  to: Vertex | null;
  request: UseQueryResult<PathReply>;
  onAsk: (to: Vertex | null) => void;
}) {
  const { t } = useTranslation("graph");
  return (
    <Card
      title={t("why.title")}
      lead={t("why.lead")}
      actions={
        to !== null && (
          <Button small look="quiet" icon="close" onClick={() => onAsk(null)}>
            {t("why.clear")}
          </Button>
        )
      }
    >
      <div className="stack tight">
        <AskForm key={to === null ? "" : idOf(to)} model={model} to={to} onAsk={onAsk} />
        {to !== null && (
          <Waiting request={request} what={t("why.loading")}>
            {(path) => <Answer path={path} />}
          </Waiting>
        )}
      </div>
    </Card>
  );
}

function AskForm({ model, to, onAsk }: { model: GraphModel; to: Vertex | null; onAsk: (to: Vertex) => void }) {
  const { t } = useTranslation("graph");
  const platforms = [
    ...new Set([...model.nodes.map(({ platform }) => platform), ...(to ? [to.platform] : [])]),
  ].toSorted();
  const [platform, setPlatform] = useState(to?.platform ?? platforms[0]!);
  const [identity, setIdentity] = useState(to?.identity ?? "");
  const [error, setError] = useState<string>();

  function ask(event: FormEvent) {
    event.preventDefault();
    if (identity.trim() === "") setError(t("why.missing"));
    else onAsk({ platform, identity: identity.trim() });
  }

  return (
    <form className="graph-ask" noValidate onSubmit={ask}>
      <SelectField label={t("fact.platform")} value={platform} onChange={(event) => setPlatform(event.target.value)}>
        {platforms.map((each) => (
          <option key={each} value={each}>
            {platformName(each)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t("why.identity")}
        value={identity}
        error={error}
        onChange={(event) => {
          setIdentity(event.target.value);
          setError(undefined);
        }}
      />
      <Button type="submit" icon="link">
        {t("why.ask")}
      </Button>
    </form>
  );
}

function Answer({ path }: { path: PathReply }) {
  const { t } = useTranslation("graph");
  const isSame = path.linked && path.steps.length === 0;
  if (!path.linked || isSame) {
    return (
      <Notice tone={isSame ? "accent" : "wait"} live="status" title={t(isSame ? "why.same" : "why.not")}>
        <p>
          <ShortIdentity of={path.from} /> · <ShortIdentity of={path.to} />
        </p>
      </Notice>
    );
  }
  return (
    <div className="stack tight" data-path>
      <p role="status">
        <strong>{t("why.linked", { count: path.steps.length })}</strong>{" "}
        {path.level !== null && (
          <>
            {t("why.weakest")} <Level level={path.level} />
          </>
        )}
      </p>
      <ol className="graph-steps">
        {path.steps.map((step) => (
          <li key={step.edge.id}>
            <p className="graph-step">
              <Ends of={step} />
            </p>
            <Evidence edge={step.edge} />
          </li>
        ))}
      </ol>
    </div>
  );
}

import { Session, type SessionInfo, SyngraphError } from "@syngraph/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useKeyring, useSyngraph, useWallets } from "../app/hooks.ts";
import { tabStore } from "../app/storage.ts";
import { AvatarGate } from "../bind/AvatarGate.tsx";
import "../bind/bind.css";
import { Trouble } from "../bind/Trouble.tsx";
import { useTask } from "../bind/useTask.ts";
import { WalletButtons } from "../bind/WalletButtons.tsx";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Time } from "../ui/Time.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import "./me.css";
import { MeNav } from "./MeNav.tsx";
import { Submissions } from "./Submissions.tsx";

/** The token of a session, for this tab and as long as it is open. */
const STORED = "syngraph.session";

/** Signing in to the node, and what was handed in. */
export function SessionPage() {
  const { t } = useTranslation("me");
  const [token, setToken] = useState(() => tabStore.getItem(STORED));

  function keep(next: string | null) {
    if (next === null) tabStore.removeItem(STORED);
    else tabStore.setItem(STORED, next);
    setToken(next);
  }

  return (
    <>
      <PageHeading title={t("session.title")} lead={t("session.lead")} />
      <MeNav />
      {token === null ? <SignIn onToken={keep} /> : <SignedIn key={token} token={token} onEnd={() => keep(null)} />}
    </>
  );
}

function SignIn({ onToken }: { onToken: (token: string) => void }) {
  const { t } = useTranslation("me");
  const syngraph = useSyngraph();
  const { publicKey } = useKeyring();
  const { wallets, connected, connect, signText } = useWallets();
  const task = useTask();
  const withAvatar = publicKey === null ? {} : { avatar: publicKey };
  return (
    <div className="narrow stack">
      <Card>
        <div className="stack">
          <p className="soft">{t("session.what")}</p>
          <AvatarGate>
            {(avatar) => (
              <div className="actions">
                <Button
                  look="primary"
                  icon="key"
                  busy={task.busy}
                  onClick={() =>
                    void task.run(async (signal) => onToken((await syngraph.signIn(avatar, { signal })).token))
                  }
                >
                  {t("session.withAvatar")}
                </Button>
              </div>
            )}
          </AvatarGate>
          {(wallets.length > 0 || connected) && (
            <>
              <p className="divider">{t("session.wallets")}</p>
              {connected ? (
                <div className="actions">
                  <Button
                    icon="wallet"
                    busy={task.busy}
                    onClick={() =>
                      void task.run(async (signal) => {
                        const signer = { address: connected.address, signText };
                        onToken((await syngraph.signIn(signer, { signal, ...withAvatar })).token);
                      })
                    }
                  >
                    {t("session.withWallet", { name: connected.info.name })}
                  </Button>
                  <KeyText text={connected.address} />
                </div>
              ) : (
                <WalletButtons
                  words={(name) => t("session.connect", { name })}
                  busy={task.busy}
                  onChoose={(uuid) => void task.run(async () => void (await connect(uuid)))}
                />
              )}
            </>
          )}
          <Trouble error={task.error} />
        </div>
      </Card>
    </div>
  );
}

function SignedIn({ token, onEnd }: { token: string; onEnd: () => void }) {
  const { t } = useTranslation("me");
  const syngraph = useSyngraph();
  const request = useQuery({
    queryKey: ["me", "session", token],
    queryFn: ({ signal }) => syngraph.client.session(token, { signal }),
  });
  const { error } = request;
  if (error instanceof SyngraphError && error.status === 401) {
    return (
      <div className="stack">
        <Notice tone="wait" live="status">
          <p>{t("session.over")}</p>
        </Notice>
        <div className="actions">
          <Button onClick={onEnd}>{t("session.again")}</Button>
        </div>
      </div>
    );
  }
  return (
    <Waiting request={request} what={t("session.checking")}>
      {(info) => <Open info={info} session={new Session(syngraph.client, token, info)} onEnd={onEnd} />}
    </Waiting>
  );
}

function Open({ info, session, onEnd }: { info: SessionInfo; session: Session; onEnd: () => void }) {
  const { t } = useTranslation("me");
  const task = useTask();
  return (
    <div className="stack">
      <Card
        title={t("session.who")}
        actions={
          <Button
            icon="unlock"
            busy={task.busy}
            onClick={() =>
              void task.run(async (signal) => {
                await session.signOut({ signal });
                onEnd();
              })
            }
          >
            {t("session.out")}
          </Button>
        }
      >
        <Facts
          of={[
            [t("session.avatar"), <KeyText key="avatar" text={info.avatar} wide />],
            [t("session.signer"), <KeyText key="signer" text={info.signer} wide />],
            [t("session.until"), <Time key="until" seconds={info.expires_at} />],
          ]}
        />
        <Trouble error={task.error} />
      </Card>
      <Submissions session={session} />
    </div>
  );
}

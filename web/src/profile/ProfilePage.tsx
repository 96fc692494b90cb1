import { useQuery } from "@tanstack/react-query";
import { parsePublicKey } from "@syngraph/sdk/protocol";
import { useTranslation } from "react-i18next";
import { useSearch } from "wouter/use-browser-location";

import { useParam } from "../app/location.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { platformName } from "../ui/Platform.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { Choice } from "./Choice.tsx";
import { PersonPage } from "./PersonPage.tsx";
import { type Asked, fetchPeople, fetchProfile } from "./profile.ts";

import "./profile.css";

/** `/avatar/:key` and `/@:identity`: who somebody is, and what every claim of theirs rests on. */
export function ProfilePage() {
  const identity = useParam("identity");
  const platform = (new URLSearchParams(useSearch()).get("platform") ?? "").trim().toLowerCase();
  const key = useParam("key");
  if (key !== "") return <AvatarProfile key={key} name={key} />;
  const own = keyOf(identity);
  // A key is nobody's name: whoever writes it so means the avatar.
  if (own !== undefined && platform === "") return <AvatarProfile key={own} name={own} />;
  return <NamedProfile key={`${platform} ${identity}`} identity={identity} platform={platform} />;
}

/** @param name a public key or an address. */
function AvatarProfile({ name, asked }: { name: string; asked?: Asked }) {
  const { t } = useTranslation("profile");
  const isKey = /^0x[0-9a-f]{40}$/i.test(name) || keyOf(name) !== undefined;
  const request = useQuery({
    queryKey: ["profile", name],
    queryFn: ({ signal }) => fetchProfile(name, signal),
    enabled: isKey,
  });
  if (!isKey) return <Nobody title={t("nobody.invalid")} />;
  if (!request.data) {
    if (request.data === null) return <Nobody title={t("nobody.unknownKey")}>{t("nobody.unknownKeyText")}</Nobody>;
    return (
      <>
        <PageHeading title={asked ? asked.identity : t("title")} />
        <Waiting request={request} what={t("loading")} lines={8}>
          {() => null}
        </Waiting>
      </>
    );
  }
  return <PersonPage profile={request.data} {...(asked && { asked })} />;
}

function NamedProfile({ identity, platform }: { identity: string; platform: string }) {
  const { t } = useTranslation("profile");
  const request = useQuery({
    queryKey: ["people", platform, identity],
    queryFn: ({ signal }) => fetchPeople(identity, platform, signal),
  });
  const [person, ...more] = request.data ?? [];
  if (person && more.length === 0) return <AvatarProfile name={person.avatar} asked={person} />;
  if (person) return <Choice identity={identity} people={[person, ...more]} />;
  if (request.data) {
    const where = platform === "" ? "" : t("nobody.where", { platform: platformName(platform) });
    return (
      <Nobody title={t("nobody.title", { identity })} query={identity}>
        {t("nobody.text", { where })}
      </Nobody>
    );
  }
  return (
    <>
      <PageHeading title={identity} />
      <Waiting request={request} what={t("loading")} lines={8}>
        {() => null}
      </Waiting>
    </>
  );
}

function Nobody({ title, query, children }: { title: string; query?: string; children?: string }) {
  const { t } = useTranslation("profile");
  return (
    <>
      <PageHeading title={title}>
        <bdi>{title}</bdi>
      </PageHeading>
      <Card>
        <div role="status">
          <EmptyState
            icon="search"
            title={children ?? title}
            {...(query !== undefined && { children: t("nobody.advice") })}
            action={
              <>
                <LinkButton icon="search" href={query === undefined ? "/" : `/?q=${encodeURIComponent(query)}&any=1`}>
                  {t("nobody.search")}
                </LinkButton>
                {query !== undefined && (
                  <LinkButton icon="plus" href="/me/bind">
                    {t("nobody.bind")}
                  </LinkButton>
                )}
              </>
            }
          />
        </div>
      </Card>
    </>
  );
}

function keyOf(text: string): string | undefined {
  try {
    return parsePublicKey(text).compressed;
  } catch {
    return undefined;
  }
}

import type { PlatformInfo } from "@syngraph/sdk";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "wouter";

import { useParam } from "../app/hooks.ts";
import { MissingPage } from "../app/MissingPage.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { PageHeading } from "../ui/PageHeading.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import "./bind.css";
import { ChoosePlatform } from "./ChoosePlatform.tsx";
import { tidyDrafts } from "./drafts.ts";
import { nameOf, usePlatforms } from "./platforms.ts";
import { Unfinished } from "./Unfinished.tsx";
import { Wizard } from "./Wizard.tsx";

/** `/me/bind`: which platform; `/me/bind/<platform>`: the way through it, and with `?draft=` on from where it was left. */
export function BindPage() {
  const { t } = useTranslation("bind");
  const id = useParam("platform");
  const request = usePlatforms();
  useEffect(() => tidyDrafts(), []);
  if (id === "") {
    return (
      <>
        <PageHeading title={t("title")} lead={t("lead")} />
        <Unfinished />
        <Waiting request={request} what={t("choose.loading")}>
          {(platforms) => <ChoosePlatform platforms={platforms} />}
        </Waiting>
      </>
    );
  }
  return (
    <Waiting request={request} what={t("choose.loading")}>
      {(platforms) => {
        const platform = platforms.find((one) => one.id === id);
        return platform ? <OnePlatform key={id} platform={platform} /> : <MissingPage />;
      }}
    </Waiting>
  );
}

function OnePlatform({ platform }: { platform: PlatformInfo }) {
  const { t } = useTranslation("bind");
  const [search] = useSearchParams();
  return (
    <div className="wizard">
      <PageHeading
        title={t("titleOf", { platform: nameOf(platform) })}
        actions={
          <LinkButton href="/me/bind" look="quiet" icon="back">
            {t("otherPlatform")}
          </LinkButton>
        }
      />
      <Wizard platform={platform} uuid={search.get("draft")} typed={search.get("identity") ?? ""} />
    </div>
  );
}

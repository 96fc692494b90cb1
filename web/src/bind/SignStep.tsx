import type { PlatformInfo } from "@syngraph/sdk";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { AvatarGate } from "./AvatarGate.tsx";
import { isolated } from "./isolated.ts";
import { nameOf } from "./platforms.ts";
import { Trouble } from "./Trouble.tsx";
import type { OpenBinding } from "./useBinding.ts";
import { useTask } from "./useTask.ts";

/** Has the avatar sign. The node is asked for what it alone knows; the text is built here, and nothing else is signed. */
export function SignStep({
  platform,
  identity,
  begin,
  onBack,
}: {
  platform: PlatformInfo;
  identity: string;
  begin: OpenBinding["begin"];
  onBack: () => void;
}) {
  const { t } = useTranslation(["bind", "common"]);
  const task = useTask();
  return (
    <>
      <p>{t("sign.what", { identity: isolated(identity), platform: nameOf(platform) })}</p>
      <AvatarGate>
        {(avatar) => (
          <div className="actions">
            <Button look="quiet" icon="back" onClick={onBack}>
              {t("common:back")}
            </Button>
            <Button
              look="primary"
              icon="pen"
              busy={task.busy}
              onClick={() =>
                void task.run(async () => {
                  await begin(avatar, { action: "create", platform: platform.id, identity });
                })
              }
            >
              {t("sign.button")}
            </Button>
          </div>
        )}
      </AvatarGate>
      <Trouble error={task.error} />
    </>
  );
}

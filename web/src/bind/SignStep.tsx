import type { PlatformInfo } from "@syngraph/sdk";
import { Trans, useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { AvatarGate } from "./AvatarGate.tsx";
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
  const { t } = useTranslation("bind");
  const task = useTask();
  return (
    <>
      <p>
        <Trans t={t} i18nKey="sign.what" values={{ identity, platform: platform.name }} components={{ b: <bdi /> }} />
      </p>
      <AvatarGate>
        {(avatar) => (
          <div className="actions">
            <Button look="quiet" onClick={onBack}>
              {t("back")}
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

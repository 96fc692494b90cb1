import { type Binding, type PlatformInfo, composeHref, languagesOf } from "@syngraph/sdk";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "../ui/Button.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { ExternalLink } from "../ui/ExternalLink.tsx";
import { Facts } from "../ui/Facts.tsx";
import { SelectField, TextField } from "../ui/Field.tsx";
import { nameOf, slipOf, usePlatformText } from "./platforms.ts";
import { SignedText } from "./SignedText.tsx";
import { Trouble } from "./Trouble.tsx";
import { useTask } from "./useTask.ts";

/** What is to be published, ready to be copied, and where it then is. */
export function PublishStep({
  platform,
  binding,
  onPublished,
}: {
  platform: PlatformInfo;
  binding: Binding;
  onPublished: () => void;
}) {
  const { t, i18n } = useTranslation("bind");
  const text = usePlatformText();
  const { post } = binding.publishing!;
  const languages = languagesOf(post.contents, i18n.language);
  const [language, setLanguage] = useState(languages[0]!);
  const content = post.contents[language] ?? post.contents["default"]!;
  const href = platform.compose && composeHref(platform.compose, { post: content, identity: binding.link.identity });

  return (
    <>
      <p>{text("publish.how", platform.id)}</p>
      {languages.length > 1 && (
        <SelectField
          label={t("publish.language")}
          value={language}
          onChange={(event) => setLanguage(event.target.value)}
        >
          {languages.map((one) => (
            <option key={one} value={one}>
              {one === "default" ? t("publish.languageDefault") : languageName(one, i18n.language)}
            </option>
          ))}
        </SelectField>
      )}
      {post.txt ? (
        <Record name={binding.link.identity} value={content} strings={post.txt} />
      ) : (
        <Post file={post.file} content={content} />
      )}
      {href && (
        <p className="actions">
          <ExternalLink button href={href}>
            {t(platform.compose!.includes("{post}") ? "publish.openPrefilled" : "publish.open", {
              platform: nameOf(platform),
            })}
          </ExternalLink>
        </p>
      )}
      <Location platform={platform} binding={binding} onPublished={onPublished} />
      <p className="soft small-text">{t("publish.stay")}</p>
      <SignedText text={binding.text} />
    </>
  );
}

/** A text, or a file with a name that it must have. */
function Post({ file, content }: { file: string | undefined; content: string }) {
  const { t } = useTranslation("bind");
  return (
    <div className="stack">
      {file !== undefined && (
        <div className="copyable-block">
          <div className="copyable-head">
            <span className="label">{t("publish.file")}</span>
            <CopyButton text={file} of={t("publish.copyFile")} labelled />
          </div>
          <pre className="copyable">{file}</pre>
        </div>
      )}
      <div className="copyable-block">
        <div className="copyable-head">
          <span className="label">{t(file === undefined ? "publish.text" : "publish.content")}</span>
          <CopyButton text={content} of={t(file === undefined ? "publish.copyText" : "publish.copyContent")} labelled />
        </div>
        <pre className="copyable" data-post>
          {content}
        </pre>
      </div>
    </div>
  );
}

/** A record in the Domain Name System, field by field as DNS providers ask for it. */
function Record({ name, value, strings }: { name: string; value: string; strings: readonly string[] }) {
  const { t } = useTranslation("bind");
  const quoted = strings.map((string) => `"${string.replace(/["\\]/g, String.raw`\$&`)}"`).join(" ");
  return (
    <div className="stack">
      <Facts
        of={[
          [t("publish.recordType"), <code key="type">TXT</code>],
          [
            t("publish.recordName"),
            <span key="name" className="with-copy">
              <span>{t("publish.recordHere", { name })}</span>
              <CopyButton text={name} of={t("publish.copyName")} />
            </span>,
          ],
        ]}
      />
      <div className="copyable-block">
        <div className="copyable-head">
          <span className="label">{t("publish.recordValue")}</span>
          <CopyButton text={value} of={t("publish.copyValue")} labelled />
        </div>
        <pre className="copyable" data-post>
          {value}
        </pre>
      </div>
      {strings.length > 1 && (
        <details className="more">
          <summary>{t("publish.recordStrings")}</summary>
          <div className="copyable-block">
            <div className="copyable-head">
              <span className="label">TXT</span>
              <CopyButton text={quoted} of={t("publish.copyStrings")} labelled />
            </div>
            <pre className="copyable">{quoted}</pre>
          </div>
        </details>
      )}
    </div>
  );
}

/** Asks where it was published, where the platform's proofs have an address, and goes on. */
function Location({
  platform,
  binding,
  onPublished,
}: {
  platform: PlatformInfo;
  binding: Binding;
  onPublished: () => void;
}) {
  const { t } = useTranslation("bind");
  const [value, setValue] = useState(binding.proofLocation);
  const [error, setError] = useState<string>();
  const task = useTask();
  const { needed } = binding.publishing!.location;
  const rule = platform.location?.rule ?? binding.publishing!.location.rule;

  function submit(event: FormEvent) {
    event.preventDefault();
    const slip = needed ? slipOf(value, platform.location?.shapes ?? []) : null;
    if (slip !== null) {
      setError(
        t(slip === "empty" ? "publish.locationEmpty" : "publish.locationInvalid", {
          rule,
          text: value.trim().slice(0, 200),
        }),
      );
      return;
    }
    void task.run(() => {
      binding.published(needed ? value : "");
      onPublished();
    });
  }

  return (
    <form className="stack" onSubmit={submit} noValidate>
      {needed && (
        <TextField
          label={t("publish.location")}
          hint={t("publish.locationExpected", { rule })}
          error={error}
          value={value}
          inputMode="url"
          onChange={(event) => {
            setValue(event.target.value);
            setError(undefined);
          }}
        />
      )}
      <div className="actions">
        <Button type="submit" look="primary" icon="check" busy={task.busy}>
          {t("publish.button")}
        </Button>
      </div>
      <Trouble error={task.error} />
    </form>
  );
}

/** A language's name in the reader's own; Next.ID writes `zh_CN`. */
function languageName(language: string, reader: string): string {
  try {
    return new Intl.DisplayNames([reader], { type: "language" }).of(language.replace("_", "-")) ?? language;
  } catch {
    return language;
  }
}

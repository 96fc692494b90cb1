import { type ComponentProps, type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { Icon } from "./icons.tsx";

/** What a form control is called, and what is wrong with it. */
interface Label {
  label: ReactNode;
  /** What to put in, under the label. */
  hint?: ReactNode;
  /** What is wrong with what was put in; told at once to readers who do not see it. */
  error?: string | undefined;
}

/** The attributes that tie a control to its label, hint and error. */
interface Control {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

/** A label with any control: `children` gets the attributes that tie the two. */
export function Field({ label, hint, error, children }: Label & { children: (control: Control) => ReactNode }) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`]
    .filter(Boolean)
    .join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint !== undefined && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        "aria-describedby": described === "" ? undefined : described,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      <div role="alert" id={`${id}-error`}>
        {error !== undefined && (
          <p className="error">
            <Icon name="alert" size={16} /> {error}
          </p>
        )}
      </div>
    </div>
  );
}

/** A line of text. Nothing is corrected, capitalised or remembered by the browser unless told: what is put in are names and keys. */
export function TextField({ label, hint, error, ...input }: Label & ComponentProps<"input">) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <input type="text" autoComplete="off" autoCapitalize="none" spellCheck={false} {...input} {...control} />
      )}
    </Field>
  );
}

/** Several lines of text. */
export function TextArea({ label, hint, error, ...area }: Label & ComponentProps<"textarea">) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <textarea autoComplete="off" autoCapitalize="none" spellCheck={false} rows={4} {...area} {...control} />
      )}
    </Field>
  );
}

/** A choice of one from a list that the browser draws; `children` are its options. */
export function SelectField({ label, hint, error, children, ...select }: Label & ComponentProps<"select">) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <select {...select} {...control}>
          {children}
        </select>
      )}
    </Field>
  );
}

/**
 * A password or another secret, which can be shown.
 *
 * @param autoComplete `current-password`, or `new-password` where one is chosen: password managers go by it. `off` for keys.
 */
export function PasswordField({
  label,
  hint,
  error,
  ...input
}: Label & ComponentProps<"input"> & { autoComplete: "current-password" | "new-password" | "off" }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <span className="with-button">
          <input {...input} {...control} type={shown ? "text" : "password"} autoCapitalize="none" spellCheck={false} />
          <button type="button" className="in-field" aria-pressed={shown} onClick={() => setShown(!shown)}>
            <Icon name={shown ? "eyeOff" : "eye"} />
            <span className="unseen">{t("showPassword")}</span>
          </button>
        </span>
      )}
    </Field>
  );
}

/** A box to tick, with what it means at its side. */
export function Checkbox({ label, ...input }: { label: ReactNode } & ComponentProps<"input">) {
  return (
    <label className="option">
      <input {...input} type="checkbox" /> <span>{label}</span>
    </label>
  );
}

/** A choice of one of a few that are all shown. */
export function ChoiceField<T extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  label: ReactNode;
  choices: readonly { value: T; label: ReactNode }[];
  value: T;
  onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="choices">
      <legend>{label}</legend>
      <div>
        {choices.map((choice) => (
          <label key={choice.value}>
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

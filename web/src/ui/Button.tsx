import type { ComponentProps, ReactNode } from "react";
import { Link } from "wouter";

import { Icon, type IconName } from "./icons.tsx";

interface Look {
  /** `primary`: the one thing to do here; `secondary` (unless told); `quiet`: without a frame; `danger`: takes something away. */
  look?: "primary" | "secondary" | "quiet" | "danger";
  icon?: IconName;
  /** For places with many of them, as in rows of a list. */
  small?: boolean;
  /** Shows the icon alone; the text is still its name. */
  iconOnly?: boolean;
}

function classOf({ look = "secondary", small, iconOnly }: Look): string {
  return ["button", look, small && "small", iconOnly && "icon-only"].filter(Boolean).join(" ");
}

function Inside({ icon, iconOnly, children }: Pick<Look, "icon" | "iconOnly"> & { children: ReactNode }) {
  return (
    <>
      {icon && <Icon name={icon} size={18} />}
      <span className={iconOnly ? "unseen" : "button-text"}>{children}</span>
    </>
  );
}

/**
 * A button. Its type is `button` unless told, so that it submits no form by accident.
 *
 * @param busy while what it started runs: it says so, keeps the focus, and does nothing when pressed again.
 */
export function Button({
  look,
  icon,
  small,
  iconOnly,
  busy = false,
  onClick,
  children,
  ...rest
}: Look & { busy?: boolean } & ComponentProps<"button">) {
  return (
    <button
      type="button"
      {...rest}
      className={classOf({ ...(look && { look }), ...(small && { small }), ...(iconOnly && { iconOnly }) })}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      // Not `disabled`: that would throw the focus away.
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy && <Spinner />}
      <Inside {...(icon && !busy && { icon })} iconOnly={iconOnly ?? false}>
        {children}
      </Inside>
    </button>
  );
}

/** A link that looks like a button: it goes to another page of ours. */
export function LinkButton({
  href,
  look,
  icon,
  small,
  iconOnly,
  children,
}: Look & { href: string; children: ReactNode }) {
  return (
    <Link
      href={href}
      className={classOf({ ...(look && { look }), ...(small && { small }), ...(iconOnly && { iconOnly }) })}
    >
      <Inside {...(icon && { icon })} iconOnly={iconOnly ?? false}>
        {children}
      </Inside>
    </Link>
  );
}

/** Turns while something is under way; for the eye only. Still where the reader wants no motion. */
export function Spinner() {
  return <span className="spinner" aria-hidden="true" />;
}

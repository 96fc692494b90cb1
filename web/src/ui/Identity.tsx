import { Platform } from "./Platform.tsx";

/** A platform and an identity on it; isolated, since an identity may hold characters that turn the writing direction. */
export function Identity({ of }: { of: { platform: string; identity: string } }) {
  return (
    <span className="identity">
      <Platform platform={of.platform} /> <bdi>{of.identity}</bdi>
    </span>
  );
}

/** Outlines on a grid of 24, drawn for this page; one or more paths each. */
const PATHS = {
  activity: "M3 12h4l2.5-7 5 14L17 12h4",
  alert: "M12 4 2.8 19.5h18.4zM12 10v4.2M12 17v.01",
  arrow: "M4.5 12h15M13 5.5l6.5 6.5-6.5 6.5",
  back: "M19.5 12h-15M11 5.5 4.5 12l6.5 6.5",
  check: "m5 12.5 4.6 4.5L19 7.5",
  chevron: "m9.5 6 6 6-6 6",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2",
  close: "m6 6 12 12M18 6 6 18",
  copy: "M9 9h10.5v10.5H9zM15 9V4.5H4.5V15H9",
  domain:
    "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M3.5 12h17M12 3.5c2.4 2.3 3.6 5.1 3.6 8.5s-1.2 6.2-3.6 8.5c-2.4-2.3-3.6-5.1-3.6-8.5S9.6 5.8 12 3.5",
  download: "M12 4v11M7 10.5l5 5 5-5M4.5 19.5h15",
  external: "M13.5 4.5h6v6M19.5 4.5 11 13M17.5 14v5.5h-13v-13H10",
  eye: "M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12M12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6",
  eyeOff:
    "M9.9 6.1c.7-.2 1.4-.3 2.1-.3 6 0 9.5 6.2 9.5 6.2s-.9 1.7-2.6 3.3M6 8c-2.3 1.7-3.5 4-3.5 4S6 18.2 12 18.2c1.7 0 3.2-.5 4.5-1.2M4 4l16 16",
  filter: "M3.5 5.5h17l-6.6 7.8v5.7l-3.8-2v-3.7z",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  graph:
    "M6 3.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M18 8.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M8 15.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M8.3 7l7.4 3M9.7 16.3l6.4-3.7",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 11v5M12 8v.01",
  key: "M8 11.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M11.2 12.8l8.3-8.3M16 8l3 3M13.5 10.5l1.5 1.5",
  language:
    "M3.5 6h9M8 3.5V6M10.7 6c-1 3.5-3.5 6.2-7.2 8M5.5 9c1.3 2 3 3.4 5.3 4.3M11.5 20.5l4.5-11 4.5 11M13.1 17h5.8",
  link: "M9 15l6-6M10.5 7.5 13 5a4.2 4.2 0 0 1 6 6l-2.5 2.5M13.5 16.5 11 19a4.2 4.2 0 0 1-6-6l2.5-2.5",
  lock: "M5 10.5h14v10H5zM8 10.5V7.5a4 4 0 0 1 8 0v3M12 14.5v2",
  minus: "M5 12h14",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10",
  passkey:
    "M10 4a3.8 3.8 0 1 0 0 7.6A3.8 3.8 0 0 0 10 4M3 20c.3-3.8 3-6 7-6 1 0 1.9.1 2.7.4M18 11.5a2.7 2.7 0 0 0-1.2 5.1V21l1.2 1 1.5-1.5-.9-1.1.9-1.1-.7-1.1a2.7 2.7 0 0 0-.8-5.7",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  pen: "M4.5 19.5l1-4.5L16 4.5 19.5 8 9 18.5z",
  plus: "M12 5v14M5 12h14",
  post: "M4 5h16v11.5h-9L7 20v-3.5H4zM8 9h8M8 12.5h5",
  question: "M8.8 9a3.3 3.3 0 1 1 4.7 3c-1 .5-1.5 1.2-1.5 2.3M12 18v.01",
  refresh: "M19.5 5v5h-5M4.5 19v-5h5M19 10A7.5 7.5 0 0 0 5.8 7.5M5 14a7.5 7.5 0 0 0 13.2 2.5",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 20 20",
  server: "M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5v.01M7.5 16.5v.01M11 7.5h5M11 16.5h5",
  settings:
    "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4M9 14.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4",
  shield: "M12 3.5 5 6v5.5c0 4.3 2.8 7.3 7 9 4.2-1.7 7-4.7 7-9V6zM9 12l2.2 2.2L15.2 10",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  system: "M3.5 4.5h17v11.5h-17zM8.5 20h7M12 16v4",
  trash: "M4.5 6.5h15M9 6.5V4h6v2.5M6.5 6.5l.8 13.5h9.4l.8-13.5M10 10.5v5.5M14 10.5v5.5",
  unlink: "M10.5 7.5 13 5a4.2 4.2 0 0 1 6 6l-1.5 1.5M13.5 16.5 11 19a4.2 4.2 0 0 1-6-6l1.5-1.5M4.5 4.5l15 15",
  unlock: "M5 10.5h14v10H5zM8 10.5V7.5a4 4 0 0 1 7.7-1.5M12 14.5v2",
  upload: "M12 15.5v-11M7 9l5-5 5 5M4.5 19.5h15",
  user: "M12 3.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c.4-4 3.2-6 7.5-6s7.1 2 7.5 6",
  users:
    "M9 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M2.5 19.5c.3-3.5 2.7-5 6.5-5s6.2 1.5 6.5 5M16 5a3.3 3.3 0 0 1 0 6.3M18 14.8c2 .6 3.2 2.1 3.5 4.7",
  wallet: "M4 7.5h15.5v12H4zM4 7.5 15.5 4v3.5M15.5 13.5h.01",
} as const;

/** The name of an icon of {@link Icon}. */
export type IconName = keyof typeof PATHS;

/**
 * A small drawing beside a word. It is for the eye only: whatever it says, a text must say too.
 *
 * @param size in pixels; 20 unless told.
 */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The sign of Syngraph: two links of a chain. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="2.6">
        <rect x="5.5" y="11" width="12.5" height="10" rx="5" />
        <rect x="14" y="11" width="12.5" height="10" rx="5" />
      </g>
    </svg>
  );
}

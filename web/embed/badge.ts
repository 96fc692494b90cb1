/** What the API says of an account, as far as it is shown: see `GET /badge/{platform}/{identity}.json`. */
interface Badge {
  state: string;
  title: string;
  label: string;
  message: string;
  profile: string;
}

/** The server that this file comes from. */
const HOME = new URL(import.meta.url).origin;

/** What is said where the API says nothing, by the beginning of the page's language. */
const UNKNOWN: Readonly<Record<string, { waiting: string; failed: string }>> = {
  en: { waiting: "checking …", failed: "cannot be checked now" },
  zh: { waiting: "正在检查……", failed: "暂时无法检查" },
};

/** Constructed, since a strict policy of the embedding page forbids style elements, and takes nothing from `style-src` for this. */
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: inline-block; vertical-align: middle; color-scheme: light dark; --ok: #14662f; --warn: #7a4a00; --bad: #a61b1b; --none: #555d6b; }
  a, span.whole {
    display: inline-flex; max-width: 100%; overflow: hidden; border-radius: 6px; text-decoration: none;
    font: 600 13px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  }
  a:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px; }
  .label, .message { padding: 5px 9px; color: #fff; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .label { background: #24292f; font-weight: 500; }
  .message { flex: none; background: var(--none); }
  [data-state="verified"] .message { background: var(--ok); }
  [data-state="disputed"] .message { background: var(--warn); }
  [data-state="invalid"] .message { background: var(--bad); }
`);

/**
 * `<syngraph-badge platform identity [api] [avatar] [lang]>`: whether an account is verified, linked to where that can be
 * checked. Whatever comes from the API is text, and its link leads to the API's own origin alone.
 */
class SyngraphBadge extends HTMLElement {
  static readonly observedAttributes = ["platform", "identity", "api", "avatar", "lang"];

  readonly #root = this.attachShadow({ mode: "open" });
  #asking: AbortController | undefined;

  connectedCallback(): void {
    this.#root.adoptedStyleSheets = [STYLE];
    void this.#refresh();
  }

  disconnectedCallback(): void {
    this.#asking?.abort();
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (this.isConnected && before !== after) void this.#refresh();
  }

  async #refresh(): Promise<void> {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const [platform, identity] = [this.getAttribute("platform") ?? "", this.getAttribute("identity") ?? ""];
    const words = UNKNOWN[this.#language()]!;
    const unknown = { state: "unknown", label: `${platform} ${identity}`, profile: "" };
    this.#show({ ...unknown, message: words.waiting, title: words.waiting });
    let badge: Badge;
    try {
      badge = await this.#ask(platform, identity, asking.signal);
    } catch {
      badge = { ...unknown, message: words.failed, title: `${unknown.label}: ${words.failed}` };
    }
    if (asking.signal.aborted) return;
    this.#show(badge);
    this.dispatchEvent(new CustomEvent("syngraph-badge", { detail: { state: badge.state }, bubbles: true }));
  }

  async #ask(platform: string, identity: string, signal: AbortSignal): Promise<Badge> {
    const url = new URL(`/badge/${encodeURIComponent(platform)}/${encodeURIComponent(identity)}.json`, this.#api());
    url.searchParams.set("lang", this.#language());
    const avatar = this.getAttribute("avatar");
    if (avatar) url.searchParams.set("avatar", avatar);
    // The API learns from which address it is asked, not for which page; no cookies are sent or taken.
    const response = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
    const said = (await response.json()) as Partial<Record<keyof Badge, unknown>>;
    if (!response.ok) throw new Error(String(said));
    const read = (name: keyof Badge): string => String(said[name] ?? "").slice(0, 300);
    const [state, title, label] = [read("state"), read("title"), read("label")];
    return { state, title, label, message: read("message"), profile: this.#own(read("profile")) };
  }

  /** Where the profile is, on the server that was asked; what it names elsewhere is not followed. */
  #own(profile: string): string {
    const url = URL.parse(profile);
    if (!url) return "";
    // Not resolved as an address: a path that begins with two slashes would name another server.
    const own = new URL(this.#api());
    own.pathname = url.pathname;
    own.search = url.search;
    return own.href;
  }

  #api(): string {
    const url = URL.parse(this.getAttribute("api") ?? HOME);
    return url && /^https?:$/.test(url.protocol) ? url.origin : HOME;
  }

  #language(): "en" | "zh" {
    const page = document.documentElement.lang || navigator.language;
    return (this.lang || page).toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  #show({ state, title, label, message, profile }: Badge): void {
    const whole = document.createElement(profile === "" ? "span" : "a");
    whole.className = "whole";
    whole.dataset.state = state;
    whole.title = title;
    if (whole instanceof HTMLAnchorElement) {
      whole.href = profile;
      whole.target = "_blank";
      whole.rel = "noopener";
    }
    whole.append(field("label", label), field("message", message));
    this.#root.replaceChildren(whole);
  }
}

function field(name: string, text: string): HTMLElement {
  const element = document.createElement("bdi");
  element.className = name;
  element.textContent = text;
  return element;
}

if (!customElements.get("syngraph-badge")) customElements.define("syngraph-badge", SyngraphBadge);

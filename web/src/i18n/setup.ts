import i18next, { type BackendModule, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import { localStore } from "../app/storage.ts";

/**
 * The languages of the page. Each has a file for every namespace in its folder. Words that all of them use, English and
 * Chinese: avatar 主身份, identity 身份, binding 绑定, proof chain 证明链, link 链节, claim 声明, attester 见证者, signature 签名,
 * wallet 钱包, subkey 子密钥, passkey 通行密钥, keystore 密钥文件, submission 提交, relayer 中继, node 节点, revoke 撤销.
 */
export const LANGUAGES = ["en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED = "syngraph.language";

/** One chunk for each namespace and language: `./en/common.json`. */
const FILES = import.meta.glob<{ default: Record<string, string> }>("./{en,zh}/*.json");

/** Loads texts when they are first asked for. Chunks are scripts of our own origin, as the strict policy wants. */
const backend: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: async (language: string, namespace: string) => {
    const load = FILES[`./${language}/${namespace}.json`];
    if (!load) throw new Error(`no texts of ${namespace} in ${language}`);
    return (await load()).default;
  },
};

/** The language that the reader chose here before, else the first of the browser's that the page has. */
export function preferredLanguage(): Language {
  const chosen = [localStore.getItem(STORED), ...navigator.languages].flatMap((tag) => tag?.split("-")[0] ?? []);
  return chosen.find((tag) => isLanguage(tag)) ?? "en";
}

function isLanguage(tag: string): tag is Language {
  return (LANGUAGES as readonly string[]).includes(tag);
}

/** Changes the language of the page and remembers it. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStore.setItem(STORED, language);
  await i18next.changeLanguage(language);
}

/** Starts the texts; components suspend until theirs are there. */
export function startTexts(): i18n {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language === "zh" ? "zh-Hans" : language;
  });
  void i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferredLanguage(),
      fallbackLng: false,
      ns: ["common", "errors"],
      defaultNS: "common",
      // React escapes by itself, and our keys hold no dots that were not meant as such.
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  return i18next;
}

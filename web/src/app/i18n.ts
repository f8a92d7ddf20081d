import dayjs from "dayjs";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "antd/es/locale";
import type { Language } from "@/shared/preferences";

interface Bundle {
  resources: Record<string, object>;
  antd: Locale;
}

const BUNDLES: Record<Language, () => Promise<{ default: Bundle }>> = {
  "zh-hans": () => import("./locales/zh"),
  en: () => import("./locales/en"),
};

const TAG: Record<Language, string> = { "zh-hans": "zh-CN", en: "en" };

const antdLocales: Partial<Record<Language, Locale>> = {};

await i18next.use(initReactI18next).init({
  lng: "none",
  fallbackLng: false,
  defaultNS: "shared",
  resources: {},
  interpolation: { escapeValue: false },
  returnNull: false,
});

/** Fetch a language's texts (once) and speak it. */
export async function speak(language: Language): Promise<void> {
  if (!antdLocales[language]) {
    const bundle = (await BUNDLES[language]()).default;
    for (const [namespace, texts] of Object.entries(bundle.resources)) {
      i18next.addResourceBundle(TAG[language], namespace, texts);
    }
    antdLocales[language] = bundle.antd;
  }
  dayjs.locale(language === "en" ? "en" : "zh-cn");
  document.documentElement.lang = TAG[language];
  await i18next.changeLanguage(TAG[language]);
}

export function antdLocale(language: Language): Locale | undefined {
  return antdLocales[language];
}

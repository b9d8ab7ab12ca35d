import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Language } from '../show/format.ts';
import { en, type TextKey } from './en.ts';
import { zh } from './zh.ts';

const STORED = 'seawall.language';

export type Values = Readonly<Record<string, string | number>>;
export type Say = (key: TextKey, values?: Values) => string;

export function initText(): void {
  void i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, zh: { translation: zh } },
    lng: firstLanguage(),
    fallbackLng: 'en',
    keySeparator: false,
    nsSeparator: false,
    // React writes text as text.
    interpolation: { escapeValue: false, skipOnVariables: true },
    initAsync: false,
    returnNull: false,
  });
  document.documentElement.lang = htmlLanguage(currentLanguage());
}

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

const htmlLanguage = (language: Language) => (language === 'zh' ? 'zh-CN' : 'en');

function currentLanguage(): Language {
  return i18next.language === 'zh' ? 'zh' : 'en';
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  document.documentElement.lang = htmlLanguage(language);
  void i18next.changeLanguage(language);
}

export function useText(): Say {
  const { t } = useTranslation();
  return (key, values) => String(t(key, { ...values }));
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'zh' ? 'zh' : 'en';
}

/** For keys that the server chose: undefined when the catalogue does not have it. */
export function knownKey(key: string): TextKey | undefined {
  return Object.hasOwn(en, key) ? (key as TextKey) : undefined; // checked just now
}

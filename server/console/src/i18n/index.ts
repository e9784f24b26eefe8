/** The words of the page in the user's language. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en } from './en';
import { zh } from './zh';

export type Key = keyof typeof en;
export type Language = 'en' | 'zh';
export type Text = (key: Key, values?: Record<string, string | number>) => string;

const WORDS: Record<Language, Record<Key, string>> = { en, zh };
const STORED = 'zim-console-language';

/** The words of a language; `{name}` is replaced by a value. */
export function textOf(language: Language): Text {
  return (key, values = {}) =>
    WORDS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What the user chose, else what the browser asks for. */
export function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'zh') {
    return stored;
  }
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
}

export function remember(language: Language): void {
  localStorage.setItem(STORED, language);
}

export const LanguageContext = createContext<Language>('en');

export const useLanguage = (): Language => useContext(LanguageContext);

export const useText = (): Text => textOf(useContext(LanguageContext));

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { useLanguage, type Language } from '../i18n';

export const LanguageSetter = createContext<(language: Language) => void>(() => {});

/** Changes to the other language; its name is written in itself. */
export function LanguageSwitch() {
  const set = useContext(LanguageSetter);
  const other: Language = useLanguage() === 'en' ? 'zh' : 'en';
  const name = other === 'zh' ? '中文' : 'English';
  return (
    <button type="button" class="quiet small" lang={other} onClick={() => set(other)}>
      {name}
    </button>
  );
}

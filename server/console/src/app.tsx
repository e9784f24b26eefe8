/** The whole page: the gate, or the frame with navigation around one of the pages. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { Api } from './api/client';
import type { Apps } from './api/types';
import { ConsoleContext, useLoad } from './console';
import icon from './icon.svg';
import { LanguageContext, preferred, remember, textOf, useText, type Language } from './i18n';
import { Certificates } from './pages/certificates';
import { Debug } from './pages/debug';
import { Log } from './pages/log';
import { Overview } from './pages/overview';
import { SignIn } from './pages/signin';
import { Strategies } from './pages/strategies';
import { Users } from './pages/users';
import { PAGES, href, useRoute, type Page, type Route } from './router';
import { forgetToken, savedToken, saveToken } from './session';
import { LanguageSetter, LanguageSwitch } from './ui/language';
import { Empty, Ready, SelectField } from './ui/parts';

export function App() {
  const [language, setLanguage] = useState<Language>(preferred);
  const [token, setToken] = useState(savedToken);
  const [wasSignedOut, setSignedOut] = useState(false);

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.title = textOf(language)('brand');
  }, [language]);

  const choose = (language: Language) => {
    remember(language);
    setLanguage(language);
  };
  const signIn = (token: string) => {
    saveToken(token);
    setToken(token);
    setSignedOut(false);
  };
  const signOut = useCallback((byServer: boolean) => {
    forgetToken();
    setToken('');
    setSignedOut(byServer);
  }, []);

  return (
    <LanguageContext.Provider value={language}>
      <LanguageSetter.Provider value={choose}>
        {token ? (
          <SignedIn token={token} signOut={signOut} />
        ) : (
          <SignIn wasSignedOut={wasSignedOut} onToken={signIn} />
        )}
      </LanguageSetter.Provider>
    </LanguageContext.Provider>
  );
}

function SignedIn(props: { token: string; signOut: (byServer: boolean) => void }) {
  const { token, signOut } = props;
  const t = useText();
  const route = useRoute();
  const api = useMemo(() => new Api(token, () => signOut(true)), [token, signOut]);
  const apps = useLoad('apps', () => api.get<Apps>('/apps'));
  const [chosen, setChosen] = useState<number>();
  const ids = apps.data?.apps.map((app) => app.app_id) ?? [];
  const appId = chosen ?? ids[0];
  const context = useMemo(() => appId !== undefined && { api, appId }, [api, appId]);

  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={skip}>
        {t('skip')}
      </a>
      <Side route={route} apps={ids} appId={appId} onApp={setChosen} onSignOut={() => signOut(false)} />
      <main id="main" tabIndex={-1}>
        {context ? (
          <ConsoleContext.Provider value={context}>
            <Shown route={route} key={`${appId} ${route.page}`} />
          </ConsoleContext.Provider>
        ) : (
          <Ready of={apps}>{() => <Empty title={t('apps.none')} />}</Ready>
        )}
      </main>
    </div>
  );
}

/** The fragment is the page's, so the focus is moved by hand. */
function skip(event: Event) {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function Shown(props: { route: Route }) {
  const { page, query } = props.route;
  const pages: Record<Page, () => preact.JSX.Element> = {
    overview: () => <Overview />,
    certificates: () => <Certificates />,
    strategies: () => <Strategies />,
    users: () => <Users query={query} />,
    log: () => <Log query={query} />,
    debug: () => <Debug query={query} />,
  };
  return pages[page]();
}

function Side(props: {
  route: Route;
  apps: number[];
  appId?: number;
  onApp: (id: number) => void;
  onSignOut: () => void;
}) {
  const t = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <div class={`side ${isOpen ? 'open' : ''}`}>
      <div class="brand">
        <img src={icon} alt="" />
        <span>{t('brand')}</span>
        <button
          type="button"
          class="quiet menu"
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setOpen(!isOpen)}
        >
          {t('menu')}
        </button>
      </div>
      <nav id="navigation" aria-label={t('navigation')}>
        {PAGES.map((page) => (
          <a
            key={page}
            href={href(page)}
            aria-current={page === props.route.page ? 'page' : undefined}
            onClick={() => setOpen(false)}
          >
            {t(`nav.${page}`)}
          </a>
        ))}
      </nav>
      <div class="foot">
        {props.apps.length > 0 && (
          <SelectField
            id="app"
            label={t('app')}
            value={String(props.appId)}
            options={props.apps.map((id) => ({ value: String(id), label: String(id) }))}
            onValue={(id) => props.onApp(Number(id))}
          />
        )}
        <div class="row">
          <LanguageSwitch />
          <button type="button" class="quiet small" onClick={props.onSignOut}>
            {t('signout')}
          </button>
        </div>
      </div>
    </div>
  );
}

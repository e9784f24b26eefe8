/** The gate: the admin token, tried against the server before it is kept. */
import { useState } from 'preact/hooks';
import { Api, ApiError } from '../api/client';
import type { Apps } from '../api/types';
import icon from '../icon.svg';
import { useText } from '../i18n';
import { LanguageSwitch } from '../ui/language';
import { Notice, TextField, explain } from '../ui/parts';

export function SignIn(props: { wasSignedOut: boolean; onToken: (token: string) => void }) {
  const t = useText();
  const [token, setToken] = useState('');
  const [fault, setFault] = useState('');
  const [isBusy, setBusy] = useState(false);

  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFault('');
    new Api(token.trim(), () => {}).get<Apps>('/apps').then(
      () => props.onToken(token.trim()),
      (error: unknown) => {
        const isWrong = error instanceof ApiError && error.status === 401;
        setFault(isWrong ? t('signin.wrong') : explain(error, t));
        setBusy(false);
      },
    );
  };

  return (
    <main class="gate">
      <form onSubmit={submit}>
        <div class="brand">
          <img src={icon} alt="" />
          <span>{t('brand')}</span>
          <LanguageSwitch />
        </div>
        <div>
          <h1>{t('signin.title')}</h1>
          <p class="muted">{t('signin.about')}</p>
        </div>
        {props.wasSignedOut && !fault && <Notice kind="warning">{t('signin.ended')}</Notice>}
        {fault && <Notice kind="error">{fault}</Notice>}
        <TextField
          id="token"
          label={t('signin.token')}
          hint={t('signin.hint')}
          type="password"
          autofocus
          required
          value={token}
          onValue={setToken}
        />
        <button type="submit" disabled={isBusy || token.trim() === ''}>
          {isBusy ? t('signin.busy') : t('signin.action')}
        </button>
      </form>
    </main>
  );
}

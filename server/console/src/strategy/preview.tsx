/** What each vendor would get with the strategy as it stands in the form, asked for while it is typed. */
import { useEffect, useState } from 'preact/hooks';
import type { Preview } from '../api/types';
import { useConsole } from '../console';
import { useText, type Key } from '../i18n';
import { href } from '../router';
import { RequestText } from '../ui/exchange';
import { Empty, Fault, Notice, SelectField, TextField } from '../ui/parts';
import { BLOCKS, type Strategy } from './fields';

/** Pause after a key before the server is asked. */
const TYPING_MS = 250;

const KINDS: { value: string; label: Key }[] = [
  { value: 'message', label: 'preview.message' },
  { value: 'call', label: 'preview.call' },
  { value: 'cancel', label: 'preview.cancel' },
  { value: 'badge', label: 'preview.badge' },
];

/** The answer to the newest question; the last good one stays while a form is not right yet. */
function usePreview(question: object): { requests?: Preview[]; error?: unknown } {
  const { api } = useConsole();
  const [state, setState] = useState<{ requests?: Preview[]; error?: unknown }>({});
  const text = JSON.stringify(question);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      api.post<{ requests: Preview[] }>('/strategies/preview', JSON.parse(text)).then(
        ({ requests }) => isCurrent && setState({ requests }),
        (error: unknown) => isCurrent && setState(({ requests }) => ({ requests, error })),
      );
    }, TYPING_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [api, text]);
  return state;
}

export function LivePreview(props: { of: Strategy }) {
  const t = useText();
  const { appId } = useConsole();
  const [kind, setKind] = useState('message');
  const [title, setTitle] = useState(t('preview.sampleTitle'));
  const [content, setContent] = useState(t('preview.sampleContent'));
  const [vendor, setVendor] = useState('');
  const { requests, error } = usePreview({ app_id: appId, strategy: props.of, kind, title, content, payload: '' });
  const vendors = [...new Set(requests?.map((request) => request.vendor) ?? [])];
  const first = BLOCKS.find((one) => props.of[one.block] && vendors.includes(one.vendor))?.vendor;
  const chosen = vendors.includes(vendor) ? vendor : (first ?? vendors[0]);

  return (
    <div class="stack">
      <div class="columns">
        <SelectField
          id="preview-kind"
          label={t('preview.kind')}
          value={kind}
          options={KINDS.map(({ value, label }) => ({ value, label: t(label) }))}
          onValue={setKind}
        />
        <TextField id="preview-title" label={t('push.title')} value={title} onValue={setTitle} />
        <TextField id="preview-content" label={t('push.content')} value={content} onValue={setContent} />
      </div>
      <Fault error={error} />
      {requests?.length === 0 && (
        <Empty title={t('preview.emptyTitle')}>
          {t('preview.empty')} <a href={href('certificates')}>{t('nav.certificates')}</a>
        </Empty>
      )}
      {vendors.length > 0 && (
        <div class="chips" role="group" aria-label={t('certificates.vendor')}>
          {vendors.map((name) => (
            <button
              key={name}
              type="button"
              class="quiet small toggle"
              aria-pressed={name === chosen}
              onClick={() => setVendor(name)}
            >
              {name}
            </button>
          ))}
        </div>
      )}
      <div class="stack" aria-live="polite" data-vendor={chosen}>
        {requests
          ?.filter((request) => request.vendor === chosen)
          .map((request) => (
            <OneRequest key={request.credential} of={request} />
          ))}
      </div>
    </div>
  );
}

function OneRequest(props: { of: Preview }) {
  const { credential, headers, body, warnings, error } = props.of;
  return (
    <div class="exchange">
      {error ? (
        <Notice kind="warning">{error}</Notice>
      ) : (
        <RequestText line={credential} headers={Object.entries(headers ?? {})} body={body ?? ''} />
      )}
      {warnings?.map((warning) => (
        <Notice key={warning} kind="warning">
          {warning}
        </Notice>
      ))}
    </div>
  );
}

/** A vendor's request and answer, and the steps that led there. Secrets come masked from the server. */
import { useText } from '../i18n';
import type { Exchange, Stage } from '../api/types';
import { Copy, Tag } from './parts';
import { toneOf } from './tone';

/** JSON with line breaks, a form with a line per field; anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    const isForm = /^[\w.-]+=[^\s]*$/.test(text);
    return isForm ? [...new URLSearchParams(text)].map(([name, value]) => `${name} = ${value}`).join('\n') : text;
  }
}

const headerLines = (headers: [string, string][]): string =>
  headers.map(([name, value]) => `${name}: ${value}`).join('\n');

/** The request as it would leave, or left. */
export function RequestText(props: { line: string; headers: [string, string][]; body: string }) {
  const t = useText();
  const body = pretty(props.body);
  return (
    <div class="exchange">
      <div class="actions">
        <h3>{t('exchange.request')}</h3>
        <Copy text={body} label={t('exchange.copyBody')} />
      </div>
      <pre tabIndex={0} aria-label={t('exchange.request')}>
        <strong>{props.line}</strong>
        {'\n'}
        <span class="headers">{headerLines(props.headers)}</span>
        {body && `\n\n${body}`}
      </pre>
    </div>
  );
}

export function ExchangeView(props: { of: Exchange }) {
  const t = useText();
  const { of } = props;
  return (
    <>
      <RequestText line={of.request_line} headers={of.request_headers} body={of.request_body} />
      <div class="exchange">
        <h3>{t('exchange.answer')}</h3>
        {of.status === 0 ? (
          <p class="muted">{t('exchange.noAnswer')}</p>
        ) : (
          <pre tabIndex={0} aria-label={t('exchange.answer')}>
            <strong>{of.status}</strong>
            {'\n'}
            <span class="headers">{headerLines(of.response_headers ?? [])}</span>
            {of.response_body && `\n\n${pretty(of.response_body)}`}
          </pre>
        )}
      </div>
    </>
  );
}

/** The stages of a push, the first that failed is the reason. */
export function Stages(props: { of: Stage[] }) {
  const t = useText();
  return (
    <ol class="steps">
      {props.of.map((stage) => (
        <li key={stage.name} class={stage.ok ? 'good' : 'bad'}>
          <div class="head">
            <strong>{stage.name}</strong>
            <Tag tone={stage.ok ? 'good' : toneOf(stage.outcome) === 'waiting' ? 'waiting' : 'bad'}>
              {stage.outcome}
            </Tag>
            <span class="sr-only">{stage.ok ? t('stage.ok') : t('stage.failed')}</span>
          </div>
          {stage.detail && <p class="break muted">{stage.detail}</p>}
          {stage.exchange && <ExchangeView of={stage.exchange} />}
        </li>
      ))}
    </ol>
  );
}

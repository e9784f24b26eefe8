/** Small pieces that every page is made of. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ApiError, NetworkError } from '../api/client';
import type { Loaded } from '../console';
import { useLanguage, useText, type Key, type Text } from '../i18n';
import type { Tone } from './tone';

export function PageHead(props: { title: string; about: string; children?: ComponentChildren }) {
  return (
    <header class="page-head">
      <div>
        <h1>{props.title}</h1>
        <p>{props.about}</p>
      </div>
      {props.children && <div class="actions">{props.children}</div>}
    </header>
  );
}

export function Card(props: { title?: string; children: ComponentChildren; class?: string }) {
  return (
    <section class={`card ${props.class ?? ''}`}>
      {props.title && <h2>{props.title}</h2>}
      {props.children}
    </section>
  );
}

export function Notice(props: { kind: 'error' | 'warning' | 'good' | 'info'; children: ComponentChildren }) {
  const isUrgent = props.kind === 'error';
  return (
    <div class={`notice ${props.kind}`} role={isUrgent ? 'alert' : 'status'}>
      {props.children}
    </div>
  );
}

export function Empty(props: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{props.title}</strong>
      {props.children && <p>{props.children}</p>}
    </div>
  );
}

/** A fault in the user's words; the server's own text, which names the parameter, follows it. */
export function explain(error: unknown, t: Text): string {
  if (error instanceof NetworkError) {
    return t('error.network');
  }
  if (error instanceof ApiError) {
    const text = error.parameter ? `${error.parameter}: ${error.message}` : error.message;
    const known: Partial<Record<number, Key>> = { 429: 'error.tooMany', 503: 'error.unavailable' };
    const key = known[error.status];
    return key ? `${t(key)} (${text})` : text;
  }
  return String(error);
}

export function Fault(props: { error: unknown; retry?: () => void }) {
  const t = useText();
  if (props.error === undefined) {
    return null;
  }
  return (
    <Notice kind="error">
      <span>{explain(props.error, t)}</span>
      {props.retry && (
        <button type="button" class="quiet" onClick={props.retry}>
          {t('retry')}
        </button>
      )}
    </Notice>
  );
}

/** What was loaded, or why it was not, or that it is on its way. */
export function Ready<T>(props: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  const t = useText();
  const { data, error, isLoading, reload } = props.of;
  return (
    <div aria-busy={isLoading}>
      <Fault error={error} retry={reload} />
      {data !== undefined ? props.children(data) : isLoading && <p class="loading">{t('loading')}</p>}
    </div>
  );
}

export function Tag(props: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`tag ${props.tone ?? 'plain'}`}>{props.children}</span>;
}

export function Time(props: { at: number }) {
  const language = useLanguage();
  const date = new Date(props.at);
  const format: Intl.DateTimeFormatOptions = { dateStyle: 'short', timeStyle: 'medium' };
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {date.toLocaleString(language, format)}
    </time>
  );
}

/** A label, its input, a hint and a fault; `children` gets the id that ties them together. */
export function Field(props: {
  label: string;
  id: string;
  hint?: string;
  fault?: string;
  children: ComponentChildren;
}) {
  return (
    <div class={`field ${props.fault ? 'wrong' : ''}`}>
      <label for={props.id}>{props.label}</label>
      {props.children}
      {props.hint && <small id={`${props.id}-hint`}>{props.hint}</small>}
      {props.fault && (
        <small class="fault" role="alert">
          {props.fault}
        </small>
      )}
    </div>
  );
}

/** A labelled line of text. */
export function TextField(props: {
  id: string;
  label: string;
  value: string;
  onValue?: (value: string) => void;
  hint?: string;
  fault?: string;
  type?: 'text' | 'password' | 'number';
  placeholder?: string;
  required?: boolean;
  autofocus?: boolean;
}) {
  const { id, label, hint, fault, onValue } = props;
  return (
    <Field id={id} label={label} hint={hint} fault={fault}>
      <input
        id={id}
        // Preact's types want to know which roles the input may have; these have none.
        type={(props.type ?? 'text') as 'text'}
        value={props.value}
        placeholder={props.placeholder}
        required={props.required}
        autofocus={props.autofocus}
        readOnly={!onValue}
        autocomplete="off"
        spellcheck={false}
        aria-describedby={hint && `${id}-hint`}
        aria-invalid={fault ? true : undefined}
        onInput={(event) => onValue?.(event.currentTarget.value)}
      />
    </Field>
  );
}

export function SelectField(props: {
  id: string;
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onValue: (value: string) => void;
  hint?: string;
  fault?: string;
}) {
  return (
    <Field id={props.id} label={props.label} hint={props.hint} fault={props.fault}>
      <select
        id={props.id}
        value={props.value}
        aria-describedby={props.hint && `${props.id}-hint`}
        onChange={(event) => props.onValue(event.currentTarget.value)}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Copies a text; says so for a moment. */
export function Copy(props: { text: string; label: string }) {
  const t = useText();
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [isDone]);
  // Only pages that came by https or from this machine may write to the clipboard.
  if (!navigator.clipboard) {
    return null;
  }
  return (
    <button
      type="button"
      class="quiet small"
      aria-label={props.label}
      onClick={() => void navigator.clipboard.writeText(props.text).then(() => setDone(true))}
    >
      {isDone ? t('copied') : t('copy')}
    </button>
  );
}

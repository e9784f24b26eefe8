/** A new credential: which vendor, which set, and what that vendor gave out. */
import { useState } from 'preact/hooks';
import type { ApiError } from '../api/client';
import type { Certificate } from '../api/types';
import { useConsole } from '../console';
import { useText } from '../i18n';
import { Dialog } from '../ui/dialog';
import { Fault, Field, SelectField, TextField } from '../ui/parts';
import { FORMS, encoded, faulty, upload, type Input, type Values } from './forms';

export function Upload(props: { onClose: () => void; onDone: (certificate: Certificate) => void }) {
  const t = useText();
  const { api, appId } = useConsole();
  const [id, setId] = useState(FORMS[0]!.id);
  const [appType, setAppType] = useState('1');
  const [values, setValues] = useState<Values>({});
  const [files, setFiles] = useState<Record<string, File>>({});
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const form = FORMS.find((form) => form.id === id)!;
  const blamed = faulty(form, error);

  const choose = (id: string) => {
    setId(id);
    setValues({});
    setFiles({});
    setError(undefined);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    encoded(files)
      .then((files) => api.post<Certificate>('/certificates', upload(form, appId, Number(appType), values, files)))
      .then(props.onDone, (fault: unknown) => {
        setError(fault);
        setBusy(false);
      });
  };
  const shown = (isAdvanced: boolean) =>
    form.inputs
      .filter((input) => (input.isAdvanced ?? false) === isAdvanced)
      .map((input) => (
        <One
          key={`${id} ${input.name}`}
          of={input}
          value={values[input.name] ?? ''}
          fault={input === blamed ? (error as ApiError).message : undefined}
          onValue={(value) => setValues((values) => ({ ...values, [input.name]: value }))}
          onFile={(file) => setFiles((files) => ({ ...files, [input.name]: file }))}
        />
      ));

  return (
    <Dialog wide title={t('certificates.upload')} onClose={props.onClose}>
      <form class="form" onSubmit={submit}>
        <div class="columns">
          <SelectField
            id="vendor"
            label={t('certificates.vendor')}
            value={id}
            options={FORMS.map((form) => ({ value: form.id, label: t(form.title) }))}
            onValue={choose}
          />
          <SelectField
            id="app-type"
            label={t('certificates.set')}
            hint={t('certificates.setHint')}
            value={appType}
            options={['1', '2'].map((set) => ({ value: set, label: set }))}
            onValue={setAppType}
          />
        </div>
        <div class="columns">{shown(false)}</div>
        <details open={blamed?.isAdvanced}>
          <summary>{t('certificates.advanced')}</summary>
          <div class="columns">{shown(true)}</div>
        </details>
        <p class="muted">{t('certificates.secrecy')}</p>
        {!blamed && <Fault error={error} />}
        <footer>
          <button type="button" class="quiet" onClick={props.onClose}>
            {t('cancel')}
          </button>
          <button type="submit" disabled={isBusy}>
            {isBusy ? t('certificates.busy') : t('certificates.action')}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

function One(props: {
  of: Input;
  value: string;
  fault?: string;
  onValue: (value: string) => void;
  onFile: (file: File) => void;
}) {
  const t = useText();
  const { of: input, value, fault, onValue, onFile } = props;
  const id = `new-${input.name}`;
  const label = t(input.label);
  const hint = input.hint && t(input.hint);
  switch (input.kind) {
    case 'choice':
      return (
        <SelectField
          id={id}
          label={label}
          hint={hint}
          fault={fault}
          value={value || input.choices[0]!.value}
          options={input.choices.map((choice) => ({ value: choice.value, label: t(choice.label) }))}
          onValue={onValue}
        />
      );
    case 'flag':
      return (
        <label class="check">
          <input type="checkbox" checked={value !== ''} onChange={(event) => onValue(event.currentTarget.checked ? '1' : '')} />
          {label}
        </label>
      );
    case 'file':
      return (
        <Field id={id} label={label} hint={hint} fault={fault}>
          <input
            id={id}
            type="file"
            accept={input.accept}
            required={input.required}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) {
                onFile(file);
              }
            }}
          />
        </Field>
      );
    default:
      return (
        <TextField
          id={id}
          label={label}
          hint={hint}
          fault={fault}
          type={input.kind === 'secret' ? 'password' : input.kind === 'number' ? 'number' : 'text'}
          required={input.required}
          value={value}
          onValue={onValue}
        />
      );
  }
}

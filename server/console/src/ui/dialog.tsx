/** Questions and forms above the page, on the browser's own dialog: it keeps the focus inside and closes with Escape. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../i18n';
import { Fault } from './parts';

export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const t = useText();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class={props.wide ? 'wide' : ''} aria-labelledby="dialog-title" onClose={props.onClose}>
      <header>
        <h2 id="dialog-title">{props.title}</h2>
        <button type="button" class="quiet" aria-label={t('close')} onClick={() => dialog.current?.close()}>
          ✕
        </button>
      </header>
      {props.children}
    </dialog>
  );
}

/** Asks before something that cannot be undone. */
export function Confirm(props: {
  title: string;
  text: string;
  action: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}) {
  const t = useText();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const confirm = () => {
    setBusy(true);
    props.onConfirm().then(props.onClose, (fault: unknown) => {
      setError(fault);
      setBusy(false);
    });
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p>{props.text}</p>
      <Fault error={error} />
      <footer>
        <button type="button" class="quiet" onClick={props.onClose}>
          {t('cancel')}
        </button>
        <button type="button" class="danger" disabled={isBusy} onClick={confirm}>
          {props.action}
        </button>
      </footer>
    </Dialog>
  );
}

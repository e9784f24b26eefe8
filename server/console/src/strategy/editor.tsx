/** The form of a strategy: one block per vendor, each with that vendor's parameters. */
import { useText } from '../i18n';
import { Field, SelectField, TextField } from '../ui/parts';
import { BLOCKS, changed, linesOf, pairsOf, toggled, type Block, type BlockOf, type Click, type Parameter, type Strategy } from './fields';

export function Editor(props: { of: Strategy; onChange: (strategy: Strategy) => void }) {
  const { of, onChange } = props;
  return (
    <div class="blocks">
      {BLOCKS.map((one) => (
        <VendorBlock key={one.block} of={one} strategy={of} onChange={onChange} />
      ))}
    </div>
  );
}

function VendorBlock(props: { of: BlockOf; strategy: Strategy; onChange: (strategy: Strategy) => void }) {
  const { of, strategy, onChange } = props;
  const values = strategy[of.block];
  return (
    <fieldset>
      <legend>
        <label class="check">
          <input type="checkbox" checked={values !== undefined} onChange={() => onChange(toggled(strategy, of.block))} />
          {of.title}
        </label>
      </legend>
      {values && (
        <div class="columns">
          {of.parameters.map((parameter) => (
            <One
              key={parameter.name}
              of={parameter}
              block={of.block}
              value={values[parameter.name]}
              onValue={(value) => onChange(changed(strategy, of.block, parameter.name, value))}
            />
          ))}
        </div>
      )}
    </fieldset>
  );
}

function One(props: { of: Parameter; block: Block; value: unknown; onValue: (value: unknown) => void }) {
  const t = useText();
  const { of, value, onValue } = props;
  const id = `${props.block}-${of.name}`;
  const label = t(of.label);
  const hint = of.hint && t(of.hint);
  switch (of.kind) {
    case 'flag':
      return (
        <label class="check">
          <input
            id={id}
            type="checkbox"
            checked={Boolean(value)}
            onChange={(event) => onValue(event.currentTarget.checked)}
          />
          {label}
        </label>
      );
    case 'choice': {
      const chosen = of.choices.findIndex((choice) => choice.value === value);
      return (
        <SelectField
          id={id}
          label={label}
          hint={hint}
          value={String(Math.max(0, chosen))}
          options={of.choices.map((choice, index) => ({ value: String(index), label: t(choice.label) }))}
          onValue={(index) => onValue(of.choices[Number(index)]!.value)}
        />
      );
    }
    case 'pairs':
      return (
        <Field id={id} label={label} hint={hint}>
          <textarea id={id} defaultValue={linesOf(value)} onInput={(event) => onValue(pairsOf(event.currentTarget.value))} />
        </Field>
      );
    case 'click':
      return <ClickAction id={id} value={(value as Click | undefined) ?? 'open_app'} onValue={onValue} />;
    default:
      return <TextField id={id} label={label} hint={hint} value={String(value ?? '')} onValue={onValue} />;
  }
}

function ClickAction(props: { id: string; value: Click; onValue: (value: Click) => void }) {
  const t = useText();
  const { id, value, onValue } = props;
  const kind = typeof value === 'string' ? value : 'open_url' in value ? 'open_url' : 'open_page';
  const start: Record<string, Click> = {
    open_app: 'open_app',
    open_url: { open_url: { url: '' } },
    open_page: { open_page: {} },
  };
  return (
    <>
      <SelectField
        id={id}
        label={t('strategy.click')}
        value={kind}
        options={[
          { value: 'open_app', label: t('strategy.openApp') },
          { value: 'open_url', label: t('strategy.openUrl') },
          { value: 'open_page', label: t('strategy.openPage') },
        ]}
        onValue={(kind) => onValue(start[kind]!)}
      />
      {typeof value === 'object' && 'open_url' in value && (
        <TextField
          id={`${id}-url`}
          label={t('strategy.url')}
          placeholder="https://"
          value={value.open_url.url}
          onValue={(url) => onValue({ open_url: { url } })}
        />
      )}
      {typeof value === 'object' && 'open_page' in value && (
        <TextField
          id={`${id}-intent`}
          label={t('strategy.intent')}
          hint={t('strategy.intentHint')}
          value={value.open_page.intent ?? ''}
          onValue={(intent) => onValue({ open_page: intent ? { intent } : {} })}
        />
      )}
    </>
  );
}

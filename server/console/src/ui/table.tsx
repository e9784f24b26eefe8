/** A table of records; on a phone each record is a card, and the headings stand beside its values. */
import type { ComponentChildren } from 'preact';
import { useText, type Key } from '../i18n';

export interface Column<T> {
  /** The heading. */
  label: Key;
  cell: (row: T) => ComponentChildren;
  class?: string;
  /** A column of buttons, whose heading only screen readers need. */
  isForActions?: boolean;
}

export function Table<T>(props: { columns: Column<T>[]; rows: T[]; idOf: (row: T) => string | number }) {
  const t = useText();
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.label} class={column.class === 'number' ? 'number' : undefined}>
                {column.isForActions ? <span class="sr-only">{t(column.label)}</span> : t(column.label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.idOf(row)}>
              {props.columns.map((column) => (
                <td
                  key={column.label}
                  data-label={column.isForActions ? undefined : t(column.label)}
                  class={column.isForActions ? 'end' : column.class}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { html } from 'htm/preact';
import type { Choosing } from '../use-choosing.ts';

interface Props<T> {
  readonly row: T;
  readonly choosing: Choosing<T>;
  readonly label: string;
}

/**
 * The box that chooses a row; with Shift it chooses all between. Keys choose the row that has the focus, so it is no
 * stop of its own until something is chosen.
 */
export function RowCheck<T>({ row, choosing, label }: Props<T>) {
  return html`<label class="row-check">
    <input
      type="checkbox"
      value=${choosing.keyOf(row)}
      aria-label=${label}
      checked=${choosing.isChosen(row)}
      tabindex=${choosing.isOn ? 0 : -1}
      onClick=${(event: MouseEvent) => choosing.onPress(row, event)}
    />
  </label>`;
}

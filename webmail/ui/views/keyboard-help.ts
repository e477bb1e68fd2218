import { html } from 'htm/preact';
import { useApp } from '../state.ts';
import { Lazy } from './lazy.ts';

const load = async () => (await import('./key-table.ts')).KeyTable;

/** The map of keys, as a dialog; fetched when it is asked for. */
export function KeyboardHelp() {
  const { state } = useApp();
  return state.isKeyboardHelpOpen && html`<${Lazy} load=${load} props=${{}} />`;
}

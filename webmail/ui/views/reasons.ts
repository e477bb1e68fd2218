import { html } from 'htm/preact';
import type { EmailPrivacy } from '../../wire.ts';
import { indexWords } from '../locales/index-words.ts';
import { useApp } from '../state.ts';

const shownReasons = 5;

/** The gravest reasons of a warning, in words. */
export function Reasons({ reasons }: { reasons: EmailPrivacy['reasons'] }) {
  const { language } = useApp().state;
  const known = new Set(reasons.flatMap(reason => indexWords.reasons[reason.id]?.[language] ?? []));
  return html`<ul>${[...known].slice(0, shownReasons).map(reason => html`<li key=${reason}>${reason}</li>`)}</ul>`;
}

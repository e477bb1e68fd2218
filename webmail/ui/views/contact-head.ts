import { html } from 'htm/preact';
import { contactOf, useApp } from '../state.ts';
import { plainLine } from '../text.ts';

const maxAddresses = 6;

/** The addresses of the contact whose mail is listed, so that a name can't stand for an address. */
export function ContactHead({ id }: { id: string }) {
  const { state, words } = useApp();
  const head = contactOf(state, id);
  if (head === undefined) return null;
  if (head === null) return html`<p class="contact-head">${words.errors.notFound}</p>`;
  const shown = head.addresses.slice(0, maxAddresses).map(plainLine).filter(Boolean);
  return (
    shown.length > 0 &&
    html`<ul class="contact-head">${shown.map(address => html`<li key=${address}><bdi>${address}</bdi></li>`)}</ul>`
  );
}

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { EmailAddress } from '../../wire.ts';
import { longDate } from '../format.ts';
import type { Words } from '../locales/en.ts';
import type { FullEmail } from '../mail.ts';
import { isOwnAddress } from '../own.ts';
import { useApp } from '../state.ts';
import { displayNameOf, plainLine } from '../text.ts';

/** Sent and received are told apart only when somebody held the message up. */
const heldMilliseconds = 600_000;
const shownAddresses = 4;
const maxAddresses = 500;

/** Who wrote to whom, and when. */
export function MessageAddresses({ email }: { email: FullEmail }) {
  const { words, formats } = useApp();
  const rows: [string, readonly EmailAddress[] | null][] = [
    [words.message.originator, email.from],
    [words.message.to, email.to],
    [words.message.cc, email.cc],
  ];
  return html`<dl class="addresses">
    ${rows.map(([name, list]) => list && list.length > 0 && html`<div key=${name}><dt>${name}</dt><${Addresses} list=${list} /></div>`)}
    ${datesOf(email, words).map(([name, date]) => html`<div key=${name}><dt>${name}</dt><dd>${longDate(date, formats)}</dd></div>`)}
  </dl>`;
}

function Addresses({ list }: { list: readonly EmailAddress[] }) {
  const { words } = useApp();
  const [isWhole, setWhole] = useState(list.length <= shownAddresses + 1);
  const shown = list.slice(0, isWhole ? maxAddresses : shownAddresses);
  return html`<dd>
    ${shown.map((address, place) => html`<${Address} key=${place} address=${address} />`)}
    ${!isWhole && html` <button class="link-button" onClick=${() => setWhole(true)}>${words.timeline.others(list.length - shownAddresses)}</button>`}
  </dd>`;
}

/** Name and address together, so that a name can't stand for an address. */
function Address({ address }: { address: EmailAddress }) {
  const { state, words } = useApp();
  const isOwn = isOwnAddress(address.email, state.session);
  const name = isOwn ? words.message.you : displayNameOf(address.name);
  return html`<span class="address">
    ${name && html`<bdi class="display-name">${name}</bdi>`} <bdi class=${name ? 'addr-spec' : ''}>${plainLine(address.email)}</bdi>
  </span>`;
}

function datesOf({ sentAt, receivedAt }: FullEmail, words: Words): [string, string][] {
  const held = sentAt ? Math.abs(Date.parse(receivedAt) - Date.parse(sentAt)) : Number.POSITIVE_INFINITY;
  return [
    ...(sentAt ? [[words.message.sentAt, sentAt] as [string, string]] : []),
    ...(held > heldMilliseconds ? [[words.message.receivedAt, receivedAt] as [string, string]] : []),
  ];
}

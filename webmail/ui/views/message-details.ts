import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import { copyText } from '../copy-text.ts';
import type { Formats } from '../format.ts';
import { formatSize } from '../format-numbers.ts';
import { decodedValue, fieldsAsText, type RawField } from '../header-text.ts';
import { useLoad } from '../load.ts';
import { loadDetails, type MessageDetails } from '../load-details.ts';
import { readingWords } from '../locales/reading.ts';
import type { FullEmail } from '../mail.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { Failed, Loading } from './loading.ts';
import { ReadingDialog } from './reading-dialog.ts';

/** Dates in full, size, identifier and all header fields of a message. */
export function MessageDetailsDialog({ email, close }: { email: FullEmail; close: () => void }) {
  const { state, client, actions } = useApp();
  const words = readingWords[state.language].details;
  const accountId = state.session?.accountId ?? '';
  const loaded = useLoad(`${accountId}/${email.id}`, () => loadDetails({ client, accountId }, email.id));
  const { value } = loaded;
  const copy = async () =>
    actions.say({
      text: (await copyText(fieldsAsText(value?.headers ?? []))) ? words.copied : words.notCopied,
    });
  const tools = html`<button class="button small quiet" onClick=${() => void copy()}>${words.copy}</button>`;
  return html`<${ReadingDialog} heading=${words.heading} close=${close} tools=${tools}>
    ${loaded.error !== undefined && !value && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${value === undefined && loaded.error === undefined && html`<${Loading} />`}
    ${value === null && html`<p class="preview-note">${words.gone}</p>`}
    ${value && html`<div class="details"><${Facts} details=${value} /><${Fields} fields=${value.headers} /></div>`}
  <//>`;
}

function Facts({ details }: { details: MessageDetails }) {
  const { state, words, formats, locale } = useApp();
  const mine = readingWords[state.language].details;
  const written = details.headers.find(({ name }) => name.toLowerCase() === 'date');
  const { timeZone } = formats.shape('time').resolvedOptions();
  const octets = new Intl.NumberFormat(locale).format(details.size);
  const replyTo = (details.replyTo ?? []).map(({ email }) => plainLine(email)).join(', ');
  const identifiers = (details.messageId ?? []).map(plainLine).join(' ');
  return html`<dl class="details-facts">
    <div>
      <dt>${mine.sent}</dt>
      <dd>
        ${details.sentAt ? wholeDate(details.sentAt, formats) : mine.sentUnknown}
        ${written && html`<small><bdi>${mine.asWritten(plainLine(written.value))}</bdi></small>`}
      </dd>
    </div>
    <div><dt>${mine.received}</dt><dd>${wholeDate(details.receivedAt, formats)}<small>${mine.zone(timeZone)}</small></dd></div>
    <div><dt>${mine.size}</dt><dd>${formatSize(details.size, locale, words.units)}<small>${mine.octets(octets)}</small></dd></div>
    ${identifiers && html`<div><dt>${mine.messageId}</dt><dd><code>${identifiers}</code></dd></div>`}
    ${replyTo && html`<div><dt>${mine.replyTo}</dt><dd><bdi>${replyTo}</bdi></dd></div>`}
  </dl>`;
}

/** To the second, with its distance from UTC. */
function wholeDate(iso: string, formats: Formats): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return plainLine(iso);
  const { timeZone, hourCycle } = formats.shape('time').resolvedOptions();
  return new Intl.DateTimeFormat(formats.locale, {
    ...({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const),
    ...({ hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'longOffset' } as const),
    timeZone,
    hourCycle,
  }).format(date);
}

/** All fields in the order in which they were sent, decoded as far as a reader needs it, or as they came. */
function Fields({ fields }: { fields: readonly RawField[] }) {
  const words = readingWords[useApp().state.language].details;
  const [isRaw, setRaw] = useState(false);
  return html`<div class="details-head">
      <h3>${words.count(fields.length)}</h3>
      <label class="check"><input type="checkbox" checked=${isRaw} onChange=${() => setRaw(!isRaw)} />${words.raw}</label>
    </div>
    <table class="details-fields" data-raw=${isRaw}>
      <caption class="visually-hidden">${words.fields}</caption>
      <thead class="visually-hidden"><tr><th scope="col">${words.name}</th><th scope="col">${words.value}</th></tr></thead>
      <tbody>
        ${fields.map(
          ({ name, value }, place) => html`<tr key=${place}>
            <th scope="row">${plainLine(name)}</th>
            <td dir="auto">${isRaw ? value.replace(/^ /, '') : plainLine(decodedValue(value))}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
}

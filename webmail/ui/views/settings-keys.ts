import { html } from 'htm/preact';
import type { PublishedKeyRow } from '../../wire.ts';
import { spaced } from '../contacts.ts';
import { longDate } from '../format.ts';
import { useLoad } from '../load.ts';
import { settingsWords } from '../locales/settings.ts';
import { useApp } from '../state.ts';
import { Lazy } from './lazy.ts';
import { Failed, Loading } from './loading.ts';
import { Refused, Section, Sure, useOutcome } from './settings-parts.ts';

const deviceKeys = async () => (await import('./device-keys.ts')).DeviceKeys;

/** What the world finds of the account's keys, and the keys of this device. */
export function KeySettings() {
  const { state, client } = useApp();
  const words = settingsWords[state.language];
  const text = words.keys;
  const accountId = state.session?.accountId ?? '';
  const outcome = useOutcome();
  const loaded = useLoad('publishedKeys', async () => {
    const { keys } = await client.call([['PublishedKey/get', { accountId, ids: null }, 'keys']]);
    return (keys?.list ?? []) as readonly PublishedKeyRow[];
  });
  async function publish({ id, address }: PublishedKeyRow, published: boolean): Promise<void> {
    const update = { [id]: { published } };
    const said = published ? text.nowPublished(address) : text.nowHidden(address);
    await outcome.run(async () => {
      const { set } = await client.call([['PublishedKey/set', { accountId, update }, 'set']]);
      const error = (set?.notUpdated as Readonly<Record<string, { reason?: string }>> | null)?.[id];
      const reasons: Readonly<Record<string, string>> = text.refused;
      if (error) throw new Refused(reasons[error.reason ?? ''] ?? words.failedAsk);
    }, said);
    loaded.reload();
    document.getElementById('settings-keys')?.focus();
  }
  return html`<${Section} id="settings-keys" heading=${text.heading} lead=${text.lead} outcome=${outcome}>
    <h3>${text.publicKeys}</h3>
    ${loaded.error !== undefined && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${!loaded.value && loaded.error === undefined && html`<${Loading} />`}
    <ul class="plain-list">
      ${loaded.value?.map(
        row => html`<li key=${row.id} class="setting-row">
          <${PublishedKey} row=${row} publish=${(published: boolean) => void publish(row, published)} />
        </li>`,
      )}
    </ul>
    <h3>${text.secretKeys}</h3>
    <${Lazy} load=${deviceKeys} props=${{}} />
  <//>`;
}

function PublishedKey({ row, publish }: { row: PublishedKeyRow; publish: (published: boolean) => void }) {
  const { state, formats } = useApp();
  const text = settingsWords[state.language].keys;
  const { address, published, fingerprint, publishedAt } = row;
  const hasKey = published || fingerprint !== null;
  const isRevoked = row.state === 'revoked';
  const standing = published ? text.published : text.hidden;
  return html`<div>
      <strong><bdi>${address}</bdi></strong>
      <p>${isRevoked ? text.revokedKey : hasKey ? standing : text.none}</p>
      <dl class="setting-facts">
        ${fingerprint && html`<div><dt>${text.fingerprint}</dt><dd class="fingerprint">${spaced(fingerprint)}</dd></div>`}
        ${published && publishedAt && html`<div><dt>${text.since}</dt><dd>${longDate(publishedAt, formats)}</dd></div>`}
      </dl>
    </div>
    ${
      published &&
      html`<${Sure} label=${text.takeBack} spoken=${text.takeBackNamed(address)} question=${text.takeBackSure} yes=${text.takeBackYes} act=${() => publish(false)} />`
    }
    ${
      !published &&
      hasKey &&
      html`<${Sure} label=${text.publish} spoken=${text.publishNamed(address)} question=${text.publishSure} yes=${text.publishYes} act=${() => publish(true)} />`
    }`;
}

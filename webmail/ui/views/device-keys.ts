import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DeviceKey } from '../../device/protocol.ts';
import { spaced } from '../contacts.ts';
import { pgpWords } from '../locales/pgp.ts';
import { useApp } from '../state.ts';
import { AddKey } from './add-key.ts';
import { keyKinds, keyName } from './key-name.ts';

interface Props {
  /** Called when a key was added. */
  readonly onAdded?: () => void;
}

/** The keys of this device: seen, saved, removed, and a new one brought. */
export function DeviceKeys({ onAdded }: Props) {
  const { state, actions } = useApp();
  const words = pgpWords[state.language].keys;
  const [keys, setKeys] = useState<readonly DeviceKey[] | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const read = async () => setKeys(await (await actions.device()).list());
  // Where the browser keeps nothing there is none; who brings one is told why.
  useEffect(() => void read().catch(() => setKeys([])), []);

  async function remove({ fingerprint }: DeviceKey): Promise<void> {
    await (await actions.device()).remove(fingerprint);
    await read();
    actions.announce(words.removed);
    heading.current?.focus();
  }
  async function added(): Promise<void> {
    await read();
    onAdded?.();
  }

  return html`<section class="device-keys">
    <h4 ref=${heading} tabindex="-1">${words.heading}</h4>
    ${keys?.length === 0 && html`<p>${words.none}</p>`}
    ${
      keys &&
      keys.length > 0 &&
      html`<ul class="plain-list">
        ${keys.map(key => html`<li key=${key.fingerprint}><${Key} entry=${key} remove=${() => void remove(key).catch(actions.tellError)} /></li>`)}
      </ul>`
    }
    <p class="hint">${words.where}</p>
    ${keys && html`<${AddKey} isFirst=${keys.length === 0} onAdded=${added} />`}
  </section>`;
}

function Key({ entry, remove }: { entry: DeviceKey; remove: () => void }) {
  const { state, actions } = useApp();
  const all = pgpWords[state.language];
  const words = all.keys;
  const [isAsking, setAsking] = useState(false);
  const name = keyName(entry, all);

  async function save(): Promise<void> {
    const armor = await (await actions.device()).exportKey(entry.fingerprint);
    if (armor !== null) download(armor, `${entry.fingerprint.slice(-16)}.asc`);
  }

  return html`<div class="device-key">
    <p>
      <strong><bdi>${name}</bdi></strong><br />
      <small>${keyKinds(entry)}${entry.isForgotten ? ` · ${words.untilSignOut}` : ''}</small>
    </p>
    <p><span class="visually-hidden">${words.fingerprint} </span><code>${spaced(entry.fingerprint)}</code></p>
    <div class="device-key-acts">
      <button class="button small" aria-label=${words.saveOf(name)} onClick=${() => void save().catch(actions.tellError)}>${words.save}</button>
      <button
        class="button small quiet"
        aria-label=${words.removeOf(name)}
        aria-expanded=${isAsking}
        onClick=${() => setAsking(!isAsking)}
      >${words.remove}</button>
    </div>
    ${
      isAsking &&
      html`<div class="note">
        <p>${words.sure}</p>
        <button class="button small" onClick=${remove}>${words.confirm}</button>
        <button class="button small quiet" onClick=${() => setAsking(false)}>${words.keep}</button>
      </div>`
    }
  </div>`;
}

/** Gives the text to the browser as a file; it never goes through the server. */
function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

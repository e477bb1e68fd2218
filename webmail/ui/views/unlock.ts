import { html } from 'htm/preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { DeviceKey, OpenRefusal } from '../../device/protocol.ts';
import { spaced } from '../contacts.ts';
import { pgpWords } from '../locales/pgp.ts';
import { useApp } from '../state.ts';
import { DeviceKeys } from './device-keys.ts';
import { FileIcon } from './file-icon.ts';
import { keyName } from './key-name.ts';
import { Failed } from './loading.ts';
import { SaveButton } from './save-button.ts';
import type { SealedProps } from './sealed.ts';

/** What is known of a closed message. */
interface Closed {
  readonly keys: readonly DeviceKey[];
  readonly refusal: OpenRefusal;
}

/** A closed message: opened at once when its key is unlocked, else what it needs. */
export function Unlock({ email, reload }: SealedProps) {
  const { state, actions } = useApp();
  const words = pgpWords[state.language];
  const isDraft = email.keywords.$draft === true;
  const [isWaiting, setWaiting] = useState(isDraft);
  const opening = useOpening({ email, reload });
  useEffect(() => {
    if (!isWaiting && isUsable()) opening.open().catch(actions.tellError);
  }, [isWaiting, email.id]);

  return html`<section class="sealed" aria-busy=${opening.isWorking}>
    <h3>${email.privacy.sealed ? words.title : words.titleEncrypted}</h3>
    <p>${email.privacy.sealed ? words.text : words.textEncrypted}</p>
    ${!isUsable() && html`<p class="note">${words.insecure}</p>`}
    ${
      isWaiting &&
      html`<p>${words.draft}</p>
        <button class="button" onClick=${() => setWaiting(false)}>${words.openDraft}</button>`
    }
    ${!isWaiting && isUsable() && html`<${Way} ...${opening} />`}
    <${SaveClosed} email=${email} />
  </section>`;
}

/** Without HTTPS a browser has no cryptography for a page. */
function isUsable(): boolean {
  return isSecureContext && 'indexedDB' in globalThis;
}

interface Opening {
  readonly closed: Closed | null;
  readonly error: unknown;
  readonly isWorking: boolean;
  /** Rejects when the server or the worker fails. */
  open(): Promise<void>;
}

function useOpening({ email, reload }: SealedProps): Opening {
  const { state, actions } = useApp();
  const [closed, setClosed] = useState<Closed | null>(null);
  const [error, setError] = useState<unknown>(undefined);
  const [isWorking, setWorking] = useState(false);

  async function open(): Promise<void> {
    setWorking(true);
    setError(undefined);
    try {
      const device = await actions.device();
      const keys = await device.list();
      const refusal = keys.length > 0 ? await device.open(email) : withoutKeys;
      if (refusal) return setClosed({ keys, refusal });
      actions.announce(pgpWords[state.language].openedTold);
      reload();
    } catch (cause) {
      setError(cause);
      throw cause;
    } finally {
      setWorking(false);
    }
  }
  return { closed, error, isWorking, open };
}

const withoutKeys: OpenRefusal = { failure: 'noKey', keyIds: [], isInside: false };

/** What leads to the text from here. */
function Way({ closed, error, isWorking, open }: Opening) {
  const { state, actions } = useApp();
  const words = pgpWords[state.language];
  const again = () => void open().catch(actions.tellError);
  if (error !== undefined && !isWorking) {
    return html`<p class="fault" role="alert">${words.fault}</p><${Failed} error=${error} retry=${again} />`;
  }
  if (!closed) return html`<p class="hint" role="status">${words.checking}</p>`;
  const { keys, refusal } = closed;
  const needsKey = refusal.failure === 'noKey';
  return html`${refusal.isInside && html`<p>${words.inside}</p>`}
    ${refusal.failure === 'locked' && html`<${PassphraseForm} keys=${keys} refusal=${refusal} open=${open} />`}
    ${refusal.failure !== 'locked' && keys.length > 0 && html`<p class="note" role="status">${words.failures[refusal.failure]}</p>`}
    ${needsKey && refusal.keyIds.length > 0 && html`<p>${words.encryptedTo(refusal.keyIds.map(spaced).join(', '))}</p>`}
    ${needsKey && html`<${DeviceKeys} onAdded=${again} />`}`;
}

interface FormProps extends Closed {
  open(): Promise<void>;
}

function PassphraseForm({ keys, refusal, open }: FormProps) {
  const { state, actions } = useApp();
  const words = pgpWords[state.language];
  const [fault, setFault] = useState('');
  const [isWorking, setWorking] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  // What had the focus may have made way for this form.
  useEffect(() => {
    if (document.activeElement === document.body) field.current?.focus();
  }, []);
  const fitting = keys.filter(key => refusal.keyIds.some(keyId => key.keyIds.includes(keyId)));
  const who = (fitting.length > 0 ? fitting : keys).map(key => keyName(key, words)).join(', ');

  function refuse(text: string): void {
    setFault(text);
    field.current?.select();
  }

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isWorking) return;
    const passphrase = field.current?.value ?? '';
    if (passphrase === '') return refuse(words.missing);
    setFault('');
    setWorking(true);
    try {
      const isRight = await (await actions.device()).unlock(passphrase);
      if (!isRight) return refuse(words.wrong);
      await open();
      // Still here: it needs another key than the one that is unlocked now.
      if (field.current) refuse(words.otherKey);
    } catch (error) {
      actions.tellError(error);
    } finally {
      setWorking(false);
    }
  }

  return html`<form class="unlock" onSubmit=${submit}>
    <p>${words.failures.locked} ${words.ofKey(who)}</p>
    <input class="visually-hidden" type="text" autocomplete="username" value=${who} tabindex="-1" aria-hidden="true" readonly />
    <label for=${`${id}-passphrase`}>${words.passphrase}</label>
    <input
      id=${`${id}-passphrase`}
      ref=${field}
      type="password"
      autocomplete="current-password"
      autocapitalize="none"
      spellcheck=${false}
      aria-describedby=${`${id}-fault ${id}-hint`}
      aria-invalid=${fault !== ''}
    />
    <p id=${`${id}-fault`} class="fault" role="alert">${fault}</p>
    <button class="button primary" aria-disabled=${isWorking}>${isWorking ? words.unlocking : words.unlock}</button>
    <p id=${`${id}-hint`} class="hint">${words.passphraseHint}</p>
  </form>`;
}

function SaveClosed({ email }: Pick<SealedProps, 'email'>) {
  const words = pgpWords[useApp().state.language];
  return html`<div class="save-closed">
    <${SaveButton} class="button small" blobId=${email.blobId} name="message.eml"><${FileIcon} name="download" />${words.save}<//>
    <p class="hint">${words.how}</p>
  </div>`;
}

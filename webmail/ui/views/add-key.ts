import { html } from 'htm/preact';
import { useId, useRef, useState } from 'preact/hooks';
import type { ImportFailure } from '../../device/protocol.ts';
import { pgpWords } from '../locales/pgp.ts';
import { useApp } from '../state.ts';

interface Props {
  /** No key is here yet: the form stands open. */
  readonly isFirst: boolean;
  readonly onAdded: () => Promise<void>;
}

/** Brings a secret key from a file or from its text. */
export function AddKey({ isFirst, onAdded }: Props) {
  const { state } = useApp();
  const words = pgpWords[state.language].keys;
  return html`<details class="add-key" open=${isFirst}>
    <summary>${isFirst ? words.addHeading : words.addAnother}</summary>
    <${KeyForm} onAdded=${onAdded} />
  </details>`;
}

function KeyForm({ onAdded }: Pick<Props, 'onAdded'>) {
  const { state, actions } = useApp();
  const words = pgpWords[state.language].keys;
  const [failure, setFailure] = useState<ImportFailure | null>(null);
  const [fault, setFault] = useState('');
  const [isWorking, setWorking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  const needsPassphrase = failure === 'unprotected' || failure === 'weakPassphrase';

  async function add(): Promise<void> {
    const given = new FormData(form.current ?? undefined);
    const octets = await givenOctets(given).catch(() => null);
    if (octets === null) return setFault(words.unreadable);
    if (octets.length === 0) return setFault(words.nothing);
    const passphrase = needsPassphrase ? String(given.get('passphrase') ?? '') : null;
    const options = { passphrase, isForgotten: given.get('shared') !== null };
    const answer = await (await actions.device()).importKeys(octets, options);
    if ('failure' in answer) {
      setFailure(answer.failure);
      setFault(words.failures[answer.failure]);
      return;
    }
    form.current?.reset();
    setFailure(null);
    actions.announce(words.added(answer.imported.length));
    await onAdded();
  }

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isWorking) return;
    setFault('');
    setWorking(true);
    try {
      await add();
    } catch {
      // The worker tells no more than that: a private window without a store is the usual reason.
      setFault(words.refused);
    } finally {
      setWorking(false);
    }
  }

  return html`<form class="key-form" ref=${form} onSubmit=${submit}>
    <label for=${`${id}-file`}>${words.file}</label>
    <input id=${`${id}-file`} name="file" type="file" accept=".asc,.key,.gpg,.pgp,application/pgp-keys" aria-describedby=${`${id}-hint`} />
    <p id=${`${id}-hint`} class="hint">${words.fileHint}</p>
    <label for=${`${id}-text`}>${words.pasted}</label>
    <textarea id=${`${id}-text`} name="text" rows="4" autocomplete="off" autocapitalize="none" spellcheck=${false}></textarea>
    ${
      needsPassphrase &&
      html`<label for=${`${id}-passphrase`}>${words.newPassphrase}</label>
        <input id=${`${id}-passphrase`} name="passphrase" type="password" autocomplete="new-password" aria-describedby=${`${id}-least`} />
        <p id=${`${id}-least`} class="hint">${words.newPassphraseHint}</p>`
    }
    <label class="choice"><input type="checkbox" name="shared" />${words.shared}</label>
    <p class="fault" role="alert">${fault}</p>
    <button class="button primary" aria-disabled=${isWorking}>${isWorking ? words.adding : words.add}</button>
  </form>`;
}

async function givenOctets(given: FormData): Promise<Uint8Array> {
  const file = given.get('file');
  if (file instanceof File && file.size > 0) return new Uint8Array(await file.arrayBuffer());
  return new TextEncoder().encode(String(given.get('text') ?? '').trim());
}

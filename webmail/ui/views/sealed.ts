import { html } from 'htm/preact';
import { loadLaterStyle } from '../later-style.ts';
import type { FullEmail } from '../mail.ts';
import { useApp } from '../state.ts';
import { Lazy } from './lazy.ts';

/** What a view of a closed message is given; `reload` is called when the message's index has changed. */
export interface SealedProps {
  readonly email: FullEmail;
  readonly reload: () => void;
}

/** In place of a text that only a key of the owner's device opens. */
export function Sealed(props: SealedProps) {
  return html`<${Lazy} load=${loadUnlock} props=${props} />`;
}

/** Says above the text that it was opened on this device, and locks it again. */
export function OpenedNote({ emailId }: { emailId: string }) {
  const { state } = useApp();
  return state.opened[emailId] ? html`<${Lazy} load=${loadNote} props=${{}} />` : null;
}

const loadUnlock = async () => (await Promise.all([import('./unlock.ts'), loadLaterStyle()]))[0].Unlock;
const loadNote = async () =>
  (await Promise.all([import('./opened-here.ts'), loadLaterStyle()]))[0].OpenedHere;

interface PartsProps {
  readonly email: Pick<FullEmail, 'id' | 'blobId'>;
  readonly children: unknown;
}

/** Below it, the parts of a message come from where it was opened: from this device's memory, else from the server. */
export function OpenedParts({ email: { id, blobId }, children }: PartsProps) {
  const mail = useApp().state.opened[id];
  return mail ? html`<${Lazy} load=${loadLocalBlobs} props=${{ blobId, mail, children }} />` : children;
}

const loadLocalBlobs = async () => (await import('./local-blobs.ts')).LocalBlobs;

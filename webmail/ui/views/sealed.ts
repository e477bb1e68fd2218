import { html } from 'htm/preact';
import { useContext, useEffect, useMemo } from 'preact/hooks';
import { loadLaterStyle } from '../later-style.ts';
import type { FullEmail } from '../mail.ts';
import { localClient } from '../opened.ts';
import { type Parts, PartsContext, useApp } from '../state.ts';
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

interface LocalProps {
  readonly email: Pick<FullEmail, 'id' | 'blobId'>;
  readonly children: unknown;
}

/** Below it, the parts of a message that was opened on this device come from memory, never from the server. */
export function LocalBlobs({ email, children }: LocalProps) {
  const { state } = useApp();
  const parts = useContext(PartsContext);
  const mail = state.opened[email.id];
  const local = useMemo(
    () => (mail && parts ? localClient(parts.client, email.blobId, mail) : null),
    [mail, parts],
  );
  const value = useMemo<Parts | null>(
    () => (local && parts ? { ...parts, client: local.client } : parts),
    [local, parts],
  );
  useEffect(() => () => local?.free(), [local]);
  return html`<${PartsContext.Provider} value=${value}>${children}<//>`;
}

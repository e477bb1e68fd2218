import { html } from 'htm/preact';
import { useContext, useEffect, useMemo } from 'preact/hooks';
import type { OpenedMail } from '../../device/protocol.ts';
import { localClient } from '../local-client.ts';
import { type Parts, PartsContext } from '../state.ts';

export interface LocalProps {
  readonly blobId: string;
  readonly mail: OpenedMail;
  readonly children: unknown;
}

/** Below it, the parts of a message that was opened on this device come from memory, never from the server. */
export function LocalBlobs({ blobId, mail, children }: LocalProps) {
  const parts = useContext(PartsContext);
  const local = useMemo(() => parts && localClient(parts.client, blobId, mail), [mail, parts]);
  const value = useMemo<Parts | null>(
    () => (local && parts ? { ...parts, client: local.client } : parts),
    [local, parts],
  );
  useEffect(() => () => local?.free(), [local]);
  return html`<${PartsContext.Provider} value=${value}>${children}<//>`;
}

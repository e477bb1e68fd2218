import type { OpenedMail } from '../device/protocol.ts';
import type { Client } from './client.ts';
import type { FullEmail } from './mail.ts';

/** A message with what was found behind its seal on this device, in place of what the server could say. */
export function withOpened(email: FullEmail, mail: OpenedMail | undefined): FullEmail {
  if (!mail) return email;
  const { blobs: _blobs, source: _source, facts, signer, signerArmor: _armor, form, ...shown } = mail;
  const protection = {
    form,
    opened: true,
    failure: null,
    signer: facts.signature === 'verified' ? (signer?.address ?? null) : null,
    fingerprint: signer?.fingerprint ?? null,
  };
  return { ...email, ...shown, privacy: { ...email.privacy, sealed: false, protection } };
}

/** Whether only a key of the owner's device could open the message. */
export function needsDevice({ privacy: { sealed, protection } }: Pick<FullEmail, 'privacy'>): boolean {
  const { form, failure, opened } = protection;
  const isPgp = form === 'pgpMime' || form === 'pgpInline';
  return sealed || (isPgp && !opened && failure === 'noKey');
}

/** A client that takes the blobs of an opened message from memory; `free` gives the memory back. */
export interface LocalClient {
  readonly client: Client;
  free(): void;
}

/** The client of the page, but for the blobs of one message that was opened here. */
export function localClient(client: Client, blobId: string, mail: OpenedMail): LocalClient {
  const addresses = new Map<string, string>();
  const blobOf = (id: string) => (id === blobId ? mail.source : mail.blobs[id]);
  return {
    client: {
      ...client,
      fetchBlob: async blob => {
        const local = blobOf(blob.blobId);
        return local ? local.slice(0, local.size, blob.type) : client.fetchBlob(blob);
      },
      fetchBeginning: async (blob, octets) => {
        const local = blobOf(blob.blobId);
        if (!local) return client.fetchBeginning(blob, octets);
        return new Uint8Array(await local.slice(0, octets).arrayBuffer());
      },
      blobAddress: blob => {
        const local = blobOf(blob.blobId);
        if (!local) return client.blobAddress(blob);
        const address = addresses.get(blob.blobId) ?? URL.createObjectURL(local);
        addresses.set(blob.blobId, address);
        return address;
      },
    },
    free: () => {
      for (const address of addresses.values()) URL.revokeObjectURL(address);
      addresses.clear();
    },
  };
}

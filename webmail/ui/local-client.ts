import type { OpenedMail } from '../device/protocol.ts';
import type { Client } from './client.ts';

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

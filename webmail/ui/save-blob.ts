import type { BlobAddress, Client } from './client.ts';

/** Address of a blob that is good once and soon: whoever finds it later opens nothing. */
export async function ticketAddress(client: Client, blob: BlobAddress): Promise<string> {
  const address = client.blobAddress(blob);
  // What was opened on this device never left it.
  return address.startsWith('blob:') ? address : `${address}&ticket=${await client.ticket('download')}`;
}

/** Has the browser save a blob under its name. Throws `RequestError` when no ticket is to be had. */
export async function saveBlob(client: Client, blob: BlobAddress): Promise<void> {
  const link = document.createElement('a');
  link.href = await ticketAddress(client, blob);
  link.download = blob.name;
  link.click();
}

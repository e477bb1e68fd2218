import type { EmailBodyPart } from '../wire.ts';
import type { Client } from './client.ts';

const maxOctets = 8_000_000;
const pictureTypes = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/bmp',
  'image/avif',
]);

/** Pictures that travel inside the message, as `data:` addresses by Content-ID. */
export async function inlineAddresses(
  client: Client,
  accountId: string,
  parts: readonly EmailBodyPart[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = parts.filter(part => part.cid && part.blobId && pictureTypes.has(part.type));
  const sum = wanted.reduce((octets, part) => octets + part.size, 0);
  if (sum > maxOctets) return new Map();
  const entries = await Promise.all(
    wanted.map(async ({ cid, blobId, type }): Promise<[string, string][]> => {
      const blob = { accountId, blobId: blobId ?? '', name: 'picture', type };
      const octets = await client.fetchBlob(blob).catch(() => null);
      return octets ? [[cid ?? '', await dataAddress(octets, type)]] : [];
    }),
  );
  return new Map(entries.flat());
}

function dataAddress(octets: Blob, type: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.addEventListener('error', () => reject(reader.error));
    reader.readAsDataURL(octets.slice(0, octets.size, type));
  });
}

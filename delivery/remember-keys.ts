import { deliveredKeys } from './crypto/delivered-keys.ts';
import { describeKey, readPublicKeys } from './crypto/keys.ts';
import type { Log } from './log.ts';
import { normalizeAddress } from './message/address.ts';
import { fieldsNamed } from './message/fields.ts';
import type { OwnerWork, Work } from './stage-table.ts';
import type { PublicKey, Store } from './store/store.ts';

/** Facts of `sender` that prove the author's domain; a key in any other message changes nothing. */
const proven: ReadonlySet<unknown> = new Set(['dmarc', 'aligned', 'inside']);

/**
 * Keeps a public key that a message brought along when nothing is known of its author yet, so that the next signature
 * by it is `seen`. A second key for the same address waits for its owner's word and is not kept here.
 */
export async function rememberKeys(
  owner: OwnerWork,
  work: Work,
  { store, log }: { store: Pick<Store, 'putPublicKey'>; log: Log },
): Promise<void> {
  const octets = deliveredKeys(owner.content ?? work.message);
  const author = soleAuthor(owner);
  if (octets.length === 0 || author === null || !owner.account || !proven.has(owner.facts?.sender)) return;
  if (owner.context.publicKeys.some(key => key.address === author)) return;
  try {
    const key = await firstUsable(octets, author, work);
    if (key) await store.putPublicKey(owner.account.id, key);
  } catch (error) {
    // The message is stored; a key that can't be kept now comes with the next one.
    log.warn({ transaction: work.arrival.id, error: String(error) }, 'keyNotRemembered');
  }
}

function soleAuthor({ summary }: OwnerWork): string | null {
  const [author, ...others] = summary.originators.from;
  return author && others.length === 0 ? normalizeAddress(author.address) : null;
}

async function firstUsable(
  blocks: readonly Uint8Array[],
  address: string,
  { arrival, message }: Work,
): Promise<PublicKey | null> {
  const source = fieldsNamed(message.root.fields, 'autocrypt').length > 0 ? 'autocrypt' : 'attached';
  for (const block of blocks) {
    for (const key of await readPublicKeys(block)) {
      const { fingerprint, addresses, state } = await describeKey(key, arrival.receivedAt);
      if (state !== 'usable' || !addresses.includes(address)) continue;
      return { address, fingerprint, octets: key.write(), source, state, firstSeenAt: arrival.receivedAt };
    }
  }
  return null;
}

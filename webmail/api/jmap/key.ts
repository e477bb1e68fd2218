import * as v from 'valibot';
import { confirmKey, renewMailSignedBy } from '../../../delivery/confirm-key.ts';
import { keyAsItIs } from '../../../delivery/contact-index.ts';
import { armor } from '../../../delivery/crypto/armor.ts';
import { asDeliveryError } from '../../../delivery/errors.ts';
import { normalizeAddress } from '../../../delivery/message/address.ts';
import type { PublicKey } from '../../../delivery/store/store.ts';
import type { PublicKeyRow } from '../../wire.ts';
import { idSchema, readArguments } from './arguments.ts';
import { MethodError } from './errors.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';

const addressSchema = v.pipe(v.string(), v.maxLength(320), v.includes('@'));

const properties = [
  'address',
  'fingerprint',
  'source',
  'state',
  'strength',
  'firstSeenAt',
  'armor',
] as const satisfies readonly (keyof PublicKeyRow)[];
const defaultProperties = properties.filter(name => name !== 'armor');

const getSchema = v.strictObject({
  accountId: v.string(),
  addresses: v.pipe(v.array(addressSchema), v.maxLength(100)),
  properties: v.optional(v.nullable(v.array(v.picklist(properties))), null),
});

/**
 * PublicKey/get: the keys that the owner knows for these addresses, as they are now; the certificate itself when
 * `armor` is asked for by name.
 */
export const publicKeyGet: Handler = async (args, context) => {
  const { addresses, properties: asked } = readArguments(getSchema, args);
  const wanted = new Set<string>(asked ?? defaultProperties);
  const known = await context.store.listPublicKeys(context.account.id, addresses.map(normalizeAddress));
  const now = context.clock.now();
  return {
    accountId: context.account.id,
    list: await Promise.all(
      known.map(async key => {
        const row = { ...(await rowOf(key, now)), armor: armor('PUBLIC KEY BLOCK', key.octets) };
        return Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name)));
      }),
    ),
  };
};

async function rowOf(key: PublicKey, at: Date): Promise<PublicKeyRow> {
  const { address, fingerprint, firstSeenAt } = key;
  const { source, state, strength } = await keyAsItIs(key, at);
  return { address, fingerprint, source, state, strength, firstSeenAt: firstSeenAt.toISOString() };
}

const confirmSchema = v.strictObject({
  accountId: v.string(),
  address: addressSchema,
  fingerprint: v.pipe(v.string(), v.regex(/^(?:[0-9a-fA-F]\s*){40}$|^(?:[0-9a-fA-F]\s*){64}$/)),
  emailId: v.optional(v.nullable(idSchema), null),
  armor: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(100_000))), null),
});

/**
 * PublicKey/confirm: the owner has compared the fingerprint with the person. The key counts as confirmed from now on,
 * the message at hand and the address's contacts are indexed anew before the answer, the signer's last messages
 * behind it. Written where the owner can read it.
 */
export const publicKeyConfirm: Handler = async (args, context) => {
  const { address, fingerprint, emailId, armor: given } = readArguments(confirmSchema, args);
  const { store, account, caller } = context;
  const owner = await store.getOwner(account.id);
  if (!owner) throw new MethodError('accountNotFound');
  const confirmation = {
    address,
    fingerprint,
    emailId: emailId === null ? null : (resolveId(emailId, context) ?? emailId),
    octets: given === null ? null : Buffer.from(given),
    means: caller.means,
  };
  const key = await confirmKey(owner, confirmation, context).catch(refuse);
  void renewMailSignedBy(owner, key, context).catch(error => noteUnfinished(error, context));
  return { accountId: account.id, key: await rowOf(key, context.clock.now()) };
};

function refuse(error: unknown): never {
  const { code, message } = asDeliveryError(error);
  if (code !== 'notFound' && code !== 'badInput') throw error;
  throw new MethodError('invalidArguments', message, { arguments: ['address', 'fingerprint'] });
}

/** The key is confirmed; earlier messages keep the index of their delivery until `store reprocess` judges them. */
function noteUnfinished(error: unknown, { log, account }: MethodContext): void {
  log.warn({ accountId: account.id, error: String(error) }, 'signedMailNotIndexed');
}

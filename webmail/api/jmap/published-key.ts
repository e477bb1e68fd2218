import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type MinimalFault, minimalCertificate } from '../../../delivery/crypto/minimal-certificate.ts';
import { asDeliveryError, DeliveryError } from '../../../delivery/errors.ts';
import { ownCertificates } from '../../../delivery/own-certificates.ts';
import { publishKey, unpublishKey } from '../../../delivery/publish-key.ts';
import { addressOfPublished, publishedKeysOf } from '../../../delivery/published-keys-of.ts';
import { parseAddress } from '../../../delivery/store/address.ts';
import type { PublishedKey } from '../../../delivery/store/store.ts';
import type { PublishedKeyRow } from '../../wire.ts';
import { checkProperties, getEntries, readArguments, setEntries } from './arguments.ts';
import { invalidProperties, MethodError, SetError } from './errors.ts';
import type { Handler, MethodContext } from './method.ts';
import { askedIds, gathered, pick } from './standard-get.ts';
import { emptyResults, setResponse, tryRecord } from './standard-set.ts';

const properties = ['id', 'address', 'published', 'fingerprint', 'userId', 'state', 'publishedAt', 'smime'];

const getSchema = v.strictObject(getEntries);
const setSchema = v.strictObject(setEntries);
const patchSchema = v.strictObject({ published: v.boolean() });

/** PublishedKey/get: one record for each address of the account. */
export const publishedKeyGet: Handler = async (args, context) => {
  const { ids, properties: wanted } = readArguments(getSchema, args);
  checkProperties(wanted, name => properties.includes(name));
  const all = await readRows(context);
  const asked = ids === null ? all.map(row => row.id) : askedIds(ids, context);
  const { list, notFound } = gathered(asked, all);
  return {
    accountId: context.account.id,
    state: stateOf(all),
    list: list.map(row => pick({ ...row }, wanted)),
    notFound,
  };
};

/** Addresses are few: a digest of their records is their state. */
function stateOf(rows: readonly PublishedKeyRow[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('base64url').slice(0, 16);
}

function idOf(key: string): string {
  return `p${createHash('sha256').update(key).digest('base64url').slice(0, 21)}`;
}

async function readRows(context: MethodContext): Promise<PublishedKeyRow[]> {
  const { store, account } = context;
  const published = await publishedKeysOf(account.id, { store });
  const own = await ownCertificates(account.id, context);
  const candidate = own.find(key => key.version === 4) ?? null;
  const rows: PublishedKeyRow[] = [];
  for (const { address } of await store.listAddresses(account.id)) {
    const key = parseAddress(address)?.key ?? address;
    const here = published.filter(each => parseAddress(addressOfPublished(each))?.key === key);
    const openpgp = here.find(each => each.kind === 'openpgp') ?? null;
    rows.push({
      id: idOf(key),
      address,
      published: openpgp !== null,
      ...(await shownOf(address, { openpgp, candidate: candidate?.octets ?? null }, context)),
      publishedAt: openpgp?.publishedAt.toISOString() ?? null,
      smime: here.some(each => each.kind === 'smime'),
    });
  }
  return rows;
}

/** What the world reads in the certificate; nothing where none could be published. */
async function shownOf(
  address: string,
  { openpgp, candidate }: { openpgp: PublishedKey | null; candidate: Uint8Array | null },
  { clock }: MethodContext,
): Promise<Pick<PublishedKeyRow, 'fingerprint' | 'userId' | 'state'>> {
  const none = { fingerprint: null, userId: null, state: null };
  const octets = openpgp?.octets ?? candidate;
  if (!octets) return none;
  const minimal = await minimalCertificate(octets, address, clock.now()).catch((error: unknown) => {
    if (asDeliveryError(error).code !== 'badInput') throw error;
    return null;
  });
  if (minimal) {
    const { fingerprint, userId, state } = minimal;
    return { fingerprint, userId, state };
  }
  return openpgp ? { fingerprint: openpgp.fingerprint, userId: null, state: openpgp.state } : none;
}

/** PublishedKey/set: `published` alone can be changed, by the owner's own act; written where the owner can read it. */
export const publishedKeySet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const before = await readRows(context);
  const oldState = stateOf(before);
  if (asked.ifInState !== null && asked.ifInState !== oldState) throw new MethodError('stateMismatch');
  const results = emptyResults();
  for (const key of Object.keys(asked.create ?? {})) results.notCreated.set(key, { type: 'forbidden' });
  for (const id of asked.destroy ?? []) results.notDestroyed.set(id, { type: 'forbidden' });
  for (const [id, patch] of Object.entries(asked.update ?? {})) {
    await tryRecord(id, results.notUpdated, async () => {
      const row = before.find(each => each.id === id);
      if (!row) throw new SetError('notFound');
      await setPublished(row.address, readWish(patch), context);
      results.updated.set(id, null);
    });
  }
  const newState = stateOf(await readRows(context));
  return setResponse(results, { oldState, newState }, context.account.id);
};

function readWish(patch: Record<string, unknown>): boolean {
  const result = v.safeParse(patchSchema, patch);
  if (result.success) return result.output.published;
  throw invalidProperties(Object.keys(patch), 'published can be set, to true or false');
}

async function setPublished(address: string, isWished: boolean, context: MethodContext): Promise<void> {
  const { account, caller } = context;
  const act = { account, actor: account.address, means: caller.means };
  try {
    if (isWished) await publishKey(act, { address }, context);
    else await unpublishKey(act, { address }, context);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    if (error.code !== 'badInput' && error.code !== 'notFound') throw error;
    const reason = typeof error.fields.reason === 'string' ? error.fields.reason : null;
    const known: Readonly<Record<string, string>> = reasons;
    const description = known[reason ?? ''] ?? error.row.text;
    throw new SetError('invalidProperties', description, { properties: ['published'], reason });
  }
}

/** Why a key can't be published, for its owner. */
const reasons: Readonly<Record<MinimalFault | 'noKey' | 'version6', string>> = {
  noKey: 'the account has no key',
  noUserId: 'the key has no user id of this address, and its secret part is not with the server to add one',
  userIdRevoked: 'the user id of this address was revoked in the key',
  expired: 'the key expired',
  cannotEncrypt: 'nothing can be encrypted to the key',
  weakSignature:
    'the key is held together by SHA-1, which many programs refuse; sign it anew and import it again',
  version6: 'only a key of version 6, which many programs can’t read',
  tooLarge: 'the key is too large for DNS',
  unreadable: 'the key is of a kind that is not known here',
};

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PrivateKey as OpenPgpPrivateKey } from 'openpgp';
import type { Config } from '../config.ts';
import { DeliveryError } from '../errors.ts';
import { loadOpenPgp } from './openpgp.ts';

/** A private key as the store keeps it; the part of `PrivateKey` of the store that is needed to open it. */
export interface WrappedKey {
  readonly fingerprint: string;
  readonly wrapped: Uint8Array;
}

/** Wraps and unwraps secrets of accounts by the instance key, which is never in the store. */
export interface Keyring {
  /** Id of the instance key that wraps now: 8 octets in hexadecimal. */
  readonly keyId: string;
  /** AES-256-GCM under the current instance key; 45 octets longer than the input. */
  wrap(octets: Uint8Array): Uint8Array;
  /** Throws `internal` when it was wrapped by an unknown instance key or changed since. */
  unwrap(wrapped: Uint8Array): Uint8Array;
  /** Whether it was wrapped by an older instance key, so that it should be wrapped anew. */
  isOutdated(wrapped: Uint8Array): boolean;
  /** The OpenPGP key ready for use; the last few are kept in memory. Throws as `unwrap` does. */
  unwrapKey(key: WrappedKey): Promise<OpenPgpPrivateKey>;
  /** A key for another use, drawn from the current instance key: 32 octets. */
  derive(purpose: string): Uint8Array;
}

/** Layout: version, key id, nonce, ciphertext, tag. Version and key id are authenticated. */
const formatVersion = 1;
const keyIdOctets = 8;
const nonceOctets = 12;
const tagOctets = 16;
const headOctets = 1 + keyIdOctets;

/** Unlocked keys in memory: enough for the owners of a burst, few enough to be forgotten soon. */
const cachedKeys = 64;

interface InstanceKey {
  readonly id: Buffer;
  readonly cipherKey: Uint8Array;
  readonly octets: Uint8Array;
}

/**
 * A keyring on the instance key. To rotate it, pass the older ones too: they still unwrap, and `isOutdated` tells
 * what is to be wrapped anew. The key is 32 octets, or several times 32: the current one first.
 */
export function openKeyring(
  instanceKey: Uint8Array,
  { olderKeys = [] }: { olderKeys?: readonly Uint8Array[] } = {},
): Keyring {
  const [current, ...rest] = [...splitKeys(instanceKey), ...olderKeys].map(readInstanceKey);
  if (!current) throw new DeliveryError('badSettings', 'the instance key is empty');
  const known = new Map([current, ...rest].map(key => [key.id.toString('hex'), key]));
  const unlocked = new Map<string, Promise<OpenPgpPrivateKey>>();
  const keyring: Keyring = {
    keyId: current.id.toString('hex'),
    wrap: octets => wrap(octets, current),
    unwrap: wrapped => unwrap(wrapped, known),
    isOutdated: wrapped => idOf(wrapped) !== keyring.keyId,
    unwrapKey: key => remember(unlocked, key, () => unlock(key, known)),
    derive: purpose => drawKey(current.octets, `caliopen ${purpose}`),
  };
  return keyring;
}

function splitKeys(octets: Uint8Array): Uint8Array[] {
  if (octets.length === 0 || octets.length % 32 !== 0) {
    throw new DeliveryError('badSettings', 'the instance key must be 32 octets (64 hexadecimal digits)');
  }
  const count = octets.length / 32;
  return Array.from({ length: count }, (_none, index) => octets.subarray(index * 32, index * 32 + 32));
}

function readInstanceKey(octets: Uint8Array): InstanceKey {
  return {
    id: createHash('sha256')
      .update('caliopen instance key\0')
      .update(octets)
      .digest()
      .subarray(0, keyIdOctets),
    cipherKey: drawKey(octets, 'caliopen wrap'),
    octets,
  };
}

function drawKey(octets: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', octets, new Uint8Array(0), info, 32));
}

function wrap(octets: Uint8Array, key: InstanceKey): Uint8Array {
  const head = Buffer.concat([Buffer.from([formatVersion]), key.id]);
  const nonce = randomBytes(nonceOctets);
  const cipher = createCipheriv('aes-256-gcm', key.cipherKey, nonce).setAAD(head);
  return Buffer.concat([head, nonce, cipher.update(octets), cipher.final(), cipher.getAuthTag()]);
}

function idOf(wrapped: Uint8Array): string {
  return Buffer.from(wrapped.subarray(1, headOctets)).toString('hex');
}

function unwrap(wrapped: Uint8Array, known: ReadonlyMap<string, InstanceKey>): Uint8Array {
  const key = wrapped[0] === formatVersion ? known.get(idOf(wrapped)) : undefined;
  if (!key || wrapped.length < headOctets + nonceOctets + tagOctets) {
    throw new DeliveryError('internal', 'wrapped by an instance key that is not here', {
      fields: { instanceKeyId: idOf(wrapped) },
    });
  }
  const nonce = wrapped.subarray(headOctets, headOctets + nonceOctets);
  const tag = wrapped.subarray(wrapped.length - tagOctets);
  const decipher = createDecipheriv('aes-256-gcm', key.cipherKey, nonce, { authTagLength: tagOctets })
    .setAAD(wrapped.subarray(0, headOctets))
    .setAuthTag(tag);
  const sealed = wrapped.subarray(headOctets + nonceOctets, wrapped.length - tagOctets);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch (cause) {
    throw new DeliveryError('internal', 'a wrapped secret was changed', { cause });
  }
}

async function unlock(key: WrappedKey, known: ReadonlyMap<string, InstanceKey>): Promise<OpenPgpPrivateKey> {
  const { readPrivateKey } = await loadOpenPgp();
  const binaryKey = Uint8Array.from(unwrap(key.wrapped, known));
  return readPrivateKey({ binaryKey });
}

/** The cached promise, moved to the young end; one that fails is forgotten. The name binds the wrapped octets too. */
function remember<T>(cache: Map<string, Promise<T>>, key: WrappedKey, make: () => Promise<T>): Promise<T> {
  const digest = createHash('sha256').update(key.wrapped).digest('hex');
  const name = `${key.fingerprint} ${digest}`;
  const value = cache.get(name) ?? make();
  cache.delete(name);
  cache.set(name, value);
  value.catch(() => cache.delete(name));
  const oldest = cache.keys().next().value;
  if (cache.size > cachedKeys && oldest !== undefined) cache.delete(oldest);
  return value;
}

/* ---- where the instance key comes from ---- */

/**
 * The instance key of the settings: `keys.instanceKey`, else the file, which is made once with mode 0600 when it is
 * missing, unless the data folder is not new (`isNew`): what is in it was wrapped by another key. A file may hold
 * several keys, one a line: the first wraps, the others still open (rotation). Throws `badSettings`.
 */
export async function loadInstanceKey(
  config: KeySettings,
  { isNew = true }: { readonly isNew?: boolean } = {},
): Promise<Uint8Array> {
  const given = config['keys.instanceKey'];
  if (given) return readKeyText(given, 'keys.instanceKey');
  const file = instanceKeyFile(config);
  const text = await readOrNull(file);
  if (text !== null) return readKeyText(text, file);
  if (isNew) return readKeyText(await makeKeyFile(file), file);
  throw new DeliveryError(
    'badSettings',
    `the data folder ${config.data} holds a store, but its instance key is not at ${file}; put the file back from its copy, or set keys.instanceKeyFile to where it is`,
  );
}

type KeySettings = Pick<Config, 'data' | 'keys.instanceKey' | 'keys.instanceKeyFile'>;

/** Where the instance key is looked for when the settings do not give it themselves. */
export function instanceKeyFile(config: Pick<Config, 'data' | 'keys.instanceKeyFile'>): string {
  return config['keys.instanceKeyFile'] || join(config.data, 'instance.key');
}

function readKeyText(text: string, where: string): Uint8Array {
  const keys = text.split(/[\s,]+/).filter(Boolean);
  if (keys.length === 0 || !keys.every(key => /^[0-9a-f]{64}$/i.test(key))) {
    throw new DeliveryError('badSettings', `${where}: the instance key must be 64 hexadecimal digits`);
  }
  return Buffer.from(keys.join(''), 'hex');
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new DeliveryError('badSettings', `${file}: the instance key can't be read`, { cause: error });
  }
}

/** Written aside, flushed, then linked: of several processes at once one wins, and none reads half a key. */
async function makeKeyFile(file: string): Promise<string> {
  const text = `${randomBytes(32).toString('hex')}\n`;
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(aside, file);
    await flushFolder(dirname(file));
    return text;
  } catch (error) {
    const other = await readOrNull(file);
    if (other === null) throw new DeliveryError('badSettings', `${file}: can't be made`, { cause: error });
    return other;
  } finally {
    await unlink(aside);
  }
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

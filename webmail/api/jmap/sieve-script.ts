import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { extensions } from '../../../delivery/sieve/extensions.ts';
import { scriptLimits } from '../../../delivery/sieve/limits.ts';
import { parseScriptOctets } from '../../../delivery/sieve/parse-script.ts';
import type { ScriptFault } from '../../../delivery/sieve/shape.ts';
import { maxScripts, type StoredScript } from '../../../delivery/sieve/stored-scripts.ts';
import type { Account } from '../../../delivery/store/store.ts';
import type { SieveScript } from '../../wire.ts';
import { readableBlob } from '../readable-blob.ts';
import { loadScripts, scriptBlobId } from '../script-blob.ts';
import { checkProperties, getEntries, idSchema, readArguments } from './arguments.ts';
import { asSetError, SetError } from './errors.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { askedIds, gathered, pick } from './standard-get.ts';

/** The account's capability (RFC 9661 §1.3.1). */
export const sieveLimits = {
  maxSizeScriptName: 512,
  maxSizeScript: scriptLimits.octets,
  maxNumberScripts: maxScripts,
  maxNumberRedirects: 0,
  sieveExtensions: [...extensions.keys()],
  notificationMethods: null,
  externalLists: null,
} as const;

const properties = ['id', 'name', 'blobId', 'isActive'];

const getSchema = v.strictObject(getEntries);
const validateSchema = v.strictObject({ accountId: v.string(), blobId: idSchema });

/** SieveScript/get (RFC 9661 §2.3). */
export const sieveScriptGet: Handler = async (args, context) => {
  const { ids, properties: wanted } = readArguments(getSchema, args);
  checkProperties(wanted, name => properties.includes(name));
  const { scripts, state } = await loadScripts(context.account.id, context);
  const all = scripts.map(script => wireScript(script, context.account));
  const asked = ids === null ? all.map(({ id }) => id) : askedIds(ids, context);
  const { list, notFound } = gathered(asked, all);
  return {
    accountId: context.account.id,
    state: scriptState(state),
    list: list.map(script => pick({ ...script }, wanted)),
    notFound,
  };
};

/** Scripts are few and come as one state: its digest is theirs. */
export function scriptState(state: Uint8Array | null): string {
  if (state === null) return '0';
  return createHash('sha256').update(state).digest('base64url').slice(0, 16);
}

/** A script as clients see it. */
export function wireScript({ id, name, isActive, octets }: StoredScript, account: Account): SieveScript {
  return { id, name, blobId: scriptBlobId(octets, account), isActive };
}

/** SieveScript/validate (RFC 9661 §2.6). */
export const sieveScriptValidate: Handler = async (args, context) => {
  const { blobId } = readArguments(validateSchema, args);
  try {
    await readContent(blobId, context);
    return { accountId: context.account.id, error: null };
  } catch (error) {
    const body = asSetError(error);
    if (!body) throw error;
    return { accountId: context.account.id, error: body };
  }
};

/**
 * The octets of a script that can be run, by the id of their blob or a creation reference. Throws `SetError`:
 * `blobNotFound`, `tooLarge`, `invalidSieve`.
 */
export async function readContent(blobId: string, context: MethodContext): Promise<Uint8Array> {
  const id = resolveId(blobId, context) ?? blobId;
  const blob = await readableBlob(id, context);
  if (!blob) throw new SetError('blobNotFound', 'there is no such blob', { notFound: [id] });
  if (blob.octets.byteLength > scriptLimits.octets) {
    const description = `a script has at most ${scriptLimits.octets} octets`;
    throw new SetError('tooLarge', description, { maxSize: scriptLimits.octets });
  }
  const { faults } = parseScriptOctets(blob.octets);
  if (faults.length > 0) throw new SetError('invalidSieve', describe(faults));
  return new Uint8Array(blob.octets);
}

/** Faults that a description names. */
const maxTold = 10;

/** One line for each fault, the first first. */
function describe(faults: readonly ScriptFault[]): string {
  const lines = faults
    .slice(0, maxTold)
    .map(({ line, column, text }) => `line ${line}, column ${column}: ${text}`);
  return lines.join('\n');
}

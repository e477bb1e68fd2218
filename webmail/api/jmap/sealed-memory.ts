import * as v from 'valibot';
import { encryptionShape } from '../../../delivery/crypto/packets.ts';
import {
  listSealedActs,
  maxSealedActs,
  removeSealedActs,
  type SealedAct,
} from '../../../delivery/sealed-acts.ts';
import {
  readSealed,
  sealedMemoryName,
  sealedWordsName,
  writeSealed,
} from '../../../delivery/sealed-memory.ts';
import { readWeights, weightsOctets } from '../../../delivery/spam/personal/word-weights.ts';
import type { AccountState } from '../../../delivery/store/store.ts';
import { isVersionMismatch } from '../../../delivery/store/version-mismatch.ts';
import { idSchema, readArguments, utcDateSchema } from './arguments.ts';
import { MethodError } from './errors.ts';
import type { Handler, MethodContext } from './method.ts';

/** Octets of a memory: a thousand messages and more, sealed to many keys, take less. */
export const maxSealedMemory = 400_000;

const properties = ['memory', 'waiting'] as const;

const getSchema = v.strictObject({
  accountId: v.string(),
  properties: v.optional(v.nullable(v.array(v.picklist(properties))), null),
});

const actSchema = v.strictObject({
  emailId: idSchema,
  isSpam: v.nullable(v.boolean()),
  at: utcDateSchema,
});

const setSchema = v.strictObject({
  accountId: v.string(),
  ifInState: v.pipe(v.string(), v.regex(/^\d{1,15}$/)),
  memory: octetsSchema(maxSealedMemory),
  weights: v.optional(v.nullable(octetsSchema(weightsOctets))),
  done: v.pipe(v.array(actSchema), v.maxLength(maxSealedActs)),
});

/** Where nothing was ever put. */
const firstState = '0';

/**
 * SealedMemory/get: what the owner's devices have learned of sealed mail, and what waits for one that can read it. The
 * memory is large, and may be left out.
 */
export const sealedMemoryGet: Handler = async (args, context) => {
  const wanted = readArguments(getSchema, args).properties ?? properties;
  checkCustody(context);
  // In this order: what is forgotten meanwhile is then known by its state.
  const state = await context.store.getAccountState(context.account.id, sealedMemoryName);
  const acts = await listSealedActs(context.account.id, context);
  const memory = readSealed(state?.octets ?? null);
  const waiting = acts.map(({ emailId, isSpam, at }) => ({ emailId, isSpam, at: at.toISOString() }));
  return {
    accountId: context.account.id,
    state: state ? String(state.version) : firstState,
    ...(wanted.includes('memory') ? { memory: memory && Buffer.from(memory).toString('base64') } : {}),
    ...(wanted.includes('waiting') ? { waiting } : {}),
  };
};

/**
 * SealedMemory/set: a device has learned. What it was told to have read must still be there, or another device's lessons
 * would be lost.
 */
export const sealedMemorySet: Handler = async (args, context) => {
  const { ifInState, memory, weights, done } = readArguments(setSchema, args);
  if (context.caller.means !== 'session') throw new MethodError('forbidden', 'only a web session learns');
  checkCustody(context);
  checkMemory(memory);
  checkWeights(weights ?? null);
  // Before the memory is put: what is forgotten behind that has another version.
  const words = await context.store.getAccountState(context.account.id, sealedWordsName);
  const newState = await putMemory(ifInState, memory, context);
  if (weights !== undefined) await putWeights(words, weights, context);
  await removeSealedActs(context.account.id, done satisfies SealedAct[], context);
  return { accountId: context.account.id, oldState: ifInState, newState };
};

async function putMemory(
  ifInState: string,
  memory: Uint8Array,
  { store, account }: MethodContext,
): Promise<string> {
  const ifVersion = ifInState === firstState ? null : Number(ifInState);
  try {
    const octets = writeSealed(memory);
    return String(await store.putAccountState(account.id, sealedMemoryName, octets, ifVersion));
  } catch (error) {
    if (isVersionMismatch(error)) throw new MethodError('stateMismatch');
    throw error;
  }
}

/** Those of a device that was later stay, and so does what was forgotten meanwhile. */
async function putWeights(
  before: AccountState | null,
  weights: Uint8Array | null,
  { store, account }: MethodContext,
): Promise<void> {
  if (weights === null && readSealed(before?.octets ?? null) === null) return;
  try {
    await store.putAccountState(account.id, sealedWordsName, writeSealed(weights), before?.version ?? null);
  } catch (error) {
    if (!isVersionMismatch(error)) throw error;
  }
}

function checkCustody({ account }: MethodContext): void {
  if (account.custody !== 'client') throw new MethodError('forbidden', 'no mail of this account is sealed');
}

/** What could be read here must not lie here. */
function checkMemory(octets: Uint8Array): void {
  const shape = encryptionShape(octets);
  if (shape && !shape.noIntegrity && shape.recipients.length > 0) return;
  throw invalid('memory', 'a message encrypted with OpenPGP, with integrity protection');
}

function checkWeights(octets: Uint8Array | null): void {
  if (octets === null) return;
  try {
    readWeights(octets);
  } catch {
    // It throws for nothing but their form.
    throw invalid('weights', `${weightsOctets} octets of weights`);
  }
}

function invalid(argument: string, expected: string): MethodError {
  return new MethodError('invalidArguments', `${argument} must be ${expected}`, { arguments: [argument] });
}

/** At most so many octets, as base64. */
function octetsSchema(most: number) {
  return v.pipe(
    v.string(),
    v.maxLength(Math.ceil(most / 3) * 4),
    v.base64(),
    v.transform((text): Uint8Array => Buffer.from(text, 'base64')),
  );
}

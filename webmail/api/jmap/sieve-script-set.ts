import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { changeAccountState } from '../../../delivery/account-state.ts';
import {
  maxScripts,
  readScripts,
  type StoredScript,
  scriptStateName,
  writeScripts,
} from '../../../delivery/sieve/stored-scripts.ts';
import type { Account } from '../../../delivery/store/store.ts';
import { loadScripts, scriptBlobId } from '../script-blob.ts';
import { changeSettings } from '../settings-change.ts';
import { idSchema, readArguments, setEntries } from './arguments.ts';
import { asSetError, invalidProperties, MethodError, SetError } from './errors.ts';
import { coreLimits } from './limits.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { readContent, scriptState, sieveLimits } from './sieve-script.ts';
import { emptyResults, type SetResults, setResponse } from './standard-set.ts';

const setSchema = v.strictObject({
  ...setEntries,
  // What can be no id is ignored like one that is not there.
  onSuccessActivateScript: v.optional(v.nullable(v.string()), null),
  onSuccessDeactivateScript: v.optional(v.nullable(v.boolean()), false),
});
type Asked = v.InferOutput<typeof setSchema>;

/** What a client may give; `id` and `isActive` are the server's and may be repeated as they are. */
const recordSchema = v.strictObject({
  id: v.optional(v.string()),
  name: v.optional(
    v.nullable(
      v.pipe(
        v.string(),
        v.transform(name => name.normalize('NFC')),
        // RFC 5804 §1.6: what clients of ManageSieve could not name either.
        v.check(name => name.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(name)),
        v.check(name => name !== '' && Buffer.byteLength(name) <= sieveLimits.maxSizeScriptName),
      ),
    ),
  ),
  blobId: v.optional(idSchema),
  isActive: v.optional(v.boolean()),
});

/** One record of the request with the octets that its blob holds; what could not be read is thrown when it is its turn. */
interface Given {
  readonly key: string;
  readonly record: v.InferOutput<typeof recordSchema>;
  readonly octets: Uint8Array | null;
}
type Prepared = Given | { readonly key: string; readonly error: unknown };

/** SieveScript/set (RFC 9661 §2.4). All of it is one change: others see the scripts as before or as behind it. */
export const sieveScriptSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const { create, update, destroy } = asked;
  const count = [create ?? {}, update ?? {}, destroy ?? []].reduce(
    (sum, each) => sum + Object.keys(each).length,
    0,
  );
  if (count > coreLimits.maxObjectsInSet) throw new MethodError('requestTooLarge');
  const prepared = {
    creations: await prepare(create ?? {}, context),
    updates: await prepare(update ?? {}, context),
  };
  let answer: Record<string, unknown> = {};
  let isChange = false;
  const name = { accountId: context.account.id, name: scriptStateName };
  await changeAccountState(
    name,
    before => {
      const { response, after } = changed(before, { asked, ...prepared }, context);
      answer = response;
      isChange = after !== null;
      return after;
    },
    context,
  );
  if (isChange) {
    await record(context);
    await tellOthers(context);
  }
  return answer;
};

/** Scripts can hide mail: the owner sees every change, by whatever device. */
async function record({ store, account, clock }: MethodContext): Promise<void> {
  const { scripts } = await loadScripts(account.id, { store });
  const detail = { active: scripts.find(({ isActive }) => isActive)?.name ?? null };
  await store.appendAudit(account.id, {
    ...{ at: clock.now(), actor: account.address },
    ...{ action: 'scriptsChanged', detail },
  });
}

/** States of accounts are told nobody; the settings are, and with them the scripts are looked at (`push-types.ts`). */
async function tellOthers({ store, account, log }: MethodContext): Promise<void> {
  try {
    await changeSettings(store, account.id, settings => ({ settings, result: null }));
  } catch (error) {
    // The scripts are changed all the same; other devices see it when they look.
    log.warn({ err: error }, 'changeNotTold');
  }
}

async function prepare(
  records: Readonly<Record<string, Record<string, unknown>>>,
  context: MethodContext,
): Promise<Prepared[]> {
  const prepared: Prepared[] = [];
  for (const [key, given] of Object.entries(records)) {
    try {
      const record = readRecord(given);
      const octets = record.blobId === undefined ? null : await readContent(record.blobId, context);
      prepared.push({ key, record, octets });
    } catch (error) {
      prepared.push({ key, error });
    }
  }
  return prepared;
}

function readRecord(given: Record<string, unknown>): Given['record'] {
  const result = v.safeParse(recordSchema, given);
  if (result.success) return result.output;
  throw invalidProperties([...new Set(result.issues.map(issue => String(issue.path?.[0]?.key ?? '')))]);
}

interface Wanted {
  readonly asked: Asked;
  readonly creations: readonly Prepared[];
  readonly updates: readonly Prepared[];
}

/** What the request makes of the state, null where it stays; may be asked again with another state. */
function changed(
  before: Uint8Array | null,
  { asked, creations, updates }: Wanted,
  context: MethodContext,
): { response: Record<string, unknown>; after: Uint8Array | null } {
  const oldState = scriptState(before);
  if (asked.ifInState !== null && asked.ifInState !== oldState) throw new MethodError('stateMismatch');
  const work: Work = { scripts: readScripts(before), results: emptyResults(), account: context.account };
  for (const each of creations)
    attempt(each, work.results.notCreated, given => createOne(given, work, context));
  for (const each of updates)
    attempt(each, work.results.notUpdated, given => updateOne(given, work, context));
  for (const key of asked.destroy ?? []) destroyOne(key, work, context);
  const { notCreated, notUpdated, notDestroyed } = work.results;
  if (notCreated.size + notUpdated.size + notDestroyed.size === 0) activate(asked, work, context);
  const state = writeScripts(work.scripts);
  const isSame = before === null ? work.scripts.length === 0 : Buffer.compare(state, before) === 0;
  const newState = isSame ? oldState : scriptState(state);
  return {
    response: setResponse(work.results, { oldState, newState }, context.account.id),
    after: isSame ? null : state,
  };
}

interface Work {
  scripts: StoredScript[];
  readonly results: SetResults;
  readonly account: Account;
}

/** As `tryRecord`, without a wait: the state may not change in between. */
function attempt(prepared: Prepared, failed: SetResults['notCreated'], work: (given: Given) => void): void {
  try {
    if ('error' in prepared) throw prepared.error;
    work(prepared);
  } catch (error) {
    const body = asSetError(error);
    if (!body) throw error;
    failed.set(prepared.key, body);
  }
}

function createOne(
  { key, record: { id, name, isActive }, octets }: Given,
  work: Work,
  context: MethodContext,
): void {
  if (id !== undefined || isActive === true)
    throw invalidProperties([id === undefined ? 'isActive' : 'id'], 'set by the server');
  if (octets === null) throw invalidProperties(['blobId'], 'a script needs its content');
  if (work.scripts.length >= maxScripts) throw new SetError('overQuota', `at most ${maxScripts} scripts`);
  const script = {
    id: `s${randomBytes(9).toString('hex')}`,
    name: name ?? freeName(work.scripts),
    isActive: false,
    octets,
  };
  checkName(script, work.scripts);
  work.scripts.push(script);
  context.createdIds.set(key, script.id);
  work.results.created.set(key, {
    id: script.id,
    blobId: scriptBlobId(octets, work.account),
    isActive: false,
    ...(typeof name === 'string' ? {} : { name: script.name }),
  });
}

function updateOne({ key, record: patch, octets }: Given, work: Work, context: MethodContext): void {
  const id = resolveId(key, context) ?? key;
  const script = work.scripts.find(each => each.id === id);
  if (!script) throw new SetError('notFound');
  if (patch.id !== undefined && patch.id !== id) throw invalidProperties(['id'], 'set by the server');
  if (patch.isActive !== undefined && patch.isActive !== script.isActive) {
    throw invalidProperties(['isActive'], 'by onSuccessActivateScript and onSuccessDeactivateScript');
  }
  const others = work.scripts.filter(each => each !== script);
  const name = patch.name === undefined ? script.name : (patch.name ?? freeName(others));
  const next = { ...script, name, octets: octets ?? script.octets };
  checkName(next, others);
  work.scripts = work.scripts.map(each => (each === script ? next : each));
  const told = {
    ...(octets === null ? {} : { blobId: scriptBlobId(octets, work.account) }),
    ...(patch.name === null ? { name } : {}),
  };
  work.results.updated.set(key, Object.keys(told).length > 0 ? told : null);
}

function destroyOne(key: string, work: Work, context: MethodContext): void {
  const id = resolveId(key, context) ?? key;
  const script = work.scripts.find(each => each.id === id);
  if (!script) work.results.notDestroyed.set(key, { type: 'notFound' });
  else if (script.isActive) {
    work.results.notDestroyed.set(key, { type: 'sieveIsActive', description: 'deactivate the script first' });
  } else {
    work.scripts = work.scripts.filter(each => each !== script);
    work.results.destroyed.push(key);
  }
}

/** Names are unique (RFC 9661 §2). */
function checkName({ id, name }: StoredScript, scripts: readonly StoredScript[]): void {
  const other = scripts.find(each => each.name === name && each.id !== id);
  if (other) throw new SetError('alreadyExists', 'another script has that name', { existingId: other.id });
}

function freeName(scripts: readonly StoredScript[]): string {
  const taken = new Set(scripts.map(({ name }) => name));
  for (let count = 1; ; count++) {
    const name = count === 1 ? 'script' : `script ${count}`;
    if (!taken.has(name)) return name;
  }
}

/** Deactivates, then activates; an id that is none leaves what is active as it is. */
function activate(asked: Asked, work: Work, context: MethodContext): void {
  const key = asked.onSuccessActivateScript;
  const id = key === null ? null : (resolveId(key, context) ?? key);
  const next = work.scripts.find(each => each.id === id);
  if (!next && asked.onSuccessDeactivateScript !== true) return;
  for (const script of work.scripts) {
    if (script.isActive !== (script === next)) tell(script.id, script === next, { work, context });
  }
  work.scripts = work.scripts.map(script => ({ ...script, isActive: script === next }));
}

/** Every script that became active or ceased to be is told, among the created or the updated ones. */
function tell(
  id: string,
  isActive: boolean,
  { work: { results }, context }: { readonly work: Work; readonly context: MethodContext },
): void {
  const created = [...results.created].find(([, record]) => record.id === id);
  if (created) results.created.set(created[0], { ...created[1], isActive });
  else {
    const key = [...results.updated.keys()].find(each => (resolveId(each, context) ?? each) === id) ?? id;
    results.updated.set(key, { ...results.updated.get(key), isActive });
  }
}

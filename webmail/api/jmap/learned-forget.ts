import * as v from 'valibot';
import { importanceStateName } from '../../../delivery/importance/memory.ts';
import { memoryStateName } from '../../../delivery/knowledge.ts';
import { sealedActsName } from '../../../delivery/sealed-acts.ts';
import { sealedMemoryName, sealedWordsName, writeSealed } from '../../../delivery/sealed-memory.ts';
import { untilUndisturbed } from '../../../delivery/store/version-mismatch.ts';
import { tagStateName } from '../../../delivery/tags/memory.ts';
import { waitingStateName } from '../../../delivery/waiting-acts.ts';
import { readArguments } from './arguments.ts';
import type { Handler, MethodContext } from './method.ts';

/** States that hold what was learned, those first that would be learned from again. */
const statesOf = {
  tags: [tagStateName],
  importance: [importanceStateName],
  junk: [waitingStateName, sealedActsName, memoryStateName],
} as const;

const names = ['tags', 'importance', 'junk'] as const;

const forgetSchema = v.strictObject({
  accountId: v.string(),
  names: v.pipe(v.array(v.picklist(names)), v.minLength(1)),
});

/**
 * Learned/forget: what the owner's acts have taught about tags, importance or junk is erased, on the server and what
 * devices have learned of sealed mail; rules and tags stay.
 */
export const learnedForget: Handler = async (args, context) => {
  const asked = readArguments(forgetSchema, args);
  for (const name of new Set(asked.names)) {
    for (const state of statesOf[name]) await forget(state, context);
    if (name !== 'junk') continue;
    // In this order: weights that are put behind the memory are emptied with the others, or are of another version.
    for (const state of [sealedMemoryName, sealedWordsName]) await empty(state, context);
  }
  return { accountId: context.account.id, names: [...new Set(asked.names)] };
};

/** What is learned meanwhile is forgotten with the rest. */
async function forget(name: string, { store, account }: MethodContext): Promise<void> {
  await untilUndisturbed(async () => {
    const state = await store.getAccountState(account.id, name);
    if (state !== null) await store.putAccountState(account.id, name, null, state.version);
  });
}

/** Not removed but emptied, so that a device that is learning at this moment finds another state. */
async function empty(name: string, { store, account }: MethodContext): Promise<void> {
  if (account.custody !== 'client') return;
  await untilUndisturbed(async () => {
    const state = await store.getAccountState(account.id, name);
    await store.putAccountState(account.id, name, writeSealed(null), state?.version ?? null);
  });
}

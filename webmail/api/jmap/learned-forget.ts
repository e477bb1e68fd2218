import * as v from 'valibot';
import { importanceStateName } from '../../../delivery/importance/memory.ts';
import { untilUndisturbed } from '../../../delivery/store/version-mismatch.ts';
import { tagStateName } from '../../../delivery/tags/memory.ts';
import { readArguments } from './arguments.ts';
import type { Handler, MethodContext } from './method.ts';

const names = [tagStateName, importanceStateName] as const;

const forgetSchema = v.strictObject({
  accountId: v.string(),
  names: v.pipe(v.array(v.picklist(names)), v.minLength(1)),
});

/** Learned/forget: what the owner's acts have taught about tags, or importance, is erased; rules and tags stay. */
export const learnedForget: Handler = async (args, context) => {
  const asked = readArguments(forgetSchema, args);
  for (const name of new Set(asked.names)) await forget(name, context);
  return { accountId: context.account.id, names: [...new Set(asked.names)] };
};

/** What is learned meanwhile is forgotten with the rest. */
async function forget(name: string, { store, account }: MethodContext): Promise<void> {
  await untilUndisturbed(async () => {
    const state = await store.getAccountState(account.id, name);
    if (state !== null) await store.putAccountState(account.id, name, null, state.version);
  });
}

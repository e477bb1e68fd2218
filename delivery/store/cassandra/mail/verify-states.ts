import type { CassandraContext } from '../context.ts';
import { dropGeneration, type Generation, listGenerations, readGeneration } from '../generations.ts';
import { holderOf, type KeptState, listStates } from '../personal/account-states.ts';
import { isOld, type Suspicion } from './verify-fault.ts';

/** States of an account whose octets are not all there, and octets that no state names any more. */
export async function stateSuspicions(context: CassandraContext, accountId: string): Promise<Suspicion[]> {
  const { session } = context;
  const states = await listStates(session, accountId);
  const found: Suspicion[] = [];
  for (const state of states)
    if (await isDamaged(context, accountId, state)) found.push(damaged(context, accountId, state));
  const inUse = new Set(states.map(({ generation }) => generation));
  for (const listed of await listGenerations(session, holderOf(accountId)))
    if (!inUse.has(listed.generation) && isOld(context, listed.at))
      found.push(leftover(context, accountId, listed));
  return found;
}

async function isDamaged(
  { session }: CassandraContext,
  accountId: string,
  { generation }: KeptState,
): Promise<boolean> {
  return (await readGeneration(session, holderOf(accountId), generation)) === null;
}

function damaged(context: CassandraContext, accountId: string, state: KeptState): Suspicion {
  return {
    kind: 'stateDamaged',
    accountId,
    detail: `${state.name}: octets`,
    isStill: async () => {
      const now = (await listStates(context.session, accountId)).find(({ name }) => name === state.name);
      return now !== undefined && (await isDamaged(context, accountId, now));
    },
    mend: null,
  };
}

function leftover(context: CassandraContext, accountId: string, { generation }: Generation): Suspicion {
  const { session } = context;
  const holder = holderOf(accountId);
  const isStill = async (): Promise<boolean> => {
    const states = await listStates(session, accountId);
    if (states.some(state => state.generation === generation)) return false;
    return (await listGenerations(session, holder)).some(listed => listed.generation === generation);
  };
  return {
    kind: 'stateLeftover',
    accountId,
    detail: 'octets that no state names',
    isStill,
    mend: async () => {
      if (await isStill()) await dropGeneration(session, holder, generation);
    },
  };
}

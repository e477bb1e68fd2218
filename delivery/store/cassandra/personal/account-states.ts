import { setTimeout as wait } from 'node:timers/promises';
import { DeliveryError } from '../../../errors.ts';
import { checkAccountState } from '../../account-state.ts';
import { randomText } from '../../ids.ts';
import type { AccountState, AccountStates } from '../../store.ts';
import { versionMismatch } from '../../version-mismatch.ts';
import type { CassandraContext } from '../context.ts';
import { forEver } from '../directory/making-end.ts';
import { ofAccount, requireAccount } from '../directory/rows.ts';
import { settle } from '../directory/settle.ts';
import {
  dropGeneration,
  dropGenerations,
  listGenerations,
  readGeneration,
  writeGeneration,
} from '../generations.ts';
import type { Session } from '../session.ts';

/**
 * States of accounts. The row of each lies beside the account's documents, which every delivery reads, and names the
 * generation of chunks that holds. Rows of states are written by lightweight transactions alone.
 */
export function statePart(context: CassandraContext): AccountStates {
  return {
    getAccountState: (accountId, name) => getAccountState(context, accountId, name),
    putAccountState: (accountId, name, octets, ifVersion) =>
      putAccountState(context, { accountId, name, octets, ifVersion }),
  };
}

/** A row of `document`, as far as it is one of a state. */
export interface StateRow {
  readonly name: string;
  readonly version: bigint | null;
}

const prefix = 'state:';
/** The row whose version is that of the last state that came or went, so that versions grow over a removal. */
const lastName = 'states';

/** Whose chunks those of an account's states are. */
export function holderOf(accountId: string): string {
  return `account:${accountId}`;
}

/** `OwnerContext.stateVersions`, out of the rows of an account's documents. */
export function stateVersionsIn(rows: readonly StateRow[]): Record<string, number> {
  return Object.fromEntries(
    rows.flatMap(({ name, version }) =>
      name.startsWith(prefix) && version !== null ? [[name.slice(prefix.length), Number(version)]] : [],
    ),
  );
}

interface VersionRow {
  readonly version: bigint | null;
  readonly generation: string | null;
}

const where = 'where account = ? and name = ?';
const selectRow = `select version, generation from document ${where}`;

async function getAccountState(
  { session }: CassandraContext,
  accountId: string,
  name: string,
): Promise<AccountState | null> {
  const read = () => session.row<VersionRow>(selectRow, [accountId, prefix + name]);
  let row = await ofAccount(session, accountId, read);
  // A newer generation may take the place of the one whose chunks are read.
  for (;;) {
    if (!row?.generation || row.version === null) return null;
    const octets = await readGeneration(session, holderOf(accountId), row.generation);
    if (octets) return { octets, version: Number(row.version) };
    const again: VersionRow | undefined = await read();
    if (again?.generation === row.generation)
      throw new DeliveryError('storeUnavailable', 'octets of a state are missing', {
        fields: { accountId, name },
      });
    row = again;
  }
}

interface StatePut {
  readonly accountId: string;
  readonly name: string;
  readonly octets: Uint8Array | null;
  readonly ifVersion: number | null;
}

async function putAccountState(context: CassandraContext, put: StatePut): Promise<number> {
  const { session } = context;
  const { accountId, name, octets } = put;
  checkAccountState(name, octets);
  const holder = holderOf(accountId);
  await requireAccount(session, accountId);
  const before = await requireVersion(session, put);
  if (octets === null && before === null) return await lastVersion(session, accountId);
  // Of an account that is being removed nothing is written which its removal has not seen listed.
  const behindList = () => requireAccount(session, accountId);
  const written = octets && (await writeGeneration(context, holder, octets, { behindList }));
  try {
    const version = await switchTo(session, put, written?.generation ?? null);
    await sweep(context, accountId, before?.generation ?? null);
    return version;
  } catch (error) {
    const isKnown = error instanceof DeliveryError && error.code !== 'storeUnavailable';
    if (isKnown && written) await dropGeneration(session, holder, written.generation);
    throw error;
  }
}

/** The row as it stands. Throws `versionMismatch` where its version is not the one that was asked for. */
async function requireVersion(
  session: Session,
  { accountId, name, ifVersion }: StatePut,
): Promise<VersionRow | null> {
  const row = await session.claimed<VersionRow>(selectRow, [accountId, prefix + name]);
  const version = row?.version ?? null;
  if ((version === null ? null : Number(version)) !== ifVersion) throw versionMismatch({ accountId, name });
  return row && version !== null ? row : null;
}

async function lastVersion(session: Session, accountId: string): Promise<number> {
  const row = await session.claimed<VersionRow>(selectRow, [accountId, lastName]);
  return Number(row?.version ?? 0);
}

/** Tries, where other states of the account come and go at the same moment. */
const maxTries = 20;
const mostMilliseconds = 50;

/** Makes the generation, or none, the one that holds; gives the version. */
async function switchTo(session: Session, put: StatePut, generation: string | null): Promise<number> {
  const { accountId, name, ifVersion } = put;
  if (ifVersion !== null && generation !== null) {
    const { applied } = await settleReplacing(session, put, generation);
    if (!applied) throw versionMismatch({ accountId, name });
    return ifVersion + 1;
  }
  for (let tries = 1; tries <= maxTries; tries++) {
    const last = await lastVersion(session, accountId);
    const version = Math.max(last, ifVersion ?? 0) + 1;
    if (await settleCount(session, put, { generation, last, version })) return version;
    await requireVersion(session, put);
    await wait(Math.random() * mostMilliseconds);
  }
  throw new DeliveryError('storeUnavailable', 'too many states of one account come and go at once');
}

async function settleReplacing(
  session: Session,
  { accountId, name, ifVersion }: StatePut,
  generation: string,
): Promise<{ readonly applied: boolean }> {
  const version = BigInt(ifVersion ?? 0);
  const key = [accountId, prefix + name];
  return await settle<VersionRow>(session, {
    claim: {
      cql: `update document set version = ?, generation = ? ${where} if version = ?`,
      values: [version + 1n, generation, ...key, version],
    },
    look: { cql: selectRow, values: key },
    isDone: row => row?.generation === generation,
  });
}

/** A state that comes or goes changes the last version with it: in one transaction, as both are of one partition. */
async function settleCount(
  session: Session,
  { accountId, name, ifVersion }: StatePut,
  next: { readonly generation: string | null; readonly last: number; readonly version: number },
): Promise<boolean> {
  const { generation, last, version } = next;
  const turn = randomText(16);
  const update = `update document set version = ?, generation = ? ${where} if version = ?`;
  const count = `update document set version = ?, turn = ? ${where} if version = ?`;
  const { applied } = await settle<{ readonly turn: string | null }>(session, {
    claim: {
      cql: `begin batch ${update}; ${count}; apply batch`,
      values: [
        ...[generation && BigInt(version), generation, accountId, prefix + name, longOf(ifVersion)],
        ...[BigInt(version), turn, accountId, lastName, longOf(last === 0 ? null : last)],
      ],
    },
    look: { cql: `select turn from document ${where}`, values: [accountId, lastName] },
    isDone: row => row?.turn === turn,
  });
  return applied;
}

function longOf(version: number | null): bigint | null {
  return version === null ? null : BigInt(version);
}

/** A state that is there: its row names the generation that holds. */
export interface KeptState {
  readonly name: string;
  readonly generation: string;
}

/** All states of an account. */
export async function listStates(session: Session, accountId: string): Promise<KeptState[]> {
  const rows = await session.rows<StateRow & VersionRow>(
    'select name, version, generation from document where account = ?',
    [accountId],
  );
  return rows.flatMap(({ name, generation }) =>
    name.startsWith(prefix) && generation !== null ? [{ name: name.slice(prefix.length), generation }] : [],
  );
}

/** Drops the generation that was replaced, and what crashes left. */
async function sweep(context: CassandraContext, accountId: string, replaced: string | null): Promise<void> {
  const states = await listStates(context.session, accountId);
  const inUse = new Set(states.map(({ generation }) => generation));
  await dropGenerations(context, holderOf(accountId), { inUse, replaced: [replaced] });
}

/** Erases the octets of all states of an account; their rows go with its documents. */
export async function eraseStates(session: Session, accountId: string): Promise<void> {
  const holder = holderOf(accountId);
  for (const { generation } of await listGenerations(session, holder))
    await dropGeneration(session, holder, generation);
  await session.run('delete from state_generation where name = ?', [holder], forEver(session));
}

import type { Client } from 'cassandra-driver';
import type { DumpedCells, DumpedRow, DumpedTable } from './dump.ts';

/** Statements under way at once. */
const width = 64;

interface Query {
  readonly cql: string;
  readonly values: readonly unknown[];
}

/**
 * Makes the tables of a dump in an empty keyspace and fills them: each cell is written at its time, for as long as it
 * had left. Where the clock is behind who wrote it, all times are put back as far: what is written from now on must
 * win.
 */
export async function restoreKeyspace(client: Client, keyspace: string, dump: string): Promise<void> {
  const lines = dump
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as DumpedTable | DumpedRow);
  const tables = new Map(lines.filter(line => 'table' in line).map(table => [table.table, table]));
  const rows = lines.filter(line => 'row' in line);
  for (const { create, table } of tables.values())
    await client.execute(create.replace(`CREATE TABLE ${table}`, `CREATE TABLE ${keyspace}.${table}`));
  const times = timesOf(rows);
  const queries = rows.flatMap(row => {
    const table = tables.get(row.row);
    return table ? queriesOf(row, { keyspace, table, ...times }) : [];
  });
  for (let first = 0; first < queries.length; first += width) {
    const some = queries.slice(first, first + width);
    await Promise.all(some.map(({ cql, values }) => client.execute(cql, [...values], { prepare: true })));
  }
}

interface Target {
  readonly keyspace: string;
  readonly table: DumpedTable;
  /** Microseconds: the first write of all, and how far the clock is behind the last. */
  readonly first: bigint;
  readonly behind: bigint;
}

function timesOf(rows: readonly DumpedRow[]): { first: bigint; behind: bigint } {
  const all = rows.flatMap(({ cells }) => cells.map(([micros]) => BigInt(micros)));
  const now = BigInt(Date.now()) * 1000n;
  const first = all.reduce((one, two) => (one < two ? one : two), now);
  const last = all.reduce((one, two) => (one > two ? one : two), 0n);
  return { first, behind: last > now ? last - now : 0n };
}

function queriesOf({ key, cells }: DumpedRow, target: Target): Query[] {
  const names = Object.keys(target.table.key);
  const keys = names.map(name => JSON.stringify(key[name]));
  const queries = cells.map(group => updateOf(group, { names, keys }, target));
  const stays = target.table.madeBy === 'insert' || cells.length === 0;
  if (!stays) return queries;
  const [micros, ttl] = cells.at(-1) ?? [String(target.first), 0];
  const { keyspace, table } = target;
  const insert = {
    cql: `insert into ${keyspace}.${table.table} (${names.join(', ')})
      values (${names.map(() => 'fromjson(?)').join(', ')}) using timestamp ? and ttl ?`,
    values: [...keys, BigInt(micros) - target.behind, ttl],
  };
  return [insert, ...queries];
}

function updateOf(
  [micros, ttl, cells]: DumpedCells,
  { names, keys }: { names: readonly string[]; keys: readonly string[] },
  { keyspace, table, behind }: Target,
): Query {
  const columns = Object.keys(cells);
  // Members of a map or set are written at times of their own.
  const set = columns.map(name =>
    /^(map|set)</.test(table.columns[name] ?? '')
      ? `${name} = ${name} + fromjson(?)`
      : `${name} = fromjson(?)`,
  );
  return {
    cql: `update ${keyspace}.${table.table} using timestamp ? and ttl ? set ${set.join(', ')}
      where ${names.map(name => `${name} = fromjson(?)`).join(' and ')}`,
    values: [BigInt(micros) - behind, ttl, ...columns.map(name => JSON.stringify(cells[name])), ...keys],
  };
}

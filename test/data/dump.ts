import type { Client } from 'cassandra-driver';

/**
 * A keyspace as lines of JSON, in an order that does not depend on the server: for each table how it was made, then its
 * rows with what each cell holds, when it was written and how long it had left. Values are as `tojson` gives them, so
 * that the server itself reads them back with their types.
 */
export interface DumpedTable {
  readonly table: string;
  /** Without the keyspace's name. */
  readonly create: string;
  /** CQL types by name, of the primary key and of all other columns. */
  readonly key: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, string>>;
  /** Whether rows stay when all their cells are gone, or go with the last. */
  readonly madeBy: 'insert' | 'update';
}

export interface DumpedRow {
  readonly row: string;
  readonly key: Readonly<Record<string, unknown>>;
  readonly cells: readonly DumpedCells[];
}

/** What was written at once: microseconds, seconds that were left (0: for good), values by column. */
export type DumpedCells = readonly [micros: string, ttl: number, values: Readonly<Record<string, unknown>>];

/** Not dumped: its table is made for one keyspace, and what it holds goes within a minute. */
const leftOut: ReadonlySet<string> = new Set(['schema_lock']);

/** No statement inserts into them. */
const madeByUpdate: ReadonlySet<string> = new Set(['bucket', 'document', 'role', 'state']);

/** All rows of all tables; `client` gives 64-bit numbers as `bigint`. */
export async function dumpKeyspace(client: Client, keyspace: string): Promise<string> {
  const tables = await tablesOf(client, keyspace);
  const lines: unknown[] = [];
  for (const table of tables.filter(({ table }) => !leftOut.has(table))) {
    const rows = await rowsOf(client, keyspace, table);
    lines.push(
      table,
      ...rows
        .map(row => [JSON.stringify(row.key), row] as const)
        .sort(byText)
        .map(([, row]) => row),
    );
  }
  return lines.map(line => `${JSON.stringify(line)}\n`).join('');
}

type Named = readonly [name: string, ...unknown[]];

const byText = ([one]: Named, [two]: Named) => Number(one > two) - Number(one < two);

/** The tables of a keyspace, by name. */
export async function tablesOf(client: Client, keyspace: string): Promise<DumpedTable[]> {
  const query = 'select table_name from system_schema.tables where keyspace_name = ?';
  const { rows } = await client.execute(query, [keyspace]);
  const names = rows.map(row => String(row.table_name)).sort();
  return await Promise.all(names.map(name => tableOf(client, keyspace, name)));
}

async function tableOf(client: Client, keyspace: string, table: string): Promise<DumpedTable> {
  const { rows: described } = await client.execute(`describe table ${keyspace}.${table}`);
  const query =
    'select column_name, kind, type from system_schema.columns where keyspace_name = ? and table_name = ?';
  const { rows } = await client.execute(query, [keyspace, table]);
  const types = (wanted: boolean) =>
    Object.fromEntries(
      rows
        .filter(({ kind }) => (kind !== 'regular') === wanted)
        .map(({ column_name: name, type }) => [String(name), String(type)]),
    );
  return {
    table,
    create: String(described[0]?.create_statement).replace(` ${keyspace}.`, ' '),
    key: types(true),
    columns: types(false),
    madeBy: madeByUpdate.has(table) ? 'update' : 'insert',
  };
}

async function rowsOf(client: Client, keyspace: string, table: DumpedTable): Promise<DumpedRow[]> {
  const columns = Object.keys(table.columns);
  const asked = [
    ...[...Object.keys(table.key), ...columns].map(name => `tojson(${name}) as ${name}`),
    ...columns.map(name => `writetime(${name}) as "${name} at", ttl(${name}) as "${name} ttl"`),
  ];
  const found = await client.execute(`select ${asked.join(', ')} from ${keyspace}.${table.table}`, [], {
    prepare: true,
  });
  const rows: DumpedRow[] = [];
  for await (const row of found) {
    const key = Object.fromEntries(
      Object.entries(table.key).map(([name, type]) => [name, readValue(String(row[name]), type)]),
    );
    const cells = Object.entries(table.columns).flatMap(([name, type]) =>
      cellsOf(name, readValue(String(row[name]), type), { at: row[`${name} at`], ttl: row[`${name} ttl`] }),
    );
    rows.push({ row: table.table, key, cells: joined(cells) });
  }
  return rows;
}

/** Numbers that JSON would round stay text, which the server takes for the number. */
function readValue(json: string, type: string): unknown {
  return type === 'bigint' && json !== 'null' ? json : (JSON.parse(json) as unknown);
}

/** A cell, or one for each member of a map or set that is not frozen. */
function cellsOf(name: string, value: unknown, { at, ttl }: { at: unknown; ttl: unknown }): DumpedCells[] {
  if (value === null) return [];
  if (!Array.isArray(at)) return [[String(at), Number(ttl ?? 0), { [name]: value }]];
  const members = Array.isArray(value) ? value.map(member => [member]) : membersOf(value as object);
  const seconds = Array.isArray(ttl) ? (ttl as unknown[]) : [];
  return members.map((member, index) => [String(at[index]), Number(seconds[index] ?? 0), { [name]: member }]);
}

/** In the server's order, which JSON does not keep for names like numbers. */
function membersOf(map: object): object[] {
  return Object.entries(map)
    .sort(([one], [two]) => Buffer.compare(Buffer.from(one), Buffer.from(two)))
    .map(([name, value]) => ({ [name]: value }));
}

/** Cells that were written at once together. */
function joined(cells: readonly DumpedCells[]): DumpedCells[] {
  const groups = new Map<string, DumpedCells>();
  for (const [micros, ttl, values] of cells) {
    const name = `${micros} ${ttl}`;
    groups.set(name, [micros, ttl, merged(groups.get(name)?.[2] ?? {}, values)]);
  }
  return [...groups.values()].sort(byText);
}

function merged(
  known: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(values)) {
    const before = result[name];
    if (Array.isArray(before)) result[name] = [...before, ...(value as unknown[])];
    else result[name] = before === undefined ? value : { ...(before as object), ...(value as object) };
  }
  return result;
}

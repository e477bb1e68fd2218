import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Client, errors } from 'cassandra-driver';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import type { Code } from './door-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

const top = join(import.meta.dirname, '..', '..');
const schemaFile = 'delivery/store/cassandra/schema.ts';
const endOfSteps = '\n];\n';

/** The version after this one: its code with one more step at the end of Cassandra's schema. */
export function laterCode(t: Pick<TestContext, 'after'>, step: readonly string[]): Code {
  const folder = temporaryFolder(t);
  for (const name of ['bin', 'config', 'delivery', 'dns-keys', 'plugins', 'webmail', 'package.json'])
    cpSync(join(top, name), join(folder, name), { recursive: true });
  symlinkSync(join(top, 'node_modules'), join(folder, 'node_modules'));
  const [steps = '', rest, ...more] = readFileSync(join(top, schemaFile), 'utf8').split(endOfSteps);
  if (rest === undefined || more.length > 0) throw new Error(`${schemaFile} holds no list of steps, or two`);
  const added = `\n  ${JSON.stringify(step)},`;
  writeFileSync(join(folder, schemaFile), [steps + added, rest].join(endOfSteps));
  return { main: join(folder, 'bin', 'main.ts'), settings: settingsEnvironment };
}

/** A step as a later version may bring it: a table, and a column of `email` that is filled for what is there. */
export interface LaterStep {
  readonly statements: readonly string[];
  /** In how many emails the column is filled. */
  countFilled(): Promise<number>;
  isEnded(): Promise<boolean>;
}

/** Each email is filled so often, that the step takes a while. */
const fillings = 10;

/** A step for the emails that a keyspace holds now. */
export async function laterStep(tables: Client, keyspace: string, number: number): Promise<LaterStep> {
  const { rows } = await tables.execute(`select account, bucket, id from ${keyspace}.email`);
  const fill = rows.map(
    ({ account, bucket, id }) =>
      `update email set later = 'filled' where account = '${account}' and bucket = ${bucket} and id = '${id}'`,
  );
  return {
    statements: [
      'create table if not exists later_note (account text primary key, note text)',
      'alter table email add if not exists later text',
      ...Array(fillings).fill(fill).flat(),
      "insert into later_note (account, note) values ('all', 'filled')",
    ],
    async countFilled() {
      try {
        const found = await tables.execute(`select later from ${keyspace}.email`);
        return found.rows.filter(({ later }) => later === 'filled').length;
      } catch (error) {
        // There is no such column yet, or it is just being made.
        if (error instanceof errors.ResponseError) return 0;
        throw error;
      }
    },
    async isEnded() {
      const steps = `select ended from ${keyspace}.schema_step where part = 0 and generation = 1 and number = ${number}`;
      return (await tables.execute(steps)).rows.length === 1;
    },
  };
}

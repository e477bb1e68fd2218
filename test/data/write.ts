import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, exit } from 'node:process';
import { Client } from 'cassandra-driver';
import { clusterSettings } from '../../delivery/cluster-settings.ts';
import type { Config } from '../../delivery/config.ts';
import { makeAppPassword } from '../../delivery/crypto/password.ts';
import { openParts, type Parts } from '../../delivery/open.ts';
import { prepareKeyspace } from '../../delivery/store/cassandra/migrate.ts';
import { buildBlock } from '../../delivery/store/cassandra/search/build.ts';
import { openSession } from '../../delivery/store/cassandra/session.ts';
import { requireCassandra, sharedAddress } from '../support/cassandra.ts';
import { removeFolder } from '../support/remove-folder.ts';
import { dumpKeyspace } from './dump.ts';
import { fill, fillSearchFiles } from './fill.ts';
import {
  isKept,
  type Kept,
  keepFolder,
  keepKeyspace,
  keptConfig,
  type StoreName,
  settingsOn,
  storeNames,
  unpack,
} from './kept.ts';
import { plainMessages } from './messages.ts';
import { portray } from './portrait.ts';

// `npm run keep-data`: at a release, keeps a data folder and a keyspace as this version writes them. Given a commit,
// says that it was that one's code.
const top = join(import.meta.dirname, '..', '..');

type Written = Pick<Kept, 'version' | 'commit'>;

/** Teaches the instance's classifier. */
function learn(data: string): void {
  const [ham, spam] = [join(data, 'ham'), join(data, 'spam')];
  writeFileSync(ham, plainMessages.attached ?? '');
  writeFileSync(spam, plainMessages.odd ?? '', 'latin1');
  const words = [join(top, 'bin', 'main.ts'), '--data', data, 'spam', 'learn', '--ham', ham, '--spam', spam];
  execFileSync(execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const file of [ham, spam]) rmSync(file);
}

async function withParts<T>(config: Config, work: (parts: Parts) => Promise<T>): Promise<T> {
  const parts = await openParts(config);
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}

/** Fills an empty store, and says all that is to be read of it. */
async function fillStore(config: Config, written: Written): Promise<Kept> {
  const passwords = {
    password: 'a long password',
    passphrase: 'a long passphrase',
    appPassword: makeAppPassword(),
  };
  const writtenAt = new Date().toISOString();
  await withParts(config, parts => fill(parts, passwords));
  // What goes on behind a delivery, such as contacts' indexes, has ended now.
  const portrait = await withParts(config, async parts => {
    await fillSearchFiles(parts);
    return portray(parts);
  });
  return { ...written, writtenAt, ...passwords, sent: Object.keys(plainMessages), portrait };
}

async function writeFolder(data: string, written: Written): Promise<void> {
  learn(data);
  keepFolder(data, await fillStore(keptConfig(data), written));
}

/** The instance key and what was learned are those of the folder. */
async function writeKeyspace(data: string, written: Written): Promise<void> {
  unpack(written.version, data);
  await requireCassandra({
    name: 'keep-data',
    skip: reason => {
      throw new Error(reason);
    },
  });
  const { folder: _folder, ...address } = await sharedAddress();
  const keyspace = 'kept';
  const config = keptConfig(data, settingsOn({ ...address, keyspace }));
  const kept = await fillStore(config, written);
  const client = new Client({ ...address, encoding: { useBigIntAsLong: true } });
  try {
    await withParts(config, parts => buildBlocks(client, keyspace, parts));
    keepKeyspace(await dumpKeyspace(client, keyspace), kept);
  } finally {
    await client.shutdown();
  }
}

/** Blocks of search words, which the store builds by itself where a month has more mail. */
async function buildBlocks(client: Client, keyspace: string, parts: Parts): Promise<void> {
  const settings = clusterSettings(parts.config);
  const hashSecret = await prepareKeyspace({ settings, ...parts });
  const session = await openSession(settings);
  try {
    const { rows } = await client.execute(`select account, bucket from ${keyspace}.bucket`);
    for (const { account, bucket } of rows) {
      const where = { accountId: String(account), bucket: Number(bucket) };
      if (!(await buildBlock({ session, hashSecret, ...parts }, where))) throw new Error('no block');
    }
  } finally {
    await session.close();
  }
}

const writers: Readonly<Record<StoreName, (data: string, written: Written) => Promise<void>>> = {
  sqlite: writeFolder,
  cassandra: writeKeyspace,
};

async function main(): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as { version: string };
  const missing = storeNames.filter(store => !isKept(version, store));
  if (missing.length === 0) {
    console.error(`${version} is kept already: what a version wrote never changes`);
    return 1;
  }
  const commit = argv[2] ?? execFileSync('git', ['rev-parse', 'HEAD'], { cwd: top, encoding: 'utf8' }).trim();
  for (const store of missing) {
    const data = mkdtempSync(join(tmpdir(), 'caliopen-keep-'));
    try {
      await writers[store](data, { version, commit });
    } finally {
      removeFolder(data);
    }
  }
  return 0;
}

exit(await main());

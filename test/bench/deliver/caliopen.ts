import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentName, loadConfig, type SettingKey } from '../../../delivery/config.ts';
import { generateKey } from '../../../delivery/crypto/keys.ts';
import { silentLog } from '../../../delivery/log.ts';
import { openParts } from '../../../delivery/open.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import type { BenchNodes } from '../cassandra/nodes.ts';
import { accountAddress, accountCount, domain } from './messages.ts';
import { type BenchSubject, freePort, portOpens, startChild, stopChild } from './subject.ts';

const top = join(import.meta.dirname, '../../..');

/** Where one of our doors looks senders up, and what it stores in. */
export interface CaliopenOptions {
  readonly resolverPort: number;
  /** Share of the accounts whose key is on their own devices. */
  readonly sealed: number;
  /** A cluster that stops with the door; without it, SQLite. */
  readonly nodes?: BenchNodes;
}

/**
 * One of our doors with its own data folder and `accountCount` accounts. `deliver`: our Haraka with nothing but
 * `recipients` and `deliver`.
 */
export async function startCaliopen(
  name: string,
  kind: 'deliver' | 'smtp' | 'lmtp',
  { resolverPort, sealed, nodes }: CaliopenOptions,
): Promise<BenchSubject> {
  const data = mkdtempSync(join(tmpdir(), 'caliopen-bench-'));
  const port = await freePort();
  const door = kind === 'lmtp' ? 'lmtp' : 'smtp';
  const settings = nodes?.settings ?? {};
  await makeAccounts({ ...settings, data }, sealed);
  const child = startChild(join(top, 'bin/caliopen'), ['serve', door, '--data', data], {
    [`CALIOPEN_${door.toUpperCase()}_PORT`]: String(port),
    CALIOPEN_LOG_LEVEL: 'warn',
    CALIOPEN_RESOLVER_SERVERS: `127.0.0.1:${resolverPort}`,
    ...environmentOf(settings),
    ...(kind === 'deliver' ? { CALIOPEN_SMTP_PLUGINS: 'recipients,deliver' } : {}),
    ...(process.env.BENCH_PRELOAD ? { LD_PRELOAD: process.env.BENCH_PRELOAD } : {}),
  });
  await portOpens(port, name);
  return {
    name,
    protocol: door,
    port,
    processes: () => [child.pid ?? 0],
    ...(nodes ? { nodes } : {}),
    // A 250 of ours means stored: there is nothing to wait for.
    settle: async () => {},
    async stop() {
      await stopChild(child);
      await nodes?.stop();
      execFileSync('du', ['-sh', data], { stdio: process.env.BENCH_VERBOSE ? 'inherit' : 'ignore' });
      removeFolder(data);
    },
  };
}

type Settings = Partial<Record<SettingKey, unknown>>;

function environmentOf(settings: Settings): Record<string, string> {
  const write = (value: unknown): string => (Array.isArray(value) ? value.join(' ') : String(value));
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [environmentName(key as SettingKey), write(value)]),
  );
}

async function makeAccounts(settings: Settings, sealed: number): Promise<void> {
  const parts = await openParts(loadConfig({ overrides: settings }), { log: silentLog });
  await parts.store.addDomain(domain);
  for (let index = 0; index < accountCount; index++) {
    const address = accountAddress(index);
    const isSealed = index < accountCount * sealed;
    const account = await parts.store.addAccount({ address, custody: isSealed ? 'client' : 'none' });
    if (!isSealed) continue;
    const { fingerprint, publicKey } = await generateKey(address);
    const firstSeenAt = new Date();
    const key = {
      address,
      fingerprint,
      octets: publicKey,
      source: 'own',
      state: 'usable',
      firstSeenAt,
    } as const;
    await parts.store.putPublicKey(account.id, key);
  }
  await parts.close();
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { argv, env } from 'node:process';
import { systemClock } from '../../delivery/clock.ts';
import { loadConfig } from '../../delivery/config.ts';
import { inParallel } from '../../delivery/in-parallel.ts';
import { silentLog } from '../../delivery/log.ts';
import { openSqliteStore } from '../../delivery/store/sqlite/sqlite-store.ts';
import type { Store } from '../../delivery/store/store.ts';
import { ZoneKeeper } from '../../dns-keys/publish/zone-keeper.ts';
import { dnsSettings } from '../../dns-keys/settings.ts';
import { ZoneTable } from '../../dns-keys/zone/zone-table.ts';
import { certificate, keyFor } from '../dns-keys/publish/keeper.ts';
import { testKeyring } from '../support/keyring.ts';
import { removeFolder } from '../support/remove-folder.ts';

/**
 * How long the DNS door takes until it can answer for `BENCH_KEYS` (100,000) published keys of 1 kB, in many domains and
 * in one, and what memory that takes; at the first start, when zones are made and signed, and at the next. Aims: ready in
 * 5 s at the next start, under 400 MB, nobody kept waiting for 20 ms.
 */
const total = Number(env.BENCH_KEYS ?? 100_000);
const keyOctets = 1000;
const modes = ['online', 'presigned'] as const;

interface Figures {
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly longestMilliseconds: number;
  readonly keys: number;
}

async function openStore(folder: string) {
  return openSqliteStore({ folder, shards: 1, keyring: testKeyring, clock: systemClock, log: silentLog });
}

async function fill(folder: string, domains: number): Promise<void> {
  const store = await openStore(folder);
  const names = Array.from({ length: domains }, (_none, number) => `d${number}.example`);
  for (let at = 0; at < domains; at += 500) await store.addDomains(names.slice(at, at + 500));
  const addresses = Array.from(
    { length: total },
    (_none, number) => `box${number}@${names[number % domains]}`,
  );
  for (let at = 0; at < total; at += 500) await publish(store, addresses.slice(at, at + 500));
  await store.close();
}

/** A hundred addresses to an account. */
async function publish(store: Store, addresses: readonly string[]): Promise<void> {
  const accounts = Array.from({ length: addresses.length / 100 }, (_none, number) => {
    const [address = '', ...aliases] = addresses.slice(number * 100, number * 100 + 100);
    return { address, aliases };
  });
  await store.addAccounts(accounts);
  await inParallel(32, accounts, async ({ address, aliases }) => {
    const { id } = (await store.getAccountByAddress(address)) ?? { id: '' };
    for (const one of [address, ...aliases])
      await store.publishKey({ ...keyFor(id, one), octets: certificate(one, keyOctets) });
  });
}

async function start(folder: string, mode: (typeof modes)[number]): Promise<Figures> {
  const store = await openStore(folder);
  const table = new ZoneTable();
  const config = loadConfig({ overrides: { data: folder } });
  const keeper = new ZoneKeeper({
    ...{ store, table, keyring: testKeyring, clock: systemClock, log: silentLog },
    settings: { ...dnsSettings(config), mode },
    folder: join(folder, 'dns'),
    parentLook: { dsAtParent: async () => null },
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAt = performance.now();
  await keeper.open();
  const milliseconds = performance.now() - startedAt;
  delay.disable();
  let keys = 0;
  for (const zone of table.zones()) keys += zone.setCount;
  const megabytes = process.memoryUsage().rss / 2 ** 20;
  await keeper.close();
  await store.close();
  return { milliseconds, megabytes, longestMilliseconds: delay.max / 1e6, keys };
}

/** As the supervisor starts the door. */
function startAside(folder: string, mode: string): Figures {
  const words = ['--max-semi-space-size=4', import.meta.filename, 'start', folder, mode];
  const options = { encoding: 'utf8', env: { ...env, MALLOC_ARENA_MAX: '2' } } as const;
  const { stdout, stderr } = spawnSync('node', words, options);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Figures;
}

async function main(): Promise<void> {
  console.log(`${total} keys of ${keyOctets} octets`);
  console.log('domains  signed     start   ready ms      MB  longest wait ms     sets');
  for (const domains of [Math.ceil(total / 20), 1]) {
    for (const mode of modes) {
      const folder = mkdtempSync(join(tmpdir(), 'caliopen-bench-'));
      try {
        await fill(folder, domains);
        for (const which of ['first', 'next']) {
          const { milliseconds, megabytes, longestMilliseconds, keys } = startAside(folder, mode);
          const cells = [milliseconds, megabytes, longestMilliseconds].map(value => value.toFixed(0));
          const [ready, memory, longest] = cells;
          const words = [String(domains).padStart(7), mode.padEnd(9), which.padEnd(5)];
          console.log(
            `${words.join('  ')}  ${ready?.padStart(9)}  ${memory?.padStart(6)}  ${longest?.padStart(15)}  ${String(keys).padStart(7)}`,
          );
        }
      } finally {
        removeFolder(folder);
      }
    }
  }
}

if (argv[2] === 'start')
  console.log(JSON.stringify(await start(argv[3] ?? '', argv[4] === 'online' ? 'online' : 'presigned')));
else await main();

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../delivery/clock.ts';
import { openLog } from '../../delivery/log.ts';
import { openSqliteStore } from '../../delivery/store/sqlite/sqlite-store.ts';
import type { NewEmail, Store } from '../../delivery/store/store.ts';
import { newEmail } from '../suites/store/under-test.ts';
import { testKeyring } from '../support/keyring.ts';

/**
 * Deliveries into the store alone: messages/s, waiting times and CPU, over 200 accounts.
 * `node test/bench/store.ts [seconds per row]`. With an LD_PRELOAD that slows fsync it shows group commit at work.
 */
const seconds = Number(process.argv[2] ?? 5);
const accounts = 200;

interface Row {
  readonly size: number;
  readonly inFlight: number;
}

const rows: readonly Row[] = [
  { size: 5_000, inFlight: 1 },
  { size: 5_000, inFlight: 10 },
  { size: 5_000, inFlight: 50 },
  { size: 50_000, inFlight: 50 },
];

const vocabulary = Array.from(
  { length: 3000 },
  (_unused, n) => `word${((n * 2654435761) >>> 0).toString(36)}`,
);

/** Words with natural frequencies: few common ones, many rare. */
function words(count: number): string {
  return Array.from(
    { length: count },
    () => vocabulary[Math.floor(Math.random() ** 3 * vocabulary.length)],
  ).join(' ');
}

function emails(size: number): NewEmail[] {
  return Array.from({ length: 200 }, (_unused, n) => {
    const text = words(size / 8);
    const head = `From: b${n}@example.net\r\nSubject: ${words(5)}\r\n\r\n`;
    const octets = Buffer.from((head + text).slice(0, size));
    return { ...newEmail({ octets, words: words(200), messageId: null }), receivedAt: new Date() };
  });
}

async function measure(store: Store, ids: readonly string[], { size, inFlight }: Row): Promise<string> {
  const made = emails(size);
  const waits: number[] = [];
  let sent = 0;
  const until = performance.now() + seconds * 1000;
  const cpu = process.cpuUsage();
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const n = sent++;
      const began = performance.now();
      const base = made[n % made.length] as NewEmail;
      const key = Buffer.alloc(32);
      key.writeUInt32BE(n);
      key.write(`${size}-${inFlight}`, 8);
      const discussion = { key: `d${n % 997}`, participants: ['email:b@example.net'] };
      await store.deliverEmail(ids[n % ids.length] ?? '', {
        ...base,
        deliveryKey: key,
        discussion,
        receivedAt: new Date(),
      });
      waits.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: inFlight }, one));
  const elapsed = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  waits.sort((first, second) => first - second);
  const at = (share: number): string => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(1).padStart(8);
  const perMessage = ((used.user + used.system) / 1000 / waits.length).toFixed(2).padStart(8);
  const rate = (waits.length / elapsed).toFixed(0).padStart(8);
  return `${String(size).padStart(7)} ${String(inFlight).padStart(9)} ${rate} ${at(0.5)} ${at(0.99)} ${perMessage}`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-bench-'));
  const store = await openSqliteStore({
    folder,
    shards: 4,
    keyring: testKeyring,
    clock: systemClock,
    log: openLog('warn'),
  });
  try {
    await store.addDomain('example.org');
    const names = Array.from({ length: accounts }, (_unused, n) => ({ address: `u${n}@example.org` }));
    const ids = (await store.addAccounts(names)).map(({ id = '' }) => id);
    console.log(' octets in flight  mails/s   p50 ms   p99 ms CPU ms/mail');
    for (const row of rows) console.log(await measure(store, ids, row));
    console.log(`memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();

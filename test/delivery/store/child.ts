import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import type { SqlitePorts } from '../../../delivery/store/sqlite/share.ts';
import { attachSqliteStore, openSqliteStore } from '../../../delivery/store/sqlite/sqlite-store.ts';
import { newEmail } from '../../suites/store/under-test.ts';
import { testKeyring } from '../../support/keyring.ts';

/** As a process: delivers for ever and prints each id that was answered. As a thread: delivers a hundred and tells them. */
async function main(): Promise<void> {
  if (parentPort) {
    const { ports, accountId } = workerData as { ports: SqlitePorts; accountId: string };
    const store = attachSqliteStore(ports, { clock: systemClock });
    const names = Array.from({ length: 100 }, (_unused, n) => `thread-${n}`);
    const stored = await Promise.all(
      names.map(name => store.deliverEmail(accountId, newEmail({ name, key: name }))),
    );
    parentPort.postMessage(stored.map(({ emailId }) => emailId));
    await store.close();
    return;
  }
  const [folder = '', accountId = ''] = process.argv.slice(2);
  const store = await openSqliteStore({
    folder,
    shards: 2,
    keyring: testKeyring,
    clock: systemClock,
    log: silentLog,
  });
  for (let n = 0; ; n++) {
    const batch = Array.from({ length: 10 }, (_unused, k) => `n${n}-${k}`);
    const stored = await Promise.all(
      batch.map(name => store.deliverEmail(accountId, newEmail({ name, key: name }))),
    );
    for (const { emailId } of stored) process.stdout.write(`${emailId}\n`);
  }
}

await main();

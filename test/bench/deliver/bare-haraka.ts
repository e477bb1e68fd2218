import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../support/remove-folder.ts';
import { type BenchSubject, freePort, portOpens, startChild, stopChild } from './subject.ts';

const top = join(import.meta.dirname, '../../..');

const plugins = {
  /** Takes every recipient and forgets every message. */
  bareQueue: `
exports.hook_rcpt = (next) => next(OK);
exports.hook_queue = (next) => next(OK);
`,
  /** Takes every recipient and keeps each message as one durable file: written, flushed, its folder flushed. */
  fileQueue: `
const fs = require('node:fs/promises');
const path = require('node:path');
let count = 0;
exports.hook_rcpt = (next) => next(OK);
exports.hook_queue = (next, connection) => {
  connection.transaction.message_stream.get_data((data) => {
    keep(data).then(() => next(OK), (error) => next(DENYSOFT, error.message));
  });
};
async function keep(data) {
  const folder = process.env.BENCH_FOLDER;
  const file = await fs.open(path.join(folder, String(count++)), 'w');
  await file.writeFile(data);
  await file.sync();
  await file.close();
  const handle = await fs.open(folder, 'r');
  await handle.sync();
  await handle.close();
}
`,
} as const;

/** Haraka with nothing of ours, in a folder of its own. */
export async function startBareHaraka(name: string, plugin: keyof typeof plugins): Promise<BenchSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-bench-'));
  const port = await freePort();
  const mail = join(folder, 'mail');
  for (const part of [mail, join(folder, 'config'), join(folder, 'plugins')])
    mkdirSync(part, { recursive: true });
  cpSync(join(top, 'node_modules/haraka/config/connection.ini'), join(folder, 'config/connection.ini'));
  const files = {
    'config/smtp.ini': `listen=127.0.0.1:${port}\nnodes=0\n`,
    'config/plugins': `${plugin}\n`,
    'config/loglevel': 'ERROR\n',
    'config/me': 'bench.example\n',
    [`plugins/${plugin}.js`]: plugins[plugin],
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const child = startChild('node', [join(top, 'node_modules/haraka/bin/haraka'), '-c', folder], {
    BENCH_FOLDER: mail,
  });
  await portOpens(port, name);
  return {
    name,
    protocol: 'smtp',
    port,
    processes: () => [child.pid ?? 0],
    settle: async () => {},
    async stop() {
      await stopChild(child);
      removeFolder(folder);
    },
  };
}

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { backend } from '../support/backend.ts';
import { openTestParts } from '../support/door-process.ts';
import { startHaraka } from '../support/haraka.ts';
import { requireService } from '../support/services.ts';
import { storedEmails } from '../support/stored.ts';

test('swaks delivers over STARTTLS with an attachment, and is refused for an unknown user', async t => {
  const swaks = requireService(t, 'swaks');
  if (!swaks) return;
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address: 'ada@example.org' }]);
  const { port } = await startHaraka(t, config);
  const send = (to: string, ...words: string[]) =>
    promisify(execFile)(swaks, [
      '--server',
      `127.0.0.1:${port}`,
      '--from',
      's@example.net',
      '--to',
      to,
      ...words,
    ]);
  await send('ada@example.org', '--tls', '--attach', '@/etc/hostname', '--body', 'hello');
  const [email] = await storedEmails(parts, 'ada@example.org');
  assert.match(email?.octets ?? '', /with ESMTPS \(TLSv1\.3 /);
  assert.equal(email?.summary.hasAttachment, true);
  await assert.rejects(send('nobody@example.org'), (error: { stdout: string }) =>
    /550 5\.1\.1/.test(error.stdout),
  );
});

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { judgingBombs } from '../fixtures/hostile/bombs.ts';
import { hostileMail, moreHostileMail } from '../fixtures/hostile/mail.ts';
import type { Judged } from '../suites/blows/assess-hostile.ts';
import { atEnd } from '../support/at-end.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const program = join(import.meta.dirname, '../suites/blows/assess-hostile.ts');

/** A process that judges one message after the other, each read from a file. */
async function openJudge(t: TestContext): Promise<(raw: Uint8Array) => Promise<Judged>> {
  const folder = temporaryFolder(t);
  const child = fork(program, [join(folder, 'data')], { execArgv: ['--expose-gc'] });
  atEnd(t, () => child.kill());
  await once(child, 'message');
  const path = join(folder, 'message');
  return async raw => {
    writeFileSync(path, raw);
    const stop = new AbortController();
    const answer = once(child, 'message', { signal: stop.signal });
    const ended = once(child, 'exit', { signal: stop.signal }).then(() =>
      assert.fail('the process died of it'),
    );
    // Of the two, one is always given up.
    for (const promise of [answer, ended]) promise.catch(() => {});
    child.send(path);
    const [judged] = await Promise.race([answer, ended]).finally(() => stop.abort());
    return judged as Judged;
  };
}

/** What one message may cost. */
const maxSeconds = 2;
const maxOctets = 256 * 1024 * 1024;

test('any hostile message is judged by every stage within 2 s of CPU and 256 MB', async t => {
  const judge = await openJudge(t);
  const faults: string[] = [];
  const costs: { line: string; seconds: number }[] = [];
  for (const [name, make] of Object.entries({ ...hostileMail, ...moreHostileMail })) {
    const { seconds, octets, failed, score } = await judge(make());
    const line = `${seconds.toFixed(2)} s, ${Math.round(octets / 1024 / 1024)} MB: ${name}`;
    costs.push({ line, seconds });
    if (seconds > maxSeconds || octets > maxOctets) faults.push(line);
    if (failed.length > 0 || score === null) faults.push(`${name}: ${failed.join(', ') || 'no score'}`);
  }
  for (const { line } of costs.sort((a, b) => b.seconds - a.seconds).slice(0, 8)) t.diagnostic(line);
  assert.ok(costs.length > 600);
  assert.deepEqual(faults, []);
});

/** Messages of which something must be left out, by the table they stand in. */
const partial = [
  ...[
    '12,000 parts',
    '10,000 nested multiparts',
    'a subject of 1 MB',
    'a header line of 1 MB',
    '100,000 fields',
  ],
  ...[
    '2,000,000 parts',
    '20 MB of angle brackets',
    'a ZIP file with a ZIP file in a ZIP file',
    'a ZIP file of 20,000 names',
  ],
  ...Object.keys(judgingBombs).filter(name =>
    /100,000 (?:links|addresses)|megapixels|0,000 times|200 PNG|ZIP files?, 10,000|5,000 times|pages that swell|in gzip/.test(
      name,
    ),
  ),
];

test('what was read of a bomb is scored, and it is marked that something was left out', async t => {
  const judge = await openJudge(t);
  assert.ok(partial.length > 15);
  for (const name of partial) {
    const judged = await judge(hostileMail[name]?.() ?? assert.fail(name));
    assert.ok(judged.isPartial && judged.score !== null, name);
  }
  const whole = await judge(Buffer.from('From: a@example.net\r\nSubject: all of it\r\n\r\ntext\r\n'));
  assert.equal(whole.isPartial, false);
});

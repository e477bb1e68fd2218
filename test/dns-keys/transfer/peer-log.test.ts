import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Log, silentLog } from '../../../delivery/log.ts';
import { newPeerLog } from '../../../dns-keys/transfer/peer-log.ts';

function openLog() {
  const lines: [string, string, unknown][] = [];
  const line = (level: string) => (fields: Record<string, unknown>, event: string) =>
    void lines.push([level, event, fields.leftOut]);
  const log: Log = { ...silentLog, info: line('info'), debug: line('debug') };
  let now = Date.UTC(2027, 0, 1);
  const peerLog = newPeerLog({ clock: { now: () => new Date(now) }, log });
  const pass = (seconds: number) => {
    now += seconds * 1000;
  };
  const infos = () => lines.splice(0).filter(([level]) => level === 'info');
  return { peerLog, lines, infos, pass };
}

test('one line a minute for each network and event, the rest at debug and counted', () => {
  const { peerLog, lines, infos, pass } = openLog();
  for (const address of ['192.0.2.1', '192.0.2.200', '192.0.2.1']) peerLog.note('refused', address, {});
  assert.deepEqual(
    lines.map(([level]) => level),
    ['info', 'debug', 'debug'],
  );
  infos();
  peerLog.note('refused', '192.0.3.1', {});
  peerLog.note('transferred', '192.0.2.1', {});
  for (const address of ['2001:db8::1', '2001:db8:0:ff::1', '2001:db8:0:100::1'])
    peerLog.note('refused', address, {});
  assert.equal(infos().length, 4);
  pass(60);
  peerLog.note('refused', '192.0.2.9', {});
  assert.deepEqual(infos(), [['info', 'refused', 2]]);
});

test('forged addresses of many networks write no more lines than there are places', () => {
  const { peerLog, lines, infos, pass } = openLog();
  for (let network = 0; network < 10_000; network += 1)
    peerLog.note('refused', `10.${network >> 8}.${network & 255}.1`, {});
  assert.equal(lines.length, 10_000);
  assert.ok(infos().length <= 257);
  pass(60);
  for (let network = 0; network < 300; network += 1) peerLog.note('refused', `11.1.${network & 255}.1`, {});
  assert.ok(infos().length > 250);
});

test('a clock that is set back does not silence anybody for long', () => {
  const { peerLog, infos, pass } = openLog();
  peerLog.note('refused', '192.0.2.1', {});
  pass(-3600);
  peerLog.note('refused', '192.0.2.1', {});
  assert.equal(infos().length, 2);
});

import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import { exchangeOverTcp } from '../../../dns-keys/ask/tcp-exchange.ts';
import { optionCodes, optRecord, readOpt } from '../../../dns-keys/edns.ts';
import { newMessage, parseMessage, writeMessage } from '../../../dns-keys/message.ts';
import { nameText, parseName } from '../../../dns-keys/name.ts';
import { encodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import { transferAccess } from '../../../dns-keys/transfer/access.ts';
import { newPeerLog } from '../../../dns-keys/transfer/peer-log.ts';
import { transfer } from '../../../dns-keys/transfer/transfer.ts';
import { TransferTurns } from '../../../dns-keys/transfer/transfer-turns.ts';
import { responseVerifier, signRequest } from '../../../dns-keys/transfer/tsig-client.ts';
import { diffZones } from '../../../dns-keys/transfer/zone-change.ts';
import { openZoneFile } from '../../../dns-keys/transfer/zone-versions.ts';
import type { RecordSet } from '../../../dns-keys/zone/record-set.ts';
import { poll } from '../../support/poll.ts';
import { requireService } from '../../support/services.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { key, keyText, openPrimary, secret } from './harness.ts';
import { dig, kdig, recordsOf } from './programs.ts';
import { setOf, soaOf, textSet, zoneOf } from './zones.ts';

const apexText = '_openpgpkey.example.org';
const apex = parseName(apexText);
const fromLoopback = transferAccess({ keys: [], addresses: ['127.0.0.0/8'] });

const version = (serial: number): RecordSet[] =>
  zoneOf(apexText, serial, [textSet('shared', apex, 'same'), textSet(`only${serial}`, apex, `of ${serial}`)]);

test('kdig and dig fetch a zone with the right key', async t => {
  if (!requireService(t, 'kdig')) return;
  const primary = await openPrimary(t);
  await primary.serve(apexText, version(7));
  const text = await kdig(primary.port, '-y', keyText, apexText, 'AXFR');
  const records = recordsOf(text);
  assert.equal(records.length, 5, text);
  assert.ok(records.includes(`only7.${apexText}. 3600 IN TXT "of 7"`), text);
  assert.match(text, /SOA[\s\S]*SOA/);
  assert.doesNotMatch(text, /WARNING|;; ERROR/);
  const byDig = await dig(primary.port, '-y', keyText, apexText, 'AXFR');
  assert.equal(recordsOf(byDig).length, 5, byDig);
  assert.match(byDig, /XFR size: 6 records/);
  await poll('the log', () => (primary.words.at(-1)?.event === 'zoneTransferred' ? true : undefined));
  await poll('the log', () => (primary.words.at(-1)?.fields.kind === 'axfr' ? true : undefined));
});

test('a wrong secret gets NOTAUTH and BADSIG, an unknown key BADKEY, no key REFUSED, and none a record', async t => {
  if (!requireService(t, 'kdig')) return;
  const primary = await openPrimary(t);
  await primary.serve(apexText, version(7));
  const ask = (...words: string[]) => dig(primary.port, ...words, apexText, 'AXFR');
  const wrong = Buffer.alloc(32).toString('base64');
  for (const [text, expected] of [
    [await ask('-y', `hmac-sha256:secondary.example:${wrong}`), /NOTAUTH[\s\S]*BADSIG|BADSIG/],
    [await ask('-y', `hmac-sha256:stranger.example:${secret}`), /NOTAUTH[\s\S]*BADKEY|BADKEY/],
    [await ask(), /REFUSED|Transfer failed/],
  ] as const) {
    assert.match(text, expected);
    assert.doesNotMatch(text, /shared/);
  }
  const refused = await kdig(primary.port, '+edns', apexText, 'AXFR');
  assert.match(refused, /REFUSED/);
});

test('without keys the address decides, and what is not ours or not to be had is said', async t => {
  if (!requireService(t, 'kdig')) return;
  const primary = await openPrimary(t);
  await primary.serve(apexText, version(7), fromLoopback);
  await primary.serve(
    'closed.example',
    zoneOf('closed.example', 1),
    transferAccess({ keys: [], addresses: ['10.0.0.0/8'] }),
  );
  primary.serveOnline('online.example');
  assert.equal(recordsOf(await kdig(primary.port, apexText, 'AXFR')).length, 5);
  assert.match(await kdig(primary.port, 'closed.example', 'AXFR'), /REFUSED/);
  assert.match(await kdig(primary.port, 'other.example', 'AXFR'), /NOTAUTH/);
  assert.match(await kdig(primary.port, '-y', keyText, 'online.example', 'AXFR'), /REFUSED/);
  const query = newMessage({
    questions: [{ name: parseName('online.example'), type: rrTypes.AXFR, class: 1 }],
    additionals: [optRecord({ udpPayloadOctets: 1232 })],
  });
  const signed = signRequest(writeMessage(query), key, Math.floor(Date.now() / 1000));
  const answer = await exchangeOverTcp(signed.octets, { address: '127.0.0.1', port: primary.port });
  const verify = responseVerifier({ key, mac: signed.mac });
  assert.equal(verify(answer, Math.floor(Date.now() / 1000)).status, 'verified');
  const [error] = readOpt(parseMessage(answer))?.options ?? [];
  assert.equal(error?.code, optionCodes.ERROR);
  assert.match(Buffer.from(error?.data ?? []).toString('latin1', 2), /this zone is signed as it is asked/);
  assert.match(await kdig(primary.port, '+notcp', 'other.example', 'IXFR=3'), /NOTAUTH/);
});

test('IXFR gives the change, the SOA alone to who is up to date, and the zone to who is too old', async t => {
  if (!requireService(t, 'kdig')) return;
  const primary = await openPrimary(t);
  const many = (serial: number): RecordSet[] => [
    ...version(serial),
    ...Array.from({ length: 50 }, (_, index) => textSet(`more${index}`, apex, 'of the same')),
  ];
  const file = await primary.serve(apexText, many(7));
  await file.append(diffZones(many(7), many(8)));
  await file.append(diffZones(many(8), many(9)));
  const ask = (serial: number, ...words: string[]) =>
    kdig(primary.port, '-y', keyText, ...words, apexText, `IXFR=${serial}`);
  const change = await ask(7, '+tcp');
  const lines = change.split('\n').filter(line => /^\S.*\s(SOA|TXT)\s/.test(line));
  assert.deepEqual(
    lines.map(line => line.match(/ (\d+) 3600 60|only\d/)?.at(1) ?? line.match(/only\d/)?.[0]),
    ['9', '7', 'only7', '9', 'only9', '9'],
    change,
  );
  await poll('the log', () => (primary.words.at(-1)?.fields.kind === 'ixfr' ? true : undefined));
  for (const serial of [9, 10]) {
    const text = await ask(serial, '+tcp');
    assert.equal(recordsOf(text).length, 1, text);
  }
  assert.equal(recordsOf(await ask(3, '+tcp')).length, 55);
  await poll('the log', () => (primary.words.at(-1)?.fields.kind === 'axfr' ? true : undefined));
  // Over UDP: the change where it fits, else the SOA alone.
  assert.match(await ask(8, '+notcp', '+bufsize=1232'), /only8[\s\S]*only9/);
  assert.equal(primary.words.at(-1)?.fields.transport, 'udp');
  const alone = await ask(3, '+notcp');
  assert.equal(recordsOf(alone).length, 1, alone);
});

test('a change that is longer than the zone is no help: the zone itself goes', async t => {
  if (!requireService(t, 'kdig')) return;
  const primary = await openPrimary(t);
  const all = (serial: number) =>
    zoneOf(
      apexText,
      serial,
      Array.from({ length: 20 }, (_, index) => textSet(`k${index}`, apex, `of ${serial}`)),
    );
  const file = await primary.serve(apexText, all(1));
  await file.append(diffZones(all(1), all(2)));
  const text = await kdig(primary.port, '-y', keyText, '+tcp', apexText, 'IXFR=1');
  assert.equal(recordsOf(text).length, 23, text);
  // Written when the last octet has left, which may be after the client has it.
  await poll('the transfer in the log', () =>
    primary.words.at(-1)?.fields.kind === 'axfr' ? true : undefined,
  );
});

test('a long zone comes in messages of at most 32 kB, a record of 60 kB in one of its own, each signed', async t => {
  if (!requireService(t, 'kdig')) return;
  const primary = await openPrimary(t);
  const certificate = (octets: number) =>
    encodeData(rrTypes.OPENPGPKEY, { certificate: Buffer.alloc(octets, 7) });
  const sets = Array.from({ length: 500 }, (_, index) => {
    const { owner } = textSet(`k${index}`, apex);
    return setOf(owner, rrTypes.OPENPGPKEY, [certificate(index === 77 ? 60_000 : 900)]);
  });
  await primary.serve(apexText, zoneOf(apexText, 1, sets));
  const text = await kdig(primary.port, '-y', keyText, apexText, 'AXFR');
  assert.equal(recordsOf(text).length, 503);
  assert.match(text, /\d+ messages, 504 records/);
  const fields = await poll('the log', () => primary.words.at(-1)?.fields);
  assert.ok(Number(fields?.messages) >= 500 / 32 && Number(fields?.messages) < 40, JSON.stringify(fields));
  assert.ok(Number(fields?.octets) < 504 * 950 + 60_000);
  assert.doesNotMatch(text, /WARNING|;; ERROR/);
});

test('a transfer asked for in mixed case gets names as the zone has them', async t => {
  if (!requireService(t, 'kdig')) return;
  const primary = await openPrimary(t);
  await primary.serve(apexText, version(1));
  const text = await dig(primary.port, '-y', keyText, '_OPENPGPKEY.example.ORG', 'AXFR');
  assert.match(text, /^only1\._openpgpkey\.example\.org\./m);
  assert.match(text, /^_openpgpkey\.example\.org\..*SOA/m);
});

test('a zone that changes while it is transferred, and is written anew, goes as it was at the start', async t => {
  const folder = temporaryFolder(t);
  const limits = { entries: 1, mostOctets: 100, leastOctets: 100 };
  const file = await openZoneFile(folder, apex, { log: silentLog, limits });
  const filler = Array.from({ length: 3000 }, (_, index) => textSet(`k${index}`, apex, 'x'.repeat(200)));
  const whole = (serial: number) => [...version(serial), ...filler];
  await file.replace(soaOf(apex, 1), whole(1));
  const deps = {
    findZone: () => ({ apex, access: fromLoopback, versions: file }),
    findKey: () => null,
    clock: systemClock,
    log: silentLog,
    peerLog: newPeerLog({ clock: systemClock, log: silentLog }),
    turns: new TransferTurns(),
  };
  const message = newMessage({ questions: [{ name: apex, type: rrTypes.AXFR, class: 1 }] });
  const request = { octets: writeMessage(message), message };
  const peer = { address: '127.0.0.1', transport: 'tcp' } as const;
  const owners: string[] = [];
  let messages = 0;
  for await (const octets of transfer(request, peer, deps)) {
    messages += 1;
    owners.push(...parseMessage(octets).answers.map(({ name }) => nameText(name)));
    if (messages < 8) await file.append(diffZones(whole(messages), whole(messages + 1)));
  }
  assert.ok(messages > 20);
  assert.equal(owners.length, whole(1).length + 1);
  assert.deepEqual(
    owners.filter(name => name.startsWith('only')),
    [`only1.${apexText}.`],
  );
  // Who goes away in the middle leaves nothing open.
  for await (const octets of transfer(request, peer, deps)) if (octets.length > 0) break;
  const open = readdirSync('/proc/self/fd').map(name => readlinkOrNull(`/proc/self/fd/${name}`));
  assert.deepEqual(
    open.filter(target => target?.startsWith(folder)),
    [],
  );
});

function readlinkOrNull(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null; // The folder's own, closed since.
  }
}

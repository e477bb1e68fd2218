import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { silentLog } from '../../../delivery/log.ts';
import { newMessage, parseMessage, rcodes, writeMessage } from '../../../dns-keys/message.ts';
import { parseName } from '../../../dns-keys/name.ts';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { transferAccess } from '../../../dns-keys/transfer/access.ts';
import { newPeerLog } from '../../../dns-keys/transfer/peer-log.ts';
import { transfer } from '../../../dns-keys/transfer/transfer.ts';
import { TransferTurns } from '../../../dns-keys/transfer/transfer-turns.ts';
import { openZoneFile } from '../../../dns-keys/transfer/zone-versions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { keptLog } from '../publish/keeper.ts';
import { soaOf, textSet, zoneOf } from './zones.ts';

const apexText = '_openpgpkey.example.org';
const apex = parseName(apexText);

test('one address has so many at once, all together so many; who waits longest is next', async () => {
  const turns = new TransferTurns({ total: 3, perAddress: 2, waitMilliseconds: 60_000 });
  const begun: string[] = [];
  const begin = (address: string, name: string) => void turns.begin(address).then(() => begun.push(name));
  begin('192.0.2.1', 'a1');
  begin('::ffff:192.0.2.1', 'a2');
  begin('192.0.2.1', 'a3');
  begin('192.0.2.2', 'b1');
  begin('192.0.2.3', 'c1');
  const settle = () => new Promise(setImmediate);
  await settle();
  assert.deepEqual(begun, ['a1', 'a2', 'b1']);
  turns.end('192.0.2.2');
  await settle();
  assert.deepEqual(begun.slice(3), ['c1'], 'a3 waits for another of its own');
  turns.end('192.0.2.1');
  await settle();
  assert.deepEqual(begun.slice(4), ['a3']);
});

test('who waits too long has no turn, and takes none from others', async () => {
  const turns = new TransferTurns({ total: 1, perAddress: 1, waitMilliseconds: 1 });
  assert.equal(await turns.begin('192.0.2.1'), true);
  assert.equal(await turns.begin('192.0.2.2'), false);
  turns.end('192.0.2.1');
  assert.equal(await turns.begin('192.0.2.2'), true);
});

async function openTransfers(t: TestContext) {
  const file = await openZoneFile(temporaryFolder(t), apex, { log: silentLog });
  const filler = Array.from({ length: 500 }, (_none, index) => textSet(`k${index}`, apex, 'x'.repeat(200)));
  await file.replace(soaOf(apex, 1), zoneOf(apexText, 1, filler));
  const { log, lines } = keptLog();
  const access = transferAccess({ keys: [], addresses: ['127.0.0.1'] });
  const deps = {
    findZone: () => ({ apex, access, versions: file }),
    findKey: () => null,
    ...{ clock: systemClock, log, peerLog: newPeerLog({ clock: systemClock, log }) },
    turns: new TransferTurns({ total: 1, perAddress: 1, waitMilliseconds: 1 }),
  };
  const message = newMessage({ questions: [{ name: apex, type: rrTypes.AXFR, class: 1 }] });
  const request = { octets: writeMessage(message), message };
  const ask = () => transfer(request, { address: '127.0.0.1', transport: 'tcp' }, deps);
  return { ask, lines };
}

async function rcodesOf(messages: AsyncIterable<Buffer>): Promise<number[]> {
  const found: number[] = [];
  for await (const octets of messages) found.push(parseMessage(octets).rcode);
  return found;
}

test('beyond the limit a transfer is SERVFAIL, and told; when one has ended, or was given up, there is room', async t => {
  const { ask, lines } = await openTransfers(t);
  for (const end of ['whole', 'given up']) {
    const first = ask();
    assert.equal((await first.next()).done, false);
    assert.deepEqual(await rcodesOf(ask()), [rcodes.SERVFAIL]);
    if (end === 'whole') await rcodesOf(first);
    else await first.return(undefined);
    assert.ok((await rcodesOf(ask())).every(rcode => rcode === rcodes.NOERROR));
  }
  const [refused] = lines.filter(({ event }) => event === 'transferRefused');
  assert.equal(refused?.fields.why, 'too many transfers at once');
});

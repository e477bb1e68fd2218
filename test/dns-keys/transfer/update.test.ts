import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../delivery/clock.ts';
import { newMessage, opcodes, parseMessage, rcodes, writeMessage } from '../../../dns-keys/message.ts';
import { childName, parseName } from '../../../dns-keys/name.ts';
import { encodeData, rdataFromText, rrTypes } from '../../../dns-keys/rr/table.ts';
import { readTsigKey } from '../../../dns-keys/transfer/tsig.ts';
import {
  delegationUpdate,
  nameUpdate,
  sendUpdate,
  type Update,
  type UpdateServer,
  undelegationUpdate,
} from '../../../dns-keys/transfer/update.ts';
import { requireService } from '../../support/services.ts';
import { key, secret } from './harness.ts';
import { freePort, kdig, startKnotPrimary, startNamedPrimary } from './programs.ts';

const zoneText = 'parent.example';
const zone = parseName(zoneText);
const owner = childName('_openpgpkey', zone);
const wkd = childName('openpgpkey', zone);
const ttlSeconds = 300;
const digest = (octet: string) => rdataFromText(rrTypes.DS, ['4711', '13', '2', octet.repeat(64)]);
const nameServers = ['ns1.host.example', 'ns2.host.example'].map(parseName);
const cname = (target: string) => ({
  owner: wkd,
  type: rrTypes.CNAME,
  ttlSeconds,
  rdatas: [encodeData(rrTypes.CNAME, { target: parseName(target) })],
});
const address = {
  owner: wkd,
  type: rrTypes.A,
  ttlSeconds,
  rdatas: [encodeData(rrTypes.A, { address: '192.0.2.7' })],
};

const deps = { clock: systemClock };

for (const [service, start] of [
  ['knot', startKnotPrimary],
  ['bind9', startNamedPrimary],
] as const) {
  test(`a delegation and WKD names are placed, changed and taken away in a zone of ${service}`, async t => {
    if (!requireService(t, 'kdig') || !requireService(t, service)) return;
    const program = await start(t, zoneText);
    await program.has(zoneText, 1);
    const server: UpdateServer = { zone, key, address: '127.0.0.1', port: program.port };
    const must = async (update: Update) => assert.equal(await sendUpdate(update, server, deps), null);
    const ask = (name: string, type: string) => kdig(program.port, '+norec', `${name}.${zoneText}`, type);

    await must(delegationUpdate({ owner, nameServers, ds: [digest('a')], ttlSeconds, dsBefore: [] }));
    const delegated = await ask('_openpgpkey', 'NS');
    for (const number of [1, 2]) assert.match(delegated, new RegExp(`NS\\s+ns${number}\\.host\\.example\\.`));
    assert.match(await ask('_openpgpkey', 'DS'), /DS\s+4711 13 2 A{5}/i);
    const dsBefore = [digest('a')];
    await must(
      delegationUpdate({ owner, nameServers, ds: [digest('a'), digest('b')], ttlSeconds, dsBefore }),
    );
    const stale = delegationUpdate({ owner, nameServers, ds: [digest('c')], ttlSeconds, dsBefore });
    const lost = await sendUpdate(stale, server, deps);
    assert.match(lost?.words ?? '', /not those that we placed last/);
    assert.doesNotMatch(await ask('_openpgpkey', 'DS'), /C{10}/i);

    await must(nameUpdate([cname('wkd.host.example')], []));
    assert.match(await ask('openpgpkey', 'A'), /CNAME\s+wkd\.host\.example\./);
    const again = await sendUpdate(nameUpdate([cname('other.example')], []), server, deps);
    assert.match(again?.words ?? '', /we did not place/);
    await must(nameUpdate([address], [cname('wkd.host.example')]));
    assert.match(await ask('openpgpkey', 'A'), /A\s+192\.0\.2\.7/);
    await must(nameUpdate([], [address]));
    assert.match(await ask('openpgpkey', 'A'), /NXDOMAIN/);
    await must(undelegationUpdate(owner));
    assert.match(await ask('_openpgpkey', 'NS'), /NXDOMAIN/);
  });

  test(`what ${service} refuses is said in words, with what to do`, async t => {
    if (!requireService(t, 'kdig') || !requireService(t, service)) return;
    const program = await start(t, zoneText);
    await program.has(zoneText, 1);
    const server: UpdateServer = { zone, key, address: '127.0.0.1', port: program.port };
    const update = nameUpdate([address], []);
    const wrong = Buffer.alloc(32, 1).toString('base64');
    const late = { now: () => new Date(Date.now() - 3_600_000) };
    const elsewhere = { ...address, owner: parseName('openpgpkey.other.example') };
    const cases = [
      [
        { ...server, key: readTsigKey(`hmac-sha256:stranger.example:${secret}`) },
        update,
        /does not know the key/,
      ],
      [{ ...server, key: readTsigKey(`hmac-sha256:secondary.example:${wrong}`) }, update, /another secret/],
      [
        { ...server, key: readTsigKey(`hmac-sha256:reader.example:${secret}`) },
        update,
        /allow.* (the key reader|it)/,
      ],
      [{ ...server, zone: parseName('other.example') }, update, /not the primary server of other\.example/],
      [server, nameUpdate([elsewhere], []), /not in the zone/],
    ] as const;
    for (const [to, what, words] of cases) {
      const fault = await sendUpdate(what, to, deps);
      assert.match(fault?.words ?? '', words);
      assert.equal(fault?.isTemporary, false);
    }
    const clocks = await sendUpdate(update, server, { clock: late });
    assert.match(clocks?.words ?? '', /clock/);
    assert.equal(clocks?.isTemporary, true);
    assert.match(await kdig(program.port, '+norec', `openpgpkey.${zoneText}`, 'A'), /NXDOMAIN/);
  });
}

test('a server that is down is tried again; an answer that nobody signed is no yes', async () => {
  const server: UpdateServer = { zone, key, address: '127.0.0.1', port: await freePort() };
  const update = nameUpdate([address], []);
  const down = await sendUpdate(update, server, deps);
  assert.match(down?.words ?? '', /can't be reached/);
  assert.equal(down?.isTemporary, true);
  const unsigned = (rcode: number) => async (octets: Uint8Array) =>
    writeMessage(
      newMessage({ id: parseMessage(octets).id, opcode: opcodes.UPDATE, isResponse: true, rcode }),
    );
  const liar = await sendUpdate(update, server, { ...deps, exchange: unsigned(rcodes.NOERROR) });
  assert.match(liar?.words ?? '', /can't be believed/);
  const old = await sendUpdate(update, server, { ...deps, exchange: unsigned(rcodes.NOTIMP) });
  assert.match(old?.words ?? '', /takes no DNS UPDATE/);
  const other = await sendUpdate(update, server, { ...deps, exchange: async () => Buffer.alloc(5) });
  assert.match(other?.words ?? '', /no answer to an update/);
});

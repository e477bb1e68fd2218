import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock, unixSeconds } from '../../delivery/clock.ts';
import { silentLog } from '../../delivery/log.ts';
import { dnsHooks } from '../../dns-keys/dns-hooks.ts';
import { readOpt } from '../../dns-keys/edns.ts';
import { opcodes, parseMessage, rcodes } from '../../dns-keys/message.ts';
import { rrTypes } from '../../dns-keys/rr/table.ts';
import type { DnsSettings } from '../../dns-keys/settings.ts';
import { appendTsig, splitTsig, tsigErrors } from '../../dns-keys/transfer/tsig.ts';
import { responseVerifier, signRequest } from '../../dns-keys/transfer/tsig-client.ts';
import type { ZoneVersions } from '../../dns-keys/transfer/zone-versions.ts';
import { makePair } from '../support/server-certificate.ts';
import { dnssecOk, queryOctets, tableOf } from './answer/queries.ts';
import { framed, openServer, streamClient, udpClient } from './server/open-server.ts';
import { key } from './transfer/harness.ts';
import { keyZone } from './zone/key-zones.ts';

const zone = keyZone({ isPlain: true, keys: 1 });
const { apex } = zone;

/** Asks a server that knows the key over UDP; there is an answer to whatever is asked here. */
async function openAsking(t: TestContext): Promise<(query: Uint8Array) => Promise<Buffer>> {
  const settings = { tsigKeys: [key] } as unknown as DnsSettings;
  const hooks = dnsHooks(() => null, { settings, clock: systemClock, log: silentLog });
  const { port } = await openServer(t, { zones: tableOf(zone), hooks });
  const client = await udpClient(t, port);
  return async query => {
    client.send(query);
    const answer = await client.next();
    assert.ok(answer);
    return answer;
  };
}

const ofOpcode = (opcode: number) =>
  queryOctets(apex, { type: rrTypes.SOA, edns: dnssecOk, fields: { opcode } });
const soaQuery = ofOpcode(opcodes.QUERY);
const now = () => unixSeconds(systemClock.now());

test('what is signed is answered signed, whatever the operation (RFC 8945 section 5.3)', async t => {
  const ask = await openAsking(t);
  const expected = [
    [opcodes.QUERY, rcodes.NOERROR],
    [opcodes.NOTIFY, rcodes.NOTAUTH],
    [opcodes.UPDATE, rcodes.NOTIMP],
    [opcodes.STATUS, rcodes.NOTIMP],
  ] as const;
  for (const [opcode, rcode] of expected) {
    const { octets, mac } = signRequest(ofOpcode(opcode), key, now());
    const answer = await ask(octets);
    const message = parseMessage(answer);
    assert.deepEqual([message.opcode, message.rcode], [opcode, rcode]);
    assert.deepEqual(responseVerifier({ key, mac })(answer, now()), { status: 'verified' });
  }
});

test('a key that is not known gets BADKEY, whatever the operation', async t => {
  const ask = await openAsking(t);
  const other = { ...key, name: apex };
  for (const opcode of [opcodes.NOTIFY, opcodes.UPDATE, opcodes.STATUS]) {
    const answer = await ask(signRequest(ofOpcode(opcode), other, now()).octets);
    const { rcode, opcode: answered } = parseMessage(answer);
    assert.deepEqual(
      [rcode, answered, splitTsig(answer)?.tsig.error],
      [rcodes.NOTAUTH, opcode, tsigErrors.badKey],
    );
  }
});

test('a TSIG that is none is FORMERR, with the question and the operation that were sent', async t => {
  const ask = await openAsking(t);
  for (const query of [soaQuery, ofOpcode(opcodes.NOTIFY)]) {
    const tsig = splitTsig(signRequest(query, key, now()).octets)?.tsig;
    assert.ok(tsig);
    const message = parseMessage(await ask(appendTsig(query, { ...tsig, mac: tsig.mac.subarray(0, 8) })));
    const sent = parseMessage(query);
    assert.deepEqual(
      [message.rcode, message.opcode, message.questions],
      [rcodes.FORMERR, sent.opcode, sent.questions],
    );
  }
});

test('answers of others than the zones say DO where it was said, too (RFC 3225 section 3)', async t => {
  const ask = await openAsking(t);
  const transfer = queryOctets(apex, { type: rrTypes.AXFR, edns: dnssecOk });
  const wrongKey = signRequest(soaQuery, { ...key, name: apex }, now()).octets;
  for (const query of [transfer, ofOpcode(opcodes.NOTIFY), wrongKey])
    assert.equal(readOpt(parseMessage(await ask(query)))?.isDnssecOk, true);
  const without = queryOctets(apex, { type: rrTypes.AXFR });
  assert.equal(readOpt(parseMessage(await ask(without)))?.isDnssecOk, false);
});

test('a zone goes over TLS 1.3 and over no older version (RFC 9103 section 7.2)', async t => {
  const versions = { soa: null } as unknown as ZoneVersions;
  const found = { apex, access: () => true, versions };
  const settings = { tsigKeys: [key] } as unknown as DnsSettings;
  const hooks = dnsHooks(() => found, { settings, clock: systemClock, log: silentLog });
  const { certificate: cert, key: secret } = await makePair(['ns1.example.net']);
  const tls = { addresses: [{ address: '127.0.0.1', port: 0 }], options: { cert, key: secret } };
  const { tlsPort } = await openServer(t, { zones: tableOf(zone), hooks, tls });
  const rcodeBy = async (maxVersion: 'TLSv1.2' | 'TLSv1.3') => {
    const { socket, next } = await streamClient(t, tlsPort, { servername: 'ns1.example.net', maxVersion });
    socket.write(framed(queryOctets(apex, { type: rrTypes.AXFR })));
    return parseMessage((await next()) ?? Buffer.alloc(0)).rcode;
  };
  // Allowed it is, and there is nothing yet.
  assert.equal(await rcodeBy('TLSv1.3'), rcodes.SERVFAIL);
  assert.equal(await rcodeBy('TLSv1.2'), rcodes.REFUSED);
});

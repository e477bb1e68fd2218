import assert from 'node:assert/strict';
import { test } from 'node:test';
import { childName, type Name, nameText } from '../../../dns-keys/name.ts';
import { decodeData, rrTypes } from '../../../dns-keys/rr/table.ts';
import { queryOctets, typesOf } from '../answer/queries.ts';
import { hashedOwner, keyOctets, recordSet } from '../zone/key-zones.ts';
import { type Heard, must, online, openAsking, presigned } from './asking.ts';

const asking = openAsking();
const { apex } = online;
const key = hashedOwner(0, apex);
const gone = childName('nobody', apex);
const { RRSIG, NSEC, NXNAME, OPENPGPKEY } = rrTypes;

async function ask(name: Name, type: number, isCompactOk = false): Promise<Heard> {
  const edns = { udpPayloadOctets: 1232, isDnssecOk: true, isCompactOk };
  return must(await asking.udp(queryOctets(name, { type, edns })));
}

function denialOf({ message }: Heard) {
  const [record, another] = message.authorities.filter(({ type }) => type === NSEC);
  assert.ok(record !== undefined && another === undefined);
  const { next, types } = decodeData(NSEC, record.rdata);
  return { owner: nameText(record.name), next: nameText(next), types };
}

test('§3.1: a name that is not there has RRSIG, NSEC and NXNAME, and the next name is the very next', async () => {
  for (const name of [gone, childName('a', gone), childName('x', key), childName('*', apex)]) {
    const heard = await ask(name, OPENPGPKEY);
    const owner = nameText(name);
    assert.deepEqual(
      [heard.rcode, heard.message.answers.length, heard.message.isAuthoritative],
      [0, 0, true],
    );
    assert.deepEqual(typesOf(heard.message.authorities), ['SOA', 'RRSIG', 'NSEC', 'RRSIG']);
    assert.deepEqual(denialOf(heard), { owner, next: `\\000.${owner}`, types: [RRSIG, NSEC, NXNAME] });
  }
});

test('§3.2: a type that is not there is denied by the types that are, without NXNAME', async () => {
  assert.deepEqual(denialOf(await ask(key, rrTypes.A)).types, [RRSIG, NSEC, OPENPGPKEY]);
  const { types } = denialOf(await ask(apex, rrTypes.A));
  assert.deepEqual(types, [rrTypes.NS, rrTypes.SOA, RRSIG, NSEC, rrTypes.DNSKEY]);
});

test('§3.2: a name that comes to stand between others is no longer denied as absent', async () => {
  const between = childName('between', apex);
  assert.deepEqual(denialOf(await ask(between, OPENPGPKEY)).types, [RRSIG, NSEC, NXNAME]);
  const below = childName('below', between);
  online.put(recordSet(below, OPENPGPKEY, keyOctets('below')));
  assert.deepEqual(denialOf(await ask(between, OPENPGPKEY)).types, [RRSIG, NSEC]);
  online.remove(below, OPENPGPKEY);
  assert.deepEqual(denialOf(await ask(between, OPENPGPKEY)).types, [RRSIG, NSEC, NXNAME]);
});

test('§3.5: NXNAME is not to be asked for, whatever the name', async () => {
  for (const name of [key, gone, apex]) {
    const heard = await ask(name, NXNAME);
    assert.deepEqual([heard.rcode, heard.message.answers.length + heard.message.authorities.length], [1, 0]);
  }
});

test('§5: who asks without DO is told NXDOMAIN, with no denial', async () => {
  const heard = must(await asking.udp(queryOctets(gone)));
  assert.deepEqual([heard.rcode, typesOf(heard.message.authorities)], [3, ['SOA']]);
});

test('§5.1: who sets CO is told NXDOMAIN for what is not there, and CO comes back', async () => {
  const flags = ({ message }: Heard) => message.additionals.at(-1)?.ttlSeconds;
  const absent = await ask(gone, OPENPGPKEY, true);
  assert.deepEqual([absent.rcode, flags(absent)], [3, 0xc000]);
  assert.deepEqual(denialOf(absent).types, [RRSIG, NSEC, NXNAME]);
  assert.equal((await ask(key, rrTypes.A, true)).rcode, 0);
  assert.equal((await ask(key, OPENPGPKEY, true)).rcode, 0);
  assert.equal(flags(await ask(gone, OPENPGPKEY)), 0x8000);
});

test('§5.1: CO without DO denies as ever', async () => {
  const edns = { udpPayloadOctets: 1232, isCompactOk: true };
  assert.equal(must(await asking.udp(queryOctets(gone, { edns }))).rcode, 3);
});

test('§1: walking from the apex by NSEC finds no name that is there', async () => {
  let name = nameText(apex);
  for (let steps = 0; steps < 20; steps += 1) {
    const heard = must(
      await asking.udp(
        queryOctets(name, { edns: { udpPayloadOctets: 1232, isDnssecOk: true }, type: rrTypes.A }),
      ),
    );
    name = denialOf(heard).next;
    assert.ok(name.startsWith('\\000.'));
  }
});

test('a presigned zone says NXDOMAIN with DO, whether CO is set or not', async () => {
  for (const isCompactOk of [false, true])
    assert.equal((await ask(childName('nobody', presigned.apex), rrTypes.A, isCompactOk)).rcode, 3);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rrTypes } from '../../../dns-keys/rr/table.ts';
import { dnssecOk, queryOctets, typesOf } from '../answer/queries.ts';
import { hashedOwner } from '../zone/key-zones.ts';
import { must, online, openAsking, presigned } from './asking.ts';

const asking = openAsking();

for (const { apex, mode } of [online, presigned]) {
  test(`§4.1: ANY is one set of those that are there, with its signature for DO (${mode})`, async t => {
    for (const name of [apex, hashedOwner(0, apex)]) {
      const plain = queryOctets(name, { type: rrTypes.ANY });
      const [byTcp] = await asking.tcp(t, plain);
      for (const heard of [must(await asking.udp(plain)), must(byTcp)])
        assert.deepEqual(
          [heard.rcode, heard.message.answers.length, heard.message.isTruncated],
          [0, 1, false],
        );
      const signed = must(await asking.udp(queryOctets(name, { type: rrTypes.ANY, edns: dnssecOk })));
      assert.equal(typesOf(signed.message.answers).at(-1), 'RRSIG');
      assert.equal(signed.message.answers.length, 2);
    }
  });

  test(`§7: RRSIG is one set's, or the denial's (${mode})`, async () => {
    const heard = must(await asking.udp(queryOctets(apex, { type: rrTypes.RRSIG, edns: dnssecOk })));
    assert.deepEqual(typesOf(heard.message.answers), ['RRSIG']);
  });

  test(`§4: ANY for a name that is not there is NXDOMAIN (${mode})`, async () => {
    const heard = must(
      await asking.udp(
        queryOctets(`nobody.${mode === 'online' ? '_openpgpkey.example.org' : '_openpgpkey.pre.example'}`, {
          type: rrTypes.ANY,
        }),
      ),
    );
    assert.equal(heard.rcode, 3);
  });
}

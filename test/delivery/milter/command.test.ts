import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCommand } from '../../../delivery/milter/command.ts';
import { MilterFault } from '../../../delivery/milter/packet.ts';

function read(letter: string, payload: string) {
  return readCommand({ letter, payload: Buffer.from(payload, 'latin1') });
}

test('a connection tells its client: IPv4, IPv6 with and without its tag, a socket file, nothing', () => {
  const client = (payload: string) => {
    const command = read('C', payload);
    return command.kind === 'connect' ? [command.name, command.address] : null;
  };
  assert.deepEqual(client('mail.example.net\x004\x01\xbb192.0.2.1\0'), ['mail.example.net', '192.0.2.1']);
  assert.deepEqual(client('[IPv6:2001:db8::1]\x006\0\x19IPv6:2001:db8::1\0'), [
    '[IPv6:2001:db8::1]',
    '2001:db8::1',
  ]);
  assert.deepEqual(client('a\x006\0\x19::1\0'), ['a', '::1']);
  assert.deepEqual(client('localhost\0L\0\0/run/x\0'), ['localhost', null]);
  assert.deepEqual(client('unknown\0U'), ['unknown', null]);
});

test('paths lose their brackets and keep their parameters', () => {
  assert.deepEqual(read('M', '<ada@example.org>\0SIZE=100\0BODY=8BITMIME\0'), {
    kind: 'mail',
    path: 'ada@example.org',
    parameters: ['SIZE=100', 'BODY=8BITMIME'],
  });
  assert.deepEqual(read('M', '<>\0'), { kind: 'mail', path: '', parameters: [] });
  assert.deepEqual(read('R', 'bob@example.org\0'), {
    kind: 'recipient',
    path: 'bob@example.org',
    parameters: [],
  });
});

test('macros are read with and without braces', () => {
  const command = read('D', 'Hj\0mx.example.org\0{tls_version}\0TLSv1.3\0{cipher}\0');
  assert.ok(command.kind === 'macros');
  assert.equal(command.about, 'H');
  assert.deepEqual(
    [...command.macros],
    [
      ['j', 'mx.example.org'],
      ['tls_version', 'TLSv1.3'],
    ],
  );
});

test('a field keeps every octet of its value', () => {
  assert.deepEqual(read('L', 'Subject\0  caf\xe9\n\ttwo \0'), {
    kind: 'header',
    name: 'Subject',
    value: '  caf\xe9\n\ttwo ',
  });
});

test('what is cut short or unknown is a fault, and no octets throw anything else', () => {
  for (const [letter, payload] of [
    ['O', 'short'],
    ['D', ''],
    ['C', 'name'],
    ['M', 'path'],
    ['L', 'name\0value'],
    ['z', ''],
    ['constructor', ''],
  ] as const) {
    assert.throws(() => read(letter, payload), MilterFault, letter);
  }
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 1 }),
      fc.uint8Array({ maxLength: 60 }),
      (letter, payload) => {
        try {
          assert.ok(readCommand({ letter, payload }).kind);
        } catch (error) {
          assert.ok(error instanceof MilterFault);
        }
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...'ODCHMRTLNBEUAQK'),
      fc.uint8Array({ maxLength: 60 }),
      (letter, payload) => {
        try {
          assert.ok(readCommand({ letter, payload }).kind);
        } catch (error) {
          assert.ok(error instanceof MilterFault);
        }
      },
    ),
  );
});

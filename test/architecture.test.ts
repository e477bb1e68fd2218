import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

const top = join(import.meta.dirname, '..');

/**
 * The import table of CONTRIBUTING: for each room, the rooms it may import from. A room is the longest prefix
 * below that fits a file. Type-only imports are free: a shape binds nobody to the code behind it.
 */
const mayImport: Record<string, readonly string[]> = {
  'delivery/message': [],
  'delivery/spam': ['delivery/message', 'delivery/spam/personal'],
  'delivery/spam/personal': ['delivery/message', 'delivery/spam'],
  'delivery/privacy': ['delivery/message'],
  'delivery/tags': ['delivery/message'],
  'delivery/importance': ['delivery/message'],
  'delivery/sieve': ['delivery/message'],
  'delivery/discussions': ['delivery/message'],
  'delivery/search': ['delivery/message'],
  'delivery/authenticate': ['delivery/message'],
  'delivery/crypto': ['delivery/message'],
  'delivery/dns': [],
  'delivery/dns-lists': [],
  'delivery/reputation': [],
  'delivery/hand-off': [],
  'delivery/greylist': [],
  'delivery/store': ['delivery/search', 'delivery/store/sqlite', 'delivery/store/cassandra'],
  'delivery/store/sqlite': ['delivery/search', 'delivery/store'],
  'delivery/store/cassandra': ['delivery/search', 'delivery/store'],
  'delivery/lmtp': [
    'delivery',
    'delivery/message',
    'delivery/authenticate',
    'delivery/crypto',
    'delivery/store',
  ],
  'delivery/milter': ['delivery', 'delivery/spam', 'delivery/greylist'],
  delivery: [
    'delivery/dns',
    'delivery/dns-lists',
    'delivery/reputation',
    'delivery/hand-off',
    'delivery/greylist',
    'delivery/message',
    'delivery/spam',
    'delivery/spam/personal',
    'delivery/privacy',
    'delivery/tags',
    'delivery/importance',
    'delivery/sieve',
    'delivery/discussions',
    'delivery/search',
    'delivery/authenticate',
    'delivery/crypto',
    'delivery/store',
    'delivery/store/sqlite',
    'delivery/store/cassandra',
  ],
  plugins: [
    'delivery',
    'delivery/message',
    'delivery/authenticate',
    'delivery/crypto',
    'delivery/spam',
    'delivery/spam/personal',
    'delivery/privacy',
    'delivery/tags',
    'delivery/importance',
  ],
  'dns-keys/rr': ['dns-keys'],
  'dns-keys': ['delivery', 'delivery/crypto', 'delivery/store', 'dns-keys/rr'],
  'webmail/api': [
    'webmail',
    'dns-keys',
    'delivery',
    'delivery/message',
    'delivery/spam',
    'delivery/spam/personal',
    'delivery/privacy',
    'delivery/tags',
    'delivery/importance',
    'delivery/sieve',
    'delivery/discussions',
    'delivery/search',
    'delivery/crypto',
    'delivery/store',
    'delivery/store/sqlite',
  ],
  'webmail/ui': ['webmail'],
  'webmail/device': [
    'webmail',
    'delivery/message',
    'delivery/privacy',
    'delivery/crypto',
    'delivery/spam/personal',
  ],
  webmail: [],
  bin: [
    'delivery',
    'delivery/dns-lists',
    'delivery/message',
    'delivery/spam',
    'delivery/spam/personal',
    'delivery/privacy',
    'delivery/tags',
    'delivery/importance',
    'delivery/sieve',
    'delivery/discussions',
    'delivery/search',
    'delivery/authenticate',
    'delivery/crypto',
    'delivery/store',
    'delivery/store/sqlite',
    'delivery/store/cassandra',
    'delivery/lmtp',
    'delivery/milter',
    'webmail/api',
    'dns-keys',
    'dns-keys/rr',
  ],
};

/** Small files of `delivery/` that every room may use: words and values, no work. */
const free = new Set([
  'delivery/errors.ts',
  'delivery/clock.ts',
  'delivery/log.ts',
  'delivery/closest-word.ts',
  'delivery/keyed-hash.ts',
  'delivery/octets.ts',
  'delivery/resolver.ts',
  'delivery/ip-address.ts',
  'delivery/delivery.ts',
  'delivery/stages.ts',
  'delivery/thread-script.ts',
]);

/** npm packages that belong to one room. */
const packageRooms: Record<string, readonly string[]> = {
  haraka: ['plugins', 'bin'],
  'haraka-constants': ['plugins'],
  'smtp-server': ['delivery/lmtp'],
  mailauth: ['delivery/authenticate', 'bin'],
  'dns-packet': ['delivery/dns', 'bin'],
  openpgp: ['delivery/crypto', 'webmail/ui', 'bin'],
  express: ['webmail/api'],
  esbuild: ['webmail/api'],
  preact: ['webmail/ui'],
  'preact-render-to-string': ['webmail/ui'],
  htm: ['webmail/ui'],
  dompurify: ['webmail/ui'],
  yaml: ['delivery'],
  commander: ['bin'],
  'cassandra-driver': ['delivery/store/cassandra'],
  'jpeg-js': ['delivery/spam'],
  qr: ['delivery/spam'],
};

const rooms = Object.keys(mayImport).sort((a, b) => b.length - a.length);

function roomOf(file: string): string | undefined {
  return rooms.find(room => file.startsWith(`${room}/`));
}

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function importsOf(file: string): Import[] {
  const source = readFileSync(join(top, file), 'utf8');
  const found = source.matchAll(
    /^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gm,
  );
  return [...found].map(match => ({ file, specifier: match[1] ?? match[2] ?? '' }));
}

const files = globSync('{bin,delivery,dns-keys,plugins,webmail}/**/*.ts', { cwd: top });
const imports = files.flatMap(importsOf);

test('each room imports only from the rooms that the table allows', () => {
  const wrong = imports.filter(({ file, specifier }) => {
    if (!specifier.startsWith('.')) return false;
    const target = normalize(join(dirname(file), specifier));
    const [here, there] = [roomOf(file), roomOf(target)];
    if (!here || !there || here === there || free.has(target)) return false;
    return !mayImport[here]?.includes(there);
  });
  assert.deepEqual(wrong, []);
});

test('each npm package is imported only in the rooms it belongs to', () => {
  const wrong = imports.filter(({ file, specifier }) => {
    const name = specifier.startsWith('@')
      ? specifier.split('/').slice(0, 2).join('/')
      : (specifier.split('/')[0] ?? '');
    const allowed = packageRooms[name];
    return allowed !== undefined && !allowed.includes(roomOf(file) ?? '');
  });
  assert.deepEqual(wrong, []);
});

test('no plugin imports another plugin', () => {
  const wrong = imports.filter(({ file, specifier }) => {
    const [room, plugin] = file.split('/');
    const target = normalize(join(dirname(file), specifier)).split('/');
    return (
      room === 'plugins' &&
      file.split('/').length > 2 &&
      target[0] === 'plugins' &&
      target.length > 2 &&
      target[1] !== plugin
    );
  });
  assert.deepEqual(wrong, []);
});

test('every file of the tree stands in a room of the table', () => {
  assert.deepEqual(
    files.filter(file => roomOf(file) === undefined),
    [],
  );
});

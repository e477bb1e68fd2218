import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, type TestContext, test } from 'node:test';
import { atEnd } from '../support/at-end.ts';
import { testConfig } from '../support/door-process.ts';
import { startForeignHaraka } from '../support/foreign-haraka.ts';
import { greetDoor, sendMail } from '../support/mail-client.ts';
import { openNextServer } from '../support/next-server.ts';
import { foreignEnvironment, installPackage, link, type Packed, packPackage } from '../support/package.ts';
import { poll } from '../support/poll.ts';
import { removeFolder } from '../support/remove-folder.ts';

const top = join(import.meta.dirname, '..', '..');

let packed: Packed;
/** Somebody's folder with the package installed. */
let home: string;
const endings: (() => void)[] = [];

before(() => {
  packed = packPackage({ after: ending => void endings.push(ending as () => void) });
  home = mkdtempSync(join(tmpdir(), 'caliopen-test-'));
  endings.push(() => removeFolder(home));
  installPackage(packed, home);
});

after(() => {
  for (const ending of endings) ending();
});

const inside = (name: string) => join(home, 'node_modules', 'caliopen', name);

test('the package holds what was built, its types and documents, and nothing else', t => {
  t.diagnostic(
    `caliopen.tgz: ${packed.files.length} files, ${packed.size} octets packed, ${packed.unpackedSize} unpacked`,
  );
  const expected = [
    /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|webmail\/README\.md)$/,
    /^bin\/(caliopen|with-node)$/,
    /^config\/[\w./-]+$/,
    /^plugins\/(entry\.cjs|[a-z]+\/(index\.cjs|package\.json))$/,
    /^dist\/(bin|delivery|dns-keys|plugins|webmail)\/[\w/-]+(\.d\.ts|\.js)$/,
    /^dist\/webmail\/ui\/[\w.-]+\.js$/,
    /^dist\/webmail\/(NOTICES\.txt|ui\/((index|sign-in)\.(en|fr)\.html|(style|later)-[A-Z0-9]+\.css|packages\.json))$/,
  ];
  const paths = packed.files.map(({ path }) => path);
  assert.deepEqual(
    paths.filter(path => !expected.some(pattern => pattern.test(path))),
    [],
  );
  for (const path of ['LICENSE', 'CHANGELOG.md', 'README.md', 'config/caliopen.yaml', 'dist/bin/main.js']) {
    assert.ok(paths.includes(path), path);
  }
  // Each source has become a script and its types, but for what only a checkout needs.
  const sources = globSync('{bin,delivery,dns-keys,plugins,webmail/api}/**/*.ts', { cwd: top })
    .filter(name => !/\.d\.ts$|^bin\/(build|screen-words|write-[\w-]+)\.ts$/.test(name))
    .map(name => name.replace(/\.ts$/, ''))
    .filter(name => !/^webmail\/api\/(build-ui|build-pages|build-worker|html-alone)$/.test(name));
  for (const name of sources) {
    assert.ok(paths.includes(`dist/${name}.js`) && paths.includes(`dist/${name}.d.ts`), name);
  }
  assert.ok(packed.size < 2_000_000, `the package has grown to ${packed.size}; look at what is in it`);
  for (const { path, mode } of packed.files) assert.equal(mode & 0o111, path.startsWith('bin/') ? 0o111 : 0);
});

/** What a script imports from packages: statically, when needed, or as Haraka is loaded. */
const imported =
  /^(?:import|export)\b[^'";]*?\sfrom '([^.'][^']*)'|(?:import|requireQuietly)\('([^.'][^']*)'\)/gm;

test('what was built names no source, no folder of this machine, and only declared packages', () => {
  const manifest = JSON.parse(readFileSync(inside('package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const threads: string[] = [];
  const used = new Set(['node']); // The runtime, which `bin/with-node` finds.
  for (const name of globSync('{dist,plugins}/**/*.{js,cjs,d.ts}', { cwd: inside('') })) {
    const text = readFileSync(inside(name), 'utf8');
    assert.ok(!text.includes(top) && !text.includes(home) && !/sourceMappingURL/.test(text), name);
    if (name.startsWith('dist/webmail/ui/') || name.startsWith('plugins/')) continue;
    assert.doesNotMatch(text, /(?:from|import\(|new URL\()\s*['"`][^'"`\n]*(?<!\.d)\.ts['"`]/, name);
    if (name.endsWith('.d.ts')) continue;
    for (const [, first, second] of text.matchAll(imported)) {
      const specifier = first ?? second ?? '';
      if (!specifier.startsWith('node:')) used.add(specifier.split('/')[0] ?? '');
    }
    // Threads are named by file, which no compiler checks.
    for (const [, file = ''] of text.matchAll(/threadScript\(import\.meta, '([\w-]+)'\)/g)) {
      assert.ok(existsSync(join(inside(name), '..', `${file}.js`)), `${name} starts ${file}`);
      threads.push(file);
    }
  }
  assert.deepEqual(threads.sort(), ['judge', 'open-worker', 'thread', 'view-worker']);
  assert.deepEqual([...used].sort(), Object.keys(manifest.dependencies).sort());
});

test('the types of the plugins can be used by a strict project', t => {
  const folder = mkdtempSync(join(home, 'types-'));
  atEnd(t, () => removeFolder(folder));
  for (const name of ['@types/node', 'undici-types']) {
    if (!existsSync(join(home, 'node_modules', name))) link(name, join(home, 'node_modules'));
  }
  const plugins = [
    'authenticate',
    'decrypt',
    'deliver',
    'privacy',
    'recipients',
    'reputation',
    'score',
    'tag',
  ];
  const lines = plugins.map(name => `import { register as ${name} } from 'caliopen/plugins/${name}';`);
  writeFileSync(
    join(folder, 'use.mts'),
    `${lines.join('\n')}\nexport const all: ((this: HarakaPlugin) => void)[] = [${plugins.join(', ')}];\n` +
      '// @ts-expect-error: a word is no plugin\nprivacy.call("word");\n',
  );
  const words = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--types', 'node'];
  const run = spawnSync(join(top, 'node_modules', '.bin', 'tsc'), [...words, 'use.mts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, run.stdout);
});

const message = [
  'From: sender@example.net',
  'To: ada@example.org',
  'X-Caliopen-Score: 0.0000; verdict=ham',
  'x-caliopen-anything: mine',
  'Subject: hello',
  'Message-ID: <1@example.net>',
  'Date: Mon, 2 Mar 2026 12:00:00 +0000',
  '',
  'text',
  '',
].join('\r\n');

/** Somebody else's plugin, which reads what ours found. */
const readingPlugin = `
exports.hook_data_post = function (next, connection) {
  const { results } = connection.transaction;
  for (const name of ['authenticate', 'reputation', 'decrypt', 'score', 'privacy', 'tag']) {
    const found = results.get('caliopen/plugins/' + name);
    if (found) connection.transaction.add_header('X-Seen-' + name, Object.keys(found).join(' '));
  }
  next();
};
`;

/** Sends one message through a Haraka of somebody else with these plugins of the package; gives what came out. */
async function sendThrough(t: TestContext, plugins: readonly string[]): Promise<string> {
  const next = await openNextServer(t);
  const config = testConfig(t);
  const ours = plugins.map(name => `caliopen/plugins/${name}`);
  const port = await startForeignHaraka(t, {
    config,
    plugins: ['rcpt_to.in_host_list', ...ours, 'reading', 'queue/smtp_forward'],
    files: {
      host_list: 'example.org\n',
      'smtp_forward.ini': `host=127.0.0.1\nport=${next.port}\n`,
      'caliopen.yaml':
        'judge: { threads: 1 }\nresolver: { servers: ["127.0.0.1:9"], timeoutMilliseconds: 200 }\n',
    },
    sources: { reading: readingPlugin },
    install: folder => cpSync(join(home, 'node_modules'), join(folder, 'node_modules'), { recursive: true }),
    environment: {},
  });
  const door = { name: 'smtp', port } as const;
  const peer = await greetDoor(door);
  const [reply = ''] = await sendMail(peer, door, { forwardPaths: ['ada@example.org'], octets: message });
  assert.match(reply, /^250/);
  peer.drop();
  assert.ok(!existsSync(join(config.data, 'foreign', 'data')), 'a plugin alone keeps nothing');
  assert.equal(next.mails.length, 1);
  return next.mails[0] ?? '';
}

test("plugins of the package work together in somebody else's Haraka and leave the queue alone", async t => {
  const mail = await sendThrough(t, ['authenticate', 'score', 'privacy']);
  assert.match(mail, /\r\nX-Caliopen-Authentication: spf=\w+; /);
  assert.match(mail, /\r\nX-Caliopen-Score: (?:0\.\d{4}|1\.0000|unknown); verdict=\w+; reasons=/);
  assert.match(mail, /\r\nX-Caliopen-Privacy: level=[A-E]; value=[\d.]+; /);
  assert.equal(mail.match(/X-Caliopen-/gi)?.length, 3, 'fields of the sender in our name are gone');
  assert.match(mail, /\r\nX-Seen-authenticate: .*spf dkim dmarc/);
  assert.match(mail, /\r\nX-Seen-score: .*score verdict/);
  assert.match(mail, /\r\nX-Seen-privacy: .*level value/);
  assert.ok(mail.endsWith('\r\n\r\ntext\r\n'));
});

const fields: Readonly<Record<string, RegExp>> = {
  authenticate: /\r\nX-Caliopen-Authentication: spf=/,
  decrypt: /\r\nX-Caliopen-Protection: form=none; encryption=none/,
  score: /\r\nX-Caliopen-Score: /,
  privacy: /\r\nX-Caliopen-Privacy: level=[A-E]; /,
  tag: /\r\nX-Caliopen-Tags: \w+/,
};

for (const [name, field] of Object.entries(fields)) {
  test(`${name} of the package works with no other plugin of ours`, async t => {
    const mail = await sendThrough(t, [name]);
    assert.match(mail, field);
    assert.equal(mail.match(/X-Caliopen-/gi)?.length, 1);
  });
}

/** More than is read on the thread that serves sockets. */
const long = `text ${'of many words '.repeat(5)}\r\n`.repeat(3000);

/** The installed command in a folder of its own. */
function openInstalled(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-test-'));
  atEnd(t, () => removeFolder(folder));
  const command = join(home, 'node_modules', '.bin', 'caliopen');
  const environment = {
    ...foreignEnvironment(),
    ...{
      CALIOPEN_SMTP_PORT: '0',
      CALIOPEN_LMTP_PORT: '0',
      CALIOPEN_WEB_PORT: '0',
      CALIOPEN_DNS_PORT: '0',
      CALIOPEN_SQLITE_SHARDS: '1',
    },
    ...{ CALIOPEN_RESOLVER_SERVERS: '127.0.0.1:9', CALIOPEN_RESOLVER_TIMEOUT_MILLISECONDS: '200' },
  };
  return {
    folder,
    run(words: readonly string[], input = '') {
      return spawnSync(command, words, {
        cwd: folder,
        env: environment,
        input,
        encoding: 'utf8',
        timeout: 60_000,
      });
    },
    /** Starts a command that runs until it is told to stop; gives the lines of its standard output. */
    start(words: readonly string[]) {
      const child = spawn(command, words, {
        cwd: folder,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const lines: string[] = [];
      const errors: string[] = [];
      createInterface({ input: child.stdout }).on('line', line => lines.push(line));
      createInterface({ input: child.stderr }).on('line', line => errors.push(line));
      const gone = new Promise<number | null>(resolve => child.once('exit', code => resolve(code)));
      const stop = () => {
        child.kill('SIGTERM');
        return gone;
      };
      atEnd(t, stop);
      return { lines, errors, stop };
    },
  };
}

test('the installed command makes accounts, serves all doors and the webmail, and finds nothing wrong', async t => {
  const installed = openInstalled(t);
  for (const [words, input] of [
    [['domain', 'add', 'example.org'], ''],
    [['account', 'add', 'ada@example.org', '--custody', 'server', '--password-stdin'], 'a long password\n'],
    [['keys', 'generate', 'ada@example.org'], ''],
  ] as const) {
    const { status, stderr } = installed.run(words, input);
    assert.equal(status, 0, stderr);
  }
  const serving = installed.start(['serve', '--json']);
  await poll('four doors', () => (serving.lines.length === 4 ? true : undefined), 30_000);
  const doors = serving.lines.map(line => JSON.parse(line) as { ready: string; port: number });
  const port = Object.fromEntries(doors.map(door => [door.ready, door.port]));
  for (const name of ['smtp', 'lmtp'] as const) {
    const door = { name, port: port[name] ?? 0 };
    const octets = message
      .replace('<1@', `<${name}@`)
      .replace('text\r\n', name === 'lmtp' ? long : 'text\r\n');
    const peer = await greetDoor(door);
    const [reply = ''] = await sendMail(peer, door, { forwardPaths: ['ada@example.org'], octets });
    assert.match(reply, /^250 /);
    peer.drop();
  }
  await checkWeb(`http://127.0.0.1:${port.web}`);
  assert.equal(await serving.stop(), 0, serving.errors.join('\n'));
  const verified = installed.run(['store', 'verify']);
  assert.equal(verified.stdout, 'no faults\n', verified.stderr);
  const doctor = installed.run(['doctor']);
  assert.equal(doctor.status, 0, doctor.stdout + doctor.stderr);
});

/** The webmail's files are served, and JMAP reads the mail, in the threads that read long messages, too. */
async function checkWeb(base: string): Promise<void> {
  const page = await (await fetch(`${base}/`)).text();
  for (const [, path = ''] of page.matchAll(/(?:href|src)="(\/[^"]+)"/g)) {
    const response = await fetch(`${base}${path}`);
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get('content-type') ?? '', /^text\/(javascript|css)/);
  }
  const headers = {
    Authorization: `Basic ${Buffer.from('ada@example.org:a long password').toString('base64')}`,
    'Content-Type': 'application/json',
  };
  const session = (await (await fetch(`${base}/.well-known/jmap`, { headers })).json()) as {
    apiUrl: string;
    primaryAccounts: Record<string, string>;
  };
  const accountId = session.primaryAccounts['urn:ietf:params:jmap:mail'];
  const answer = (await (
    await fetch(session.apiUrl, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'],
        methodCalls: [
          ['Email/query', { accountId, filter: { text: 'hello' } }, 'q'],
          [
            'Email/get',
            {
              accountId,
              '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' },
              properties: ['subject', 'bodyValues'],
              fetchTextBodyValues: true,
            },
            'g',
          ],
        ],
      }),
    })
  ).json()) as {
    methodResponses: [
      string,
      { list?: { subject: string; bodyValues: Record<string, { value: string }> }[] },
      string,
    ][];
  };
  const found = answer.methodResponses[1]?.[1].list ?? [];
  assert.deepEqual(
    found.map(({ subject }) => subject),
    ['hello', 'hello'],
  );
  const lengths = found.map(({ bodyValues }) => Object.values(bodyValues)[0]?.value.length ?? 0);
  assert.deepEqual(
    lengths.sort((a, b) => a - b),
    ['text\n'.length, long.replaceAll('\r', '').length],
  );
}

test('the installed demo starts, and stops when it is told to', async t => {
  const demo = openInstalled(t).start(['demo']);
  await poll('the demo', () => (demo.lines.some(line => line.includes('Ctrl-C')) ? true : undefined), 60_000);
  assert.ok(demo.lines.some(line => line.startsWith('Caliopen is ready: http://')));
  assert.equal(await demo.stop(), 0, demo.errors.join('\n'));
});

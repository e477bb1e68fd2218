import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { env, execPath } from 'node:process';
import { type TestContext, test } from 'node:test';
import type { Config } from '../../delivery/config.ts';
import { keptVersions, readKept } from '../data/kept.ts';
import { type Code, openTestParts, startDoor, testConfig } from '../support/door-process.ts';
import { requireCommit } from '../support/earlier.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';

/** Code that may still run while this one begins: of each version, and of the last change of the schema before. */
const earlier: Readonly<Record<string, string>> = {
  ...Object.fromEntries(keptVersions().map(version => [version, readKept(version, 'sqlite').commit])),
  'the first schema': 'cde7ab4b7cf15f7d81b9909f6374b489083bd7dc',
};

const password = 'a long password';

function caliopen({ main, settings }: Code, config: Config, words: readonly string[], input = ''): void {
  execFileSync(execPath, ['--disable-warning=ExperimentalWarning', main, ...words], {
    env: { ...env, ...settings(config) },
    input,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

async function greet(port: number): Promise<Dialogue> {
  const peer = await openDialogue(port);
  await peer.expect(/^220 /);
  await peer.say('LHLO client.example.net', /^250-/);
  return peer;
}

/** Sends one message and, while it is put off, sends it again, as any MTA does. */
async function send(peer: Dialogue, name: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    await peer.say('MAIL FROM:<zoe@example.net>', /^250/);
    await peer.say('RCPT TO:<ada@example.org>', /^250/);
    await peer.say('DATA', /^354/);
    peer.send(
      `From: zoe@example.net\r\nSubject: ${name}\r\nMessage-ID: <${name}@example.net>\r\n` +
        'Date: Sun, 1 Mar 2026 12:00:00 +0000\r\n\r\npears\r\n.\r\n',
    );
    const reply = await peer.expect(/^[24]\d\d /);
    if (reply.startsWith('2')) return;
    assert.ok(tries < 20, `${name} is put off for ever: ${reply}`);
  }
}

type Calls = readonly (readonly [string, Record<string, unknown>])[];

/** A JMAP client of one web door. */
async function openClient(port: number) {
  const headers = {
    Authorization: `Basic ${Buffer.from(`ada@example.org:${password}`).toString('base64')}`,
    'Content-Type': 'application/json',
  };
  const session = (await (await fetch(`http://127.0.0.1:${port}/.well-known/jmap`, { headers })).json()) as {
    apiUrl: string;
    primaryAccounts: Record<string, string>;
  };
  const accountId = session.primaryAccounts['urn:ietf:params:jmap:mail'];
  return async (calls: Calls): Promise<Record<string, unknown>[]> => {
    const response = await fetch(session.apiUrl, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        using: ['urn:ietf:params:jmap:core', 'urn:ietf:params:jmap:mail'],
        methodCalls: calls.map(([name, given], at) => [name, { accountId, ...given }, `c${at}`]),
      }),
    });
    const { methodResponses } = (await response.json()) as {
      methodResponses: [string, Record<string, unknown>, string][];
    };
    return methodResponses.map(([name, answer]) => {
      assert.notEqual(name, 'error', JSON.stringify(answer));
      return answer;
    });
  };
}

type Client = Awaited<ReturnType<typeof openClient>>;

interface Seen {
  readonly id: string;
  readonly subject: string;
  readonly keywords: Record<string, boolean>;
}

/** All mail as this client sees it: page by page, by position, as a list on a screen reads it. */
async function readAll(call: Client): Promise<{ emails: Seen[]; total: unknown; inbox: unknown }> {
  const emails: Seen[] = [];
  let total: unknown;
  for (let position = 0; ; position += 25) {
    const sort = [{ property: 'receivedAt', isAscending: false }];
    const [page] = await call([['Email/query', { sort, position, limit: 25, calculateTotal: true }]]);
    const ids = page?.ids as string[];
    total = page?.total;
    if (ids.length === 0) break;
    const [got] = await call([['Email/get', { ids, properties: ['id', 'subject', 'keywords'] }]]);
    emails.push(...((got?.list ?? []) as Seen[]));
  }
  const [mailboxes] = await call([['Mailbox/get', { ids: null }]]);
  const list = mailboxes?.list as { role: string | null; totalEmails: number; unreadEmails: number }[];
  const inbox = list.find(({ role }) => role === 'inbox');
  return { emails, total, inbox: [inbox?.totalEmails, inbox?.unreadEmails] };
}

/** How many emails a search finds: each version keeps the search files that both use. */
async function countFound(call: Client, text: string): Promise<unknown> {
  const [found] = await call([['Email/query', { filter: { text }, limit: 1, calculateTotal: true }]]);
  return found?.total;
}

const subjects = (emails: readonly Seen[]) => emails.map(({ subject }) => subject).sort();
const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_unused, n) => `${prefix}-${n}`);

/** Doors of the older code that have been at work, and doors of this one that join them, on one data folder. */
async function openBoth(t: TestContext, older: Code) {
  const config = testConfig(t);
  caliopen(older, config, ['domain', 'add', 'example.org']);
  caliopen(older, config, ['account', 'add', 'ada@example.org', '--password-stdin'], `${password}\n`);
  const [oldLmtp, oldWeb] = await Promise.all([
    startDoor(t, 'lmtp', config, { code: older }),
    startDoor(t, 'web', config, { code: older }),
  ]);
  const oldPeer = await greet(oldLmtp.ports.lmtp ?? 0);
  for (const name of names('before', 30)) await send(oldPeer, name);
  // The older doors go on while this version steps the files.
  const during = (async () => {
    for (const name of names('during', 60)) await send(oldPeer, name);
  })();
  const [newLmtp, newWeb] = await Promise.all([startDoor(t, 'lmtp', config), startDoor(t, 'web', config)]);
  await during;
  const [oldClient, newClient] = [
    await openClient(oldWeb.ports.web ?? 0),
    await openClient(newWeb.ports.web ?? 0),
  ];
  const newPeer = await greet(newLmtp.ports.lmtp ?? 0);
  return { config, oldPeer, newPeer, oldClient, newClient, doors: [oldLmtp, oldWeb, newLmtp, newWeb] };
}

for (const [version, commit] of Object.entries(earlier)) {
  test(`${version} and this version serve one data folder at once: nothing lost, nothing twice`, async t => {
    const older = requireCommit(t, commit);
    if (!older) return;
    const { config, oldPeer, newPeer, oldClient, newClient, doors } = await openBoth(t, older);
    const both = names('both', 20);
    await Promise.all([
      (async () => {
        for (const name of [...names('old', 30), ...both]) await send(oldPeer, name);
      })(),
      (async () => {
        for (const name of [...names('new', 30), ...both]) await send(newPeer, name);
      })(),
    ]);
    const sent = ['before', 'during', 'old', 'new', 'both'].flatMap((prefix, at) =>
      names(prefix, [30, 60, 30, 30, 20][at] ?? 0),
    );
    for (const client of [oldClient, newClient]) {
      const { emails, total, inbox } = await readAll(client);
      assert.deepEqual(subjects(emails), sent.toSorted());
      assert.equal(await countFound(client, 'pears'), sent.length);
      assert.deepEqual([total, inbox], [sent.length, [sent.length, sent.length]]);
    }
    await changeFromBoth(oldClient, newClient, sent);
    for (const door of doors) assert.equal(await door.stop(), 0, door.log.join('\n'));
    const parts = await openTestParts(t, config);
    assert.deepEqual(await Array.fromAsync(parts.store.verify()), []);
  });
}

/** Each version reads, flags and destroys; the other sees the same. */
async function changeFromBoth(oldClient: Client, newClient: Client, sent: readonly string[]): Promise<void> {
  const { emails } = await readAll(newClient);
  const idOf = (name: string) => emails.find(({ subject }) => subject === name)?.id ?? '';
  const read = (name: string) => ({ [idOf(name)]: { 'keywords/$seen': true } });
  for (const [client, mine, others] of [
    [oldClient, 'old', 'new'],
    [newClient, 'new', 'old'],
  ] as const) {
    await client([
      ['Email/set', { update: { ...read(`${others}-0`), ...read(`${mine}-1`) } }],
      ['Email/set', { destroy: [idOf(`${others}-2`), idOf(`${mine}-3`)] }],
    ]);
  }
  const gone = ['new-2', 'new-3', 'old-2', 'old-3'];
  const left = sent.filter(name => !gone.includes(name)).toSorted();
  for (const client of [oldClient, newClient]) {
    const seen = await readAll(client);
    assert.deepEqual(subjects(seen.emails), left);
    assert.deepEqual([seen.total, seen.inbox], [left.length, [left.length, left.length - 4]]);
    assert.deepEqual(
      seen.emails
        .filter(({ keywords }) => keywords.$seen)
        .map(({ subject }) => subject)
        .sort(),
      ['new-0', 'new-1', 'old-0', 'old-1'],
    );
  }
}

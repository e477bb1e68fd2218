import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { env, execPath } from 'node:process';
import type { Config } from '../../delivery/config.ts';
import type { Code, DoorProcess } from './door-process.ts';
import { type Dialogue, openDialogue } from './smtp-dialogue.ts';

const password = 'a long password';

/** Doors of two versions at work on one store, and who talks to them. */
export interface TwoVersions {
  readonly config: Config;
  readonly oldPeer: Dialogue;
  readonly newPeer: Dialogue;
  readonly oldClient: Client;
  readonly newClient: Client;
  readonly doors: readonly DoorProcess[];
  /** Names of the messages sent so far. */
  readonly sent: readonly string[];
}

/** Opens a dialogue with each pair of doors: LMTP and web of the older version, then of the newer. */
export async function talkTo(
  config: Config,
  doors: readonly [DoorProcess, DoorProcess, DoorProcess, DoorProcess],
  sent: readonly string[],
): Promise<TwoVersions> {
  const [oldLmtp, oldWeb, newLmtp, newWeb] = doors;
  return {
    config,
    oldPeer: await greet(oldLmtp.ports.lmtp ?? 0),
    newPeer: await greet(newLmtp.ports.lmtp ?? 0),
    oldClient: await openClient(oldWeb.ports.web ?? 0),
    newClient: await openClient(newWeb.ports.web ?? 0),
    doors,
    sent,
  };
}

/**
 * Mail comes in through both, some of it twice; both show the same, and what is changed through one is seen through the
 * other. Then all doors end.
 */
export async function serveFromBoth(opened: TwoVersions): Promise<void> {
  const { oldPeer, newPeer, oldClient, newClient, doors } = opened;
  const [old, recent, both] = [names('old', 30), names('new', 30), names('both', 20)];
  await Promise.all([sendAll(oldPeer, [...old, ...both]), sendAll(newPeer, [...recent, ...both])]);
  const sent = [...opened.sent, ...old, ...recent, ...both];
  for (const client of [oldClient, newClient]) {
    const { emails, total, inbox } = await readAll(client);
    assert.deepEqual(subjects(emails), sent.toSorted());
    assert.equal(await countFound(client, 'pears'), sent.length);
    assert.deepEqual([total, inbox], [sent.length, [sent.length, sent.length]]);
  }
  await changeFromBoth(oldClient, newClient, sent);
  for (const door of doors) assert.equal(await door.stop(), 0, door.log.join('\n'));
}

/** Makes an instance of an older version with its domain and its one account. */
export function found(code: Code, config: Config): void {
  caliopen(code, config, ['domain', 'add', 'example.org']);
  caliopen(code, config, ['account', 'add', 'ada@example.org', '--password-stdin'], `${password}\n`);
}

/** Runs a command of this version; throws, with what it printed, where it does not end well. */
export function caliopen(
  { main, settings }: Code,
  config: Config,
  words: readonly string[],
  input = '',
): void {
  execFileSync(execPath, ['--disable-warning=ExperimentalWarning', main, ...words], {
    env: { ...env, ...settings(config) },
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Opens a dialogue with an LMTP door. */
export async function greet(port: number): Promise<Dialogue> {
  const peer = await openDialogue(port);
  await peer.expect(/^220 /);
  await peer.say('LHLO client.example.net', /^250-/);
  return peer;
}

/** Sends one message and, while it is put off, sends it again, as any MTA does. */
export async function send(peer: Dialogue, name: string): Promise<void> {
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

/** Sends one message after the other. */
export async function sendAll(peer: Dialogue, messages: readonly string[]): Promise<void> {
  for (const name of messages) await send(peer, name);
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

/** An email as a client sees it. */
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

/** Subjects in order. */
const subjects = (emails: readonly Seen[]) => emails.map(({ subject }) => subject).sort();
/** `PREFIX-0` and so on. */
export const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_unused, n) => `${prefix}-${n}`);

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

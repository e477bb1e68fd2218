import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { SettingKey } from '../../../delivery/config.ts';
import { openKeyring } from '../../../delivery/crypto/keyring.ts';
import { hashPassword } from '../../../delivery/crypto/password.ts';
import { discussionOf, threadOf } from '../../../delivery/discussions/discussion.ts';
import { type Log, silentLog } from '../../../delivery/log.ts';
import { parseMessage } from '../../../delivery/message/message.ts';
import { summarize } from '../../../delivery/message/summary.ts';
import { searchText } from '../../../delivery/search/terms.ts';
import type { Account, NewEmail, Store } from '../../../delivery/store/store.ts';
import { openWeb } from '../../../webmail/api/app.ts';
import type { Bundle } from '../../../webmail/api/bundle.ts';
import { noFindings } from '../../../webmail/api/jmap/given-findings.ts';
import type { PicturePorts } from '../../../webmail/api/pictures/ports.ts';
import { hashSecret } from '../../../webmail/api/secrets.ts';
import { capabilities, type Invocation, type JmapResponse } from '../../../webmail/wire.ts';
import { atEnd } from '../../support/at-end.ts';
import { backend } from '../../support/backend.ts';
import { openTestClock, type TestClock } from '../../support/clock.ts';

export const password = 'correct horse battery staple';
const instanceKey = Buffer.alloc(32, 7);
const bearer = 'bearer-token-of-the-tests';

/** Hashed once for all tests of a file: each hash takes a tenth of a second and 64 MiB. */
const passwordHash = hashPassword(password);

/** The web door on a store of its own, with one account and a bearer token for it. */
export interface TestWeb {
  readonly origin: string;
  readonly store: Store;
  readonly account: Account;
  readonly clock: TestClock;
  readonly keyring: ReturnType<typeof openKeyring>;
  readonly authorization: string;
  /** Any request with the account's credentials. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** One JMAP request with every capability; the account id is added where it is missing. */
  call(...calls: [name: string, args: Record<string, unknown>][]): Promise<Invocation[]>;
  /** One call's arguments; fails when it is answered otherwise. */
  ask(name: string, args?: Record<string, unknown>): Promise<Answer>;
  /** One call that must be answered with a method-level error; gives its type. */
  refuse(name: string, args?: Record<string, unknown>): Promise<string>;
  deliver(text: string, options?: Partial<NewEmail>): Promise<string>;
  mailbox(role: string): Promise<string>;
  /** Uploads the octets; gives their blob id. */
  upload(body: string | Uint8Array<ArrayBuffer>): Promise<string>;
}

/** What a call answered. Tests say what they expect of it: members are read without further checks. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is compared, not worked with
export type Answer = any;

export interface TestWebOptions {
  readonly custody?: Account['custody'];
  readonly settings?: Partial<Record<SettingKey, unknown>>;
  readonly log?: Log;
  /** The network that pictures come from; the real one when left out. */
  readonly picturePorts?: PicturePorts;
  /** The webmail's files; none unless a browser is to open it. */
  readonly bundle?: Bundle;
}

/** Opens it; closed when the test ends. */
export async function openTestWeb(t: TestContext, options: TestWebOptions = {}): Promise<TestWeb> {
  const config = await backend.prepare(t, options.settings);
  const clock = openTestClock();
  const keyring = openKeyring(instanceKey);
  const store = await backend.open(config, { keyring, clock, log: silentLog });
  atEnd(t, () => store.close());
  await store.addDomain('example.org');
  const account = await addAccount(store, 'owner@example.org', options.custody);
  const bundle = options.bundle ?? new Map();
  const log = options.log ?? silentLog;
  const door = await openWeb({ config, store, keyring, clock, log, bundle, ...networkOf(options) });
  atEnd(t, () => door.close());
  const origin = `http://127.0.0.1:${door.port}`;
  const hash = hashSecret('bearer', bearer, keyring);
  await store.addSecret({ accountId: account.id, kind: 'bearer', hash });
  const authorization = `Bearer ${bearer}`;
  const parts = { origin, store, account, clock, keyring, authorization };
  return { ...parts, ...clientOf(parts) };
}

function networkOf({ picturePorts }: TestWebOptions): { picturePorts?: PicturePorts } {
  return picturePorts ? { picturePorts } : {};
}

/** Another account of the same store, with the same password. */
export async function addAccount(
  store: Store,
  address: string,
  custody: Account['custody'] = 'none',
): Promise<Account> {
  return store.addAccount({ address, custody, passwordHash: await passwordHash });
}

export function basic(address: string, secret: string): string {
  return `Basic ${Buffer.from(`${address}:${secret}`).toString('base64')}`;
}

type Client = Pick<TestWeb, 'fetch' | 'call' | 'ask' | 'refuse' | 'deliver' | 'mailbox' | 'upload'>;

function clientOf({ origin, store, account, clock, authorization }: Omit<TestWeb, keyof Client>): Client {
  const client: Client = {
    fetch: (path, init = {}) =>
      fetch(`${origin}${path}`, { ...init, headers: { authorization, ...init.headers } }),
    async call(...calls) {
      const methodCalls = calls.map(([name, args], index) => [
        name,
        { accountId: account.id, ...args },
        `c${index}`,
      ]);
      const body = JSON.stringify({ using: Object.values(capabilities), methodCalls });
      const headers = { 'content-type': 'application/json' };
      const response = await client.fetch('/jmap', { method: 'POST', headers, body });
      assert.equal(response.status, 200, await response.clone().text());
      return [...((await response.json()) as JmapResponse).methodResponses];
    },
    async ask(name, args = {}) {
      const [answer] = await client.call([name, args]);
      assert.equal(answer?.[0], name, JSON.stringify(answer));
      return answer[1];
    },
    async refuse(name, args = {}) {
      const [answer] = await client.call([name, args]);
      assert.equal(answer?.[0], 'error', JSON.stringify(answer));
      return String(answer[1].type);
    },
    async deliver(text, options = {}) {
      const email = newEmail(text, account, clock);
      const { emailId } = await store.deliverEmail(account.id, { ...email, ...options });
      clock.advance(1);
      return emailId;
    },
    async mailbox(role) {
      const tag = (await store.listTags(account.id)).find(each => each.role === role);
      assert.ok(tag);
      return tag.id;
    },
    async upload(body) {
      const uploaded = await client.fetch(`/jmap/upload/${account.id}/`, { method: 'POST', body });
      return ((await uploaded.json()) as { blobId: string }).blobId;
    },
  };
  return client;
}

/** An email as a delivery would store it, without what the judging stages find. Lines end with LF. */
export function newEmail(text: string, account: Account, clock: TestClock): NewEmail {
  const octets = Buffer.from(text.replaceAll('\n', '\r\n'));
  const message = parseMessage(octets);
  const summary = summarize(message);
  return {
    deliveryKey: null,
    deliveryKeySeconds: 0,
    receivedAt: clock.now(),
    octets,
    sealed: false,
    summary,
    thread: threadOf(summary),
    discussion: discussionOf(summary, [account.address], account.hashKey),
    tags: [{ role: 'inbox' }],
    keywords: [],
    findings: noFindings,
    index: null,
    searchText: searchText(summary, message),
  };
}

import { createHash } from 'node:crypto';
import type { Parts } from '../../delivery/open.ts';
import { loadModel, modelPath } from '../../delivery/spam/model-file.ts';
import {
  type Account,
  changeTypes,
  type Page,
  type PageRequest,
  type PublishedKey,
} from '../../delivery/store/store.ts';

/**
 * All that can be read of a store, as JSON: one version writes it beside its data folder, a later one must read the
 * same. Octets are told by their hash, secret keys by the hash of what is wrapped.
 */
export async function portray(parts: Parts): Promise<unknown> {
  const { store, config } = parts;
  const accounts = await all(page => store.listAccounts(page));
  return JSON.parse(
    JSON.stringify(
      {
        learned: loadModel(modelPath(config.data))?.counts ?? null,
        domains: await all(page => store.listDomains(page)),
        publishedKeys: (await all(page => store.listPublishedKeys(page))).sort(byAddress),
        zones: (await all(page => store.listZones(page))).sort((one, other) =>
          one.name < other.name ? -1 : 1,
        ),
        accounts: await Promise.all(accounts.map(account => portrayAccount(account, parts))),
      },
      (_key, value: unknown) => (isOctets(value) ? hashOf(value) : value),
    ),
  );
}

/** A list in no order that means anything is told in one. */
function byAddress(one: PublishedKey, other: PublishedKey): number {
  const [first, second] = [one, other].map(key => `${key.domain} ${key.localPart} ${key.kind}`);
  return Number((first ?? '') > (second ?? '')) - Number((first ?? '') < (second ?? ''));
}

async function portrayAccount(account: Account, { store, keyring }: Parts): Promise<unknown> {
  const { id } = account;
  const secretKeys = await store.listPrivateKeys(id);
  const query = { filter: null, sort: [{ key: 'receivedAt', ascending: true }], limit: 500 } as const;
  const { rows } = await store.queryEmails(id, query);
  const emails = await store.getEmails(
    id,
    rows.map(row => row.id),
  );
  return {
    account,
    addresses: await store.listAddresses(id),
    credentials: await store.getCredentials(id),
    roles: await store.listRoles(id),
    appPasswords: await store.listSecrets(id, 'appPassword'),
    audit: await all(page => store.listAudit(id, page)),
    secretKeys: secretKeys.map(key => ({
      ...key,
      wrapped: key.custody === 'server' ? keyring.unwrap(key.wrapped) : key.wrapped,
    })),
    publicKeys: await store.listPublicKeys(id),
    contacts: await all(page => store.listContacts(id, page)),
    settings: await store.getSettings(id),
    tagRules: await store.listTagRules(id),
    tags: await store.listTags(id),
    emails: await Promise.all(
      emails.map(async email => ({
        ...email,
        octets: await store.getOctets(id, email.id),
        learned: await store.getLearned(id, email.id),
      })),
    ),
    accountStates: await portrayStates(id, store),
    threads: await store.getThreads(id, [...new Set(emails.map(({ threadId }) => threadId))]),
    discussions: await all(page => store.listDiscussions(id, page)),
    usedOctets: await store.usedOctets(id),
    states: await Promise.all(changeTypes.map(type => store.getState(id, type))),
  };
}

/** Octets of each state by its name; versions mean nothing. */
async function portrayStates(id: string, store: Parts['store']): Promise<Record<string, unknown>> {
  const { stateVersions } = await store.getOwnerContext(id, { addresses: [], discussionKey: '' });
  const names = Object.keys(stateVersions);
  const states = await Promise.all(names.map(name => store.getAccountState(id, name)));
  return Object.fromEntries(names.map((name, index) => [name, states[index]?.octets]));
}

async function all<T>(read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let after: string | null = null;
  do {
    const page: Page<T> = await read({ after });
    items.push(...page.items);
    after = page.next;
  } while (after !== null);
  return items;
}

/** JSON.stringify has asked a Buffer for its own form before it asks us. */
function isOctets(value: unknown): value is Uint8Array | { type: 'Buffer'; data: number[] } {
  if (value instanceof Uint8Array) return true;
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
}

function hashOf(value: Uint8Array | { data: number[] }): string {
  const octets = value instanceof Uint8Array ? value : Buffer.from(value.data);
  return `sha256:${createHash('sha256').update(octets).digest('hex')}`;
}

/**
 * Where `found` lacks or changes something of `written`, by path. What `found` has besides is what later versions
 * added; lists must be of one length.
 */
export function differences(written: unknown, found: unknown, path = ''): string[] {
  if (typeof written !== 'object' || written === null || typeof found !== 'object' || found === null) {
    return Object.is(written, found)
      ? []
      : [`${path}: wrote ${JSON.stringify(written)}, found ${JSON.stringify(found)}`];
  }
  const isList = Array.isArray(written);
  if (isList && (!Array.isArray(found) || found.length !== written.length)) {
    return [`${path}: wrote ${written.length} items, found ${JSON.stringify(found).slice(0, 100)}`];
  }
  return Object.entries(written).flatMap(([key, value]) =>
    differences(value, (found as Record<string, unknown>)[key], `${path}/${key}`),
  );
}

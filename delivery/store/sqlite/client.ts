import { DeliveryError } from '../../errors.ts';
import { checkAccountState } from '../account-state.ts';
import { requireDomain } from '../address.ts';
import { checkLearned } from '../learned.ts';
import { toKeptKey } from '../published-key.ts';
import { readDetail } from '../sort-columns.ts';
import type {
  Account,
  BulkResult,
  Email,
  EmailQuery,
  EmailQueryResult,
  NewAccount,
  News,
  Store,
  Tag,
} from '../store.ts';
import { writeDocument } from '../zone-document.ts';
import type { Calls } from './calls.ts';
import { shardOf } from './files.ts';
import { packEmail } from './mail/packed-email.ts';
import type { EmailReply } from './mail/reads.ts';
import { senderPart } from './senders/client.ts';
import { rebuildStore, verifyStore } from './walk.ts';

/** The whole contract but what belongs to the process: news and closing. */
export type Client = Omit<Store, 'close' | keyof News>;

/** The contract as calls of the threads' operations. */
export function openClient(calls: Calls): Client {
  return {
    ...directoryPart(calls),
    ...personalPart(calls),
    ...senderPart(calls),
    ...zonePart(calls),
    ...mailPart(calls),
    ...instancePart(calls),
  };
}

type DirectoryPart = Omit<
  Client,
  | keyof ReturnType<typeof mailPart>
  | keyof ReturnType<typeof personalPart>
  | keyof ReturnType<typeof senderPart>
  | keyof ReturnType<typeof zonePart>
  | keyof ReturnType<typeof instancePart>
>;

function directoryPart(calls: Calls): DirectoryPart {
  const { directory, read } = calls;
  return {
    addTenant: tenant => directory.addTenant(tenant),
    getTenant: id => read.getTenant(id),
    listTenants: page => read.listTenants(page),
    grantRole: (accountId, role, scope) => directory.grantRole(accountId, role, scope),
    revokeRole: (accountId, role, scope) => directory.revokeRole(accountId, role, scope),
    listRoles: accountId => read.listRoles(accountId),
    addDomain: (name, options) => directory.addDomain(name, options),
    addDomains: (names, options) => directory.addDomains(bounded(names), options),
    getDomain: name => read.getDomain(name),
    listDomains: page => read.listDomains(page),
    setCatchAll: async (name, accountId) => {
      await directory.setCatchAll(name, accountId);
    },
    removeDomain: name => directory.removeDomain(name),
    addAccount: account => addAccount(calls, account),
    addAccounts: accounts => addAccounts(calls, accounts),
    getAccount: id => read.getAccount(id),
    getAccountByAddress: address => read.getAccountByAddress(address),
    updateAccount: (id, change) => directory.updateAccount(id, change),
    listAccounts: page => read.listAccounts(page),
    removeAccount: id => removeAccount(calls, id),
    addAlias: (address, accountId) => directory.addAlias(address, accountId),
    removeAlias: address => directory.removeAlias(address),
    listAddresses: accountId => read.listAddresses(accountId),
    resolveAddress: address => read.resolveAddress(address),
    isLocalDomain: name => read.isLocalDomain(name),
    cannotReceive: (accountId, sizeOctets) => read.cannotReceive(accountId, sizeOctets),
    findReceiver: (address, sizeOctets) => read.findReceiver(address, sizeOctets),
    getOwner: accountId => read.getOwner(accountId),
    getCredentials: accountId => read.getCredentials(accountId),
    setPasswordHash: (accountId, passwordHash, options) =>
      directory.setPasswordHash(accountId, passwordHash, options),
    addSecret: secret => directory.addSecret(secret),
    findSecret: (kind, hash) => read.findSecret(kind, hash),
    takeSecret: (kind, hash) => directory.takeSecret(kind, hash),
    touchSecret: (accountId, id, at) => directory.touchSecret(accountId, id, at),
    listSecrets: (accountId, kind) => read.listSecrets(accountId, kind),
    removeSecret: (accountId, id) => directory.removeSecret(accountId, id),
  };
}

function bounded<T>(items: readonly T[]): readonly T[] {
  if (items.length > 500) throw new DeliveryError('badRequest', 'at most 500 items in one call');
  return items;
}

async function addAccount(calls: Calls, account: NewAccount): Promise<Account> {
  const added = await calls.directory.addAccount(account);
  await calls.shard(added.id).ensureAccounts([added.id]);
  return added;
}

async function addAccounts(calls: Calls, accounts: readonly NewAccount[]): Promise<BulkResult[]> {
  const results = await calls.directory.addAccounts(bounded(accounts));
  const byShard = new Map<number, string[]>();
  for (const { id, outcome } of results) {
    if (outcome !== 'created' || id === undefined) continue;
    const shard = shardOf(id, calls.shards);
    byShard.set(shard, [...(byShard.get(shard) ?? []), id]);
  }
  await Promise.all([...byShard].map(([shard, ids]) => calls.shardAt(shard).ensureAccounts(ids)));
  return results;
}

/** Erases an account; what a crash leaves undone is ended when the store is opened next. */
async function removeAccount(calls: Calls, id: string): Promise<void> {
  if (!(await eraseAccount(calls, id)))
    throw new DeliveryError('notFound', 'no such account', { fields: { accountId: id } });
}

/** Erases an account in steps, from wherever an earlier try came to; false when there is none. */
export async function eraseAccount(calls: Calls, id: string): Promise<boolean> {
  const begun = await calls.directory.beginRemoval(id);
  if (!begun) return false;
  while (await calls.shard(id).eraseSome(begun.number)) {
    // Each step is a transaction of its own, so that other accounts' deliveries come in between.
  }
  await calls.directory.endRemoval(begun.number);
  return true;
}

function personalPart(calls: Calls) {
  const { read, shard } = calls;
  return {
    putPrivateKey: (accountId, key) => shard(accountId).putPrivateKey(accountId, key),
    listPrivateKeys: accountId => read.listPrivateKeys(accountId),
    removePrivateKey: (accountId, fingerprint) => shard(accountId).removePrivateKey(accountId, fingerprint),
    putPublicKey: (accountId, key) => shard(accountId).putPublicKey(accountId, key),
    listPublicKeys: (accountId, addresses) => read.listPublicKeys(accountId, addresses),
    removePublicKey: (accountId, address, fingerprint) =>
      shard(accountId).removePublicKey(accountId, address, fingerprint),
    putContact: (accountId, contact) => shard(accountId).putContact(accountId, contact),
    putContactIndex: (accountId, id, computed) => shard(accountId).putContactIndex(accountId, id, computed),
    getContact: (accountId, id) => read.getContact(accountId, id),
    listContacts: (accountId, page) => read.listContacts(accountId, page),
    findContacts: (accountId, addresses) => read.findContacts(accountId, addresses),
    removeContact: (accountId, id) => shard(accountId).removeContact(accountId, id),
    getOwnerContext: (accountId, asked) => read.getOwnerContext(accountId, asked),
    getSettings: accountId => read.getSettings(accountId),
    putSettings: (accountId, settings, ifUnchanged) =>
      shard(accountId).putSettings(accountId, settings, ifUnchanged),
    listTagRules: accountId => read.listTagRules(accountId),
    putTagRules: (accountId, rules, ifUnchanged) =>
      shard(accountId).putTagRules(accountId, rules, ifUnchanged),
    getAccountState: (accountId, name) => read.getAccountState(accountId, name),
    putAccountState: async (accountId, name, octets, ifVersion) => {
      checkAccountState(name, octets);
      const own = octets && new Uint8Array(octets);
      const link = calls.shardLink(accountId);
      const args = [accountId, { name, octets: own, ifVersion }];
      return (await link.call('putAccountState', args, own ? [own.buffer] : [])) as number;
    },
    appendAudit: (accountId, entry) => shard(accountId).appendAudit(accountId, entry),
    listAudit: (accountId, page) => read.listAudit(accountId, page),
  } satisfies Partial<Client>;
}

function zonePart(calls: Calls) {
  const { directory, read } = calls;
  return {
    publishKey: async published => {
      const kept = toKeptKey(published);
      await calls.directoryLink().call('publishKey', [kept], [kept.octets.buffer as ArrayBuffer]);
    },
    unpublishKey: (address, kind) => directory.unpublishKey(address, kind),
    getPublishedKey: (address, kind) => read.getPublishedKey(address, kind),
    listPublishedKeys: page => read.listPublishedKeys(page),
    getZone: name => read.getZone(name),
    putZone: async (name, document, ifVersion) => {
      const zone = requireDomain(name);
      return await directory.putZone({ name: zone, document: writeDocument(zone, document), ifVersion });
    },
    listZones: page => read.listZones(page),
    removeZone: name => directory.removeZone(name),
    claimZoneSerial: name => directory.claimZoneSerial(name),
    getZoneChanges: (since, limit) => read.getZoneChanges(since, limit),
  } satisfies Partial<Client>;
}

function mailPart(calls: Calls) {
  const { read, shard } = calls;
  const indexed = new Set<string>();
  return {
    deliverEmail: async (accountId, email) => {
      checkLearned(email.learned);
      const packed = packEmail(email);
      const { buffer } = packed.octets;
      const transfer = buffer instanceof ArrayBuffer ? [buffer] : [];
      const link = calls.shardLink(accountId);
      return link.call('deliverEmail', [accountId, packed], transfer) as ReturnType<Client['deliverEmail']>;
    },
    getEmails: async (accountId, ids) => (await read.getEmails(accountId, ids)).map(toEmail),
    getOctets: (accountId, emailId) => read.getOctets(accountId, emailId),
    getLearned: (accountId, emailId) => read.getLearned(accountId, emailId),
    queryEmails: (accountId, query) => queryEmails(calls, accountId, query),
    changeEmails: async (accountId, changes, options) => {
      for (const { learned } of changes) checkLearned(learned);
      return await shard(accountId).changeEmails(accountId, changes, options);
    },
    destroyEmails: (accountId, ids, options) => shard(accountId).destroyEmails(accountId, ids, options),
    getThreads: (accountId, ids) => read.getThreads(accountId, ids),
    listTags: accountId => {
      // Whoever looks at an account's tags may search it soon: what is behind since a restart is done meanwhile.
      if (!indexed.has(accountId)) calls.index([accountId]).catch(() => undefined);
      indexed.add(accountId);
      return listTags(calls, accountId);
    },
    putTag: (accountId, tag) => shard(accountId).putTag(accountId, tag),
    destroyTag: async (accountId, id, { destroyEmails }) => {
      while (destroyEmails && (await shard(accountId).emptyTag(accountId, id))) {
        // Each step is a transaction of its own.
      }
      await shard(accountId).removeTag(accountId, id);
    },
    getState: (accountId, type) => read.getState(accountId, type),
    getChanges: (accountId, type, since, limit) => read.getChanges(accountId, type, since, limit),
    listDiscussions: (accountId, page) => read.listDiscussions(accountId, page),
    getDiscussions: (accountId, keys) => read.getDiscussions(accountId, keys),
    listDiscussionEmails: (accountId, key, page) => read.listDiscussionEmails(accountId, key, page),
    discussionHabit: (accountId, key) => read.discussionHabit(accountId, key),
    listUnfinished: (accountId, page) => read.listUnfinished(accountId, page),
    usedOctets: accountId => read.usedOctets(accountId),
    putBlob: (accountId, octets, mediaType) => {
      const own = new Uint8Array(octets);
      const upload = { octets: own, mediaType, size: own.byteLength };
      const link = calls.shardLink(accountId);
      return link.call('putUpload', [accountId, upload], [own.buffer]) as Promise<string>;
    },
    getBlob: async (accountId, blobId) => {
      const blob = await read.getBlob(accountId, blobId);
      return blob && { id: blobId, ...blob };
    },
  } satisfies Partial<Client>;
}

/** How long a search waits for its index; others come in between. */
const maxWaitMilliseconds = 8000;

async function queryEmails(calls: Calls, accountId: string, query: EmailQuery): Promise<EmailQueryResult> {
  const until = performance.now() + maxWaitMilliseconds;
  for (;;) {
    const result = await calls.read.queryEmails(accountId, query, performance.now() < until);
    if (!result) continue;
    // The rest is done in the background.
    if (result.behind) await calls.index([accountId]);
    return result;
  }
}

async function listTags(calls: Calls, accountId: string): Promise<Tag[]> {
  const tags = await calls.read.listTags(accountId);
  if (tags) return tags;
  // The account's making was cut short between directory and shard.
  await calls.shard(accountId).ensureAccounts([accountId]);
  return (await calls.read.listTags(accountId)) ?? [];
}

function toEmail({ detail, receivedAt, ...reply }: EmailReply): Email {
  return { ...reply, receivedAt: new Date(receivedAt), ...readDetail(detail) };
}

function instancePart(calls: Calls) {
  return {
    getInstanceState: name => calls.read.getInstanceState(name),
    getInstanceStateVersion: name => calls.read.getInstanceStateVersion(name),
    putInstanceState: async (name, octets, ifVersion) => {
      const own = new Uint8Array(octets);
      const args = [name, { octets: own, ifVersion }];
      return (await calls.directoryLink().call('putInstanceState', args, [own.buffer])) as number;
    },
    verify: options => verifyStore(calls, options?.accountId),
    rebuild: options => rebuildStore(calls, options?.accountId),
    check: () => check(calls),
  } satisfies Partial<Client>;
}

async function check(calls: Calls): Promise<void> {
  const shards = Array.from({ length: calls.shards }, (_unused, index) => index);
  await Promise.all([
    calls.directory.probeDirectory(),
    calls.read.listTenants({ limit: 1 }),
    ...shards.map(index => calls.shardAt(index).probeShard()),
    ...shards.map(index => calls.read.readProbe(index)),
  ]);
}

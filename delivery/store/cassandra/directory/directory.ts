import type { Directory } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { ZoneLog } from '../zones/zone-log.ts';
import * as accounts from './accounts.ts';
import * as aliases from './aliases.ts';
import { appendAudit, listAudit } from './audit.ts';
import { addAccounts, addDomains } from './bulk.ts';
import * as domains from './domains.ts';
import { addAccount } from './making.ts';
import { setPasswordHash } from './password.ts';
import { cannotReceive, findReceiver, type HeldOctets, resolveAddress } from './receivers.ts';
import { type RemovalHooks, removeAccount } from './removal.ts';
import * as secrets from './secrets.ts';
import * as tenants from './tenants.ts';

/** What the directory asks of the rest of the store. */
export interface DirectoryHooks extends RemovalHooks {
  readonly heldOctets: HeldOctets;
}

/** The directory of the contract. Removals that a crash left are ended by `resumeRemovals`. */
export function directoryPart(context: CassandraContext, hooks: DirectoryHooks): Directory {
  return {
    ...tenantPart(context),
    ...domainPart(context, hooks.zoneLog),
    ...accountPart(context, hooks),
    ...addressPart(context, hooks),
    ...secretPart(context),
    appendAudit: (accountId, entry) => appendAudit(context, accountId, entry),
    listAudit: (accountId, page) => listAudit(context, accountId, page),
  };
}

function tenantPart(context: CassandraContext) {
  return {
    addTenant: tenant => tenants.addTenant(context, tenant),
    getTenant: id => tenants.getTenant(context, id),
    listTenants: page => tenants.listTenants(context, page),
    grantRole: (accountId, role, scope) => tenants.grantRole(context, accountId, { role, scope }),
    revokeRole: (accountId, role, scope) => tenants.revokeRole(context, accountId, { role, scope }),
    listRoles: accountId => tenants.listRoles(context, accountId),
    getDomain: name => domains.getDomain(context, name),
    listDomains: page => domains.listDomains(context, page),
    setCatchAll: (name, accountId) => domains.setCatchAll(context, name, accountId),
    isLocalDomain: name => domains.isLocalDomain(context, name),
  } satisfies Partial<Directory>;
}

/** What makes domains come and go, which whoever serves zones is told. */
function domainPart(context: CassandraContext, zoneLog: ZoneLog) {
  const addDomain: Directory['addDomain'] = (name, options) =>
    zoneLog.around(name, () => domains.addDomain(context, name, options));
  return {
    addDomain,
    addDomains: (names, options) => addDomains(names, name => addDomain(name, options)),
    removeDomain: name => zoneLog.around(name, () => domains.removeDomain(context, name)),
  } satisfies Partial<Directory>;
}

function accountPart(context: CassandraContext, hooks: DirectoryHooks) {
  return {
    addAccount: account => addAccount(context, account),
    addAccounts: wanted => addAccounts(context, wanted),
    getAccount: id => accounts.getAccount(context, id),
    getAccountByAddress: address => accounts.getAccountByAddress(context, address),
    updateAccount: (id, change) => accounts.updateAccount(context, id, change),
    listAccounts: page => accounts.listAccounts(context, page),
    removeAccount: id => removeAccount(context, id, hooks),
    getOwner: accountId => accounts.getOwner(context, accountId),
    getCredentials: accountId => accounts.getCredentials(context, accountId),
  } satisfies Partial<Directory>;
}

function addressPart(context: CassandraContext, { heldOctets, zoneLog }: DirectoryHooks) {
  return {
    addAlias: (address, accountId) => aliases.addAlias(context, address, accountId),
    removeAlias: address => aliases.removeAlias(context, address, zoneLog),
    listAddresses: accountId => aliases.listAddresses(context, accountId),
    resolveAddress: address => resolveAddress(context, address),
    cannotReceive: (accountId, sizeOctets) => cannotReceive(context, { accountId, sizeOctets }, heldOctets),
    findReceiver: (address, sizeOctets) => findReceiver(context, { address, sizeOctets }, heldOctets),
  } satisfies Partial<Directory>;
}

function secretPart(context: CassandraContext) {
  return {
    setPasswordHash: (accountId, passwordHash, { keepTokens = false } = {}) =>
      setPasswordHash(context, accountId, { passwordHash, keepTokens }),
    addSecret: secret => secrets.addSecret(context, secret),
    findSecret: (kind, hash) => secrets.findSecret(context, kind, hash),
    takeSecret: (kind, hash) => secrets.takeSecret(context, kind, hash),
    touchSecret: (accountId, id, at) => secrets.touchSecret(context, accountId, { id, at }),
    listSecrets: (accountId, kind) => secrets.listSecrets(context, accountId, kind),
    removeSecret: (accountId, id) => secrets.removeSecret(context, accountId, id),
  } satisfies Partial<Directory>;
}

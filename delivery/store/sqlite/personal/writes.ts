import type { TagRule } from '../../../tags/findings.ts';
import { newId } from '../../ids.ts';
import { isSameDocument } from '../../same-document.ts';
import type { AuditEntry, Contact, PrivateKey, PublicKey } from '../../store.ts';
import { versionMismatch } from '../../version-mismatch.ts';
import { rowId } from '../files.ts';
import { Ledger } from '../mail/ledger.ts';
import type { WriteContext } from '../threads/context.ts';
import { settingsOf, tagRulesOf } from './documents.ts';

export function putPrivateKey(context: WriteContext, accountId: string, key: PrivateKey): void {
  const { number } = new Ledger(context, accountId);
  context.database.run(
    'insert or replace into private_key(account, fingerprint, custody, wrapped, created) values (?, ?, ?, ?, ?)',
    number,
    key.fingerprint,
    key.custody,
    key.wrapped,
    key.createdAt.getTime(),
  );
}

export function removePrivateKey(context: WriteContext, accountId: string, fingerprint: string): void {
  const { number } = new Ledger(context, accountId);
  context.database.run('delete from private_key where account = ? and fingerprint = ?', number, fingerprint);
}

export function putPublicKey(context: WriteContext, accountId: string, key: PublicKey): void {
  const { number } = new Ledger(context, accountId);
  context.database.run(
    `insert or replace into public_key(account, address, fingerprint, octets, source, state, first_seen)
     values (?, ?, ?, ?, ?, ?, ?)`,
    number,
    key.address.toLowerCase(),
    key.fingerprint.toLowerCase(),
    key.octets,
    key.source,
    key.state,
    key.firstSeenAt.getTime(),
  );
}

export function removePublicKey(
  context: WriteContext,
  accountId: string,
  address: string,
  fingerprint: string,
): void {
  const { number } = new Ledger(context, accountId);
  context.database.run(
    'delete from public_key where account = ? and address = ? and fingerprint = ?',
    number,
    address.toLowerCase(),
    fingerprint.toLowerCase(),
  );
}

export function putContact(
  context: WriteContext,
  accountId: string,
  contact: Omit<Contact, 'id'> & { id?: string },
): Contact {
  const { database, now } = context;
  const ledger = new Ledger(context, accountId);
  const addresses = [...new Set(contact.addresses.map(address => address.toLowerCase()))];
  const stored: Contact = { ...contact, addresses, id: contact.id ?? newId('P', now) };
  const known = database.get('select 1 from contact where account = ? and id = ?', ledger.number, stored.id);
  database.run(
    'insert or replace into contact(account, id, data) values (?, ?, ?)',
    ledger.number,
    stored.id,
    JSON.stringify(stored),
  );
  database.run('delete from contact_address where account = ? and id = ?', ledger.number, stored.id);
  for (const address of addresses) {
    database.run(
      'insert into contact_address(account, address, id) values (?, ?, ?)',
      ledger.number,
      address,
      stored.id,
    );
  }
  ledger.log({ type: 'ContactCard', kind: known ? 'updated' : 'created', object: stored.id });
  ledger.close();
  return stored;
}

/** `Keys.putContactIndex`. */
export function putContactIndex(
  context: WriteContext,
  accountId: string,
  id: string,
  { index, facts }: Pick<Contact, 'index' | 'facts'>,
): void {
  const { database } = context;
  const ledger = new Ledger(context, accountId);
  const row = database.get<{ data: string }>(
    'select data from contact where account = ? and id = ?',
    ledger.number,
    id,
  );
  if (row) {
    const contact: Contact = { ...(JSON.parse(row.data) as Contact), index, facts };
    database.run(
      'update contact set data = ? where account = ? and id = ?',
      JSON.stringify(contact),
      ledger.number,
      id,
    );
    ledger.log({ type: 'ContactCard', kind: 'updated', object: id });
  }
  ledger.close();
}

export function removeContact(context: WriteContext, accountId: string, id: string): void {
  const { database } = context;
  const ledger = new Ledger(context, accountId);
  if (database.run('delete from contact where account = ? and id = ?', ledger.number, id) > 0) {
    database.run('delete from contact_address where account = ? and id = ?', ledger.number, id);
    ledger.log({ type: 'ContactCard', kind: 'destroyed', object: id });
  }
  ledger.close();
}

export function putSettings(
  context: WriteContext,
  accountId: string,
  settings: Record<string, unknown>,
  ifUnchanged?: Record<string, unknown>,
): void {
  if (ifUnchanged !== undefined) {
    const stored = settingsOf(context.database, new Ledger(context, accountId).number);
    if (!isSameDocument(stored, ifUnchanged)) throw versionMismatch({ accountId, name: 'settings' });
  }
  putDocument(context, accountId, 'settings', settings);
}

export function putTagRules(
  context: WriteContext,
  accountId: string,
  rules: readonly TagRule[],
  ifUnchanged?: readonly TagRule[],
): void {
  if (ifUnchanged !== undefined) {
    const stored = tagRulesOf(context.database, new Ledger(context, accountId).number);
    if (!isSameDocument(stored, ifUnchanged)) throw versionMismatch({ accountId, name: 'tagRules' });
  }
  putDocument(context, accountId, 'tagRules', rules);
}

function putDocument(context: WriteContext, accountId: string, name: string, value: unknown): void {
  const ledger = new Ledger(context, accountId);
  context.database.run(
    'insert or replace into document(account, name, value) values (?, ?, ?)',
    ledger.number,
    name,
    JSON.stringify(value),
  );
  ledger.touch('Settings', ledger.next());
  ledger.close();
}

export function appendAudit(context: WriteContext, accountId: string, entry: AuditEntry): void {
  const ledger = new Ledger(context, accountId);
  context.database.run(
    'insert into audit(id, at, actor, action, detail) values (?, ?, ?, ?, ?)',
    rowId(ledger.number, ++ledger.state.audit_seq),
    entry.at.getTime(),
    entry.actor,
    entry.action,
    JSON.stringify(entry.detail),
  );
  ledger.close();
}

import type { TagRule } from '../../../tags/findings.ts';
import { decodeCursor, maxPage, pageSize, toPage } from '../../page.ts';
import type {
  AuditEntry,
  Contact,
  OwnerContext,
  OwnerQuestion,
  Page,
  PageRequest,
  PrivateKey,
  PublicKey,
} from '../../store.ts';
import type { Database } from '../database.ts';
import { accountRange, rowId } from '../files.ts';
import { readAccount } from '../mail/account-reads.ts';
import { habitOf } from '../mail/discussion-reads.ts';
import { tagNamesOf } from '../mail/reads.ts';
import type { ReadContext } from '../threads/context.ts';
import { settingsOf, tagRulesOf } from './documents.ts';
import { stateVersionsOf } from './state-reads.ts';

export function listPrivateKeys(context: ReadContext, accountId: string): PrivateKey[] {
  return readAccount(context, accountId, (database, { number }) => privateKeysOf(database, number));
}

function privateKeysOf(database: Database, account: number): PrivateKey[] {
  return database
    .all<{ fingerprint: string; custody: PrivateKey['custody']; wrapped: Uint8Array; created: number }>(
      'select * from private_key where account = ? order by created, fingerprint',
      account,
    )
    .map(row => ({
      fingerprint: row.fingerprint,
      custody: row.custody,
      wrapped: row.wrapped,
      createdAt: new Date(row.created),
    }));
}

interface PublicKeyRow {
  readonly address: string;
  readonly fingerprint: string;
  readonly octets: Uint8Array;
  readonly source: PublicKey['source'];
  readonly state: PublicKey['state'];
  readonly first_seen: number;
}

export function listPublicKeys(
  context: ReadContext,
  accountId: string,
  addresses?: readonly string[],
): PublicKey[] {
  return readAccount(context, accountId, (database, { number }) => {
    const rows =
      addresses === undefined
        ? database.all<PublicKeyRow>(
            'select * from public_key where account = ? order by address, fingerprint',
            number,
          )
        : database.all<PublicKeyRow>(
            `select * from public_key where account = ? and address in (select value from json_each(?))
             order by address, fingerprint`,
            number,
            JSON.stringify(addresses.map(address => address.toLowerCase())),
          );
    return rows.map(toPublicKey);
  });
}

function toPublicKey(row: PublicKeyRow): PublicKey {
  return {
    address: row.address,
    fingerprint: row.fingerprint,
    octets: row.octets,
    source: row.source,
    state: row.state,
    firstSeenAt: new Date(row.first_seen),
  };
}

interface ContactRow {
  readonly id: string;
  readonly data: string;
}

function toContact({ data }: ContactRow): Contact {
  return JSON.parse(data) as Contact;
}

export function getContact(context: ReadContext, accountId: string, id: string): Contact | null {
  return readAccount(context, accountId, (database, { number }) => {
    const row = database.get<ContactRow>(
      'select id, data from contact where account = ? and id = ?',
      number,
      id,
    );
    return row ? toContact(row) : null;
  });
}

export function listContacts(context: ReadContext, accountId: string, page: PageRequest = {}): Page<Contact> {
  return readAccount(context, accountId, (database, { number }) => {
    const limit = pageSize(page);
    const rows = database.all<ContactRow>(
      'select id, data from contact where account = ? and id > ? order by id limit ?',
      number,
      String(decodeCursor(page)?.[0] ?? ''),
      limit + 1,
    );
    return toPage(rows, limit, toContact, last => [last.id]);
  });
}

export function findContacts(
  context: ReadContext,
  accountId: string,
  addresses: readonly string[],
): Contact[] {
  return readAccount(context, accountId, (database, { number }) => contactsOf(database, number, addresses));
}

function contactsOf(database: Database, account: number, addresses: readonly string[]): Contact[] {
  return database
    .all<ContactRow>(
      `select id, data from contact where account = ? and id in
         (select id from contact_address where account = ? and address in (select value from json_each(?)))
       order by id`,
      account,
      account,
      JSON.stringify(addresses.map(address => address.toLowerCase())),
    )
    .map(toContact);
}

export function getSettings(context: ReadContext, accountId: string): Record<string, unknown> {
  return readAccount(context, accountId, (database, { number }) => settingsOf(database, number));
}

export function listTagRules(context: ReadContext, accountId: string): TagRule[] {
  return readAccount(context, accountId, (database, { number }) => tagRulesOf(database, number));
}

interface AuditRow {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly detail: string;
}

export function listAudit(context: ReadContext, accountId: string, page: PageRequest = {}): Page<AuditEntry> {
  return readAccount(context, accountId, (database, { number }) => {
    const limit = pageSize(page);
    const before = Number(decodeCursor(page)?.[0] ?? accountRange);
    const rows = database.all<AuditRow>(
      'select * from audit where id >= ? and id < ? order by id desc limit ?',
      rowId(number, 0),
      rowId(number, before),
      limit + 1,
    );
    return toPage(rows, limit, toEntry, last => [last.id - rowId(number, 0)]);
  });
}

function toEntry(row: AuditRow): AuditEntry {
  return {
    at: new Date(row.at),
    actor: row.actor,
    action: row.action,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}

/** `Keys.getOwnerContext`: what judging a message for its owner needs, in one call and on one snapshot. */
export function getOwnerContext(context: ReadContext, accountId: string, asked: OwnerQuestion): OwnerContext {
  const addresses = asked.addresses.slice(0, maxPage).map(address => address.toLowerCase());
  return readAccount(context, accountId, (database, { number }) => {
    const stateVersions = stateVersionsOf(database, number);
    const hasState = stateVersions[asked.tagsWithState ?? ''] !== undefined;
    return {
      rules: tagRulesOf(database, number),
      contacts: contactsOf(
        database,
        number,
        addresses.map(address => `email:${address}`),
      ),
      publicKeys: database
        .all<PublicKeyRow>(
          `select * from public_key where account = ? and
           (source = 'own' or address in (select value from json_each(?))) order by address, fingerprint`,
          number,
          JSON.stringify(addresses),
        )
        .map(toPublicKey),
      privateKeys: privateKeysOf(database, number),
      habit: habitOf(database, number, asked.discussionKey),
      settings: settingsOf(database, number),
      stateVersions,
      tags: hasState ? tagNamesOf(database, number) : null,
    };
  });
}

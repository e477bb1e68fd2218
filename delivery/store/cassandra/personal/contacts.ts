import { newId } from '../../ids.ts';
import { decodeCursor, pageSize, toPage } from '../../page.ts';
import type { Contact, Page, PageRequest } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { grouped } from '../directory/at-once.ts';
import { ofAccount, requireAccount } from '../directory/rows.ts';
import type { ChangeLog, PersonalChange } from '../log-change.ts';
import type { Session, Statement } from '../session.ts';
import { type Times, writeLater } from './put-row.ts';

/** A row of `contact`: what its owner edits, and what is computed of it, each in cells of its own. */
interface ContactRow {
  readonly id: string;
  /** JSON of name, addresses and card; null in what is left of a computation that came after the removal. */
  readonly data: string | null;
  readonly judged: string | null;
  readonly facts: string | null;
}

type Edited = Pick<Contact, 'name' | 'addresses' | 'card'>;

const contactColumns = 'id, data, judged, facts' as const;

/**
 * Row and addresses are one mutation: both tables have the account as their partition. The line of the change log lies
 * in another one, so the batch is logged.
 */
export async function putContact(
  { session, clock }: CassandraContext,
  { accountId, contact }: { accountId: string; contact: Omit<Contact, 'id'> & { id?: string } },
  changes: ChangeLog,
): Promise<Contact> {
  changes.require();
  await requireAccount(session, accountId);
  const addresses = [...new Set(contact.addresses.map(address => address.toLowerCase()))];
  const stored: Contact = { ...contact, addresses, id: contact.id ?? newId('P', clock.now().getTime()) };
  const known = await readContact(session, accountId, stored.id);
  const obsolete = (known?.addresses ?? []).filter(address => !addresses.includes(address));
  const statements = [
    insertContact(accountId, stored),
    ...addresses.map(address => addressStatement('insert', { accountId, id: stored.id, address })),
    ...obsolete.map(address => addressStatement('delete', { accountId, id: stored.id, address })),
  ];
  const change = changeOf(stored.id, known ? 'updated' : 'created');
  await writeLater(
    session,
    () => timesOf(session, accountId, stored.id),
    async timestamp => {
      const line = changes.line(accountId, change);
      await session.together([...statements, line], { timestamp, isLogged: true });
    },
  );
  changes.tell(accountId, change);
  return stored;
}

function changeOf(id: string, kind: PersonalChange['kind']): PersonalChange {
  return { class: 'contact', kind, object: id };
}

function insertContact(accountId: string, contact: Contact): Statement {
  const { id, index, facts, ...edited } = contact;
  return {
    cql: 'insert into contact (account, id, data, judged, facts) values (?, ?, ?, ?, ?)',
    values: [accountId, id, JSON.stringify(edited), JSON.stringify(index), JSON.stringify(facts)],
  };
}

function addressStatement(
  what: 'insert' | 'delete',
  { accountId, id, address }: { accountId: string; id: string; address: string },
): Statement {
  const cql =
    what === 'insert'
      ? 'insert into contact_address (account, address, id) values (?, ?, ?)'
      : 'delete from contact_address where account = ? and address = ? and id = ?';
  return { cql, values: [accountId, address, id] };
}

async function timesOf(session: Session, accountId: string, id: string): Promise<Times | undefined> {
  const row = await session.row<{ one: bigint | null; two: bigint | null; three: bigint | null }>(
    `select writetime(data) as one, writetime(judged) as two, writetime(facts) as three
     from contact where account = ? and id = ?`,
    [accountId, id],
  );
  return row && row.one !== null ? [row.one, row.two, row.three] : undefined;
}

/** `Keys.putContactIndex`. */
export async function putContactIndex(
  { session }: CassandraContext,
  { accountId, id, computed }: { accountId: string; id: string; computed: Pick<Contact, 'index' | 'facts'> },
  changes: ChangeLog,
): Promise<void> {
  changes.require();
  await requireAccount(session, accountId);
  const times = await timesOf(session, accountId, id);
  if (!times) return;
  const change = changeOf(id, 'updated');
  const update: Statement = {
    cql: 'update contact set judged = ?, facts = ? where account = ? and id = ?',
    values: [JSON.stringify(computed.index), JSON.stringify(computed.facts), accountId, id],
  };
  await session.together([update, changes.line(accountId, change)], {
    timestamp: session.micros(times.slice(1)),
    isLogged: true,
  });
  changes.tell(accountId, change);
}

/** `Keys.getContact`. */
export async function getContact(
  { session }: CassandraContext,
  accountId: string,
  id: string,
): Promise<Contact | null> {
  return (await ofAccount(session, accountId, () => readContact(session, accountId, id))) ?? null;
}

async function readContact(session: Session, accountId: string, id: string): Promise<Contact | undefined> {
  const cql = `select ${contactColumns} from contact where account = ? and id = ?`;
  const row = await session.row<ContactRow>(cql, [accountId, id]);
  return row && toContacts([row])[0];
}

function toContacts(rows: readonly ContactRow[]): Contact[] {
  return rows.flatMap(({ id, data, judged, facts }) => {
    if (data === null) return [];
    return [{ ...(JSON.parse(data) as Edited), id, index: fromJson(judged), facts: fromJson(facts) }];
  });
}

function fromJson<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}

/** `Keys.listContacts`. */
export async function listContacts(
  { session }: CassandraContext,
  accountId: string,
  page: PageRequest = {},
): Promise<Page<Contact>> {
  const limit = pageSize(page);
  const after = String(decodeCursor(page)?.[0] ?? '');
  const cql = `select ${contactColumns} from contact where account = ? and id > ? limit ?`;
  const rows = await ofAccount(session, accountId, () =>
    session.rows<ContactRow>(cql, [accountId, after, limit + 1]),
  );
  const { items, next } = toPage(
    rows,
    limit,
    row => row,
    last => [last.id],
  );
  return { items: toContacts(items), next };
}

/** `Keys.findContacts`. */
export async function findContacts(
  { session }: CassandraContext,
  accountId: string,
  addresses: readonly string[],
): Promise<Contact[]> {
  return await ofAccount(session, accountId, () => contactsOf(session, accountId, addresses));
}

/** Contacts that have one of these addresses, by their ids. */
export async function contactsOf(
  session: Session,
  accountId: string,
  addresses: readonly string[],
): Promise<Contact[]> {
  const wanted = [...new Set(addresses.map(address => address.toLowerCase()))];
  const ids = await idsAt(session, accountId, wanted);
  const cql = `select ${contactColumns} from contact where account = ? and id in ?`;
  const parts = await Promise.all(
    grouped(ids, 100).map(part => session.rows<ContactRow>(cql, [accountId, part])),
  );
  // Of two that changed a contact at once the earlier one may have left an address in the list.
  return toContacts(parts.flat()).filter(contact =>
    contact.addresses.some(address => wanted.includes(address)),
  );
}

async function idsAt(session: Session, accountId: string, addresses: readonly string[]): Promise<string[]> {
  const cql = 'select id from contact_address where account = ? and address in ?';
  const parts = await Promise.all(
    grouped(addresses, 100).map(part => session.rows<{ id: string }>(cql, [accountId, part])),
  );
  return [...new Set(parts.flat().map(({ id }) => id))].sort();
}

/** `Keys.removeContact`. */
export async function removeContact(
  { session }: CassandraContext,
  { accountId, id }: { accountId: string; id: string },
  changes: ChangeLog,
): Promise<void> {
  changes.require();
  await requireAccount(session, accountId);
  const known = await readContact(session, accountId, id);
  if (!known) return;
  const statements = [
    { cql: 'delete from contact where account = ? and id = ?', values: [accountId, id] },
    ...known.addresses.map(address => addressStatement('delete', { accountId, id, address })),
  ];
  const times = await timesOf(session, accountId, id);
  const change = changeOf(id, 'destroyed');
  await session.together([...statements, changes.line(accountId, change)], {
    timestamp: session.micros(times),
    isLogged: true,
  });
  changes.tell(accountId, change);
}

import type { JmapClient } from '../../support/jmap-client.ts';

/** What a client knows of an account by `changes` alone, since it has read everything once. */
export interface Replica {
  /** How often it asked. */
  readonly polls: number;
  /** Asks a door for all that is new since the last time. */
  poll(port: number): Promise<void>;
  content(): { readonly emails: unknown[]; readonly mailboxes: unknown[] };
}

interface Row {
  readonly id: string;
}

/** The types it follows, and what it reads of each. */
const followed = {
  Email: ['id', 'keywords', 'mailboxIds'],
  Mailbox: ['id', 'totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads'],
} as const;
type Type = keyof typeof followed;

/** Few, so that answers are cut, too. */
const maxChanges = 20;
const pageLength = 200;

/** Reads everything of the account from a door. */
export async function openReplica(client: JmapClient, port: number): Promise<Replica> {
  const rows: Record<Type, Map<string, Row>> = { Email: new Map(), Mailbox: new Map() };
  const states: Record<Type, string> = { Email: '', Mailbox: '' };
  let polls = 0;
  const read = (type: Type, list: readonly Row[]) => {
    for (const row of list) rows[type].set(row.id, row);
  };
  for (const type of ['Email', 'Mailbox'] as const) {
    // The state is asked first: what changes while the rest is read is told by `changes`.
    states[type] = (await client.ask(port, `${type}/get`, { ids: [] })).state;
  }
  for (let position = 0; ; position += pageLength) {
    const [, { list }] = await client.call(
      port,
      ['Email/query', { position, limit: pageLength }],
      [
        'Email/get',
        { '#ids': { resultOf: 'c0', name: 'Email/query', path: '/ids' }, properties: followed.Email },
      ],
    );
    read('Email', list);
    if (list.length < pageLength) break;
  }
  const mailboxes = await client.ask(port, 'Mailbox/get', { properties: followed.Mailbox });
  read('Mailbox', mailboxes.list);

  async function follow(at: number, type: Type): Promise<boolean> {
    const take = (path: string) => ({ resultOf: 'c0', name: `${type}/changes`, path });
    const properties = followed[type];
    const [changes, ...gotten] = await client.call(
      at,
      [`${type}/changes`, { sinceState: states[type], maxChanges }],
      [`${type}/get`, { '#ids': take('/created'), properties }],
      [`${type}/get`, { '#ids': take('/updated'), properties }],
    );
    for (const { list, notFound } of gotten) {
      read(type, list);
      // Destroyed between the two calls.
      for (const id of notFound) rows[type].delete(id);
    }
    for (const id of changes.destroyed) rows[type].delete(id);
    states[type] = changes.newState;
    return changes.hasMoreChanges;
  }

  const sorted = (type: Type) => [...rows[type].values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  return {
    get polls() {
      return polls;
    },
    async poll(at) {
      polls++;
      for (const type of ['Email', 'Mailbox'] as const) while (await follow(at, type));
    },
    content: () => ({ emails: sorted('Email'), mailboxes: sorted('Mailbox') }),
  };
}

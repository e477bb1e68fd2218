import { hashPassword } from '../../delivery/crypto/password.ts';
import { discussionOf } from '../../delivery/discussions/discussion.ts';
import { levels } from '../../delivery/privacy/shape.ts';
import { foldWords } from '../../delivery/search/terms.ts';
import type { Account, NewEmail, Store } from '../../delivery/store/store.ts';
import { openRandom } from './random.ts';

/** A mailbox that was filled at once, and how to sign in to it. */
export interface BigMailbox {
  readonly account: Account;
  readonly address: string;
  readonly password: string;
  /** Ids of the two tags of its owner's. */
  readonly tags: readonly string[];
}

export interface MailboxSize {
  readonly messages: number;
  /** Discussions among which they are spread. */
  readonly discussions: number;
  /** When the last one came. */
  readonly until: Date;
}

const firstNames = ['Ada', 'Bruno', 'Chloé', 'Dimitri', 'Élise', 'Farid', 'Grace', 'Hugo', 'Inès', 'Jonas'];
const lastNames = [
  'Abad',
  'Bernard',
  'Costa',
  'Durand',
  'Eriksen',
  'Faure',
  'Garnier',
  'Haddad',
  'Ito',
  'Joly',
];
const topics =
  'boat harbour letter garden invoice meeting ticket photos recipe contract train winter school music paper'.split(
    ' ',
  );
const minuteMilliseconds = 60_000;
const atOnce = 100;

/** Makes the account big@example.org and delivers to the store what a busy owner has, the newest last. */
export async function fillBigMailbox(store: Store, size: MailboxSize): Promise<BigMailbox> {
  const [address, password] = ['big@example.org', 'a mailbox of many years'];
  if (!(await store.getDomain('example.org'))) await store.addDomain('example.org');
  const account = await store.addAccount({ address, passwordHash: await hashPassword(password) });
  const tags: string[] = [];
  for (const [name, colour] of [
    ['Boat', '#2b6cb8'],
    ['Family', '#3f8f29'],
  ] as const)
    tags.push((await store.putTag(account.id, { name, colour })).id);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < size.messages)
      await store.deliverEmail(account.id, bigEmail(next++, { account, tags, size }));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { account, address, password, tags };
}

interface Owner {
  readonly account: Account;
  readonly tags: readonly string[];
  readonly size: MailboxSize;
}

/** The message of this number; of two the higher is the newer one. */
export function bigEmail(n: number, { account, tags, size }: Owner): NewEmail {
  const random = openRandom(n + 1);
  const person = n % size.discussions;
  const name = `${firstNames[person % 10]} ${lastNames[Math.floor(person / 10) % 10]}`;
  const from = { name, address: `person${person}@example.net` };
  const subject = `${capital(random.pick(topics))} ${random.pick(topics)} and ${random.pick(topics)} ${n}`;
  const body = Array.from({ length: 40 }, () => random.pick(topics)).join(' ');
  const receivedAt = new Date(size.until.getTime() - (size.messages - n) * 17 * minuteMilliseconds);
  const summary: NewEmail['summary'] = {
    originators: { from: [from], sender: [], replyTo: [] },
    destinations: { to: [{ name: null, address: account.address }], cc: [], bcc: [] },
    subject,
    messageId: `${n}.letter@example.net`,
    inReplyTo: [],
    references: [],
    sentAt: receivedAt,
    listId: null,
    preview: body.slice(0, 200),
    hasAttachment: n % 9 === 0,
  };
  const octets = Buffer.from(
    `From: ${from.name} <${from.address}>\r\nTo: ${account.address}\r\nSubject: ${subject}\r\n` +
      `Message-ID: <${summary.messageId}>\r\nDate: ${receivedAt.toUTCString()}\r\n\r\n${body}\r\n`,
  );
  return {
    ...{ deliveryKey: null, deliveryKeySeconds: 0, receivedAt, octets, sealed: false, summary },
    thread: { references: [], inReplyTo: null, messageId: summary.messageId },
    discussion: discussionOf(summary, [account.address], account.hashKey),
    tags: [{ role: 'inbox' }, ...(n % 8 === 0 ? [{ id: tags[n % tags.length] ?? '' }] : [])],
    keywords: n % 30 === 0 ? [] : ['$seen'],
    findings: findingsOf(n, from.address),
    index: { subject: 'message', version: 1, value: 50, level: levels[n % levels.length] ?? 'C', upTo: 60 },
    searchText: {
      subject: foldWords(subject).join(' '),
      body,
      originators: foldWords(`${from.name} ${from.address}`).join(' '),
      destinations: foldWords(account.address).join(' '),
      attachments: '',
    },
  };
}

function findingsOf(n: number, reversePath: string): NewEmail['findings'] {
  const importance = n % 11 === 0 ? 'high' : n % 7 === 0 ? 'low' : 'normal';
  return {
    ...{ session: null, reversePath, traceOctets: 0, trustedHops: 0, authentication: null, decrypt: null },
    score: { score: 0.01, verdict: 'ham', harmful: false, importance, reasons: [], model: 'none' },
    ...{ tags: null, facts: {}, failed: [] },
  };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

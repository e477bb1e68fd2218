import type { DeviceKey, ImportAnswer, OpenedMail, OpenRefusal, SenderKey } from '../../device/protocol.ts';
import type { PrivacyReport } from '../../wire.ts';
import type { Client } from '../client.ts';
import { forgettingKey } from '../device-actions.ts';
import type { FullEmail } from '../mail.ts';
import type { Memory } from '../memory.ts';
import type { State, Store } from '../state.ts';
import { openConnection } from './connection.ts';
import { openLearning } from './learning.ts';

/** Keys of this device, and the mail that they open. Passphrases go in; neither they nor keys in clear come out. */
export interface Device {
  list(): Promise<readonly DeviceKey[]>;
  /** `isForgotten`: until the owner signs out. */
  importKeys(
    octets: Uint8Array,
    options: { readonly passphrase: string | null; readonly isForgotten: boolean },
  ): Promise<ImportAnswer>;
  remove(fingerprint: string): Promise<void>;
  /** Armored, locked by its passphrase. */
  exportKey(fingerprint: string): Promise<string | null>;
  /** False: the passphrase opens no key here. */
  unlock(passphrase: string): Promise<boolean>;
  /** Forgets what is unlocked and all that was opened, in all windows of this browser. */
  lock(): void;
  /** Opens the message: it is in the state's `opened` then, and what was found in it reported. Else why not. */
  open(email: FullEmail): Promise<OpenRefusal | null>;
  /** The session has ended. Rejects when keys could not be forgotten; whatever comes, all is locked. */
  end(): Promise<void>;
}

interface Deps {
  readonly store: Store;
  readonly client: Client;
  readonly memory: Memory;
}

/** More often the worker need not hear that somebody is there. */
const usedMilliseconds = 60_000;

/** The device of this page. */
export function openDevice({ store, client, memory }: Deps): Device {
  const accountId = () => store.get().session?.accountId ?? '';
  const connection = openConnection({
    senderKeys: addresses => senderKeys(client, accountId(), addresses),
    onLocked: lockHere,
  });
  const learning = openLearning({
    ...{ store, client, ask: connection.ask },
    later: (act, milliseconds) => {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  const windows = new BroadcastChannel('caliopen-lock');
  windows.addEventListener('message', ({ data }) => {
    if (data === accountId()) lockHere();
  });
  let unlockedOf = '';
  const presence = watchPresence(() => void connection.ask(accountId(), { kind: 'used' }).catch(() => {}));

  function lockHere(): void {
    presence.stop();
    learning.stop();
    connection.end();
    store.set({ opened: {} });
  }

  function lock(): void {
    lockHere();
    windows.postMessage(unlockedOf);
  }

  return {
    lock,
    list: () => connection.ask(accountId(), { kind: 'list' }),
    importKeys: async (octets, { passphrase, isForgotten }) => {
      if (isForgotten) memory.setItem(forgettingKey, withAccount(memory.getItem(forgettingKey), accountId()));
      return connection.ask(accountId(), { kind: 'import', octets, passphrase, isForgotten });
    },
    remove: async fingerprint => void (await connection.ask(accountId(), { kind: 'remove', fingerprint })),
    exportKey: fingerprint => connection.ask(accountId(), { kind: 'export', fingerprint }),
    unlock: async passphrase => {
      const unlocked = await connection.ask(accountId(), { kind: 'unlock', passphrase });
      if (unlocked.length === 0) return false;
      unlockedOf = accountId();
      presence.start();
      learning.start();
      return true;
    },
    open: async email => {
      const { receivedAt, privacy } = email;
      const blob = {
        accountId: accountId(),
        blobId: email.blobId,
        name: 'message.eml',
        type: 'message/rfc822',
      };
      const octets = new Uint8Array(await (await client.fetchBlob(blob)).arrayBuffer());
      const request = { kind: 'open', octets, isSealed: privacy.sealed, receivedAt } as const;
      const answer = await connection.ask(accountId(), request);
      if ('failure' in answer) return answer;
      store.set({ opened: withMail(store.get().opened, email.id, answer.mail) });
      await report(client, { accountId: accountId(), email, mail: answer.mail });
      return null;
    },
    end: async () => {
      try {
        for (const account of (memory.getItem(forgettingKey) ?? '').split(' ').filter(Boolean)) {
          await connection.ask(account, { kind: 'forget' });
        }
        memory.removeItem(forgettingKey);
      } finally {
        lock();
      }
    },
  };
}

/** So many opened messages are kept; an older one is opened again when it is looked at. */
const maxOpened = 200;

function withMail(opened: State['opened'], emailId: string, mail: OpenedMail): State['opened'] {
  const others = Object.entries(opened).filter(([id]) => id !== emailId);
  return Object.fromEntries([...others.slice(1 - maxOpened), [emailId, mail]]);
}

function withAccount(remembered: string | null, accountId: string): string {
  return [...new Set([...(remembered ?? '').split(' '), accountId])].join(' ').trim();
}

async function senderKeys(
  client: Client,
  accountId: string,
  addresses: readonly string[],
): Promise<readonly SenderKey[]> {
  const properties = ['address', 'fingerprint', 'source', 'state', 'firstSeenAt', 'armor'];
  const { keys } = await client.call([['PublicKey/get', { accountId, addresses, properties }, 'keys']]);
  return (keys?.list ?? []) as readonly SenderKey[];
}

interface Found {
  readonly accountId: string;
  readonly email: FullEmail;
  readonly mail: OpenedMail;
}

/** Tells the server what it could not know; what it has judged by itself stands. */
async function report(client: Client, { accountId, email, mail }: Found): Promise<void> {
  const facts = newFacts(email, mail.facts);
  if (Object.keys(facts).length === 0) return;
  const told: PrivacyReport = { accountId, emailId: email.id, facts, signer: mail.signer ?? null };
  await client.call([['Privacy/report', { ...told }, 'report']]);
}

/** Facts that are unknown to the server, or that a device has told before and sees otherwise now. */
export function newFacts(
  { privacy }: Pick<FullEmail, 'privacy'>,
  found: PrivacyReport['facts'],
): PrivacyReport['facts'] {
  const news = Object.entries(found).filter(([id, value]) => {
    const known = privacy.facts.find(fact => fact.id === id);
    if (!known || known.state === 'unknown') return true;
    return known.evidence.source === 'device' && known.evidence.value !== value;
  });
  return Object.fromEntries(news);
}

/** Calls `tell` while somebody touches the page, now and then. */
function watchPresence(tell: () => void): { start(): void; stop(): void } {
  let toldAt = 0;
  const note = () => {
    const now = Date.now();
    if (now - toldAt < usedMilliseconds) return;
    toldAt = now;
    tell();
  };
  const events = ['pointerdown', 'keydown', 'wheel'] as const;
  return {
    start: () => {
      for (const event of events) addEventListener(event, note, { passive: true });
    },
    stop: () => {
      for (const event of events) removeEventListener(event, note);
    },
  };
}

import { importKeys } from './import-keys.ts';
import { KeyHolder } from './key-holder.ts';
import type { KeySafe } from './key-safe.ts';
import { openMail } from './open-mail.ts';
import type { Answers, FromWorker, LearnAnswer, Request, SenderKey, ToWorker } from './protocol.ts';

/** Keys that nobody has used for so long are locked. */
export const idleMilliseconds = 15 * 60_000;

/** What the answering end of the worker needs. */
export interface DeskDeps {
  openSafe(accountId: string): KeySafe;
  post(message: FromWorker): void;
  /** Calls `act` once after the time, unless what it gives back is called first. */
  later(act: () => void, milliseconds: number): () => void;
}

/** Takes what the page says. */
export interface Desk {
  take(message: ToWorker): void;
}

/** Answers the page's requests, in their order, for one account at a time. */
export function openDesk(deps: DeskDeps): Desk {
  const waiting = new Map<number, (keys: readonly SenderKey[]) => void>();
  let current: { readonly accountId: string; readonly holder: Promise<KeyHolder> } | null = null;
  let stopIdle = () => {};
  let last: Promise<unknown> = Promise.resolve();

  function holderOf(accountId: string): Promise<KeyHolder> {
    if (current?.accountId !== accountId) {
      const holder = new KeyHolder(deps.openSafe(accountId));
      current = { accountId, holder: loaded(holder) };
    }
    return current.holder;
  }

  /** What could not be read from the device is read again at the next request. */
  async function loaded(holder: KeyHolder): Promise<KeyHolder> {
    try {
      await holder.load();
      return holder;
    } catch (error) {
      current = null;
      throw error;
    }
  }

  function restartIdle(holder: KeyHolder): void {
    stopIdle();
    if (holder.unlocked().length === 0) return;
    stopIdle = deps.later(() => {
      holder.lock();
      deps.post({ event: 'locked' });
    }, idleMilliseconds);
  }

  function askPage(id: number, addresses: readonly string[]): Promise<readonly SenderKey[]> {
    return new Promise(resolve => {
      waiting.set(id, resolve);
      deps.post({ id, wants: addresses });
    });
  }

  async function serve(id: number, accountId: string, request: Request): Promise<void> {
    try {
      const holder = await holderOf(accountId);
      const answer = await answerTo(request, holder, addresses => askPage(id, addresses));
      // Neither says that somebody is there.
      if (request.kind !== 'list' && request.kind !== 'learn') restartIdle(holder);
      deps.post({ id, answer });
    } catch (error) {
      // The kind of the error only: its words could hold what was to be kept here.
      deps.post({ id, error: error instanceof Error ? error.name : 'Error' });
    }
  }

  return {
    take: message => {
      if ('keys' in message) {
        waiting.get(message.id)?.(message.keys);
        waiting.delete(message.id);
        return;
      }
      const { id, accountId, request } = message;
      last = last.then(() => serve(id, accountId, request));
    },
  };
}

async function answerTo(
  request: Request,
  holder: KeyHolder,
  senderKeys: (addresses: readonly string[]) => Promise<readonly SenderKey[]>,
): Promise<Answers[keyof Answers]> {
  switch (request.kind) {
    case 'list':
      return holder.list();
    case 'import':
      return importKeys(request, holder);
    case 'remove':
      await holder.remove(request.fingerprint);
      return null;
    case 'export':
      return holder.armorOf(request.fingerprint);
    case 'forget':
      await holder.forget();
      return null;
    case 'unlock':
      return holder.unlock(request.passphrase);
    case 'used':
      return null;
    case 'open': {
      const { octets, isSealed, receivedAt } = request;
      return openMail({ octets, isSealed, receivedAt: new Date(receivedAt), senderKeys }, holder);
    }
    case 'learn':
      return learnQuietly(request, holder);
  }
}

/** Nobody asked to learn: what fails, such as fetching the code for it behind an upgrade, is a reason to try again. */
async function learnQuietly(
  request: Extract<Request, { kind: 'learn' }>,
  holder: KeyHolder,
): Promise<LearnAnswer> {
  try {
    const { learnActs } = await import('./learn.ts');
    return await learnActs(request, holder, new Date());
  } catch {
    return { failure: 'broken' };
  }
}

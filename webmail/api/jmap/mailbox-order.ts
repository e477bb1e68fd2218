import { SetError } from './errors.ts';

/** The updates of one call, each by its mailbox's id. */
export interface Updates {
  readonly ids: readonly string[];
  /** Throws the SetError `alreadyExists` with the mailbox that is in the way, among others. */
  update(id: string): Promise<void>;
  /** Gives a mailbox a name that is in nobody's way, until its own update. */
  setAside(id: string): Promise<void>;
  /** Told of each update that failed in the end. */
  failed(id: string, error: unknown): Promise<void>;
}

/**
 * Does the updates in an order in which what counts is how the mailboxes stand after all of them (RFC 8620 §5.3): who
 * is in another's way goes first, and of those who wait for each other, as in a swap, one steps aside.
 */
export async function updateInOrder({ ids, update, setAside, failed }: Updates): Promise<void> {
  const waiting = new Set(ids);
  const begun = new Set<string>();
  const again: string[] = [];
  const settle = async (id: string, error: unknown): Promise<void> => {
    if (isAboutParent(error)) again.push(id);
    else if (error !== null) await failed(id, error);
  };
  const one = async (id: string): Promise<void> => {
    waiting.delete(id);
    begun.add(id);
    const error = await errorOf(update(id));
    const holder = holderOf(error);
    const mayMove = holder !== null && (waiting.has(holder) || begun.has(holder));
    if (mayMove) await (waiting.has(holder) ? one(holder) : setAside(holder));
    await settle(id, mayMove ? await errorOf(update(id)) : error);
    begun.delete(id);
  };
  for (const id of ids) if (waiting.has(id)) await one(id);
  // Where one was to go below another that had to move first, that one has moved by now.
  for (const id of again) {
    const error = await errorOf(update(id));
    if (error !== null) await failed(id, error);
  }
}

/** What the work throws; null when it was done. */
async function errorOf(work: Promise<void>): Promise<unknown> {
  try {
    await work;
    return null;
  } catch (error) {
    return error;
  }
}

/** The mailbox that has the wanted name; null when that is not what went wrong. */
export function holderOf(error: unknown): string | null {
  if (!(error instanceof SetError) || error.body.type !== 'alreadyExists') return null;
  const { existingId } = error.body;
  return typeof existingId === 'string' ? existingId : null;
}

/** Whether a mailbox would be below itself, too deep, or where there is none. */
function isAboutParent(error: unknown): boolean {
  return error instanceof SetError && (error.body.properties ?? []).includes('parentId');
}

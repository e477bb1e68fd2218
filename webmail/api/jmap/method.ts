import type { Account } from '../../../delivery/store/store.ts';
import type { capabilities } from '../../wire.ts';
import type { Caller } from '../caller.ts';
import type { Web } from '../parts.ts';
import type { Budget } from './budget.ts';

/** What a method sees besides its arguments. */
export interface MethodContext extends Web {
  readonly caller: Caller;
  /** The caller's own account: the only one that a method may touch. */
  readonly account: Account;
  /** Capabilities that the request named. */
  readonly using: ReadonlySet<string>;
  /** Creation ids of the whole request (RFC 8620 §3.3). Later /set calls read and add to it. */
  readonly createdIds: Map<string, string>;
  /** What the request may still be answered with. */
  readonly answers: Budget;
  /** Adds one more response under the same call id (RFC 8620 §5.4, RFC 8621 §4.7: an implicit call). */
  respond(name: string, args: Record<string, unknown>): void;
}

/** Checked by `dispatch`: named in `using`, the account is the caller's. Throws `MethodError`. */
export type Handler = (
  args: Readonly<Record<string, unknown>>,
  context: MethodContext,
) => Promise<Record<string, unknown>>;

/** One row of the table of methods. */
export interface Method {
  readonly name: string;
  readonly capability: (typeof capabilities)[keyof typeof capabilities];
  readonly handle: Handler;
}

/** The id that a creation reference `#id` stands for, or the id itself; null when nothing was created under it. */
export function resolveId(id: string, context: Pick<MethodContext, 'createdIds'>): string | null {
  return id.startsWith('#') ? (context.createdIds.get(id.slice(1)) ?? null) : id;
}

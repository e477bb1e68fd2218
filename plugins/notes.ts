import type { Recipient } from '../delivery/delivery.ts';
import type { Assessment } from '../delivery/pipeline.ts';
import type { StageName } from '../delivery/stages.ts';

/** What our plugins know about one transaction; it lives and dies with Haraka's own notes. */
export interface DoorNotes {
  /** Accepted forward-paths that the directory knows. */
  readonly recipients: Map<HarakaAddress, Recipient>;
  /** Line mode: the stages that will run, in order. */
  readonly stages: StageName[];
  /** SIZE of MAIL (RFC 1870), 0 when not given. */
  declaredOctets: number;
  /** SMTPUTF8 of MAIL (RFC 6531). */
  isUtf8: boolean;
  /** From DATA to its reply: shutdown waits for it. */
  isBusy: boolean;
  /** Lets go of mail data that never came to its end. */
  release: (() => void) | null;
  /** The peer's octets once DATA has ended. */
  octets: Uint8Array | null;
  /** Alone mode: lines of the peer as Haraka hands them on, and the one assessment for all our plugins. */
  lines: Buffer[] | null;
  assessment: Promise<Assessment> | null;
}

/** Our notes of the transaction, made at first use; null without a transaction. */
export function doorNotes(transaction: HarakaTransaction): DoorNotes;
export function doorNotes(transaction: HarakaTransaction | null): DoorNotes | null;
export function doorNotes(transaction: HarakaTransaction | null): DoorNotes | null {
  if (!transaction) return null;
  transaction.notes.caliopen ??= {
    recipients: new Map(),
    stages: [],
    declaredOctets: 0,
    isUtf8: false,
    isBusy: false,
    release: null,
    octets: null,
    lines: null,
    assessment: null,
  } satisfies DoorNotes;
  return transaction.notes.caliopen as DoorNotes;
}

import { DeliveryError, type ErrorCode, errorTable } from '../../../errors.ts';
import type { ChangeType } from '../../store.ts';

/** One call of an operation by name: id, name, arguments, the caller's time in milliseconds. */
export type CallMessage = readonly [id: number, method: string, args: readonly unknown[], now: number];

/** The answer to one call; a thread sends the answers of a group together. */
export type ReplyMessage = readonly [id: number, isDone: boolean, value: unknown];

/** New states of one account, by type. */
export type News = readonly [accountId: string, types: Partial<Record<ChangeType, string>>];

/** What the owner of the threads tells one of them: a caller of one of its services, or to end. */
export type ControlMessage =
  | { readonly service: string; readonly port: MessagePortLike }
  | { readonly close: true };

/** What a thread tells its owner besides replies. */
export type ThreadReport =
  | { readonly news: readonly News[] }
  | {
      readonly level: 'error' | 'warn' | 'info' | 'debug';
      readonly event: string;
      readonly fields: Record<string, unknown>;
    };

type MessagePortLike = import('node:worker_threads').MessagePort;

/** What every service of a store knows. */
export interface StoreSettings {
  readonly folder: string;
  readonly shards: number;
  /** 32 octets from which the accounts' hash keys are drawn. */
  readonly hashSecret: Uint8Array;
}

/** How a service is made. */
export interface ServiceSettings extends StoreSettings {
  /** `directory`, `shard-N`, `reader`, `searcher` or `indexer`. */
  readonly name: string;
}

interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fields: Record<string, unknown>;
  readonly cause: string | null;
}

/** An error as a value that passes between threads. */
export function toPlainError(error: unknown): PlainError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : null;
  if (error instanceof DeliveryError) {
    return { code: error.code, message: error.message, fields: error.fields, cause };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message, fields: {}, cause };
}

/** The error that `toPlainError` described. */
export function fromPlainError(value: unknown): DeliveryError {
  const plain = value as PlainError;
  const code = plain.code in errorTable ? plain.code : 'internal';
  const cause = plain.cause === null ? {} : { cause: new Error(plain.cause) };
  return new DeliveryError(code, plain.message, { fields: plain.fields, ...cause });
}

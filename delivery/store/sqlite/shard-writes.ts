import { release } from '../../octets.ts';
import { packMessage } from '../packing.ts';
import * as changes from './mail/change.ts';
import { deliverEmail, type PreparedEmail } from './mail/deliver.ts';
import * as erase from './mail/erase.ts';
import type { PackedEmail } from './mail/packed-email.ts';
import * as rebuild from './mail/rebuild.ts';
import { maxTogether, writeStored } from './mail/stored-detail.ts';
import * as tags from './mail/tag-writes.ts';
import * as uploads from './mail/upload.ts';
import { putAccountState } from './personal/state-writes.ts';
import * as personal from './personal/writes.ts';

/** Every operation of a shard's writer thread. */
export const shardWrites = {
  deliverEmail,
  ...changes,
  ...tags,
  ...uploads,
  ...personal,
  putAccountState,
  ...erase,
  ...rebuild,
} as const;

/** The same, as callers name their arguments: they give emails unprepared. */
export type ShardWrites = Omit<typeof shardWrites, 'deliverEmail'> & {
  deliverEmail(context: never, accountId: string, email: PackedEmail): ReturnType<typeof deliverEmail>;
};

type Preparation = (args: readonly unknown[]) => readonly unknown[];

/** Work that needs no database is done before the transaction: compressing. */
const preparations: Readonly<Record<string, Preparation>> = {
  deliverEmail: ([accountId, email]) => [accountId, prepareEmail(email as PackedEmail)],
  putUpload: ([accountId, upload]) => [accountId, uploads.prepareUpload(upload as uploads.NewUpload)],
};

function prepareEmail({ octets, detail, words, ...rest }: PackedEmail): Parameters<typeof deliverEmail>[2] {
  const isTogether = octets.byteLength <= maxTogether;
  const stored = writeStored({ detail, words }, isTogether ? octets : null);
  const content = isTogether ? null : packMessage(octets);
  if (content?.head.buffer !== octets.buffer && content?.body.buffer !== octets.buffer) release(octets);
  return { ...rest, content, stored };
}

/** The arguments as the operation wants them. */
export function prepareWrite(method: string, args: readonly unknown[]): readonly unknown[] {
  return preparations[method]?.(args) ?? args;
}

/** Frees what a call brought, once its transaction has ended: until then it may be tried again. */
export function releaseWrite(method: string, args: readonly unknown[]): void {
  if (method !== 'deliverEmail') return;
  const { stored, content } = args[1] as PreparedEmail;
  release(stored);
  if (content) for (const octets of [content.head, content.body]) release(octets);
}

import { hash } from 'node:crypto';
import { join } from 'node:path';

/** The file of tenants, domains, addresses, accounts and credentials. */
export function directoryFile(folder: string): string {
  return join(folder, 'directory.db');
}

/** The file that holds the mail of many accounts. */
export function shardFile(folder: string, index: number): string {
  return join(folder, `shard-${index}.db`);
}

/** The search file of one account, in one of 256 folders. */
export function searchFile(folder: string, accountNumber: number): string {
  const group = (accountNumber % 256).toString(16).padStart(2, '0');
  return join(folder, 'search', group, `${accountNumber}.db`);
}

/** The folder of the sockets through which processes tell each other news. */
export function newsFolder(folder: string): string {
  return join(folder, 'news');
}

/** Which shard an account's mail is in: a hash of its id, so that no look-up is needed. */
export function shardOf(accountId: string, shards: number): number {
  return hash('sha256', accountId, 'buffer').readUInt32BE(0) % shards;
}

/** The rowids of one account are one range: account * 2^33 + sequence. */
export const accountRange = 2 ** 33;

/** Most accounts that can ever be made in one directory, so that every rowid is a safe integer. */
export const maxAccounts = 2 ** 20 - 1;

/** The rowid of an account's row with this sequence number. */
export function rowId(accountNumber: number, sequence: number): number {
  return accountNumber * accountRange + sequence;
}

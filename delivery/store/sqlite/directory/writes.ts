import * as senders from '../senders/writes.ts';
import * as zones from '../zones/writes.ts';
import * as accounts from './account-writes.ts';
import * as domains from './domain-writes.ts';
import * as secrets from './secret-writes.ts';

/** Every operation of the directory's writer thread. */
export const directoryWrites = { ...domains, ...accounts, ...secrets, ...senders, ...zones } as const;

export type DirectoryWrites = typeof directoryWrites;

import { checkChanges, checkKeys } from '../../sender-counts.ts';
import type { Senders } from '../../store.ts';
import type { Calls } from '../calls.ts';

/** `Senders` as calls of the directory's threads. */
export function senderPart({ directory, read }: Calls): Senders {
  return {
    getSenderCounts: async (keys, at) => {
      checkKeys(keys);
      return await read.getSenderCounts(keys, at);
    },
    addSenderCounts: async (changes, at) => {
      checkChanges(changes);
      await directory.addSenderCounts(changes, at);
    },
    noteSight: async (key, at, keepSeconds) => {
      checkKeys([key]);
      return await directory.noteSight({ key, at, keepSeconds });
    },
  };
}

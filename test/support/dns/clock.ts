import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A clock that all programs started with its environment read, and that can be set on while they run. */
export interface SharedClock {
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 by this clock. */
  now(): number;
  /** Sets it on by so many seconds, for all programs at once. Timers of running programs are not hurried. */
  advance(seconds: number): void;
}

/** `library` is libfaketime's; `folder` is seen by all programs. */
export function openSharedClock(library: string, folder: string): SharedClock {
  const file = join(folder, 'clock');
  let aheadSeconds = 0;
  // At one stroke: a program that read an empty file would be back in the present.
  const write = () => {
    writeFileSync(`${file}.new`, `+${aheadSeconds}\n`);
    renameSync(`${file}.new`, file);
  };
  write();
  return {
    environment: {
      // With the C library in front of jemalloc, which BIND's programs bring: its first steps ask for the time.
      LD_PRELOAD: `${library} libc.so.6`,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    now: () => Date.now() + aheadSeconds * 1000,
    advance(seconds) {
      aheadSeconds += seconds;
      write();
    },
  };
}

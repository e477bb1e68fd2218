import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, getuid, platform } from 'node:process';
import type { TestContext } from 'node:test';
import { atEnd } from './at-end.ts';

/** A file system of its own that has little room. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves so many octets free, by a file that takes the rest. */
  leave(octets: number): void;
  /** Gives all the room back. */
  free(): void;
}

/**
 * Mounts a file system of `octets` in memory until the test ends. Where that can't be (it needs root on Linux) the test
 * is skipped, and the runner is told, as by `requireService`; null then.
 */
export function requireSmallDisk(
  t: Pick<TestContext, 'name' | 'skip' | 'after'>,
  octets: number,
): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-disk-'));
  const isAble = platform === 'linux' && getuid?.() === 0;
  const options = `size=${octets},mode=700`;
  if (!isAble || spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status !== 0) {
    rmdirSync(folder);
    const line = `${t.name}: needs to mount a file system (root on Linux)`;
    if (env.CI) throw new Error(line);
    if (env.CALIOPEN_TEST_SKIPPED) appendFileSync(env.CALIOPEN_TEST_SKIPPED, `${line}\n`);
    t.skip(line);
    return null;
  }
  atEnd(t, () => {
    spawnSync('umount', [folder]);
    rmdirSync(folder);
  });
  const ballast = join(folder, 'ballast');
  const free = () => rmSync(ballast, { force: true });
  return {
    folder,
    free,
    leave(wanted) {
      free();
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - wanted)));
    },
  };
}

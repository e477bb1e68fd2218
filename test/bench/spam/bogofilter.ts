import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isThere, type Peer, run } from './peer.ts';
import type { Sample } from './samples.ts';

/** As Debian configures it: spam from 0.99. */
export const bogofilter: Peer = {
  name: 'bogofilter',
  threshold: 0.99,
  isProbability: true,
  isInstalled: () => isThere('bogofilter', '-V'),
  judge(folder, learned, judged) {
    const paths = written(folder, 'learn', learned);
    for (const [flag, isSpam] of [
      ['-n', false],
      ['-s', true],
    ] as const) {
      const some = paths.filter((_, at) => learned[at]?.isSpam === isSpam);
      if (some.length > 0) run('bogofilter', ['-d', folder, flag, '-b'], `${some.join('\n')}\n`);
    }
    const asked = written(folder, 'judge', judged);
    const lines = run('bogofilter', ['-d', folder, '-b', '-T'], `${asked.join('\n')}\n`, 2).split('\n');
    const scores = new Map(
      lines.map(line => /^(\S+) \S+ (\S+)$/.exec(line) ?? []).map(([, path, score]) => [path, Number(score)]),
    );
    return asked.map(path => scores.get(path) ?? 0.5);
  },
};

function written(folder: string, name: string, samples: readonly Sample[]): string[] {
  mkdirSync(join(folder, name), { recursive: true });
  return samples.map(({ raw }, at) => {
    const path = join(folder, name, `${at}`);
    writeFileSync(path, raw);
    return path;
  });
}

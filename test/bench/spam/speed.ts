import { parseMessage } from '../../../delivery/message/message.ts';
import { emptyModel, learn, type Model, unlearn } from '../../../delivery/spam/model.ts';
import { scoreMessage } from '../../../delivery/spam/score.ts';
import { labelled, type Sample, some } from './samples.ts';

/** Milliseconds of CPU that each takes, in the second of two rounds. */
function cpuMilliseconds<T>(items: readonly T[], work: (item: T) => void): number {
  for (const item of items) work(item);
  const start = process.cpuUsage();
  for (const item of items) work(item);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / Math.max(1, items.length);
}

function scoreWith(model: Model): (sample: Sample) => void {
  return ({ raw }) => {
    const message = parseMessage(raw);
    scoreMessage({ message, authentication: null, knownSender: false, model, junkAt: 0.8, rejectAt: 1 });
  };
}

const sizes = [
  ['all', 0, Number.POSITIVE_INFINITY],
  ['up to 8 kB', 0, 8192],
  ['8 to 32 kB', 8192, 32_768],
  ['above 32 kB', 32_768, Number.POSITIVE_INFINITY],
] as const;

/** Lines: messages a second and core from octets to verdict, and what one act of learning costs. */
export function speedLines(samples: readonly Sample[]): string[] {
  const score = scoreWith(emptyModel());
  const bySize = sizes.flatMap(([name, least, most]) => {
    const fitting = some(
      samples.filter(({ raw }) => raw.length >= least && raw.length < most),
      400,
    );
    if (fitting.length === 0) return [];
    const milliseconds = cpuMilliseconds(fitting, score);
    return [
      line(`parse and score, ${name}`, milliseconds, `${Math.round(1000 / milliseconds)} a second and core`),
    ];
  });
  const model = emptyModel();
  const read = labelled(some(samples, 400), {});
  const pair = cpuMilliseconds(read, ({ features, isSpam }) => {
    learn(model, features, isSpam);
    unlearn(model, features);
  });
  return [...bySize, line('learn, or unlearn, one read message', pair / 2, '(must 10, aim 3)')];
}

function line(name: string, milliseconds: number, more: string): string {
  return `${name.padEnd(40)} ${milliseconds.toFixed(3).padStart(8)} ms CPU   ${more}`;
}

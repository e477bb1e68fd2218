import { existsSync, readFileSync } from 'node:fs';
import { poll } from './poll.ts';

/** One system call of a process, as strace saw it. Positions tell what was before what. */
export interface SystemCall {
  readonly thread: string;
  readonly name: string;
  /** Path or address of the descriptor that is the first argument, empty when there is none. */
  readonly target: string;
  /** What was written, as far as it was noted. */
  readonly octets: Buffer;
  readonly begin: number;
  readonly end: number;
  /** Negative when it failed. */
  readonly result: number;
}

const writing = ['write', 'writev', 'pwrite64', 'pwritev', 'sendto', 'sendmsg'];
const flushing = ['fsync', 'fdatasync'];

/** Longest piece of a write that is noted: a page of the database. */
const notedOctets = 8192;

/** The command that runs another one and notes in `file` what it writes and flushes. Signals reach the other one. */
export function straceCommand(strace: string, file: string): string[] {
  const calls = [...writing, ...flushing].join(',');
  const words = ['-D', '-f', '-q', '--seccomp-bpf', '-yy', '-xx', '-s', String(notedOctets)];
  return [strace, ...words, '-e', `trace=${calls}`, '-o', file];
}

/** The calls of a process that has ended, in the order in which they began. */
export async function readSystemCalls(file: string, processId: number): Promise<SystemCall[]> {
  const isEnded = new RegExp(`^${processId} +\\+\\+\\+ (exited|killed)`, 'm');
  const lines = await poll('the end of the trace', () => {
    const text = existsSync(file) ? readFileSync(file, 'latin1') : '';
    return isEnded.test(text.slice(-10_000)) ? text.split('\n') : undefined;
  });
  return parseLines(lines);
}

function parseLines(lines: readonly string[]): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { text: string; begin: number }>();
  lines.forEach((line, at) => {
    const [, thread, text] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (!thread || text === undefined) return;
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    if (begun !== undefined) unfinished.set(thread, { text: begun, begin: at });
    else if (resumed !== undefined) {
      const first = unfinished.get(thread);
      if (first) calls.push(...parseCall(first.text + resumed, { thread, begin: first.begin, end: at }));
    } else calls.push(...parseCall(text, { thread, begin: at, end: at }));
  });
  return calls.sort((one, other) => one.begin - other.begin);
}

function parseCall(text: string, seen: Pick<SystemCall, 'thread' | 'begin' | 'end'>): SystemCall[] {
  const [, name, rest] = /^(\w+)\((.*)$/s.exec(text) ?? [];
  if (!name || rest === undefined) return [];
  const target = plain(/^\d+<((?:->|[^>"])*)>/.exec(rest)?.[1] ?? '');
  const hex = [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, noted = '']) => noted);
  const octets = Buffer.from(hex.join('').replaceAll('\\x', ''), 'hex');
  const result = Number(/\) += (-?\d+)[^"]*$/.exec(rest)?.[1] ?? -1);
  return [{ ...seen, name, target, octets, result }];
}

/** Paths come in hexadecimal digits, too. */
function plain(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

export function isFlush({ name, result }: SystemCall): boolean {
  return (name === 'fsync' || name === 'fdatasync') && result === 0;
}

export function isWrite({ name }: SystemCall): boolean {
  return writing.includes(name);
}

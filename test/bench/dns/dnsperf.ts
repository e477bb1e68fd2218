import { spawn } from 'node:child_process';
import type { BenchServer } from './servers.ts';

const clientCore = '0';

export interface LoadWish {
  readonly file: string;
  readonly seconds: number;
  /** More words for dnsperf, such as -D for DO and -m tcp. */
  readonly words: readonly string[];
}

export interface Load {
  readonly perSecond: number;
  /** Queries answered for each second that the server used the CPU: what other work on the machine does not change. */
  readonly perCpuSecond: number;
  readonly lost: number;
}

/** Asks as fast as answers come. */
export async function load(server: BenchServer, { file, seconds, words }: LoadWish): Promise<Load> {
  const before = server.cpuSeconds();
  const text = await dnsperf(server.port, [
    '-d',
    file,
    '-l',
    String(seconds),
    '-c',
    '8',
    '-q',
    '100',
    ...words,
  ]);
  const used = server.cpuSeconds() - before;
  const completed = number(text, /Queries completed:\s+(\d+)/);
  return {
    perSecond: number(text, /Queries per second:\s+([\d.]+)/),
    perCpuSecond: used > 0 ? completed / used : 0,
    lost: number(text, /Queries lost:\s+(\d+)/),
  };
}

/** Milliseconds that answers take at a steady rate: median and 99th percentile, the first second left out. */
export async function latency(
  port: number,
  { file, seconds, words, perSecond }: LoadWish & { perSecond: number },
): Promise<{ median: number; p99: number; lost: number }> {
  const all = ['-d', file, '-l', String(seconds), '-Q', String(perSecond), '-c', '8', '-v', ...words];
  const text = await dnsperf(port, all);
  const found = [...text.matchAll(/^> \S+ \S+ \S+ ([\d.]+)$/gm)].map(match => Number(match[1]) * 1000);
  const sorted = found.slice(perSecond).sort((one, other) => one - other);
  const at = (part: number) => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), lost: number(text, /Queries lost:\s+(\d+)/) };
}

export function dnsperf(port: number, words: readonly string[]): Promise<string> {
  const all = ['-c', clientCore, 'dnsperf', '-s', '127.0.0.1', '-p', String(port), '-T', '1', ...words];
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', all, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', data => chunks.push(String(data)));
    child.on('error', reject);
    child.on('close', () => resolve(chunks.join('')));
  });
}

function number(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
}

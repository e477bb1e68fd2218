import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadMessage } from './load.ts';

export const domain = 'bench.example';
export const accountCount = 200;

/** `user0@bench.example` … of the bench's accounts. */
export function accountAddress(index: number): string {
  return `user${index % accountCount}@${domain}`;
}

const words =
  'meeting report Tuesday budget figures attached please review before lunch train station holiday photos garden project draft invoice number thanks regards weekend plan team office next week call back soon river mountain paper letter friend school music kitchen window morning'.split(
    ' ',
  );

/** Made-up plain messages of about `octets`, all different, in turn for all accounts. */
export function madeUpMessages(count: number, octets: number): LoadMessage[] {
  const random = generator(octets);
  return Array.from({ length: count }, (_, index) => {
    const header = [
      `From: Sender ${index % 50} <sender${index % 50}@load.example>`,
      `To: <${accountAddress(index)}>`,
      `Subject: ${sentence(random, 6)}`,
      `Date: Mon, 02 Mar 2026 10:${String(index % 60).padStart(2, '0')}:00 +0000`,
      `Message-ID: <${index}.${octets}.${process.pid}.${performance.now()}@load.example>`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      '',
    ].join('\r\n');
    const lines: string[] = [];
    for (let size = header.length; size < octets; size += (lines.at(-1)?.length ?? 0) + 2)
      lines.push(sentence(random, 11));
    return message(index, Buffer.from(`${header}${lines.join('\r\n')}\r\n`));
  });
}

/** The first `count` messages below `folder`, the mailbox line dropped, line endings made CRLF. */
export function realMessages(folder: string, count: number): Buffer[] {
  return globSync(join(folder, '**/*.eml'))
    .sort()
    .filter((_, index, all) => index % Math.max(1, Math.floor(all.length / count)) === 0)
    .slice(0, count)
    .map(file => {
      const text = readFileSync(file)
        .toString('latin1')
        .replace(/^From .*\r?\n/, '');
      return Buffer.from(text.replace(/\r\n|\r|\n/g, '\r\n'), 'latin1');
    });
}

/** A message for the account whose turn it is, dots stuffed. */
export function message(index: number, octets: Buffer): LoadMessage {
  const text = octets.toString('latin1').replace(/^\./gm, '..');
  const end = text.endsWith('\r\n') ? '.\r\n' : '\r\n.\r\n';
  const wire = Buffer.from(text + end, 'latin1');
  return { reversePath: `sender${index % 50}@load.example`, forwardPath: accountAddress(index), wire };
}

function sentence(random: () => number, length: number): string {
  return Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
}

/** A small deterministic generator (mulberry32): the same load in every run. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

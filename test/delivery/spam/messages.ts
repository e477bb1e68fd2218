import { parseMessage } from '../../../delivery/message/message.ts';
import type { Message } from '../../../delivery/message/shape.ts';

/** Octets of a message of our own making. Header fields replace the usual ones of the same name; null leaves one out. */
export function rawMessage(body: string, fields: Record<string, string | null> = {}): Uint8Array {
  const all: Record<string, string | null> = {
    From: 'Anna Demo <anna@sender.example>',
    To: 'bob@caliopen.example',
    Subject: 'A word',
    Date: 'Mon, 3 Mar 2025 10:00:00 +0000',
    'Message-ID': '<one@sender.example>',
    'Content-Type': 'text/plain; charset=utf-8',
    ...fields,
  };
  const header = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}\r\n`],
  );
  return Buffer.from(`${header.join('')}\r\n${body}`);
}

/** The same, parsed. */
export function messageOf(body: string, fields: Record<string, string | null> = {}): Message {
  return parseMessage(rawMessage(body, fields));
}

const words = {
  ham: 'meeting garden library report train salad lecture bridge kernel patch novel weather walk minutes draft soup'.split(
    ' ',
  ),
  spam: 'zorblax miracle pillule jackpot profits winner replica wallet expires unlock bonus fortune loan casino'.split(
    ' ',
  ),
};

/** A made-up message of a kind, another one for each number; the same for the same number. */
export function madeUp(kind: 'ham' | 'spam', number: number): Message {
  let state = number * 7919 + (kind === 'ham' ? 1 : 500_009);
  const next = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  const list = words[kind];
  const text = Array.from({ length: 40 }, () => (next(3) === 0 ? `w${next(5000)}` : list[next(list.length)]));
  return messageOf(`${text.join(' ')}\r\n`, {
    Subject: `${list[next(list.length)]} ${number}`,
    'Message-ID': `<${kind}${number}@sender.example>`,
  });
}

import { execFile } from 'node:child_process';
import { findService } from '../../services.ts';

/** What kdig got. */
export interface Asked {
  /** `NOERROR`, `REFUSED` …; null when no answer came. */
  readonly status: string | null;
  /** Records in presentation form, white space made one, in the order in which they came. */
  readonly answers: readonly string[];
  readonly authorities: readonly string[];
  /** All that kdig printed. */
  readonly text: string;
}

/** Asks a server on loopback with kdig's own words: `+dnssec NAME TYPE`. Over TCP, so that nothing is cut short. */
export async function ask(port: number, ...words: readonly string[]): Promise<Asked> {
  const text = await kdig(port, '+norec', '+tcp', '+retry=0', '+time=5', ...words);
  return {
    status: text.match(/status: (\w+)/)?.[1] ?? null,
    answers: section(text, 'ANSWER'),
    authorities: section(text, 'AUTHORITY'),
    text,
  };
}

/** What kdig prints, faults with it. */
export function kdig(port: number, ...words: readonly string[]): Promise<string> {
  const program = findService('kdig') ?? 'kdig';
  return new Promise(resolve => {
    execFile(
      program,
      ['@127.0.0.1', '-p', String(port), ...words],
      { maxBuffer: 2 ** 28 },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    );
  });
}

/** Records of a zone transfer as a zone file. Throws with kdig's words when there was none. */
export async function fetchZone(port: number, zone: string, key?: string): Promise<string> {
  const text = await kdig(port, '+time=10', ...(key ? ['-y', key] : []), zone, 'AXFR');
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith(';'));
  const records = lines.filter(line => line.split(/\s+/)[3] !== 'TSIG');
  // The SOA comes again at the end.
  if (records.length < 2 || records[0] !== records.at(-1)) throw new Error(`no transfer: ${text}`);
  return `${records.slice(0, -1).join('\n')}\n`;
}

/** Lines of a zone file in an order of their own, to be compared with those of another server. */
export function sortedRecords(zoneText: string): string[] {
  return zoneText
    .split('\n')
    .filter(Boolean)
    .map(line => line.replace(/\s+/g, ' '))
    .sort();
}

function section(text: string, name: string): string[] {
  const found = text.match(new RegExp(`^;; ${name} SECTION:\\n((?:[^;\\n].*\\n)*)`, 'm'));
  const lines = found?.[1]?.split('\n').filter(Boolean) ?? [];
  return lines.map(line => line.replace(/\s+/g, ' '));
}

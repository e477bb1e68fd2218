import { readdirSync, readFileSync } from 'node:fs';

interface ProcessRow {
  readonly id: number;
  readonly parent: number;
  /** CPU seconds of the process and of its ended children. */
  readonly cpuSeconds: number;
  readonly residentOctets: number;
}

const ticksPerSecond = 100;
const pageOctets = 4096;

function readProcess(id: number): ProcessRow | null {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (at: number) => Number(fields[at]);
    const ticks = field(11) + field(12) + field(13) + field(14);
    return {
      id,
      parent: field(1),
      cpuSeconds: ticks / ticksPerSecond,
      residentOctets: field(21) * pageOctets,
    };
  } catch {
    return null;
  }
}

function treeOf(roots: readonly number[]): ProcessRow[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => readProcess(Number(name)))
    .filter(row => row !== null);
  const inside = new Set(roots);
  for (let size = 0; size !== inside.size; ) {
    size = inside.size;
    for (const row of all) if (inside.has(row.parent)) inside.add(row.id);
  }
  return all.filter(row => inside.has(row.id));
}

/** CPU seconds that these processes and all below them have used so far, ended children included. */
export function cpuSecondsOf(roots: readonly number[]): number {
  return treeOf(roots).reduce((sum, row) => sum + row.cpuSeconds, 0);
}

/** Resident octets of these processes and all below them; shared pages count for each. */
export function residentOctetsOf(roots: readonly number[]): number {
  return treeOf(roots).reduce((sum, row) => sum + row.residentOctets, 0);
}

/** Octets that these processes and all below them have sent to disks so far, ended children included. */
export function writtenOctetsOf(roots: readonly number[]): number {
  return treeOf(roots).reduce((sum, { id }) => sum + writtenOctets(id), 0);
}

/** Pages that became dirty, whoever writes them: what a mapped file changes counts as well. */
function writtenOctets(id: number): number {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${id}/io`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

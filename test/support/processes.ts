import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the processes that `parent` has started and that have not ended. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(id => statusOf(Number(id))?.parent === parent)
    .map(Number);
}

/** Words of the command line; none when the process has ended. */
export function wordsOf(id: number): string[] {
  return readOrNull(`/proc/${id}/cmdline`)?.split('\0').filter(Boolean) ?? [];
}

/** Whether the process runs: one that has ended and waits for its parent to notice does not. */
export function isRunning(id: number): boolean {
  const status = statusOf(id);
  return status !== null && status.state !== 'Z' && status.state !== 'X';
}

/** Seconds of processor time that all threads of a process have had, those that ended, too. */
export function processorSeconds(id: number): number {
  const fields = fieldsOf(id);
  // Ticks of user and system time (proc(5)); a second has a hundred of them on every Linux.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function statusOf(id: number): { state: string; parent: number } | null {
  const [state, parent] = fieldsOf(id);
  return state === undefined ? null : { state, parent: Number(parent) };
}

/** Fields of /proc/ID/stat behind the name, which may hold anything. */
function fieldsOf(id: number): string[] {
  const text = readOrNull(`/proc/${id}/stat`);
  return text === null ? [] : text.slice(text.lastIndexOf(') ') + 2).split(' ');
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null; // It has ended.
  }
}

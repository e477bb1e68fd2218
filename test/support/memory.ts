import { readFileSync, writeFileSync } from 'node:fs';

/** Resident memory of a process, in octets. */
export function memoryOf(pid: number): number {
  return readStatus(pid, 'VmRSS');
}

/** Most resident memory that a process has had since `forgetPeak`, in octets. */
export function peakMemoryOf(pid: number): number {
  return readStatus(pid, 'VmHWM');
}

/** The peak is counted anew from here (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function readStatus(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

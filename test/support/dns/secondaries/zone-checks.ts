import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { env } from 'node:process';
import type { ServiceName } from '../../services.ts';

/** A program that looks for faults in a signed zone file. */
export interface ZoneCheck {
  readonly service: ServiceName;
  /** It is one of the programs of the service. */
  readonly program: string;
  words(apex: string, file: string): string[];
}

/** All of them end with 0 only when they find nothing wrong. */
export const zoneChecks: readonly ZoneCheck[] = [
  { service: 'ldnsutils', program: 'ldns-verify-zone', words: (_apex, file) => ['-V', '2', file] },
  {
    service: 'bind9Utils',
    program: 'named-checkzone',
    words: (apex, file) => [
      '-i',
      'local',
      '-k',
      'fail',
      '-n',
      'fail',
      '-m',
      'fail',
      '-r',
      'fail',
      apex,
      file,
    ],
  },
  { service: 'bind9Utils', program: 'dnssec-verify', words: (apex, file) => ['-z', '-o', apex, file] },
  { service: 'kzonecheck', program: 'kzonecheck', words: (apex, file) => ['-o', apex, '-d', 'on', file] },
  { service: 'nsd', program: 'nsd-checkzone', words: (apex, file) => [apex, file] },
];

/** How a program ended, with its words. */
export interface CheckRun {
  readonly code: number;
  readonly text: string;
}

/** Some stand where only root looks. */
const path = [env.PATH, '/usr/sbin', '/usr/local/sbin', '/sbin'].join(delimiter);

export function runZoneCheck(check: ZoneCheck, apex: string, file: string): Promise<CheckRun> {
  const options = { env: { ...env, PATH: path } };
  return new Promise(resolve => {
    execFile(check.program, check.words(apex, file), options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, text: stdout + stderr });
    });
  });
}

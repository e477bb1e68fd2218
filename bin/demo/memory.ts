import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeliveryError } from '../../delivery/errors.ts';
import { makeCorrespondentKeys, type StoredKeys } from './keys.ts';
import { type AccountName, demoAccounts } from './people.ts';

/** What the demo remembers between starts, in `demo.json` of the data folder, readable by its owner alone. */
export interface Memory {
  readonly passwords: Readonly<Record<AccountName, string>>;
  /** Opens the secret key of the account whose key its owner holds. */
  readonly passphrase: string;
  readonly keys: StoredKeys;
  /** How many of the demo's messages were sent. */
  readonly sent: number;
}

/** Path of the demo's memory. */
export function memoryFile(dataFolder: string): string {
  return join(dataFolder, 'demo.json');
}

/** What an earlier start left, else a new memory; `isNew` tells which. Throws `badInput` when the file is damaged. */
export async function openMemory(dataFolder: string, now: Date): Promise<{ memory: Memory; isNew: boolean }> {
  const file = memoryFile(dataFolder);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text !== null) return { memory: parseMemory(text, file), isNew: false };
  const memory: Memory = {
    passwords: Object.fromEntries(
      demoAccounts.map(({ name }) => [name, makePassword()]),
    ) as Memory['passwords'],
    passphrase: makePassword(),
    keys: await makeCorrespondentKeys(now),
    sent: 0,
  };
  await saveMemory(dataFolder, memory);
  return { memory, isNew: true };
}

/** Writes the memory in place of the old one. */
export async function saveMemory(dataFolder: string, memory: Memory): Promise<void> {
  const file = memoryFile(dataFolder);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function parseMemory(text: string, file: string): Memory {
  try {
    const memory = JSON.parse(text) as Partial<Memory>;
    if (memory.passwords && memory.passphrase && memory.keys && typeof memory.sent === 'number') {
      return memory as Memory;
    }
  } catch {
    // Told below, like a file that lacks something.
  }
  throw new DeliveryError('badInput', `${file} can't be read; remove it to make new passwords for the demo`);
}

function makePassword(): string {
  return randomBytes(9).toString('base64url');
}

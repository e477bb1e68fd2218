import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { keyedHash } from '../keyed-hash.ts';

/** Cost of new hashes: the first choice of OWASP's password storage cheat sheet, 46 MiB and some 60 ms. */
const cost = { memory: 47_104, passes: 1, parallelism: 1 } as const;
const saltOctets = 16;
const tagOctets = 32;

/** Hashes computed at once: each takes 46 MiB and a core. */
const atOnce = 2;

/** Bounds for hashes read from the store, so that a planted one can't take the machine. */
const maxMemory = 1_048_576;
const maxPasses = 16;
const maxParallelism = 16;

interface Argon2Hash {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** The password as an argon2id hash in PHC form, with a fresh salt. Unicode is normalised (NFC) first. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltOctets);
  const tag = await derive(password, { ...cost, salt, tag: Buffer.alloc(tagOctets) });
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`;
}

/**
 * Whether the password belongs to the hash. With null or an unreadable hash it computes as long and answers false,
 * so that the time doesn't tell whether an account exists.
 */
export async function verifyPassword(password: string, encoded: string | null): Promise<boolean> {
  const hash = encoded === null ? null : readHash(encoded);
  const against = hash ?? { ...cost, salt: Buffer.alloc(saltOctets), tag: Buffer.alloc(tagOctets) };
  const tag = await derive(password, against);
  return timingSafeEqual(tag, against.tag) && hash !== null;
}

const phcForm = /^\$argon2id\$v=19\$m=(\d{1,8}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function readHash(encoded: string): Argon2Hash | null {
  const match = phcForm.exec(encoded);
  if (!match) return null;
  const [memory = 0, passes = 0, parallelism = 0] = match.slice(1, 4).map(Number);
  const [salt, tag] = match.slice(4).map(text => Buffer.from(text, 'base64'));
  if (!salt || !tag || salt.length < 8 || tag.length < 16 || tag.length > 64) return null;
  if (memory < 8 * parallelism || memory > maxMemory) return null;
  if (passes < 1 || passes > maxPasses || parallelism < 1 || parallelism > maxParallelism) return null;
  return { memory, passes, parallelism, salt, tag };
}

function base64(octets: Buffer): string {
  return octets.toString('base64').replace(/=+$/, '');
}

function derive(password: string, { salt, tag, ...parameters }: Argon2Hash): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFC'), 'utf8');
  const settings = { ...parameters, message, nonce: salt, tagLength: tag.length };
  return queue.run(
    () =>
      new Promise((resolve, reject) => {
        argon2('argon2id', settings, (error, derived) => (error ? reject(error) : resolve(derived)));
      }),
  );
}

/** Lets `atOnce` works run and the others wait, first come first served. */
class Queue {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= atOnce) await new Promise<void>(resolve => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

/** One per process: the bound is on the machine's memory and cores, whoever asks. */
const queue = new Queue();

/* ---- app passwords: 128 random bits need no slow hash (DESIGN.md, API) ---- */

/** Without letters and digits that are taken for one another (Crockford's base 32). */
const appAlphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** 128 random bits in a form that can be read out: 26 characters in groups of five and one of six. */
export function makeAppPassword(): string {
  let rest = BigInt(`0x${randomBytes(16).toString('hex')}`);
  let text = '';
  for (let count = 0; count < 26; count += 1) {
    text = `${appAlphabet[Number(rest & 31n)]}${text}`;
    rest >>= 5n;
  }
  return `${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10, 15)}-${text.slice(15, 20)}-${text.slice(20)}`;
}

/**
 * The app password as 32 octets for `Store.findSecret`: HMAC-SHA-256 with `key`, after undoing what people do when
 * they type it (case, spaces, missing dashes, o for 0, i and l for 1).
 */
export function hashAppPassword(password: string, key: Uint8Array): Uint8Array {
  const text = password.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
  return keyedHash(key).update('appPassword\0').update(text).digest();
}

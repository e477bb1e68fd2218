import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { request } from 'node:http';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Resolver } from '../../resolver.ts';

/** Where challenges are asked for (RFC 8555 §8.3). */
export const challengePath = '/.well-known/acme-challenge/';

const prefix = 'caliopen-';
const timeoutMilliseconds = 5000;
const maxAddresses = 8;

/** Tokens of our own, which every machine of the instance can answer: no ACME server is asked for a name that fails. */
export class Probe {
  readonly #key: Uint8Array;
  readonly #resolver: Resolver;
  readonly #port: number;

  /** `port`: where the ACME server will ask, too. */
  constructor({ keyring, resolver }: { keyring: Keyring; resolver: Resolver }, port: number) {
    this.#key = keyring.derive('acme probe');
    this.#resolver = resolver;
    this.#port = port;
  }

  /** What is answered to a token of ours; null for any other. */
  answer(token: string): string | null {
    if (!/^caliopen-[\w-]{22}$/.test(token)) return null;
    return `${token}.${createHmac('sha256', this.#key).update(token).digest('base64url')}`;
  }

  /**
   * Null when the name leads to this instance, else why not. It does when one of its addresses answers as this
   * instance does and none answers otherwise; one that does not answer at all may be out of this machine's reach.
   */
  async whyNotHere(name: string, signal: AbortSignal): Promise<string | null> {
    const addresses = await this.#addressesOf(name);
    if (typeof addresses === 'string') return addresses;
    if (addresses.length === 0) return 'it has no address';
    const token = `${prefix}${randomBytes(16).toString('base64url')}`;
    const expected = Buffer.from(this.answer(token) ?? '');
    const answers = await Promise.all(
      addresses.map(address =>
        ask({ address, port: this.#port, name, path: `${challengePath}${token}` }, signal),
      ),
    );
    const other = answers.findIndex(answer => answer.text !== null && !isSame(answer.text, expected));
    if (other >= 0) return `${addresses[other]} is another server`;
    if (answers.some(({ text }) => text !== null)) return null;
    return `${addresses[0]} does not answer: ${answers[0]?.failure}`;
  }

  async #addressesOf(name: string): Promise<string[] | string> {
    const found: string[] = [];
    for (const type of ['AAAA', 'A']) {
      try {
        found.push(...(await this.#resolver(name, type)).map(String));
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
        if (code !== 'ENOTFOUND' && code !== 'ENODATA') return `the resolver did not answer (${code})`;
      }
    }
    return found.slice(0, maxAddresses);
  }
}

function isSame(text: Buffer, expected: Buffer): boolean {
  return text.length === expected.length && timingSafeEqual(text, expected);
}

/** One request without redirects; `text` is null when nobody answered. */
function ask(
  { address, port, name, path }: { address: string; port: number; name: string; path: string },
  signal: AbortSignal,
): Promise<{ text: Buffer | null; failure: string }> {
  return new Promise(resolve => {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]);
    const headers = { host: name, 'user-agent': 'caliopen', connection: 'close' };
    const sent = request({ host: address, port, path, headers, signal: limited, agent: false }, response => {
      const parts: Buffer[] = [];
      let octets = 0;
      response.on('data', (part: Buffer) => {
        octets += part.length;
        if (octets > 256) response.destroy();
        else parts.push(part);
      });
      // Cut off: what came counts.
      response.on('error', () => {});
      response.once('close', () => resolve({ text: Buffer.concat(parts), failure: '' }));
    });
    sent.once('error', error => resolve({ text: null, failure: error.message }));
    sent.end();
  });
}

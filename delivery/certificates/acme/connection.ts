import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { signRequest } from './jws.ts';
import { acmeError, problemOf, readProblem } from './problem.ts';

/** An answer of the ACME server that is no problem. */
export interface AcmeAnswer {
  readonly text: string;
  readonly location: string | null;
  readonly retryAfterSeconds: number | null;
}

/** Where the server takes what (RFC 8555 §7.1.1). */
export interface AcmeDirectory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
}

interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const timeoutMilliseconds = 30_000;
const maxOctets = 1024 * 1024;
const maxNonceTries = 5;

/** Signed requests to one ACME server, over HTTPS (RFC 8555 §6). Every method throws what `problemOf` reads. */
export class AcmeConnection {
  readonly #directoryUrl: string;
  readonly #agent: Agent;
  readonly #signal: AbortSignal;
  #directory: Promise<AcmeDirectory> | null = null;
  #nonces: string[] = [];

  /** `ca`: PEM certificates of the authorities that may sign for the server; the system's when left out. */
  constructor(directoryUrl: string, { ca, signal }: { ca?: string | undefined; signal: AbortSignal }) {
    this.#directoryUrl = directoryUrl;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 4, ...(ca === undefined ? {} : { ca }) });
    this.#signal = signal;
  }

  directory(): Promise<AcmeDirectory> {
    this.#directory ??= this.#readDirectory().catch(error => {
      this.#directory = null;
      throw error;
    });
    return this.#directory;
  }

  /** A signed POST, tried again with a new nonce where the server wants one (§6.5). */
  async post(
    url: string,
    { key, kid }: { readonly key: KeyObject; readonly kid: string | null },
    payload?: unknown,
  ): Promise<AcmeAnswer> {
    for (let tries = 1; ; tries += 1) {
      const nonce = this.#nonces.pop() ?? (await this.#newNonce());
      try {
        return await this.#send('POST', url, signRequest(key, { url, nonce, kid }, payload));
      } catch (error) {
        if (problemOf(error)?.type !== 'badNonce' || tries === maxNonceTries) throw error;
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #readDirectory(): Promise<AcmeDirectory> {
    const { text } = await this.#send('GET', this.#directoryUrl);
    const { newNonce, newAccount, newOrder } = parseObject(text);
    if ([newNonce, newAccount, newOrder].every(url => typeof url === 'string')) {
      return { newNonce, newAccount, newOrder } as unknown as AcmeDirectory;
    }
    const detail = `${this.#directoryUrl} is no ACME directory`;
    throw acmeError({ type: 'unreachable', detail, retryAfterSeconds: null });
  }

  async #newNonce(): Promise<string> {
    const { newNonce } = await this.directory();
    await this.#send('HEAD', newNonce);
    const nonce = this.#nonces.pop();
    if (nonce !== undefined) return nonce;
    throw acmeError({ type: 'serverInternal', detail: 'no nonce was given', retryAfterSeconds: null });
  }

  async #send(method: string, url: string, body?: string): Promise<AcmeAnswer> {
    const { status, headers, text } = await this.#exchange(method, url, body).catch(cause => {
      const detail = cause instanceof Error ? `${new URL(url).host}: ${cause.message}` : String(cause);
      throw acmeError({ type: 'unreachable', detail, retryAfterSeconds: null }, cause);
    });
    const nonce = headers['replay-nonce'];
    if (typeof nonce === 'string') this.#nonces = [...this.#nonces.slice(-8), nonce];
    const retryAfterSeconds = readRetryAfter(headers['retry-after'], headers.date);
    if (status >= 200 && status < 300) return { text, location: headers.location ?? null, retryAfterSeconds };
    throw acmeError(readProblem(parseObject(text), { status, retryAfterSeconds }));
  }

  #exchange(method: string, url: string, body?: string): Promise<Exchange> {
    return new Promise<Exchange>((resolve, reject) => {
      const headers = {
        'user-agent': 'caliopen',
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/jose+json', 'content-length': Buffer.byteLength(body) }),
      };
      const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMilliseconds)]);
      const sent = request(url, { method, headers, signal, agent: this.#agent }, response => {
        const parts: Buffer[] = [];
        let octets = 0;
        response.on('data', (part: Buffer) => {
          octets += part.length;
          if (octets > maxOctets) response.destroy(new Error(`the answer is over ${maxOctets} octets`));
          else parts.push(part);
        });
        response.on('error', reject);
        response.once('end', () => {
          const text = Buffer.concat(parts).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** The members of a JSON object; none for any other text. */
export function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // Whoever reads a member finds none and says so.
  }
}

/** Seconds, or a date held against that of the answer (RFC 9110 §10.2.3); null where there is none. */
function readRetryAfter(value: string | undefined, date: string | undefined): number | null {
  if (value === undefined) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.parse(date ?? '')) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(0, Math.ceil(seconds)), 14 * 86_400) : null;
}

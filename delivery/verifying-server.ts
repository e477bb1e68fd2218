import { DeliveryError } from './errors.ts';
import { settingForms } from './setting-forms.ts';

/** The JSON object of a good answer; nothing in it is checked. */
export type ServerAnswer = Readonly<Record<string, unknown>>;

/** A good answer. */
export interface Answered {
  readonly failure: null;
  readonly answer: ServerAnswer;
}

/** Why there is no good answer. */
export interface Failure {
  /** `refused`: the request was not taken; `lost`: it may have been. */
  readonly failure: 'refused' | 'lost';
  /** For people, one line. */
  readonly reason: string;
}

/** A verifying key server, asked by POST of JSON alone. */
export interface KeyServer {
  /** Without a final slash. */
  readonly address: string;
  post(path: string, body: unknown): Promise<Answered | Failure>;
}

export interface KeyServerDeps {
  readonly fetch: typeof globalThis.fetch;
  /** Longest wait for one answer, all of it. */
  readonly timeoutMilliseconds: number;
}

/** An answer is a token and a few words for each address. */
const maxAnswerOctets = 65_536;

/** Throws `badRequest` when `server` is no plain `https://` address; asks nobody yet. */
export function openKeyServer(server: string, deps: KeyServerDeps): KeyServer {
  const address = requireServer(server);
  return {
    address,
    async post(path, body) {
      try {
        return await exchange(`${address}${path}`, body, deps);
      } catch (error) {
        return { failure: isNeverSent(error) ? 'refused' : 'lost', reason: transportFault(error, deps) };
      }
    },
  };
}

/** A path in front is kept: a server may stand below one. */
function requireServer(server: string): string {
  const url = settingForms.httpsAddress.fits(server) ? new URL(server) : null;
  if (url && url.username === '' && url.password === '' && url.search === '' && url.hash === '') {
    return url.href.replace(/\/+$/, '');
  }
  const allowed = `${settingForms.httpsAddress.allowed} alone, such as https://keys.openpgp.org`;
  throw new DeliveryError('badRequest', `${server} is no address of a key server; allowed is ${allowed}`);
}

async function exchange(
  url: string,
  body: unknown,
  { fetch, timeoutMilliseconds }: KeyServerDeps,
): Promise<Answered | Failure> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'caliopen' },
    body: JSON.stringify(body),
    // What was meant for one server goes to no other.
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    const elsewhere = oneLine(response.headers.get('location') ?? 'elsewhere');
    return { failure: 'refused', reason: `it sends on to ${elsewhere}; give that server when you mean it` };
  }
  const answer = readObject(await readText(response));
  if (!response.ok) return refusal(response, answer);
  if (answer) return { failure: null, answer };
  return { failure: 'lost', reason: 'its answer is not that of a VKS' };
}

/** All of a body, as text; throws when it is too long. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of body ?? []) {
    octets += chunk.length;
    if (octets > maxAnswerOctets) throw new TooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

class TooLong extends Error {}

function readObject(text: string): ServerAnswer | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as ServerAnswer)
      : null;
  } catch {
    return null; // Whoever needs one says so.
  }
}

/** What a status other than 2xx means, with the server's own text where there is one. */
function refusal({ status, headers }: Response, answer: ServerAnswer | null): Failure {
  // `error` is what the interface promises; Hagrid 1.1 says `message` while it is out of service.
  const words = answer?.error ?? answer?.message;
  const said = typeof words === 'string' && words.trim() !== '' ? oneLine(words) : null;
  const seconds = /^\d{1,6}$/.exec(headers.get('retry-after') ?? '')?.[0];
  const later = seconds === undefined ? 'try again later' : `try again in ${seconds} seconds`;
  const meaning =
    statusTexts[status] ?? (status >= 500 ? `it has a fault (${status})` : `it answers ${status}`);
  const isTemporary = status === 429 || status >= 500;
  const reason = [meaning, ...(said === null ? [] : [said]), ...(isTemporary ? [later] : [])].join('; ');
  // A fault in the middle of the work leaves open how far it went.
  return { failure: status >= 500 && status !== 503 ? 'lost' : 'refused', reason };
}

const statusTexts: Readonly<Record<number, string>> = {
  400: 'it does not take this',
  404: 'there is no VKS at this address',
  405: 'there is no VKS at this address',
  413: 'the key is too large for it',
  429: 'it was asked too often',
  503: 'it is out of service',
};

/** True when the connection did not stand: then nothing was said. */
function isNeverSent(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && (neverSent.has(code) || /CERT|ALTNAME|SELF_SIGNED|^ERR_(?:SSL|TLS)_/.test(code));
}

const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function transportFault(error: unknown, { timeoutMilliseconds }: KeyServerDeps): string {
  if (error instanceof TooLong) return `its answer is longer than ${maxAnswerOctets} octets`;
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `it did not answer within ${timeoutMilliseconds / 1000} seconds`;
  }
  const { cause, message } = error as Error;
  return oneLine(cause instanceof Error ? cause.message || String(codeOf(error)) : message);
}

function codeOf(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : null;
}

/** Text of others for our own lines: no control characters that a terminal would follow, and not too long. */
function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

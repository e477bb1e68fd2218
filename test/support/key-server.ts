import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { atEnd } from './at-end.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A certificate for `localhost` that is its own authority, in PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** Serves HTTPS at `localhost` until the test ends; gives its URL. */
export async function serveHttps(
  t: Pick<TestContext, 'after'>,
  { certificate, key }: Pair,
  handler: Handler,
): Promise<string> {
  const server = createServer({ cert: certificate, key }, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

interface HeldKey {
  readonly fingerprint: string;
  readonly octets: Uint8Array;
  readonly isRevoked: boolean;
  /** Of each address of its user ids, in lower case. */
  readonly status: Map<string, 'unpublished' | 'pending' | 'published'>;
}

/** A verifying key server as a test sees it. */
export interface KeyServer {
  readonly url: string;
  /** All requests that were taken, in order. */
  readonly asked: readonly Asked[];
  /** The mails it would have sent. */
  readonly mails: readonly { address: string; locale: string }[];
  /** The owner opens the link of the mail to this address. */
  confirm(address: string): void;
  /** Octets of the key that it shows for an address; null: none. */
  byEmail(address: string): Uint8Array | null;
  /** Octets that it was sent, by fingerprint in upper-case hexadecimal. */
  uploaded(fingerprint: string): Uint8Array | null;
}

const maxOctets = 1024 * 1024;
const languages = ['en', 'de', 'fr'];

/**
 * A key server that follows what https://keys.openpgp.org/about/api says to the letter, in memory: JSON only, one key
 * at a time for a token, `unpublished`, `pending`, `published`, errors as `{"error"}`. As Hagrid does, it writes
 * addresses in lower case, ignores those that are not of the key, and mails an address once in a while only.
 */
export async function startKeyServer(t: Pick<TestContext, 'after'>, pair: Pair): Promise<KeyServer> {
  const keys = new Map<string, HeldKey>();
  const tokens = new Map<string, string>();
  const asked: Asked[] = [];
  const mails: { address: string; locale: string }[] = [];

  function answerFor({ fingerprint, status, isRevoked }: HeldKey): Record<string, unknown> {
    const token = randomBytes(60).toString('base64url');
    tokens.set(token, fingerprint);
    return { token, key_fpr: fingerprint, status: isRevoked ? {} : Object.fromEntries(status) };
  }

  async function upload({ keytext }: Record<string, unknown>): Promise<unknown> {
    if (typeof keytext !== 'string') throw new Refusal(400, 'missing field `keytext`');
    const read = await readKeys(keytext);
    for (const key of read) {
      const status = new Map([...key.status, ...(keys.get(key.fingerprint)?.status ?? [])]);
      keys.set(key.fingerprint, { ...key, status });
    }
    const [only] = read;
    if (!only || read.length > 1) return read.map(({ fingerprint }) => fingerprint);
    return answerFor(keys.get(only.fingerprint) ?? only);
  }

  function requestVerify({ token, addresses, locale = [] }: Record<string, unknown>): unknown {
    if (typeof token !== 'string') throw new Refusal(400, 'missing field `token`');
    if (!areTexts(addresses) || !areTexts(locale))
      throw new Refusal(400, 'invalid type: expected a sequence');
    const key = keys.get(tokens.get(token) ?? '');
    if (!key) throw new Refusal(400, 'Upload session expired. Please try again.');
    for (const address of addresses.map(text => text.toLowerCase())) {
      if (key.isRevoked || key.status.get(address) !== 'unpublished') continue;
      key.status.set(address, 'pending');
      const wanted = locale.map(tag => tag.split(/[-_;]/)[0] ?? '').find(tag => languages.includes(tag));
      mails.push({ address, locale: wanted ?? 'en' });
    }
    return answerFor(key);
  }

  const work: Record<string, (body: Record<string, unknown>) => unknown> = {
    '/vks/v1/upload': upload,
    '/vks/v1/request-verify': requestVerify,
  };
  const url = await serveHttps(t, pair, async (request, response) => {
    const answer = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    try {
      const act = work[request.url ?? ''];
      if (!act || request.method !== 'POST') throw new Refusal(404, 'not found');
      const body = await readBody(request);
      asked.push({ path: request.url ?? '', headers: request.headers, body });
      answer(200, await act(body));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer(error.status, { error: error.message });
    }
  });
  return {
    url,
    asked,
    mails,
    confirm(address) {
      for (const { status } of keys.values()) if (status.has(address)) status.set(address, 'published');
    },
    byEmail(address) {
      const shown = [...keys.values()].find(({ status }) => status.get(address) === 'published');
      return shown?.octets ?? null;
    },
    uploaded: fingerprint => keys.get(fingerprint)?.octets ?? null,
  };
}

class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(text => typeof text === 'string');
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.headers['content-type'] !== 'application/json') {
    throw new Refusal(400, 'expected application/json data. see /about/api for api docs.');
  }
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const octets = Buffer.concat(parts);
  if (octets.length > maxOctets) throw new Refusal(413, 'Request Entity Too Large');
  try {
    return JSON.parse(octets.toString('utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new Refusal(400, String(error));
  }
}

async function readKeys(armoredKeys: string): Promise<HeldKey[]> {
  const openpgp = await loadOpenPgp();
  const read = await openpgp.readKeys({ armoredKeys }).catch(() => {
    throw new Refusal(400, 'Parsing of key data failed.');
  });
  if (read.some(key => key.isPrivate())) throw new Refusal(400, 'Whoops, please don’t upload secret keys!');
  return Promise.all(
    read.map(async key => {
      const addresses = key.users.flatMap(({ userID }) =>
        userID?.email ? [userID.email.toLowerCase()] : [],
      );
      return {
        fingerprint: key.getFingerprint().toUpperCase(),
        octets: key.write(),
        isRevoked: await key.isRevoked(),
        status: new Map(addresses.map(address => [address, 'unpublished'] as const)),
      };
    }),
  );
}

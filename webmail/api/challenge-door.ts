import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AcmeCertificates } from '../../delivery/certificates/acme/acme.ts';
import { challengePath } from '../../delivery/certificates/acme/probe.ts';
import { asDeliveryError } from '../../delivery/errors.ts';
import type { Log } from '../../delivery/log.ts';

/** A host name as it may stand in a Location; a port behind it is left out. */
const hostField = /^([a-z0-9_](?:[a-z0-9_.-]{0,252}))(?::\d{1,5})?$/i;

/**
 * A server for plain HTTP that answers the challenges of an ACME server (RFC 8555 §8.3) and sends every other GET to
 * HTTPS at `httpsPort`.
 */
export function openChallengeServer(
  acme: Pick<AcmeCertificates, 'answerChallenge'>,
  { httpsPort, log }: { httpsPort: number; log: Log },
): Server {
  const server = createServer((request, response) => {
    answer(request, response).catch(error => {
      log.error({ error: asDeliveryError(error).message }, 'challengeNotAnswered');
      end(response, 503);
    });
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead) return end(response, 405, { allow: 'GET, HEAD' });
    if (path.startsWith(challengePath)) {
      const text = await acme.answerChallenge(path.slice(challengePath.length));
      return text === null ? end(response, 404) : end(response, 200, {}, text);
    }
    const host = hostField.exec(request.headers.host ?? '')?.[1];
    if (host === undefined || !path.startsWith('/')) return end(response, 400);
    const port = httpsPort === 443 ? '' : `:${httpsPort}`;
    return end(response, 308, { location: `https://${host}${port}${path}` });
  }
  // Nobody sends much here.
  server.headersTimeout = server.requestTimeout = 10_000;
  server.keepAliveTimeout = 1000;
  return server;
}

function end(
  response: ServerResponse,
  status: number,
  fields: Readonly<Record<string, string>> = {},
  text = '',
): void {
  response.writeHead(status, {
    'content-type': 'application/octet-stream',
    'content-length': Buffer.byteLength(text),
    ...fields,
  });
  response.end(text);
}

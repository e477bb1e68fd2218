import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { asDeliveryError, DeliveryError } from '../../delivery/errors.ts';
import { openPublishedIndex } from '../../dns-keys/published-index.ts';
import { authenticate } from './authenticate.ts';
import { type Bundle, bundleUi } from './bundle.ts';
import { startJmapWork } from './jmap-routes.ts';
import { type ListenerParts, type Listeners, openListeners } from './listeners.ts';
import { openMetrics } from './metrics.ts';
import { OpenStreams } from './open-streams.ts';
import { openOpener } from './opener.ts';
import { allowOtherOrigins, refuseOtherOrigins } from './other-origins.ts';
import type { WebParts } from './parts.ts';
import { Pictures } from './pictures/pictures.ts';
import { openPicturePorts, type PicturePorts } from './pictures/ports.ts';
import { ownPlaces } from './pictures/target.ts';
import { sendProblem } from './problem.ts';
import { RememberedPasswords } from './remembered.ts';
import type { Right, Route, RouteTools } from './route.ts';
import { routes } from './routes.ts';
import { securityHeaders } from './security-headers.ts';
import { TriesInFlight } from './sign-in.ts';
import { SignInJournal } from './sign-in-journal.ts';
import { serveBundle } from './static.ts';
import { SignInThrottle } from './throttle.ts';
import { openViewer } from './viewer.ts';
import { warmUp } from './warm-up.ts';

/** The open web door; `close` resolves when nothing of it runs any more. */
export type WebDoor = Listeners;

/**
 * Opens the web door: the JMAP API, sign-in, and the webmail's files (`bundle` replaces the one built from the
 * sources), listening as `openListeners` says; `picturePorts` replaces the network that pictures come from. Throws when a port is taken or the certificate can't be read.
 */
export async function openWeb(
  parts: WebParts & ListenerParts & { readonly bundle?: Bundle; readonly picturePorts?: PicturePorts },
): Promise<WebDoor> {
  const { config, store, keyring, clock, log, learner } = parts;
  const opener = openOpener(parts);
  const viewer = openViewer();
  const ports = parts.picturePorts ?? openPicturePorts(config);
  const metrics = openMetrics(config);
  const tools: RouteTools = {
    ...{ config, store, keyring, clock, log, opener, viewer },
    learner: countedLearner(learner, metrics),
    throttle: new SignInThrottle(clock),
    remembered: new RememberedPasswords(clock),
    inFlight: new TriesInFlight(),
    journal: new SignInJournal({ store, clock }),
    streams: new OpenStreams(),
    jmap: startJmapWork(),
    metrics,
    pictures: new Pictures({ ports, own: ownPlaces(config, ports), clock }),
    bundle: parts.bundle ?? (await bundleUi()),
    publishedIndex: openPublishedIndex({ store, now: () => clock.now().getTime() }),
  };
  const app = makeApp(tools);
  const listeners = await openListeners(app, parts);
  void warmUp(store);
  return {
    ...listeners,
    async close() {
      await listeners.close();
      await opener.close();
      await viewer.close();
    },
  };
}

function countedLearner(
  learner: RouteTools['learner'],
  { learned }: RouteTools['metrics'],
): RouteTools['learner'] {
  if (!learner) return learner;
  return {
    ...learner,
    note(accountId, acts) {
      for (const { source } of acts) learned.inc({ by: source });
      return learner.note(accountId, acts);
    },
  };
}

function makeApp(tools: RouteTools): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('case sensitive routing', true);
  const proxies = tools.config['web.trustProxy'];
  app.set('trust proxy', proxies.length > 0 ? [...proxies] : false);
  app.use(securityHeaders);
  app.use(allowOtherOrigins);
  for (const route of routes) app[route.method](route.path, handlerOf(route, tools));
  for (const [path, methods] of methodsByPath()) {
    app.all(path, (_request: Request, response: Response) => {
      response.set('Allow', methods.join(', '));
      sendProblem(response, new DeliveryError('methodNotAllowed'), tools.log);
    });
  }
  app.use(serveBundle(tools.bundle));
  app.use((_request: Request, response: Response) => {
    sendProblem(response, new DeliveryError('notFound'), tools.log);
  });
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    sendProblem(response, error, tools.log);
  });
  return app;
}

/** What each path takes, for `Allow` (RFC 9110 §15.5.6); HEAD is answered like GET. */
function methodsByPath(): Map<string, string[]> {
  const byPath = new Map<string, string[]>();
  for (const { path, method } of routes) {
    const methods = method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()];
    byPath.set(path, [...(byPath.get(path) ?? []), ...methods]);
  }
  return byPath;
}

function handlerOf(route: Route, tools: RouteTools) {
  return async (request: Request, response: Response): Promise<void> => {
    const started = performance.now();
    response.once('close', () => {
      tools.metrics.observe(route.path, response.statusCode, (performance.now() - started) / 1000);
    });
    try {
      await handle(route, { request, response }, tools);
    } catch (error) {
      noteRefusal(error, request, tools);
      sendProblem(response, error, tools.log);
    }
  };
}

async function handle(
  route: Route,
  { request, response }: { request: Request; response: Response },
  tools: RouteTools,
): Promise<void> {
  if (route.right === 'anybody') {
    await route.handle(request, response, tools);
    return;
  }
  const caller = await authenticate(request, purposeOf(route.right), tools);
  if (!caller) throw new DeliveryError('badCredentials');
  if (caller.means === 'session') refuseOtherOrigins(response);
  await route.handle(request, response, { ...tools, caller });
}

function purposeOf(right: Exclude<Right, 'anybody'>): Exclude<Right, 'anybody' | 'account'> | null {
  return right === 'account' ? null : right;
}

/** Counted, and logged with the peer's address for whoever blocks guessers at the firewall. */
function noteRefusal(error: unknown, request: Request, { metrics, log }: RouteTools): void {
  const { code } = asDeliveryError(error);
  if (code !== 'badCredentials' && code !== 'tooManyAttempts') return;
  if (request.headers.authorization === undefined && request.method === 'GET') return;
  metrics.signIns.inc({ outcome: code });
  log.info({ remoteAddress: request.ip ?? null, code }, 'signInRefused');
}

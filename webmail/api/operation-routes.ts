import type { Request, Response } from 'express';
import { DeliveryError } from '../../delivery/errors.ts';
import { gatherMetrics } from '../../delivery/metrics.ts';
import type { Route, RouteTools } from './route.ts';

/** For those who run the server. */
export const operationRoutes: readonly Route[] = [
  { method: 'get', path: '/healthz', right: 'anybody', handle: tellHealth },
  { method: 'get', path: '/metrics', right: 'anybody', handle: tellMetrics },
];

/** Alive and able to answer; says nothing else. */
function tellHealth(_request: Request, response: Response): void {
  response.set('Cache-Control', 'no-store').type('text/plain').send('ok\n');
}

/** Prometheus text of all doors of this data folder, to this machine alone; a proxy on it must not pass the path on for others. */
async function tellMetrics(
  request: Request,
  response: Response,
  { metrics, config }: RouteTools,
): Promise<void> {
  if (!isLoopback(request.socket.remoteAddress ?? '') || request.headers['x-forwarded-for'] !== undefined) {
    throw new DeliveryError('notFound');
  }
  response.set('Cache-Control', 'no-store').type(metrics.registry.contentType);
  response.send(await gatherMetrics(config.data, metrics.registry));
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

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

/** What proxies add for the peer they stand before. */
const forwardingFields = ['forwarded', 'via', 'x-real-ip'];

/** Prometheus text of all doors of this data folder, to this machine alone, asked by an address of its own. */
async function tellMetrics(
  request: Request,
  response: Response,
  { metrics, config }: RouteTools,
): Promise<void> {
  const isForwarded = Object.keys(request.headers).some(
    name => name.startsWith('x-forwarded-') || forwardingFields.includes(name),
  );
  if (isForwarded || !isLoopback(request.socket.remoteAddress ?? '') || !isLoopbackHost(request)) {
    throw new DeliveryError('notFound');
  }
  response.set('Cache-Control', 'no-store').type(metrics.registry.contentType);
  response.send(await gatherMetrics(config.data, metrics.registry));
}

/** Another name that leads here may be one that a web page had pointed here (DNS rebinding). */
function isLoopbackHost(request: Request): boolean {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || isLoopback(name.replace(/^\[|\]$/g, ''));
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(address);
}

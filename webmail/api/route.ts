import type { Request, Response } from 'express';
import type { PublishedIndex } from '../../dns-keys/published-index.ts';
import type { TicketPurpose } from '../wire.ts';
import type { Bundle } from './bundle.ts';
import type { Caller } from './caller.ts';
import type { JmapWork } from './jmap-routes.ts';
import type { WebMetrics } from './metrics.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Web } from './parts.ts';
import type { Pictures } from './pictures/pictures.ts';
import type { SignInTools } from './sign-in.ts';

/** All that a handler may use. */
export interface RouteTools extends Web, SignInTools {
  readonly jmap: JmapWork;
  readonly streams: OpenStreams;
  readonly metrics: WebMetrics;
  /** The webmail as it is served. */
  readonly bundle: Bundle;
  /** Finds published keys by what clients ask instead of an address. */
  readonly publishedIndex: PublishedIndex;
  /** Fetches remote pictures. */
  readonly pictures: Pictures;
}

/** Who may call a route: anybody, or an account (by ticket, too, where a purpose is named). */
export type Right = 'anybody' | 'account' | TicketPurpose;

interface RouteBase {
  readonly method: 'get' | 'post' | 'delete' | 'put';
  /** Express path. */
  readonly path: string;
}

/** One row of the table of routes. */
export type Route =
  | (RouteBase & {
      readonly right: 'anybody';
      readonly handle: (request: Request, response: Response, tools: RouteTools) => Promise<void> | void;
    })
  | (RouteBase & {
      readonly right: Exclude<Right, 'anybody'>;
      readonly handle: (
        request: Request,
        response: Response,
        tools: RouteTools & { readonly caller: Caller },
      ) => Promise<void> | void;
    });

/** A path parameter, with its slashes where it takes the rest of the path; empty when the route has none of that name. */
export function parameter(request: Request, name: string): string {
  const value: unknown = request.params[name];
  if (Array.isArray(value)) return value.join('/');
  return typeof value === 'string' ? value : '';
}

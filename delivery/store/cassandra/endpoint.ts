import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  getCACertificates,
} from 'node:tls';
import type { ClusterSettings } from './session.ts';

const defaultPort = 9042;

/** The port at which the other nodes are asked, which tell their addresses only: that of the contact points. */
export function portOf({ contactPoints }: Pick<ClusterSettings, 'contactPoints'>): number {
  const ports = contactPoints.map(point => isIP(point) === 0 && /:(\d+)$/.exec(point)?.[1]);
  return Number(ports.find(Boolean) || defaultPort);
}

/**
 * Options of TLS: the node's certificate must come from the given authorities, else from one of the system's, and must
 * name the address that was asked or the host name of a contact point. The driver asks by address alone, and tells
 * nobody which name it had.
 */
export function tlsOptions({ contactPoints, tls }: ClusterSettings): ConnectionOptions | undefined {
  if (!tls) return undefined;
  const { ca = systemAuthorities(), cert, key } = tls as Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>;
  const names = contactPoints.map(hostOf).filter(host => isIP(host) === 0);
  return {
    secureContext: createSecureContext({ ca, ...(cert && key ? { cert, key } : {}) }),
    rejectUnauthorized: true,
    checkServerIdentity(address, certificate) {
      const faults = [address, ...names].map(name => checkServerIdentity(name, certificate));
      return faults.includes(undefined) ? undefined : faults[0];
    },
  };
}

/** Those of Node where the system has none. */
function systemAuthorities(): string[] {
  const found = getCACertificates('system');
  return found.length > 0 ? found : getCACertificates('bundled');
}

function hostOf(contactPoint: string): string {
  return isIP(contactPoint) ? contactPoint : contactPoint.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

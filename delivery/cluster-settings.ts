import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Config } from './config.ts';
import { DeliveryError } from './errors.ts';
import { hostAndPort } from './setting-forms.ts';
import type { ClusterSettings } from './store/cassandra/session.ts';

/**
 * Where the settings say that the Cassandra cluster is, the files that they name read. Plain data: threads pass it on.
 * Throws `badSettings` when no node is named or a file can't be used.
 */
export function clusterSettings(config: Config): ClusterSettings {
  const { 'cassandra.contactPoints': points, 'cassandra.username': username } = config;
  if (points.length === 0)
    throw new DeliveryError('badSettings', 'cassandra.contactPoints: name one node at least');
  return {
    contactPoints: points.map(contactPoint),
    localDataCenter: config['cassandra.localDataCenter'],
    keyspace: config['cassandra.keyspace'],
    replication: config['cassandra.replication'],
    credentials: username ? { username, password: config['cassandra.password'] } : null,
    tls: config['cassandra.tls'] ? readTls(config) : null,
  };
}

/** As the driver takes it: brackets only where a port stands behind them. */
function contactPoint(text: string): string {
  const { host, port } = hostAndPort(text) ?? { host: text, port: null };
  if (port === null) return host;
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function readTls(config: Config): Readonly<Record<string, unknown>> {
  const given = {
    ca: readGiven(config, 'cassandra.caFile'),
    cert: readGiven(config, 'cassandra.certificateFile'),
    key: readGiven(config, 'cassandra.keyFile'),
  };
  check('cassandra.caFile', () => given.ca && new X509Certificate(given.ca));
  const { cert, key } = given;
  check('cassandra.certificateFile and cassandra.keyFile', () =>
    createSecureContext({ ...(cert && key ? { cert, key } : {}) }),
  );
  const known = Object.entries(given).filter(([, text]) => text !== null);
  // The driver would take any certificate otherwise.
  return { ...Object.fromEntries(known), rejectUnauthorized: true };
}

function readGiven(
  config: Config,
  key: 'cassandra.caFile' | 'cassandra.certificateFile' | 'cassandra.keyFile',
): string | null {
  return config[key] ? check(key, () => readFileSync(config[key], 'utf8')) : null;
}

function check<T>(key: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new DeliveryError('badSettings', `${key}: ${detail}`, { cause });
  }
}

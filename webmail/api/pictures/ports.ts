import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Config } from '../../../delivery/config.ts';
import { openResolver } from '../../../delivery/resolver.ts';

/** Where a connection goes: the address was checked, so nothing is looked up again. */
export interface Target {
  readonly address: string;
  readonly port: 80 | 443;
  /** With 443: whom the certificate must name. */
  readonly hostname: string;
}

/** The network, as far as pictures are fetched from it. */
export interface PicturePorts {
  /** Every address of a host name; throws when it has none, or nobody answers. */
  lookUp(hostname: string): Promise<readonly string[]>;
  /** Begins a connection to exactly that address; what goes wrong is told by `error`. */
  connect(target: Target): Socket;
}

/** The real network, by the resolvers of the settings. */
export function openPicturePorts(
  config: Pick<Config, 'resolver.servers' | 'resolver.timeoutMilliseconds'>,
): PicturePorts {
  const resolve = openResolver({
    servers: config['resolver.servers'],
    timeoutMilliseconds: config['resolver.timeoutMilliseconds'],
  });
  return {
    async lookUp(hostname) {
      const [four, six] = await Promise.allSettled([resolve(hostname, 'A'), resolve(hostname, 'AAAA')]);
      const lists = [four, six].flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []));
      if (lists.length > 0) return lists.map(String);
      throw four.status === 'rejected' ? four.reason : new Error(`${hostname} has no address`);
    },
    connect({ address, port, hostname }) {
      if (port === 80) return connectTcp({ host: address, port });
      return connectTls({ host: address, port, servername: hostname, ALPNProtocols: ['http/1.1'] });
    },
  };
}

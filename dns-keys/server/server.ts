import { networkInterfaces } from 'node:os';
import type { TlsOptions } from 'node:tls';
import { systemClock, unixSeconds } from '../../delivery/clock.ts';
import { ownAddresses } from './addresses.ts';
import { Door, type DoorSettings } from './door.ts';
import { type DnsMetrics, newMetrics } from './metrics.ts';
import type { ConnectionLimits } from './places.ts';
import { RateLimit, type RateLimitSettings } from './rate-limit.ts';
import { TcpDoor } from './tcp.ts';
import { UdpDoor } from './udp.ts';

/** Where to listen. `0.0.0.0` and `::` mean all addresses that the machine has when the server opens. */
export interface ListenAddress {
  readonly address: string;
  /** 0 for any that is free, the same for UDP and TCP and for all addresses that ask so. */
  readonly port: number;
}

export interface DnsServerSettings
  extends Pick<DoorSettings, 'zones'>,
    Partial<Omit<DoorSettings, 'zones' | 'metrics'>> {
  readonly addresses: readonly ListenAddress[];
  /** DNS over TLS (RFC 7858): certificates by SNI are `SNICallback`'s. */
  readonly tls?: { readonly addresses: readonly ListenAddress[]; readonly options: TlsOptions };
  /** None when left out. */
  readonly rateLimit?: RateLimitSettings;
  readonly connections?: Partial<ConnectionLimits>;
}

export interface DnsServer {
  /** As opened, ports filled in. */
  readonly addresses: readonly ListenAddress[];
  readonly tlsAddresses: readonly ListenAddress[];
  readonly metrics: Readonly<DnsMetrics>;
  close(): Promise<void>;
}

const defaultConnections: ConnectionLimits = { total: 1000, perAddress: 100 };
const portAttempts = 20;

/**
 * Opens the name server. Rejects when an address can't be had; nothing is open then. All zones are looked up in `zones`
 * as queries come, so they may be changed at any time.
 */
export async function openDnsServer(settings: DnsServerSettings): Promise<DnsServer> {
  const metrics = newMetrics();
  const door = new Door({
    zones: settings.zones,
    cookieSecrets: settings.cookieSecrets ?? (() => []),
    idleSeconds: settings.idleSeconds ?? 10,
    hooks: settings.hooks ?? {},
    now: settings.now ?? (() => unixSeconds(systemClock.now())),
    onFault: settings.onFault ?? (() => {}),
    metrics,
  });
  for (let attempt = 1; ; attempt += 1) {
    const doors = newDoors(door, settings);
    try {
      return { ...(await listen(doors, settings)), metrics, close: () => closeAll(doors) };
    } catch (error) {
      await closeAll(doors);
      // A port that was free for TCP was taken for UDP: another one then.
      const mayRetry = settings.addresses.some(({ port }) => port === 0) && attempt < portAttempts;
      if (!mayRetry || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

interface Doors {
  readonly udp: UdpDoor;
  readonly tcp: TcpDoor;
}

function newDoors(
  door: Door,
  { rateLimit = { perSecond: 0, seed: 0 }, connections }: DnsServerSettings,
): Doors {
  return {
    udp: new UdpDoor(door, new RateLimit(rateLimit)),
    tcp: new TcpDoor(door, { ...defaultConnections, ...connections }),
  };
}

async function closeAll({ udp, tcp }: Doors): Promise<void> {
  await Promise.all([udp.close(), tcp.close()]);
}

async function listen(
  { udp, tcp }: Doors,
  { addresses, tls }: DnsServerSettings,
): Promise<Pick<DnsServer, 'addresses' | 'tlsAddresses'>> {
  const open: ListenAddress[] = [];
  const tlsOpen: ListenAddress[] = [];
  let found = 0;
  for (const { address, port } of addresses) {
    const chosen = await tcp.listen(address, port === 0 ? found : port);
    if (port === 0) found = chosen;
    for (const own of ownAddresses(address, networkInterfaces())) await udp.bind(own, chosen);
    open.push({ address, port: chosen });
  }
  for (const { address, port } of tls?.addresses ?? [])
    tlsOpen.push({ address, port: await tcp.listen(address, port, tls?.options) });
  return { addresses: open, tlsAddresses: tlsOpen };
}

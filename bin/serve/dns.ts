import type { TlsOptions } from 'node:tls';
import { openCertificate } from '../../delivery/certificate.ts';
import { openFolderNames } from '../../delivery/certificates/server-names.ts';
import { systemClock } from '../../delivery/clock.ts';
import type { Config } from '../../delivery/config.ts';
import { openKeyring } from '../../delivery/crypto/keyring.ts';
import { describeError } from '../../delivery/describe-error.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import { openInstanceKey } from '../../delivery/instance-key.ts';
import { type Log, openLog } from '../../delivery/log.ts';
import { openParts, type Parts } from '../../delivery/open.ts';
import { openDiskDoor } from '../../dns-keys/disk-door.ts';
import { type DnsDoor, type DnsDoorParts, openDnsDoor } from '../../dns-keys/dns-door.ts';
import type { DnsServerParts } from '../../dns-keys/dns-server.ts';
import { holdZoneFolder } from '../../dns-keys/transfer/held-folder.ts';
import { checkListening, type Door, listenError } from './door.ts';

export interface DnsDoorOptions {
  readonly open?: (config: Config) => Promise<Parts>;
  /** Between tries to open a store that is away. */
  readonly pauseMilliseconds?: number;
}

/**
 * The DNS door with parts of its own. While the store is away it answers from what presigned zones have on disk; without
 * such it can't start.
 */
export async function openDoor(
  config: Config,
  { open = settings => openParts(settings, { door: 'dns' }), pauseMilliseconds = 5000 }: DnsDoorOptions = {},
): Promise<Door> {
  // Told before all zones are read.
  await checkListening(['dns'], config);
  const { certificate, close: closeCertificates } = await openCertificates(config);
  const zones = await holdZoneFolder(config.data);
  const close = async () => {
    zones.release();
    await closeCertificates();
  };
  try {
    const own = { certificate, zoneFolder: zones.path };
    const door = await openWithOwn(config, own, { open, pauseMilliseconds });
    return { ...door, close: () => door.close().finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a door has whether the store is there or not. */
type OwnParts = Pick<DnsServerParts, 'certificate' | 'zoneFolder'>;

async function openWithOwn(
  config: Config,
  own: OwnParts,
  { open, pauseMilliseconds }: Required<DnsDoorOptions>,
): Promise<Door> {
  try {
    return doorOf(await openWithStore(await open(config), own));
  } catch (error) {
    const parts = await diskParts(config, own);
    const disk = isStoreAway(error) ? await openDiskDoor(parts) : null;
    if (disk === null) throw listenError('dns', config, error);
    return withStoreLater(disk, { parts, open, pauseMilliseconds });
  }
}

/** What DNS over TLS shows: by the client's SNI a certificate of `tls.folder`, else the one of `tls.certificateFile`. */
async function openCertificates(
  config: Config,
): Promise<{ certificate: DnsServerParts['certificate']; close: () => Promise<void> }> {
  const { certificate: cert, key } = await openCertificate(config);
  const names = config['dns.tls']
    ? await openFolderNames({ config, clock: systemClock, log: logOf(config) })
    : null;
  if (names === null) return { certificate: { cert, key }, close: async () => {} };
  const SNICallback: TlsOptions['SNICallback'] = (name, done) => {
    names.contextFor(name).then(context => (context ? done(null, context) : done(null)), done);
  };
  return { certificate: { cert, key, SNICallback }, close: names.close };
}

function logOf(config: Config): Log {
  return openLog(config['log.level'] as Parameters<typeof openLog>[0]);
}

function isStoreAway(error: unknown): boolean {
  return error instanceof DeliveryError && error.code === 'storeUnavailable';
}

async function diskParts(config: Config, own: OwnParts): Promise<DnsServerParts> {
  const log = logOf(config);
  const keyring = openKeyring(await openInstanceKey(config));
  return { config, keyring, clock: systemClock, log, ...own };
}

/** The door, which closes the parts with it. */
async function openWithStore(
  parts: Parts,
  given: OwnParts & Pick<DnsDoorParts, 'beforeListening'>,
): Promise<DnsDoor> {
  try {
    const door = await openDnsDoor({ ...parts, ...given });
    return { ...door, close: () => door.close().then(() => parts.close()) };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

/** Takes the store in when it is there; the door that answers from disk gives its addresses up then. */
function withStoreLater(disk: DnsDoor, the: { parts: DnsServerParts } & Required<DnsDoorOptions>): Door {
  const { certificate, zoneFolder, config, log } = the.parts;
  let door: DnsDoor | null = disk;
  let isClosed = false;
  const beforeListening = async () => {
    door = null;
    await disk.close();
  };
  const takeIn = async () => {
    try {
      door = await openWithStore(await the.open(config), { certificate, zoneFolder, beforeListening });
    } catch (error) {
      // Nothing answers any more: the supervisor starts the door anew.
      if (door === null) throw error;
      if (!isStoreAway(error)) log.error(describeError(error), 'storeNotTakenIn');
      if (!isClosed) again();
    }
  };
  let work: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  const again = () => {
    timer = setTimeout(() => {
      work = takeIn();
    }, the.pauseMilliseconds);
  };
  again();
  const close = async () => {
    isClosed = true;
    clearTimeout(timer);
    await work;
    await door?.close();
  };
  return doorOf({ ...disk, close });
}

function doorOf({ addresses: [first], close }: Pick<DnsDoor, 'addresses' | 'close'>): Door {
  return { address: first?.address ?? '', port: first?.port ?? 0, close };
}

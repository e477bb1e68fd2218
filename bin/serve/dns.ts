import { openCertificate } from '../../delivery/certificate.ts';
import type { Config } from '../../delivery/config.ts';
import { openParts } from '../../delivery/open.ts';
import { openDnsDoor } from '../../dns-keys/dns-door.ts';
import { checkListening, type Door, listenError } from './door.ts';

/** The DNS door with parts of its own. */
export async function openDoor(config: Config): Promise<Door> {
  // Told before all zones are read.
  await checkListening(['dns'], config);
  const parts = await openParts(config, { door: 'dns' });
  try {
    const { certificate: cert, key } = await openCertificate(config);
    const door = await openDnsDoor({ ...parts, certificate: { cert, key } });
    const [first] = door.addresses;
    return {
      address: first?.address ?? '',
      port: first?.port ?? 0,
      close: () => door.close().then(() => parts.close()),
    };
  } catch (error) {
    await parts.close();
    throw listenError('dns', config, error);
  }
}

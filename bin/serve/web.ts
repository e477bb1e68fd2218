import { openCertificate } from '../../delivery/certificate.ts';
import type { Config } from '../../delivery/config.ts';
import { openParts } from '../../delivery/open.ts';
import { openWeb } from '../../webmail/api/app.ts';
import { type Door, listenError } from './door.ts';

/** The web door with parts of its own. */
export async function openDoor(config: Config): Promise<Door> {
  const parts = await openParts(config);
  try {
    const { certificate, key } = await openCertificate(config);
    const door = await openWeb({ ...parts, certificate: { cert: certificate, key } });
    return {
      address: door.address,
      port: door.port,
      close: () => door.close().then(() => parts.close()),
    };
  } catch (error) {
    await parts.close();
    throw listenError('web', config, error);
  }
}

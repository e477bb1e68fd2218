import { openCertificate } from '../../delivery/certificate.ts';
import { openServerNames, type ServerNames } from '../../delivery/certificates/server-names.ts';
import type { Config } from '../../delivery/config.ts';
import { openLearner } from '../../delivery/learner.ts';
import { openParts } from '../../delivery/open.ts';
import { openWeb } from '../../webmail/api/app.ts';
import { type Door, listenError } from './door.ts';

/** The web door with parts of its own. */
export async function openDoor(config: Config): Promise<Door> {
  const parts = await openParts(config);
  let serverNames: ServerNames | null = null;
  try {
    const { certificate: cert, key } = await openCertificate(config);
    serverNames = await openServerNames(parts);
    const own = serverNames ? { serverNames } : {};
    const learner = openLearner(parts);
    const door = await openWeb({ ...parts, learner, certificate: { cert, key }, ...own });
    return {
      address: door.address,
      port: door.port,
      async close() {
        await door.close();
        await learner.close();
        await serverNames?.close();
        await parts.close();
      },
    };
  } catch (error) {
    await serverNames?.close();
    await parts.close();
    throw listenError('web', config, error);
  }
}

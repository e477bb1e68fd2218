import { openCertificate } from '../../delivery/certificate.ts';
import type { Config } from '../../delivery/config.ts';
import { openDeliveryLog } from '../../delivery/delivery-log.ts';
import { openLmtpDoor } from '../../delivery/lmtp/lmtp-door.ts';
import { openParts } from '../../delivery/open.ts';
import { openRecipients } from '../../delivery/recipients.ts';
import { type Door, listenError } from './door.ts';

/** The LMTP door with parts of its own. */
export async function openDoor(config: Config): Promise<Door> {
  const parts = await openParts(config, { door: 'lmtp' });
  try {
    const door = await openLmtpDoor(config, {
      line: parts.line(),
      recipients: openRecipients(parts),
      certificate: await openCertificate(config),
      deliveryLog: openDeliveryLog(parts),
      clock: parts.clock,
      log: parts.log,
    });
    return {
      address: door.address,
      port: door.port,
      close: () => door.close().then(() => parts.close()),
    };
  } catch (error) {
    await parts.close();
    throw listenError('lmtp', config, error);
  }
}

import { CertificateFolder } from '../../delivery/certificates/folder.ts';
import { systemClock } from '../../delivery/clock.ts';
import type { Config } from '../../delivery/config.ts';
import { asDeliveryError } from '../../delivery/errors.ts';
import { type Log, silentLog } from '../../delivery/log.ts';
import type { Finding } from '../doctor.ts';
import { acmePlace } from '../serve/door.ts';
import type { HeldPlace } from '../serve/running-doors.ts';
import { placeFinding } from './doors.ts';

/** The certificates of `tls.folder`, and whether an ACME server can ask here; nothing where neither is set. */
export async function certificateFindings(config: Config, held: readonly HeldPlace[]): Promise<Finding[]> {
  return [
    ...(config['tls.folder'] ? await folderFindings(config['tls.folder']) : []),
    ...(config['acme.directory'] ? [await httpFinding(config, held)] : []),
  ];
}

async function folderFindings(path: string): Promise<Finding[]> {
  const check = 'tls folder';
  const faults: Finding[] = [];
  const log: Log = {
    ...silentLog,
    error: ({ certificateFile, reason, todo }) =>
      faults.push({ check, status: 'fail', detail: `${certificateFile}: ${reason}`, todo: String(todo) }),
  };
  const folder = new CertificateFolder(path, { clock: systemClock, log });
  try {
    await folder.open();
  } catch (error) {
    const detail = asDeliveryError(error).message;
    return [{ check, status: 'fail', detail, todo: 'name a folder that this user may read' }];
  }
  if (faults.length > 0) return faults;
  return [{ check, status: 'ok', detail: `${path} holds certificates for ${folder.nameCount} names` }];
}

function httpFinding(config: Config, held: readonly HeldPlace[]): Promise<Finding> {
  const setting = 'acme.httpPort';
  const todoOf = () => `ports below 1024 need root or CAP_NET_BIND_SERVICE; or set ${setting}`;
  return placeFinding('acme port', acmePlace(config), { held, setting, todoOf });
}

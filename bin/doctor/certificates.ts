import { CertificateFolder } from '../../delivery/certificates/folder.ts';
import { systemClock } from '../../delivery/clock.ts';
import type { Config } from '../../delivery/config.ts';
import { asDeliveryError } from '../../delivery/errors.ts';
import { type Log, silentLog } from '../../delivery/log.ts';
import type { Finding } from '../doctor.ts';
import { type ListenPlace, listenFailure } from '../serve/door.ts';
import { type HeldPlace, holderOf } from '../serve/running-doors.ts';

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

async function httpFinding(config: Config, held: readonly HeldPlace[]): Promise<Finding> {
  const check = 'acme port';
  const where = `${config['web.address']}:${config['acme.httpPort']}`;
  const place: ListenPlace = {
    address: config['web.address'],
    port: config['acme.httpPort'],
    transport: 'tcp',
  };
  const failure = await listenFailure(place);
  if (failure === null) return { check, status: 'ok', detail: `${where} is free` };
  const holder = holderOf(place, held);
  if (holder !== null)
    return { check, status: 'ok', detail: `${where} is taken by the ${holder} door, which runs` };
  if (failure.code === 'EADDRINUSE') {
    const todo =
      'no door of this data folder says that it is there: end the other program or set acme.httpPort';
    return { check, status: 'warn', detail: `${where} is taken`, todo };
  }
  const todo = 'ports below 1024 need root or CAP_NET_BIND_SERVICE; or set acme.httpPort';
  return { check, status: 'fail', detail: `${where}: ${failure.code}`, todo };
}

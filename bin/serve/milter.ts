import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type Admission, asksAdmission, openAdmission } from '../../delivery/admission.ts';
import { systemClock } from '../../delivery/clock.ts';
import type { Config } from '../../delivery/config.ts';
import type { Line } from '../../delivery/line.ts';
import { type Log, openLog } from '../../delivery/log.ts';
import { type Metrics, openMetrics } from '../../delivery/metrics.ts';
import { milterMetrics } from '../../delivery/milter/milter-counts.ts';
import { openMilterDoor } from '../../delivery/milter/milter-door.ts';
import { openJudgeLine, openParts } from '../../delivery/open.ts';
import { type Door, listenError } from './door.ts';

/** The milter door: it judges for the instance. */
export async function openDoor(config: Config): Promise<Door> {
  const log = openLog(config['log.level'] as Parameters<typeof openLog>[0]);
  const { line, admission, metrics, close } = await openDoorParts(config, log);
  try {
    const door = await openMilterDoor(config, { line, admission, clock: systemClock, log });
    metrics?.show(milterMetrics(door.counts));
    return { address: door.address, port: door.port, close: () => door.close().then(close) };
  } catch (error) {
    await close();
    throw listenError('milter', config, error);
  }
}

interface DoorParts {
  readonly line: Line;
  readonly admission: Admission | null;
  readonly metrics: Metrics | null;
  close(): Promise<void>;
}

/** No store is opened where nothing asks for it, so that trouble there is none of the MTA's. */
async function openDoorParts(config: Config, log: Log): Promise<DoorParts> {
  if (asksAdmission(config)) {
    const parts = await openParts(config, { log, door: 'milter' });
    const admission = openAdmission(config, { senders: parts.store, log });
    return { line: parts.line(), admission, metrics: parts.metrics, close: () => parts.close() };
  }
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const metrics = openMetrics(config.data, 'milter', { log });
  // Nothing is kept with this key.
  const line = openJudgeLine(config, randomBytes(32), { store: null, log, metrics });
  return { line, admission: null, metrics, close: () => line.close().then(() => metrics.close()) };
}

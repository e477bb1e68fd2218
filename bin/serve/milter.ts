import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { systemClock } from '../../delivery/clock.ts';
import type { Config } from '../../delivery/config.ts';
import { openLog } from '../../delivery/log.ts';
import { openMetrics } from '../../delivery/metrics.ts';
import { milterMetrics } from '../../delivery/milter/milter-counts.ts';
import { openMilterDoor } from '../../delivery/milter/milter-door.ts';
import { openJudgeLine } from '../../delivery/open.ts';
import { type Door, listenError } from './door.ts';

/** The milter door; it judges for the instance and opens no store, so that trouble there is none of the MTA's. */
export async function openDoor(config: Config): Promise<Door> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const log = openLog(config['log.level'] as Parameters<typeof openLog>[0]);
  const metrics = openMetrics(config.data, 'milter', { log });
  // Nothing is kept with this key.
  const line = openJudgeLine(config, randomBytes(32), { store: null, log, metrics });
  const letGo = () => line.close().then(() => metrics.close());
  try {
    const door = await openMilterDoor(config, { line, clock: systemClock, log });
    metrics.show(milterMetrics(door.counts));
    return { address: door.address, port: door.port, close: () => door.close().then(letGo) };
  } catch (error) {
    await letGo();
    throw listenError('milter', config, error);
  }
}

import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findService, type ServiceName } from '../services.ts';

/**
 * A copy of a service's program in `folder`. Debian's AppArmor profiles keep /usr/sbin/unbound and /usr/sbin/named from
 * reading settings elsewhere than in /etc; a copy has another path, for which there is no profile.
 */
export function unconfined(name: ServiceName, folder: string): string {
  const program = findService(name);
  if (program === null) throw new Error(`${name} is not installed`);
  const copy = join(folder, basename(program));
  copyFileSync(program, copy);
  return copy;
}

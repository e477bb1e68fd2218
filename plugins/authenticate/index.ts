import constants from 'haraka-constants';
import { resultsToTell } from '../../delivery/instance-fields.ts';
import { isLineMode, openContext } from '../context.ts';
import { guard } from '../hook.ts';
import { stagePlugin } from '../stage.ts';
import { lookUpName } from './peer-name.ts';

/** SPF, DKIM, DMARC, ARC and the peer's name: who sent this, as far as it can be proved. */
export const { register, hook_init_master, hook_init_child, hook_data, hook_data_post, shutdown } =
  stagePlugin(
    'authenticate',
    ({ findings: { authenticate } }) => {
      if (!authenticate) return null;
      const { spf, dkim, dmarc, arc, iprev } = authenticate;
      return { spf, dkim, dmarc, arc, iprev };
    },
    (owner, connection) => {
      for (const result of resultsToTell(owner)) connection.auth_results(result);
    },
  );

/** In line mode the peer's name comes from the configured resolver, not from the system's. */
export const hook_lookup_rdns = guard(async connection => {
  if (!isLineMode()) return undefined;
  const { owned } = await openContext();
  if (!owned) return undefined;
  const { resolver, config } = owned.parts;
  const name = await lookUpName(connection.remote.ip, {
    resolver,
    timeoutMilliseconds: config['resolver.timeoutMilliseconds'],
  });
  return { retval: constants.ok, reply: name ?? 'NXDOMAIN' };
});

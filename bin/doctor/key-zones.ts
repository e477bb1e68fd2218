import type { Parts } from '../../delivery/open.ts';
import { openDnsClient } from '../../dns-keys/ask/dns-client.ts';
import { nameText } from '../../dns-keys/name.ts';
import { mayHaveKeyZones } from '../../dns-keys/owner-name.ts';
import { domainPlacement } from '../../dns-keys/publish/domain-placement.ts';
import { readStored } from '../../dns-keys/publish/domain-records.ts';
import { lookAtPlacement, type Placement } from '../../dns-keys/publish/placement.ts';
import { typeName } from '../../dns-keys/rr/table.ts';
import { dnsSettings } from '../../dns-keys/settings.ts';
import type { Finding } from '../doctor.ts';

const check = 'key zones';

/** Whether the world finds the published keys of a domain: what must stand in its own zone, asked for there. */
export async function keyZoneFindings(domain: string, parts: Parts): Promise<Finding[]> {
  const { store, config } = parts;
  if (!mayHaveKeyZones(domain)) return [];
  const { items } = await store.listPublishedKeys({ after: null, limit: 1, domain });
  if (items.length === 0) return [];
  const { record } = readStored(domain, await store.getZone(domain));
  if (Object.keys(record.zones).length === 0) {
    const detail = `${domain}: keys are published, and there is no key zone yet`;
    return [{ check, status: 'warn', detail, todo: 'start the DNS door: it makes the zone at its start' }];
  }
  const client = openDnsClient({
    servers: config['resolver.servers'],
    timeoutMilliseconds: config['resolver.timeoutMilliseconds'],
  });
  const sets = domainPlacement(domain, record, dnsSettings(config));
  return [findingOf(domain, await lookAtPlacement(sets, client))];
}

function findingOf(domain: string, placements: readonly Placement[]): Finding {
  const wrong = placements.filter(({ status }) => status !== 'there');
  const words = wrong.map(
    ({ set, status }) => `${nameText(set.owner).slice(0, -1)} ${typeName(set.type)} ${status}`,
  );
  if (words.length === 0)
    return { check, status: 'ok', detail: `${domain}: delegated and secured, and its directory is named` };
  const isUnknown = wrong.every(({ status }) => status === 'unknown');
  const todo = isUnknown
    ? 'see resolver.servers'
    : `caliopen domain dns ${domain} prints the records to place`;
  return { check, status: 'warn', detail: words.join('; '), todo };
}

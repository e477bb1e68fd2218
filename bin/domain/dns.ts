import type { Command } from 'commander';
import { Option } from 'commander';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Parts } from '../../delivery/open.ts';
import { openDnsClient } from '../../dns-keys/ask/dns-client.ts';
import type { SigningAlgorithm } from '../../dns-keys/dnssec/algorithms.ts';
import { acceptClock } from '../../dns-keys/dnssec/key-clock.ts';
import type { KeyCondition } from '../../dns-keys/dnssec/rollover.ts';
import { keyState, requestRoll } from '../../dns-keys/dnssec/zone-keys.ts';
import { nameText } from '../../dns-keys/name.ts';
import { type KeyKind, keyZone, mayHaveKeyZones } from '../../dns-keys/owner-name.ts';
import { conditionHelp } from '../../dns-keys/publish/care-report.ts';
import { domainPlacement, domainSignals, zonesOf } from '../../dns-keys/publish/domain-placement.ts';
import { changeDomainRecord } from '../../dns-keys/publish/domain-records.ts';
import { lookAtPlacement, type Placement, unusableNameservers } from '../../dns-keys/publish/placement.ts';
import { careForDomain } from '../../dns-keys/publish/zone-care.ts';
import type { DomainRecord, ZoneRecord } from '../../dns-keys/publish/zone-record.ts';
import { dataText, typeName } from '../../dns-keys/rr/table.ts';
import { type DnsSettings, dnsSettings } from '../../dns-keys/settings.ts';
import type { RecordSet } from '../../dns-keys/zone/record-set.ts';
import type { CommandContext } from '../command.ts';
import { withParts } from '../with-parts.ts';

interface DnsOptions {
  readonly mode?: ZoneRecord['mode'];
  readonly algorithm?: keyof typeof algorithmNumbers;
  readonly roll?: 'ksk' | 'zsk' | 'all';
  readonly acceptClock?: boolean;
  readonly withdraw?: boolean;
  readonly restore?: boolean;
  readonly check: boolean;
}

const algorithmNumbers: Readonly<Record<'ecdsap256sha256' | 'ed25519', SigningAlgorithm>> = {
  ecdsap256sha256: 13,
  ed25519: 15,
};

/** `caliopen domain dns NAME`. */
export function registerDns(domain: Command, context: CommandContext): void {
  domain
    .command('dns <name>')
    .description(
      "print what must stand in the domain's own DNS zone for its keys to be found, and whether it does",
    )
    .addOption(
      new Option('--mode <mode>', 'change how its key zones are signed').choices(['online', 'presigned']),
    )
    .addOption(
      new Option('--algorithm <name>', 'roll its zones over to another algorithm').choices(
        Object.keys(algorithmNumbers),
      ),
    )
    .addOption(new Option('--roll <keys>', 'ask for new signing keys').choices(['ksk', 'zsk', 'all']))
    .option('--accept-clock', 'go on after the clock jumped: it is right now')
    .option('--withdraw', 'take the zones out of DNSSEC, once the parent has removed their DS')
    .option('--restore', 'take that back')
    .option('--no-check', 'print only, ask nobody')
    .action((name: string, options: DnsOptions) => run(context, name, options));
}

async function run(context: CommandContext, name: string, options: DnsOptions): Promise<void> {
  if (options.withdraw && options.restore)
    throw new DeliveryError('badRequest', '--withdraw and --restore exclude each other');
  const settings = dnsSettings(context.config());
  const found = await withParts(context, async parts => {
    const domain = await parts.store.getDomain(name);
    if (!domain)
      throw new DeliveryError('notFound', `no domain ${name}; caliopen domain list shows what there is`);
    checkLength(domain.name);
    checkNameservers(domain.name, settings);
    return { domain: domain.name, ...(await cared(domain.name, options, { parts, settings })) };
  });
  const sets = domainPlacement(found.domain, found.record, settings);
  const placements = options.check
    ? await lookAtPlacement(sets, openDnsClient({ servers: context.config()['resolver.servers'] }))
    : sets.map(set => ({ set, status: 'unknown', found: [], fault: null }) as const);
  const signals = domainSignals(found.domain, found.record, settings);
  show(context, { ...found, placements, signals, isChecked: options.check });
  if (options.check && placements.some(({ status }) => status !== 'there')) context.exit(1);
}

function checkLength(domain: string): void {
  if (mayHaveKeyZones(domain)) return;
  throw new DeliveryError(
    'notFound',
    `${domain} can have no key zones: names of its keys would be over 255 octets`,
  );
}

function checkNameservers(domain: string, { nameservers }: DnsSettings): void {
  const wrong = unusableNameservers(nameservers, keyZone(domain));
  if (wrong.length === 0) return;
  throw new DeliveryError(
    'badSettings',
    `dns.nameservers: ${wrong.map(nameText).join(', ')} stands in the zone that it is to serve`,
  );
}

/** The domain's record with what the options ask for done; zones and keys are made where there are none. */
async function cared(
  domain: string,
  options: DnsOptions,
  { parts, settings }: { parts: Parts; settings: DnsSettings },
): Promise<Pick<Shown, 'record' | 'conditions'>> {
  const { store, keyring, clock } = parts;
  const now = clock.now();
  const task = { domain, kinds: ['openpgp'] as const, parent: {} };
  let conditions: Shown['conditions'] = {};
  const kept = await changeDomainRecord(domain, store, record => {
    // Where no door has made a zone yet, the first one is as the options ask.
    const wanted = { settings: askedSettings(settings, options), keyring, now };
    const made = record.zones.openpgp ? record : careForDomain(record, task, wanted).record;
    const changed = withOptions(made, options, now);
    const done = careForDomain(changed, task, { settings, keyring, now });
    const entries = Object.entries(done.zones).map(([kind, zone]) => [kind, zone.conditions] as const);
    conditions = Object.fromEntries(entries);
    return done.record;
  });
  return { record: kept.record, conditions };
}

function askedSettings(settings: DnsSettings, { mode, algorithm }: DnsOptions): DnsSettings {
  return {
    ...settings,
    ...(mode ? { mode } : {}),
    ...(algorithm ? { algorithm: algorithmNumbers[algorithm] } : {}),
  };
}

function withOptions(record: DomainRecord, options: DnsOptions, now: Date): DomainRecord {
  const zones = Object.entries(record.zones).map(
    ([kind, zone]) => [kind, changedZone(zone, options, now)] as const,
  );
  const isSame = zones.every(([kind, zone]) => zone === record.zones[kind as keyof DomainRecord['zones']]);
  return isSame ? record : { ...record, zones: Object.fromEntries(zones) };
}

function changedZone(zone: ZoneRecord, options: DnsOptions, now: Date): ZoneRecord {
  let next = zone;
  if (options.mode && options.mode !== next.mode) next = { ...next, mode: options.mode };
  const algorithm = options.algorithm && algorithmNumbers[options.algorithm];
  if (algorithm && algorithm !== next.algorithm) next = { ...next, algorithm };
  if (options.withdraw || options.restore) next = { ...next, isWithdrawn: Boolean(options.withdraw) };
  if (options.acceptClock) next = { ...next, keys: acceptClock(next.keys, now) };
  const { roll } = options;
  if (roll) next = { ...next, keys: requestRoll(next.keys, roll === 'all' ? ['ksk', 'zsk'] : [roll]) };
  return next;
}

interface Shown {
  readonly domain: string;
  readonly record: DomainRecord;
  /** How the keys of each zone stand. */
  readonly conditions: Readonly<Partial<Record<KeyKind, readonly KeyCondition[]>>>;
  readonly placements: readonly Placement[];
  readonly signals: readonly RecordSet[];
  readonly isChecked: boolean;
}

function show(context: CommandContext, shown: Shown): void {
  context.stdout.write(context.json() ? `${JSON.stringify(asJson(shown))}\n` : asText(shown));
}

function asJson({ domain, record, conditions, placements, signals }: Shown): Record<string, unknown> {
  return {
    domain,
    zones: zonesOf(domain, record).map(({ kind, apex, zone }) => ({
      apex: nameText(apex),
      mode: zone.mode,
      isWithdrawn: zone.isWithdrawn,
      conditions: conditions[kind] ?? [],
      keys: zone.keys.keys.map(key => ({
        tag: key.tag,
        role: key.role,
        algorithm: key.algorithm,
        state: keyState(key),
      })),
    })),
    records: placements.map(({ set, status, found, fault }) => ({
      name: nameText(set.owner),
      ttlSeconds: set.ttlSeconds,
      type: typeName(set.type),
      data: set.rdatas.map(rdata => dataText(set.type, rdata)),
      purpose: set.purpose,
      status,
      found,
      ...(fault === null ? {} : { fault }),
    })),
    signals: signals.map(set => ({
      name: nameText(set.owner),
      ttlSeconds: set.ttlSeconds,
      type: typeName(set.type),
      data: set.rdatas.map(rdata => dataText(set.type, rdata)),
    })),
  };
}

const headings = {
  delegation: 'the delegation of its keys to these name servers',
  trust: 'the digest of the key that signs them (DNSSEC)',
  wkd: 'the Web Key Directory',
} as const;

function asText(shown: Shown): string {
  const { domain, placements, signals, isChecked } = shown;
  const lines = [`; To stand in the zone of ${domain}:`];
  for (const placement of placements) {
    const { set, status, found, fault } = placement;
    lines.push('', `; ${headings[set.purpose]}${isChecked ? `: ${said(status, found, fault)}` : ''}`);
    lines.push(...linesOf(set));
  }
  if (signals.length > 0) {
    lines.push(
      '',
      '; In the zones of the name servers, where the registry takes new keys by RFC 9615 (optional):',
    );
    lines.push(...signals.flatMap(linesOf));
  }
  lines.push('', ...zoneLines(shown));
  return `${lines.join('\n')}\n`;
}

function zoneLines({ domain, record, conditions }: Shown): string[] {
  return zonesOf(domain, record).flatMap(({ kind, apex, zone }) => {
    const keys = zone.keys.keys.map(key => `${key.role} ${key.tag} ${keyState(key)}`).join(', ');
    const way = `${zone.mode}${zone.isWithdrawn ? ', being withdrawn' : ''}`;
    const helps = (conditions[kind] ?? []).flatMap(condition => conditionHelp[condition] ?? []);
    return [
      `; ${nameText(apex)} is signed ${way}; keys: ${keys}`,
      ...helps.map(help => `; ATTENTION: ${help}`),
    ];
  });
}

function said(status: Placement['status'], found: readonly string[], fault: string | null): string {
  switch (status) {
    case 'there':
      return 'there';
    case 'missing':
      return 'MISSING';
    case 'different':
      return `DIFFERENT, there is ${found.join(' and ')}`;
    default:
      return `not known (${fault})`;
  }
}

function linesOf({ owner, ttlSeconds, type, rdatas }: Omit<RecordSet, 'signatures'>): string[] {
  if (rdatas.length === 0) return [`; none: ${nameText(owner)} must have no ${typeName(type)}`];
  return rdatas.map(
    rdata => `${nameText(owner)} ${ttlSeconds} IN ${typeName(type)} ${dataText(type, rdata)}`,
  );
}

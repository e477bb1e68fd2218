import type { Command } from 'commander';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Parts } from '../../delivery/open.ts';
import { type CheckedKey, checkPublished } from '../../delivery/published-check.ts';
import { requireAddress, requireDomain } from '../../delivery/store/address.ts';
import { allPages } from '../../delivery/store/all-pages.ts';
import type { PublishedKey } from '../../delivery/store/store.ts';
import { openDnsClient } from '../../dns-keys/ask/dns-client.ts';
import { openWorldLookup } from '../../dns-keys/check/world-lookup.ts';
import type { CommandContext } from '../command.ts';
import { print, printRows } from '../output.ts';
import { withParts } from '../with-parts.ts';

interface CheckWords {
  readonly domain?: string;
  readonly resolver?: readonly string[];
}

/** `caliopen keys check`. */
export function registerCheck(keys: Command, context: CommandContext): void {
  keys
    .command('check [address]')
    .description(
      'ask DNS and the Web Key Directory as the world does, and hold them against what is published; 1 when they differ',
    )
    .option('--domain <name>', 'all that is published in a domain (without either: everything)')
    .option('--resolver <address...>', 'resolver to ask, address or address:port (default: resolver.servers)')
    .action((address: string | undefined, words: CheckWords) => check(context, address, words));
}

async function check(context: CommandContext, address: string | undefined, words: CheckWords): Promise<void> {
  if (address !== undefined && words.domain !== undefined) {
    throw new DeliveryError('badRequest', 'give an address or --domain, not both');
  }
  let [checked, differing] = [0, 0];
  await withParts(context, async parts => {
    const deps = { ...parts, lookUp: lookupOf(parts, words) };
    for await (const asked of askedKeys(parts, address, words.domain)) {
      const result = await checkPublished(asked, deps);
      checked += 1;
      if (!result.isConsistent) differing += 1;
      tell(context, result);
    }
  });
  if (checked === 0) print(context, { checked }, 'nothing is published there');
  if (differing > 0) context.exit(1);
}

function lookupOf({ config }: Parts, { resolver }: CheckWords) {
  const timeoutMilliseconds = config['resolver.timeoutMilliseconds'];
  const servers = resolver ?? config['resolver.servers'];
  return openWorldLookup({
    dns: openDnsClient({ servers, timeoutMilliseconds }),
    fetch,
    timeoutMilliseconds,
  });
}

type Asked = Parameters<typeof checkPublished>[0];

async function* askedKeys(
  { store }: Parts,
  address: string | undefined,
  domain: string | undefined,
): AsyncGenerator<Asked> {
  if (address !== undefined) {
    const { localPart, domain: name } = requireAddress(address);
    await requireHosted(name, store);
    const published = await store.getPublishedKey(address, 'openpgp');
    yield { localPart: published?.localPart ?? localPart, domain: name, published };
    return;
  }
  const scope = domain === undefined ? {} : { domain: requireDomain(domain) };
  if (scope.domain !== undefined) await requireHosted(scope.domain, store);
  const all: AsyncGenerator<PublishedKey> = allPages(page => store.listPublishedKeys({ ...page, ...scope }));
  for await (const published of all) {
    if (published.kind === 'openpgp') yield { ...published, published };
  }
}

/** Of another's domain nothing is published here: that would be called well, or an alarm, whatever the world gets. */
async function requireHosted(domain: string, store: Parts['store']): Promise<void> {
  if (await store.isLocalDomain(domain)) return;
  throw new DeliveryError('notFound', `no domain ${domain}; caliopen domain list shows what there is`);
}

function tell(context: CommandContext, result: CheckedKey): void {
  if (context.json()) {
    print(context, result, '');
    return;
  }
  const { address, fingerprint, sources, isConsistent } = result;
  printRows(
    context,
    sources.map(({ source, verdict, fingerprints, isValidated, detail }) => ({
      address,
      source: names[source],
      verdict,
      fingerprint: fingerprints.join(' ') || null,
      dnssec: isValidated === null ? null : isValidated ? 'validated' : 'not validated',
      detail,
    })),
  );
  if (isConsistent) return;
  const what = fingerprint ? `published is ${fingerprint}` : 'nothing is published';
  print(context, result, `ALARM: ${address}: ${what}, and ${heardText(sources)}`);
}

function heardText(sources: CheckedKey['sources']): string {
  const from = (...verdicts: string[]) =>
    sources
      .filter(({ verdict }) => verdicts.includes(verdict))
      .map(({ source }) => names[source])
      .join(' and ');
  if (from('differs', 'unexpected') !== '') return 'the world gets something else';
  const silent = from('missing');
  if (silent !== '') return `the world gets nothing by ${silent}`;
  return `what the world gets is not known of ${from('failed')}`;
}

const names = {
  dns: 'DNS',
  wkdAdvanced: 'WKD advanced',
  wkdDirect: 'WKD direct',
  autocrypt: 'own key',
} as const;

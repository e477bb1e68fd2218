import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { requireService } from '../services.ts';
import { type Authority, openAuthority } from './authority.ts';
import { type KdigAnswer, kdig } from './kdig.ts';
import { type Knot, knotTtlSeconds, startKnot } from './knot.ts';
import { type Namespace, openNamespace } from './namespace.ts';
import { startUnbound, type Unbound } from './unbound.ts';

/**
 * A small Internet: parent zones that knotd signs, a validating resolver that trusts them and that all programs inside
 * ask, a certificate authority that they trust. Zones under test stand on addresses of their own, 10.53.0.2 and on.
 */
export interface World extends Namespace {
  /** Serves the parent zones. */
  readonly parent: Knot;
  readonly parentAddress: string;
  readonly resolver: Unbound;
  readonly resolverAddress: string;
  readonly authority: Authority;
  /** Trust anchors of all parent zones, as unbound and its library read them. */
  readonly anchorFile: string;
  /** Puts the delegation of `zone` into its parent zone, instead of what stood there; the resolver forgets, or does not. */
  delegate(zone: string, delegation: Delegation, keepsCache?: boolean): Promise<void>;
  /** Asks with kdig; the resolver unless the words name a server. */
  kdig(...words: string[]): Promise<KdigAnswer>;
  /** Asks the resolver with delv, which validates itself; an absolute name. */
  delv(name: string, type: string): Promise<Validation>;
}

export interface Delegation {
  /** Addresses by the name of the server (absolute); empty for a server whose address is known elsewhere. */
  readonly servers: Readonly<Record<string, readonly string[]>>;
  /** DS in presentation form; none leaves the zone insecure. */
  readonly ds: readonly string[];
}

export interface Validation {
  /** `fully validated`, `negative response, fully validated`, `unsigned answer` …; delv's error where it says none of these. */
  readonly verdict: string;
  readonly text: string;
}

const parentAddresses = ['10.53.0.1', 'fd53::1'] as const;
const resolverAddress = '10.53.0.53';

/** Opens one until the test ends; `zones` are the parents (absolute names) and their records. Null: the test is skipped. */
export async function openWorld(
  t: Pick<TestContext, 'name' | 'skip' | 'after'>,
  zones: Readonly<Record<string, string>>,
  options: { readonly hasClock?: boolean } = {},
): Promise<World | null> {
  for (const name of ['knot', 'kdig', 'unbound', 'delv', 'openssl'] as const) {
    if (requireService(t, name) === null) return null;
  }
  const namespace = await openNamespace(t, options);
  if (namespace === null) return null;
  const parent = await startKnot(namespace, parentAddresses, parentZones(zones));
  const anchors = await Promise.all(
    Object.keys(zones).map(async zone => ({
      zone,
      address: parentAddresses[0],
      key: await parent.keySigningKey(zone),
    })),
  );
  const resolver = await startUnbound(namespace, resolverAddress, anchors);
  await coverSettings(namespace);
  const anchorFile = join(namespace.folder, 'anchors');
  writeFileSync(anchorFile, anchors.map(({ zone, key }) => `${zone} IN DNSKEY ${key}\n`).join(''));
  const parentOf = (name: string) => Object.keys(zones).find(zone => `.${name}`.endsWith(`.${zone}`)) ?? '';
  return {
    ...namespace,
    parent,
    parentAddress: parentAddresses[0],
    resolver,
    resolverAddress,
    authority: await openAuthority(namespace),
    anchorFile,
    async delegate(zone, delegation, keepsCache = false) {
      await parent.update(parentOf(zone), delegationLines(zone, delegation));
      if (!keepsCache) await resolver.forget();
    },
    kdig: (...words) => {
      const isNamed = words.some(word => word.startsWith('@'));
      return kdig(namespace, isNamed ? words : [`@${resolverAddress}`, ...words]);
    },
    delv: (name, type) => delv(namespace, { name, type, anchors, root: parentOf(name) }),
  };
}

function parentZones(zones: Readonly<Record<string, string>>): { name: string; records: string }[] {
  const [v4, v6] = parentAddresses;
  const own = `@ NS ns\nns A ${v4}\nns AAAA ${v6}`;
  return Object.entries(zones).map(([name, records]) => ({ name, records: `${own}\n${records}` }));
}

/** What the programs inside read of the network, for none of it is the machine's. */
async function coverSettings(namespace: Namespace): Promise<void> {
  const texts = {
    '/etc/resolv.conf': `nameserver ${resolverAddress}\noptions timeout:2 attempts:2\n`,
    '/etc/hosts': '127.0.0.1 localhost\n',
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  };
  for (const [file, text] of Object.entries(texts)) {
    const cover = join(namespace.folder, file.replaceAll('/', '-'));
    writeFileSync(cover, text, { mode: 0o644 });
    await namespace.must(['mount', '--bind', cover, file]);
  }
}

function delegationLines(zone: string, { servers, ds }: Delegation): string[] {
  const ttl = knotTtlSeconds;
  return [
    `delete ${zone} NS`,
    `delete ${zone} DS`,
    ...Object.entries(servers).flatMap(([name, addresses]) => [
      `add ${zone} ${ttl} NS ${name}`,
      ...(addresses.length > 0 ? [`delete ${name} A`, `delete ${name} AAAA`] : []),
      ...addresses.map(address => `add ${name} ${ttl} ${address.includes(':') ? 'AAAA' : 'A'} ${address}`),
    ]),
    ...ds.map(data => `add ${zone} ${ttl} DS ${data}`),
  ];
}

async function delv(
  namespace: Namespace,
  {
    name,
    type,
    anchors,
    root,
  }: { name: string; type: string; anchors: readonly { zone: string; key: string }[]; root: string },
): Promise<Validation> {
  const file = join(namespace.folder, 'delv-anchors');
  const rows = anchors.map(({ zone, key }) => {
    const [flags, protocol, algorithm, ...octets] = key.split(' ');
    return `"${zone}" static-key ${flags} ${protocol} ${algorithm} "${octets.join('')}";`;
  });
  writeFileSync(file, `trust-anchors { ${rows.join(' ')} };\n`);
  const words = ['delv', `@${resolverAddress}`, '-a', file, `+root=${root}`, '+multiline', name, type];
  const { stdout, stderr } = await namespace.run(words);
  const verdict =
    stdout.match(/^; ((?:negative response, )?\w[\w ]*)$/m) ?? stderr.match(/^;; resolution failed: (.*)$/m);
  return {
    verdict: verdict?.[1] ?? '',
    text: stdout + stderr,
  };
}

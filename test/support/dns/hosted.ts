import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { importKey } from '../../../bin/keys/import.ts';
import type { DoorName } from '../../../bin/serve/door.ts';
import { settingsEnvironment } from '../../../bin/serve/settings-environment.ts';
import type { Config, SettingKey } from '../../../delivery/config.ts';
import { generateKey } from '../../../delivery/crypto/keys.ts';
import { type Publication, publishKey } from '../../../delivery/publish-key.ts';
import type { Account } from '../../../delivery/store/store.ts';
import type { Backend } from '../backend.ts';
import { jsonLines } from '../command.ts';
import { type DoorProcess, openTestParts, startDoor } from '../door-process.ts';
import { bridge } from './bridge.ts';
import { updateKey } from './knot.ts';
import type { World } from './world.ts';

const caliopen = join(import.meta.dirname, '..', '..', '..', 'bin', 'caliopen');

/** Where the DNS door of a hosted instance listens. */
export const doorAddresses = ['10.53.0.2', 'fd53::2'] as const;

/** Name of that server; its zone is one of the world's, below. */
const serverName = 'keys.host.example';

/**
 * Parent zones of a world with the product in it: a domain with its WKD name, one that has a web server at its own name
 * instead (WKD's direct method), and the one in which the name server's name is.
 */
export const hostedZones = {
  'alpha.example.': `openpgpkey A ${doorAddresses[0]}`,
  'beta.example.': `@ A ${doorAddresses[0]}`,
  'host.example.': `keys A ${doorAddresses[0]}\nkeys AAAA ${doorAddresses[1]}`,
} as const;

/** Names in the certificate of the instance. */
const certified = [serverName, 'openpgpkey.alpha.example', 'beta.example'];

/** An instance of the product inside a world. */
export interface Hosted {
  readonly config: Config;
  /** Runs `caliopen … --json` inside; its lines. Throws with its words when it ends with anything but 0. */
  caliopen(words: readonly string[], input?: Uint8Array | string): Promise<Record<string, unknown>[]>;
  /** Serves the domain, and makes an account. */
  addAccount(address: string): Promise<Account>;
  /** Gives the account a public key of its own (without it, one of the server's making), and publishes it for the address. */
  publish(address: string, key?: Uint8Array): Promise<Publication>;
  /** Puts the delegation that `caliopen domain dns` asks for into the parent zone. */
  delegate(domain: string, keepsCache?: boolean): Promise<void>;
  /** Starts `caliopen serve DOOR`: DNS on port 53 (853 for TLS), the web on 443. */
  serve(door: DoorName, settings?: Partial<Record<SettingKey, unknown>>): Promise<DoorProcess>;
}

/** What is read of `caliopen domain dns --json`. */
interface DomainDns {
  readonly records: readonly { readonly name: string; readonly type: string; readonly data: string[] }[];
}

/** Settings of an instance inside, on a store of its own, with a certificate that the programs inside trust. */
export async function openHosted(
  t: Pick<TestContext, 'after'>,
  world: World,
  { on, settings = {} }: { on: Backend; settings?: Partial<Record<SettingKey, unknown>> },
): Promise<Hosted> {
  const { certificateFile, keyFile } = await world.authority.issue(certified);
  const config = await on.prepare(t, {
    hostname: serverName,
    'dns.address': doorAddresses,
    'dns.port': 53,
    'dns.tls': true,
    'dns.tlsPort': 853,
    'dns.ttlSeconds': 30,
    'dns.negativeTtlSeconds': 30,
    'dns.nameservers': [serverName],
    'dns.tsigKeys': [`${updateKey.algorithm}:${updateKey.name}:${updateKey.secret}`],
    'web.address': doorAddresses[0],
    'web.port': 443,
    'web.tls': true,
    'tls.certificateFile': certificateFile,
    'tls.keyFile': keyFile,
    'resolver.servers': [`${world.resolverAddress}:53`],
    'resolver.timeoutMilliseconds': 2000,
    ...settings,
  });
  if (config.store === 'cassandra') await bridgeTo(t, world, config);
  const run: Hosted['caliopen'] = async (words, input = '') => {
    const environment = settingsEnvironment(config);
    const { stdout } = await world.must([caliopen, '--json', ...words], { input, environment });
    return jsonLines(stdout);
  };
  const parts = await openTestParts(t, config);
  const own = async (address: string) => {
    const account = await parts.store.getAccountByAddress(address);
    if (!account) throw new Error(`no account ${address}`);
    return account;
  };
  return {
    config,
    caliopen: run,
    async addAccount(address) {
      const domain = address.slice(address.indexOf('@') + 1);
      if (!(await parts.store.getDomain(domain))) await parts.store.addDomain(domain);
      return parts.store.addAccount({ address });
    },
    async publish(address, key) {
      const account = await own(address);
      const octets = key ?? (await generateKey(account.address)).privateKey;
      await importKey(octets, { account, passphrase: null }, parts);
      return publishKey({ account, actor: 'operator' }, { address }, parts);
    },
    async delegate(domain, keepsCache) {
      const zone = `_openpgpkey.${domain}.`;
      const [shown] = (await run(['domain', 'dns', domain, '--no-check'])) as unknown as [DomainDns];
      const dataOf = (type: string) =>
        shown.records.filter(row => row.name === zone && row.type === type).flatMap(({ data }) => data);
      const servers = Object.fromEntries(dataOf('NS').map(name => [name, []]));
      await world.delegate(zone, { servers, ds: dataOf('DS') }, keepsCache);
    },
    serve: (door, changed = {}) =>
      startDoor(t, door, { ...config, ...changed } as Config, { under: world.under }),
  };
}

async function bridgeTo(t: Pick<TestContext, 'after'>, world: World, config: Config): Promise<void> {
  for (const point of config['cassandra.contactPoints']) {
    const { hostname, port } = new URL(`tcp://${point}`);
    await bridge(t, world, { host: hostname, port: Number(port) });
  }
}

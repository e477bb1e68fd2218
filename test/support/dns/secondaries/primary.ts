import type { TestContext } from 'node:test';
import { importKey } from '../../../../bin/keys/import.ts';
import { settingsEnvironment } from '../../../../bin/serve/settings-environment.ts';
import type { Config, SettingKey } from '../../../../delivery/config.ts';
import { generateKey } from '../../../../delivery/crypto/keys.ts';
import type { Parts } from '../../../../delivery/open.ts';
import { type Publication, publishKey } from '../../../../delivery/publish-key.ts';
import type { Account } from '../../../../delivery/store/store.ts';
import { freePort } from '../../acme/pebble.ts';
import type { Backend } from '../../backend.ts';
import { jsonLines, openCommand } from '../../command.ts';
import { type DoorProcess, openTestParts, startDoor } from '../../door-process.ts';
import { poll } from '../../poll.ts';
import { ask } from './ask.ts';
import { transferKey, transferKeyText } from './name-server.ts';

/** An instance of the product whose key zones others are to fetch. */
export interface Primary {
  readonly config: Config;
  readonly parts: Parts;
  /** Of its DNS door, UDP and TCP. */
  readonly port: number;
  /** Runs `caliopen … --json`; its lines. Throws with its words when it ends with anything but 0. */
  caliopen(...words: readonly string[]): Promise<Record<string, unknown>[]>;
  /** Serves the domain, and makes an account. */
  addAccount(address: string): Promise<Account>;
  /** Gives the account a key of its own (without it, one of the server's making), and publishes it for the address. */
  publish(address: string, key?: Uint8Array): Promise<Publication>;
  /** Starts `caliopen serve dns`. */
  serve(): Promise<DoorProcess>;
  /** Serial of one of its zones; null where it serves none of this name. */
  serialOf(zone: string): Promise<number | null>;
  /** Waits until a zone has another version; its serial. */
  serialAfter(zone: string, before: number | null): Promise<number>;
}

/** Whoever has the key may fetch zones as soon as there is a secondary; none is there. */
const nobodysPort = 9;

/** An empty instance with zones signed ahead, and secondaries on these ports of loopback. */
export async function openPrimary(
  t: Pick<TestContext, 'after'>,
  {
    on,
    secondaryPorts = [nobodysPort],
    settings = {},
  }: {
    on: Backend;
    secondaryPorts?: readonly number[];
    settings?: Partial<Record<SettingKey, unknown>>;
  },
): Promise<Primary> {
  const port = await freePort();
  const config = await on.prepare(t, {
    'dns.address': ['127.0.0.1'],
    'dns.port': port,
    'dns.signing': 'presigned',
    'dns.nameservers': ['ns1.host.example', 'ns2.host.example'],
    'dns.tsigKeys': [transferKeyText],
    'dns.secondaries': secondaryPorts.map(each => `${transferKey.name}@127.0.0.1:${each}`),
    // Programs that ask for a zone at once come from one address here.
    'dns.rateLimit': 0,
    'dns.checkHours': 0,
    ...settings,
  });
  const parts = await openTestParts(t, config);
  const { run } = openCommand(t);
  const serialOf = async (zone: string) => {
    const { answers } = await ask(port, zone, 'SOA');
    const serial = answers[0]?.split(' ')[6];
    return serial === undefined ? null : Number(serial);
  };
  return {
    config,
    parts,
    port,
    async caliopen(...words) {
      const environment = settingsEnvironment(config);
      const { code, stdout, stderr } = await run(['--json', ...words], { environment });
      if (code !== 0) throw new Error(`caliopen ${words.join(' ')} ended with ${code}: ${stdout}${stderr}`);
      return jsonLines(stdout);
    },
    async addAccount(address) {
      const domain = address.slice(address.indexOf('@') + 1);
      if (!(await parts.store.getDomain(domain))) await parts.store.addDomain(domain);
      return parts.store.addAccount({ address });
    },
    async publish(address, key) {
      const account = await parts.store.getAccountByAddress(address);
      if (!account) throw new Error(`no account ${address}`);
      const octets = key ?? (await generateKey(account.address)).privateKey;
      await importKey(octets, { account, passphrase: null }, parts);
      return publishKey({ account, actor: 'operator' }, { address }, parts);
    },
    serve: () => startDoor(t, 'dns', config),
    serialOf,
    serialAfter: (zone, before) =>
      poll(
        `another version of ${zone}`,
        async () => {
          const serial = await serialOf(zone);
          return serial !== null && serial !== before ? serial : undefined;
        },
        40_000,
      ),
  };
}

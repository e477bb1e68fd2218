import type { Config } from '../delivery/config.ts';
import { DeliveryError } from '../delivery/errors.ts';
import { hostAndPort } from '../delivery/setting-forms.ts';
import { dnsPort } from './ask/dns-client.ts';
import type { SigningAlgorithm } from './dnssec/algorithms.ts';
import { lowerName, type Name, nameKey, nameText, parseName } from './name.ts';
import { readTsigKey, type TsigKey } from './transfer/tsig.ts';
import { WireError } from './wire-error.ts';

/** A server of somebody else's, and the key that both know. */
export interface PeerServer {
  /** IP address. */
  readonly address: string;
  readonly port: number;
  readonly key: TsigKey | null;
}

/** A parent zone that takes DNS UPDATE (RFC 2136), and the server to send it to. */
export interface ParentUpdate {
  readonly zone: Name;
  readonly server: PeerServer & { readonly key: TsigKey };
}

/** What the key zones need of the settings. */
export interface DnsSettings {
  readonly nameservers: readonly Name[];
  /** SOA RNAME; null: hostmaster at the zone's domain. */
  readonly hostmaster: Name | null;
  /** Name of the host that serves WKD. */
  readonly host: Name;
  readonly ttlSeconds: number;
  readonly negativeTtlSeconds: number;
  /** How new zones are signed. */
  readonly mode: 'online' | 'presigned';
  readonly algorithm: SigningAlgorithm;
  readonly tsigKeys: readonly TsigKey[];
  readonly secondaries: readonly PeerServer[];
  readonly catalog: Name | null;
  readonly updates: readonly ParentUpdate[];
}

const algorithmNumbers = { ecdsap256sha256: 13, ed25519: 15 } as const;

/** The settings of `dns.*` as names and keys. Throws `badSettings` for a key that is named and not there, or two of one name. */
export function dnsSettings(config: Config): DnsSettings {
  const keys = readKeys(config['dns.tsigKeys']);
  const host = settingName(config.hostname);
  const names = config['dns.nameservers'].map(settingName);
  const { 'dns.hostmaster': hostmaster, 'dns.catalog': catalog } = config;
  return {
    nameservers: names.length > 0 ? names : [host],
    hostmaster: hostmaster ? mailboxName(hostmaster) : null,
    host,
    ttlSeconds: config['dns.ttlSeconds'],
    negativeTtlSeconds: config['dns.negativeTtlSeconds'],
    mode: config['dns.signing'] === 'presigned' ? 'presigned' : 'online',
    // The word is one of the row's.
    algorithm: algorithmNumbers[config['dns.algorithm'] as keyof typeof algorithmNumbers],
    tsigKeys: [...keys.values()],
    secondaries: config['dns.secondaries'].map(text => readServer('dns.secondaries', text, keys)),
    catalog: catalog ? settingName(catalog) : null,
    updates: config['dns.updates'].map(text => readUpdate(text, keys)),
  };
}

function settingName(text: string): Name {
  return lowerName(parseName(text));
}

function readKeys(texts: readonly string[]): Map<string, TsigKey> {
  const keys = new Map<string, TsigKey>();
  for (const text of texts) {
    const key = readKey(text);
    if (keys.has(nameKey(key.name)))
      throw new DeliveryError('badSettings', `dns.tsigKeys: two keys are called ${nameText(key.name)}`);
    keys.set(nameKey(key.name), key);
  }
  return keys;
}

function readKey(text: string): TsigKey {
  try {
    return readTsigKey(text);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new DeliveryError('badSettings', `dns.tsigKeys: ${error.message}`);
  }
}

/** `KEYNAME@ADDRESS:PORT`, the key and the port may be left out. */
function readServer(setting: string, text: string, keys: ReadonlyMap<string, TsigKey>): PeerServer {
  const at = text.lastIndexOf('@');
  const where = hostAndPort(text.slice(at + 1));
  const name = at < 0 ? null : settingName(text.slice(0, at));
  const key = name === null ? null : (keys.get(nameKey(name)) ?? null);
  if (name !== null && key === null)
    throw new DeliveryError('badSettings', `${setting}: ${text} names a key that dns.tsigKeys does not have`);
  return { address: where?.host ?? '', port: where?.port ?? dnsPort, key };
}

function readUpdate(text: string, keys: ReadonlyMap<string, TsigKey>): ParentUpdate {
  const [zone = '', server = ''] = text.split('=');
  const { key, ...where } = readServer('dns.updates', server, keys);
  if (key === null) throw new DeliveryError('badSettings', `dns.updates: ${text} needs a TSIG key`);
  return { zone: settingName(zone), server: { ...where, key } };
}

/** A mail address as SOA holds it (RFC 1035 §8): dots of the local part are part of its label. */
export function mailboxName(address: string): Name {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at).replaceAll(/[.\\]/g, found => `\\${found}`);
  return lowerName(parseName(`${local}.${address.slice(at + 1)}`));
}

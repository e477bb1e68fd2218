import { isIP } from 'node:net';
import { parseDnsList } from './dns-lists/list.ts';

/** How the text of a setting, or each text of a list, must look. */
export interface SettingForm {
  /** For the fault: what is allowed. */
  readonly allowed: string;
  fits(text: string): boolean;
}

const label = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const hostName = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*\\.?$`, 'i');
/** Words that Express knows for whole networks. */
const networkWords = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** The forms that settings have. */
export const settingForms = {
  hostName: { allowed: 'a host name', fits: isHostName },
  mailAddress: {
    allowed: 'an address such as name@example.org',
    fits: text => /^[^\s@]+@[^\s@]+$/.test(text),
  },
  listenAddress: { allowed: 'an IP address or a host name', fits: isListenAddress },
  listenAddressOrFile: {
    allowed: 'an IP address, a host name, or unix:/path',
    fits: text => isListenAddress(text) || /^unix:./.test(text),
  },
  httpsAddress: { allowed: 'an https:// address', fits: isHttpsAddress },
  webAddress: {
    allowed: 'an https:// or http:// address',
    fits: text => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
  },
  ipAddress: { allowed: 'IP addresses', fits: text => isIP(text) !== 0 },
  network: {
    allowed: `IP addresses, networks such as 192.0.2.0/24, ${[...networkWords].join(', ')}`,
    fits: text => networkWords.has(text) || isNetwork(text),
  },
  networkOrDomain: {
    allowed: 'IP addresses, networks such as 192.0.2.0/24, domains',
    fits: text => isNetwork(text) || (isHostName(text) && !/^[\d.]+$/.test(text)),
  },
  dnsList: {
    allowed:
      'ZONE=CODE[:WEIGHT][;CODE[:WEIGHT]]..., codes such as 127.0.0.2 or 127.0.0.4-11, weights from -1 to 1',
    fits: text => parseDnsList(text) !== null,
  },
  nodeOrFile: {
    allowed: 'an IP address or host name with :port behind, or unix:/path',
    fits: text => /^unix:./.test(text) || isNode(text),
  },
  nameServer: { allowed: 'IP addresses, with :port behind (IPv6: [address]:port)', fits: isNameServer },
  node: { allowed: 'IP addresses or host names, with :port behind (IPv6: [address]:port)', fits: isNode },
  tsigKey: {
    allowed: 'ALGORITHM:NAME:SECRET, the secret 16 octets or more in base64',
    fits: text => /^hmac-sha(?:256|384|512):[^\s:@=]+:[A-Za-z0-9+/]{22,}={0,2}$/.test(text),
  },
  secondary: { allowed: 'KEYNAME@ADDRESS:PORT, the key and the port may be left out', fits: isSecondary },
  parentUpdate: {
    allowed: 'ZONE=KEYNAME@ADDRESS:PORT, the port may be left out',
    fits: text => {
      const [zone = '', server = '', ...rest] = text.split('=');
      return rest.length === 0 && isHostName(zone) && server.includes('@') && isSecondary(server);
    },
  },
  name: { allowed: 'a name', fits: text => /^\S(?:.*\S)?$/.test(text) },
  keyspace: {
    allowed: 'a lower-case letter, then up to 47 of them, digits or _; no keyspace of the system',
    fits: text => /^(?!system(?:_|$))[a-z][a-z0-9_]{0,47}$/.test(text),
  },
  instanceKey: {
    allowed: '64 hexadecimal digits, older keys behind it',
    fits: text =>
      text
        .split(/[\s,]+/)
        .filter(Boolean)
        .every(key => /^[0-9a-f]{64}$/i.test(key)),
  },
} as const satisfies Record<string, SettingForm>;

/** Whether a text can stand as a host name (RFC 1123 §2.1, underscores as they are seen in the field). */
export function isHostName(text: string): boolean {
  return hostName.test(text);
}

function isListenAddress(text: string): boolean {
  return isIP(text) !== 0 || isHostName(text);
}

function isHttpsAddress(text: string): boolean {
  return URL.parse(text)?.protocol === 'https:';
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** As `dns.setServers` takes it (RFC 5952 §6). */
function isNameServer(text: string): boolean {
  const { host } = hostAndPort(text) ?? {};
  return host !== undefined && isIP(host) !== 0;
}

/** A server's address with the name of its TSIG key in front. */
function isSecondary(text: string): boolean {
  const [server = '', name, ...rest] = text.split('@').reverse();
  return rest.length === 0 && (name === undefined || isHostName(name)) && isNameServer(server);
}

function isNode(text: string): boolean {
  const { host } = hostAndPort(text) ?? {};
  return host !== undefined && isListenAddress(host);
}

/** The two parts of `host`, `host:port` or `[IPv6]:port`; null for anything else. The host may be any word. */
export function hostAndPort(text: string): { host: string; port: number | null } | null {
  if (isIP(text) !== 0) return { host: text, port: null };
  const found = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text);
  if (!found) return null;
  const [, bracketed, plain, digits] = found;
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && port > 65_535) return null;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : null;
  return { host: plain ?? '', port };
}

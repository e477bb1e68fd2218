import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { closestWord } from './closest-word.ts';
import { DeliveryError } from './errors.ts';
import { logLevels } from './log.ts';

interface RowBase {
  /** One sentence for the person who edits the file. */
  readonly help: string;
  readonly unit?: string;
  /** Shown as the default in the commented file when the real one depends on the machine. */
  readonly defaultText?: string;
  /** A secret: never printed. */
  readonly secret?: boolean;
}

type Row = RowBase &
  (
    | { readonly type: 'integer'; readonly default: number; readonly min: number; readonly max: number }
    | { readonly type: 'number'; readonly default: number; readonly min: number; readonly max: number }
    | { readonly type: 'text'; readonly default: string }
    | { readonly type: 'path'; readonly default: string }
    | { readonly type: 'boolean'; readonly default: boolean }
    | { readonly type: 'word'; readonly default: string; readonly words: readonly string[] }
    | { readonly type: 'list'; readonly default: readonly string[] }
  );

const port = { type: 'integer', min: 0, max: 65535, unit: 'TCP port, 0 picks a free one' } as const;

/** Every setting, one row each. The commented `config/caliopen.yaml` is generated from it. */
export const settingRows = {
  hostname: {
    type: 'text',
    default: hostname(),
    defaultText: "the machine's name",
    help: 'Name of this host in greetings, trace fields and Authentication-Results.',
  },
  data: {
    type: 'path',
    default: './data',
    help: 'Folder of the embedded store, the self-made certificate and the instance key.',
  },
  store: { type: 'word', words: ['sqlite'], default: 'sqlite', help: 'Where mail is kept.' },
  'sqlite.shards': {
    type: 'integer',
    min: 1,
    max: 64,
    default: 4,
    help: 'Number of shard files; fixed when the data folder is made.',
  },
  'keys.instanceKey': {
    type: 'text',
    default: '',
    secret: true,
    help: 'Instance key as 64 hexadecimal digits; better given by the environment than here.',
  },
  'keys.instanceKeyFile': {
    type: 'path',
    default: '',
    defaultText: 'instance.key in the data folder',
    help: 'File that holds the instance key; made at first start when missing.',
  },
  'tls.certificateFile': {
    type: 'path',
    default: '',
    defaultText: 'self-made',
    help: 'PEM certificate chain for SMTP STARTTLS and the web door.',
  },
  'tls.keyFile': {
    type: 'path',
    default: '',
    defaultText: 'self-made',
    help: 'PEM private key of the certificate.',
  },
  'smtp.address': {
    type: 'text',
    default: '127.0.0.1',
    help: 'Address the SMTP door listens on; 0.0.0.0 or :: takes mail from the world.',
  },
  'smtp.port': { ...port, default: 2525, help: 'Port of the SMTP door; an MX listens on 25.' },
  'smtp.maxConnections': {
    type: 'integer',
    min: 1,
    max: 100_000,
    default: 500,
    help: 'Connections served at once; more are answered 421.',
  },
  'smtp.maxRecipients': {
    type: 'integer',
    min: 1,
    max: 10_000,
    default: 100,
    help: 'Recipients of one message; more are answered 452.',
  },
  'smtp.maxSizeOctets': {
    type: 'integer',
    min: 1024,
    max: 268_435_456,
    default: 52_428_800,
    unit: 'octets',
    help: 'Largest message; announced by SIZE.',
  },
  'smtp.plugins': {
    type: 'list',
    default: [],
    defaultText: 'those of config/plugins',
    help: 'Haraka plugins in their order; one of ours left out leaves its stage out.',
  },
  'lmtp.address': { type: 'text', default: '127.0.0.1', help: 'Address the LMTP door listens on.' },
  'lmtp.port': { ...port, default: 2424, help: 'Port of the LMTP door.' },
  'lmtp.trustedAddresses': {
    type: 'list',
    default: ['127.0.0.1', '::1'],
    help: 'Addresses of the MTA that may connect and give XFORWARD.',
  },
  'lmtp.mtaHostname': {
    type: 'text',
    default: '',
    defaultText: 'hostname',
    help: 'Name the MTA puts after `by` in its trace fields.',
  },
  'web.address': {
    type: 'text',
    default: '127.0.0.1',
    help: 'Address the web door listens on; beyond loopback it needs a certificate or a proxy.',
  },
  'web.port': { ...port, default: 8080, help: 'Port of the webmail and the JMAP API.' },
  'web.tls': {
    type: 'boolean',
    default: false,
    help: 'Serve HTTPS with the certificate of tls.certificateFile.',
  },
  'web.trustProxy': {
    type: 'list',
    default: [],
    help: 'Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.',
  },
  'dns.address': { type: 'text', default: '127.0.0.1', help: 'Address the DNS door listens on.' },
  'dns.port': { ...port, default: 5300, help: 'Port of the DNS door.' },
  'resolver.servers': {
    type: 'list',
    default: [],
    defaultText: "the system's",
    help: 'Resolvers asked for SPF, DKIM and DMARC records, as address or address:port.',
  },
  'resolver.timeoutMilliseconds': {
    type: 'integer',
    min: 100,
    max: 60_000,
    default: 4000,
    unit: 'ms',
    help: 'Longest wait for all DNS answers about one message.',
  },
  'judge.threads': {
    type: 'integer',
    min: 1,
    max: 64,
    default: Math.min(4, availableParallelism()),
    defaultText: 'one per core, at most 4',
    help: 'Threads that parse and judge messages.',
  },
  'judge.timeoutSeconds': {
    type: 'integer',
    min: 1,
    max: 600,
    default: 20,
    unit: 's',
    help: 'Longest judging of one message; then it is stored unjudged.',
  },
  'spam.junkAt': {
    type: 'number',
    min: 0,
    max: 1,
    default: 0.8,
    help: 'Probability of spam from which a message goes to junk.',
  },
  'spam.rejectAt': {
    type: 'number',
    min: 0,
    max: 1,
    default: 1,
    help: 'Probability of spam above which SMTP refuses a message; 1 refuses none.',
  },
  'account.quotaOctets': {
    type: 'integer',
    min: 0,
    max: 2 ** 53 - 1,
    default: 0,
    unit: 'octets, 0 for no limit',
    help: 'Quota of new accounts.',
  },
  'session.days': {
    type: 'integer',
    min: 1,
    max: 365,
    default: 14,
    unit: 'days',
    help: 'How long a web session lives without use.',
  },
  'log.level': { type: 'word', words: logLevels, default: 'info', help: 'Least level that is logged.' },
  'log.hashAddresses': {
    type: 'boolean',
    default: false,
    help: 'Log keyed hashes in place of envelope addresses.',
  },
} as const satisfies Record<string, Row>;

export type SettingKey = keyof typeof settingRows;

type ValueOf<R extends Row> = R['type'] extends 'integer' | 'number'
  ? number
  : R['type'] extends 'boolean'
    ? boolean
    : R['type'] extends 'list'
      ? readonly string[]
      : string;

/** All settings by key, defaults filled in, paths absolute. */
export type Config = { readonly [K in SettingKey]: ValueOf<(typeof settingRows)[K]> };

/** One fault of a settings file or environment variable. */
export interface SettingFault {
  readonly key: string;
  readonly found: string;
  readonly allowed: string;
  readonly hint?: string;
  /** `FILE:LINE` or the name of the environment variable. */
  readonly where: string;
}

/** Thrown by `loadConfig`; the message lists every fault, one a line. */
export class SettingsError extends DeliveryError {
  readonly faults: readonly SettingFault[];

  constructor(faults: readonly SettingFault[]) {
    const lines = faults.map(
      fault =>
        `${fault.where}: ${fault.key}: found ${fault.found}; allowed: ${fault.allowed}${fault.hint ? ` (${fault.hint})` : ''}`,
    );
    super('badSettings', lines.join('\n'));
    this.faults = faults;
  }
}

/** `web.port` as `CALIOPEN_WEB_PORT`, `smtp.maxSizeOctets` as `CALIOPEN_SMTP_MAX_SIZE_OCTETS`. */
export function environmentName(key: string): string {
  return `CALIOPEN_${key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

interface Given {
  readonly value: unknown;
  readonly where: string;
  /** Relative paths are resolved against this folder. */
  readonly base: string;
}

/**
 * The settings: defaults, then the file (when given or present), then the environment, then `overrides`.
 * Throws `SettingsError` with all faults at once.
 */
export function loadConfig(
  options: {
    file?: string | undefined;
    environment?: Readonly<Record<string, string | undefined>>;
    overrides?: Partial<Record<SettingKey, unknown>>;
  } = {},
): Config {
  const faults: SettingFault[] = [];
  const given = new Map<string, Given>();
  if (options.file) readFileInto(given, options.file, faults);
  readEnvironmentInto(given, options.environment ?? {}, faults);
  for (const [key, value] of Object.entries(options.overrides ?? {})) {
    if (value !== undefined) given.set(key, { value, where: 'command line', base: process.cwd() });
  }
  const config: Record<string, unknown> = {};
  for (const [key, row] of Object.entries(settingRows) as [SettingKey, Row][]) {
    config[key] = readSetting(key, row, given.get(key), faults);
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return config as Config;
}

function readFileInto(given: Map<string, Given>, file: string, faults: SettingFault[]): void {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    faults.push({ key: '(file)', found, allowed: 'a readable YAML file', where: file });
    return;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  for (const error of document.errors) {
    const line = lines.linePos(error.pos[0]).line;
    faults.push({
      key: '(file)',
      found: error.message.split('\n')[0] ?? '',
      allowed: 'YAML',
      where: `${file}:${line}`,
    });
  }
  if (document.errors.length > 0) return;
  const lineOf = (path: readonly string[]): number => {
    const node = document.getIn(path, true);
    return isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1;
  };
  collect(document.toJS() as unknown, [], { given, faults, file, lineOf });
}

interface Collecting {
  readonly given: Map<string, Given>;
  readonly faults: SettingFault[];
  readonly file: string;
  readonly lineOf: (path: readonly string[]) => number;
}

function collect(node: unknown, path: readonly string[], into: Collecting): void {
  if (node === null || node === undefined) return;
  if (typeof node !== 'object' || Array.isArray(node)) {
    const where = `${into.file}:${into.lineOf(path)}`;
    into.faults.push({
      key: path.join('.') || '(file)',
      found: show(node),
      allowed: 'keys with values',
      where,
    });
    return;
  }
  for (const [name, value] of Object.entries(node)) {
    const inner = [...path, name];
    const key = inner.join('.');
    const where = `${into.file}:${into.lineOf(inner)}`;
    if (Object.hasOwn(settingRows, key)) {
      if (value !== null) into.given.set(key, { value, where, base: resolve(into.file, '..') });
    } else if (Object.keys(settingRows).some(known => known.startsWith(`${key}.`))) {
      collect(value, inner, into);
    } else {
      into.faults.push(unknownKey(key, where));
    }
  }
}

function unknownKey(key: string, where: string): SettingFault {
  const near = closestWord(key, Object.keys(settingRows));
  return {
    key,
    found: 'an unknown key',
    allowed: 'the keys of config/caliopen.yaml',
    where,
    ...(near ? { hint: `did you mean ${near}?` } : {}),
  };
}

function readEnvironmentInto(
  given: Map<string, Given>,
  environment: Readonly<Record<string, string | undefined>>,
  faults: SettingFault[],
): void {
  const known = new Map(Object.keys(settingRows).map(key => [environmentName(key), key]));
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('CALIOPEN_') || value === undefined) continue;
    const key = known.get(name);
    if (key) given.set(key, { value, where: name, base: process.cwd() });
    else if (!reservedVariables.has(name)) faults.push(unknownVariable(name, [...known.keys()]));
  }
}

/** Read by tests and by the supervisor, not settings. */
const reservedVariables: ReadonlySet<string> = new Set([
  'CALIOPEN_CONFIG',
  'CALIOPEN_REAL_MAIL',
  'CALIOPEN_TEST_SERVICES',
]);

function unknownVariable(name: string, known: readonly string[]): SettingFault {
  const near = closestWord(name, known);
  return {
    key: name,
    found: 'an unknown setting',
    allowed: 'CALIOPEN_ and the name of a setting',
    where: 'environment',
    ...(near ? { hint: `did you mean ${near}?` } : {}),
  };
}

function readSetting(key: SettingKey, row: Row, given: Given | undefined, faults: SettingFault[]): unknown {
  if (!given) return row.type === 'path' && row.default ? resolve(row.default) : row.default;
  const read = readers[row.type](given, row as never);
  if (read.ok) return read.value;
  const found = row.secret ? 'a value of another form' : show(given.value);
  faults.push({
    key,
    found,
    allowed: read.allowed,
    where: given.where,
    ...(read.hint ? { hint: read.hint } : {}),
  });
  return row.default;
}

type Read = { ok: true; value: unknown } | { ok: false; allowed: string; hint?: string };
type RowOf<T extends Row['type']> = Extract<Row, { type: T }>;

const readers: { [T in Row['type']]: (given: Given, row: RowOf<T>) => Read } = {
  integer: (given, row) => readNumber(given, row, true),
  number: (given, row) => readNumber(given, row, false),
  text: ({ value }) =>
    typeof value === 'string' || typeof value === 'number'
      ? { ok: true, value: String(value) }
      : { ok: false, allowed: 'text' },
  path: ({ value, base }) =>
    typeof value === 'string'
      ? { ok: true, value: value && resolve(base, value) }
      : { ok: false, allowed: 'a path' },
  boolean: ({ value }) => {
    if (value === true || value === 'true') return { ok: true, value: true };
    if (value === false || value === 'false') return { ok: true, value: false };
    return { ok: false, allowed: 'true or false' };
  },
  word: ({ value }, row) => {
    if (typeof value === 'string' && row.words.includes(value)) return { ok: true, value };
    const near = closestWord(String(value), row.words);
    return { ok: false, allowed: row.words.join(', '), ...(near ? { hint: `did you mean ${near}?` } : {}) };
  },
  list: ({ value }) => {
    if (Array.isArray(value) && value.every(item => typeof item === 'string')) return { ok: true, value };
    if (typeof value === 'string') return { ok: true, value: value.split(/[\s,]+/).filter(Boolean) };
    return { ok: false, allowed: 'a list of texts' };
  },
};

function readNumber(given: Given, row: RowOf<'integer'> | RowOf<'number'>, whole: boolean): Read {
  const value =
    typeof given.value === 'string' && given.value.trim() !== '' ? Number(given.value) : given.value;
  const fits =
    typeof value === 'number' && value >= row.min && value <= row.max && (!whole || Number.isInteger(value));
  return fits
    ? { ok: true, value }
    : { ok: false, allowed: `${whole ? 'a whole number' : 'a number'} from ${row.min} to ${row.max}` };
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? String(value);
}

/** The commented settings file, made from the rows. */
export function settingsFile(): string {
  const lines = [
    '# Settings of Caliopen. Every key is shown with its default; remove the # to change one.',
    '# Each can be set by an environment variable too: web.port is CALIOPEN_WEB_PORT.',
  ];
  let section = '';
  for (const [key, row] of Object.entries(settingRows) as [SettingKey, Row][]) {
    const [head, name] = key.includes('.') ? key.split('.') : ['', key];
    if (head !== section && head) lines.push('', `${head}:`);
    else if (!head) lines.push('');
    section = head ?? '';
    const indent = head ? '  ' : '';
    lines.push(`${indent}# ${row.help}${describe(row)}`, `${indent}# ${name}: ${defaultOf(row)}`);
  }
  return `${lines.join('\n')}\n`;
}

function describe(row: Row): string {
  if (row.type === 'integer' || row.type === 'number') {
    return ` (${row.min} to ${row.max}${row.unit ? `, ${row.unit}` : ''})`;
  }
  return row.type === 'word' ? ` (${row.words.join(', ')})` : '';
}

function defaultOf(row: Row): string {
  if (row.defaultText) return `(${row.defaultText})`;
  if (row.type === 'list') return `[${row.default.join(', ')}]`;
  return row.default === '' ? '""' : String(row.default);
}

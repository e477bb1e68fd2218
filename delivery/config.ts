import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { closestWord } from './closest-word.ts';
import { DeliveryError } from './errors.ts';
import { type SettingForm, settingForms } from './setting-forms.ts';
import { type SettingKey, type SettingRow, settingRows } from './setting-rows.ts';

type ValueOf<R extends SettingRow> = R['type'] extends 'integer' | 'number'
  ? number
  : R['type'] extends 'boolean'
    ? boolean
    : R['type'] extends 'list'
      ? readonly string[]
      : string;

export { type SettingKey, settingRows } from './setting-rows.ts';

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
  for (const [key, row] of Object.entries(settingRows) as [SettingKey, SettingRow][]) {
    config[key] = readSetting(key, row, given.get(key), faults);
  }
  faults.push(...lonelySettings(config, given));
  if (faults.length > 0) throw new SettingsError(faults);
  return config as Config;
}

/** Settings that mean nothing without others, which are at their defaults. */
function lonelySettings(
  config: Readonly<Record<string, unknown>>,
  given: Map<string, Given>,
): SettingFault[] {
  return (Object.entries(settingRows) as [SettingKey, SettingRow][]).flatMap(([key, row]) => {
    const needs = (row.needs ?? []).map(needed => (typeof needed === 'string' ? [needed] : needed));
    const missing = needs.filter(anyOf => !anyOf.some(needed => config[needed]));
    const where = given.get(key)?.where;
    if (!config[key] || where === undefined || missing.length === 0) return [];
    const found = row.secret ? 'a value' : show(config[key]);
    const wanted = missing.map(anyOf => anyOf.join(' or ')).join(' and ');
    return [{ key, found, allowed: `none without ${wanted}`, where }];
  });
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
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'error' });
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
  collect(valuesOf(document, { file, faults }), [], { given, faults, file, lineOf });
}

/** The values of a document without faults of syntax: aliases that lead nowhere, or to too much, show only here. */
function valuesOf(
  document: ReturnType<typeof parseDocument>,
  { file, faults }: { file: string; faults: SettingFault[] },
): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    faults.push({ key: '(file)', found, allowed: 'YAML', where: file });
    return null;
  }
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
  const known = Object.keys(settingRows);
  const near = closestWord(key, [...known, ...known.map(name => name.split('.')[0] ?? '')]);
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
    else if (!isReserved(name)) faults.push(unknownVariable(name, [...known.keys()]));
  }
}

/** What Kubernetes tells every container about a service called `caliopen`. */
const serviceLink = /^CALIOPEN_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_\w+)?)?)$/;

/** Variables that are no settings: the settings file, the bench's mail, what test runners and containers are told. */
function isReserved(name: string): boolean {
  if (name === 'CALIOPEN_CONFIG' || name === 'CALIOPEN_REAL_MAIL') return true;
  return name.startsWith('CALIOPEN_TEST_') || serviceLink.test(name);
}

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

function readSetting(
  key: SettingKey,
  row: SettingRow,
  given: Given | undefined,
  faults: SettingFault[],
): unknown {
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
type RowOf<T extends SettingRow['type']> = Extract<SettingRow, { type: T }>;

const readers: { [T in SettingRow['type']]: (given: Given, row: RowOf<T>) => Read } = {
  integer: (given, row) => readNumber(given, row, true),
  number: (given, row) => readNumber(given, row, false),
  text: ({ value }, row) => {
    const form = formOf(row);
    if (typeof value !== 'string' && typeof value !== 'number') return { ok: false, allowed: form.allowed };
    const text = String(value);
    const isLeftOut = text === '' && row.default === '';
    return isLeftOut || form.fits(text) ? { ok: true, value: text } : { ok: false, allowed: form.allowed };
  },
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
  list: ({ value }, row) => {
    const form = formOf(row);
    const items: unknown = typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : value;
    const fits = Array.isArray(items) && items.every(item => typeof item === 'string' && form.fits(item));
    return fits ? { ok: true, value: items } : { ok: false, allowed: `a list of ${form.allowed}` };
  },
};

const anyText: SettingForm = { allowed: 'text', fits: () => true };

function formOf({ form }: RowOf<'text'> | RowOf<'list'>): SettingForm {
  return form ? settingForms[form] : anyText;
}

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
  for (const [key, row] of Object.entries(settingRows) as [SettingKey, SettingRow][]) {
    const [head, name] = key.includes('.') ? key.split('.') : ['', key];
    if (head !== section && head) lines.push('', `${head}:`);
    else if (!head) lines.push('');
    section = head ?? '';
    const indent = head ? '  ' : '';
    lines.push(`${indent}# ${row.help}${describe(row)}`, `${indent}# ${name}: ${defaultOf(row)}`);
  }
  return `${lines.join('\n')}\n`;
}

function describe(row: SettingRow): string {
  if (row.type === 'integer' || row.type === 'number') {
    return ` (${row.min} to ${row.max}${row.unit ? `, ${row.unit}` : ''})`;
  }
  return row.type === 'word' ? ` (${row.words.join(', ')})` : '';
}

function defaultOf(row: SettingRow): string {
  if (row.defaultText) return `(${row.defaultText})`;
  if (row.type === 'list') return `[${row.default.join(', ')}]`;
  return row.default === '' ? '""' : String(row.default);
}

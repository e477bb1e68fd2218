/** How one argument must be: one string, one or more strings, or a number. */
export type ValueKind = 'string' | 'strings' | 'number';

/** One tag of a command or test. */
export interface TagRow {
  /** Tags of one group exclude each other. */
  readonly group: string;
  readonly value?: ValueKind;
  /** Must be the same in every run: it holds no references. */
  readonly isConstant?: boolean;
  readonly extension?: string;
}

/** What a command or test is made of. */
export interface Signature {
  readonly extension?: string;
  readonly tags: Readonly<Record<string, TagRow>>;
  /** A positional argument that may stand in front of the others. */
  readonly optional?: ValueKind;
  readonly positional: readonly ValueKind[];
  readonly tests: 'none' | 'one' | 'list';
  readonly hasBlock?: boolean;
  /** Groups of which one tag must be given. */
  readonly required?: readonly string[];
}

const matching: Signature['tags'] = {
  is: { group: 'match' },
  contains: { group: 'match' },
  matches: { group: 'match' },
  value: { group: 'match', value: 'string', isConstant: true, extension: 'relational' },
  count: { group: 'match', value: 'string', isConstant: true, extension: 'relational' },
  comparator: { group: 'comparator', value: 'string', isConstant: true },
};

const addressPart: Signature['tags'] = {
  all: { group: 'part' },
  localpart: { group: 'part' },
  domain: { group: 'part' },
  user: { group: 'part', extension: 'subaddress' },
  detail: { group: 'part', extension: 'subaddress' },
};

const index: Signature['tags'] = {
  index: { group: 'index', value: 'number', extension: 'index' },
  last: { group: 'last', extension: 'index' },
};

const flags: Signature['tags'] = { flags: { group: 'flags', value: 'strings', extension: 'imap4flags' } };
const copy: Signature['tags'] = { copy: { group: 'copy', extension: 'copy' } };

const zone: Signature['tags'] = { zone: { group: 'zone', value: 'string' } };

const control = { tags: {}, positional: [] } as const;
const action = { tests: 'none' } as const;
const changesFlags: Signature = {
  ...{ extension: 'imap4flags', tags: {}, optional: 'string', positional: ['strings'] },
  ...action,
};

/** Every command, by name; `require` has rules of its own. */
export const commandSignatures: Readonly<Record<string, Signature>> = {
  require: { tags: {}, positional: ['strings'], ...action },
  if: { ...control, tests: 'one', hasBlock: true },
  elsif: { ...control, tests: 'one', hasBlock: true },
  else: { ...control, tests: 'none', hasBlock: true },
  stop: { ...control, tests: 'none' },
  keep: { tags: flags, positional: [], ...action },
  discard: { tags: {}, positional: [], ...action },
  redirect: { tags: copy, positional: ['string'], ...action },
  fileinto: {
    extension: 'fileinto',
    tags: {
      ...flags,
      ...copy,
      create: { group: 'create', extension: 'mailbox' },
      specialuse: { group: 'specialuse', value: 'string', extension: 'special-use' },
    },
    positional: ['string'],
    ...action,
  },
  setflag: changesFlags,
  addflag: changesFlags,
  removeflag: changesFlags,
  set: {
    extension: 'variables',
    tags: {
      lower: { group: '40' },
      upper: { group: '40' },
      lowerfirst: { group: '30' },
      upperfirst: { group: '30' },
      quotewildcard: { group: '20' },
      length: { group: '10' },
    },
    positional: ['string', 'string'],
    ...action,
  },
};

/** Every test, by name. */
export const testSignatures: Readonly<Record<string, Signature>> = {
  true: { tags: {}, positional: [], tests: 'none' },
  false: { tags: {}, positional: [], tests: 'none' },
  not: { tags: {}, positional: [], tests: 'one' },
  allof: { tags: {}, positional: [], tests: 'list' },
  anyof: { tags: {}, positional: [], tests: 'list' },
  exists: { tags: {}, positional: ['strings'], tests: 'none' },
  size: {
    tags: {
      over: { group: 'side', value: 'number' },
      under: { group: 'side', value: 'number' },
    },
    positional: [],
    tests: 'none',
    required: ['side'],
  },
  header: { tags: { ...matching, ...index }, positional: ['strings', 'strings'], tests: 'none' },
  address: {
    tags: { ...matching, ...addressPart, ...index },
    positional: ['strings', 'strings'],
    tests: 'none',
  },
  envelope: {
    extension: 'envelope',
    tags: { ...matching, ...addressPart },
    positional: ['strings', 'strings'],
    tests: 'none',
  },
  body: {
    extension: 'body',
    tags: {
      ...matching,
      raw: { group: 'transform' },
      text: { group: 'transform' },
      content: { group: 'transform', value: 'strings' },
    },
    positional: ['strings'],
    tests: 'none',
  },
  string: { extension: 'variables', tags: matching, positional: ['strings', 'strings'], tests: 'none' },
  hasflag: {
    extension: 'imap4flags',
    tags: matching,
    optional: 'strings',
    positional: ['strings'],
    tests: 'none',
  },
  date: {
    extension: 'date',
    tags: {
      ...matching,
      ...index,
      zone: { group: 'zone', value: 'string' },
      originalzone: { group: 'zone' },
    },
    positional: ['string', 'string', 'strings'],
    tests: 'none',
  },
  currentdate: {
    extension: 'date',
    tags: { ...matching, ...zone },
    positional: ['string', 'strings'],
    tests: 'none',
  },
  mailboxexists: { extension: 'mailbox', tags: {}, positional: ['strings'], tests: 'none' },
  specialuse_exists: {
    extension: 'special-use',
    tags: {},
    optional: 'string',
    positional: ['strings'],
    tests: 'none',
  },
  environment: { extension: 'environment', tags: matching, positional: ['string', 'strings'], tests: 'none' },
  spamtest: {
    extension: 'spamtest',
    tags: { ...matching, percent: { group: 'percent', extension: 'spamtestplus' } },
    positional: ['string'],
    tests: 'none',
  },
};

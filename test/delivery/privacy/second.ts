/**
 * The privacy index computed a second time, written straight from the document and sharing nothing with
 * `delivery/privacy/`: explicit sums instead of tables, exact fractions instead of decimal digits.
 */

type Given = Record<string, unknown>;

interface Step {
  id: string;
  who: 'you' | 'them' | 'operator';
  offered?: (facts: Given) => boolean;
  take: (facts: Given) => void;
}

interface Sum {
  technical: number;
  behaviour: number;
  context: number;
}

interface Definition {
  weights: [number, number, number];
  /** Hundredths of points. */
  sum: (facts: Given) => Sum;
  /** Ceilings that hold, in the order of the page. */
  ceilings: (facts: Given) => [string, number][];
  best: Given;
  steps: Step[];
}

export interface SecondIndex {
  value: number | null;
  level: string | null;
  parts: Sum;
  ceiling?: { id: string; at: number };
  upTo: number | null;
  next: { steps: string[]; gain: number; who: string }[];
}

const u = (value: unknown): boolean => value === undefined || value === 'unknown';

/** floor(share x 100 + 1/2) on exact fractions. */
export function secondHundredths(share: number): number {
  const [mantissa = '0', exponent = '0'] = String(share).split('e');
  const [whole = '0', decimals = ''] = mantissa.split('.');
  let numerator = BigInt(whole + decimals);
  let denominator = 10n ** BigInt(decimals.length);
  if (Number(exponent) < 0) denominator *= 10n ** BigInt(-Number(exponent));
  else numerator *= 10n ** BigInt(exponent);
  return Number((numerator * 200n + denominator) / (denominator * 2n));
}

/** Points of a share in hundredths. */
function part(most: number, share: unknown): number {
  return typeof share === 'number' ? most * secondHundredths(share) : 0;
}

/** Points of a word in hundredths, given as `word points word points ...`. */
function word(value: unknown, list: string): number {
  const words = list.split(' ');
  const at = words.indexOf(String(value));
  return at >= 0 && at % 2 === 0 ? Number(words[at + 1]) * 100 : 0;
}

function index(most: number, value: unknown): number {
  return typeof value === 'number' ? most * value : 0;
}

function audience(value: unknown): number {
  if (typeof value !== 'number') return 0;
  if (value <= 1) return 2500;
  if (value <= 5) return 2000;
  return value <= 20 ? 1000 : 0;
}

function attempts(value: unknown): number {
  if (typeof value !== 'number') return 0;
  if (value === 0) return 2000;
  return value < 5 ? 1000 : 0;
}

function password(value: unknown): number {
  if (value === 'none') return 1500;
  return typeof value === 'number' ? (value * 1500) / 4 : 0;
}

function members(value: unknown): number {
  return Array.isArray(value) ? new Set(value).size * 500 : 0;
}

const message: Definition = {
  weights: [60, 20, 20],
  sum: f => ({
    technical:
      word(f.encryption, 'strong 45 weak 15') +
      word(f.signature, 'verified 20 seen 14 unknownKey 6') +
      word(f.lastHop, 'modern 20 dated 12 old 5') +
      word(f.earlierHops, 'inside 5 allTls 5 someTls 2') +
      word(f.sender, 'dmarc 10 inside 10 aligned 6'),
    behaviour:
      word(f.tracking, 'clean 30') +
      word(f.remoteContent, 'absent 15') +
      audience(f.audience) +
      word(f.subject, 'protected 10') +
      part(20, f.habit),
    context:
      part(20, f.known) +
      index(30, f.weakestContact) +
      word(f.custody, 'client 25 server 10') +
      word(f.storage, 'sealed 25'),
  }),
  ceilings: f => {
    const list: [string, number][] = [];
    const isEncrypted = f.encryption === 'strong' || f.encryption === 'weak';
    if (f.forged) list.push(['forged', 10]);
    if (f.harmful) list.push(['harmful', 10]);
    if (f.lastHop === 'none' && f.encryption === 'none') list.push(['inClear', 19]);
    if (!isEncrypted) list.push(['notEndToEnd', 59]);
    if (f.custody !== 'client' && f.custody !== 'server') list.push(['storedOpen', 59]);
    if (f.noIntegrity) list.push(['noIntegrity', 59]);
    if (f.encryption === 'weak') list.push(['weakEncryption', 69]);
    if (isEncrypted && f.custody === 'server') list.push(['serverKey', 79]);
    if (isEncrypted && f.signature !== 'verified') list.push(['unconfirmed', 79]);
    return list;
  },
  best: {
    encryption: 'strong',
    signature: 'verified',
    lastHop: 'modern',
    earlierHops: 'inside',
    sender: 'inside',
    tracking: 'clean',
    remoteContent: 'absent',
    audience: 1,
    subject: 'protected',
    habit: 1,
    known: 1,
    weakestContact: 100,
    custody: 'client',
    storage: 'sealed',
  },
  steps: [
    {
      id: 'confirmKey',
      who: 'you',
      offered: f => f.signature === 'seen' || f.signature === 'unknownKey',
      take: f => Object.assign(f, { signature: 'verified' }),
    },
    {
      id: 'holdKeyYourself',
      who: 'you',
      take: f => Object.assign(f, { custody: 'client', storage: 'sealed' }),
    },
    { id: 'addContact', who: 'you', take: f => Object.assign(f, { known: 1 }) },
    {
      id: 'askToEncrypt',
      who: 'them',
      take: f => Object.assign(f, { encryption: 'strong', noIntegrity: false, signature: 'verified' }),
    },
    {
      id: 'theirProvider',
      who: 'them',
      offered: f => !f.forged,
      take: f => Object.assign(f, { lastHop: 'modern', sender: 'dmarc' }),
    },
  ],
};

const contact: Definition = {
  weights: [50, 30, 20],
  sum: f => ({
    technical:
      word(f.key, 'confirmed 40 authenticated 34 offered 24 poor 5') +
      word(f.provider, 'dane 40 mtaSts 32 validTls 22 anyTls 12') +
      word(f.antiForgery, 'enforced 20 monitoring 8'),
    behaviour: part(50, f.encryptedShare) + part(30, f.tlsShare) + part(20, f.untrackedShare),
    context:
      word(f.history, 'both 25 some 10') +
      word(f.network, 'instance 35 labelled 35') +
      word(f.identity, 'confirmed 40'),
  }),
  ceilings: f => {
    const list: [string, number][] = [];
    if (f.keyChanged) list.push(['keyChanged', 29]);
    if (u(f.key) || f.key === 'none' || f.key === 'poor') list.push(['noKey', 59]);
    return list;
  },
  best: {
    key: 'confirmed',
    provider: 'dane',
    antiForgery: 'enforced',
    encryptedShare: 1,
    tlsShare: 1,
    untrackedShare: 1,
    history: 'both',
    network: 'labelled',
    identity: 'confirmed',
  },
  steps: [
    {
      id: 'confirmIdentity',
      who: 'you',
      take: f => {
        f.identity = 'confirmed';
        f.keyChanged = false;
        if (f.key === 'authenticated' || f.key === 'offered') f.key = 'confirmed';
      },
    },
    { id: 'getKey', who: 'them', take: f => Object.assign(f, { key: 'offered' }) },
    { id: 'writeEncrypted', who: 'you', take: f => Object.assign(f, { encryptedShare: 1 }) },
    {
      id: 'theirProvider',
      who: 'them',
      take: f => Object.assign(f, { provider: 'dane', antiForgery: 'enforced' }),
    },
  ],
};

const device: Definition = {
  weights: [50, 30, 20],
  sum: f => ({
    technical:
      word(f.login, 'passkey 35 boundKey 25 secondFactor 15') +
      word(f.connection, 'modern 10 dated 5') +
      word(f.software, 'current 25 supported 15') +
      word(f.keyLock, 'locked 15 absent 15') +
      word(f.screenLock, 'yes 15'),
    behaviour:
      word(f.use, 'personal 40 shared 10') + word(f.freshness, 'days30 40 days90 20') + attempts(f.attempts),
    context: word(f.place, 'usual 50') + word(f.approval, 'approved 50'),
  }),
  ceilings: f => {
    const list: [string, number][] = [];
    if (f.revoked) list.push(['revoked', 0]);
    if (u(f.use)) list.push(['undeclared', f.approval === 'approved' ? 30 : 0]);
    if (f.use === 'public') list.push(['publicDevice', 30]);
    if (f.approval !== 'approved') list.push(['unapproved', 39]);
    if (u(f.login) || f.login === 'password') list.push(['passwordOnly', 59]);
    return list;
  },
  best: {
    login: 'passkey',
    connection: 'modern',
    software: 'current',
    keyLock: 'absent',
    screenLock: 'yes',
    use: 'personal',
    freshness: 'days30',
    attempts: 0,
    place: 'usual',
    approval: 'approved',
  },
  steps: [
    { id: 'makePasskey', who: 'you', take: f => Object.assign(f, { login: 'passkey' }) },
    { id: 'approve', who: 'you', take: f => Object.assign(f, { approval: 'approved' }) },
    {
      id: 'declareUse',
      who: 'you',
      offered: f => u(f.use),
      take: f => Object.assign(f, { use: 'personal' }),
    },
    { id: 'updateBrowser', who: 'you', take: f => Object.assign(f, { software: 'current' }) },
    { id: 'lockKey', who: 'you', take: f => Object.assign(f, { keyLock: 'locked' }) },
    { id: 'lockScreen', who: 'you', take: f => Object.assign(f, { screenLock: 'yes' }) },
    { id: 'signInAgain', who: 'you', take: f => Object.assign(f, { freshness: 'days30' }) },
  ],
};

const account: Definition = {
  weights: [50, 25, 25],
  sum: f => ({
    technical:
      word(f.signIn, 'passkey 25 secondFactor 20') +
      password(f.password) +
      word(f.ownKey, 'strong 20 weak 5') +
      members(f.published) +
      (f.backup === true ? 500 : 0) +
      members(f.domain),
    behaviour:
      part(40, f.sentEncrypted) +
      (f.remoteContent === true ? 2000 : 0) +
      index(20, f.contacts) +
      (f.staleDevices === true ? 2000 : 0),
    context:
      index(40, f.devices) +
      word(f.custody, 'client 30 server 12') +
      word(f.storage, 'sealed 20') +
      (f.recovery === true ? 1000 : 0),
  }),
  ceilings: f => {
    const list: [string, number][] = [];
    if (f.stolenPassword) list.push(['stolenPassword', 19]);
    if (u(f.ownKey) || f.ownKey === 'none') list.push(['noKey', 69]);
    return list;
  },
  best: {
    signIn: 'passkey',
    password: 4,
    ownKey: 'strong',
    published: ['wkd', 'dns'],
    backup: true,
    domain: ['dnssec', 'dmarc', 'dkim', 'spf', 'mx'],
    sentEncrypted: 1,
    remoteContent: true,
    contacts: 100,
    staleDevices: true,
    devices: 100,
    custody: 'client',
    storage: 'sealed',
    recovery: true,
  },
  steps: [
    { id: 'makePasskey', who: 'you', take: f => Object.assign(f, { signIn: 'passkey' }) },
    {
      id: 'strongerPassword',
      who: 'you',
      take: f => Object.assign(f, { password: 4, stolenPassword: false }),
    },
    {
      id: 'makeKey',
      who: 'you',
      take: f => Object.assign(f, { ownKey: 'strong', custody: 'client', storage: 'sealed' }),
    },
    {
      id: 'holdKeyYourself',
      who: 'you',
      take: f => Object.assign(f, { custody: 'client', storage: 'sealed' }),
    },
    { id: 'publishKey', who: 'you', take: f => Object.assign(f, { published: ['dns', 'wkd'] }) },
    { id: 'backupKey', who: 'you', take: f => Object.assign(f, { backup: true }) },
    { id: 'encryptMore', who: 'you', take: f => Object.assign(f, { sentEncrypted: 1 }) },
    { id: 'blockRemote', who: 'you', take: f => Object.assign(f, { remoteContent: true }) },
    { id: 'reviewDevices', who: 'you', take: f => Object.assign(f, { staleDevices: true }) },
    { id: 'setRecovery', who: 'you', take: f => Object.assign(f, { recovery: true }) },
    {
      id: 'fixDomain',
      who: 'operator',
      take: f => Object.assign(f, { domain: ['mx', 'spf', 'dkim', 'dmarc', 'dnssec'] }),
    },
  ],
};

const definitions: Record<string, Definition> = { message, contact, device, account };

function sumUp(
  definition: Definition,
  facts: Given,
): { value: number; parts: Sum; ceiling?: [string, number] } {
  const parts = definition.sum(facts);
  const [t, b, x] = definition.weights;
  const raw = Math.floor((t * parts.technical + b * parts.behaviour + x * parts.context + 5000) / 10000);
  let ceiling: [string, number] | undefined;
  for (const [id, at] of definition.ceilings(facts)) {
    if (at < raw && (ceiling === undefined || at < ceiling[1])) ceiling = [id, at];
  }
  return ceiling ? { value: ceiling[1], parts, ceiling } : { value: raw, parts };
}

function filledWithBest(definition: Definition, facts: Given): Given {
  const filled = { ...facts };
  for (const id of Object.keys(definition.best)) if (u(filled[id])) filled[id] = definition.best[id];
  return filled;
}

function letter(value: number): string {
  if (value >= 80) return 'A';
  if (value >= 60) return 'B';
  if (value >= 40) return 'C';
  return value >= 20 ? 'D' : 'E';
}

/** All sets of steps by bit mask, smallest first, then in the order of the table. */
function setsOf(steps: Step[]): Step[][] {
  const sets: { key: string; set: Step[] }[] = [];
  for (let mask = 1; mask < 2 ** steps.length; mask++) {
    const positions = steps.map((_, at) => at).filter(at => mask & (1 << at));
    const key = String.fromCharCode(positions.length + 48, ...positions.map(at => at + 48));
    sets.push({ key, set: positions.flatMap(at => steps[at] ?? []) });
  }
  return sets.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ set }) => set);
}

function whose(set: Step[]): string {
  if (set.some(step => step.who === 'them')) return 'them';
  return set.some(step => step.who === 'operator') ? 'operator' : 'you';
}

function ways(steps: Step[], gainOf: (set: Step[]) => number): SecondIndex['next'] {
  const entry = (set: Step[]) => ({ steps: set.map(step => step.id), gain: gainOf(set), who: whose(set) });
  const single: SecondIndex['next'] = [];
  for (const step of steps) {
    const found = entry([step]);
    if (found.gain <= 0) continue;
    const place = single.findIndex(other => other.gain < found.gain);
    single.splice(place < 0 ? single.length : place, 0, found);
  }
  if (single.length > 0) return single;
  for (const set of setsOf(steps)) if (gainOf(set) > 0) return [entry(set)];
  return [];
}

function offered(steps: Step[], facts: Given): Step[] {
  return steps.filter(step => step.offered?.(facts) ?? true);
}

function taken(facts: Given, set: Step[]): Given {
  const after = { ...facts };
  for (const step of set) step.take(after);
  return after;
}

/** The index of a message, contact, device or account. */
export function secondIndex(subject: string, facts: Given): SecondIndex {
  const definition = definitions[subject] ?? message;
  const { value, parts, ceiling } = sumUp(definition, facts);
  return {
    value,
    level: letter(value),
    parts: {
      technical: parts.technical / 100,
      behaviour: parts.behaviour / 100,
      context: parts.context / 100,
    },
    ...(ceiling ? { ceiling: { id: ceiling[0], at: ceiling[1] } } : {}),
    upTo: sumUp(definition, filledWithBest(definition, facts)).value,
    next: ways(offered(definition.steps, facts), set => sumUp(definition, taken(facts, set)).value - value),
  };
}

/** The index of a discussion. */
export function secondDiscussion(given: { messages: Given[]; marked: number[] }): SecondIndex {
  const left: Given[] = [];
  given.messages.forEach((facts, position) => {
    if (given.marked.includes(position) || facts.forged || facts.harmful) return;
    if (left.length < 10) left.push(facts);
  });
  let shown: Given | undefined;
  let value = 101;
  for (const facts of left) {
    const found = sumUp(message, facts).value;
    if (found < value) [shown, value] = [facts, found];
  }
  const nothing = { technical: 0, behaviour: 0, context: 0 };
  if (!shown) return { value: null, level: null, parts: nothing, upTo: null, next: [] };
  const lowest = (change: (facts: Given) => Given) =>
    left.reduce((low, facts) => Math.min(low, sumUp(message, change(facts)).value), 101);
  const all = message.steps.filter(step => left.some(facts => offered([step], facts).length > 0));
  return {
    ...secondIndex('message', shown),
    upTo: lowest(facts => filledWithBest(message, facts)),
    next: ways(all, set => lowest(facts => taken(facts, offered(set, facts))) - value),
  };
}

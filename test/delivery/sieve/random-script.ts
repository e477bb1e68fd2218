// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of Sieve look like those of templates
import type { Random } from '../../support/random.ts';

const values = [
  ...['alpha', 'Alpha beta', 'a*b?c', '12', '007 x', '3.5', '-4', 'trailing  ', 'a  b', 'abcabcabc'],
  ...[
    '=?utf-8?q?caf=C3=A9?=',
    '=?iso-8859-1?q?=E9t=E9?= x',
    '=?utf-8?q?a?= =?utf-8?q?b?=',
    '=?utf-8?b?w6k=?=',
  ],
  ...['two\n words', 'two\n\ttabs', '"quoted" text', '(c) text', 'UPPER lower'],
];
const addresses = [
  ...['a@b.example', 'Ann <Ann.Lee+x@B.Example>', '"q, r" <q@r.example>', 'G: a@g.example, b@g.example;'],
  ...['<c@d.example>', '"x y"@z.example', 'u+d+e@f.example', '=?utf-8?q?J=C3=A9?= <j@k.example>'],
];
const dates = [
  ...['Mon, 2 Mar 2026 23:30:05 +0200', '1 Jan 2026 00:00:00 GMT', 'Thu, 31 Dec 2025 23:59:59 -0800'],
  ...['29 Feb 2024 12:00 +0000'],
];
const allKeys = [
  ...[
    'alpha',
    'ALPHA',
    'alpha beta',
    '*',
    '*a*',
    'a*',
    '*a',
    'a\\*b\\?c',
    'a*c',
    '*b*c*',
    '12',
    '7',
    '3',
    '4',
    '',
  ],
  ...[
    'café',
    'ab',
    'two words',
    'x',
    '*c',
    'b.example',
    'a@b.example',
    '*@*',
    'Ann.Lee+x',
    'ann',
    'x y',
    'text',
  ],
  ...['body*', '*two*', 'a\\\\b', '**', '*abc', 'abc*abc*', 'd', 'd+e'],
];
const relations = ['gt', 'ge', 'lt', 'le', 'eq', 'ne'];
const numeric = ':comparator "i;ascii-numeric"';
const require =
  'require ["fileinto", "imap4flags", "copy", "variables", "relational", "comparator-i;ascii-numeric", "subaddress", "index", "body", "envelope", "date"];';

/** A message of odd header fields. Lines end with LF. */
export function randomMessage(random: Random): string {
  const lines: string[] = [];
  const often = (): boolean => random.below(10) < 8;
  for (const name of ['Subject', 'X-A', 'X-A', 'X-B'])
    if (often()) lines.push(`${name}: ${random.pick(values)}`);
  for (const name of ['From', 'To', 'Cc', 'To']) {
    const more = random.below(3) === 0 ? `,\n ${random.pick(addresses)}` : '';
    if (often()) lines.push(`${name}: ${random.pick(addresses)}${more}`);
  }
  if (often()) lines.push(`Date: ${random.pick(dates)}`);
  return `${lines.join('\n')}\n\n${random.pick(['body text\n', 'Line one\nLine two\n', 'a*b\n'])}`;
}

/** A script of some tests and actions on them. Each action files into another mailbox, so that none joins another. */
export function randomScript(random: Random): string {
  let mailboxes = 0;
  const action = (): string => randomAction(random, `${++mailboxes}`);
  const commands = Array.from({ length: 1 + random.below(3) }, () => {
    const otherwise = random.below(3) === 0 ? ` else { ${action()} }` : '';
    return `if ${randomTest(random, 2)} { ${action()} ${action()} }${otherwise}`;
  });
  return [require, 'addflag "a";', ...commands].join('\r\n');
}

function randomAction(random: Random, name: string): string {
  return random.pick([
    `fileinto "F${name}-\${1}x\${2}";`,
    `fileinto :copy "C${name}";`,
    `set :upper "v" "\${0}"; fileinto :copy "V${name}-\${v}";`,
    `set :length :quotewildcard "w" "\${1}"; fileinto "W${name}-\${w}";`,
    ...['addflag "a c";', 'setflag ["b", "B"];', 'removeflag "a";', 'stop;'],
  ]);
}

function randomTest(random: Random, depth: number): string {
  const inner = (): string => randomTest(random, depth - 1);
  const nested = depth > 0 && random.below(4) === 0;
  if (nested)
    return random.pick([
      `not ${inner()}`,
      `allof (${inner()}, ${inner()})`,
      `anyof (${inner()}, ${inner()})`,
    ]);
  const how = randomMatch(random);
  const keys = randomKeys(random, how);
  const part = random.pick(['', ':all', ':localpart', ':domain', ':user', ':detail']);
  const index = random.pick(['', '', ':index 1', ':index 2', ':last :index 1']);
  const names = random.pick(['"subject"', '["X-A", "x-b"]', '"x-a"', '["subject", "x-none"]', '"x-none"']);
  const lists = random.pick(['"from"', '["to", "cc"]', '"to"', '"bcc"']);
  const zone = random.pick([':zone "+0000"', ':originalzone', ':zone "-0530"']);
  return random.pick([
    `header ${how} ${index} ${names} ${keys}`,
    `address ${part} ${how} ${index} ${lists} ${keys}`,
    `envelope ${part} ${how} ["from", "to"] ${keys}`,
    `body :raw ${how} ${keys}`,
    `exists ${names}`,
    `hasflag ${random.pick(['"a"', '["b", "A c"]', '"c"'])}`,
    `date ${zone} "date" ${random.pick(dateKeys)}`,
  ]);
}

const dateKeys = [
  ...['"year" "2026"', '"day" ["01", "02", "31"]', '"hour" ["12", "23", "00"]', '"weekday" ["0", "1"]'],
  ...[
    '"iso8601" "2026-01-01T00:00:00Z"',
    '"julian" ["61041", "60369"]',
    '"zone" "+0000"',
    '"time" "12:00:00"',
  ],
];

/** What stands between upper and lower case in ASCII is ordered by others as if letters were made small. */
function randomKeys(random: Random, how: string): string {
  const some = how.includes(':value') ? allKeys.filter(key => !key.includes('\\')) : allKeys;
  const key = (): string => `"${random.pick(some).replace(/[\\"]/g, '\\$&')}"`;
  return random.below(2) === 0 ? key() : `[${key()}, ${key()}]`;
}

function randomMatch(random: Random): string {
  const relation = `"${random.pick(relations)}"`;
  const octets = random.pick(['', ':comparator "i;octet"']);
  return random.pick([
    ...['', ':comparator "i;octet"', ':comparator "i;ascii-casemap"', numeric],
    ...[`:contains ${octets}`, `:matches ${octets}`, `${octets} :matches`, `:count ${relation} ${numeric}`],
    ...[`:value ${relation} ${octets}`, `:value ${relation} ${numeric}`],
  ]);
}

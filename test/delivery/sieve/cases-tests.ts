// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of Sieve look like those of templates
import { multipartMessage } from './run.ts';

/** A test and whether it holds. Runs as `require [extensions]; if TEST { discard; }` on `plainMessage`. */
export interface TestCase {
  /** RFC and section that ask for it. */
  readonly rule: string;
  readonly extensions?: readonly string[];
  readonly test: string;
  readonly holds: boolean;
  readonly message?: string;
  readonly reversePath?: string;
  /** Why Pigeonhole is not asked: its answer is another that the RFC allows, or it lacks the extension. */
  readonly notPeer?: string;
}

/** A script that discards where the test holds. */
export function scriptFor({ extensions = [], test }: Pick<TestCase, 'extensions' | 'test'>): string {
  const list = extensions.map(name => `"${name}"`).join(', ');
  return `${extensions.length > 0 ? `require [${list}];` : ''}\r\nif ${test} { discard; }`;
}

type Row = readonly [test: string, holds: boolean, more?: Partial<TestCase>];

function cases(rule: string, extensions: readonly string[], rows: readonly Row[]): TestCase[] {
  return rows.map(([test, holds, more]) => ({ rule, extensions, test, holds, ...more }));
}

const numeric = 'comparator-i;ascii-numeric';
const twoAddresses = { message: 'To: a@x.example,\n b@y.example\nTo: c@z.example\nSubject: s\n\nbody\n' };

export const testCases: readonly TestCase[] = [
  ...cases(
    'RFC 5228 §5.8-§5.10',
    [],
    [
      ['true', true],
      ['false', false],
      ['not true', false],
      ['not not true', true],
      ['allof (true, not false, true)', true],
      ['allof (true, false)', false],
      ['anyof (false, false, true)', true],
      ['anyof (false, not true)', false],
      ['TRUE', true],
    ],
  ),
  ...cases(
    'RFC 5228 §5.5',
    [],
    [
      ['exists "subject"', true],
      ['exists ["from", "X-EMPTY", "to"]', true],
      ['exists ["from", "x-none"]', false],
    ],
  ),
  ...cases(
    'RFC 5228 §5.9',
    [],
    [
      ['size :over 100', true],
      ['size :under 100', false],
      ['size :under 1K', true],
      ['size :over 1M', false],
      ['size :under 1G', true],
      ['size :over 3', true, { message: 'A: b\n\n' }],
      ['size :over 8', false, { message: 'A: b\n\n' }],
      ['size :under 8', false, { message: 'A: b\n\n' }],
    ],
  ),
  ...cases(
    'RFC 5228 §5.7',
    [],
    [
      ['header "subject" "café at *noon*"', true],
      ['header :is "subject" "CAFé AT *NOON*"', true],
      ['header :is "subject" "café"', false],
      ['header :is ["x-none", "X-Twice"] ["other", "second"]', true],
      ['header :is "x-empty" ""', true],
      ['header :is "x-none" ""', false],
      ['header :contains "x-none" ""', false],
      ['header :contains "x-empty" ""', true],
      ['header :is "x-folded" "one two"', true],
      ['header :contains "x-folded" "two"', true],
      ['header :contains "subject" "AT *NO"', true],
      ['header :contains "subject" "noon at"', false],
    ],
  ),
  ...cases(
    'RFC 5228 §2.7.1',
    [],
    [
      ['header :matches "subject" "*"', true],
      ['header :matches "subject" ""', false],
      ['header :matches "x-empty" ""', true],
      ['header :matches "x-twice" "?????"', true],
      ['header :matches "x-twice" "????"', false],
      ['header :matches "x-twice" "f*t"', true],
      ['header :matches "x-twice" "f*s"', false],
      ['header :matches "x-twice" "*"', true],
      ['header :matches "x-twice" "?irst"', true],
      ['header :matches "x-twice" "*o*n*"', true],
      ['header :matches "x-twice" "*s*e*c*o*n*d*"', true],
      ['header :matches "x-twice" "*dd*"', false],
      ['header :matches "x-twice" "first*first"', false],
      ['header :matches "subject" "caf? *"', true, { notPeer: 'takes an octet for a character' }],
      ['header :matches "subject" "*\\\\*noon\\\\*"', true],
      ['header :matches "subject" "*\\\\*none\\\\*"', false],
      ['header :matches "subject" "*\\\\?noon*"', false],
      ['header :matches "x-priority" "3 (\\\\normal)"', true],
      ['header :matches "x-priority" "?*(*)"', true],
      ['header :matches "x-priority" "**?**"', true],
    ],
  ),
  ...cases(
    'RFC 5228 §2.7.3',
    ['comparator-i;octet', 'comparator-i;ascii-casemap'],
    [
      ['header :comparator "i;octet" "x-twice" "first"', true],
      ['header :comparator "i;octet" "x-twice" "First"', false],
      ['header :contains :comparator "i;octet" "subject" "Noon"', false],
      ['header :matches :comparator "i;octet" "subject" "*noon*"', true],
      ['header :comparator "i;ascii-casemap" :is "x-twice" "FIRST"', true],
      ['header :is "subject" "cafÉ at *noon*"', false],
    ],
  ),
  ...cases(
    'RFC 5228 §5.1',
    [],
    [
      ['address :is "from" "ada+work@example.org"', true],
      ['address :all :is "from" "bob@example.net"', true],
      ['address :domain "from" "EXAMPLE.NET"', true],
      ['address :localpart "from" "ada+work"', true],
      ['address :localpart :comparator "i;octet" "from" "ada+work"', false],
      ['address :localpart :comparator "i;octet" "from" "Ada+work"', true],
      ['address :is "to" "Tom"', false],
      ['address :contains ["cc", "to"] "una@"', true],
      ['address :localpart "cc" "q x"', true],
      ['address :domain :matches "to" "*.example.com"', true],
      ['address :is "bcc" ""', false],
      ['address :is "from" "nobody"', true, { message: 'From: nobody\n\n' }],
      ['address :localpart "from" "nobody"', false, { message: 'From: nobody\n\n' }],
      ['address :domain "from" ""', false, { message: 'From: nobody\n\n' }],
      ['address :is "sender" ["a@b.example"]', false],
    ],
  ),
  ...cases(
    'RFC 5228 §5.4',
    ['envelope'],
    [
      ['envelope "from" "sender+bounce@example.net"', true],
      ['envelope :domain "FROM" "example.net"', true],
      ['envelope :localpart "to" "tom+lists"', true],
      ['envelope :is ["from", "to"] "tom+lists@example.com"', true],
      ['envelope :is "from" ""', true, { reversePath: '', notPeer: 'has no way to be given it' }],
      ['envelope :domain :is "from" ""', true, { reversePath: '', notPeer: 'has no way to be given it' }],
      ['envelope :is "from" ""', false],
    ],
  ),
  ...cases(
    'RFC 5228 §2.4.2.4',
    ['encoded-character'],
    [
      ['header "x-twice" "${hex:66 69 72}st"', true],
      ['header "x-twice" "f${unicode:69}r${UNICODE:0073 74}"', true],
      ['header :contains "subject" "${hex: c3 a9}"', true],
      ['header :contains "subject" "${hex:c3}${hex:a9}"', true],
      ['header "x-twice" "${hex:466 }irst"', false],
      ['header :is "x-twice" "${HEX: 66 }irst"', true],
    ],
  ),
  ...cases(
    'RFC 5231',
    ['relational', numeric],
    [
      ['header :value "eq" :comparator "i;ascii-numeric" "x-priority" "3"', true],
      ['header :value "gt" :comparator "i;ascii-numeric" "x-priority" "3"', false],
      ['header :value "ge" :comparator "i;ascii-numeric" "x-priority" "03"', true],
      ['header :value "lt" :comparator "i;ascii-numeric" "x-priority" "20"', true],
      ['header :value "lt" "x-priority" "20"', false],
      ['header :value "ne" "x-twice" "first"', true],
      ['header :value "le" "x-twice" "f"', false],
      ['header :value "gt" "x-twice" "r"', true],
      ['header :is :comparator "i;ascii-numeric" "x-priority" "0003 apples"', true],
      ['header :value "gt" :comparator "i;ascii-numeric" "subject" "99999999999999999999999"', true],
      ['header :value "eq" :comparator "i;ascii-numeric" "subject" "words"', true],
      ['header :count "eq" :comparator "i;ascii-numeric" "x-twice" "2"', true],
      ['header :count "ge" :comparator "i;ascii-numeric" ["x-twice", "subject"] "3"', true],
      ['header :count "eq" :comparator "i;ascii-numeric" "x-none" "0"', true],
      ['address :count "eq" :comparator "i;ascii-numeric" ["to", "from"] "4"', true],
      ['address :count "eq" :comparator "i;ascii-numeric" "to" "3"', true, twoAddresses],
      ['address :count "lt" :comparator "i;ascii-numeric" "to" "3"', false, twoAddresses],
    ],
  ),
  ...cases(
    'RFC 5231 §4.2 with envelope',
    ['relational', numeric, 'envelope'],
    [['envelope :count "eq" :comparator "i;ascii-numeric" "to" "1"', true]],
  ),
  ...cases(
    'RFC 5233',
    ['subaddress', 'envelope'],
    [
      ['address :user "from" "ada"', true],
      ['address :detail "from" "WORK"', true],
      ['address :detail :contains "from" ""', true],
      ['address :detail :is "to" ""', false],
      ['address :user "to" "tom"', true],
      ['envelope :detail "to" "lists"', true],
      ['envelope :user "from" "sender"', true],
      ['address :detail :is "from" ""', true, { message: 'From: a+@example.org\n\n' }],
      ['address :detail :matches "from" "*"', false, { message: 'From: a@example.org\n\n' }],
    ],
  ),
  ...cases(
    'RFC 5173 §5.3',
    ['body'],
    [
      ['body :contains "hello WORLD"', true],
      ['body :text :contains "100 %"', true],
      ['body :contains "subject"', false],
      ['body :contains "café"', true, { message: multipartMessage }],
      [
        'body :contains "The marked part"',
        true,
        { message: multipartMessage, notPeer: 'leaves gaps for the markup' },
      ],
      ['body :contains "<b>"', false, { message: multipartMessage }],
    ],
  ),
  ...cases(
    'RFC 5173 §5.1',
    ['body'],
    [
      ['body :raw :contains "world"', true],
      ['body :raw :contains "caf=E9"', true, { message: multipartMessage }],
      ['body :raw :contains "PHA+VGhl"', true, { message: multipartMessage }],
      ['body :raw :contains "epilogue"', true, { message: multipartMessage }],
      ['body :raw :contains "Subject: parts"', false, { message: multipartMessage }],
      ['body :raw :matches "Hello*%.*"', true],
    ],
  ),
  ...cases(
    'RFC 5173 §5.2',
    ['body'],
    [
      ['body :content "text" :contains "café"', true, { message: multipartMessage }],
      ['body :content "text/html" :contains "<b>marked"', true, { message: multipartMessage }],
      ['body :content "text/html" :contains "café"', false, { message: multipartMessage }],
      ['body :content "application" :contains "thing"', true, { message: multipartMessage }],
      [
        'body :content ["image", "APPLICATION/X-Thing"] :contains "content"',
        true,
        { message: multipartMessage },
      ],
      ['body :content "" :contains "thing content"', true, { message: multipartMessage }],
      ['body :content "text/" :contains "caf"', false, { message: multipartMessage }],
      ['body :content "tex" :contains "caf"', false, { message: multipartMessage }],
      ['body :content "text" :contains "inner body"', true, { message: multipartMessage }],
      ['body :content "message/rfc822" :contains "inner subject"', true, { message: multipartMessage }],
      ['body :content "message/rfc822" :contains "inner body"', false, { message: multipartMessage }],
      [
        'body :content "multipart" :contains "prologue"',
        true,
        { message: multipartMessage, notPeer: 'leaves it out' },
      ],
      [
        'body :content "multipart" :contains "epilogue"',
        true,
        { message: multipartMessage, notPeer: 'leaves it out' },
      ],
      ['body :content "multipart" :contains "thing"', false, { message: multipartMessage }],
    ],
  ),
  ...cases(
    'RFC 5260 §4',
    ['date', 'relational'],
    [
      ['date :zone "+0200" "date" "year" "2026"', true],
      ['date :originalzone "date" "date" "2026-03-02"', true],
      ['date :originalzone "date" "hour" "23"', true],
      ['date :zone "+0000" "date" "hour" "21"', true],
      ['date :zone "-1130" "date" "time" "10:00:05"', true],
      ['date :zone "+0500" "date" "day" "03"', true],
      ['date :originalzone "date" "month" "03"', true],
      ['date :originalzone "date" "minute" "30"', true],
      ['date :originalzone "date" "second" "05"', true],
      ['date :originalzone "date" "zone" "+0200"', true],
      ['date :zone "-0330" "date" "zone" "-0330"', true],
      ['date :originalzone "date" "weekday" "1"', true],
      ['date :originalzone "date" "julian" "61101"', true],
      [
        'date :originalzone "date" "std11" "Mon, 02 Mar 2026 23:30:05 +0200"',
        true,
        { notPeer: 'gives day 2 without the zero' },
      ],
      ['date :originalzone "date" "iso8601" "2026-03-02T23:30:05+02:00"', true],
      ['date :zone "+0000" "date" "iso8601" "2026-03-02T21:30:05Z"', true],
      ['date :originalzone "received" "date" "2026-03-01"', true],
      ['date :value "ge" :originalzone "date" "hour" "09"', true],
      ['date "x-none" "year" "2026"', false],
      ['date "subject" "year" "2026"', false],
      ['date :matches :zone "+0000" "date" "date" "2026-*"', true],
    ],
  ),
  ...cases(
    'RFC 5260 §6',
    ['index', 'date', 'relational', numeric],
    [
      ['header :index 1 "x-twice" "first"', true],
      ['header :index 2 "x-twice" "first"', false],
      ['header :index 1 :last "x-twice" "second"', true],
      ['header :index 2 :last "x-twice" "first"', true],
      ['header :index 3 "x-twice" "second"', false],
      ['header :index 3 ["x-twice", "x-priority"] "3 (normal)"', true],
      ['header :index 1 :last ["x-priority", "x-twice"] "second"', true],
      ['header :index 2 ["x-none", "x-twice"] "first"', false],
      ['header :index 3 :contains "x-twice" ""', false],
      ['header :index 1 :count "eq" :comparator "i;ascii-numeric" "x-twice" "1"', true],
      ['address :index 1 "to" "c@z.example"', false, twoAddresses],
      ['address :last :index 1 "to" "c@z.example"', true, twoAddresses],
      ['date :index 1 :originalzone "received" "day" "01"', true],
      ['date :index 2 :originalzone "received" "day" "01"', false, { notPeer: 'takes the first for it' }],
    ],
  ),
];

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of Sieve look like those of templates
import { multipartMessage } from './run.ts';

/** A script and what it does, as `wordsOf` says it. */
export interface ActionCase {
  readonly rule: string;
  readonly script: string;
  readonly does: string;
  readonly message?: string;
  /** Why Pigeonhole is not asked. */
  readonly notPeer?: string;
}

type Row = readonly [script: string, does: string, more?: Partial<ActionCase>];

function cases(rule: string, extensions: string, rows: readonly Row[]): ActionCase[] {
  const list = extensions.split(' ').filter(name => name !== '');
  const require = list.length > 0 ? `require [${list.map(name => `"${name}"`).join(', ')}];\r\n` : '';
  return rows.map(([script, does, more]) => ({ rule, script: require + script, does, ...more }));
}

/** Sets a variable from each of these, and files into what it then holds. */
const files = 'fileinto "x${v}";';

export const actionCases: readonly ActionCase[] = [
  ...cases('RFC 5228 §2.10.2', '', [
    ['', 'INBOX'],
    ['# nothing\r\n/* at\r\nall */', 'INBOX'],
    ['keep;', 'INBOX'],
    ['keep; keep;', 'INBOX, INBOX', { notPeer: 'joins them' }],
    ['stop;', 'INBOX'],
    ['discard;', 'discard'],
    ['stop; discard;', 'INBOX'],
    ['Discard ; STOP;', 'discard'],
  ]),
  ...cases('RFC 5228 §3.1', 'fileinto', [
    ['if true { fileinto "A"; } elsif true { fileinto "B"; } else { fileinto "C"; }', 'A'],
    ['if false { fileinto "A"; } elsif true { fileinto "B"; } else { fileinto "C"; }', 'B'],
    ['if false { fileinto "A"; } elsif false { fileinto "B"; } else { fileinto "C"; }', 'C'],
    ['if false { fileinto "A"; } elsif true { fileinto "B"; } elsif true { fileinto "C"; }', 'B'],
    ['if false { fileinto "A"; }', 'INBOX'],
    ['if true { if false { fileinto "A"; } else { fileinto "B"; } } else { fileinto "C"; }', 'B'],
    ['if true { fileinto "A"; stop; } fileinto "B";', 'A'],
    ['if true { if true { stop; } discard; } fileinto "B";', 'INBOX'],
    ['if true { } else { discard; }', 'INBOX'],
    ['if true {} if false {} elsif true { fileinto "A"; }', 'A'],
  ]),
  ...cases('RFC 5228 §4.1', 'fileinto', [
    ['fileinto "A/B";', 'A/B'],
    ['fileinto "A"; fileinto "B"; keep;', 'A, B, INBOX'],
    ['fileinto "caf\u00e9";', 'caf\u00e9'],
    ['fileinto text:\r\nA\r\n.\r\n;', 'fault', { notPeer: 'takes the line end for a part of the name' }],
    ['if header :contains "subject" text: # comment\r\nnoon\r\n.\r\n { discard; }', 'INBOX'],
    ['if header :is "x-twice" "fi\\rst" { fileinto "A"; }', 'A'],
    ['if header :is ["x-twice"] ["no", "\\f\\irst"] { fileinto "say \\"hi\\""; }', 'say "hi"'],
  ]),
  ...cases('RFC 3894', 'fileinto copy', [
    ['fileinto :copy "A";', 'A, INBOX'],
    ['fileinto :copy "A"; discard;', 'A, discard', { notPeer: 'says the same in other words' }],
    ['fileinto :copy "A"; fileinto "B";', 'A, B'],
  ]),
  ...cases('RFC 5232', 'fileinto imap4flags', [
    ['addflag "\\\\Seen";', 'INBOX [\\seen]'],
    ['addflag ["\\\\Flagged", "work urgent"]; keep;', 'INBOX [\\flagged urgent work]'],
    ['addflag "a"; setflag "b"; addflag ["B", "c"]; fileinto "A";', 'A [b c]'],
    ['addflag "a b c"; removeflag ["B"]; keep;', 'INBOX [a c]'],
    ['setflag "a"; fileinto :flags "x y" "A"; keep;', 'A [x y], INBOX [a]'],
    ['keep :flags ["\\\\Answered", "$label1"];', 'INBOX [$label1 \\answered]'],
    ['fileinto "A"; addflag "late"; keep;', 'A, INBOX [late]'],
    ['addflag "a b"; if hasflag "B" { discard; }', 'discard'],
    ['addflag "a b"; if hasflag ["c", "A"] { discard; }', 'discard'],
    ['addflag "a b"; if hasflag "b a" { discard; }', 'discard'],
    ['addflag "abc"; if hasflag :contains "B" { discard; }', 'discard'],
    ['addflag "abc"; if hasflag :matches "a?c" { discard; }', 'discard'],
    ['addflag "abc"; if hasflag "ab" { discard; }', 'INBOX [abc]'],
    ['setflag ""; keep;', 'INBOX'],
    ['addflag "x"; setflag ""; if hasflag "x" { discard; }', 'INBOX'],
  ]),
  ...cases(
    'RFC 5232 §2 with variables',
    'fileinto imap4flags variables relational comparator-i;ascii-numeric',
    [
      ['addflag "mine" ["a", "b"]; keep;', 'INBOX'],
      ['addflag "mine" ["a", "b"]; keep :flags "${mine}";', 'INBOX [a b]'],
      ['setflag "mine" "a b"; removeflag "MINE" "a"; keep :flags "${Mine}";', 'INBOX [b]'],
      ['set "f" "x y"; addflag "f" "z X"; keep :flags "${f}";', 'INBOX [x y z]'],
      [
        'addflag "mine" "a b a"; if hasflag :count "eq" :comparator "i;ascii-numeric" "mine" "2" { discard; }',
        'discard',
      ],
      ['addflag "m" "a"; addflag "n" "b"; if hasflag ["m", "n"] "b" { discard; }', 'discard'],
    ],
  ),
  ...cases('RFC 5229 §3', 'fileinto variables', [
    ['set "v" "A"; fileinto "${v}";', 'A'],
    ['set "v" "A"; fileinto "${V}${v}/${none}z";', 'AA/z'],
    ['set "v" "A"; fileinto "$${v}${";', '$A${'],
    ['fileinto "${v v}${-}${1a}$v{v}";', '${v v}${-}${1a}$v{v}'],
    ['set "a" "${b}"; set "b" "x"; fileinto "z${a}";', 'z'],
    ['fileinto "${none}";', 'failure', { notPeer: 'files into a mailbox without a name' }],
    ['set "a" "${b}"; set "c" "$"; fileinto "${c}{b}";', '${b}'],
    ['set "_a1" "q"; fileinto "${_A1}";', 'q'],
  ]),
  ...cases('RFC 5229 §3.2', 'fileinto variables', [
    ['if header :matches "x-twice" "f*t" { fileinto "${0}-${1}-${2}x"; }', 'first-irs-x'],
    ['if header :matches "x-twice" "?i?*" { fileinto "${1}${2}${3}"; }', 'frst'],
    [
      'if header :matches "subject" "*at*" { fileinto "${2}"; }',
      ' *noon*',
      { notPeer: 'drops spaces of names' },
    ],
    ['if header :matches "x-twice" "*s*" { fileinto "${1}/${2}"; }', 'fir/t'],
    ['if header :matches "x-twice" "F?RST" { fileinto "${0}${1}"; }', 'firsti'],
    ['if header :matches "x-twice" "s*" { fileinto "${1}"; }', 'econd'],
    ['if header :matches "x-twice" "f*" { if header :matches "subject" "zz*" { } fileinto "${1}"; }', 'irst'],
    ['if header :matches "x-twice" "f*" { if header :is "subject" "zz" { } fileinto "${01}"; }', 'irst'],
    ['if not header :matches "x-twice" "f*" { } fileinto "x${1}";', 'xirst'],
    [
      'if anyof (header :matches "x-twice" "f*", header :matches "x-twice" "s*") { fileinto "${1}"; }',
      'irst',
    ],
    [
      'if allof (header :matches "x-twice" "f*", header :matches "x-twice" "s*") { fileinto "${1}"; }',
      'econd',
    ],
    ['if header :contains "x-twice" "f" { fileinto "x${1}"; }', 'x'],
    [
      'if address :domain :matches "from" "*.*" { fileinto "${1}/${2}"; }',
      'Example/org',
      { notPeer: 'gives domains in lower case' },
    ],
    ['if address :matches "from" "*@*" { fileinto "${1}"; }', 'Ada+work'],
  ]),
  ...cases('RFC 5173 §6', 'fileinto variables body', [
    ['if body :matches "*costs*" { fileinto "x${1}"; }', 'x'],
    ['if header :matches "x-twice" "f*" { if body :contains "hello" { fileinto "${1}"; } }', 'irst'],
  ]),
  ...cases('RFC 5229 §4', 'fileinto variables', [
    [`set :lower "v" "ABC"; ${files}`, 'xabc'],
    [`set :upper "v" "abC d"; ${files}`, 'xABC D'],
    [`set :lowerfirst "v" "ABC"; ${files}`, 'xaBC'],
    [`set :upperfirst "v" "abc"; ${files}`, 'xAbc'],
    [`set :upperfirst :lower "v" "aBC"; ${files}`, 'xAbc'],
    [`set :upper "v" "\u00e9a"; ${files}`, 'x\u00e9A'],
    [`set :lower "v" "\u00c9A"; ${files}`, 'x\u00c9a'],
    [`set :upperfirst "v" "\u00e9a"; ${files}`, 'x\u00e9a'],
    [`set :lower :upperfirst "v" "aBC"; ${files}`, 'xAbc'],
    [`set :quotewildcard "v" "a*b?c\\\\d"; ${files}`, 'xa\\*b\\?c\\\\d'],
    [`set :length "v" "abcde"; ${files}`, 'x5'],
    [`set :length "v" "caf\u00e9"; ${files}`, 'x4'],
    [`set :length "v" ""; ${files}`, 'x0'],
    [`set :length :quotewildcard "v" "a*"; ${files}`, 'x3'],
    [`set "v" "a"; set "v" "\${v}b"; ${files}`, 'xab'],
  ]),
  ...cases('RFC 5229 §5', 'fileinto variables relational comparator-i;ascii-numeric', [
    ['set "a" "one"; if string "${a}" "ONE" { discard; }', 'discard', { notPeer: 'compares octets here' }],
    ['set "a" "one"; if string :is "${a}" "two" { discard; }', 'INBOX'],
    ['set "a" "one two"; if string :matches "${a}" "* *" { fileinto "${2}"; }', 'two'],
    ['set "a" "5"; if string :value "gt" :comparator "i;ascii-numeric" "${a}" "10" { discard; }', 'INBOX'],
    ['if string :count "eq" :comparator "i;ascii-numeric" ["a", "b"] "2" { discard; }', 'discard'],
    ['if string :count "eq" :comparator "i;ascii-numeric" ["a", "${no}"] "1" { discard; }', 'discard'],
    ['if string ["x", "y"] ["z", "Y"] { discard; }', 'discard', { notPeer: 'compares octets here' }],
  ]),
  ...cases('RFC 5229 §3 with encoded-character', 'fileinto variables encoded-character', [
    ['set "v" "A"; fileinto "${hex:24}{v}";', 'A'],
    ['fileinto "${unicode: 63 61 66 e9}";', 'caf\u00e9'],
    ['fileinto "a${hex:4}";', 'fault', { notPeer: 'lets control characters into names' }],
  ]),
  ...cases('RFC 5228 §2.4.2.4 without require', 'fileinto', [['fileinto "${hex:41}${v}";', '${hex:41}${v}']]),
  ...cases('RFC 5490', 'fileinto mailbox', [
    ['fileinto :create "New";', 'New'],
    ['if mailboxexists "INBOX" { discard; }', 'discard', { notPeer: 'is asked without a mail store' }],
    [
      'if mailboxexists ["INBOX", "There"] { discard; }',
      'discard',
      { notPeer: 'is asked without a mail store' },
    ],
    ['if mailboxexists ["INBOX", "Nowhere"] { discard; }', 'INBOX'],
  ]),
  ...cases('RFC 8579', 'fileinto special-use', [
    ['if specialuse_exists "\\\\Junk" { discard; }', 'discard', { notPeer: 'has no such mailbox' }],
    ['if specialuse_exists "Junk" ["\\\\Junk"] { discard; }', 'discard', { notPeer: 'has no such mailbox' }],
    ['if specialuse_exists ["\\\\Junk", "\\\\Trash"] { discard; }', 'INBOX'],
    ['fileinto :specialuse "\\\\Junk" "Spam";', 'Spam', { notPeer: 'says it in other words' }],
  ]),
  ...cases('RFC 5183', 'environment', [
    ['if environment :is "no-such-item" "" { discard; }', 'INBOX'],
    ['if environment :matches "name" "*" { discard; }', 'INBOX', { notPeer: 'tells its name' }],
  ]),
  ...cases('RFC 5260 §4.2', 'date relational', [
    ['if currentdate :value "ge" "year" "2020" { discard; }', 'discard'],
    ['if currentdate :zone "+0100" :is "zone" "+0100" { discard; }', 'discard'],
    [
      'if currentdate :is :zone "+0000" "iso8601" "2026-03-04T05:06:07Z" { discard; }',
      'discard',
      { notPeer: 'has its own clock' },
    ],
  ]),
  ...cases('RFC 5235', 'spamtestplus relational comparator-i;ascii-numeric', [
    [
      'if spamtest :value "eq" :comparator "i;ascii-numeric" "0" { discard; }',
      'discard',
      { notPeer: 'has no score' },
    ],
    [
      'if spamtest :percent :value "ge" :comparator "i;ascii-numeric" "1" { discard; }',
      'INBOX',
      { notPeer: 'has no score' },
    ],
  ]),
  ...cases('RFC 5173 on a message with parts', 'body fileinto', [
    [
      'if allof (body :content "text/plain" :contains "caf\u00e9", not body :raw :contains "caf\u00e9") { fileinto "A"; }',
      'A',
      { message: multipartMessage },
    ],
  ]),
];

import assert from 'node:assert/strict';
import { parseMessage } from '../../../delivery/message/message.ts';
import { parseScript } from '../../../delivery/sieve/parse-script.ts';
import type { ScriptContext } from '../../../delivery/sieve/run.ts';
import { runScript } from '../../../delivery/sieve/run-script.ts';
import type { Script, ScriptAction, ScriptOutcome } from '../../../delivery/sieve/shape.ts';

/** What a case may say besides its script. */
export interface Given extends Partial<ScriptContext> {
  /** Lines end with LF; they are given to the script with CRLF. */
  readonly message?: string;
  readonly reversePath?: string;
  readonly forwardPath?: string;
}

export const plainMessage = `From: "Ada L." <Ada+work@Example.org>, bob@example.net
To: Tom <tom@example.com>, "the list" <list+Sieve@lists.example.com>
Cc: Friends: "q x"@example.com, una@EXAMPLE.com;
Subject: =?utf-8?q?caf=C3=A9?= at *noon*
Date: Mon, 2 Mar 2026 23:30:05 +0200
X-Priority: 3 (normal)
X-Twice: first
X-Twice: second
X-Empty:
X-Folded: one
\ttwo
Received: from a by b; Sun, 1 Mar 2026 10:00:00 -0500

Hello world, this costs 100 %.
`;

export const multipartMessage = `From: a@example.org
Subject: parts
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

This is the prologue.
--outer
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

caf=E9 in the plain part
--outer
Content-Type: text/html
Content-Transfer-Encoding: base64

PHA+VGhlIDxiPm1hcmtlZDwvYj4gcGFydDwvcD4=
--outer
Content-Type: application/x-thing

thing content
--outer
Content-Type: message/rfc822

From: inner@example.net
Subject: the inner subject

the inner body
--outer--
This is the epilogue.
`;

const nobodyKnows: ScriptContext = {
  now: new Date('2026-03-04T05:06:07Z'),
  localOffsetMinutes: () => 0,
  mailboxExists: name => name === 'INBOX' || name === 'There',
  hasSpecialUse: (name, attribute) => attribute === '\\Junk' && (name === null || name === 'Junk'),
  spamProbability: null,
  environment: {},
};

export function scriptOf(text: string): Script {
  const { script, faults } = parseScript(text);
  assert.ok(script, JSON.stringify(faults));
  return script;
}

export function outcomeOf(script: string, given: Given = {}): ScriptOutcome {
  const {
    message = plainMessage,
    reversePath = 'sender+bounce@example.net',
    forwardPath,
    ...context
  } = given;
  const raw = Buffer.from(message.replaceAll('\n', '\r\n'));
  const envelope = { reversePath, forwardPath: forwardPath ?? 'tom+lists@example.com' };
  const input = { message: parseMessage(raw), sizeOctets: raw.byteLength, envelope };
  return runScript(scriptOf(script), input, { ...nobodyKnows, ...context });
}

/** Actions in one line: `Work [\flagged], INBOX`, `discard`. Flags are lower-case and sorted. */
export function wordsOf(actions: readonly ScriptAction[]): string {
  return actions.map(wordOf).join(', ');
}

function wordOf(action: ScriptAction): string {
  if (action.kind === 'discard') return 'discard';
  const flags = action.flags.map(flag => flag.toLowerCase()).sort();
  const mailbox = action.kind === 'keep' ? 'INBOX' : action.mailbox;
  return flags.length > 0 ? `${mailbox} [${flags.join(' ')}]` : mailbox;
}

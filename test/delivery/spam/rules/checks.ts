import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../../../../delivery/message/shape.ts';
import { allClasses } from '../../../../delivery/spam/classes.ts';
import { lookAt } from '../../../../delivery/spam/look.ts';
import type { Rule, RuleEvidence, RuleRow } from '../../../../delivery/spam/rules/rule.ts';
import { signalsOf } from '../../../../delivery/spam/signals.ts';
import { messageOf } from '../messages.ts';

/** Messages that a rule must see, and messages that it must leave alone. */
export interface Cases {
  readonly holds: readonly Message[];
  readonly not: readonly Message[];
}

/** Rules that hold for a message, with their details. */
export function found(message: Message, evidence: RuleEvidence = {}): Map<string, string | undefined> {
  return new Map(signalsOf(lookAt(message), evidence, allClasses).map(({ id, detail }) => [id, detail]));
}

/** Tests each of the rules by its cases; a rule without cases on both sides is a fault. */
export function testRules(rules: readonly Rule[], cases: Readonly<Record<string, Cases>>): void {
  testRows(rules, cases, message => found(message));
}

/** The same for rows that are found another way. */
export function testRows(
  rows: readonly RuleRow[],
  cases: Readonly<Record<string, Cases>>,
  find: (message: Message) => ReadonlyMap<string, string | undefined>,
): void {
  test('every rule of the group has cases', () => {
    assert.deepEqual(Object.keys(cases).sort(), rows.map(({ id }) => id).sort());
  });
  for (const [id, { holds, not }] of Object.entries(cases)) {
    test(`${id} holds for what it names, and for nothing near to it`, () => {
      assert.ok(holds.length > 0 && not.length > 0);
      for (const [at, message] of holds.entries()) assert.ok(find(message).has(id), `holds ${at}`);
      for (const [at, message] of not.entries()) {
        assert.ok(!find(message).has(id), `not ${at}: ${find(message).get(id)}`);
      }
    });
  }
}

/** A message with an HTML body. */
export const html = (body: string, fields: Record<string, string | null> = {}) =>
  messageOf(body, { 'Content-Type': 'text/html; charset=utf-8', ...fields });

/** A message of ordinary words around a link. */
export const linked = (href: string, text = 'the page', fields: Record<string, string | null> = {}) =>
  html(
    `<p>Here are the minutes of our meeting of last week, as agreed: <a href="${href}">${text}</a></p>`,
    fields,
  );

/** A message with attachments. */
export function withFiles(
  files: ReadonlyArray<readonly [name: string, content: Uint8Array | string, mediaType?: string]>,
  text = 'See the file.',
): Message {
  const parts = files.map(
    ([name, content, mediaType = 'application/octet-stream']) =>
      `--b\r\nContent-Type: ${mediaType}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`,
  );
  return messageOf(
    `--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n${parts.join('')}--b--`,
    {
      'Content-Type': 'multipart/mixed; boundary=b',
    },
  );
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backTo, patched } from '../../../webmail/ui/email-patch.ts';
import { inverse } from '../../../webmail/ui/inverse-patch.ts';
import { chooseLanguage, localeOf } from '../../../webmail/ui/locales/languages.ts';
import { asPrefix } from '../../../webmail/ui/mail.ts';

test('the remembered language comes first, then the browser’s wishes, then English', () => {
  assert.equal(chooseLanguage('fr', ['en-GB']), 'fr');
  assert.equal(chooseLanguage(null, ['de', 'fr-CA', 'en']), 'fr');
  assert.equal(chooseLanguage('xx', ['ja']), 'en');
});

test('dates and numbers are written as in the reader’s country', () => {
  assert.equal(localeOf('en', ['fr-CA', 'en-GB', 'en']), 'en-GB');
  assert.equal(localeOf('fr', ['fr-CA', 'en-GB']), 'fr-CA');
  assert.equal(localeOf('fr', ['en-GB', 'fro']), 'fr');
});

test('a patch and its inverse leave a message as it was', () => {
  const email = { keywords: { $seen: true }, mailboxIds: { inbox: true } } as const;
  const patch = { keywords: { $seen: null }, tags: { garden: true, inbox: null } } as const;
  const changed = patched(email, patch);
  assert.deepEqual(changed, { keywords: {}, mailboxIds: { garden: true } });
  assert.deepEqual(patched(changed, inverse(patch)), email);
});

test('the way back from a patch undoes only what it did', () => {
  const email = { keywords: { $seen: true }, mailboxIds: { inbox: true } } as const;
  const patch = { keywords: { $seen: true, $flagged: true }, tags: { garden: null, inbox: null } } as const;
  assert.deepEqual(patched(patched(email, patch), backTo(email, patch)), email);
});

test('the last bare word of a search finds longer words, too', () => {
  assert.equal(asPrefix('teapot'), 'teapot*');
  assert.equal(asPrefix('from:friend boat'), 'from:friend boat*');
  assert.equal(asPrefix('subject:kett'), 'subject:kett*');
  for (const text of ['is:unread', 'has:attachment', '"two words"', 'before:2026-01-01', 'tea*']) {
    assert.equal(asPrefix(text), text);
  }
});

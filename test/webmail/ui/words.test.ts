import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { levelWordsFile, screenWordsFile } from '../../../bin/screen-words.ts';
import { minimalFaults } from '../../../delivery/crypto/minimal-certificate.ts';
import { en } from '../../../webmail/ui/locales/en.ts';
import { fr } from '../../../webmail/ui/locales/fr.ts';
import { indexWords } from '../../../webmail/ui/locales/index-words.ts';
import { settingsWords } from '../../../webmail/ui/locales/settings.ts';

const ui = join(import.meta.dirname, '../../../webmail/ui');

function leaves(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

/** Words that the first screens don't need: each file beside the tables of the start holds both languages of one area. */
const areaFiles = readdirSync(join(ui, 'locales')).filter(
  file => !/^(?:en|fr|languages|(?:index|level|screen)-words)\.ts$/.test(file),
);
const areas = await Promise.all(
  areaFiles.map(async file => {
    const [words] = Object.values((await import(join(ui, 'locales', file))) as Record<string, unknown>);
    return { file, words: words as { readonly en: unknown; readonly fr: unknown } };
  }),
);
const tables = [{ file: 'en.ts and fr.ts', words: { en, fr } }, ...areas];

test('both languages have the same words', () => {
  for (const { file, words } of tables) assert.deepEqual(leaves(words.fr), leaves(words.en), file);
});

test('no word is empty or left in the other language by mistake', () => {
  const same = new Set([
    'Caliopen',
    'larger:',
    'Orange',
    'Violet',
    'Dates',
    'Contact',
    'Date',
    'Source',
    'j',
    'k',
    '/',
    'e',
    'u',
    '?',
    'Messages',
    'Notification',
    'Invitation',
    'Importance',
  ]);
  const texts = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value
        ? Object.values(value).flatMap(texts)
        : [];
  for (const { file, words } of tables) {
    const french = texts(words.fr);
    for (const [place, text] of texts(words.en).entries()) {
      assert.notEqual(french[place], '', file);
      // Keys and what is sought by are called the same.
      if (!same.has(text) && text.length > 1 && !text.startsWith('is:'))
        assert.notEqual(french[place], text, `${file}: ${text}`);
    }
  }
});

test('every apostrophe is a typographic one', () => {
  for (const file of readdirSync(join(ui, 'locales'))) {
    const source = readFileSync(join(ui, 'locales', file), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '');
    assert.deepEqual(source.match(/.{0,20}\p{L}'\p{L}.{0,20}/gu), null, file);
  }
});

test('in French a sign that stands apart from its word stays on its line', () => {
  const texts = (value: unknown): string[] =>
    typeof value === 'string' ? [value] : value instanceof Object ? Object.values(value).flatMap(texts) : [];
  const loose = / [;:!?»%]|« /;
  for (const { file, words } of [
    ...tables,
    { file: 'index-words.ts', words: { fr: frenchOf(indexWords) } },
  ]) {
    assert.deepEqual(
      texts(words.fr).filter(text => loose.test(text)),
      [],
      file,
    );
  }
  // What is made of parts has guillemets nowhere else.
  for (const { file } of [...tables.slice(1), { file: 'fr.ts' }])
    assert.doesNotMatch(readFileSync(join(ui, 'locales', file), 'utf8'), /« | »/, file);
});

function frenchOf(value: unknown): unknown[] {
  if (!(value instanceof Object)) return [];
  return 'fr' in value ? [value.fr] : Object.values(value).flatMap(frenchOf);
}

test('the webmail’s words of the index are those of the tables (node bin/write-index-words.ts)', () => {
  assert.equal(readFileSync(join(ui, 'locales', 'index-words.ts'), 'utf8'), screenWordsFile());
  assert.equal(readFileSync(join(ui, 'locales', 'level-words.ts'), 'utf8'), levelWordsFile());
});

test('no view holds a sentence of its own', () => {
  for (const file of readdirSync(join(ui, 'views'))) {
    const source = readFileSync(join(ui, 'views', file), 'utf8').replace(/\/\*\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const shown = [...source.matchAll(/(?<!=)>\s*([A-Za-zÀ-ÿ][\w ’'-]{3,})\s*</g)].map(match => match[1]);
    assert.deepEqual(shown, [], file);
    assert.doesNotMatch(source, /(?:aria-label|title|placeholder|alt)="[^"$]*[A-Za-z]{3,}[^"$]*"/, file);
  }
});

test('each reason why a key can’t be published has words of its own', () => {
  for (const language of ['en', 'fr'] as const) {
    const refused: Readonly<Record<string, string>> = settingsWords[language].keys.refused;
    for (const fault of minimalFaults) assert.ok(refused[fault], `${language} ${fault}`);
    assert.equal(new Set(Object.values(refused)).size, Object.keys(refused).length, language);
  }
});

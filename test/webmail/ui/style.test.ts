import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { readTokens } from '../../screens/design/tokens.ts';

const folder = join(import.meta.dirname, '../../../webmail/ui/style');
const sheets = globSync('*.css', { cwd: folder }).map(name => ({
  name,
  text: readFileSync(join(folder, name), 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''),
}));
const tokensSheet = sheets.find(({ name }) => name === 'tokens.css')?.text ?? '';
const others = sheets.filter(({ name }) => name !== 'tokens.css');

/** Colours that are none of ours: a letter's white sheet, what shines through a picture, and the hues that owners give their tags. */
const foreign: Readonly<Record<string, RegExp>> = {
  'reading.css': /#fff\b/g,
  'pictures.css': /#fff\b/g,
  'preview.css': /repeating-conic-gradient\(#e8e8e8 0 25%, #fff 0 50%\)/g,
  'tags.css': /--hue: #\w+/g,
};

test('every colour of the styles is a token', () => {
  const found = others.flatMap(({ name, text }) =>
    (
      text.replace(foreign[name] ?? /$^/g, '').match(/#[\da-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\([^)]*\)/gi) ?? []
    ).map(colour => `${name}: ${colour}`),
  );
  assert.deepEqual(found, []);
});

test('every token that is used exists, and every one that exists is used', () => {
  const used = new Set(
    sheets.flatMap(({ text }) => [...text.matchAll(/var\((--[\w-]+)\)/g)].map(match => match[1])),
  );
  const own = others.flatMap(({ text }) => readTokens(text).map(({ name }) => name));
  const tokens = readTokens(tokensSheet).map(({ name }) => name);
  const known = new Set([...tokens, ...own]);
  assert.deepEqual(
    [...used].filter(name => name && !known.has(name)),
    [],
  );
  assert.deepEqual(
    tokens.filter(name => !used.has(name)),
    [],
  );
});

test('every style sheet is part of the whole', () => {
  const whole = globSync('*.css', { cwd: join(folder, '..') })
    .map(name => readFileSync(join(folder, '..', name), 'utf8'))
    .join('');
  for (const { name } of sheets)
    assert.match(whole, new RegExp(`/${basename(name).replace('.', '\\.')}"`), name);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { computeIndex } from '../../../delivery/privacy/index.ts';
import { subjects } from '../../../delivery/privacy/shape.ts';
import type { Text } from '../../../delivery/privacy/table.ts';
import { tables } from '../../../delivery/privacy/tables.ts';
import { indexWords } from '../../../delivery/privacy/words.ts';
import { factsOf } from './given-facts.ts';

/** Every text of a tree with the path to it. */
function textsIn(tree: unknown, path = ''): [path: string, text: Text][] {
  if (typeof tree !== 'object' || tree === null) return [];
  if ('fr' in tree && 'en' in tree) return [[path, tree as Text]];
  return Object.entries(tree).flatMap(([key, each]) => textsIn(each, `${path}/${key}`));
}

const all = [...textsIn(tables, 'tables'), ...textsIn(indexWords(), 'words')];

/** Abbreviations of the trade, which no one outside knows. */
const jargon =
  /\b(?:TLS|SSL|DNS|DNSSEC|DANE|DMARC|SPF|DKIM|ARC|WKD|PGP|MTA|STS|SMTP|RSA|MX|HTML|HTTP|IP|URL|S\/MIME|CA|VPN)\b/;

test('every name and sentence is there in French and in English', () => {
  assert.ok(all.length > 400);
  for (const [path, { fr, en }] of all) {
    assert.ok(fr.trim().length > 1 && en.trim().length > 1, path);
    assert.doesNotMatch(fr, / {2}|^\s|\s$/, path);
  }
});

test('no sentence uses an abbreviation of the trade', () => {
  for (const [path, { fr, en }] of all) {
    assert.doesNotMatch(fr, jargon, path);
    assert.doesNotMatch(en, jargon, path);
  }
});

test('a sentence is one sentence of at most 25 words or so, and ends in a full stop', () => {
  for (const [path, { fr, en }] of textsIn(tables).filter(([path]) =>
    /\/(?:why|unknown|yes|partly|no)$/.test(path),
  )) {
    for (const sentence of [fr, en]) {
      assert.match(sentence, /\.$/, path);
      assert.ok(sentence.split(/\s+/).length <= 27, `${path}: ${sentence}`);
    }
  }
});

test('French has its no-break spaces, English has none', () => {
  for (const [path, { fr, en }] of textsIn(indexWords())) {
    assert.doesNotMatch(fr, / [:;?!%»]/, path);
    assert.doesNotMatch(en, /\u00a0/, path);
  }
});

test('the words cover every fact, value, ceiling and step', () => {
  const words = indexWords();
  for (const table of Object.values(tables)) {
    const found = words.tables[table.subject];
    assert.deepEqual(
      Object.keys(found.facts),
      table.facts.map(({ id }) => id),
    );
    assert.deepEqual(Object.keys(found.ceilings), [...new Set(table.ceilings.map(({ id }) => id))]);
    assert.deepEqual(
      Object.keys(found.steps),
      table.steps.map(({ id }) => id),
    );
    for (const { id, scale, source } of table.facts) {
      assert.ok(words.sources[source]);
      const values = 'words' in scale ? Object.keys(scale.words) : [];
      assert.deepEqual(Object.keys(found.facts[id]?.values ?? {}), values);
    }
  }
  assert.equal(JSON.stringify(JSON.parse(JSON.stringify(words))), JSON.stringify(words));
});

test('the words of the page are used', () => {
  const { title, terms, levels } = indexWords();
  assert.deepEqual(title, { fr: 'indice de confidentialité', en: 'privacy index' });
  assert.deepEqual(
    Object.values(terms).map(({ fr }) => fr),
    ['indice de confidentialité', 'volet', 'constat', 'niveau', 'plafond', 'étape', 'prévision'],
  );
  assert.deepEqual(
    Object.values(levels).map(({ fr, en }) => `${en} / ${fr}`),
    [
      'sealed / scellé',
      'protected / protégé',
      'ordinary / ordinaire',
      'exposed / exposé',
      'open / à découvert',
    ],
  );
});

test('every fact shown says why in both languages, with its value put in', () => {
  for (const { subject } of Object.values(tables)) {
    fc.assert(
      fc.property(factsOf(subject), facts => {
        for (const { evidence, state } of computeIndex(subject, facts).facts) {
          for (const text of [evidence.fr, evidence.en]) {
            assert.ok(text.length > 10);
            assert.doesNotMatch(text, /[{}]|undefined|NaN/);
          }
          assert.equal(evidence.value === 'unknown', state === 'unknown');
          assert.equal(evidence.source === undefined, state === 'unknown');
        }
      }),
    );
  }
  assert.equal(subjects.length, 5);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { colourOf, placedTags, tagColourNames, tagColours } from '../../../webmail/ui/tag-colours.ts';
import type { Mailbox } from '../../../webmail/wire.ts';

const style = join(import.meta.dirname, '../../../webmail/ui/style');
const tokens = readFileSync(join(style, 'tokens.css'), 'utf8');
const css = readFileSync(join(style, 'tags.css'), 'utf8');

type Rgb = readonly [number, number, number];

function rgb(hex: string): Rgb {
  const at = (place: number) => Number.parseInt(hex.slice(place, place + 2), 16);
  return [at(1), at(3), at(5)];
}

/** Light and dark value of a token. */
function token(name: string): readonly [Rgb, Rgb] {
  const [, light, dark] = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens) ?? [];
  assert.ok(light && dark, name);
  return [rgb(light), rgb(dark)];
}

function mixed(hue: Rgb, percent: number, other: Rgb): Rgb {
  const [red = 0, green = 0, blue = 0] = hue.map(
    (value, at) => (value * percent + (other[at] ?? 0) * (100 - percent)) / 100,
  );
  return [red, green, blue];
}

function luminance(colour: Rgb): number {
  const [red = 0, green = 0, blue = 0] = colour.map(value => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio (WCAG 2.2). */
function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The share of the hue in each of the two colours of a chip. */
const [paperShare = 0, inkShare = 0] = [
  /\.chip\[data-colour\] \{\s*background: color-mix\(in srgb, var\(--hue\) (\d+)%, var\(--paper\)\)/,
  /color: color-mix\(in srgb, var\(--hue\) (\d+)%, var\(--ink\)\)/,
].map(pattern => Number(pattern.exec(css)?.[1]));

test('the style draws each colour of the palette by the value that is stored', () => {
  for (const name of tagColourNames) {
    assert.ok(css.includes(`[data-colour="${name}"] {\n  --hue: ${tagColours[name]};`), name);
  }
});

test('every chip can be read in both themes (contrast of 4.5 and more)', () => {
  for (const name of tagColourNames) {
    for (const theme of [0, 1] as const) {
      const hue = rgb(tagColours[name]);
      const paper = mixed(hue, paperShare, token('paper')[theme]);
      const ink = mixed(hue, inkShare, token('ink')[theme]);
      const ratio = contrast(paper, ink);
      assert.ok(ratio >= 4.5, `${name} in the ${theme === 0 ? 'light' : 'dark'} theme: ${ratio.toFixed(2)}`);
    }
  }
});

test('a colour of another program is drawn as the nearest of the palette; what is no colour has none', () => {
  assert.equal(colourOf('#FF0000'), 'red');
  assert.equal(colourOf('#0000ff'), 'blue');
  assert.deepEqual(
    [colourOf(null), colourOf('red'), colourOf('#12345'), colourOf('url(x)')],
    [null, null, null, null],
  );
  for (const name of tagColourNames) assert.equal(colourOf(tagColours[name]), name);
});

test('tags stand behind the one that they lie under, each once, whatever their parents are', () => {
  const place = fc.record({ parent: fc.option(fc.nat(9)), sortOrder: fc.nat(3), name: fc.string() });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 10 }), places => {
      const tags = places.map(({ parent, sortOrder, name }, id) => {
        // A parent is an older tag, as the server keeps it: no rings.
        const parentId = parent !== null && parent < id ? String(parent) : null;
        return { id: String(id), role: null, parentId, sortOrder, name } as Mailbox;
      });
      const placed = placedTags(tags);
      assert.deepEqual(placed.map(({ tag }) => tag.id).sort(), tags.map(tag => tag.id).sort());
      for (const [at, { tag, depth }] of placed.entries()) {
        const parent = placed.slice(0, at).findLast(before => before.depth === depth - 1);
        assert.equal(tag.parentId, depth === 0 ? null : (parent?.tag.id ?? ''));
      }
    }),
  );
});

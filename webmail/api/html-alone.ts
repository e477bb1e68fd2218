import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** DOMPurify's lists of names that only SVG and MathML have. */
const foreignLists =
  /const (svg\$1|svgFilters|svgDisallowed|mathMl\$1|mathMlDisallowed|svg|mathMl) = freeze\(\[[^\]]*\]\)/g;

/**
 * Leaves the names of SVG and MathML out of DOMPurify: a letter is made of HTML alone (`ui/purify.ts` allows nothing
 * else), and a name that is on no list is refused. Where a version writes its lists in another way, it stays whole.
 */
export const htmlAlone: Plugin = {
  name: 'html-alone',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dompurify[\\/]dist[\\/]purify\.es\.mjs$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replace(foreignLists, 'const $1 = freeze([])'), loader: 'js' };
    });
  },
};

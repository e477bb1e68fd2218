import type { Value } from '../database.ts';

/** A piece of SQL with the values of its placeholders. */
export interface Fragment {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** A fragment from a template: interpolated fragments are inlined, anything else becomes a placeholder. */
export function sql(texts: TemplateStringsArray, ...parts: readonly (Value | Fragment)[]): Fragment {
  let text = texts[0] ?? '';
  const values: Value[] = [];
  for (const [index, part] of parts.entries()) {
    if (isFragment(part)) {
      text += part.sql;
      values.push(...part.values);
    } else {
      text += '?';
      values.push(part);
    }
    text += texts[index + 1] ?? '';
  }
  return { sql: text, values };
}

function isFragment(part: Value | Fragment): part is Fragment {
  return typeof part === 'object' && part !== null && 'sql' in part;
}

/** Fixed SQL as a fragment. Never for a text from outside. */
export function raw(text: string): Fragment {
  return { sql: text, values: [] };
}

/** The fragments with `separator` between them, in parentheses; `empty` when there is none. */
export function join(fragments: readonly Fragment[], separator: string, empty: string): Fragment {
  if (fragments.length === 0) return raw(empty);
  return {
    sql: `(${fragments.map(fragment => `(${fragment.sql})`).join(separator)})`,
    values: fragments.flatMap(fragment => fragment.values),
  };
}

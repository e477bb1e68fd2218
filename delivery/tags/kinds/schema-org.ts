import { HtmlTokenizer } from '../../message/html-tags.ts';

const maxTypes = 50;
const maxJson = 200_000;
const maxNodes = 2000;
const maxDepth = 12;
const maxTokens = 100_000;

/**
 * Names of the schema.org types that HTML declares, as JSON-LD in a script element or as microdata: `FlightReservation`.
 * Never throws; JSON that is broken declares nothing.
 */
export function schemaTypesOf(html: string): ReadonlySet<string> {
  const types = new Set<string>();
  // Most mail declares nothing: it is not taken apart.
  if (!/schema\.org|ld\+json/i.test(html)) return types;
  const tokenizer = new HtmlTokenizer(html);
  let isJson = false;
  let count = 0;
  for (let token = tokenizer.next(); token && count < maxTokens; token = tokenizer.next(), count++) {
    if (token.kind === 'start') {
      tokenizer.expectRawText(token.name);
      isJson = token.name === 'script' && /ld\+json/i.test(token.attributes.get('type') ?? '');
      for (const type of (token.attributes.get('itemtype') ?? '').split(/\s+/)) addType(type, types, true);
    } else {
      if (token.kind === 'text' && isJson) addJson(token.text, types);
      isJson = false;
    }
  }
  return types;
}

/** Microdata names a type by its whole address, JSON-LD mostly by its last part. */
function addType(written: string, types: Set<string>, isAddress: boolean): void {
  const pattern = isAddress
    ? /^https?:\/\/(?:www\.)?schema\.org\/([A-Za-z]{1,60})$/i
    : /^(?:https?:\/\/(?:www\.)?schema\.org\/|schema:)?([A-Za-z]{1,60})$/i;
  const name = pattern.exec(written)?.[1];
  if (name && types.size < maxTypes) types.add(name);
}

function addJson(text: string, types: Set<string>): void {
  if (text.length > maxJson) return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  const open: [value: unknown, depth: number][] = [[value, 0]];
  let nodes = 0;
  for (let next = open.pop(); next && nodes < maxNodes; next = open.pop(), nodes++) {
    const [node, depth] = next;
    if (typeof node !== 'object' || node === null || depth > maxDepth) continue;
    const type = '@type' in node ? node['@type'] : null;
    for (const name of Array.isArray(type) ? type : [type]) {
      if (typeof name === 'string') addType(name, types, false);
    }
    for (const inner of Object.values(node)) open.push([inner, depth + 1]);
  }
}

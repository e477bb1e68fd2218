/** One token of the styles, as `tokens.css` writes it. */
export interface Token {
  readonly name: string;
  readonly value: string;
}

/** The tokens of a style sheet, in its order, each once. */
export function readTokens(sheet: string): Token[] {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of sheet.matchAll(/(--[\w-]+):\s*([^;]+);/g)) {
    if (!found.has(name)) found.set(name, value.replace(/\s+/g, ' ').trim());
  }
  return [...found].map(([name, value]) => ({ name, value }));
}

/** Those that are a colour. */
export function isColour({ value }: Token): boolean {
  return /^(?:light-dark|rgb|#|color-mix)/.test(value);
}

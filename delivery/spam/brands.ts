import { brandTable } from './brand-table.ts';
import { type HostParts, unicodeHost } from './domains.ts';
import { imitatedName, indexNames, skeletonOf } from './look-alike.ts';
import { addPhrase, findWordings, type WordIndex } from './wordings.ts';

/** A sender that is widely imitated. */
export interface Brand {
  readonly name: string;
  /** Wordings that name it, folded as `foldedWords` folds. */
  readonly wordings: readonly string[];
  /** Names it holds under the usual suffixes, and whole domains. */
  readonly domains: readonly string[];
}

const brands: readonly Brand[] = brandTable.map(row => {
  const [name = '', wordings = '', domains = ''] = row.split('|').map(column => column.trim());
  return { name, wordings: wordings.split(/\s*,\s*/), domains: domains.split(/\s*,\s*/) };
});

const index: WordIndex<Brand> = new Map();
for (const brand of brands) for (const wording of brand.wordings) addPhrase(index, brand, wording);

/** The brands that folded words name, each once. */
export function brandsIn(words: readonly string[]): ReadonlyMap<Brand, string> {
  const found = new Map<Brand, string>();
  if (words.length > 0)
    findWordings(words, index, (brand, text) => void (found.has(brand) || found.set(brand, text)));
  return found;
}

const usualSuffix = /^(?:com|net|org|eu|gov|edu|[a-z]{2}|(?:co|com|net|org|gov|gob|gouv|or|ne)\.[a-z]{2})$/;
/** Country suffixes that were given away for nothing: names there prove nothing. */
const freeSuffix = /^(?:tk|ml|ga|cf|gq|pw|su|cc|ws)$/;

/** True when the host is the brand's own. */
export function isOwnedBy(brand: Brand, host: string, parts: HostParts): boolean {
  const suffix = parts.domain.slice(parts.name.length + 1);
  const isUsual = !parts.isTenant && usualSuffix.test(suffix) && !freeSuffix.test(suffix);
  return brand.domains.some(own =>
    own.includes('.') ? host === own || host.endsWith(`.${own}`) : isUsual && parts.name === own,
  );
}

/** Names that are words, or near to words: one letter less or more of these imitates nobody. */
const plainWords: ReadonlySet<string> = new Set(
  'orange office windows outlook messenger square ledger exodus booking norton halifax steam express hermes magenta discord disney saturn target action azure blogger primevideo revolut crypto poste experian bnpparibas'.split(
    ' ',
  ),
);
const nearNames = indexNames(
  brands.flatMap(({ domains }) =>
    domains.filter(name => name.length >= 5 && !name.includes('.') && !plainWords.has(name)),
  ),
);
const ownedNames: ReadonlySet<string> = new Set(brands.flatMap(({ domains }) => domains));

/** The brand's name that a registered name imitates (`paypa1`, `micosoft`); null for none and for real ones. */
export function imitatedBrand({ name }: HostParts): string | null {
  return ownedNames.has(name) ? null : imitatedName(unicodeHost(name), nearNames);
}

const tokens: ReadonlyMap<string, Brand> = new Map(
  brands.flatMap(brand => brand.wordings.map(wording => [wording.replace(/ /g, ''), brand] as const)),
);
const tokenPattern = new RegExp(
  [...tokens.keys()]
    .filter(token => token.length >= 5)
    .sort((a, b) => b.length - a.length)
    .join('|'),
);

/** A brand whose name stands in a host that is not its own (`paypal-login.example`); null for none. */
export function brandInHost(host: string, parts: HostParts): Brand | null {
  const letters = skeletonOf(
    unicodeHost(host.slice(0, Math.max(0, host.length - parts.domain.length + parts.name.length))),
  );
  const token = tokenPattern.exec(letters.replace(/-/g, ''))?.[0];
  const brand = token === undefined ? undefined : tokens.get(token);
  return brand && !isOwnedBy(brand, host, parts) ? brand : null;
}

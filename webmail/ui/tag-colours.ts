import type { Mailbox } from '../wire.ts';

/** Colours that a tag may have, as the server keeps them. `style/tags.css` draws them readably in both themes. */
export const tagColours = {
  red: '#c0362c',
  orange: '#c9640f',
  yellow: '#b38a00',
  green: '#3f8f29',
  teal: '#12857e',
  blue: '#2b6cb8',
  violet: '#7a4fc0',
  pink: '#c23d86',
  brown: '#87563a',
  grey: '#6c7580',
} as const;

export type TagColour = keyof typeof tagColours;

export const tagColourNames = Object.keys(tagColours) as readonly TagColour[];

/** The colour of the palette that is nearest to a stored one, which another program may have set; null for none. */
export function colourOf(stored: string | null | undefined): TagColour | null {
  const wanted = rgbOf(stored ?? '');
  if (!wanted) return null;
  const distance = (name: TagColour) => {
    const [red = 0, green = 0, blue = 0] = rgbOf(tagColours[name]) ?? [];
    return (red - wanted[0]) ** 2 + (green - wanted[1]) ** 2 + (blue - wanted[2]) ** 2;
  };
  return tagColourNames.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

function rgbOf(hex: string): readonly [number, number, number] | null {
  if (!/^#[0-9a-f]{6}$/i.test(hex)) return null;
  const at = (place: number) => Number.parseInt(hex.slice(place, place + 2), 16);
  return [at(1), at(3), at(5)];
}

/** A tag and how deep it lies under others. */
export interface PlacedTag {
  readonly tag: Mailbox;
  readonly depth: number;
}

/** The owner's tags, each behind the one that it lies under. A tag under a folder lies at the top. */
export function placedTags(tags: readonly Mailbox[]): readonly PlacedTag[] {
  const own = tags.filter(tag => tag.role === null);
  const ids = new Set(own.map(tag => tag.id));
  const below = new Map<string | null, Mailbox[]>();
  for (const tag of own) {
    const parentId = tag.parentId !== null && ids.has(tag.parentId) ? tag.parentId : null;
    below.set(parentId, [...(below.get(parentId) ?? []), tag]);
  }
  const walk = (parentId: string | null, depth: number): readonly PlacedTag[] =>
    (below.get(parentId) ?? [])
      .toSorted(inOrder)
      .flatMap(tag => [{ tag, depth }, ...walk(tag.id, depth + 1)]);
  return walk(null, 0);
}

function inOrder(a: Mailbox, b: Mailbox): number {
  return a.sortOrder - b.sortOrder || a.name.localeCompare(b.name);
}

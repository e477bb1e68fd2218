/** The relations of RFC 5231 §4.1, on what a comparator's `order` gives for value and key. */
const relations: Readonly<Record<string, (order: number) => boolean>> = {
  gt: order => order > 0,
  ge: order => order >= 0,
  lt: order => order < 0,
  le: order => order <= 0,
  eq: order => order === 0,
  ne: order => order !== 0,
};

export function isRelation(text: string): boolean {
  return Object.hasOwn(relations, text.toLowerCase());
}

/** Whether value and key stand in the relation; false for one that is none. */
export function holds(relation: string, order: number): boolean {
  return isRelation(relation) && relations[relation.toLowerCase()]?.(order) === true;
}

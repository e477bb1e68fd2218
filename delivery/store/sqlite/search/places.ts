/** Places of emails, oldest first, each once. */
export type Places = Float64Array;

export const noPlaces: Places = new Float64Array(0);

/** Places from a JSON array of numbers in any order, some perhaps more than once. */
export function readPlaces(json: string): Places {
  return placesFrom(JSON.parse(json) as number[]);
}

/** The same from numbers. */
export function placesFrom(numbers: readonly number[]): Places {
  const places = new Float64Array(numbers);
  return isInOrder(places) ? places : eachOnce(places.sort());
}

function isInOrder(places: Places): boolean {
  for (let index = 1; index < places.length; index++) {
    if (at(places, index) <= at(places, index - 1)) return false;
  }
  return true;
}

function eachOnce(sorted: Places): Places {
  let length = 0;
  for (const place of sorted) {
    if (length === 0 || place !== sorted[length - 1]) sorted[length++] = place;
  }
  return sorted.slice(0, length);
}

/** Places as a JSON array. */
export function writePlaces(places: Places): string {
  return `[${places.join(',')}]`;
}

/** How many of the places stand before this one. */
export function rankIn(places: Places, place: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(places, middle) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The places from one to another, both included. */
export function within(places: Places, first: number, last: number): Places {
  return places.subarray(rankIn(places, first), rankIn(places, last + 1));
}

export function isIn(places: Places, place: number): boolean {
  return places[rankIn(places, place)] === place;
}

/** Places that stand in both, or, where `isIn` is false, in the first alone. */
export function sift(places: Places, others: Places, isWanted: boolean): Places {
  const kept = new Float64Array(isWanted ? Math.min(places.length, others.length) : places.length);
  let [length, next] = [0, 0];
  for (let index = 0; index < places.length; index++) {
    const place = at(places, index);
    while (next < others.length && at(others, next) < place) next++;
    if ((others[next] === place) === isWanted) kept[length++] = place;
  }
  return kept.slice(0, length);
}

/** Places that stand in any of the lists. */
export function union(lists: readonly Places[]): Places {
  const [first = noPlaces, ...rest] = lists;
  return rest.reduce(merged, first);
}

function merged(one: Places, other: Places): Places {
  const all = new Float64Array(one.length + other.length);
  let [length, first, second] = [0, 0, 0];
  while (first < one.length || second < other.length) {
    const [a, b] = [one[first] ?? Number.POSITIVE_INFINITY, other[second] ?? Number.POSITIVE_INFINITY];
    all[length++] = Math.min(a, b);
    if (a <= b) first++;
    if (b <= a) second++;
  }
  return all.slice(0, length);
}

/** Within bounds that the caller has checked. */
function at(places: Places, index: number): number {
  return places[index] as number;
}

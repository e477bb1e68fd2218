/** So many octets may be held at once, by whoever shares the budget. */
export interface OctetBudget {
  /** Takes this many octets when they are left. */
  take(octets: number): boolean;
  /** Gives back what was taken. */
  give(octets: number): void;
}

/** A budget of `maxOctets`. */
export function openOctetBudget(maxOctets: number): OctetBudget {
  let left = maxOctets;
  return {
    take(octets) {
      if (octets > left) return false;
      left -= octets;
      return true;
    },
    give(octets) {
      left += octets;
    },
  };
}

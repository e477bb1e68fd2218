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

/** A few dozen peers with large messages must not fill the memory of a door. */
const maxOctetsReceiving = 512 * 1024 * 1024;

/** The budget of one door for mail data whose end was not seen yet; what finds no room is put off. */
export function openReceivingRoom(): OctetBudget {
  return openOctetBudget(maxOctetsReceiving);
}

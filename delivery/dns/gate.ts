import { dnsError } from './ask.ts';

/**
 * Lets at most `places` in at once; others wait in a row. Entering gives what is called when leaving; it rejects with
 * `code` ETIMEOUT when no place was free in time.
 */
export function openGate(places: number): (milliseconds: number) => Promise<() => void> {
  let free = places;
  /** Those who wait, in the order in which they came. */
  const row = new Set<() => void>();

  function leave(): void {
    const [next] = row;
    if (next) next();
    else free++;
  }

  return milliseconds => {
    if (free > 0) {
      free--;
      return Promise.resolve(leave);
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        row.delete(enter);
        clearTimeout(timer);
        resolve(leave);
      };
      const timer = setTimeout(() => {
        row.delete(enter);
        reject(dnsError('ETIMEOUT'));
      }, milliseconds);
      row.add(enter);
    });
  };
}

import { MethodError } from './errors.ts';

/** What a value costs besides its characters: about what it takes in memory and as JSON. */
const costOfValue = 32;

/** What one request may still use up, in characters; every value costs some of its own. */
export class Budget {
  #left: number;

  constructor(characters: number) {
    this.#left = characters;
  }

  /** Characters that are left, never negative. */
  get left(): number {
    return Math.max(0, this.#left);
  }

  /** Takes one step of work; throws `requestTooLarge` when nothing is left. */
  step(): void {
    this.#take(costOfValue);
  }

  /** Takes the value with all that it holds; throws `requestTooLarge` as soon as nothing is left. */
  charge(value: unknown): void {
    const waiting: unknown[] = [value];
    while (waiting.length > 0) {
      const next = waiting.pop();
      this.#take(typeof next === 'string' ? costOfValue + next.length : costOfValue);
      if (typeof next !== 'object' || next === null) continue;
      if (Array.isArray(next)) for (const item of next) waiting.push(item);
      else for (const [name, item] of Object.entries(next)) waiting.push(name, item);
    }
  }

  #take(characters: number): void {
    this.#left -= characters;
    if (this.#left < 0) throw new MethodError('requestTooLarge', 'this is more than one request may hold');
  }
}

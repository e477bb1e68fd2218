import type { Log } from '../../delivery/log.ts';
import type { KeyCondition } from '../dnssec/rollover.ts';
import { nameText } from '../name.ts';
import { type KeyKind, keyZone } from '../owner-name.ts';
import type { CaredDomain } from './zone-care.ts';
import type { DomainRecord } from './zone-record.ts';

/** Conditions that somebody has to see to, and how. */
export const conditionHelp: Partial<Record<KeyCondition, string>> = {
  clockJumped:
    'the clock is not where it can be after the last look at these zones; set it right, or, when it is right now, run: caliopen domain dns NAME --accept-clock. Until then no key is rolled; answers go on',
  brokenDs:
    'the DS in the parent zone names none of our keys, so resolvers refuse these zones; place there what this prints: caliopen domain dns NAME',
  tooManyKeys:
    'a roll that was asked for waits for earlier ones, and those for the parent; what is missing there prints: caliopen domain dns NAME',
};

/** Zones named in one line of the log at most. */
const mostNamed = 5;

/** Says in the log what becomes of keys: each step of a roll, and in one line for all zones what somebody has to see to. */
export class CareReport {
  readonly #log: Log;
  readonly #zones = new Map<KeyCondition, Set<string>>();
  readonly #said = new Map<KeyCondition, number>();
  #made = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Zones that got their first keys since it was asked last. */
  takeMade(): number {
    const made = this.#made;
    this.#made = 0;
    return made;
  }

  note(domain: string, before: DomainRecord, zones: CaredDomain['zones']): void {
    for (const [kind, { events, conditions }] of Object.entries(zones) as Entry[]) {
      const zone = nameText(keyZone(domain, kind));
      const isNew = (before.zones[kind]?.keys.keys.length ?? 0) === 0;
      if (isNew && events.length > 0) this.#made += 1;
      for (const { event, id } of events)
        this.#log[isNew ? 'debug' : 'info']({ zone, key: id, state: event }, 'zoneKey');
      for (const condition of Object.keys(conditionHelp) as KeyCondition[]) {
        const affected = this.#zones.get(condition) ?? new Set();
        this.#zones.set(condition, affected);
        if (conditions.includes(condition)) affected.add(zone);
        else affected.delete(zone);
      }
    }
  }

  forget(domain: string, kinds: Iterable<KeyKind>): void {
    for (const kind of kinds)
      for (const affected of this.#zones.values()) affected.delete(nameText(keyZone(domain, kind)));
  }

  /** Writes what changed since the last time. */
  flush(): void {
    for (const [condition, affected] of this.#zones) {
      const said = this.#said.get(condition) ?? 0;
      this.#said.set(condition, affected.size);
      if (affected.size > said) {
        const such = [...affected].slice(0, mostNamed);
        const fields = { condition, zones: affected.size, such, help: conditionHelp[condition] };
        this.#log.error(fields, 'zoneKeysNeedSomebody');
      } else if (affected.size === 0 && said > 0) this.#log.info({ condition }, 'zoneKeysWell');
    }
  }
}

type Entry = [KeyKind, NonNullable<CaredDomain['zones'][KeyKind]>];

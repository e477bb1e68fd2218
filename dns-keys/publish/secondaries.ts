import type { DnsSettings } from '../settings.ts';
import { transferAccess } from '../transfer/access.ts';
import type { Notifier } from '../transfer/notify.ts';
import type { ZoneVersions } from '../transfer/zone-versions.ts';
import type { RecordSet } from '../zone/record-set.ts';

/** Who may fetch zones, and is told of their changes. */
export class Secondaries {
  readonly access: ReturnType<typeof transferAccess>;
  readonly #settings: DnsSettings;
  readonly #notifier: Notifier;
  #isListening = false;

  constructor({ settings, notifier }: { settings: DnsSettings; notifier: Notifier }) {
    const { secondaries } = settings;
    const keys = secondaries.flatMap(({ key }) => (key ? [key.name] : []));
    const addresses = secondaries.filter(({ key }) => !key).map(({ address }) => address);
    const [withKey, byAddress] = [
      keys.length > 0 ? transferAccess({ keys, addresses: [] }) : () => false,
      transferAccess({ keys: [], addresses }),
    ];
    this.access = requester => withKey(requester) || byAddress(requester);
    this.#settings = settings;
    this.#notifier = notifier;
  }

  /** The server answers from now on: they are told of all there is, as nobody knows what they missed while it did not. */
  listen(versions: Iterable<ZoneVersions | null>): void {
    this.#isListening = true;
    for (const each of versions) this.tell(each?.soa ?? null);
  }

  /** Who is told asks at once, so nothing is told while nothing would be answered. */
  tell(soa: RecordSet | null): void {
    if (soa && this.#isListening) this.#notifier.notify(soa, this.#settings.secondaries);
  }
}

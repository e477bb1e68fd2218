import { type Clock, unixSeconds } from '../../delivery/clock.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Log } from '../../delivery/log.ts';
import { denialTtl } from '../dnssec/compact-denial.ts';
import { nsec3Hash, nsec3Owner, nsec3ParamSet } from '../dnssec/nsec3.ts';
import { presignedSignatures, secondsToRenewal } from '../dnssec/signature-policy.ts';
import { servedKeys } from '../dnssec/zone-keys.ts';
import type { Name } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import { nextSerial } from '../transfer/serial.ts';
import { type SetChange, setKey, zoneChangeOf } from '../transfer/zone-change.ts';
import { openZoneFile, type ZoneFile, type ZoneVersions } from '../transfer/zone-versions.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { signatureViews } from '../zone/set-block.ts';
import type { Slabs } from '../zone/slabs.ts';
import { Zone } from '../zone/zone.ts';
import { type ApexSettings, apexChanges, dnskeyOf, soaSet } from './apex-sets.ts';
import { Breath } from './breath.ts';
import { chainChanges } from './chain-changes.ts';
import { isFresh, isMade, type KeptZone, type OwnerChange } from './kept-zone.ts';
import { signedAnew } from './signed-zone.ts';
import type { ZoneRecord } from './zone-record.ts';
import { idOf, openZoneSigner, type ZoneSigner } from './zone-signer.ts';

export interface PresignedZoneDeps {
  readonly settings: ApexSettings;
  readonly keyring: Pick<Keyring, 'unwrap'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly slabs: Slabs;
  /** Folder of the zone files. */
  readonly folder: string;
  /** A serial that no version of this zone ever had, on any machine. */
  readonly claimSerial: () => Promise<number>;
  /** Called when a version is on disk and answered from. */
  readonly onVersion: () => void;
  /** Called when `zone` is another one; nothing waits between the two. */
  readonly onReplaced: (before: Zone, after: Zone) => void;
}

/** Signatures are renewed this long before they must be, with all others that are due by then. */
const gatherSeconds = 6 * 3600;
/** Sets that one version changes at most, so that it is put at once without keeping answers waiting. */
const setsAtOnce = 500;

/** A zone that is signed before it is asked, with NSEC3, in versions that secondaries can fetch. */
export class PresignedZone implements KeptZone {
  readonly #deps: PresignedZoneDeps;
  readonly #file: ZoneFile;
  #zone: Zone;
  #record: ZoneRecord;
  /** Whose signatures the zone has; null while that is not known. */
  #signer: ZoneSigner | null = null;
  /** TTL of negative answers. */
  readonly #denialTtl: number;

  /** Use `openPresignedZone`. */
  constructor(zone: Zone, file: ZoneFile, given: { record: ZoneRecord; deps: PresignedZoneDeps }) {
    this.#zone = zone;
    this.#file = file;
    this.#deps = given.deps;
    this.#record = given.record;
    const { ttlSeconds, negativeTtlSeconds } = given.deps.settings;
    this.#denialTtl = denialTtl(ttlSeconds, negativeTtlSeconds);
  }

  get zone(): Zone {
    return this.#zone;
  }

  get record(): ZoneRecord {
    return this.#record;
  }

  get versions(): ZoneVersions {
    return this.#file;
  }

  async update(record: ZoneRecord, changes: readonly OwnerChange[]): Promise<void> {
    const signer = this.#signerOf(record);
    const all = await this.#differing(record, changes);
    if (this.#isToBeSignedWhole(signer, record, all)) await this.#signWhole(signer, all);
    else {
      if (this.#signer === null) this.#signer = signer;
      const isOtherSoa = all.length === 0 && this.#hasOtherSoa();
      for (let at = 0; at < all.length || (at === 0 && isOtherSoa); at += setsAtOnce)
        await this.#change(signer, all.slice(at, at + setsAtOnce));
    }
    this.#signer = signer;
    this.#record = record;
    signer.rest();
  }

  async renew(): Promise<number> {
    const signer = this.#signer;
    if (signer === null) return this.#seconds() + gatherSeconds;
    const due: OwnerChange[] = [];
    let isDue = false;
    let next: number = gatherSeconds;
    const breath = new Breath();
    for (const ref of this.#zone.refs()) {
      const left = this.#secondsToRenewal(ref);
      if (left > gatherSeconds) next = Math.min(next, left);
      else {
        isDue = true;
        const set = this.#zone.read(ref);
        // Each version has a SOA of its own.
        if (set.type !== rrTypes.SOA) due.push({ ...set, set });
      }
      await breath.take();
    }
    for (let at = 0; isDue && (at < due.length || at === 0); at += setsAtOnce)
      await this.#change(signer, [], due.slice(at, at + setsAtOnce));
    signer.rest();
    return this.#seconds() + next;
  }

  async remove(): Promise<void> {
    await this.#file.remove();
    this.#zone.release();
  }

  #signerOf(record: ZoneRecord): ZoneSigner {
    const known = this.#signer;
    if (known?.id !== idOf(record.keys))
      return openZoneSigner(record, { apex: this.#zone.apex, keyring: this.#deps.keyring });
    known.follow(record.keys);
    return known;
  }

  /** What is not so yet. */
  async #differing(record: ZoneRecord, changes: readonly OwnerChange[]): Promise<OwnerChange[]> {
    const zone = this.#zone;
    const parameters = nsec3ParamSet(zone.apex);
    const wanted = [
      ...apexChanges(zone.apex, record, this.#deps.settings),
      { ...parameters, set: parameters },
    ];
    const differing: OwnerChange[] = [];
    const breath = new Breath();
    for (const change of [...wanted, ...changes]) {
      if (!isMade(change, zone)) differing.push(change);
      if (changes.length > 1) await breath.take();
    }
    return differing;
  }

  #isToBeSignedWhole(signer: ZoneSigner, record: ZoneRecord, changes: readonly OwnerChange[]): boolean {
    if (isFresh(this) || !this.#zone.hasWholeChain || this.#hasOtherDenialTtl()) return true;
    // Secondaries fetch all of a zone of which most changes.
    if (changes.length > setsAtOnce && changes.length > this.#zone.setCount / 2) return true;
    return this.#signer === null ? !this.#isSignedBy(signer, record) : this.#signer !== signer;
  }

  /** After a start nobody remembers who signed: the sets of the apex tell, among them the keys themselves. */
  #isSignedBy(signer: ZoneSigner, record: ZoneRecord): boolean {
    const [soa, ns, dnskey] = [rrTypes.SOA, rrTypes.NS, rrTypes.DNSKEY].map(type =>
      this.#zone.get(this.#zone.apex, type),
    );
    const isSigned = [soa, ns, dnskey].every(set => set && signer.hasSigned(set));
    return isSigned && signingDnskeys(record).every(key => dnskey?.rdatas.some(one => key.equals(one)));
  }

  /** Whether the settings want another SOA. */
  #hasOtherSoa(): boolean {
    const { apex, serial } = this.#zone;
    return !this.#zone.has(soaSet(apex, serial, this.#deps.settings));
  }

  #hasOtherDenialTtl(): boolean {
    const { apex } = this.#zone;
    const denial = this.#zone.get(nsec3Owner(nsec3Hash(apex), apex), rrTypes.NSEC3);
    return denial?.ttlSeconds !== this.#denialTtl;
  }

  /** Of the set of a block. */
  #secondsToRenewal(ref: number): number {
    const now = this.#seconds();
    let least = Number.POSITIVE_INFINITY;
    for (const rrsig of signatureViews(this.#zone.slabs, ref))
      least = Math.min(least, secondsToRenewal(rrsig, presignedSignatures, now));
    return least;
  }

  /** Another zone in the place of this one: all of it, with these changes, signed anew. */
  async #signWhole(signer: ZoneSigner, changes: readonly OwnerChange[]): Promise<void> {
    const before = this.#zone;
    const soa = await this.#newSoa(signer);
    const after = new Zone({ apex: before.apex, mode: 'presigned', slabs: this.#deps.slabs });
    const denialTtl = this.#denialTtl;
    try {
      after.put(soa);
      const sign = (set: RecordSet) => signer.sign(set, this.#seconds());
      const sets = signedAnew(before, changes, { after, denialTtl, sign });
      await this.#file.replace(soa, sets);
    } catch (error) {
      after.release();
      throw error;
    }
    this.#zone = after;
    this.#deps.onReplaced(before, after);
    before.release();
    this.#deps.onVersion();
  }

  /** The next version: these changes, and these sets signed anew. */
  async #change(
    signer: ZoneSigner,
    changes: readonly OwnerChange[],
    again: readonly OwnerChange[] = [],
  ): Promise<void> {
    const zone = this.#zone;
    const wanted = new Map([...again, ...changes].map(change => [setKey(change), change]));
    for (const change of chainChanges(changes, zone, this.#denialTtl)) wanted.set(setKey(change), change);
    const soa = await this.#newSoa(signer);
    const steps: SetChange[] = [{ before: zone.get(zone.apex, rrTypes.SOA), after: soa }];
    const breath = new Breath();
    for (const { owner, type, set } of wanted.values()) {
      const after = set && { ...set, signatures: signer.sign(set, this.#seconds()) };
      steps.push({ before: zone.get(owner, type), after });
      await breath.take();
    }
    await this.#file.append(zoneChangeOf(steps));
    // From here on nothing waits: an answer sees the old version or the new one.
    for (const { before, after } of steps) {
      if (after) zone.put(after);
      else if (before) zone.remove(before.owner, before.type);
    }
    this.#deps.onVersion();
  }

  async #newSoa(signer: ZoneSigner): Promise<RecordSet> {
    const last = isFresh(this) ? null : this.#zone.serial;
    const serial = nextSerial(await this.#deps.claimSerial(), last);
    const soa = soaSet(this.#zone.apex, serial, this.#deps.settings);
    return { ...soa, signatures: signer.sign(soa, this.#seconds()) };
  }

  #seconds(): number {
    return unixSeconds(this.#deps.clock.now());
  }
}

function signingDnskeys({ keys }: ZoneRecord): Buffer[] {
  const { keySigners, zoneSigners } = servedKeys(keys);
  return [...keySigners, ...zoneSigners].map(dnskeyOf);
}

/** The zone as its files have it, or empty; call `update` before it is answered from. */
export async function openPresignedZone(
  apex: Name,
  record: ZoneRecord,
  deps: PresignedZoneDeps,
): Promise<PresignedZone> {
  const zone = new Zone({ apex, mode: 'presigned', slabs: deps.slabs });
  const file = await openZoneFile(deps.folder, apex, { log: deps.log, into: zone });
  return new PresignedZone(zone, file, { record, deps });
}

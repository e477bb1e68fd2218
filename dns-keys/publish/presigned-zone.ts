import type { Clock } from '../../delivery/clock.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Log } from '../../delivery/log.ts';
import { nsec3ParamSet } from '../dnssec/nsec3.ts';
import { Nsec3Chain } from '../dnssec/nsec3-chain.ts';
import { presignedSignatures, secondsToRenewal } from '../dnssec/signature-policy.ts';
import { equalNames, type Name } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import { type SetChange, setKey, zoneChangeOf } from '../transfer/zone-change.ts';
import { openZoneFile, type ZoneFile, type ZoneVersions } from '../transfer/zone-versions.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { Slabs } from '../zone/slabs.ts';
import { Zone } from '../zone/zone.ts';
import { type ApexSettings, apexSets, soaSet } from './apex-sets.ts';
import { Breath } from './breath.ts';
import { hasSameRecords, type KeptZone, type OwnerChange } from './kept-zone.ts';
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
}

const apexTypes = [rrTypes.NS, rrTypes.DNSKEY, rrTypes.CDS, rrTypes.CDNSKEY, rrTypes.NSEC3PARAM];

/** A change that is a greater part of the zone than this is a zone of its own: secondaries fetch all of it. */
const mostOfZone = 0.5;

/** Signatures are renewed this long before they must be, with all others that are due by then, in one version. */
const gatherSeconds = 6 * 3600;

/** A zone that is signed before it is asked, with NSEC3, in versions that secondaries can fetch. */
export class PresignedZone implements KeptZone {
  readonly zone: Zone;
  readonly #deps: PresignedZoneDeps;
  readonly #file: ZoneFile;
  readonly #chain: Nsec3Chain;
  #record: ZoneRecord;
  #signer: ZoneSigner | null = null;
  /** Signers of the version that is answered from; null when that is not known. */
  #signedBy: string | null = null;

  /** Use `openPresignedZone`. */
  constructor(zone: Zone, file: ZoneFile, given: { record: ZoneRecord; deps: PresignedZoneDeps }) {
    this.zone = zone;
    this.#file = file;
    this.#deps = given.deps;
    this.#record = given.record;
    this.#chain = new Nsec3Chain(zone.apex, denialTtl(given.deps.settings));
  }

  get record(): ZoneRecord {
    return this.#record;
  }

  get versions(): ZoneVersions {
    return this.#file;
  }

  /** Reads the last version from its file, when there is one. */
  async load(): Promise<void> {
    const snapshot = await this.#file.load();
    if (!snapshot) return;
    const breath = new Breath();
    const types = new Map<string, { owner: Name; types: number[] }>();
    const note = (set: RecordSet) => {
      this.zone.put(set);
      if (set.type === rrTypes.NSEC3) return;
      const key = setKey({ owner: set.owner, type: 0 });
      const known = types.get(key) ?? { owner: set.owner, types: [] };
      known.types.push(set.type);
      types.set(key, known);
    };
    try {
      note(snapshot.soa);
      for await (const sets of snapshot.sets()) {
        for (const set of sets) note(set);
        await breath.take();
      }
      this.#chain.load(types.values());
    } finally {
      await snapshot.close();
    }
  }

  async update(record: ZoneRecord, changes: readonly OwnerChange[]): Promise<void> {
    const { keyring, settings } = this.#deps;
    const { zone } = this;
    const signerId = idOf(record.keys);
    const isOtherSigner = this.#signer?.id !== signerId;
    const signer = isOtherSigner ? openZoneSigner(record, { apex: zone.apex, keyring }) : this.#signer;
    if (signer === null) return;
    const wanted = [...apexSets(zone.apex, record, settings), nsec3ParamSet(zone.apex)];
    const apexChanges = apexTypes.map(type => {
      const set = wanted.find(one => one.type === type) ?? null;
      return { owner: zone.apex, type, set };
    });
    const all = [...apexChanges, ...changes].filter(
      ({ owner, type, set }) => !hasSameRecords(zone.get(owner, type), set),
    );
    // After a start nobody remembers who signed: the DNSKEY set tells whether its signers are these.
    const isSigned = this.#signedBy === signerId || (this.#signedBy === null && this.#isSignedBy(record));
    if (zone.soaRef === 0) await this.#signWhole(signer, all);
    else if (!isSigned) await this.#signAgain(signer, all);
    else if (all.length > 0 || this.#hasOtherSoa()) await this.#change(signer, all, []);
    this.#signer = signer;
    this.#signedBy = signerId;
    this.#record = record;
  }

  async renew(): Promise<number> {
    const signer = this.#signer;
    const now = this.#seconds();
    if (signer === null) return now + gatherSeconds;
    const due: RecordSet[] = [];
    let isDue = false;
    let next = Number.POSITIVE_INFINITY;
    const breath = new Breath();
    const { version } = this.zone;
    for (const set of this.zone.sets()) {
      const left = Math.min(
        ...set.signatures.map(rrsig => secondsToRenewal(rrsig, presignedSignatures, now)),
      );
      if (left > gatherSeconds) next = Math.min(next, left);
      else isDue = true;
      // Each version has a SOA of its own.
      if (left <= gatherSeconds && set.type !== rrTypes.SOA) due.push(set);
      await breath.take();
      // The walk is void once the zone changed; whoever changed it calls again.
      if (version !== this.zone.version) return now + 60;
    }
    if (isDue) await this.#change(signer, [], due);
    return now + Math.min(next, gatherSeconds);
  }

  async remove(): Promise<void> {
    await this.#file.remove();
    this.zone.release();
  }

  /** Whether the settings want another SOA. */
  #hasOtherSoa(): boolean {
    const { apex, serial } = this.zone;
    return !hasSameRecords(this.zone.get(apex, rrTypes.SOA), soaSet(apex, serial, this.#deps.settings));
  }

  /** Whether the keys that sign now made the signatures that are there: those of NS and DNSKEY stand for the others. */
  #isSignedBy(record: ZoneRecord): boolean {
    const tags = new Set(
      record.keys.keys.filter(({ id }) => idOf(record.keys).includes(id)).map(({ tag }) => tag),
    );
    const used = new Set<number>();
    for (const type of [rrTypes.DNSKEY, rrTypes.NS, rrTypes.NSEC3PARAM]) {
      for (const rrsig of this.zone.get(this.zone.apex, type)?.signatures ?? [])
        used.add(((rrsig[16] ?? 0) << 8) | (rrsig[17] ?? 0));
    }
    return tags.size === used.size && [...tags].every(tag => used.has(tag));
  }

  /** The first version: all there is. */
  async #signWhole(signer: ZoneSigner, changes: readonly OwnerChange[]): Promise<void> {
    const sets = changes.flatMap(({ set }) => set ?? []);
    await this.#replace(signer, sets);
  }

  /** All of the zone with other keys. */
  async #signAgain(signer: ZoneSigner, changes: readonly OwnerChange[]): Promise<void> {
    const changed = new Set(changes.map(setKey));
    const sets: RecordSet[] = changes.flatMap(({ set }) => set ?? []);
    for (const set of this.zone.sets()) {
      const isMade = set.type === rrTypes.NSEC3 || set.type === rrTypes.SOA;
      if (!isMade && !changed.has(setKey(set))) sets.push(set);
    }
    await this.#replace(signer, sets);
  }

  async #replace(signer: ZoneSigner, sets: readonly RecordSet[]): Promise<void> {
    const { apex } = this.zone;
    const soa = await this.#newSoa(signer);
    const owners = new Map<string, { owner: Name; types: number[] }>();
    for (const { owner, type } of [soa, ...sets]) {
      const key = setKey({ owner, type: 0 });
      const known = owners.get(key) ?? { owner, types: [] };
      known.types.push(type);
      owners.set(key, known);
    }
    const chain = new Nsec3Chain(apex, denialTtl(this.#deps.settings));
    const nsec3 = chain.load(owners.values());
    const signed = await this.#signAll(signer, [...sets, ...nsec3]);
    await this.#file.replace(soa, signed);
    // From here on nothing waits: an answer sees the old version or the new one.
    this.zone.release();
    for (const set of [soa, ...signed]) this.zone.put(set);
    this.#chain.load(owners.values());
    this.#deps.onVersion();
  }

  /** The next version: these changes, and these sets signed anew. */
  async #change(
    signer: ZoneSigner,
    changes: readonly OwnerChange[],
    again: readonly RecordSet[],
  ): Promise<void> {
    const { zone } = this;
    const wanted = new Map<string, OwnerChange>();
    for (const set of again) wanted.set(setKey(set), { ...set, set });
    for (const change of changes) wanted.set(setKey(change), change);
    const undo: { owner: Name; types: readonly number[] }[] = [];
    try {
      for (const change of this.#chainChanges(changes, undo)) wanted.set(setKey(change), change);
      const soa = await this.#newSoa(signer);
      const sets = [...wanted.values()].flatMap(({ set }) => set ?? []);
      const signed = new Map((await this.#signAll(signer, sets)).map(set => [setKey(set), set]));
      const steps: SetChange[] = [{ before: zone.get(zone.apex, rrTypes.SOA), after: soa }];
      for (const [key, { owner, type }] of wanted)
        steps.push({ before: zone.get(owner, type), after: signed.get(key) ?? null });
      await this.#keep(steps, soa);
      for (const { before, after } of steps) {
        if (after) zone.put(after);
        else if (before) zone.remove(before.owner, before.type);
      }
    } catch (error) {
      for (const { owner, types } of undo) this.#chain.set(owner, types);
      throw error;
    }
    this.#deps.onVersion();
  }

  /** What the changes do to the chain; the chain is changed by it. */
  #chainChanges(
    changes: readonly OwnerChange[],
    undo: { owner: Name; types: readonly number[] }[],
  ): OwnerChange[] {
    const done: OwnerChange[] = [];
    const byOwner = Map.groupBy(changes, change => setKey({ owner: change.owner, type: 0 }));
    for (const group of byOwner.values()) {
      const owner = group[0]?.owner ?? this.zone.apex;
      const before = this.#typesAt(owner);
      const types = new Set(before);
      for (const { type, set } of group) {
        if (set) types.add(type);
        else types.delete(type);
      }
      undo.unshift({ owner, types: before });
      const { put, removed } = this.#chain.set(owner, [...types]);
      for (const gone of removed) done.push({ owner: gone, type: rrTypes.NSEC3, set: null });
      for (const set of put) done.push({ owner: set.owner, type: set.type, set });
    }
    return done;
  }

  #typesAt(owner: Name): number[] {
    const isApex = equalNames(owner, this.zone.apex);
    const known = isApex ? [rrTypes.SOA, ...apexTypes] : [rrTypes.OPENPGPKEY, rrTypes.SMIMEA];
    return known.filter(type => this.zone.get(owner, type) !== null);
  }

  async #keep(steps: readonly SetChange[], soa: RecordSet): Promise<void> {
    if (steps.length <= 10 + this.zone.setCount * mostOfZone) {
      await this.#file.append(zoneChangeOf(steps));
      return;
    }
    const after = new Map(steps.map(step => [setKey(step.after ?? step.before ?? soa), step.after]));
    await this.#file.replace(soa, changedSets(this.zone, after));
  }

  async #newSoa(signer: ZoneSigner): Promise<RecordSet> {
    const serial = await this.#deps.claimSerial();
    const soa = soaSet(this.zone.apex, serial, this.#deps.settings);
    return { ...soa, signatures: signer.sign(soa, this.#seconds()) };
  }

  async #signAll(signer: ZoneSigner, sets: readonly RecordSet[]): Promise<RecordSet[]> {
    const breath = new Breath();
    const signed: RecordSet[] = [];
    for (const set of sets) {
      signed.push({ ...set, signatures: signer.sign(set, this.#seconds()) });
      await breath.take();
    }
    return signed;
  }

  #seconds(): number {
    return Math.floor(this.#deps.clock.now().getTime() / 1000);
  }
}

/** The sets of a zone with some of them changed. */
function* changedSets(zone: Zone, after: ReadonlyMap<string, RecordSet | null>): Generator<RecordSet> {
  for (const set of zone.sets()) if (!after.has(setKey(set))) yield set;
  for (const set of after.values()) if (set) yield set;
}

/** TTL of negative answers (RFC 9077). */
function denialTtl({ ttlSeconds, negativeTtlSeconds }: ApexSettings): number {
  return Math.min(ttlSeconds, negativeTtlSeconds);
}

/** The zone as its files have it, or empty; call `update` before it is answered from. */
export async function openPresignedZone(
  apex: Name,
  record: ZoneRecord,
  deps: PresignedZoneDeps,
): Promise<PresignedZone> {
  const file = await openZoneFile(deps.folder, apex, { log: deps.log });
  const zone = new Zone({ apex, mode: 'presigned', slabs: deps.slabs });
  const opened = new PresignedZone(zone, file, { record, deps });
  await opened.load();
  return opened;
}

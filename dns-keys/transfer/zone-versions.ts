import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../../delivery/log.ts';
import { type Name, nameText } from '../name.ts';
import { rrTypes } from '../rr/type-name.ts';
import { WireError } from '../wire-error.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { DamagedFileError, openIfThere } from './blocks.ts';
import { copyPart } from './record-octets.ts';
import { soaSerial } from './serial.ts';
import { applyChanges, condenseChanges, type SetsToChange, type ZoneChange } from './zone-change.ts';
import { zoneFileName } from './zone-file-name.ts';
import { type RecordSets, readImage, syncFolder, writeImage, type ZoneImage } from './zone-image.ts';
import {
  appendEntry,
  emptyJournal,
  type JournalIndex,
  keepEntries,
  readChanges,
  readJournal,
} from './zone-journal.ts';
import { oneByOne, snapshotOf, type ZoneSnapshot } from './zone-snapshot.ts';

export type { ZoneSnapshot };

/** The versions of a zone as transfers need them. */
export interface ZoneVersions {
  /** SOA set of the version now; null while there is none. */
  readonly soa: RecordSet | null;
  /** Octets of its sets, about. */
  readonly octets: number;
  snapshot(): Promise<ZoneSnapshot | null>;
  /** What leads from an earlier version to this one, condensed (RFC 1995 §5); null when that is not known any more. */
  changesSince(serial: number): Promise<ZoneChange | null>;
}

/** How much of its past a zone keeps. */
export interface JournalLimits {
  /** Changes. */
  readonly entries: number;
  /** Octets; never more than the zone itself has, as longer changes help nobody (RFC 1995 §2), unless below `least`. */
  readonly mostOctets: number;
  readonly leastOctets: number;
}

const defaultLimits: JournalLimits = { entries: 1000, mostOctets: 16 * 2 ** 20, leastOctets: 64 * 1024 };

/** Where the sets of a zone go as its files are read. */
export interface ZoneToFill extends SetsToChange {
  put(set: RecordSet): void;
  /** Lets all of them go. */
  release(): void;
}

export interface ZoneFileSettings {
  readonly log: Log;
  readonly limits?: JournalLimits;
  /** Gets the version that the files hold; stays empty when there is none. */
  readonly into?: ZoneToFill;
}

/**
 * The zone's files `APEX.zone`, an image, and `APEX.journal`, the changes before and after it. Files that are damaged
 * are set aside, with a word for the log, and the zone is as one never signed; a change that was being written when
 * the machine stopped never was. One process at a time.
 */
export async function openZoneFile(
  folder: string,
  apex: Name,
  { log, limits = defaultLimits, into = nowhere }: ZoneFileSettings,
): Promise<ZoneFile> {
  const file = new ZoneFile({ file: join(folder, zoneFileName(apex)), apex, log, limits });
  await file.open(into);
  return file;
}

const nowhere: ZoneToFill = {
  put: () => undefined,
  get: () => null,
  remove: () => false,
  release: () => undefined,
};

/** What of the files is known in memory. */
interface Known {
  readonly image: ZoneImage;
  readonly journal: JournalIndex;
  /** Entries of the journal that the image does not hold. */
  readonly since: number;
}

/** Keeps the versions of one zone on disk; what it has told is never lost but by damage of the disk. */
export class ZoneFile implements ZoneVersions {
  readonly #imageFile: string;
  readonly #journalFile: string;
  readonly #apex: Name;
  readonly #log: Log;
  readonly #limits: JournalLimits;
  #known: Known | null = null;
  #soa: RecordSet | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** Use `openZoneFile`. */
  constructor({ file, apex, log, limits }: { file: string; apex: Name; log: Log; limits: JournalLimits }) {
    this.#imageFile = `${file}.zone`;
    this.#journalFile = `${file}.journal`;
    this.#apex = apex;
    this.#log = log;
    this.#limits = limits;
  }

  get soa(): RecordSet | null {
    return this.#soa;
  }

  get octets(): number {
    if (!this.#known) return 0;
    const { image, journal, since } = this.#known;
    return journal.entries.slice(since).reduce((sum, entry) => sum + entry.growthOctets, image.octets);
  }

  /** Reads both files through. */
  async open(into: ZoneToFill): Promise<void> {
    try {
      const image = await this.#readImage(into);
      if (image) await this.#takeUp(await this.#readJournal(image), into);
    } catch (error) {
      into.release();
      if (!(error instanceof DamagedFileError || error instanceof WireError)) throw error;
      await this.#setAside(error);
    }
  }

  /**
   * Begins anew with a whole zone, as when it is signed for the first time; secondaries will fetch all of it. The sets
   * must not change before the promise is done.
   */
  replace(soaNow: RecordSet, sets: RecordSets): Promise<void> {
    const soa = copyPart(soaNow);
    return this.#inTurn(async () => {
      // The journal goes before the old image does: an older image alone is an older version, but changes that fit no
      // image are damage. When the new image can't be written, both stay.
      const beforeRename = () => rm(this.#journalFile, { force: true });
      const image = await writeImage(this.#imageFile, { apex: this.#apex, soa, sets, beforeRename });
      this.#known = { image, journal: emptyJournal, since: 0 };
      this.#soa = soa;
    });
  }

  /**
   * Adds the next version; it is on disk when the promise is done, and only then to be told to others. When that
   * fails the last version stands, and the same change may be tried again.
   */
  append(change: ZoneChange): Promise<void> {
    return this.#inTurn(async () => {
      const known = this.#known;
      const soa = soaOf(change);
      if (!known || !this.#soa || !soa || soaSerial(this.#soa) !== change.fromSerial)
        throw new TypeError(`${nameText(this.#apex)} has no version ${change.fromSerial} to change`);
      const isFirst = known.journal.entries.length === 0;
      const journal = await appendEntry(this.#journalFile, known.journal, change);
      if (isFirst) await syncFolder(dirname(this.#journalFile));
      this.#known = { ...known, journal };
      this.#soa = copyPart(soa);
      await this.#compact().catch(error =>
        this.#log.warn({ ...this.#fields, error: String(error) }, 'zoneNotCompacted'),
      );
    });
  }

  snapshot(): Promise<ZoneSnapshot | null> {
    return this.#inTurn(() => this.#snapshot());
  }

  changesSince(serial: number): Promise<ZoneChange | null> {
    return this.#inTurn(async () => {
      const entries = this.#known?.journal.entries ?? [];
      const first = entries.findIndex(entry => entry.fromSerial === serial);
      if (first === -1) return null;
      try {
        return condenseChanges(await readChanges(this.#journalFile, entries.slice(first)));
      } catch (error) {
        if (!(error instanceof DamagedFileError)) throw error;
        this.#log.warn({ ...this.#fields, why: error.message }, 'zoneJournalDamaged');
        return null;
      }
    });
  }

  /** Removes the files of a zone that is no longer ours. */
  remove(): Promise<void> {
    return this.#inTurn(async () => {
      await rm(this.#journalFile, { force: true });
      await rm(this.#imageFile, { force: true });
      [this.#known, this.#soa] = [null, null];
    });
  }

  /** One work at a time, in the order it was asked for. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  get #fields(): { zone: string } {
    return { zone: nameText(this.#apex) };
  }

  async #readImage(into: ZoneToFill): Promise<ZoneImage | null> {
    const handle = await openIfThere(this.#imageFile);
    if (!handle) return null;
    try {
      return await readImage(handle, this.#apex, set => into.put(set));
    } finally {
      await handle.close();
    }
  }

  async #readJournal(image: ZoneImage): Promise<Known> {
    const serial = soaSerial(image.soa);
    const journal = await readJournal(this.#journalFile).catch(error => {
      if (error.code === 'ENOENT') return emptyJournal;
      throw error;
    });
    const { entries } = journal;
    if (entries.length === 0 || entries.at(-1)?.serial === serial)
      return { image, journal, since: entries.length };
    const since = entries.findIndex(entry => entry.fromSerial === serial);
    if (since === -1) throw new DamagedFileError(`the journal knows no version ${serial}`, false);
    return { image, journal, since };
  }

  /** Makes the changes that came after the image. */
  async #takeUp(known: Known, into: ZoneToFill): Promise<void> {
    const { image, journal, since } = known;
    const changes = await readChanges(this.#journalFile, journal.entries.slice(since));
    const last = changes.at(-1);
    const soa = last ? soaOf(last) : image.soa;
    if (!soa) throw new DamagedFileError('a change without a SOA', false);
    applyChanges(into, changes);
    [this.#known, this.#soa] = [known, last ? copyPart(soa) : soa];
  }

  async #setAside(error: Error): Promise<void> {
    for (const file of [this.#imageFile, this.#journalFile])
      await rename(file, `${file}.damaged`).catch(failed => {
        if (failed.code !== 'ENOENT') throw failed;
      });
    this.#log.warn(
      { ...this.#fields, why: error.message, setAside: `${this.#imageFile}.damaged` },
      'zoneFileDamaged',
    );
  }

  async #snapshot(): Promise<ZoneSnapshot | null> {
    const [known, soa] = [this.#known, this.#soa];
    if (!known || !soa) return null;
    const changes = await readChanges(this.#journalFile, known.journal.entries.slice(known.since));
    // The open file goes on to be this image, whatever takes its name.
    const handle = await open(this.#imageFile, 'r');
    return snapshotOf(handle, { image: known.image, changes, soa });
  }

  /** Writes the image anew and forgets the oldest changes, when the journal has grown to twice its limit. */
  async #compact(): Promise<void> {
    const known = this.#known;
    if (!known) return;
    const { entries, end } = known.journal;
    const { mostOctets, leastOctets } = this.#limits;
    const octets = Math.min(mostOctets, Math.max(leastOctets, known.image.octets));
    if (end <= 2 * octets && entries.length <= 2 * this.#limits.entries) return;
    const snapshot = await this.#snapshot();
    if (!snapshot) return;
    try {
      const { soa } = snapshot;
      const image = await writeImage(this.#imageFile, {
        apex: this.#apex,
        soa,
        sets: oneByOne(snapshot),
      });
      this.#known = { image, journal: known.journal, since: entries.length };
    } finally {
      await snapshot.close();
    }
    const kept = entries.slice(-this.#limits.entries).filter(entry => end - entry.start <= octets);
    const journal = await keepEntries(this.#journalFile, kept);
    this.#known = { ...this.#known, journal, since: kept.length };
  }
}

/** The whole SOA set after a change; its signatures come with it, as those of an older SOA are of no use. */
function soaOf(change: ZoneChange): RecordSet | null {
  return change.added.find(part => part.type === rrTypes.SOA && part.rdatas.length > 0) ?? null;
}

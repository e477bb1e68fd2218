import { fieldTerms } from '../../../search/fields.ts';
import { encodeHits, type HitField, hitFields, hitOf } from './hits.ts';
import type { EmailTexts } from './match.ts';
import { type Sheet, SheetWriter } from './sheet.ts';
import { groupOf, headerTerms, wordTerms } from './terms.ts';

/** What a term and a hit take in memory, about, in octets. */
const termOctets = 150;
const hitOctets = 8;
/** Terms that are put into groups without a pause. */
const groupedAtOnce = 1000;

/** Gathers the terms of a block's emails in memory. */
export class Postings {
  readonly #hits = new Map<string, number[]>();
  /** How much memory it takes, about. */
  octets = 0;

  /** Adds an email; positions rise from call to call. */
  add(position: number, { words, head }: EmailTexts): void {
    for (const field of hitFields) {
      if (field === 'header') this.#addAll(headerTerms(fieldTerms(head)), hitOf(position, field));
      else if (words) this.#addText(words[field], position, field);
    }
  }

  #addText(text: string, position: number, field: HitField): void {
    if (text !== '') this.#addAll(wordTerms(text), hitOf(position, field));
  }

  #addAll(terms: readonly string[], hit: number): void {
    for (const term of terms) {
      const hits = this.#hits.get(term);
      if (!hits) {
        this.#hits.set(term, [hit]);
        this.octets += termOctets + term.length;
      } else if (hits.at(-1) !== hit) {
        hits.push(hit);
        this.octets += hitOctets;
      }
    }
  }

  /** The dictionary in sheets, in order of their terms; a null, too, wherever others may run in between. */
  *sheets(): Iterable<Sheet | null> {
    const groups = new Map<string, string[]>();
    let count = 0;
    for (const term of this.#hits.keys()) {
      const group = groupOf(term);
      const terms = groups.get(group);
      if (terms) terms.push(term);
      else groups.set(group, [term]);
      if (++count % groupedAtOnce === 0) yield null;
    }
    yield* this.#inOrder(groups);
  }

  *#inOrder(groups: ReadonlyMap<string, string[]>): Iterable<Sheet | null> {
    const writer = new SheetWriter();
    for (const group of [...groups.keys()].sort()) {
      for (const term of groups.get(group)?.sort() ?? []) {
        writer.add({ term, hits: encodeHits(this.#hits.get(term) ?? []) });
        if (writer.isFull) yield writer.finish();
      }
      yield null;
    }
    yield writer.finish();
  }
}

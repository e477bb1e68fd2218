import { createHash } from 'node:crypto';
import type { Message } from '../message/shape.ts';
import { allClasses, type FeatureClass } from './classes.ts';
import { headerText } from './header-text.ts';
import { type Look, lookAt } from './look.ts';
import type { RuleEvidence } from './rules.ts';
import { type Signal, signalsOf } from './signals.ts';
import { SlotSet } from './slots.ts';
import { addWords } from './words.ts';

/** What a model reads of one message, and all it needs to learn and to unlearn it. */
export interface Features {
  /** 32 hexadecimal digits, the same for the same message through any door: see `identify`. */
  readonly id: string;
  /** Slots of byte 4-grams. */
  readonly grams: Uint32Array;
  /** Slots of words, word pairs, links, structure and attachments. */
  readonly words: Uint32Array;
  /** Rules that hold and authentication results, for the fusion and as reasons. */
  readonly signals: readonly Signal[];
  readonly isPartial: boolean;
}

/** What features are taken from besides the message. */
export interface FeatureOptions {
  readonly only?: ReadonlySet<FeatureClass>;
  readonly evidence?: RuleEvidence;
}

const limits = { streamCharacters: 1500, grams: 6000, words: 14_000 };

/** The features of a message; bounded in time, the same every time, never throws for bad bytes. */
export function extractFeatures(message: Message, options: FeatureOptions = {}): Features {
  const look = lookAt(message);
  const classes = options.only ?? allClasses;
  const header = headerText(message.root.fields);
  const words = new SlotSet(limits.words);
  addWords(words, look, classes);
  return {
    id: identify(header, look),
    grams: gramsOf(look, header, classes),
    words: words.take(),
    signals: signalsOf(look, options.evidence ?? {}, classes),
    isPartial: look.isPartial,
  };
}

/** Byte 4-grams of three short streams: the sender's header fields, the visible text, and the text as sent. */
function gramsOf(look: Look, header: string, classes: ReadonlySet<FeatureClass>): Uint32Array {
  const grams = new SlotSet(limits.grams);
  if (classes.has('headers')) addGrams(grams, header);
  if (classes.has('content')) addGrams(grams, look.text.slice(0, limits.streamCharacters * 4));
  if (classes.has('structure')) addGrams(grams, look.markup.slice(0, limits.streamCharacters));
  return grams.take();
}

function addGrams(grams: SlotSet, text: string): void {
  const octets = Buffer.from(text.replace(/\s+/g, ' ').slice(0, limits.streamCharacters));
  if (octets.length < 4) return;
  let window = octets.readUIntBE(0, 3);
  for (let at = 3; at < octets.length; at++) {
    // `at` is below the length.
    window = (window << 8) | (octets[at] as number);
    grams.add(window);
  }
}

/** The sender's own fields and the start of the body: what no relay changes. */
function identify(header: string, look: Look): string {
  const { root, raw } = look.message;
  const body = raw.subarray(root.bodyStart, Math.min(root.bodyEnd, root.bodyStart + 65_536));
  const text = Buffer.from(body).toString('latin1').replace(/\r/g, '').trimEnd();
  return createHash('sha256').update(header).update('\0').update(text, 'latin1').digest('hex').slice(0, 32);
}

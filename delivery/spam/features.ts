import { createHash } from 'node:crypto';
import type { Message } from '../message/shape.ts';
import { allClasses, type FeatureClass } from './classes.ts';
import { headerText } from './header-text.ts';
import { type Look, lookAt } from './look.ts';
import type { RuleEvidence } from './rules.ts';
import { type Signal, signalsOf } from './signals.ts';
import { SlotSet } from './slots.ts';
import type { Views } from './views.ts';
import { wordViews } from './words.ts';

/** What a model reads of one message, and all it needs to learn and to unlearn it. */
export interface Features {
  /** 32 hexadecimal digits, the same for the same message through any door: see `identify`. */
  readonly id: string;
  readonly views: Views;
  /** Rules that hold and authentication results, for the fusion and as reasons. */
  readonly signals: readonly Signal[];
  readonly isPartial: boolean;
}

/** What features are taken from besides the message. */
export interface FeatureOptions {
  readonly only?: ReadonlySet<FeatureClass>;
  readonly evidence?: RuleEvidence;
}

/** Characters of each stream that 4-grams are taken from. */
const streams = { header: 1500, text: 4000, markup: 4000 };

/** The features of a message; bounded in time, the same every time, never throws for bad bytes. */
export function extractFeatures(message: Message, options: FeatureOptions = {}): Features {
  const look = lookAt(message);
  const classes = options.only ?? allClasses;
  const header = headerText(message.root.fields);
  return {
    id: identify(header, look),
    views: {
      headerGrams: gramsOf(classes.has('headers') ? header.slice(0, streams.header) : ''),
      textGrams: gramsOf(classes.has('content') ? readable(look.text) : ''),
      markupGrams: gramsOf(classes.has('structure') ? look.markup.slice(0, streams.markup) : ''),
      ...wordViews(look, classes),
    },
    signals: signalsOf(look, options.evidence ?? {}, classes),
    isPartial: look.isPartial,
  };
}

/** The start of the text in lower case, white space folded. */
function readable(text: string): string {
  const start = text.slice(0, streams.text * 2).replace(/\s+/g, ' ');
  return start.slice(0, streams.text).toLowerCase();
}

/** Distinct 4-grams of the octets. */
function gramsOf(text: string): Uint32Array {
  const octets = Buffer.from(text);
  const grams = new SlotSet(octets.length);
  if (octets.length < 4) return grams.take();
  let window = octets.readUIntBE(0, 3);
  for (let at = 3; at < octets.length; at++) {
    // `at` is below the length.
    window = (window << 8) | (octets[at] as number);
    grams.add(window);
  }
  return grams.take();
}

/** The sender's own fields and the start of the body: what no relay changes. */
function identify(header: string, look: Look): string {
  const { root, raw } = look.message;
  const body = raw.subarray(root.bodyStart, Math.min(root.bodyEnd, root.bodyStart + 65_536));
  const text = Buffer.from(body).toString('latin1').replace(/\r/g, '').trimEnd();
  return createHash('sha256').update(header).update('\0').update(text, 'latin1').digest('hex').slice(0, 32);
}

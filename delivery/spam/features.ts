import { createHash } from 'node:crypto';
import type { Message } from '../message/shape.ts';
import { allClasses, type FeatureClass } from './classes.ts';
import { foldSpaces, headerText } from './header-text.ts';
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

/** Empty between messages: a set takes 64 kB, too much to be garbage after each of them. */
const slots = new SlotSet(16_000);

/** Characters of each stream that 4-grams are taken from. */
const streams = { header: 1500, text: 4000, markup: 4000 };

/** What judging needs of the features: all but the identity, which only learning asks for. */
export type JudgedFeatures = Omit<Features, 'id'> & {
  /** Hosts that links lead to: rules about one owner look at them again. */
  readonly webHosts?: readonly string[];
};

/** The features of a message; bounded in time, the same every time, never throws for bad bytes. */
export function extractFeatures(message: Message, options: FeatureOptions = {}): Features {
  const read = readFeatures(message, options);
  return { id: identify(read.header, read.look), ...read.features };
}

/** `extractFeatures` for judging. */
export function judgedFeatures(message: Message, options: FeatureOptions = {}): JudgedFeatures {
  return readFeatures(message, options).features;
}

function readFeatures(
  message: Message,
  options: FeatureOptions,
): { features: JudgedFeatures; header: string; look: Look } {
  const look = lookAt(message);
  const classes = options.only ?? allClasses;
  const header = headerText(message.root.fields);
  // What an error left behind belongs to another message.
  slots.take();
  const features = {
    views: {
      headerGrams: gramsOf(classes.has('headers') ? header.slice(0, streams.header) : ''),
      textGrams: gramsOf(classes.has('content') ? readable(look.text) : ''),
      markupGrams: gramsOf(classes.has('structure') ? look.markup.slice(0, streams.markup) : ''),
      ...wordViews(slots, look, classes),
    },
    signals: signalsOf(look, options.evidence ?? {}, classes),
    isPartial: look.isPartial,
    webHosts: classes.has('links') ? look.webHosts.map(({ host }) => host) : [],
  };
  return { features, header, look };
}

/** The start of the text in lower case, white space folded. */
function readable(text: string): string {
  const start = foldSpaces(text.slice(0, streams.text * 2));
  return start.slice(0, streams.text).toLowerCase();
}

/** Distinct 4-grams of the octets. */
function gramsOf(text: string): Uint32Array {
  const octets = Buffer.from(text);
  if (octets.length < 4) return slots.take();
  let window = octets.readUIntBE(0, 3);
  for (let at = 3; at < octets.length; at++) {
    // `at` is below the length.
    window = (window << 8) | (octets[at] as number);
    slots.add(window);
  }
  return slots.take();
}

/** The sender's own fields and the start of the body: what no relay changes. */
function identify(header: string, look: Look): string {
  const { root, raw } = look.message;
  const body = raw.subarray(root.bodyStart, Math.min(root.bodyEnd, root.bodyStart + 16_384));
  const text = Buffer.from(body).toString('latin1').replace(/\r/g, '').trimEnd();
  return createHash('sha256').update(header).update('\0').update(text, 'latin1').digest('hex').slice(0, 32);
}

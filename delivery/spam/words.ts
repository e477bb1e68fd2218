import { decodeWords } from '../message/fields.ts';
import { isAscii } from '../message/normalize.ts';
import type { HeaderField } from '../message/shape.ts';
import { hashAsciiWords, wordKinds } from './ascii-words.ts';
import type { FeatureClass } from './classes.ts';
import { isCollectorField, isSignatureField } from './header-text.ts';
import { registeredDomain } from './links.ts';
import type { Look } from './look.ts';
import { hashText, mix, SlotSet } from './slots.ts';
import { addTraceWords } from './trace-words.ts';
import type { Views } from './views.ts';

const limits = { textCharacters: 12_000, textWords: 1200, headerFields: 60, fieldCharacters: 300, tags: 400 };

/**
 * The word features of a look, class by class. Each class hashes with a salt of its own; the slots of header fields
 * and of content are a part of all. `slots` is empty before and after.
 */
export function wordViews(
  slots: SlotSet,
  look: Look,
  classes: ReadonlySet<FeatureClass>,
): Pick<Views, 'headerWords' | 'contentWords' | 'allWords' | 'traceWords'> {
  if (classes.has('trace')) addTraceWords(slots, look.message.root.fields);
  const traceWords = slots.take();
  if (classes.has('content')) addPairs(slots, textHashes(look.text), contentWindow);
  const contentEnd = slots.size;
  if (classes.has('headers')) addHeaderWords(slots, look);
  const headersEnd = slots.size;
  for (const [name, add] of others) if (classes.has(name)) add(slots, look);
  const allWords = slots.take();
  return {
    contentWords: allWords.subarray(0, contentEnd),
    headerWords: allWords.subarray(contentEnd, headersEnd),
    allWords,
    traceWords,
  };
}

const contentWindow = 5;

const others: ReadonlyArray<readonly [FeatureClass, (slots: SlotSet, look: Look) => void]> = [
  ['links', addLinkWords],
  ['structure', addStructureWords],
  ['attachments', addAttachmentWords],
];

const maxUnits = 24;
const asciiContent = {
  kinds: wordKinds(/[a-z0-9$'@_-]/i, /[!?%*#+=~|<>]/),
  seed: 0x436f6e74,
  maxUnits,
};
/** Hashes of the text at hand, overwritten by the next one. */
const content = new Uint32Array(limits.textWords);

/** Hashes of the text's first words, valid until the next text's. */
function textHashes(text: string): Uint32Array {
  const start = text.slice(0, limits.textCharacters);
  if (isAscii(start)) {
    const hashes = content.subarray(0, hashAsciiWords(start, asciiContent, content));
    // `at` is below the length.
    for (let at = 0; at < hashes.length; at++) hashes[at] = mix(hashes[at] as number);
    return hashes;
  }
  const words = start.match(/[\p{L}\p{N}\p{Sc}'@_-]+|[!?%*#+=~|<>]+/gu) ?? [];
  return hashesOf(words.slice(0, limits.textWords), asciiContent.seed);
}

function hashesOf(words: readonly string[], seed: number): Uint32Array {
  return Uint32Array.from(words, word => mix(hashText(word.toLowerCase(), seed, maxUnits)));
}

/**
 * Orthogonal sparse bigrams: each word alone and with each of the words before it in the window, the distance
 * being part of the pair (Siefkes et al. 2004).
 */
function addPairs(slots: SlotSet, hashes: Uint32Array, window: number): void {
  for (let at = 0; at < hashes.length; at++) {
    // `at` is below the length, and `at - distance` at least 0.
    const hash = hashes[at] as number;
    slots.add(hash);
    for (let distance = 1; distance < window && distance <= at; distance++) {
      slots.add(Math.imul(hashes[at - distance] as number, 0x9e3779b1) + hash + distance);
    }
  }
}

function addHeaderWords(slots: SlotSet, look: Look): void {
  for (const field of look.message.root.fields.slice(0, limits.headerFields * 3)) {
    if (isCollectorField(field.name)) continue;
    const salt = hashText(field.name.toLowerCase(), 0x48656164);
    slots.add(salt);
    if (isSignatureField(field.name)) continue;
    addPairs(slots, hashesOf(fieldWords(field), salt), 3);
  }
}

function fieldWords(field: HeaderField): string[] {
  const value = field.value.slice(0, limits.fieldCharacters);
  const words = (value.includes('=?') ? decodeWords(value) : value).match(/[^\s<>"(),;:=@]+|@/g) ?? [];
  return words.slice(0, 40);
}

function addLinkWords(slots: SlotSet, look: Look): void {
  const add = (kind: string, word: string) => slots.add(hashText(word, hashText(kind, 0x4c696e6b)));
  add('count', bucket(look.links.length));
  for (const link of look.links.slice(0, 60)) {
    add('scheme', link.scheme);
    if (link.port) add('port', link.port);
    if (link.user && link.scheme !== 'mailto') add('user', '');
    add('host', link.host);
    add('domain', registeredDomain(link.host));
    for (const label of link.host.split('.').slice(-5)) add('label', label);
    for (const word of (link.path.match(/[\p{L}\p{N}_-]+/gu) ?? []).slice(0, 16))
      add('path', word.toLowerCase());
  }
}

function addStructureWords(slots: SlotSet, look: Look): void {
  const add = (kind: string, word: string) => slots.add(hashText(word, hashText(kind, 0x53747275)));
  let entities = 0;
  const pending = [look.message.root];
  for (let entity = pending.pop(); entity && entities < 40; entity = pending.pop()) {
    entities++;
    add('type', entity.mediaType);
    add('encoding', `${entity.mediaType} ${entity.transferEncoding}`);
    add('charset', `${entity.mediaType} ${entity.parameters.charset?.toLowerCase() ?? '-'}`);
    pending.push(...entity.parts.slice(0, 40));
  }
  add('size', bucket(look.message.raw.length / 256));
  add('text', bucket(look.text.length / 64));
  add('images', bucket(look.scans.reduce((sum, scan) => sum + scan.images.length, 0)));
  for (const defect of look.message.defects) add('defect', defect);
  const tags = look.html.match(/<[a-z!][a-z0-9]{0,15}(?:\s+[a-z-]{1,20}=)?/gi) ?? [];
  for (const tag of tags.slice(0, limits.tags)) add('tag', tag.toLowerCase());
  for (const color of (look.html.match(/(?:color|bgcolor|face|size)=["']?[^"'\s>]{1,24}/gi) ?? []).slice(
    0,
    60,
  )) {
    add('style', color.toLowerCase());
  }
}

function addAttachmentWords(slots: SlotSet, look: Look): void {
  const add = (kind: string, word: string) => slots.add(hashText(word, hashText(kind, 0x41747461)));
  add('count', bucket(look.attachments.length));
  for (const { name, mediaType, start } of look.attachments) {
    add('type', mediaType);
    add('start', Buffer.from(start.subarray(0, 4)).toString('latin1'));
    const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
    for (const word of words.slice(0, 10)) add('name', word);
    add('extensions', words.slice(1).slice(-2).join('.'));
  }
}

/** The whole part of the base-2 logarithm, as a word. */
function bucket(value: number): string {
  return String(Math.round(Math.log2(value + 1)));
}

/** The content slots of a bare text, the same that `wordViews` gives for a message with this text. */
export function priorSlots(text: string): Uint32Array {
  const slots = new SlotSet(limits.textWords * 5);
  addPairs(slots, textHashes(text), contentWindow);
  return slots.take();
}

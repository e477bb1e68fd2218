import type { HeaderField } from '../message/shape.ts';
import { isTraceField } from './header-text.ts';
import { hashText, mix, type SlotSet } from './slots.ts';

const limits = { fields: 60, characters: 400, words: 50, wordUnits: 40 };

/**
 * Words of the fields that the way added, named by their field, alone and with the two words before them. Of a dotted
 * name each label counts and its last two together, of an address each network above it; of a date its day and zone and
 * how it is written. Adds to `slots`.
 */
export function addTraceWords(slots: SlotSet, fields: readonly HeaderField[]): void {
  for (const { name, value } of fields.filter(field => isTraceField(field.name)).slice(0, limits.fields)) {
    const salt = hashText(name.toLowerCase(), 0x54726163);
    slots.add(salt);
    addWords(slots, wordsOf(name, value.slice(0, limits.characters)), salt);
  }
}

function wordsOf(name: string, value: string): string[] {
  const words = value.match(/[^\s<>"(),;:=@[\]]+|@/g) ?? [];
  if (!/^date$/i.test(name)) return words.slice(0, limits.words);
  return [words[0] ?? '', words.at(-1) ?? '', value.slice(0, 40).replace(/\d/g, '9')];
}

function addWords(slots: SlotSet, words: readonly string[], salt: number): void {
  let before = 0;
  let second = 0;
  for (const word of words) {
    const hash = mix(hashText(word.toLowerCase(), salt, limits.wordUnits));
    slots.add(hash);
    slots.add(Math.imul(before, 0x9e3779b1) + hash);
    slots.add(Math.imul(second, 0x9e3779b1) + hash + 2);
    if (word.includes('.')) addDotted(slots, word.toLowerCase(), salt);
    second = before;
    before = hash;
  }
}

function addDotted(slots: SlotSet, word: string, salt: number): void {
  const labels = word.split('.', 9);
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(word)) {
    slots.add(hashText(labels.slice(0, 2).join('.'), salt));
    slots.add(hashText(labels.slice(0, 3).join('.'), salt));
    return;
  }
  for (const label of labels) slots.add(hashText(label, salt ^ 1));
  slots.add(hashText(labels.slice(-2).join('.'), salt ^ 2));
}

// Written by bin/write-index-words.ts from the tables of delivery/privacy.
import type { Level } from '../../wire.ts';
import type { Text } from './screen-words.ts';

/** The word of each level. */
// biome-ignore format: written by a program
export const levelWords: Readonly<Record<Level, Text>> = {"A":{"fr":"scellé","en":"sealed"},"B":{"fr":"protégé","en":"protected"},"C":{"fr":"ordinaire","en":"ordinary"},"D":{"fr":"exposé","en":"exposed"},"E":{"fr":"à découvert","en":"open"}};

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseMessage } from '../../../delivery/message/message.ts';
import { withoutCollectorFields } from '../../../delivery/spam/evaluate/collector-fields.ts';
import { extractFeatures, type FeatureOptions } from '../../../delivery/spam/features.ts';
import { listMailFiles, readMailFile } from '../../../delivery/spam/mail-files.ts';
import type { Labelled } from '../../../delivery/spam/replay.ts';
import { hashText, mix } from '../../../delivery/spam/slots.ts';
import { madeUp } from '../../delivery/spam/messages.ts';

/** A message of which it is known what it is. */
export interface Sample {
  readonly raw: Uint8Array;
  readonly isSpam: boolean;
}

/** The folders `ham` and `spam` in that one, or in its folder `dev`; messages of our own making where there is none. */
export function readSamples(folder: string | undefined): Sample[] {
  if (!folder) return madeUpSamples(400);
  const top = existsSync(join(folder, 'dev')) ? join(folder, 'dev') : folder;
  return (['ham', 'spam'] as const).flatMap(kind =>
    listMailFiles(join(top, kind)).map(file => ({ raw: readMailFile(file), isSpam: kind === 'spam' })),
  );
}

function madeUpSamples(count: number): Sample[] {
  return Array.from({ length: count * 2 }, (_, at) => ({
    raw: madeUp(at % 2 ? 'spam' : 'ham', at).raw,
    isSpam: at % 2 === 1,
  }));
}

/** So many of them at most, picked without regard to order, the same each time; another seed picks others. */
export function some<T>(all: readonly T[], most: number, seed = 1): T[] {
  if (all.length <= most) return [...all];
  const keys = all.map((_, at) => mix(hashText(`${seed} ${at}`)));
  const order = keys.map((_, at) => at).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
  return order
    .slice(0, most)
    .sort((a, b) => a - b)
    .flatMap(at => all[at] ?? []);
}

/** The same messages without the fields that the way to a mailbox adds. */
export function stripped(samples: readonly Sample[]): Sample[] {
  return samples.map(({ raw, isSpam }) => ({ raw: withoutCollectorFields(raw), isSpam }));
}

/** What our classifier reads of them. */
export function labelled(samples: readonly Sample[], options: FeatureOptions): Labelled[] {
  return samples.map(({ raw, isSpam }) => ({
    features: extractFeatures(parseMessage(raw), options),
    isSpam,
  }));
}

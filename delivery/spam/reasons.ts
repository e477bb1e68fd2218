import type { Evidence, Reason } from './findings.ts';
import { learnedInputs } from './model.ts';
import { ruleRows } from './rules.ts';

const maxReasons = 8;
const leastWeight = 0.15;

/** The learners, as one reason: which of them saw it is nothing to a reader. */
const learned: ReadonlyMap<string, string> = new Map(learnedInputs.map(name => [name, 'learned']));

/** Inputs that are no reason: where every judgement starts, and how the sum is brought to scale. */
const noReasons: ReadonlySet<string> = new Set(['bias', 'scale']);

/** What is shown of the evidence: the heaviest reasons, rounded. */
export function reasonsOf(
  evidence: readonly Evidence[],
  details: ReadonlyMap<string, string | undefined>,
): Reason[] {
  const weights = new Map<string, number>();
  for (const [id, , weight] of evidence) {
    const name = learned.get(id) ?? id;
    weights.set(name, (weights.get(name) ?? 0) + weight);
  }
  return [...weights]
    .filter(([id, weight]) => !noReasons.has(id) && Math.abs(weight) >= leastWeight)
    .sort(([, one], [, other]) => Math.abs(other) - Math.abs(one))
    .slice(0, maxReasons)
    .map(([id, weight]) => {
      const detail = details.get(id);
      return { id, weight: Math.round(weight * 100) / 100, ...(detail ? { detail } : {}) };
    });
}

const otherReasons: Readonly<Record<string, { readonly en: string; readonly fr: string }>> = {
  learned: {
    en: 'Compared with the mail that was learned here',
    fr: 'Comparé au courrier appris ici',
  },
  prior: {
    en: 'Compared with what unwanted mail is like in general',
    fr: 'Comparé au courrier indésirable en général',
  },
  knownSender: {
    en: 'You write with this sender, and the address is proven',
    fr: 'Vous correspondez avec cet expéditeur, et son adresse est prouvée',
  },
  personal: {
    en: 'Compared with the mail that you have marked or answered',
    fr: 'Comparé au courrier que vous avez marqué ou auquel vous avez répondu',
  },
  shared: {
    en: 'Compared with the mail that others here have marked',
    fr: 'Comparé au courrier que d’autres ont marqué ici',
  },
  markedSpam: { en: 'You marked this as junk', fr: 'Vous avez marqué ce message comme indésirable' },
  markedHam: { en: 'You marked this as not junk', fr: 'Vous avez marqué ce message comme souhaité' },
};

/** The words of every reason by its id. */
export function reasonWords(): Readonly<Record<string, { readonly en: string; readonly fr: string }>> {
  return {
    ...Object.fromEntries(ruleRows.map(({ id, words: { en, fr } }) => [id, { en, fr }])),
    ...otherReasons,
  };
}

/** The words of a reason; the id itself for one of a later version. */
export function reasonText(id: string, language: 'en' | 'fr'): string {
  return (ruleRows.find(rule => rule.id === id)?.words ?? otherReasons[id])?.[language] ?? id;
}

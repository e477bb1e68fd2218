import { rulesWords } from '../locales/rules.ts';
import type { Asking } from '../mail.ts';
import { nameOfRule, type RuleDraft, RuleRefused } from '../rules.ts';
import { useApp } from '../state.ts';
import { tagName } from './tag-name.ts';

/** What the views of rules share. */
export function useRuleParts() {
  const app = useApp();
  const { state, client, actions, words: shared } = app;
  const { language, tags } = state;
  const words = rulesWords[language];
  const asking: Asking = { client, accountId: state.session?.accountId ?? '' };
  const naming = { words, language, tags, nameOf: (tag: (typeof tags)[number]) => tagName(tag, shared) };

  /** Saves a rule; gives what to say when it can't be, null when it is done, which is told. */
  async function tried(draft: RuleDraft, work: () => Promise<void>): Promise<string | null> {
    try {
      await work();
      actions.say({ text: words.saved(nameOfRule(draft, naming)) });
      return null;
    } catch (error) {
      if (error instanceof RuleRefused) return error.type === 'overQuota' ? words.full : words.refused;
      actions.noteError(error);
      return words.failed;
    }
  }

  /** Does something for which there is no form; what fails is told at the foot of the screen. */
  async function quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      actions.noteError(error);
      actions.say({ text: words.failed });
    }
  }

  return { app, actions, asking, naming, words, shared, tried, quietly };
}

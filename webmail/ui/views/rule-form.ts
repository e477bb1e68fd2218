import { html } from 'htm/preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { TagRuleActions, TagRuleCondition } from '../../wire.ts';
import { type RulesWords, rulesWords } from '../locales/rules.ts';
import { conditionOn, doesSomething, type RuleDraft } from '../rules.ts';
import { useApp } from '../state.ts';
import { RuleActionFields } from './rule-actions.ts';
import { RuleConditionFields } from './rule-condition.ts';

const maxConditions = 20;

interface Props {
  readonly draft: RuleDraft;
  /** Gives what to say when it can't be, null when it is done. */
  readonly save: (draft: RuleDraft) => Promise<string | null>;
  readonly cancel: () => void;
}

/** All of a rule: its name, when it holds, what it does. */
export function RuleForm({ draft: given, save, cancel }: Props) {
  const words = rulesWords[useApp().state.language];
  const [draft, setDraft] = useState(given);
  const [fault, setFault] = useState('');
  const [isBusy, setBusy] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const hintId = useId();
  useEffect(() => name.current?.focus(), []);
  const change = (part: Partial<RuleDraft>) => setDraft({ ...draft, ...part });
  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (!doesSomething(draft)) return setFault(words.needsAction);
    setBusy(true);
    setFault((await save({ ...draft, name: draft.name.trim() })) ?? '');
    setBusy(false);
  }
  return html`<form class="rule-form" onSubmit=${(event: SubmitEvent) => void submit(event)}>
    <label class="field">
      <span>${words.name}</span>
      <input
        ref=${name}
        maxlength="100"
        autocomplete="off"
        value=${draft.name}
        aria-describedby=${hintId}
        onInput=${(event: Event) => change({ name: (event.currentTarget as HTMLInputElement).value })}
      />
      <small class="setting-hint" id=${hintId}>${words.nameHint}</small>
    </label>
    <${Conditions} draft=${draft} words=${words} change=${change} />
    <${RuleActionFields} actions=${draft.actions} change=${(actions: TagRuleActions) => change({ actions })} />
    <label class="check">
      <input type="checkbox" checked=${draft.stop} onChange=${() => change({ stop: !draft.stop })} />
      <span>${words.stop}</span>
    </label>
    <p class="fault" role="alert">${fault}</p>
    <div class="tag-form-buttons">
      <button class="button primary" disabled=${isBusy}>${words.save}</button>
      <button type="button" class="button" onClick=${cancel}>${words.cancel}</button>
    </div>
  </form>`;
}

interface ConditionsProps {
  readonly draft: RuleDraft;
  readonly words: RulesWords;
  readonly change: (part: Partial<RuleDraft>) => void;
}

function Conditions({ draft, words, change }: ConditionsProps) {
  const { conditions, match } = draft;
  const add = useRef<HTMLButtonElement>(null);
  const put = (at: number, condition: TagRuleCondition) =>
    change({ conditions: conditions.map((one, place) => (place === at ? condition : one)) });
  const remove = (at: number) => {
    // What held the focus goes.
    add.current?.focus();
    change({ conditions: conditions.filter((_, place) => place !== at) });
  };
  return html`<fieldset class="rule-part">
    <legend>${words.when}</legend>
    <select
      aria-label=${words.when}
      value=${match}
      onChange=${(event: Event) => change({ match: (event.currentTarget as HTMLSelectElement).value as RuleDraft['match'] })}
    >
      ${(['all', 'any'] as const).map(one => html`<option key=${one} value=${one}>${words.matches[one]}</option>`)}
    </select>
    ${conditions.map(
      (condition, place) => html`<${RuleConditionFields}
        key=${place}
        place=${place + 1}
        condition=${condition}
        change=${(changed: TagRuleCondition) => put(place, changed)}
        remove=${conditions.length > 1 ? () => remove(place) : null}
      />`,
    )}
    <button
      type="button"
      class="button small"
      ref=${add}
      disabled=${conditions.length >= maxConditions}
      onClick=${() => change({ conditions: [...conditions, conditionOn('subject')] })}
    >${words.addCondition}</button>
  </fieldset>`;
}

import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { Level, TagRuleCondition } from '../../wire.ts';
import { levelWords } from '../locales/level-words.ts';
import { rulesWords } from '../locales/rules.ts';
import {
  type Asked,
  askedNames,
  askedOf,
  conditionOn,
  type Operator,
  operatorsOf,
  typedValue,
  valueTyped,
} from '../rules.ts';
import { useApp } from '../state.ts';
import { Icon } from './icon.ts';
import { TagOptions } from './rule-actions.ts';

interface Props {
  /** From 1 on. */
  readonly place: number;
  readonly condition: TagRuleCondition;
  readonly change: (condition: TagRuleCondition) => void;
  readonly remove: (() => void) | null;
}

const chosenIn = (event: Event): string =>
  (event.currentTarget as HTMLInputElement | HTMLSelectElement).value;

/** One condition of a rule: what is looked at, how, and for what. */
export function RuleConditionFields({ place, condition, change, remove }: Props) {
  const words = rulesWords[useApp().state.language];
  const asked = askedOf(condition);
  const how = `${condition.isNegated ? 'not-' : ''}${condition.operator}`;
  const chooseHow = (chosen: string) => {
    const operator = chosen.replace(/^not-/, '') as Operator;
    const value = operator === 'exists' ? '' : condition.value;
    change({ ...condition, operator, value, isNegated: chosen.startsWith('not-') });
  };
  return html`<div class="rule-condition" role="group" aria-label=${words.condition(place)}>
    <select aria-label=${words.what} value=${asked} onChange=${(event: Event) => change(conditionOn(chosenIn(event) as Asked))}>
      ${askedNames.map(one => html`<option key=${one} value=${one}>${words.subjects[one]}</option>`)}
    </select>
    ${
      asked === 'field' &&
      html`<input
        aria-label=${words.fieldName}
        placeholder=${words.fieldName}
        required
        pattern="[!-9;-~]+"
        maxlength="100"
        autocapitalize="none"
        value=${condition.field}
        onInput=${(event: Event) => change({ ...condition, field: chosenIn(event) })}
      />`
    }
    <select aria-label=${words.how} value=${how} onChange=${(event: Event) => chooseHow(chosenIn(event))}>
      ${operatorsOf[asked].map(one => html`<option key=${one} value=${one}>${words.operators[one]}</option>`)}
      ${operatorsOf[asked].map(one => html`<option key=${`not-${one}`} value=${`not-${one}`}>${words.negated[one]}</option>`)}
    </select>
    ${condition.operator !== 'exists' && html`<${Value} condition=${condition} asked=${asked} change=${change} />`}
    ${
      remove &&
      html`<button type="button" class="icon-button" aria-label=${words.removeCondition(place)} title=${words.removeCondition(place)} onClick=${remove}>
        <${Icon} name="close" />
      </button>`
    }
  </div>`;
}

const levels: readonly Level[] = ['A', 'B', 'C', 'D', 'E'];

interface ValueProps {
  readonly condition: TagRuleCondition;
  readonly asked: Asked;
  readonly change: (condition: TagRuleCondition) => void;
}

function Value({ condition, asked, change }: ValueProps) {
  const { language } = useApp().state;
  const words = rulesWords[language];
  const [typed, setTyped] = useState('');
  const put = (event: Event) => {
    setTyped(chosenIn(event));
    change({ ...condition, value: valueTyped(condition, chosenIn(event)) });
  };
  const { value } = condition;
  // `1.0` on the way to `1.05` must not become `1`.
  const shown = valueTyped(condition, typed) === value ? typed : typedValue(condition);
  if (asked === 'tag') {
    return html`<select aria-label=${words.value} required value=${value} onChange=${put}>
      <option value="">…</option>
      <${TagOptions} />
    </select>`;
  }
  if (asked === 'level') {
    return html`<select aria-label=${words.value} value=${value.toUpperCase()} onChange=${put}>
      ${levels.map(level => html`<option key=${level} value=${level}>${level}, ${levelWords[level][language]}</option>`)}
    </select>`;
  }
  const range = asked === 'importance' ? { min: -10, max: 10, step: 1 } : { min: 0, step: 'any' };
  const isNumber = asked === 'importance' || asked === 'size';
  const isAddress = (asked === 'sender' || asked === 'recipient') && condition.operator === 'is';
  return html`<input
    aria-label=${words.value}
    required
    placeholder=${isAddress ? words.addressHint : undefined}
    maxlength="500"
    autocapitalize="none"
    ...${isNumber ? { type: 'number', ...range } : {}}
    value=${shown}
    onInput=${put}
  />`;
}

import { html } from 'htm/preact';
import { useEffect, useState } from 'preact/hooks';
import type { Level } from '../../wire.ts';
import { filterWords } from '../locales/filter.ts';
import { levelWords } from '../locales/level-words.ts';
import type { ListFilter } from '../route.ts';
import { useApp } from '../state.ts';
import { resolveTagId, tagName } from './tag-name.ts';

const levels: readonly Level[] = ['A', 'B', 'C', 'D', 'E'];
const leastImportance = -10;
const mostImportance = 10;

/** What a list can be narrowed to besides what is unread. It stands in the address, so that it can be gone back from. */
export function FilterBar() {
  const { state, actions } = useApp();
  const words = filterWords[state.language];
  const { list, filter } = state.route;
  const change = (part: Partial<Record<keyof ListFilter, unknown>>) => {
    const changed = Object.entries({ ...filter, ...part }).filter(([, value]) => value !== undefined);
    actions.go({ filter: Object.fromEntries(changed) as ListFilter });
  };
  const shownTag = list.kind === 'tag' ? resolveTagId(list.id, state.tags) : null;
  const tags = state.tags.filter(tag => tag.id !== shownTag);
  return html`<div class="filter-bar" id="filter" role="group" aria-label=${words.heading}>
    <${Choice}
      label=${words.level}
      any=${words.anyLevel}
      value=${filter.level}
      options=${levels.map(level => [level, `${level}, ${levelWords[level][state.language]}`])}
      onChoose=${(level: string | undefined) => change({ level })}
    />
    <${Choice}
      label=${words.tag}
      any=${words.anyTag}
      value=${filter.tagId}
      options=${tags.map(tag => [tag.id, tagName(tag, state.words)])}
      onChoose=${(tagId: string | undefined) => change({ tagId })}
    />
    ${
      list.kind !== 'search' &&
      html`<${Importance}
        value=${filter.minImportance}
        onChoose=${(minImportance: number | undefined) => change({ minImportance })}
      />`
    }
    <button class="button" disabled=${Object.keys(filter).length === 0} onClick=${() => actions.go({ filter: {} })}>
      ${words.clear}
    </button>
  </div>`;
}

interface ChoiceProps {
  readonly label: string;
  /** What the first option is called, which chooses nothing. */
  readonly any: string;
  readonly value: string | undefined;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onChoose: (value: string | undefined) => void;
}

function Choice({ label, any, value, options, onChoose }: ChoiceProps) {
  const onChange = (event: Event) => onChoose((event.currentTarget as HTMLSelectElement).value || undefined);
  return html`<label class="filter-choice">
    <span>${label}</span>
    <select value=${value ?? ''} data-chosen=${value !== undefined} onChange=${onChange}>
      <option value="">${any}</option>
      ${options.map(([option, name]) => html`<option key=${option} value=${option}>${name}</option>`)}
    </select>
  </label>`;
}

interface ImportanceProps {
  readonly value: number | undefined;
  readonly onChoose: (value: number | undefined) => void;
}

/** The words follow the thumb; the list does when it is let go. */
function Importance({ value, onChoose }: ImportanceProps) {
  const { state } = useApp();
  const words = filterWords[state.language];
  const [shown, setShown] = useState(value ?? leastImportance);
  // The address may change under the thumb, which must not lose the focus by it.
  useEffect(() => setShown(value ?? leastImportance), [value]);
  const chosen = shown === leastImportance ? undefined : shown;
  const read = (event: Event) => Number((event.currentTarget as HTMLInputElement).value);
  const text = words.importances(chosen ?? null);
  return html`<label class="filter-choice filter-importance">
    <span>${words.importance}</span>
    <input
      type="range"
      min=${leastImportance}
      max=${mostImportance}
      value=${shown}
      aria-valuetext=${text}
      data-chosen=${chosen !== undefined}
      onInput=${(event: Event) => setShown(read(event))}
      onChange=${(event: Event) => onChoose(read(event) === leastImportance ? undefined : read(event))}
    />
    <output aria-hidden="true">${text}</output>
  </label>`;
}

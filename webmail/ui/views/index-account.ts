import { html } from 'htm/preact';
import type { EmailPrivacy, Level, PrivacyFact } from '../../wire.ts';
import { formatPoints, formatShare } from '../format.ts';
import type { Words } from '../locales/en.ts';
import { indexWords } from '../locales/index-words.ts';
import type { Language } from '../locales/languages.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { NextSteps } from './next-steps.ts';
import type { ActionProps } from './step-actions.ts';

const parts = ['technical', 'behaviour', 'context'] as const;
/** Percentages that the parts of a message count for (PRIVACY-INDEX.md, "Message"). */
const weights = { technical: 60, behaviour: 20, context: 20 } as const;
const shareFacts: ReadonlySet<string> = new Set(['habit', 'known']);

export interface AccountProps extends ActionProps {
  readonly level: Level;
  readonly best: Level;
}

/** The whole account of a level: every fact with its source and effect, what would raise it, what is not known. */
export function IndexAccount({ email, level, best, onChanged }: AccountProps) {
  const { state, words } = useApp();
  const { privacy } = email;
  const { ceiling } = privacy;
  const reason = ceiling && indexWords.ceilings[ceiling.id]?.[state.language];
  return html`<div class="index-account">
    <p class="index-value">
      ${words.index.summary(privacy.value ?? 0, words.index.pictures[level])}
    </p>
    ${ceiling && reason && html`<p>${words.index.ceiling(reason, ceiling.at)}</p>`}
    ${best !== level && html`<p>${words.index.upToLong(best)}</p>`}
    <${FactTable} privacy=${privacy} />
    <${NextSteps} email=${email} onChanged=${onChanged} />
    <h4>${words.index.notKnownHeading}</h4>
    <ul class="plain-list">${indexWords.notKnown.map(text => html`<li key=${text.en}>${text[state.language]}</li>`)}</ul>
  </div>`;
}

/** Roles are spelled out because the narrow layout turns rows into blocks, which would hide that this is a table. */
function FactTable({ privacy }: { privacy: EmailPrivacy }) {
  const { words } = useApp();
  const { columns } = words.index;
  return html`<table class="facts" role="table">
    <caption>${words.index.caption}</caption>
    <thead role="rowgroup">
      <tr role="row">
        ${[columns.fact, columns.value, columns.source, columns.effect].map(
          column => html`<th key=${column} class="column" role="columnheader" scope="col">${column}</th>`,
        )}
      </tr>
    </thead>
    ${parts.map(part => html`<${PartRows} key=${part} part=${part} privacy=${privacy} />`)}
  </table>`;
}

function PartRows({ part, privacy }: { part: (typeof parts)[number]; privacy: EmailPrivacy }) {
  const { state, words, locale } = useApp();
  const points = privacy.parts ? formatPoints(privacy.parts[part], locale) : '–';
  return html`<tbody role="rowgroup">
    <tr role="row" class="part-row">
      <th role="rowheader" scope="rowgroup" colspan="4">
        ${indexWords.parts[part][state.language]} <small>${words.index.partValue(points, weights[part])}</small>
      </th>
    </tr>
    ${privacy.facts.filter(fact => fact.part === part).map(fact => html`<${FactRow} key=${fact.id} fact=${fact} />`)}
  </tbody>`;
}

function FactRow({ fact }: { fact: PrivacyFact }) {
  const { state, words, locale } = useApp();
  const { columns } = words.index;
  const of = formatPoints(fact.of, locale);
  const points = formatPoints(fact.points, locale);
  return html`<tr role="row" class="fact-row" data-state=${fact.state}>
    <th role="rowheader" scope="row">${indexWords.facts[fact.id]?.name[state.language] ?? fact.id}</th>
    <td role="cell" data-column=${columns.value}>
      <span>
        <span class="fact-value">${valueWords(fact, { words, language: state.language, locale })}</span>
        <span class="fact-why">${plainLine(fact.evidence[state.language])}</span>
      </span>
    </td>
    <td role="cell" data-column=${columns.source}>${sourceWords(fact, state.language)}</td>
    <td role="cell" data-column=${columns.effect} class="fact-effect">
      <span>${words.index.effect(points, of)}</span>
      <meter class="points" min="0" max=${fact.of} value=${fact.points} aria-hidden="true"></meter>
    </td>
  </tr>`;
}

function valueWords(
  fact: PrivacyFact,
  { words, language, locale }: { words: Words; language: Language; locale: string },
): string {
  const { value } = fact.evidence;
  if (fact.state === 'unknown') return words.index.unknown;
  if (typeof value === 'number') {
    return shareFacts.has(fact.id) ? formatShare(value, locale) : formatPoints(value, locale);
  }
  return indexWords.facts[fact.id]?.values[String(value)]?.[language] ?? plainLine(String(value));
}

function sourceWords(fact: PrivacyFact, language: Language): string {
  const source = fact.evidence.source;
  return source ? (indexWords.sources[source]?.[language] ?? plainLine(source)) : '–';
}

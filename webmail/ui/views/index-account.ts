import { html } from 'htm/preact';
import type { EmailPrivacy, Level, PrivacyFact } from '../../wire.ts';
import { formatPoints, formatShare } from '../format-numbers.ts';
import { accountWords } from '../locales/account.ts';
import { indexWords } from '../locales/index-words.ts';
import type { Language } from '../locales/languages.ts';
import { useApp } from '../state.ts';
import { plainLine } from '../text.ts';
import { PartBars, parts, Scale, weights } from './index-scale.ts';
import { NextSteps } from './next-steps.ts';
import type { ActionProps } from './step-actions.ts';

const shareFacts: ReadonlySet<string> = new Set(['habit', 'known']);

export interface AccountProps extends ActionProps {
  readonly level: Level;
  readonly best: Level;
}

/** The whole account of a level: every fact with its source and effect, what would raise it, what is not known. */
export function IndexAccount({ email, level, best, onChanged }: AccountProps) {
  const { state } = useApp();
  const words = accountWords[state.language];
  const { privacy } = email;
  const { ceiling } = privacy;
  const value = privacy.value ?? 0;
  const reason = ceiling && indexWords.ceilings[ceiling.id]?.[state.language];
  return html`<div class="index-account">
    <${Scale} value=${value} upTo=${privacy.upTo ?? value} level=${level} />
    <p class="index-value">${words.summary(value, words.pictures[level])}</p>
    ${ceiling && reason && html`<p>${words.ceiling(reason, ceiling.at)}</p>`}
    ${best !== level && html`<p>${words.range(level, best)}</p>`}
    <${PartBars} privacy=${privacy} />
    <${FactTable} privacy=${privacy} />
    <${NextSteps} email=${email} onChanged=${onChanged} />
    <${NotKnown} facts=${privacy.facts} />
  </div>`;
}

/** What this message does not tell, then what no index can know. */
function NotKnown({ facts }: { facts: readonly PrivacyFact[] }) {
  const { language } = useApp().state;
  return html`<h4>${accountWords[language].notKnownHeading}</h4>
    <ul class="plain-list dashes">
      ${facts
        .filter(fact => fact.state === 'unknown')
        .map(
          fact => html`<li key=${fact.id}>
            <strong>${indexWords.facts[fact.id]?.name[language] ?? fact.id}</strong> – ${plainLine(fact.evidence[language])}
          </li>`,
        )}
      ${indexWords.notKnown.map(text => html`<li key=${text.en}>${text[language]}</li>`)}
    </ul>`;
}

/** Roles are spelled out because the narrow layout turns rows into blocks, which would hide that this is a table. */
function FactTable({ privacy }: { privacy: EmailPrivacy }) {
  const { caption, columns } = accountWords[useApp().state.language];
  return html`<table class="facts" role="table">
    <caption>${caption}</caption>
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
  const { state, locale } = useApp();
  const words = accountWords[state.language];
  const points = privacy.parts ? formatPoints(privacy.parts[part], locale) : '–';
  return html`<tbody role="rowgroup">
    <tr role="row" class="part-row">
      <th role="rowheader" scope="rowgroup" colspan="4">
        ${indexWords.parts[part][state.language]} <small>${words.partValue(points, weights[part])}</small>
      </th>
    </tr>
    ${privacy.facts.filter(fact => fact.part === part).map(fact => html`<${FactRow} key=${fact.id} fact=${fact} />`)}
  </tbody>`;
}

function FactRow({ fact }: { fact: PrivacyFact }) {
  const { state, locale } = useApp();
  const words = accountWords[state.language];
  const { columns } = words;
  const of = formatPoints(fact.of, locale);
  const points = formatPoints(fact.points, locale);
  return html`<tr role="row" class="fact-row" data-state=${fact.state}>
    <th role="rowheader" scope="row">${indexWords.facts[fact.id]?.name[state.language] ?? fact.id}</th>
    <td role="cell" data-column=${columns.value}>
      <span>
        <span class="fact-value">${valueWords(fact, { language: state.language, locale })}</span>
        <span class="fact-why">${plainLine(fact.evidence[state.language])}</span>
      </span>
    </td>
    <td role="cell" class="fact-source" data-column=${columns.source}>${sourceWords(fact, state.language)}</td>
    <td role="cell" data-column=${columns.effect} class="fact-effect">
      <span>${words.effect(points, of)}</span>
      <meter class="points" min="0" max=${fact.of} value=${fact.points} aria-hidden="true"></meter>
    </td>
  </tr>`;
}

function valueWords(fact: PrivacyFact, { language, locale }: { language: Language; locale: string }): string {
  const { value } = fact.evidence;
  if (fact.state === 'unknown') return accountWords[language].unknown;
  if (typeof value === 'number') {
    return shareFacts.has(fact.id) ? formatShare(value, locale) : formatPoints(value, locale);
  }
  return indexWords.facts[fact.id]?.values[String(value)]?.[language] ?? plainLine(String(value));
}

function sourceWords(fact: PrivacyFact, language: Language): string {
  const source = fact.evidence.source;
  return source ? (indexWords.sources[source]?.[language] ?? plainLine(source)) : '–';
}

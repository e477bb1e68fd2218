import { html } from 'htm/preact';
import type { TagRuleActions } from '../../wire.ts';
import { automaticWords, signed } from '../locales/automatic.ts';
import { rulesWords } from '../locales/rules.ts';
import { nameOfTag } from '../rules.ts';
import { useApp } from '../state.ts';
import { placedTags } from '../tag-colours.ts';
import { tagName } from './tag-name.ts';

interface Props {
  readonly actions: TagRuleActions;
  readonly change: (actions: TagRuleActions) => void;
}

const star = '$flagged';

/** Everything that a rule may do. */
export function RuleActionFields({ actions, change }: Props) {
  const { language } = useApp().state;
  const words = rulesWords[language];
  const switches = (['archive', 'skipInbox', 'markRead'] as const).map(name => ({
    name,
    isOn: actions[name],
    turned: { ...actions, [name]: !actions[name] },
  }));
  const flag = { name: 'flag' as const, isOn: actions.keywords.includes(star), turned: withStar(actions) };
  return html`<fieldset class="rule-part">
    <legend>${words.actions}</legend>
    <${OwnTags} actions=${actions} change=${change} />
    ${[...switches, flag].map(
      ({ name, isOn, turned }) => html`<label class="check" key=${name}>
        <input type="checkbox" checked=${isOn} onChange=${() => change(turned)} />
        <span>${words[name]}</span>
      </label>`,
    )}
    <${Untag} actions=${actions} change=${change} />
    <${Importance} actions=${actions} change=${change} />
  </fieldset>`;
}

function withStar(actions: TagRuleActions): TagRuleActions {
  const others = actions.keywords.filter(keyword => keyword !== star);
  return { ...actions, keywords: actions.keywords.includes(star) ? others : [...others, star] };
}

function OwnTags({ actions, change }: Props) {
  const { state, words: shared } = useApp();
  const words = rulesWords[state.language];
  const own = placedTags(state.tags);
  const toggle = (id: string) => {
    const others = actions.mailboxIds.filter(one => one !== id);
    change({ ...actions, mailboxIds: actions.mailboxIds.includes(id) ? others : [...others, id] });
  };
  return html`<fieldset class="rule-tags">
    <legend>${words.tags}</legend>
    ${own.length === 0 && html`<p class="setting-hint">${words.noTags}</p>`}
    ${own.map(
      ({ tag }) => html`<label class="check" key=${tag.id}>
        <input type="checkbox" checked=${actions.mailboxIds.includes(tag.id)} onChange=${() => toggle(tag.id)} />
        <bdi>${tagName(tag, shared)}</bdi>
      </label>`,
    )}
  </fieldset>`;
}

/** One tag that is taken off; more of them, which another program may have written, stay as they are. */
function Untag({ actions, change }: Props) {
  const words = rulesWords[useApp().state.language];
  const [first = '', ...others] = actions.removeTags;
  const put = (event: Event) => {
    const chosen = (event.currentTarget as HTMLSelectElement).value;
    change({ ...actions, removeTags: [...(chosen ? [chosen] : []), ...others] });
  };
  return html`<label class="field">
    <span>${words.untag}</span>
    <select value=${first} onChange=${put}>
      <option value="">${words.nothing}</option>
      <${TagOptions} other=${first} />
    </select>
  </label>`;
}

/** Options for all tags that a message may have: the owner's, and automatic ones; `other` as well when it is none. */
export function TagOptions({ other = '' }: { other?: string }) {
  const { state, words: shared } = useApp();
  const { kinds } = automaticWords[state.language];
  const own = placedTags(state.tags).map(({ tag }) => [tag.id, tagName(tag, shared)] as const);
  const automatic = Object.entries(kinds).map(([kind, name]) => [`auto-${kind}`, name] as const);
  const known = [...own, ...automatic];
  const naming = { language: state.language, tags: state.tags, nameOf: () => '' };
  const unknown = other !== '' && !known.some(([id]) => id === other);
  const all = unknown ? [...known, [other, nameOfTag(other, naming) || other] as const] : known;
  return html`${all.map(([id, name]) => html`<option key=${id} value=${id}>${name}</option>`)}`;
}

const values = Array.from({ length: 21 }, (_, place) => 10 - place);

function Importance({ actions, change }: Props) {
  const words = rulesWords[useApp().state.language];
  const put = (event: Event) => {
    const chosen = (event.currentTarget as HTMLSelectElement).value;
    change({ ...actions, importance: chosen === '' ? null : Number(chosen) });
  };
  return html`<label class="field">
    <span>${words.importance}</span>
    <select value=${actions.importance === null ? '' : String(actions.importance)} onChange=${put}>
      <option value="">${words.leaveImportance}</option>
      ${values.map(value => html`<option key=${value} value=${value}>${signed(value)}</option>`)}
    </select>
  </label>`;
}

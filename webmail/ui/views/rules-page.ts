import { html } from 'htm/preact';
import { useRef, useState } from 'preact/hooks';
import type { TagRule } from '../../wire.ts';
import { useLoad } from '../load.ts';
import { withWork } from '../perform.ts';
import {
  applyRule,
  changeRule,
  doesOf,
  draftOf,
  emptyDraft,
  loadRules,
  makeRule,
  nameOfRule,
  type RuleDraft,
  removeRule,
  takeBackRule,
  whenOf,
} from '../rules.ts';
import { Failed, Loading } from './loading.ts';
import { PageHeading } from './page.ts';
import { RuleForm } from './rule-form.ts';
import { useRuleParts } from './rule-parts.ts';

/** The owner's rules in their order: adds, changes, moves, switches off and deletes them. */
export function RulesPage() {
  const { asking, words, shared, tried } = useRuleParts();
  const [isMaking, setMaking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const loaded = useLoad(asking.accountId, () => loadRules(asking));
  const close = () => {
    setMaking(false);
    // The button comes back in the place of the form.
    requestAnimationFrame(() => button.current?.focus());
  };
  const make = (draft: RuleDraft) =>
    tried(draft, async () => {
      await makeRule(asking, draft);
      loaded.reload();
      close();
    });
  const { value: rules } = loaded;
  return html`<${PageHeading} text=${shared.pages.rules} />
    <p class="lead">${words.lead}</p>
    ${loaded.error !== undefined && !rules && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${!rules && loaded.error === undefined && html`<${Loading} />`}
    ${rules?.length === 0 && html`<p class="setting-hint">${words.none}</p>`}
    ${
      rules &&
      html`<ol class="rules" aria-label=${words.list}>
        ${rules.map((rule, place) => html`<${Rule} key=${rule.id} rule=${rule} place=${place} count=${rules.length} reload=${loaded.reload} />`)}
      </ol>
      ${
        isMaking
          ? html`<section aria-label=${words.make}><h2>${words.make}</h2><${RuleForm} draft=${emptyDraft()} save=${make} cancel=${close} /></section>`
          : html`<p><button class="button primary" ref=${button} onClick=${() => setMaking(true)}>${words.make}</button></p>`
      }`
    }`;
}

interface RuleProps {
  readonly rule: TagRule;
  readonly place: number;
  readonly count: number;
  readonly reload: () => void;
}

function Rule({ rule, place, count, reload }: RuleProps) {
  const { app, actions, asking, naming, words, quietly, tried } = useRuleParts();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const draft = draftOf(rule);
  const name = nameOfRule(draft, naming);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const save = (changed: RuleDraft) =>
    tried(changed, async () => {
      await changeRule(asking, rule.id, changed);
      reload();
      close();
    });
  const move = (to: number) =>
    quietly(async () => {
      await changeRule(asking, rule.id, { sortOrder: to });
      actions.announce(words.moved(name, to + 1));
      reload();
    });
  const remove = () =>
    quietly(async () => {
      await removeRule(asking, rule.id);
      const undo = () => void quietly(() => makeRule(asking, { ...draft, sortOrder: place }).then(reload));
      actions.say({ text: words.removed(name), undo });
      document.querySelector<HTMLElement>('.page h1')?.focus();
      reload();
    });
  const use = () => quietly(() => changeRule(asking, rule.id, { isEnabled: !rule.isEnabled }).then(reload));
  const apply = () =>
    quietly(async () => {
      const { undo, isWhole } = await withWork(app, words.applying(name), progress =>
        applyRule(asking, rule.id, progress),
      );
      await actions.refreshTags();
      const takeBack = async () => {
        await takeBackRule(asking, undo);
        await actions.refreshTags();
        actions.say({ text: words.takenBack(name) });
      };
      const count = Object.keys(undo).length;
      const text = (isWhole ? words.applied : words.appliedPartly)(name, count);
      actions.say(count > 0 ? { text, undo: () => void quietly(takeBack) } : { text });
    });
  return html`<li class="rule">
    <p class="rule-name"><bdi>${name}</bdi></p>
    ${rule.name && html`<p class="rule-when" dir="auto">${whenOf(draft, naming)}</p>`}
    <p class="rule-does" dir="auto">→ ${doesOf(draft, naming)}</p>
    <div class="rule-tools">
      <label class="check">
        <input type="checkbox" aria-label=${words.use(name)} checked=${rule.isEnabled} onChange=${use} />
        <span aria-hidden="true">${words.useShort}</span>
      </label>
      <button class="button small" ref=${button} aria-expanded=${isOpen} aria-label=${words.change(name)} onClick=${() => setOpen(!isOpen)}>${words.changeShort}</button>
      <button class="button small" aria-label=${words.apply(name)} onClick=${() => void apply()}>${words.applyShort}</button>
      <button class="button small" aria-label=${words.up(name)} aria-disabled=${place === 0} onClick=${() => place > 0 && void move(place - 1)}>${words.upShort}</button>
      <button class="button small" aria-label=${words.down(name)} aria-disabled=${place === count - 1} onClick=${() => place < count - 1 && void move(place + 1)}>${words.downShort}</button>
      <button class="button small danger" aria-label=${words.remove(name)} onClick=${() => void remove()}>${words.removeShort}</button>
    </div>
    ${isOpen && html`<${RuleForm} draft=${draft} save=${save} cancel=${close} />`}
  </li>`;
}

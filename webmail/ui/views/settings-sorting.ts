import { html } from 'htm/preact';
import { useState } from 'preact/hooks';
import type { AccountPreferences } from '../../wire.ts';
import { useLoad } from '../load.ts';
import { rulesWords } from '../locales/rules.ts';
import { settingsWords } from '../locales/settings.ts';
import type { Asking } from '../mail.ts';
import { listAddress } from '../route.ts';
import { useApp } from '../state.ts';
import { Failed, Loading } from './loading.ts';
import { Section, Sure, useOutcome } from './settings-parts.ts';

const wishes = {
  sortsByStructure: 'structure',
  learnsTags: 'examples',
  learnsImportance: 'importance',
} as const;
type Wish = keyof typeof wishes;

/** What is tagged and judged without being asked, each to be switched off, and the way to the rules. */
export function SortingSettings() {
  const { state, client } = useApp();
  const words = rulesWords[state.language].section;
  const outcome = useOutcome();
  const asking: Asking = { client, accountId: state.session?.accountId ?? '' };
  const loaded = useLoad(asking.accountId, () => loadWishes(asking));
  const [chosen, setChosen] = useState<Partial<Wishes>>({});
  const value = loaded.value && { ...loaded.value, ...chosen };
  const turn = async (wish: Wish, isOn: boolean) => {
    setChosen({ ...chosen, [wish]: isOn });
    const { saved } = settingsWords[state.language];
    if (!(await outcome.run(() => saveWish(asking, wish, isOn), saved))) {
      setChosen(({ [wish]: _failed, ...others }) => others);
    }
  };
  return html`<${Section} id="settings-sorting" heading=${words.heading} lead=${words.lead} outcome=${outcome}>
    ${loaded.error !== undefined && !value && html`<${Failed} error=${loaded.error} retry=${loaded.reload} />`}
    ${!value && loaded.error === undefined && html`<${Loading} />`}
    ${
      value &&
      (Object.keys(wishes) as Wish[]).map(
        wish => html`<label class="check" key=${wish}>
          <input
            type="checkbox"
            checked=${value[wish] !== false}
            onChange=${(event: Event) => void turn(wish, (event.currentTarget as HTMLInputElement).checked)}
          />
          <span>${words[wishes[wish]]}</span>
        </label>`,
      )
    }
    <${Sure}
      label=${words.forget}
      spoken=${words.forget}
      question=${words.forgetQuestion}
      yes=${words.forgetYes}
      act=${() => void outcome.run(() => forgetLearned(asking, ['tags', 'importance']), words.forgotten)}
    />
    <${Sure}
      label=${words.forgetJunk}
      spoken=${words.forgetJunk}
      question=${words.forgetJunkQuestion}
      yes=${words.forgetYes}
      act=${() => void outcome.run(() => forgetLearned(asking, ['junk']), words.forgotten)}
    />
    <a class="button small" href=${listAddress({ kind: 'page', id: 'rules' })}>${words.rules}</a>
  <//>`;
}

type Wishes = Pick<AccountPreferences, Wish>;

async function loadWishes({ client, accountId }: Asking): Promise<Wishes> {
  const properties = Object.keys(wishes);
  const answers = await client.call([['Preferences/get', { accountId, ids: null, properties }, 'get']]);
  const [found] = (answers.get?.list ?? []) as readonly Wishes[];
  return found ?? { sortsByStructure: null, learnsTags: null, learnsImportance: null };
}

async function saveWish({ client, accountId }: Asking, wish: Wish, isOn: boolean): Promise<void> {
  const update = { singleton: { [wish]: isOn } };
  const answers = await client.call([['Preferences/set', { accountId, update }, 'set']]);
  if (answers.set?.notUpdated) throw new Error('the wish was not saved');
}

async function forgetLearned({ client, accountId }: Asking, names: readonly string[]): Promise<void> {
  await client.call([['Learned/forget', { accountId, names }, 'forget']]);
}

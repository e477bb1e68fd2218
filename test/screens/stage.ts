import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type AccountName, addressOf } from '../../bin/demo/people.ts';
import { demoMail } from '../../bin/demo.ts';
import { en, type Words } from '../../webmail/ui/locales/en.ts';
import { fr } from '../../webmail/ui/locales/fr.ts';
import type { Language } from '../../webmail/ui/locales/languages.ts';
import { formatRoute, inboxId, type ListRoute, listAddress } from '../../webmail/ui/route.ts';
import { capabilities, type JmapResponse } from '../../webmail/wire.ts';
import type { Demo } from '../support/demo.ts';
import { poll } from '../support/poll.ts';
import type { Screen } from './screens.ts';

export const languages = ['en', 'fr'] as const;
export const themes = ['light', 'dark'] as const;
/** In CSS pixels: the narrowest that must do (WCAG 2.2, 1.4.10), and a desk's. */
export const widths = [320, 1280] as const;
export type Theme = (typeof themes)[number];
export type Width = (typeof widths)[number];

const wordsOf: Record<Language, Words> = { en, fr };
const heights: Record<Width, number> = { 320: 640, 1280: 800 };

/** Where a screen is drawn. */
export interface Place {
  readonly language: Language;
  readonly width: Width;
}

/** What leads to a screen. */
export interface At extends Place {
  readonly page: Page;
  readonly words: Words;
  readonly demo: Demo;
  /** The list fills the page, and what is read takes its place. */
  readonly isNarrow: boolean;
  /** Loads the webmail anew at a fragment. */
  open(fragment: string): Promise<void>;
  /** Loads it anew at a list. */
  openList(list: ListRoute): Promise<void>;
  /** Loads it anew at a message and waits until that can be read. */
  openMessage(subject: string): Promise<void>;
}

/** Told of a screen that is there. */
type Look = (page: Page, theme: Theme, place: Place) => Promise<void>;

/** A demo with all its mail, and a browser in which its accounts are signed in. */
export interface Stage {
  readonly demo: Demo;
  /** Leads to a screen and shows it to `look`, once in each theme. */
  show(screen: Screen, place: Place, look: Look): Promise<void>;
  /** The same at each width: by one way where that is the same at all of them. */
  showAll(screen: Screen, language: Language, look: Look): Promise<void>;
}

/** Waits for the demo's mail and puts some of it under tags. */
export async function openStage(browser: Browser, demo: Demo): Promise<Stage> {
  const mail = new Map<AccountName, MailAddresses>();
  for (const account of ['serverKey', 'ownKey'] as const) mail.set(account, await readMail(demo, account));
  await tagMail(demo);
  const pages = new Map<string, Promise<Page>>();
  const pageOf = ({ account }: Screen, language: Language) => {
    const key = `${account}/${language}`;
    const page = pages.get(key) ?? openPage({ browser, demo, account, language });
    pages.set(key, page);
    return page;
  };
  /** Reached at the first width, and seen at all. */
  const showAt = async (screen: Screen, places: readonly [Place, ...Place[]], look: Look) => {
    const [first] = places;
    const page = await pageOf(screen, first.language);
    const at = atOf(page, first, { demo, mail: mail.get(screen.account ?? 'serverKey') });
    await resize(page, screen, first);
    await screen.reach(at);
    for (const place of places) {
      if (place !== first) await resize(page, screen, place);
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        await look(page, theme, place);
      }
    }
    await screen.leave?.(at);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  };
  return {
    demo,
    show: (screen, place, look) => showAt(screen, [place], look),
    async showAll(screen, language, look) {
      const [narrow, wide] = widths.map(width => ({ width, language })) as [Place, Place];
      if (!screen.leave && !screen.isByWidth) return showAt(screen, [narrow, wide], look);
      await showAt(screen, [narrow], look);
      await showAt(screen, [wide], look);
    },
  };
}

/** Waits until it is drawn anew. */
async function resize(page: Page, { height }: Screen, { width }: Place): Promise<void> {
  await page.setViewportSize({ width, height: height ?? heights[width] });
  await page.evaluate('new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
}

interface Opening {
  readonly browser: Browser;
  readonly demo: Demo;
  readonly account: AccountName | null;
  readonly language: Language;
}

async function openPage({ browser, demo, account, language }: Opening): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    locale: language,
    timezoneId: 'Europe/Paris',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  if (account) await signIn(page, demo, { address: addressOf(account), language });
  return page;
}

/** Through the form, as a person does. */
export async function signIn(
  page: Page,
  demo: Demo,
  { address, language }: { readonly address: string; readonly language: Language },
): Promise<void> {
  const words = wordsOf[language];
  await page.goto(demo.web);
  await page.getByLabel(words.signIn.address).fill(address);
  await page.getByLabel(words.signIn.password).fill(demo.passwords.get(address) ?? '');
  await page.getByRole('button', { name: words.signIn.submit }).click();
  await page.locator('.row').first().waitFor();
}

function atOf(
  page: Page,
  place: Place,
  { demo, mail }: { readonly demo: Demo; readonly mail: MailAddresses | undefined },
): At {
  const open = async (fragment: string) => {
    await page.goto('about:blank');
    await page.goto(demo.web + fragment);
  };
  return {
    ...place,
    page,
    demo,
    words: wordsOf[place.language],
    isNarrow: place.width < 768,
    open,
    openList: list => open(listAddress(list)),
    async openMessage(subject) {
      const fragment = mail?.get(subject);
      assert.ok(fragment, `no message “${subject}”`);
      await open(fragment);
      await page.locator('.message[data-open="true"] .toolbar').first().waitFor();
      // Attachments and others come later.
      await poll('all of the message', async () =>
        (await page.locator('.message .loading').count()) === 0 ? true : undefined,
      );
    },
  };
}

/** Fragments by subject; that of sealed mail is `sealed`. */
type MailAddresses = ReadonlyMap<string, string>;

async function readMail(demo: Demo, account: AccountName): Promise<MailAddresses> {
  const expected = demoMail.filter(({ recipients }) => recipients.includes(account)).length;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const [, { list }] = await ask(demo, account, [
      ['Email/query', { sort: [{ property: 'receivedAt', isAscending: false }] }],
      [
        'Email/get',
        {
          '#ids': { resultOf: '0', name: 'Email/query', path: '/ids' },
          properties: ['subject', 'discussionId'],
        },
      ],
    ]);
    // Of those with one subject, the newest.
    if (list.length >= expected) return new Map(list.toReversed().map(addressRow));
    assert.ok(Date.now() < deadline, `${list.length} of ${expected} messages arrived`);
    await wait(100);
  }
}

interface Found {
  readonly id: string;
  readonly subject: string | null;
  readonly discussionId: string;
}

function addressRow({ id, subject, discussionId }: Found): [string, string] {
  const list = { kind: 'tag', id: inboxId } as const;
  return [subject ?? 'sealed', formatRoute({ list, filter: {}, discussionId, emailId: id })];
}

/** Tags of the owner's own, with colours, on some of the mail. */
async function tagMail(demo: Demo): Promise<void> {
  const create = {
    work: { name: 'Open day', colour: '#2b6cb8' },
    garden: { name: 'Garden', colour: '#3f8f29' },
    long: { name: 'A name that is far too long for the narrow column of the tags', colour: '#c9640f' },
  };
  const [{ created }, { ids: planning }, { ids: garden }] = await ask(demo, 'serverKey', [
    ['Mailbox/set', { create }],
    ['Email/query', { filter: { subject: 'Plan for the open day' } }],
    ['Email/query', { filter: { from: 'gardener' } }],
  ]);
  const under = (ids: readonly string[], mailbox: { readonly id: string }) =>
    ids.map(id => [id, { [`mailboxIds/${mailbox.id}`]: true }] as const);
  const update = Object.fromEntries([...under(planning, created.work), ...under(garden, created.garden)]);
  await ask(demo, 'serverKey', [['Email/set', { update }]]);
}

// biome-ignore lint/suspicious/noExplicitAny: answers are read without further checks, as in test/support/jmap-client.ts
type Answer = any;

/** JMAP calls of an account of the demo, by its password. */
async function ask(
  demo: Demo,
  account: AccountName,
  calls: readonly (readonly [name: string, args: Record<string, unknown>])[],
): Promise<Answer[]> {
  const address = addressOf(account);
  const secret = Buffer.from(`${address}:${demo.passwords.get(address)}`).toString('base64');
  const headers = { authorization: `Basic ${secret}`, 'content-type': 'application/json' };
  const session = (await (await fetch(`${demo.web}.well-known/jmap`, { headers })).json()) as {
    readonly accounts: Record<string, unknown>;
  };
  const accountId = Object.keys(session.accounts)[0];
  const response = await fetch(`${demo.web}jmap`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      using: [capabilities.core, capabilities.mail, capabilities.discussion],
      methodCalls: calls.map(([name, args], place) => [name, { accountId, ...args }, String(place)]),
    }),
  });
  const { methodResponses } = (await response.json()) as JmapResponse;
  for (const [name, answer] of methodResponses) assert.notEqual(name, 'error', JSON.stringify(answer));
  return methodResponses.map(([, answer]) => answer);
}

import type { AccountName } from '../../bin/demo/people.ts';
import { accountWords } from '../../webmail/ui/locales/account.ts';
import { allId, inboxId } from '../../webmail/ui/route.ts';
import type { At } from './stage.ts';

/** One screen of the webmail, and the way to it. A way that leads nowhere fails. */
export interface Screen {
  readonly name: string;
  /** Who is signed in; null for nobody. */
  readonly account: AccountName | null;
  /** Of the window in CSS pixels, for screens that are worth being seen whole. */
  readonly height?: number;
  /** Leads to the screen and waits until all of it is there. */
  reach(at: At): Promise<unknown>;
  /** Takes back what the way changed. */
  leave?(at: At): Promise<unknown>;
}

const inbox = { kind: 'tag', id: inboxId } as const;
const all = { kind: 'tag', id: allId } as const;

/** Every screen. What marks mail as read comes behind the lists that show it as it came. */
export const screens: readonly Screen[] = [
  { name: 'sign-in', account: null, reach: at => openSignIn(at) },
  {
    name: 'sign-in-refused',
    account: null,
    async reach(at) {
      await openSignIn(at);
      await at.page.getByLabel(at.words.signIn.address).fill('nobody@caliopen.example');
      await at.page.getByLabel(at.words.signIn.password).fill('not the password');
      await at.page.getByRole('button', { name: at.words.signIn.submit }).click();
      await at.page
        .getByText(at.words.signIn.refused)
        .or(at.page.getByText(at.words.signIn.throttled))
        .waitFor();
    },
  },
  { name: 'inbox', account: 'serverKey', reach: at => openList(at, inbox) },
  { name: 'all-mail', account: 'serverKey', reach: at => openList(at, all) },
  {
    name: 'empty-list',
    account: 'serverKey',
    async reach({ page, words, openList, isNarrow }) {
      await openList(inbox);
      await page.locator('.row').first().waitFor();
      if (isNarrow) await page.getByRole('button', { name: words.bar.menu, exact: true }).click();
      await page.locator('#tags').getByRole('link', { name: words.tags.roles.drafts }).click();
      await page.getByRole('heading', { name: words.tags.roles.drafts }).waitFor();
      await page.getByText(words.timeline.empty).waitFor();
    },
  },
  {
    name: 'tags',
    account: 'serverKey',
    async reach(at) {
      await openList(at, inbox);
      if (at.isNarrow) await at.page.getByRole('button', { name: at.words.bar.menu, exact: true }).click();
      await at.page.locator('#tags').getByText('Garden').waitFor();
    },
  },
  {
    name: 'account',
    account: 'serverKey',
    async reach(at) {
      await openList(at, inbox);
      await at.page.locator('.account > summary').click();
      await at.page.getByRole('button', { name: at.words.bar.signOut }).waitFor();
    },
  },
  {
    name: 'keyboard-help',
    account: 'serverKey',
    async reach(at) {
      await openList(at, inbox);
      await at.page.locator('#main').focus();
      await at.page.keyboard.press('?');
      await at.page.getByRole('dialog').waitFor();
    },
  },
  { name: 'search', account: 'serverKey', reach: at => search(at, 'plan') },
  {
    name: 'search-none',
    account: 'serverKey',
    async reach({ page, words, openList }) {
      await openList({ kind: 'search', text: 'a word that no message has' });
      await page.getByText(words.search.none).waitFor();
    },
  },
  { name: 'offline', account: 'serverKey', reach: openOffline },
  {
    name: 'loading',
    account: 'serverKey',
    async reach({ page, words, openList }) {
      await page.route('**/jmap', () => {});
      await openList(inbox);
      await page.getByText(words.loading).first().waitFor();
    },
  },
  { name: 'message', account: 'serverKey', reach: at => at.openMessage('Lunch on Thursday?') },
  {
    name: 'discussion',
    account: 'serverKey',
    height: 1000,
    reach: at => at.openMessage('Re: Plan for the open day'),
  },
  {
    name: 'message-decrypted',
    account: 'serverKey',
    reach: at => at.openMessage('Where the key to the boat house is'),
  },
  {
    name: 'message-invalid-signature',
    account: 'serverKey',
    reach: at => at.openMessage('Somebody has changed this message'),
  },
  {
    name: 'index',
    account: 'serverKey',
    height: 2400,
    reach: at => openIndex(at, 'Where the key to the boat house is'),
  },
  {
    name: 'index-steps',
    account: 'serverKey',
    height: 2400,
    reach: at => openIndex(at, 'We have not met yet'),
  },
  {
    name: 'message-html',
    account: 'serverKey',
    height: 1000,
    reach: at => openHtml(at, 'Ten teapots you will love'),
  },
  {
    name: 'message-html-plain',
    account: 'serverKey',
    reach: at => openHtml(at, 'Your order 1042 is on its way'),
  },
  {
    name: 'message-html-hostile',
    account: 'serverKey',
    height: 1000,
    reach: at => openHtml(at, 'A page that tries everything'),
  },
  { name: 'message-japanese', account: 'serverKey', reach: at => at.openMessage('来週の花見について') },
  {
    name: 'message-attachment',
    account: 'serverKey',
    height: 1000,
    reach: at => at.openMessage('Scan 0042'),
  },
  {
    name: 'message-attachment-name',
    account: 'serverKey',
    reach: at => at.openMessage('An attachment whose name reads backwards'),
  },
  { name: 'warning-forged', account: 'serverKey', reach: at => openWarning(at, 'Your statement is ready') },
  {
    name: 'warning-harmful',
    account: 'serverKey',
    height: 1000,
    reach: at => openWarning(at, 'URGENT: your account will be closed today'),
  },
  {
    name: 'warning-spam',
    account: 'serverKey',
    height: 1000,
    reach: at => openWarning(at, 'CONGRATULATIONS!!! YOU HAVE WON $5,000,000.00 CASH'),
  },
  {
    name: 'tag-menu',
    account: 'serverKey',
    async reach(at) {
      await at.openMessage('Lunch on Thursday?');
      await at.page.getByText(at.words.tags.add).click();
      await at.page.getByLabel(at.words.tags.newName).waitFor();
    },
  },
  {
    name: 'notice',
    account: 'serverKey',
    async reach({ page, words, openMessage }) {
      await openMessage('Lunch on Thursday?');
      await page.locator('[data-key="archive"]').click();
      await page.getByText(words.message.movedToArchive).waitFor();
    },
    async leave({ page, words }) {
      await page.getByRole('button', { name: words.undo }).click();
      await page.locator('.notice').waitFor({ state: 'detached' });
    },
  },
  {
    name: 'sealed-inbox',
    account: 'ownKey',
    reach: at => openList(at, inbox),
  },
  { name: 'sealed', account: 'ownKey', reach: at => at.openMessage('sealed') },
];

async function openSignIn({ page, words, open }: At): Promise<void> {
  await open('');
  await page.getByRole('button', { name: words.signIn.submit }).waitFor();
}

async function openList({ page, openList }: At, list: typeof inbox | typeof all): Promise<void> {
  await openList(list);
  await page.locator('.row').first().waitFor();
}

async function search({ page, openList }: At, text: string): Promise<void> {
  await openList({ kind: 'search', text });
  await page.locator('.row').first().waitFor();
}

/** The list is there, and then the server is not. */
async function openOffline(at: At): Promise<void> {
  await at.page.route('**/jmap', route => route.abort());
  await at.openList(inbox);
  await at.page.getByText(at.words.errors.offline).first().waitFor();
}

const openMessage = '.message[data-open="true"]';

async function openIndex(at: At, subject: string): Promise<void> {
  await at.openMessage(subject);
  await at.page.locator(`${openMessage} .index-summary`).click();
  await at.page.getByRole('heading', { name: accountWords[at.language].notKnownHeading }).waitFor();
}

async function openHtml(at: At, subject: string): Promise<void> {
  await at.openMessage(subject);
  await at.page.frameLocator(`${openMessage} iframe`).locator('h1, h2').first().waitFor();
}

async function openWarning(at: At, subject: string): Promise<void> {
  await at.openMessage(subject);
  await at.page.locator(`${openMessage} .warning`).waitFor();
}

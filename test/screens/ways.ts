import type { Locator } from 'playwright-core';
import { addressOf } from '../../bin/demo/people.ts';
import { accountWords } from '../../webmail/ui/locales/account.ts';
import { automaticWords } from '../../webmail/ui/locales/automatic.ts';
import { choicesWords } from '../../webmail/ui/locales/choices.ts';
import { emptyWords } from '../../webmail/ui/locales/empty.ts';
import { readingWords } from '../../webmail/ui/locales/reading.ts';
import { rulesWords } from '../../webmail/ui/locales/rules.ts';
import { allId, inboxId, listAddress, type PageId } from '../../webmail/ui/route.ts';
import { poll } from '../support/poll.ts';
import { type At, signIn } from './stage.ts';

export const inbox = { kind: 'tag', id: inboxId } as const;
export const all = { kind: 'tag', id: allId } as const;

const openMessage = '.message[data-open="true"]';
/** By which lists come. */
const mailPaths = /\/(?:jmap|first-list)$/;

export async function openSignIn({ page, words, open }: At): Promise<void> {
  await open('');
  await page.getByRole('button', { name: words.signIn.submit }).waitFor();
}

export async function refuseSignIn(at: At): Promise<void> {
  const { page, words } = at;
  await openSignIn(at);
  await page.getByLabel(words.signIn.address).fill('nobody@caliopen.example');
  await page.getByLabel(words.signIn.password).fill('not the password');
  await page.getByRole('button', { name: words.signIn.submit }).click();
  await page
    .getByText(words.signIn.refused)
    .or(page.getByText(words.signIn.throttled('').slice(0, 12)))
    .waitFor();
}

/** The session ends while somebody reads. */
export async function loseSession({ page, demo, words, language }: At): Promise<void> {
  await page.goto('about:blank');
  await signIn(page, demo, { address: addressOf('noKey'), language });
  await page.context().clearCookies();
  // The next thing asked for is refused.
  await page.evaluate('location.hash = "#/tag/all"');
  await page.getByText(words.signIn.expired).waitFor();
}

export async function openList(
  { page, openList }: At,
  list: typeof inbox | typeof all = inbox,
): Promise<void> {
  await openList(list);
  await page.locator('.row[href]').first().waitFor();
}

export async function openTags(at: At): Promise<void> {
  await openList(at);
  if (at.isNarrow) await at.page.locator('.menu-button').click();
  await at.page.locator('#tags').getByText('Garden').waitFor();
}

export async function openEmptyList(at: At): Promise<void> {
  const { page, words } = at;
  await openTags(at);
  await page.locator('#tags').getByRole('link', { name: words.tags.roles.drafts }).click();
  await page.getByRole('heading', { name: words.tags.roles.drafts }).waitFor();
  await page.getByText(words.timeline.empty).waitFor();
}

export async function openFilter(at: At): Promise<void> {
  await openList(at);
  await at.page.locator('.filter-button').click();
  await at.page.locator('#filter select').first().waitFor();
}

export async function filterAllOut({ page, language, open }: At): Promise<void> {
  await open(listAddress(inbox, { level: 'A' }));
  await page.getByText(emptyWords[language].noneSuch).waitFor();
}

export async function openAccount(at: At): Promise<void> {
  await openList(at);
  await at.page.locator('.account > summary').click();
  await at.page.getByRole('button', { name: at.words.bar.signOut }).waitFor();
}

export async function openKeyboardHelp(at: At): Promise<void> {
  await openList(at);
  await at.page.locator('#main').focus();
  await at.page.keyboard.press('?');
  await at.page.getByRole('dialog').locator('kbd').first().waitFor();
}

/** Two rows are chosen. */
export async function chooseRows(at: At): Promise<void> {
  await openList(at);
  await at.page.getByRole('button', { name: at.words.select, exact: true }).click();
  for (const place of [0, 1]) await at.page.locator('.row-check').nth(place).click();
  await at.page.locator('.selection-bar').waitFor();
}

export async function chooseTags(at: At): Promise<void> {
  await chooseRows(at);
  await at.page.locator('.selection-acts summary').click();
  await at.page.locator('.selection-acts .popover').getByText('Garden').waitFor();
}

export async function search({ page, openList }: At, text: string): Promise<void> {
  await openList({ kind: 'search', text });
  await page.locator('.row[href]').first().waitFor();
}

/** A search is open in a tab; on a phone tabs are a menu. */
export async function openTabOptions(at: At): Promise<void> {
  await search(at, 'from:friend');
  const menu = at.page.locator(at.isNarrow ? '.tab-menu' : '.tab-options');
  await menu.locator('summary').click();
  await menu.locator('.popover input').first().waitFor();
}

/** The server is not there. */
export async function goOffline(at: At): Promise<void> {
  await at.page.route(mailPaths, route => route.abort());
  await at.openList(inbox);
  await at.page.getByText(at.words.errors.offline).first().waitFor();
}

/** The server takes its time. */
export async function waitForMail({ page, words, openList }: At): Promise<void> {
  await page.route(mailPaths, () => {});
  await openList(inbox);
  await page.getByText(words.loading).first().waitFor();
}

export async function openPage({ page, open, words }: At, id: PageId): Promise<void> {
  await open(listAddress({ kind: 'page', id }));
  await page.getByRole('heading', { name: words.pages[id], level: 1 }).waitFor();
  // Asked by the debugger's side: the page's policy lets nothing be evaluated in it.
  const isThere =
    '!document.querySelector(".page .loading") && document.getElementById("later-style").sheet !== null';
  await poll('the page with its styles', async () => ((await page.evaluate(isThere)) ? true : undefined));
}

export async function openTagForm(at: At): Promise<void> {
  await openPage(at, 'tags');
  await at.page.locator('.tag-row').getByRole('button').first().click();
  await at.page.locator('.tag-row form').waitFor();
}

export async function openRuleForm(at: At): Promise<void> {
  await openPage(at, 'rules');
  await at.page.getByRole('button', { name: rulesWords[at.language].make }).click();
  await at.page.locator('.rule-form').waitFor();
}

export async function openRuleDialog(at: At): Promise<void> {
  await openMore(at);
  await at.page.getByRole('button', { name: readingWords[at.language].more.rule }).click();
  await at.page.locator('dialog .rule-form').waitFor();
}

export async function openImportance(at: At): Promise<void> {
  await at.openMessage('Lunch on Thursday?');
  const message = at.page.locator(openMessage);
  await message.locator('.why > summary').last().click();
  await message.getByText(automaticWords[at.language].set).waitFor();
}

export async function openIndex(at: At, subject: string): Promise<void> {
  await at.openMessage(subject);
  await at.page.locator(`${openMessage} .index-summary`).click();
  await at.page.getByRole('heading', { name: accountWords[at.language].notKnownHeading }).waitFor();
}

export async function openHtml(at: At, subject: string): Promise<void> {
  await at.openMessage(subject);
  await at.page.frameLocator(`${openMessage} iframe`).locator('h1, h2').first().waitFor();
}

export async function openWarning(at: At, subject: string): Promise<void> {
  await at.openMessage(subject);
  await at.page.locator(`${openMessage} .warning`).waitFor();
}

/** Saving from a harmful message is asked about first. */
export async function askToSave(at: At): Promise<void> {
  await openWarning(at, 'URGENT: your account will be closed today');
  // By key: a letter that grows as it is drawn moves the button from under a pointer.
  await at.page.locator('.attachment .icon-button').press('Enter');
  await at.page.locator('.harmful-save button').first().waitFor();
}

export async function openPreview(at: At, subject: string, shown: string): Promise<void> {
  await at.openMessage(subject);
  await at.page.locator('button.attachment-main').click();
  await at.page.getByRole('dialog').locator(shown).waitFor();
}

export async function openTagMenu(at: At): Promise<void> {
  await at.openMessage('Lunch on Thursday?');
  await at.page.locator(`${openMessage} .tag-menu > summary`).click();
  await at.page.getByLabel(choicesWords[at.language].newName).waitFor();
}

export async function openMore(at: At): Promise<Locator> {
  await at.openMessage('Lunch on Thursday?');
  await at.page.locator(`${openMessage} .message-more > summary`).click();
  await at.page.locator('.menu-item').first().waitFor();
  await at.page.locator(`${openMessage} .menu-item`).first().waitFor();
  return at.page.locator(`${openMessage} .message-more .popover`);
}

export async function openDialogOf(at: At, name: string): Promise<void> {
  await (await openMore(at)).getByRole('button', { name }).click();
  await at.page.getByRole('dialog').locator('pre, table, dl').first().waitFor();
}

export async function archive({ page, words, openMessage }: At): Promise<void> {
  await openMessage('Lunch on Thursday?');
  await page.locator('[data-key="archive"]').first().click();
  await page.getByText(words.message.movedToArchive).waitFor();
}

export async function undo({ page, words }: At): Promise<void> {
  await page.getByRole('button', { name: words.undo }).click();
  await page.locator('.notice').waitFor({ state: 'detached' });
}

/** Sealed mail without a key on this device. */
export async function openSealed(at: At): Promise<void> {
  await at.openMessage('sealed');
  await at.page
    .locator(`${openMessage} .sealed`)
    .locator('input[type="file"], input[type="password"]')
    .first()
    .waitFor();
}

/** Its key is on this device, and locked. */
export async function askPassphrase(at: At): Promise<Locator> {
  await openSealed(at);
  const sealed = at.page.locator(`${openMessage} .sealed`);
  const passphrase = sealed.locator('.unlock input[type="password"]');
  if (!(await passphrase.isVisible())) {
    await sealed.locator('input[type="file"]').setInputFiles(at.demo.ownKey.file);
    await sealed.locator('.key-form .primary').click();
  }
  await passphrase.waitFor();
  return passphrase;
}

export async function typeWrongPassphrase(at: At): Promise<void> {
  const passphrase = await askPassphrase(at);
  await passphrase.fill('not this one');
  await passphrase.press('Enter');
  await at.page.locator('.unlock .fault:not(:empty)').waitFor();
}

export async function unseal(at: At): Promise<void> {
  const passphrase = await askPassphrase(at);
  await passphrase.fill(at.demo.ownKey.passphrase);
  await passphrase.press('Enter');
  await at.page.locator(`${openMessage} .sealed`).waitFor({ state: 'detached' });
  await at.page.locator(`${openMessage} .index[data-level="A"]`).waitFor();
}

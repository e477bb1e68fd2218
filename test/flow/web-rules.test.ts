import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { violations } from '../support/axe.ts';
import { openChromium } from '../support/chromium.ts';
import { poll } from '../support/poll.ts';
import { openReader, type Reader } from '../support/reader.ts';
import { newEmail, type TestWeb } from '../webmail/api/web.ts';

const letter = (from: string, subject: string, more = '') =>
  `From: ${from}\nTo: owner@example.org\nSubject: ${subject}\n${more}\nIt is warm.\n`;

/** A message as a delivery stores it: sorted by its form, under a tag of the owner's by a rule. */
async function deliverSorted(web: TestWeb, tagId: string): Promise<string> {
  const text = letter('Shop <news@shop.example>', 'Weekly offers', 'List-Id: News <news.shop.example>\n');
  const email = newEmail(text, web.account, web.clock);
  const inbox = await web.mailbox('inbox');
  const reasons = [
    { tag: 'auto-newsletter', rule: 'structure:unsubscribe', text: '' },
    { tag: tagId, rule: 'r1', text: 'Shops' },
    { tag: '$flagged', rule: 'r2', text: 'Stars' },
    { tag: 'offers', rule: 'sieve', text: 'line 4' },
    { tag: '$seen', rule: 'r2', text: 'Stars' },
  ];
  const keywords = ['auto-newsletter', '$flagged', 'offers'];
  const tags = { roles: ['inbox'], tagIds: [tagId], keywords, reasons } as const;
  const importance = { value: -7, by: 'model', reasons: [{ id: 'bulk', weight: -1.8 }] } as const;
  return web.deliver('', {
    ...email,
    tags: [{ id: inbox }, { id: tagId }],
    keywords,
    findings: { ...email.findings, tags, importance },
  });
}

test('rules and the why of tags, in a browser', { timeout: 240_000 }, async t => {
  const browser = await openChromium(t);
  if (!browser) return;
  const reader = await openReader(t, browser, { context: { locale: 'en', reducedMotion: 'reduce' } });
  const { web, page } = reader;
  page.setDefaultTimeout(45_000);
  const faults: string[] = [];
  page.on('pageerror', error => faults.push(error.message));
  const made = await web.ask('Mailbox/set', { create: { shops: { name: 'Shops' } } });
  const tagId: string = made.created.shops.id;
  await page.reload();
  await page.locator('#tags').getByText('Shops').waitFor();
  await makesRules(t, reader, tagId);
  await putsInOrder(t, reader);
  await makesFromMessage(t, reader);
  await appliesRule(t, reader);
  await tellsWhy(t, reader, tagId);
  await switchesOff(t, reader);
  await fitsEverywhere(t, page);
  assert.deepEqual(faults, []);
});

async function openRules(page: Page): Promise<void> {
  await page.evaluate(`location.hash = '#/page/rules'`);
  await page.getByRole('heading', { name: 'Rules', exact: true }).waitFor();
}

const names = async (page: Page): Promise<string[]> => page.locator('.rule-name').allTextContents();

async function rulesOf({ web }: Reader) {
  return (await web.ask('TagRule/get', {})).list;
}

async function makesRules(t: TestContext, reader: Reader, tagId: string): Promise<void> {
  const { page } = reader;
  await t.test('a rule is made by keyboard alone, and says what is missing', async () => {
    await openRules(page);
    await page.getByText('You have no rule yet.').waitFor();
    await page.getByRole('button', { name: 'New rule' }).press('Enter');
    await page.locator('.rule-form input:focus').waitFor();
    await page.keyboard.type('From the shop');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await page.locator(':focus').getAttribute('aria-label'), 'What');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('@shop.example');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Choose at least one thing that the rule does.').waitFor();
    await page.getByRole('checkbox', { name: 'Shops' }).press('Space');
    await page.getByLabel('Mark it as read').press('Space');
    await page.getByLabel('Set its importance').selectOption('-3');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Save the rule' }).press('Enter');
    await page.getByText('Rule “From the shop” saved.').waitFor();
    await page.locator('button:focus', { hasText: 'New rule' }).waitFor();
    const [rule] = await rulesOf(reader);
    assert.deepEqual(
      [rule.name, rule.conditions.length, rule.conditions[0].value, rule.actions.mailboxIds],
      ['From the shop', 1, '@shop.example', [tagId]],
    );
    assert.deepEqual([rule.actions.markRead, rule.actions.importance], [true, -3]);
  });

  await t.test('conditions are added, chosen and removed', async () => {
    await page.getByRole('button', { name: 'New rule' }).click();
    const form = page.locator('.rule-form');
    const condition = (place: number): Locator => form.getByRole('group', { name: `Condition ${place}` });
    await condition(1).getByLabel('What').selectOption('size');
    await condition(1).getByLabel('Value').pressSequentially('1500.05');
    assert.equal(await condition(1).getByLabel('Value').inputValue(), '1500.05');
    await form.getByRole('button', { name: 'Add a condition' }).click();
    await condition(2).getByLabel('How').selectOption('not-startsWith');
    await condition(2).getByLabel('Value').fill('Re:');
    await form.getByRole('button', { name: 'Add a condition' }).click();
    await condition(3).getByLabel('What').selectOption('level');
    await form.getByRole('button', { name: 'Remove condition 3' }).click();
    await form.getByLabel('When').selectOption('any');
    await form.getByLabel('Put it into the archive').check();
    await form.getByRole('button', { name: 'Save the rule' }).click();
    await page
      .getByText('Rule “Size in kB is at least 1500.05 or Subject does not begin with Re:” saved.')
      .waitFor();
    const rule = (await rulesOf(reader))[1];
    assert.deepEqual(
      [
        rule.match,
        rule.conditions.map((one: { value: string; isNegated: boolean }) => [one.value, one.isNegated]),
      ],
      [
        'any',
        [
          ['1500050', false],
          ['Re:', true],
        ],
      ],
    );
  });
}

async function putsInOrder(t: TestContext, reader: Reader): Promise<void> {
  const { page } = reader;
  await t.test('rules are moved, switched off, changed, deleted, and brought back', async () => {
    const shop = page.locator('.rule', { hasText: 'From the shop' });
    await shop.getByRole('button', { name: 'Move the rule “From the shop” down' }).click();
    await poll('the rule is second', async () =>
      (await names(page))[1] === 'From the shop' ? true : undefined,
    );
    assert.equal(
      await page.locator(':focus').getAttribute('aria-label'),
      'Move the rule “From the shop” down',
    );
    await shop.getByLabel('In use: the rule “From the shop”').uncheck();
    await poll('it is off', async () => ((await rulesOf(reader))[1].isEnabled === false ? true : undefined));
    await shop.getByRole('button', { name: 'Change the rule “From the shop”' }).click();
    await shop.getByLabel('Name').fill('Shop mail');
    await shop.getByRole('button', { name: 'Save the rule' }).click();
    await page.getByText('Rule “Shop mail” saved.').waitFor();
    await page.getByRole('button', { name: 'Delete the rule “Shop mail”' }).click();
    await page.getByText('Rule “Shop mail” deleted.').waitFor();
    await poll('it is gone', async () => ((await names(page)).length === 1 ? true : undefined));
    await page.getByRole('button', { name: 'Undo' }).click();
    await poll('it is back', async () => ((await names(page))[1] === 'Shop mail' ? true : undefined));
  });
}

async function makesFromMessage(t: TestContext, reader: Reader): Promise<void> {
  const { web, page } = reader;
  await t.test('a rule is made from a message: of its list, else of its sender', async () => {
    const plain = await web.deliver(letter('Ann <ann@a.example>', 'Soup'));
    await reader.open(plain);
    await page.getByLabel('More about this message').click();
    await page.getByRole('button', { name: 'Make a rule from it' }).click();
    const dialog = page.getByRole('dialog', { name: 'New rule, from this message' });
    const value = dialog.getByRole('group', { name: 'Condition 1' }).getByLabel('Value');
    await value.waitFor();
    assert.equal(await value.inputValue(), 'ann@a.example');
    assert.deepEqual(await violations(page), []);
    await dialog.getByLabel('Put a star on it').check();
    await dialog.getByRole('button', { name: 'Save the rule' }).click();
    await page.getByText('Rule “Sender is ann@a.example” saved.').waitFor();
    const rule = (await rulesOf(reader))[2];
    assert.deepEqual(rule.actions.keywords, ['$flagged']);
  });
}

async function appliesRule(t: TestContext, reader: Reader): Promise<void> {
  const { web, page } = reader;
  await t.test('a rule is applied to the mail that is here, and all of it taken back', async () => {
    const filter = { hasKeyword: '$flagged' };
    const flagged = async () => (await web.ask('Email/query', { filter })).ids.length;
    await openRules(page);
    await page
      .getByRole('button', { name: 'Apply the rule “Sender is ann@a.example” to the mail that is here' })
      .click();
    await page.getByText('“Sender is ann@a.example” changed 1 message.').waitFor();
    assert.equal(await flagged(), 1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('What “Sender is ann@a.example” changed is as before.').waitFor();
    assert.equal(await flagged(), 0);
  });
}

async function tellsWhy(t: TestContext, reader: Reader, tagId: string): Promise<void> {
  const { web, page } = reader;
  const id = await deliverSorted(web, tagId);
  const message = page.locator(`.message[data-email="${id}"]`);
  const keywords = async () =>
    (await web.ask('Email/get', { ids: [id], properties: ['keywords'] })).list[0].keywords;
  await t.test('an automatic tag says why, is taken off by one click, and comes back', async () => {
    await reader.open(id);
    const tag = message.locator('summary', { hasText: 'Newsletter' });
    await tag.press('Enter');
    await message.getByText('It went to many who can unsubscribe.').waitFor();
    assert.deepEqual(await violations(page), []);
    await message.getByRole('button', { name: 'Not this one, and no more from there' }).click();
    await page.getByText('No longer “Newsletter”').waitFor();
    await poll('it is off', async () => ('auto-newsletter' in (await keywords()) ? undefined : true));
    await page.getByRole('button', { name: 'Undo' }).click();
    await poll('it is back', async () => ('auto-newsletter' in (await keywords()) ? true : undefined));
    await tag.click();
    await message.getByRole('link', { name: 'Show all like it' }).click();
    await page.locator('.rows .row', { hasText: 'Weekly offers' }).waitFor();
  });

  await t.test('a tag of the owner’s tells its rule', async () => {
    await reader.open(id);
    await message.locator('summary', { hasText: 'Why “Shops”?' }).click();
    await message.getByText('Your rule “Shops” gave it.').waitFor();
    await page.keyboard.press('Escape');
  });

  await t.test('a star, and a keyword, tell what gave them, and go by one click', async () => {
    await message.locator('summary', { hasText: 'Why “offers”?' }).click();
    await message.getByText('Your script gave it (line 4).').waitFor();
    await page.keyboard.press('Escape');
    await message.locator('summary', { hasText: 'Why “Star”?' }).click();
    await message.getByText('Your rule “Stars” gave it.').waitFor();
    assert.equal(await message.locator('summary', { hasText: '$seen' }).count(), 0);
    await message.getByRole('button', { name: 'Take it off' }).click();
    await page.getByText('Tag “Star” taken off.').waitFor();
    await poll('it is off', async () => ('$flagged' in (await keywords()) ? undefined : true));
  });

  await t.test('the importance says why, and is set by hand with the arrows', async () => {
    await message.locator('summary', { hasText: 'Importance −7' }).press('Enter');
    await message.getByText('It was sent to many who subscribed').waitFor();
    const slider = message.getByLabel('Set it yourself');
    await slider.press('ArrowRight');
    const importance = async () =>
      (await web.ask('Email/get', { ids: [id], properties: ['importance'] })).list[0].importance;
    await poll('it is set', async () => ((await importance()) === -6 ? true : undefined));
    assert.deepEqual(await violations(page), []);
    await message.getByRole('button', { name: 'Let it be judged again' }).press('Enter');
    await message.getByText('It was sent to many who subscribed').waitFor();
    assert.equal(await importance(), -7);
    assert.equal(await slider.inputValue(), '-7');
    assert.ok(await slider.evaluate(element => element.ownerDocument.activeElement === element));
  });
}

async function versionOf({ store, account }: TestWeb): Promise<number | null> {
  return (await store.getAccountState(account.id, 'importance'))?.version ?? null;
}

async function switchesOff(t: TestContext, { web, page }: Reader): Promise<void> {
  await t.test('what tags and learns by itself is switched off, and forgotten', async () => {
    await page.evaluate(`location.hash = '#/page/settings'`);
    const section = page.locator('.setting-section:has(#settings-sorting)');
    await section.getByRole('checkbox').first().waitFor();
    for (const box of await section.getByRole('checkbox').all()) await box.uncheck();
    const properties = ['sortsByStructure', 'learnsTags', 'learnsImportance'];
    const wishes = async () => (await web.ask('Preferences/get', { properties })).list[0];
    await poll('all is off', async () =>
      Object.values(await wishes()).every(wish => wish === false || wish === 'singleton') ? true : undefined,
    );
    await web.store.putAccountState(web.account.id, 'importance', Buffer.from('{}'), await versionOf(web));
    await section.getByRole('button', { name: 'Forget what was learned' }).click();
    await section.getByRole('button', { name: 'Forget it' }).click();
    await section.getByText('Forgotten.').waitFor();
    assert.equal(await web.store.getAccountState(web.account.id, 'importance'), null);
    await web.store.putAccountState(web.account.id, 'spam', Buffer.from('{}'), null);
    await section.getByRole('button', { name: 'Forget your marks of junk' }).click();
    await section.getByRole('button', { name: 'Forget it' }).click();
    await poll('junk to be forgotten', async () =>
      (await web.store.getAccountState(web.account.id, 'spam')) === null ? true : undefined,
    );
    await section.getByRole('link', { name: 'Your rules' }).click();
    await page.getByRole('heading', { name: 'Rules', exact: true }).waitFor();
  });
}

async function fitsEverywhere(t: TestContext, page: Page): Promise<void> {
  await t.test('at 320 px and in the dark nothing overflows', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const [id, heading] of [
      ['rules', 'Rules'],
      ['tags', 'Tags'],
    ] as const) {
      await page.evaluate(`location.hash = '#/page/${id}'`);
      await page.getByRole('heading', { name: heading, exact: true, level: 1 }).waitFor();
      if (id === 'rules')
        await page
          .locator('.rule')
          .first()
          .getByRole('button', { name: /Change/ })
          .click();
      const overflow =
        'document.querySelector(".page").scrollWidth - document.querySelector(".page").clientWidth';
      assert.ok(Number(await page.evaluate(overflow)) <= 0, id);
      assert.deepEqual(await violations(page), []);
    }
  });
}

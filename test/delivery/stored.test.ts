import assert from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import type { Arrival } from '../../delivery/delivery.ts';
import { teach } from '../../delivery/learn-acts.ts';
import { silentLog } from '../../delivery/log.ts';
import { type Judging, type PipelineDeps, type RunOptions, run } from '../../delivery/pipeline.ts';
import { reprocessAccount } from '../../delivery/reprocess.ts';
import { emptyModel } from '../../delivery/spam/model.ts';
import { newEntry } from '../../delivery/spam/personal/entry.ts';
import { readLearned } from '../../delivery/spam/personal/learned.ts';
import type { Account, Custody, Email, Store } from '../../delivery/store/store.ts';
import { atEnd } from '../support/at-end.ts';
import { backend } from '../support/backend.ts';
import { openTestClock } from '../support/clock.ts';
import { testKeyring } from '../support/keyring.ts';
import { setImportanceMeanwhile } from '../support/meanwhile.ts';
import { encrypt, encryptedMessage, keyring, makePerson, type Person } from '../support/openpgp-mail.ts';
import { resolverOf } from '../support/resolver.ts';

const address = 'ada@demo.example';
const clock = openTestClock();
let ada: Person;

before(async () => {
  ada = await makePerson(address);
});

interface Stage {
  readonly store: Store;
  readonly account: Account;
  readonly deps: PipelineDeps & { store: Store };
  readonly options?: RunOptions;
}

async function openStage(t: TestContext, custody: Custody): Promise<Stage> {
  const store = await backend.open(await backend.prepare(t), { keyring: testKeyring, clock, log: silentLog });
  atEnd(t, () => store.close());
  await store.addDomain('demo.example');
  const account = await store.addAccount({ address, custody });
  await store.putPublicKey(account.id, {
    address,
    fingerprint: ada.key.fingerprint,
    octets: ada.key.publicKey,
    source: 'own',
    state: 'usable',
    firstSeenAt: clock.now(),
  });
  const wrapped = keyring.wrap(ada.key.privateKey);
  if (custody === 'server') {
    const { fingerprint } = ada.key;
    await store.putPrivateKey(account.id, { fingerprint, custody, wrapped, createdAt: clock.now() });
  }
  const settings = { hostname: 'mx.demo.example', junkAt: 1, rejectAt: 1, resolverTimeoutMilliseconds: 500 };
  const model = async () => emptyModel();
  const deps = { store, keyring, resolver: resolverOf({}), model, settings, clock, log: silentLog };
  return { store, account, deps };
}

async function deliver(
  { store, account, deps, options = {} }: Stage,
  raw: string,
  change: Partial<Arrival> = {},
): Promise<Email> {
  const arrival: Arrival = {
    door: 'smtp',
    id: 'T1',
    raw: Buffer.from(raw),
    reversePath: 'bounce+ada-oncology@clinic.example',
    session: {
      source: 'live',
      remoteAddress: '192.0.2.7',
      remoteName: 'mx.clinic.example',
      helo: 'mx.clinic.example',
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
      authenticatedUser: null,
    },
    receivedAt: clock.now(),
    recipients: [{ forwardPath: address, accountId: account.id }],
    trustedHops: 0,
    ...change,
  };
  const [outcome] = (await run(arrival, options, deps)).outcomes;
  assert.ok(outcome && 'emailId' in outcome, JSON.stringify(outcome));
  return emailOf(store, account, outcome.emailId);
}

async function emailOf(store: Store, account: Account, id: string): Promise<Email> {
  const [email] = await store.getEmails(account.id, [id]);
  assert.ok(email);
  return email;
}

async function hits({ store, account }: Stage, word: string): Promise<number> {
  const filter = { search: { field: 'any', words: [word], prefix: false } } as const;
  const sort = [{ key: 'receivedAt', ascending: false }] as const;
  return (await store.queryEmails(account.id, { filter, sort, limit: 10 })).rows.length;
}

const failingModel = async () => {
  throw new Error('no model today');
};

const header = `From: Clinic <desk@clinic.example>\r\nTo: ${address}\r\nDate: Sun, 01 Mar 2026 12:00:00 +0000\r\n`;

/** What breaks, by the stage that it breaks. */
const broken: Readonly<Record<string, Partial<PipelineDeps>>> = {
  authenticate: {
    get resolver(): PipelineDeps['resolver'] {
      throw new Error('no resolver today');
    },
  },
  reputation: {
    senderSources: {
      lists: { asksDomains: false, check: () => Promise.reject(new Error('no lists today')) } as never,
      ...{ filter: null, upstream: null },
    },
  },
  score: { model: failingModel },
};

for (const [name, parts] of Object.entries(broken)) {
  test(`a message passes into the inbox when ${name} fails, and what failed is told`, async t => {
    const stage = await openStage(t, 'none');
    const deps = Object.defineProperties({ ...stage.deps }, Object.getOwnPropertyDescriptors(parts));
    const judgings: Judging[] = [];
    const raw = `${header}Subject: hello\r\n\r\nBuy now, you have won a prize\r\n`;
    const email = await deliver(
      { ...stage, deps, options: { onJudged: judging => judgings.push(judging) } },
      raw,
    );
    assert.deepEqual(email.findings.failed, [name]);
    const inbox = (await stage.store.listTags(stage.account.id)).find(({ role }) => role === 'inbox');
    assert.deepEqual(email.tagIds, [inbox?.id]);
    const isScored = name !== 'score';
    assert.deepEqual(
      [email.findings.score !== null, judgings[0]?.verdict !== 'unknown'],
      [isScored, isScored],
    );
    assert.equal(judgings.length, 1);
  });
}

test('mail that was opened keeps its words when a stage is tried again', async t => {
  const stage = await openStage(t, 'server');
  const inner = 'Content-Type: text/plain\r\n\r\nWe leave for zanzibar at noon.\r\n';
  const raw = encryptedMessage('Clinic <desk@clinic.example>', await encrypt(inner, [ada]));
  const failing = { ...stage, deps: { ...stage.deps, model: failingModel } };
  const { id, findings } = await deliver(failing, raw);
  assert.deepEqual(findings.failed, ['score']);
  assert.equal(await hits(stage, 'zanzibar'), 1);
  const done = await reprocessAccount(stage.account, stage.deps, { all: false });
  assert.deepEqual(done, { seen: 1, mended: 1, failed: 0 });
  const after = await emailOf(stage.store, stage.account, id);
  assert.equal(await hits(stage, 'zanzibar'), 1);
  assert.notEqual(after.findings.score?.score ?? null, null);
  assert.equal(after.findings.facts.encryption, 'strong');
  assert.deepEqual((await reprocessAccount(stage.account, stage.deps, { all: false })).seen, 0);
});

test('the owner is told which messages were opened to judge them again', async t => {
  const stage = await openStage(t, 'server');
  const inner = 'Content-Type: text/plain\r\n\r\nWe leave at noon.\r\n';
  const { id } = await deliver(
    stage,
    encryptedMessage('Clinic <desk@clinic.example>', await encrypt(inner, [ada])),
  );
  await deliver(stage, `${header}Subject: lunch\r\n\r\nAt noon.\r\n`);
  await reprocessAccount(stage.account, stage.deps, { all: true });
  const { items } = await stage.store.listAudit(stage.account.id);
  assert.deepEqual(
    items.map(({ actor, action, detail }) => ({ actor, action, detail })),
    [
      {
        actor: 'operator',
        action: 'mailOpened',
        detail: { means: 'store reprocess', emailIds: [id] },
      },
    ],
  );
});

test('what its owner sets while a message is judged again stays set', async t => {
  const stage = await openStage(t, 'none');
  const failing = { ...stage, deps: { ...stage.deps, model: failingModel } };
  const { id: emailId } = await deliver(failing, `${header}Subject: lunch\r\n\r\nAt noon.\r\n`);
  setImportanceMeanwhile(t, stage.store, { accountId: stage.account.id, emailId });
  const done = await reprocessAccount(stage.account, stage.deps, { all: false });
  assert.deepEqual(done, { seen: 1, mended: 1, failed: 0 });
  const { importance, score, failed } = (await emailOf(stage.store, stage.account, emailId)).findings;
  assert.deepEqual([importance?.value, score !== null, failed], [9, true, []]);
});

test('what its owner sets while a message is learned from stays set', async t => {
  const { store, account, ...stage } = await openStage(t, 'none');
  const email = await deliver({ store, account, ...stage }, `${header}Subject: lunch\r\n\r\nAt noon.\r\n`);
  setImportanceMeanwhile(t, store, { accountId: account.id, emailId: email.id });
  const at = clock.now();
  const about = { id: '0123456789abcdef', isSpam: true, source: 'owner', isShared: false, owner: 0 } as const;
  const entry = newEntry({ ...about, at: Math.floor(at.getTime() / 1000), logOdds: 0 }, Uint16Array.of(1, 2));
  await teach(account, [{ email, learned: null, entry, source: 'owner', at }], { store });
  const { importance, score } = (await emailOf(store, account, email.id)).findings;
  assert.deepEqual([importance?.value, score?.marked], [9, 'spam']);
  assert.equal(readLearned(await store.getLearned(account.id, email.id))?.isSpam, true);
});

test('the facts stay when only the tags could not be decided', async t => {
  const stage = await openStage(t, 'none');
  const email = await deliver(stage, `${header}Subject: lunch\r\n\r\nAt noon.\r\n`);
  const findings = { ...email.findings, failed: ['tag'] };
  await stage.store.changeEmails(stage.account.id, [{ emailId: email.id, findings }]);
  await reprocessAccount(stage.account, stage.deps, { all: false });
  const after = await emailOf(stage.store, stage.account, email.id);
  assert.deepEqual(after.findings.facts, email.findings.facts);
  assert.deepEqual(after.findings.failed, []);
});

test('judging mail of the LMTP door again gives the same index', async t => {
  const stage = await openStage(t, 'none');
  const trace =
    'Received: from mx.clinic.example ([192.0.2.7]) by mx.demo.example (Postfix) with ESMTPS id 1; Sun, 01 Mar 2026 12:00:00 +0000\r\n';
  const raw = `${trace}${header}Subject: lunch\r\n\r\nAt noon.\r\n`;
  const email = await deliver(stage, raw, { door: 'lmtp', trustedHops: 1 });
  const done = await reprocessAccount(stage.account, stage.deps, { all: true });
  const after = await emailOf(stage.store, stage.account, email.id);
  assert.equal(done.seen, 1);
  assert.deepEqual(after.index, email.index);
  assert.deepEqual(after.findings.facts, email.findings.facts);
});

test('sealed mail that could not be judged is not tried for ever', async t => {
  const stage = await openStage(t, 'client');
  const failing = { ...stage, deps: { ...stage.deps, model: failingModel } };
  const email = await deliver(failing, `${header}Subject: lunch\r\n\r\nAt noon.\r\n`);
  assert.deepEqual(email.findings.failed, ['score']);
  assert.equal((await reprocessAccount(stage.account, stage.deps, { all: false })).seen, 1);
  assert.equal((await reprocessAccount(stage.account, stage.deps, { all: false })).seen, 0);
  const after = await emailOf(stage.store, stage.account, email.id);
  assert.equal(after.index?.value, email.index?.value);
});

test('nothing of a sealed message stands beside it but what is meant to', async t => {
  const stage = await openStage(t, 'client');
  const [inbox] = await stage.store.listTags(stage.account.id);
  await stage.store.putTagRules(stage.account.id, [
    { id: 'r1', subject: 'field', field: 'Subject', value: 'chemotherapy', tagId: inbox?.id ?? '' },
  ]);
  const secrets = [
    'chemotherapy',
    'hiv-support',
    'secretwitness',
    'oncology',
    'zanzibar',
    'plan.pdf',
    'ward-7',
  ];
  const raw =
    `Received: from oncology.internal ([10.1.2.3]) by mx.clinic.example with ESMTP id 7; Sun, 01 Mar 2026 11:00:00 +0000
${header}Bcc: secretwitness@hidden.example
Reply-To: ward-7@clinic.example
References: <oncology-1@clinic.example>
List-Id: <hiv-support.lists.example>
Message-ID: <1@clinic.example>
Subject: chemotherapy
Content-Type: text/plain; name="plan.pdf"

WIN MONEY zanzibar http://192.0.2.1/oncology
`.replace(/\r?\n/g, '\r\n');
  const email = await deliver(stage, raw);
  assert.equal(email.sealed, true);
  const discussions = await stage.store.listDiscussions(stage.account.id, {});
  const octets = await stage.store.getOctets(stage.account.id, email.id);
  const kept = JSON.stringify([email, discussions, Buffer.from(octets ?? []).toString('latin1')]);
  assert.deepEqual(
    secrets.filter(secret => kept.includes(secret)),
    [],
  );
  assert.ok(kept.includes('desk@clinic.example') && kept.includes('1@clinic.example'));
});

import { capabilities } from '../../wire.ts';
import { addressBookChanges, addressBookGet } from './address-book.ts';
import { auditGet } from './audit.ts';
import { blobCopy } from './blob.ts';
import { contactCardChanges, contactCardGet, contactCardSet } from './contact-card.ts';
import { contactCardQuery, contactCardQueryChanges } from './contact-query.ts';
import { coreEcho } from './core.ts';
import { discussionGet } from './discussion.ts';
import { discussionQuery } from './discussion-query.ts';
import { emailChanges, emailGet, emailParse } from './email-get.ts';
import { emailCopy, emailImport } from './email-import.ts';
import { emailQuery, emailQueryChanges } from './email-query.ts';
import { emailSet } from './email-set.ts';
import { publicKeyConfirm, publicKeyGet } from './key.ts';
import { learnedForget } from './learned-forget.ts';
import { mailboxChanges, mailboxGet } from './mailbox.ts';
import { mailboxQuery, mailboxQueryChanges } from './mailbox-query.ts';
import { mailboxSet } from './mailbox-set.ts';
import type { Handler, Method } from './method.ts';
import { pictureSign } from './picture.ts';
import { preferencesGet, preferencesSet } from './preferences.ts';
import { privacyReport, privacyWords } from './privacy.ts';
import { privacyRenew } from './privacy-renew.ts';
import { publishedKeyGet, publishedKeySet } from './published-key.ts';
import { tagRuleApply } from './rule-apply.ts';
import { sealedMemoryGet, sealedMemorySet } from './sealed-memory.ts';
import { sieveScriptGet, sieveScriptValidate } from './sieve-script.ts';
import { sieveScriptQuery } from './sieve-script-query.ts';
import { sieveScriptSet } from './sieve-script-set.ts';
import { searchSnippetGet } from './snippet.ts';
import { tagRuleGet, tagRuleSet } from './tag-rule.ts';
import { threadChanges, threadGet } from './thread.ts';
import { viewGet, viewSet } from './view.ts';

const { core, mail, contacts, keys, views, privacy, discussion, tagRules, audit, preferences } = capabilities;

/** Every method: name, the capability that a request must name to use it, what answers it. */
export const methods: readonly Method[] = (
  [
    ['Core/echo', core, coreEcho],
    ['Blob/copy', core, blobCopy],
    ['Mailbox/get', mail, mailboxGet],
    ['Mailbox/changes', mail, mailboxChanges],
    ['Mailbox/query', mail, mailboxQuery],
    ['Mailbox/queryChanges', mail, mailboxQueryChanges],
    ['Mailbox/set', mail, mailboxSet],
    ['Thread/get', mail, threadGet],
    ['Thread/changes', mail, threadChanges],
    ['Email/get', mail, emailGet],
    ['Email/changes', mail, emailChanges],
    ['Email/query', mail, emailQuery],
    ['Email/queryChanges', mail, emailQueryChanges],
    ['Email/set', mail, emailSet],
    ['Email/copy', mail, emailCopy],
    ['Email/import', mail, emailImport],
    ['Email/parse', mail, emailParse],
    ['SearchSnippet/get', mail, searchSnippetGet],
    ['AddressBook/get', contacts, addressBookGet],
    ['AddressBook/changes', contacts, addressBookChanges],
    ['ContactCard/get', contacts, contactCardGet],
    ['ContactCard/changes', contacts, contactCardChanges],
    ['ContactCard/query', contacts, contactCardQuery],
    ['ContactCard/queryChanges', contacts, contactCardQueryChanges],
    ['ContactCard/set', contacts, contactCardSet],
    ['PublicKey/get', keys, publicKeyGet],
    ['PublicKey/confirm', keys, publicKeyConfirm],
    ['PublishedKey/get', keys, publishedKeyGet],
    ['PublishedKey/set', keys, publishedKeySet],
    ['Picture/sign', capabilities.pictures, pictureSign],
    ['Privacy/words', privacy, privacyWords],
    ['Privacy/report', privacy, privacyReport],
    ['Privacy/renew', privacy, privacyRenew],
    ['SealedMemory/get', privacy, sealedMemoryGet],
    ['SealedMemory/set', privacy, sealedMemorySet],
    ['Discussion/get', discussion, discussionGet],
    ['Discussion/query', discussion, discussionQuery],
    ['SieveScript/get', capabilities.sieve, sieveScriptGet],
    ['SieveScript/set', capabilities.sieve, sieveScriptSet],
    ['SieveScript/query', capabilities.sieve, sieveScriptQuery],
    ['SieveScript/validate', capabilities.sieve, sieveScriptValidate],
    ['TagRule/get', tagRules, tagRuleGet],
    ['TagRule/set', tagRules, tagRuleSet],
    ['TagRule/apply', tagRules, tagRuleApply],
    ['Learned/forget', tagRules, learnedForget],
    ['Audit/get', audit, auditGet],
    ['View/get', views, viewGet],
    ['View/set', views, viewSet],
    ['Preferences/get', preferences, preferencesGet],
    ['Preferences/set', preferences, preferencesSet],
  ] as const satisfies readonly (readonly [string, Method['capability'], Handler])[]
).map(([name, capability, handle]) => ({ name, capability, handle }));

export const methodsByName: ReadonlyMap<string, Method> = new Map(
  methods.map(method => [method.name, method]),
);

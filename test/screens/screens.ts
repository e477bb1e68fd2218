import type { AccountName } from '../../bin/demo/people.ts';
import { readingWords } from '../../webmail/ui/locales/reading.ts';
import { resultsWords } from '../../webmail/ui/locales/results.ts';
import type { At } from './stage.ts';
import * as way from './ways.ts';

/** One screen of the webmail, and the way to it. A way that leads nowhere fails. */
export interface Screen {
  readonly name: string;
  /** Who is signed in; null for nobody. */
  readonly account: AccountName | null;
  /** Of the window in CSS pixels, for screens that are worth being seen whole. */
  readonly height?: number;
  /** Leads to the screen and waits until all of it is there. */
  reach(at: At): Promise<unknown>;
  /** The way is another one on a narrow page. */
  readonly isByWidth?: true;
  /** Takes back what the way changed. */
  leave?(at: At): Promise<unknown>;
}

/** Every screen. What marks mail as read comes behind the lists that show it as it came. */
export const screens: readonly Screen[] = [
  nobody('sign-in', way.openSignIn),
  nobody('sign-in-refused', way.refuseSignIn),
  nobody('sign-in-expired', way.loseSession),

  list('inbox', at => way.openList(at)),
  list('all-mail', at => way.openList(at, way.all)),
  list('empty-list', way.openEmptyList),
  list('filter', way.openFilter),
  list('filter-none', way.filterAllOut),
  { ...list('tags', way.openTags), isByWidth: true },
  list('account', way.openAccount),
  list('keyboard-help', way.openKeyboardHelp),
  list('selection', way.chooseRows),
  list('selection-tags', way.chooseTags),
  list('search', at => way.search(at, 'plan')),
  list('search-none', async ({ page, language, openList }) => {
    await openList({ kind: 'search', text: 'a word that no message has' });
    await page.getByText(resultsWords[language].none).waitFor();
  }),
  { ...list('tab-options', way.openTabOptions), isByWidth: true },
  list('offline', way.goOffline),
  list('loading', way.waitForMail),

  page('settings', 3400, at => way.openPage(at, 'settings')),
  page('about', 2000, at => way.openPage(at, 'about')),
  page('tag-manager', 1000, at => way.openPage(at, 'tags')),
  page('tag-manager-form', 1200, way.openTagForm),
  page('rules', 800, at => way.openPage(at, 'rules')),
  page('rule-form', 1400, way.openRuleForm),

  message('message', 'Lunch on Thursday?'),
  message('discussion', 'Re: Plan for the open day'),
  message('message-decrypted', 'Where the key to the boat house is'),
  message('message-invalid-signature', 'Somebody has changed this message'),
  message('message-japanese', '来週の花見について'),
  message('message-attachment', 'Scan 0042'),
  message('message-attachment-name', 'An attachment whose name reads backwards'),
  page('index', 2400, at => way.openIndex(at, 'Where the key to the boat house is')),
  page('index-steps', 2400, at => way.openIndex(at, 'We have not met yet')),
  page('message-html', 1000, at => way.openHtml(at, 'Ten teapots you will love')),
  page('message-html-plain', 800, at => way.openHtml(at, 'Your order 1042 is on its way')),
  page('message-html-hostile', 1000, at => way.openHtml(at, 'A page that tries everything')),
  page('warning-forged', 800, at => way.openWarning(at, 'Your statement is ready')),
  page('warning-harmful', 1000, at => way.openWarning(at, 'URGENT: your account will be closed today')),
  page('warning-spam', 1000, at => way.openWarning(at, 'CONGRATULATIONS!!! YOU HAVE WON $5,000,000.00 CASH')),
  page('harmful-save', 1600, way.askToSave),
  list('tag-menu', way.openTagMenu),
  list('message-more', way.openMore),
  list('message-importance', way.openImportance),
  list('message-rule', way.openRuleDialog),
  list('message-details', at => way.openDialogOf(at, readingWords[at.language].more.details)),
  list('message-source', at => way.openDialogOf(at, readingWords[at.language].more.source)),
  list('preview-pdf', at => way.openPreview(at, 'Scan 0042', 'iframe')),
  list('preview-picture', at => way.openPreview(at, 'Poster for the printer', 'img')),
  { ...list('notice', way.archive), leave: way.undo },

  { ...list('sealed-inbox', at => way.openList(at)), account: 'ownKey' },
  { ...page('sealed', 1200, way.openSealed), account: 'ownKey' },
  { ...page('sealed-passphrase', 1000, way.askPassphrase), account: 'ownKey' },
  { ...page('sealed-refused', 1000, way.typeWrongPassphrase), account: 'ownKey' },
  { ...page('sealed-opened', 1000, way.unseal), account: 'ownKey' },
];

type Reach = Screen['reach'];

function nobody(name: string, reach: Reach): Screen {
  return { name, account: null, reach };
}

function list(name: string, reach: Reach): Screen {
  return { name, account: 'serverKey', reach };
}

function page(name: string, height: number, reach: Reach): Screen {
  return { name, account: 'serverKey', height, reach };
}

function message(name: string, subject: string): Screen {
  return page(name, 900, at => at.openMessage(subject));
}

import { html } from 'htm/preact';
import { useLoad } from '../load.ts';
import type { FullEmail } from '../mail.ts';
import { draftFrom, makeRule, type RuleDraft } from '../rules.ts';
import { plainLine } from '../text.ts';
import { Loading } from './loading.ts';
import { ReadingDialog } from './reading-dialog.ts';
import { RuleForm } from './rule-form.ts';
import { useRuleParts } from './rule-parts.ts';

/** A new rule, filled in from a message: of its mailing list where it came by one, else of its sender. */
export function RuleDialog({ email, close }: { email: FullEmail; close: () => void }) {
  const { asking, words, tried } = useRuleParts();
  const loaded = useLoad(`${asking.accountId}/${email.id}`, async () => ({
    listId: await listOf(asking, email.id),
  }));
  const save = (draft: RuleDraft) =>
    tried(draft, async () => {
      await makeRule(asking, draft);
      close();
    });
  const isReady = loaded.value !== undefined || loaded.error !== undefined;
  return html`<${ReadingDialog} heading=${words.fromMessage} close=${close}>
    <div class="details">
      ${isReady ? html`<${RuleForm} draft=${draftFrom(email, loaded.value?.listId ?? null)} save=${save} cancel=${close} />` : html`<${Loading} />`}
    </div>
  <//>`;
}

/** The identifier of the mailing list that a message came by (RFC 2919), null for none. */
async function listOf(
  { client, accountId }: ReturnType<typeof useRuleParts>['asking'],
  emailId: string,
): Promise<string | null> {
  const property = 'header:List-Id:asText';
  const answers = await client.call([
    ['Email/get', { accountId, ids: [emailId], properties: [property] }, 'email'],
  ]);
  const [found] = (answers.email?.list ?? []) as readonly Readonly<Record<string, string | null>>[];
  const written = plainLine(found?.[property] ?? '');
  return /<([^<>\s]+)>\s*$/.exec(written)?.[1] ?? (/^\S+$/.test(written) ? written : null);
}

import type { Store } from '../../delivery/store/store.ts';
import type { RuleActions, RuleCondition } from '../../delivery/tags/findings.ts';
import { noActions, storedRule } from '../../delivery/tags/owner-rules.ts';

interface DemoRule {
  readonly name: string;
  /** The tag that it gives. */
  readonly tag: string;
  readonly conditions: readonly RuleCondition[];
  readonly actions?: Partial<RuleActions>;
}

const rules: readonly DemoRule[] = [
  {
    name: 'Demo rule for the open day',
    tag: 'Demo plans',
    conditions: [
      { subject: 'sender', operator: 'is', value: '@work.example' },
      { subject: 'field', operator: 'contains', field: 'Subject', value: 'open day' },
    ],
    actions: { importance: 9 },
  },
  {
    name: '',
    tag: 'Demo beans',
    conditions: [{ subject: 'list', operator: 'is', value: 'garden.lists.example' }],
  },
];

/** Two tags for a new account, and the rules that give them to the demo's mail. */
export async function makeRules(store: Store, accountId: string): Promise<void> {
  const stored = [];
  for (const [place, { name, tag, conditions, actions }] of rules.entries()) {
    const { id } = await store.putTag(accountId, { name: tag });
    const all = { ...noActions, ...actions, tagIds: [id] };
    const form = { name, match: 'all', conditions, actions: all, stop: false, isEnabled: true } as const;
    stored.push(storedRule(`demo${place}`, form));
  }
  await store.putTagRules(accountId, stored);
}

import type { ListRoute } from './route.ts';

/** What a tab is known by, whatever it is narrowed to. */
export function tabKey(list: ListRoute): string {
  return `${list.kind}/${list.kind === 'search' ? list.text : list.id}`;
}

/** Where this device remembers the tabs of an account. */
export function memoryKey(accountId: string): string {
  return `tabs/${accountId}`;
}

/** Whether there are tabs to come: room is kept for them, so that nothing moves when they do. */
export function hasTabs(memory: Pick<Storage, 'getItem'>, accountId: string): boolean {
  return memory.getItem(memoryKey(accountId)) !== null;
}
